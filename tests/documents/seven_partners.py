"""A bid that is hard to print: seven partners with long Welsh names, three lots, ten questions of which two are asked of
each member, 40 budget lines with VAT, 25 contributions, and three partners that contract side by side.

`python -m tests.documents.seven_partners FOLDER` writes it there in every format, for whoever wants to look at it.
"""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.bid.value import (
    Asset,
    Authority,
    BudgetLine,
    ConfidentialityClaim,
    ConsortiumRules,
    Contribution,
    Counts,
    ExitPlan,
    HonestyRound,
    Identifier,
    KnowledgeTerm,
    Limit,
    Lot,
    Opportunity,
    Outcome,
    Partner,
    Proposal,
    Question,
    Route,
    Section,
    Statement,
    Structure,
    Verification,
)
from app.documents.canonical import fingerprint
from app.documents.standing import Signature, Standing
from app.platform.richtext.markdown import parse
from app.platform.words import codes as c
from tests.bid.values import all_final
from tests.documents import samples

NOW = samples.NOW
NAMES = (
    "Ymddiriedolaeth Datblygu Cymunedol Dyffryn Dyfi a Machynlleth",
    "Menter Gymdeithasol Pobl Ifanc Llanbrynmair a Charno Cyf.",
    "Cymdeithas Gwirfoddolwyr Cefn Gwlad Maldwyn",
    "Bro Ddyfi Community Transport and Befriending",
    "Canolfan Deuluol Llanwddyn",
    "The Corris and Aberllefenni Young Farmers' and Rural Youth Association",
    "Coleg Amaethyddol Glan-y-môr",
)
PARTNERS = tuple(f"01930000-0000-7000-8000-00000000000{n}" for n in range(1, 8))
CONTRACTING = PARTNERS[:3]
LOTS = ("lot-1", "lot-2", "lot-3")
LOT_TITLES = (
    "Open-access youth work in the Dyfi valley",
    "Family support and befriending in Maldwyn",
    "Transport to school holiday activities",
)
YEARS = (1, 2, 3, 4)
START, END = date(2027, 4, 1), date(2031, 3, 31)
PARAGRAPH = (
    "We begin from the places where young people already meet, with the adults whom they already trust. "
    "Each valley has its own team, and each team has a Welsh speaker. No family is asked to tell its story twice, "
    "since one worker stays with it from the first visit to the last. Where more help is needed than the worker "
    "can give, the next partner is asked in within ten working days, with the family's consent. "
)
WORK = (
    "Employs the coordinator, keeps the accounts of the service, and runs open-access youth work in Machynlleth "
    "on three evenings a week.",
    "Runs youth clubs in Llanbrynmair and Carno, in Welsh first:\n\n- two evenings a week in term time\n"
    "- a **summer scheme** of four weeks",
    "Finds, checks and trains 60 volunteers, and places them with the other partners.",
    "Drives young people and families to everything the service offers, door to door, up to 25 miles.",
    "Sees families at home and in its centre, and runs a group for new parents.",
    "",
    "Teaches youth work at level 3 to two apprentices a year.",
)
ROLES = ("lead", "member", "member", "member", "member", "member", "subcontractor")
QUESTIONS = (
    "How would you deliver the service in every community of the valley?",
    "How would young people shape it?",
    "What experience does your organisation have of work of this kind?",
    "How would you work in Welsh and in English?",
    "How would you keep children and adults at risk safe?",
    "How does your organisation recruit, pay and keep its staff?",
    "How would you reach families who do not come by themselves?",
    "How would you get people to where the service is?",
    "How would you measure what has changed?",
    "How would you start the service by 1 April 2027?",
)
EACH = (2, 5)
"""The numbers of the questions that each member answers."""


