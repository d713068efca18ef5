"""Invented bids for the documents' tests: a Welsh county's youth service, in English and Welsh, in three structures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from app.bid.document.rules import build_annex, build_document, build_schedule, schedule_partner_ids
from app.bid.value import (
    Asset,
    Authority,
    BudgetLine,
    ConfidentialityClaim,
    Contribution,
    Counts,
    ExitPlan,
    Expectation,
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
    Target,
    Vehicle,
    Verification,
)
from app.documents.canonical import fingerprint
from app.documents.standing import Signature, Standing
from app.platform.richtext.markdown import parse
from app.platform.words import codes as c
from tests.bid.values import all_final

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
LEAD, YOUTH, FAMILY, COLLEGE = "p-lead", "p-youth", "p-family", "p-college"
LOT_A, LOT_B = "lot-a", "lot-b"

EN_TEXT = {
    "summary": """Young people in Dyffryn Aeron told us they want **somewhere to go, someone to trust and something that lasts**.
Three organisations that already work in the county, and the college, offer one service with one front door.

- Open-access youth work in four villages, five evenings a week
- One-to-one family support within ten working days of a referral
- A youth panel with a budget of its own, and a vote on how the service runs""",
    "q1": """We start from what is there. Each village has a hall, a committee and at least one adult whom young people trust.

## How a young person meets us

1. They walk in, or a friend brings them. No form, no referral.
2. A youth worker stays with them for as long as they want, the same person each week.
3. If more is needed, the family worker joins within **ten working days**, with consent.

### What is different

> “They asked us first, and then they did what we said.” – member of the panel, 15

| Village | Evenings | Place | Staff |
|---|---|---|---|
| Aberaeron | Monday, Thursday | Memorial hall | Two youth workers, one volunteer |
| Felinfach | Tuesday | Theatre foyer | Two youth workers |
| Llanarth | Wednesday | Old school | One youth worker, two volunteers |
| Ciliau Aeron | Friday | Village hall | Two youth workers |

Nobody is turned away. Where a session is full, a second opens within a month.""",
    "q2": """Progress is measured *with* young people, twice a year, by the panel's own questions and by the council's indicators.
Results are published on one page in both languages. What does not work is stopped, and we say so.""",
    "q3": """Every worker is supervised monthly by a qualified practitioner. Learning is shared in a quarterly day for all
four partners, paid for in each partner's budget, so that the smallest is not the one who goes without.""",
    "delivery_plan": """We begin on 1 April 2027. The first three months are for recruiting two youth workers and setting up the
referral line; all four villages are open by July.

1. **April to June 2027**: recruitment, induction, panel elected
2. **July 2027**: four villages open
3. **January 2028**: first review with the panel and the council""",
    "governance": "A steering group of all partners meets every month; the panel sends two members, who vote.",
    "risks": """| Risk | Likelihood | What we do |
|---|---|---|
| A youth worker leaves | Medium | Relief hours in the budget; the partner next door covers for a month |
| A hall closes | Low | Two more places per village are agreed in writing |
| Referrals outrun staff | High | A waiting list of two weeks at most, then group work |""",
    "safeguarding": "All partners follow the Wales Safeguarding Procedures. Each has a designated person; the lead keeps the register of checks.",
    "social_value": "Nine of ten pounds are spent in the county. Two apprentices are employed, one of them by the smallest partner.",
    "exit_and_sustainability": "The halls stay open with volunteers trained in year two; the panel becomes a body of its own by 2030.",
}
CY_TEXT = EN_TEXT | {
    "summary": """Dywedodd pobl ifanc yn Nyffryn Aeron eu bod am gael **rhywle i fynd, rhywun i ymddiried ynddo a rhywbeth sy'n para**.
Mae tri sefydliad sydd eisoes yn gweithio yn y sir, a'r coleg, yn cynnig un gwasanaeth gydag un drws ffrynt.

- Gwaith ieuenctid agored mewn pedwar pentref, bum noson yr wythnos
- Cymorth un-i-un i deuluoedd o fewn deg diwrnod gwaith i atgyfeiriad
- Panel ieuenctid gyda'i gyllideb ei hun, a phleidlais ar sut y rhedir y gwasanaeth""",
    "q1": """Dechreuwn o'r hyn sydd yno. Mae gan bob pentref neuadd, pwyllgor ac o leiaf un oedolyn y mae pobl ifanc yn ymddiried ynddo.

## Sut mae person ifanc yn cwrdd â ni

1. Maen nhw'n cerdded i mewn, neu mae ffrind yn dod â nhw. Dim ffurflen.
2. Mae gweithiwr ieuenctid yn aros gyda nhw cyhyd ag y mynnant, yr un person bob wythnos.
3. Os oes angen mwy, mae'r gweithiwr teulu'n ymuno o fewn **deg diwrnod gwaith**, gyda chaniatâd.

Ŵyl, dŵr, tŷ, ŷd, ffwrnais: pob llythyren yn ei lle.""",
    "q2": "Mesurir cynnydd *gyda* phobl ifanc, ddwywaith y flwyddyn, yn ôl cwestiynau'r panel a dangosyddion y cyngor.",
    "delivery_plan": "Dechreuwn ar 1 Ebrill 2027. Bydd y pedwar pentref ar agor erbyn mis Gorffennaf.",
    "governance": "Mae grŵp llywio o'r holl bartneriaid yn cwrdd bob mis; mae'r panel yn anfon dau aelod, sy'n pleidleisio.",
    "safeguarding": "Mae pob partner yn dilyn Gweithdrefnau Diogelu Cymru.",
    "social_value": "Gwerir naw o bob deg punt yn y sir.",
    "exit_and_sustainability": "Bydd y neuaddau'n aros ar agor gyda gwirfoddolwyr a hyfforddir yn yr ail flwyddyn.",
}


