"""What the joint working agreement says, clause by clause, in every structure that the facts can describe.

The headings are those that guides for joint working by charities ask for: purpose, each member's mission and benefit,
roles and authority, inputs, costs and payment, VAT, communications, confidentiality and intellectual property, work,
liability, variation, term and ending, disputes. The sentences are in the catalogue of words.
"""

from app.documents import agreement_closing as closing
from app.documents.agreement_draft import Draft
from app.documents.bid.reading import Json, Reading
from app.documents.blocks import bullets, facts
from app.platform.words.codes import Liability


def write(draft: Draft, reading: Reading) -> None:
    for part in (
        _parties, _purpose, _structure, _roles, _inputs, _money, _liability, _decisions, _disputes, closing.information, closing.assets,
        closing.people, closing.leaving, closing.ending, closing.general, closing.signing, closing.schedules,
    ):  # fmt: skip
        part(draft, reading)


def _parties(draft: Draft, reading: Reading) -> None:
    w, document = reading.words, reading.document
    draft.part(w("agreement.parties.title"), "parties")
    draft.clause(w("agreement.parties.date", date=draft.blank(w("agreement.blank.date"))))
    draft.add(facts([(p["name"], _described(reading, p)) for p in reading.partners]))
    draft.clause(
        w(
            "agreement.parties.words",
            lead=reading.lead["name"] if reading.lead else draft.blank(w("agreement.blank.lead")),
            buyer=document["opportunity"]["buyer"] or draft.blank(w("agreement.blank.buyer")),
            call=document["opportunity"]["title"],
            bid=document["proposal"]["title"],
        )
    )
    lots = w.listed(reading.lot(lot["id"]) for lot in document["lots"])
    if lots:
        draft.clause(w("agreement.parties.lots", lots=lots))


def _described(reading: Reading, partner: Json) -> str:
    w = reading.words
    numbers = w.listed(f"{i['scheme']} {i['id']}" for i in partner["identifiers"])
    described = w(
        "agreement.parties.registered" if numbers else "agreement.parties.described",
        role=w.code("partner_role", str(partner["role"])),
        form=w.code("legal_form", str(partner["legal_form"])).lower(),
        numbers=numbers,
    )
    if address := partner.get("registered_address"):
        described = w("agreement.parties.at_address", described=described, address=address)
    if partner["legal_form"] == "unincorporated":
        return w("agreement.parties.personally", described=described)
    return described