def _partners() -> tuple[Partner, ...]:
    forms = (c.LegalForm.CIO, c.LegalForm.COMPANY_LIMITED_BY_GUARANTEE, c.LegalForm.CHARITY, c.LegalForm.CIC)
    bands = (c.SizeBand.LARGE, c.SizeBand.MEDIUM, c.SizeBand.SMALL, c.SizeBand.MEDIUM)
    found = []
    for n, (partner, name, role) in enumerate(zip(PARTNERS, NAMES, ROLES, strict=True)):
        found.append(Partner(
            partner, f"o-{n}", name, c.PartnerRole(role), c.PartnerStatus.ACCEPTED,
            main_contractor_id=PARTNERS[0] if role == "subcontractor" else None,
            relied_on_for="Qualified supervision of youth workers" if role == "subcontractor" else None,
            proposed_work_markdown=WORK[n], lot_ids=LOTS[n % 3 :] if n < 6 else (), areas=("Powys", "Gwynedd")[: n % 3],
            people_reached=f"{40 * (n + 1)} young people a year, and their families" if n % 2 == 0 else "", legal_form=forms[n % 4], size_band=bands[n % 4],
            identifiers=(Identifier("GB-CHC", f"10{n}8765"), Identifier("GB-COH", f"045678{n}0"))[: n % 3],
            verification=Verification(c.VerificationLevel.REGISTER_EMAIL, "register", NOW) if n % 2 == 0 else Verification(),
            founding_aims=f"The relief of need, and the advancement of education, for people living in {name.split()[-1]}.",
            aims_statement_markdown="Our members asked for this for years." if n < 5 else "",
            authority=Authority(PARTNERS[0], f"Chair {n}", "Chair of trustees", None, NOW) if n else None,
            annual_income=10_000_000 * (n + 1),
        ))  # fmt: skip
    return tuple(found)