def _section(key: str, text: str, position: int, **more: object) -> Section:
    words = len(text.split())
    title = {"q1": "Your approach", "q2": "Measuring progress", "q3": "Staff and learning"}.get(key, key)
    defaults: dict[str, object] = {
        "title": title, "state": c.SectionState.DONE, "required": True, "counts": Counts(words, len(text), 1),
        "content": parse(text),
    }  # fmt: skip
    return Section(id=f"s-{key}", key=key, position=position, **(defaults | more))  # type: ignore[arg-type]


def _partners() -> tuple[Partner, ...]:
    authority = Authority(LEAD, "Siân Rhŷs", "Chair of trustees", None, NOW)
    registered = Verification(c.VerificationLevel.REGISTER_EMAIL, "register", NOW)
    return (
        Partner(
            LEAD, "o-lead", "Ceredigion Families Together", c.PartnerRole.LEAD, c.PartnerStatus.ACCEPTED,
            legal_form=c.LegalForm.CIO, size_band=c.SizeBand.LARGE, verification=registered,
            identifiers=(Identifier("GB-CHC", "1098765"), Identifier("GB-COH", "04567890")),
            founding_aims="To relieve families in Ceredigion in need, by support, advice and a place to meet.",
            aims_statement_markdown="Families asked us for years for something for their **teenagers**. This is it.",
            annual_income=240_000_000, unrestricted_reserves=31_000_000,
        ),
        Partner(
            YOUTH, "o-youth", "Clwb Ieuenctid Aeron", c.PartnerRole.MEMBER, c.PartnerStatus.ACCEPTED,
            legal_form=c.LegalForm.UNINCORPORATED, size_band=c.SizeBand.SMALL, authority=authority,
            founding_aims="A warm room and a fair hearing for every young person in the valley.",
            aims_statement_markdown="The bid pays for the two evenings we could never open.",
            annual_income=4_200_000,
        ),
        Partner(
            FAMILY, "o-family", "Gofal Teulu Bach", c.PartnerRole.MEMBER, c.PartnerStatus.ACCEPTED,
            legal_form=c.LegalForm.CIC, size_band=c.SizeBand.MEDIUM, authority=authority, verification=registered,
            identifiers=(Identifier("GB-COH", "11223344"),), founding_aims="Family support in Welsh and in English.",
        ),
        Partner(
            COLLEGE, "o-college", "Coleg y Dyffryn", c.PartnerRole.SUBCONTRACTOR, c.PartnerStatus.ACCEPTED,
            main_contractor_id=LEAD, relied_on_for="Qualified supervision of youth workers",
            legal_form=c.LegalForm.PUBLIC_BODY, size_band=c.SizeBand.MAJOR,
            verification=Verification(c.VerificationLevel.SHARE_CODE, "find-tender", NOW),
        ),
    )  # fmt: skip