def _purpose(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.purpose.title"), "purpose")
    draft.clause(w("agreement.purpose.together"))
    for partner in reading.partners:
        aims = str(partner["founding_aims"]).strip().rstrip(".")
        if aims:
            draft.clause(w("agreement.purpose.aims", partner=partner["name"], aims=aims))
    draft.clause(w("agreement.purpose.no_partnership", clause=Draft.ref("authority")))
    draft.clause(w("agreement.purpose.not_awarded", clause=Draft.ref("confidential")))


def _structure(draft: Draft, reading: Reading) -> None:
    w, s = reading.words, reading.structure
    draft.part(w("agreement.structure.title"), "structure")
    if s["vehicle"] or s["liability"] == Liability.VEHICLE:
        _vehicle(draft, reading, s["vehicle"])
    contracting = [p for p in s["contracting_partner_ids"] if p in reading.names]
    if contracting:
        number = "one" if len(contracting) == 1 else "many"
        draft.clause(w(f"agreement.structure.contracts_{number}", names=reading.named(contracting)), "contracting")
    elif s["vehicle"]:
        draft.clause(w("agreement.structure.contracts_vehicle"), "contracting")
    else:
        draft.clause(
            w("agreement.structure.contracts_blank", who=draft.blank(w("agreement.blank.contracts"))), "contracting"
        )
    paid = reading.named(s["paid_partner_ids"]) or draft.blank(w("agreement.blank.paid"))
    draft.clause(w("agreement.structure.paid", names=paid), "paid")
    if s["flow_down"]:
        draft.clause(w("agreement.structure.flow_down"))
    draft.own_words(w("agreement.structure.custom"), reading.markdown(s["custom_markdown"], 2))
    draft.own_words(w("agreement.structure.terms"), reading.markdown(s["terms_markdown"], 2))


def _vehicle(draft: Draft, reading: Reading, vehicle: Json | None) -> None:
    """The clause that says what 'the Vehicle' is, also where the partners made one liable before they named it."""
    w = reading.words
    name = vehicle["name"] if vehicle else draft.blank(w("agreement.blank.vehicle"))
    owners = reading.named(vehicle["owner_partner_ids"]) if vehicle else ""
    owners = owners or draft.blank(w("agreement.blank.owners"))
    if vehicle and vehicle["status"] == "to_be_formed":
        shares = draft.blank(w("agreement.blank.shares"))
        draft.clause(w("agreement.structure.to_be_formed", owners=owners, vehicle=name, shares=shares))
    else:
        draft.clause(w("agreement.structure.formed", vehicle=name, owners=owners))


def _roles(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.roles.title"), "roles")
    for partner in reading.partners:
        name, main = partner["name"], ""
        if partner["role"] == "subcontractor":
            main = reading.name(partner["main_contractor_id"])
            main = main or draft.blank(w("agreement.blank.main", partner=name))
        draft.clause(w(f"agreement.roles.{partner['role']}", partner=name, main=main))
        if partner["relied_on_for"]:
            draft.clause(w("agreement.roles.relied_on", partner=name, what=partner["relied_on_for"].rstrip(".")))
    lead = reading.lead["name"] if reading.lead else w("agreement.the_lead")
    draft.clause(w("agreement.roles.authority", lead=lead), "authority")
    for partner in reading.partners:
        if given := partner["authority"]:
            draft.clause(
                w(
                    "agreement.roles.given",
                    partner=partner["name"],
                    day=w.day(given["at"]),
                    name=given["full_name"],
                    role=given["role_title"],
                )
            )


def _inputs(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.inputs.title"), "inputs")
    draft.clause(w("agreement.inputs.schedule", schedule=Draft.ref("schedule-inputs")))
    draft.clause(w("agreement.inputs.certainty"))
    draft.clause(w("agreement.inputs.failing", clause=Draft.ref("decisions")))


def _money(draft: Draft, reading: Reading) -> None:
    w, s = reading.words, reading.structure
    draft.part(w("agreement.money.title"), "money")
    draft.clause(w("agreement.money.shares", schedule=Draft.ref("schedule-money")))
    days = s["payment_days"] if s["payment_days"] is not None else draft.blank(w("agreement.blank.days"))
    draft.clause(w("agreement.money.days", days=days), "payment")
    if s["payment_in_arrears"] is None:
        draft.clause(w("agreement.money.how", how=draft.blank(w("agreement.blank.how_paid"))))
    else:
        draft.clause(w("agreement.money.arrears" if s["payment_in_arrears"] else "agreement.money.advance"))
    draft.clause(w("agreement.money.law"))
    draft.clause(w("agreement.money.vat", advice=draft.blank(w("agreement.blank.vat"))))
    draft.clause(w("agreement.money.own_cost"))
    draft.clause(w("agreement.money.records"))


def _liability(draft: Draft, reading: Reading) -> None:
    w, liability = reading.words, reading.structure["liability"]
    draft.part(w("agreement.liability.title"), "liability")
    if liability:
        draft.clause(w(f"agreement.liability.{liability}"))
    else:
        draft.clause(w("agreement.liability.unsettled", who=draft.blank(w("agreement.blank.liability"))))
    draft.clause(w("agreement.liability.limit", limit=draft.blank(w("agreement.blank.limit"))))
    draft.clause(w("agreement.liability.insurance", insurances=draft.blank(w("agreement.blank.insurance"))))


def _decisions(draft: Draft, reading: Reading) -> None:
    w, s = reading.words, reading.structure
    draft.part(w("agreement.decisions.title"), "decisions")
    if rule := s["decision_rule"]:
        draft.clause(w(f"agreement.rule.{rule}", clause=Draft.ref("weights")))
    else:
        draft.clause(w("agreement.decisions.unsettled", how=draft.blank(w("agreement.blank.rule"))))
    if rule == "weighted":
        weights = [f"{reading.name(p)} {w.number(x)}" for p, x in s["weights"].items() if p in reading.names]
        said = w.listed(weights) or draft.blank(w("agreement.blank.weights"))
        draft.clause(w("agreement.decisions.weights", weights=said), "weights")
    if s["quorum"]:
        draft.clause(w("governance.quorum", n=s["quorum"]))
    if s["reserved_matters"]:
        draft.clause(w("agreement.decisions.reserved"), "reserved")
        draft.add(bullets(w.code("matter", m) for m in s["reserved_matters"]))
    draft.clause(w("agreement.decisions.meetings", how=draft.blank(w("agreement.blank.meetings"))))


def _disputes(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("governance.disputes"), "disputes")
    draft.own_words(
        w("agreement.disputes.steps"),
        reading.markdown(reading.structure["escalation_markdown"], 2),
        w("agreement.blank.disputes"),
    )
    draft.clause(w("agreement.disputes.meanwhile"))