def _budget() -> tuple[BudgetLine, ...]:
    """40 lines: a partner's work by lot and year, with VAT at 20 % where the partner is registered for it."""
    lines = []
    for n in range(40):
        partner = PARTNERS[n % 6] if n < 36 else PARTNERS[6]
        amount = 2_716_032 + n * 61_713
        registered = partner in (PARTNERS[0], PARTNERS[3])
        lines.append(BudgetLine(
            f"b-{n:02}", partner, ("staff", "travel", "premises")[n % 3], YEARS[(n // 6) % 4], c.BudgetSource.REQUESTED, amount,
            LOTS[n % 3] if n % 10 else None, "Private to its owner",
            c.VatTreatment.STANDARD if registered else c.VatTreatment.OUTSIDE_SCOPE, amount // 5 if registered else 0,
        ))  # fmt: skip
    return tuple(lines)


def _contributions() -> tuple[Contribution, ...]:
    kinds = (
        (c.ContributionKind.VOLUNTEER_TIME, "Volunteers on two evenings a week", Decimal("780"), c.Unit.HOUR),
        (c.ContributionKind.PREMISES, "The hall, five evenings a week", Decimal("4"), c.Unit.YEAR),
        (c.ContributionKind.CASH, "From our own reserves", None, None),
        (c.ContributionKind.EQUIPMENT, "Minibus with sixteen seats", Decimal("1"), c.Unit.ITEM),
        (c.ContributionKind.STAFF_TIME, "Youth workers on two evenings a week", Decimal("400"), c.Unit.HOUR),
    )
    found = []
    for n in range(25):
        kind, title, quantity, unit = kinds[n % 5]
        found.append(Contribution(
            f"c-{n:02}", PARTNERS[n % 7], kind, f"{title} ({n + 1})", 11_684_400 if n % 3 else 246_912, c.Certainty.CONFIRMED if n % 4 else c.Certainty.CONDITIONAL,
            quantity, unit, starts=START if n % 2 else None, ends=END if n % 2 else None,
            condition="" if n % 4 else "the hall committee renews in March", valuation_basis="NJC pay scale 2026, point 12",
            lot_id=LOTS[n % 3] if n % 2 else None, shown_as="quantity" if quantity and n % 2 else "value",
        ))  # fmt: skip
    return tuple(found)


def _outcomes() -> tuple[Outcome, ...]:
    rows = (
        ("stay_safe", "Young people with an adult whom they trust", "%", "35", "80", PARTNERS[:3]),
        ("enjoy_and_achieve", "Families helped within ten working days", "families", "12", "96", PARTNERS[4:5]),
        ("make_a_positive_contribution", "Young people who took part in a decision", "people", "0", "240", PARTNERS),
        ("be_healthy", "Journeys driven in a year", "journeys", "1400", "6000", PARTNERS[3:4]),
    )
    return tuple(
        Outcome(f"o-{n}", "every_child_matters", code, indicator, unit, Decimal(now), Decimal(then), date(2029 + n % 2, 3, 31),
                "A survey in spring, by the panel's own questions" if n % 2 else "", partner_ids=who, confirmed_by=who, lot_id=LOTS[n] if n < 3 else None)
        for n, (code, indicator, unit, now, then, who) in enumerate(rows)
    )  # fmt: skip


def _statements() -> tuple[Statement, ...]:
    keys = list(c.StatementKey)[:7]
    detail = "We also bid with another consortium for *another* county."
    return tuple(
        Statement(partner, key, "no" if n == 3 and at == 1 else "yes", detail if n == 3 and at == 1 else "")
        for n, partner in enumerate(PARTNERS)
        for at, key in enumerate(keys)
    )


def _sections() -> tuple[Section, ...]:
    found: list[Section] = []

    def add(key: str, title: str, text: str, **more: Any) -> None:
        counts = Counts(len(text.split()), len(text), 1)
        found.append(Section(
            f"s-{len(found):02}", key, title, c.SectionState.DONE, True, len(found), counts=counts, content=parse(text), **more,
        ))  # fmt: skip

    for n, title in enumerate(QUESTIONS):
        limit = Limit(c.LimitUnit.WORDS, 500)
        fields = {"question_id": f"q-{n}", "lot_id": LOTS[n % 3] if n in (0, 6, 7) else None, "limit": limit}
        for partner in PARTNERS[:6] if n in EACH else (None,):
            text = "\n\n".join([PARAGRAPH * (1 + n % 3), "1. First\n2. Then\n3. Welsh first.", PARAGRAPH])
            add(f"q{n}", title, PARAGRAPH if partner else text, partner_id=partner, **fields)
    for key in (
        "summary",
        "delivery_plan",
        "governance",
        "risks",
        "safeguarding",
        "social_value",
        "exit_and_sustainability",
    ):
        add(key, key, PARAGRAPH)
    return tuple(found)


def proposal(language: str = "en") -> Proposal:
    limit = Limit(c.LimitUnit.WORDS, 500)
    questions = tuple(
        Question(
            f"q-{n}",
            f"Q{n + 1}",
            title,
            "",
            limit,
            Decimal(10),
            LOTS[n % 3] if n in (0, 6, 7) else None,
            True,
            n in EACH,
        )
        for n, title in enumerate(QUESTIONS)
    )
    call = Opportunity(
        id="opp", organisation_id="o-council", buyer_name="Cyngor Sir Powys", title="Children, young people and families in the Dyfi valley and Maldwyn",
        ocid="ocds-h6vhtk-04f1a2", mode=c.OpportunityMode.SEALED, regime="pa2023_wales", price_detail=c.PriceDetail.LINES,
        lots=tuple(Lot(lot, str(n + 1), title, 90_000_000, c.VatBasis.EXCLUDED) for n, (lot, title) in enumerate(zip(LOTS, LOT_TITLES, strict=True))),
        questions=questions, budget_ceiling=300_000_000, ceiling_vat=c.VatBasis.EXCLUDED, currency="GBP", required_sections=(),
        required_statements=(c.StatementKey.NON_COLLUSION,), consortium_rules=ConsortiumRules(), route=Route(),
        submission_deadline=datetime(2026, 12, 18, 12, 0, tzinfo=UTC), time_zone="Europe/London", amendment=0, open_for_bids=True,
    )  # fmt: skip
    return all_final(Proposal(
        id="01930000-0000-7000-8000-0000000000aa", title="Dyfi & Maldwyn: Working Together with the Children, Young People and Families who use our Services",
        status=c.ProposalStatus.DRAFT, language=language, currency="GBP", revision=41, version=3, opportunity=call, lot_ids=LOTS, partners=_partners(),
        structure=Structure(
            template=c.StructureTemplate.JOINT_CONTRACTING, contracting=CONTRACTING, paid=CONTRACTING, submitting=CONTRACTING,
            liability=c.Liability.JOINT_AND_SEVERAL, decision_rule=c.DecisionRule.WEIGHTED, payment_days=30, flow_down=True,
            weights=dict.fromkeys(PARTNERS[:6], Decimal(1)), exit_terms_markdown="Six months' notice, at the end of a school year.",
            terms_markdown="Each invoices the council for its own part.", reserved_matters=(c.Matter.STRUCTURE, c.Matter.BUDGET_SHARES),
            escalation_markdown="First the managers, then the chairs, then a mediator.", data_holder_ids=(PARTNERS[0],),
        ),
        honesty_round=HonestyRound(c.RoundStatus.REVEALED, revealed_at=NOW), contributions=_contributions(), budget_lines=_budget(),
        outcomes=_outcomes(), sections=_sections(), statements=_statements(), exit_plan=ExitPlan("The last six months hand over to the halls.", "Four trained committees.", "Hall hire."),
        assets=tuple(Asset(f"a-{n}", f"Minibus {n + 1}", False, PARTNERS[3], PARTNERS[3], PARTNERS[n]) for n in range(3)),
        knowledge_terms=(KnowledgeTerm("k-1", PARTNERS[6], PARTNERS[1], "Youth work at level 3", "Two funded places a year"),),
        confidentiality_claims=(ConfidentialityClaim("cc-1", PARTNERS[3], "/sections/s-00", "Names our garage's terms", "foia_s43", date(2029, 3, 31)),),
    ), NOW)  # fmt: skip


def document(value: Proposal | None = None, *, edition: int | None = 1) -> dict[str, Any]:
    made = samples.document(value or proposal(), edition=edition)
    files = [
        {"id": f"d-{n}", "partner_id": PARTNERS[n], "name": f"Safeguarding policy {n + 1}.pdf", "media_type": "application/pdf",
         "bytes": 120_000, "sha256": f"{n}b" * 32}
        for n in range(7)
    ]  # fmt: skip
    return {**made, "attachments": files if edition else []}


def standing(made: dict[str, Any]) -> Standing:
    """Signed by all: seven signatures."""
    base = samples.standing(made)
    signed = tuple(
        Signature(partner, name, f"Signatory {n + 1}", "Chair of trustees", f"2026-11-24T09:3{n}:00Z", "register_email" if n % 2 == 0 else "none",
                  "resolution", "2026-11-02", f"Trustees' minute {n + 7}")
        for n, (partner, name) in enumerate(zip(PARTNERS, NAMES, strict=True))
    )  # fmt: skip
    return replace(base, signatures=signed, must_sign=PARTNERS, edition=1, sha256=fingerprint(made))


def write(folder: Path) -> None:
    from app.bid.document.rules import build_annex
    from app.documents import agreement, annex, bid, docx, html, markdown, odt, pdf
    from app.documents.price_workbook import price_workbook

    folder.mkdir(parents=True, exist_ok=True)
    value = proposal()
    signed = document(value)
    whole = bid.compose(signed, standing(signed))
    for name, module in (("docx", docx), ("odt", odt), ("html", html), ("md", markdown)):
        (folder / f"bid.{name}").write_bytes(module.render(whole))
    (folder / "bid.pdf").write_bytes(pdf.render(whole).data)
    draft = document(value, edition=None)
    (folder / "draft.pdf").write_bytes(pdf.render(bid.compose(draft, Standing())).data)
    (folder / "welsh.pdf").write_bytes(pdf.render(bid.compose(signed, standing(signed), language="cy")).data)
    (folder / "agreement.pdf").write_bytes(pdf.render(agreement.compose(signed, Standing())).data)
    (folder / "annex.pdf").write_bytes(pdf.render(annex.compose(signed, build_annex(value), standing(signed))).data)
    (folder / "price.xlsx").write_bytes(price_workbook(signed, None) or b"")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