STRUCTURES = {
    "lead_provider": Structure(
        template=c.StructureTemplate.LEAD_PROVIDER, contracting=(LEAD,), paid=(LEAD,), submitting=(LEAD, YOUTH),
        liability=c.Liability.CONTRACTOR, decision_rule=c.DecisionRule.CONSENT, payment_days=14, flow_down=True,
        payment_in_arrears=False, quorum=2,
        reserved_matters=(c.Matter.BUDGET_SHARES, c.Matter.PARTNER_REMOVAL, c.Matter.EXIT_PLAN),
        exit_terms_markdown="Three months' notice in writing. What a partner brought, it takes with it.",
        terms_markdown="The lead keeps 6 % for managing the contract, and shows every quarter what it paid for.",
        escalation_markdown="First the two managers, within five days; then the chairs; then a mediator from the county's voluntary council.",
        lead_replacement_markdown="Gofal Teulu Bach leads until the partners have chosen.", data_holder_ids=(LEAD,),
    ),
    "joint_contracting": Structure(
        template=c.StructureTemplate.JOINT_CONTRACTING, contracting=(LEAD, YOUTH, FAMILY), paid=(LEAD, YOUTH, FAMILY),
        liability=c.Liability.JOINT_AND_SEVERAL, decision_rule=c.DecisionRule.WEIGHTED,
        weights={LEAD: Decimal("0.4"), YOUTH: Decimal("0.3"), FAMILY: Decimal("0.3")},
        reserved_matters=(c.Matter.STRUCTURE,), exit_terms_markdown="Six months' notice, at the end of a school year.",
        terms_markdown="Each invoices the council for its own part.",
    ),
    "special_purpose_vehicle": Structure(
        template=c.StructureTemplate.SPECIAL_PURPOSE_VEHICLE, paid=(LEAD,), liability=c.Liability.VEHICLE,
        vehicle=Vehicle("Ieuenctid Aeron CIC", c.VehicleStatus.TO_BE_FORMED, (LEAD, YOUTH, FAMILY)),
        decision_rule=c.DecisionRule.MAJORITY, exit_terms_markdown="Shares go back to the company at their nominal value.",
    ),
}  # fmt: skip


def proposal(structure: str = "lead_provider", language: str = "en") -> Proposal:
    text = CY_TEXT if language == "cy" else EN_TEXT
    limit = Limit(c.LimitUnit.WORDS, 500)
    questions = tuple(
        Question(f"question-{i}", f"Q{i}", prompt, "", limit, Decimal(weight), lot, True, False)
        for i, prompt, weight, lot in (
            (1, "Describe how you would deliver the service, and how young people shape it.", "40", LOT_A),
            (2, "How would you measure progress?", "30", LOT_A),
            (3, "How would you support and train your staff?", "30", LOT_B),
        )
    )
    sections = [
        _section("q1", text["q1"], 1, question_id="question-1", lot_id=LOT_A, limit=limit),
        _section("q2", text["q2"], 2, question_id="question-2", lot_id=LOT_A, limit=limit),
        _section("q3", text["q3"], 3, question_id="question-3", lot_id=LOT_B, limit=limit),
    ]
    standard = [k for k in text if not k.startswith("q")]
    sections += [_section(key, text[key], 10 + i) for i, key in enumerate(standard)]
    return all_final(Proposal(
        id="01930000-0000-7000-8000-000000000001",
        title="Dyffryn Aeron Youth Together" if language == "en" else "Ieuenctid Dyffryn Aeron Gyda'n Gilydd",
        status=c.ProposalStatus.DRAFT, language=language, currency="GBP", revision=41, version=3,
        opportunity=Opportunity(
            id="opp", organisation_id="o-council", buyer_name="Cyngor Sir Ceredigion",
            title="Youth and family support in the Aeron valley 2027 to 2030", ocid="ocds-h6vhtk-04f1a2",
            mode=c.OpportunityMode.SEALED, regime="pa2023_wales", price_detail=c.PriceDetail.TOTALS,
            lots=(
                Lot(LOT_A, "A", "Open-access youth work", 30_000_000, c.VatBasis.EXCLUDED),
                Lot(LOT_B, "B", "Family support", 25_000_000, c.VatBasis.EXCLUDED),
            ),
            questions=questions, budget_ceiling=55_000_000, ceiling_vat=c.VatBasis.EXCLUDED, currency="GBP",
            required_sections=("exit_and_sustainability",), required_statements=(c.StatementKey.NON_COLLUSION,),
            consortium_rules=_rules(), route=Route(),
            submission_deadline=datetime(2026, 12, 18, 12, 0, tzinfo=UTC), time_zone="Europe/London", amendment=1,
            open_for_bids=True,
        ),
        lot_ids=(LOT_A, LOT_B), answers_amendment=1, partners=_partners(), structure=STRUCTURES[structure],
        honesty_round=HonestyRound(c.RoundStatus.REVEALED, revealed_at=NOW), contributions=_contributions(),
        expectations=_expectations(), budget_lines=_budget(), outcomes=_outcomes(), sections=tuple(sections),
        statements=_statements(), exit_plan=ExitPlan("The last six months hand over to the halls' own committees.", "Four trained committees and the panel.", "Hall hire and a county small grant."),
        assets=(
            Asset("a-1", "Minibus", False, YOUTH, YOUTH, YOUTH),
            Asset("a-2", "Panel handbook", True, FAMILY, LEAD, FAMILY, "Named on every copy"),
        ),
        knowledge_terms=(KnowledgeTerm("k-1", YOUTH, LEAD, "Reaching young people who trust nobody", "Joint shifts"), KnowledgeTerm("k-2", COLLEGE, YOUTH, "Level 3 youth work", "Two funded places a year")),
        confidentiality_claims=(ConfidentialityClaim("cc-1", FAMILY, "/sections/s-q3", "Names our supervision provider's terms", "FOIA s43", date(2029, 3, 31)),),
    ), NOW)  # fmt: skip


def _rules() -> object:
    from app.bid.value import ConsortiumRules

    return ConsortiumRules()


def _contributions() -> tuple[Contribution, ...]:
    K, C = c.ContributionKind, c.Certainty
    start, end = date(2027, 4, 1), date(2030, 3, 31)
    return (
        Contribution("c-1", LEAD, K.MANAGEMENT, "Contract management and reporting", 0, C.CONFIRMED, Decimal("36"), c.Unit.MONTH, starts=start, ends=end, valuation_basis="Own pay scale", shown_as="quantity"),
        Contribution("c-2", LEAD, K.CASH_FLOW_COVER, "Pays partners before the council pays", 4_000_000, C.CONFIRMED, starts=start, ends=date(2028, 3, 31), valuation_basis="Cost of an overdraft of the same size, bank's published rate"),
        Contribution("c-3", YOUTH, K.VOLUNTEER_TIME, "Volunteers on two evenings a week", 936_000, C.CONFIRMED, Decimal("780"), c.Unit.HOUR, 1200, starts=start, ends=end, valuation_basis="Real Living Wage"),
        Contribution("c-4", YOUTH, K.PREMISES, "Memorial hall, five evenings a week", 0, C.CONDITIONAL, Decimal("3"), c.Unit.YEAR, starts=start, ends=end, condition="the hall committee renews in March", valuation_basis="Hall's price list", shown_as="quantity"),
        Contribution("c-5", FAMILY, K.MATCH_FUNDING, "Lottery grant for the family worker", 3_000_000, C.CONFIRMED, starts=start, ends=date(2029, 3, 31)),
        Contribution("c-6", COLLEGE, K.PROFESSIONAL_SERVICES, "Supervision by a qualified practitioner", 0, C.CONFIRMED, Decimal("72"), c.Unit.DAY, starts=date(2027, 9, 1), ends=end, valuation_basis="College price list", shown_as="quantity"),
        Contribution("c-7", FAMILY, K.REFERRAL_ROUTES, "Referrals from four schools", 0, C.ASPIRATIONAL, valuation_basis="Not valued"),
    )  # fmt: skip


def _expectations() -> tuple[Expectation, ...]:
    K = c.ExpectationKind
    return (
        Expectation("e-1", YOUTH, K.PAYMENT_TERMS, "Paid in advance each quarter", c.Strength.MUST, LEAD, Target(c.TargetType.DAYS, Decimal("14")), c.Audience.COMMISSIONER),
        Expectation("e-2", FAMILY, K.CREDIT, "Named in every publication", c.Strength.SHOULD, None, Target(c.TargetType.TEXT, text="Logo and name, same size"), c.Audience.COMMISSIONER),
        Expectation("e-3", YOUTH, K.FUNDING_SHARE, "Secret floor of our share", c.Strength.MUST, LEAD, Target(c.TargetType.PERCENT, Decimal("22.5"))),
    )  # fmt: skip


def _budget() -> tuple[BudgetLine, ...]:
    lines = []
    for i, (partner, base) in enumerate(
        ((LEAD, 6_240_000), (YOUTH, 3_150_050), (FAMILY, 5_480_000), (COLLEGE, 900_000))
    ):
        for year in (2027, 2028, 2029):
            lines.append(
                BudgetLine(
                    f"b-{i}-{year}",
                    partner,
                    "staff",
                    year,
                    c.BudgetSource.REQUESTED,
                    base + (year - 2027) * 110_000,
                    LOT_A,
                    "Secret staff line",
                )
            )
    lines.append(BudgetLine("b-m", FAMILY, "staff", 2027, c.BudgetSource.MATCH, 3_000_000, LOT_B, "Lottery"))
    lines.append(BudgetLine("b-k", YOUTH, "volunteers", 2027, c.BudgetSource.IN_KIND, 936_000, LOT_A, "Volunteers"))
    return tuple(lines)  # fmt: skip


def _outcomes() -> tuple[Outcome, ...]:
    return (
        Outcome("o-1", "Ceredigion youth framework", "Young people have somewhere safe to go", "Different young people in a session, a year", "people", Decimal("60"), Decimal("240"), date(2028, 3, 31), partner_ids=(YOUTH, LEAD)),
        Outcome("o-2", "Ceredigion youth framework", "Families get help before a crisis", "Families seen within ten working days", "%", Decimal("35"), Decimal("90"), date(2029, 3, 31), "Dates of referral and first visit", partner_ids=(FAMILY,)),
        Outcome("o-3", "", "Young people decide", "Panel votes carried out", "%", None, Decimal("100"), date(2030, 3, 31), partner_ids=(LEAD, YOUTH, FAMILY)),
    )  # fmt: skip


def _statements() -> tuple[Statement, ...]:
    return tuple(
        Statement(p, key, "yes", detail)
        for p, detail in (
            (LEAD, ""),
            (YOUTH, ""),
            (FAMILY, "We also bid with another consortium for *another* county."),
        )
        for key in (c.StatementKey.NON_COLLUSION, c.StatementKey.INSURANCE)
    )


SALT = "0123456789abcdef0123456789abcdef"


def document(value: Proposal | None = None, *, edition: int | None = 2) -> dict[str, object]:
    value = all_final(value or proposal(), NOW)
    return build_document(
        value,
        annex_sha256=fingerprint(build_annex(value)) if edition else None,
        schedule_hashes={p: fingerprint(build_schedule(value, p, SALT)) for p in schedule_partner_ids(value)} if edition else {},
        edition=edition,
        frozen_at=NOW if edition else None,
        attachments=(
            {"id": "d-1", "partner_id": LEAD, "name": "Safeguarding policy.pdf", "media_type": "application/pdf", "bytes": 120_000, "sha256": "ab" * 32},
        ) if edition else (),
    )  # fmt: skip


def standing(doc: dict[str, object], *, agreed: bool = True) -> Standing:
    people = ((LEAD, "Ceredigion Families Together", "Rhodri Puw", "Chief executive"), (YOUTH, "Clwb Ieuenctid Aeron", "Siân Rhŷs", "Chair"), (FAMILY, "Gofal Teulu Bach", "Anwen Dafydd", "Director"))  # fmt: skip
    signed = people if agreed else people[:1]
    level = {LEAD: "register_email", YOUTH: "none", FAMILY: "register_email"}
    sha = fingerprint(doc)
    return Standing(
        status="agreed" if agreed else "open",
        edition=2,
        sha256=sha,
        signatures=tuple(
            Signature(p, o, n, r, f"2026-11-2{4 + i}T09:30:00Z", level[p], "constitution")
            for i, (p, o, n, r) in enumerate(signed)
        ),
        must_sign=(LEAD, YOUTH, FAMILY),
        verify_url=f"https://bids.example.org/v1/verify/{sha}",
        made_at="2026-11-26T09:30:00Z",
    )


def with_text(value: Proposal, content: object) -> Proposal:
    """The bid with one answer replaced by `content` (ProseMirror JSON)."""
    first, *rest = value.sections
    return replace(value, sections=(replace(first, content=content), *rest))  # type: ignore[arg-type]


def bare() -> Proposal:
    """A bid with one answer and nothing else: for tests of what people write."""
    whole = proposal()
    return replace(
        whole, structure=Structure(), contributions=(), expectations=(), budget_lines=(), outcomes=(), statements=(),
        sections=whole.sections[:1], exit_plan=ExitPlan(), assets=(), knowledge_terms=(), confidentiality_claims=(),
    )  # fmt: skip
