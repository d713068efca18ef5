"""The opening parts of a bid: summary, partners, structure, what each gives, and which expectations were opened."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.documents.bid.reading import Json, Reading
from app.documents.bid.work import who_does_what
from app.documents.blocks import Block, bullets, column, data_table, facts, figure, heading, paragraph
from app.documents.figures import structure_drawing
from app.documents.words import CALENDAR

_REGISTERS = {
    "GB-CHC": "register.charity_ew", "GB-SC": "register.charity_scotland", "GB-NIC": "register.charity_ni",
    "GB-COH": "register.company", "GB-MPR": "register.mutual", "GB-NHS": "register.nhs", "GB-LAE": "register.council",
    "GB-PPON": "register.ppon",
}  # fmt: skip


def summary(reading: Reading) -> list[Block]:
    w, document = reading.words, reading.document
    text = reading.standard("summary", chapters=False)
    budget = document["budget"]
    rows = [
        (w("summary.call"), document["opportunity"]["title"]),
        (w("summary.buyer"), document["opportunity"]["buyer"]),
        (w("summary.lots"), w.listed(reading.lot(lot["id"]) for lot in document["lots"])),
        (w("summary.lead"), reading.lead["name"] if reading.lead else ""),
        (w("summary.partners"), reading.briefly([p["id"] for p in reading.partners if p["role"] != "lead"])),
        (w("summary.model"), w.code("structure_template", model(reading))),
        (w("summary.contracts"), contracting(reading)),
        (w("summary.price"), _price(reading, budget) if budget else ""),
    ]
    outcomes = [_change(reading, o) for o in document["outcomes"]][:6]
    found: list[Block] = [reading.part("summary"), facts(rows), *text]
    if outcomes:
        found += [reading.chapter(w("summary.outcomes")), bullets(outcomes)]
    return found


def _change(reading: Reading, o: Json) -> str:
    """'Stay safe: young people with an adult whom they trust, from 35% to 80%, by 31 March 2029'."""
    w = reading.words
    unit = "" if o["unit"] in ("", "%") else f" {o['unit']}"
    sign = "%" if o["unit"] == "%" else ""
    now, then = (f"{w.number(o[key])}{sign}" if o[key] is not None else "" for key in ("baseline", "target"))
    parts = [o["indicator"]]
    if then:
        parts.append(w("summary.from_to", now=now, then=then + unit) if now else w("summary.to", then=then + unit))
    if o["target_date"]:
        parts.append(w("summary.by", day=w.day(o["target_date"])))
    told = ", ".join(part for part in parts if part)
    return f"{reading.outcome(o)}: {told}" if told else reading.outcome(o)


def _price(reading: Reading, budget: Json) -> str:
    w, total = reading.words, budget["total"]
    years = [row["year"] for row in budget["by_year"]]
    if not years:
        return str(w.money(total["requested"]))
    key = f"summary.price_{'years' if len(years) > 1 else 'year'}{'_of_contract' if years[0] < CALENDAR else ''}"
    return w(key, amount=w.money(total["requested"]), first=years[0], last=years[-1])


def contracting(reading: Reading) -> str:
    """Who contracts with the commissioner, in a few words; empty until the partners say so."""
    structure = reading.structure
    if structure["vehicle"] and structure["liability"] == "vehicle":
        return str(structure["vehicle"]["name"])
    return reading.briefly(structure["contracting_partner_ids"])


def partners(reading: Reading) -> list[Block]:
    w = reading.words
    if not reading.partners:
        return []
    columns = [
        column(w("partners.organisation")),
        column(w("partners.role")),
        column(w("partners.registered")),
        column(w("partners.verified")),
    ]
    rows = [
        [
            "\n".join(dict.fromkeys((p["name"], reading.short(p["id"])))),
            role_of(reading, p),
            _identifiers(reading, p),
            w.code("verification_level", p["verification"]["level"]),
        ]
        for p in reading.partners
    ]
    found = [reading.part("partners"), paragraph(_who_we_are(reading)), data_table(w("partners.table"), columns, rows)]
    found.append(paragraph(w("partners.verification_note"), "note"))
    found += who_does_what(reading)
    for partner in reading.partners:
        found += [reading.chapter(partner["name"]), *_one_partner(reading, partner)]
    return found + reading.standard("contract_examples", "key_people")


def _who_we_are(reading: Reading) -> str:
    w = reading.words
    names = [p["name"] for p in reading.partners]
    if len(names) == 1:
        return w("partners.alone", name=names[0])
    lead = reading.lead
    count = w.counted("partners.count", len(names))
    return w("partners.led", count=count, lead=lead["name"]) if lead else w("partners.unled", count=count)


def role_of(reading: Reading, partner: Json) -> str:
    w = reading.words
    role = w.code("partner_role", partner["role"])
    if partner["role"] == "subcontractor" and partner["main_contractor_id"]:
        return w("partners.subcontractor_of", name=reading.short(partner["main_contractor_id"]))
    return role


def _identifiers(reading: Reading, partner: Json) -> str:
    w = reading.words
    numbers = [
        f"{w(_REGISTERS[i['scheme']]) if i['scheme'] in _REGISTERS else i['scheme']} {i['id']}"
        for i in partner["identifiers"]
    ]
    return "\n".join(numbers) or w("partners.unregistered")


def _one_partner(reading: Reading, partner: Json) -> list[Block]:
    w = reading.words
    verified = partner["verification"]
    authority = partner["authority"]
    rows = [
        (w("partners.role"), role_of(reading, partner)),
        (w("partners.legal_form"), w.code("legal_form", partner["legal_form"])),
        (w("partners.short_name"), partner.get("short_name") or ""),
        (w("partners.registered_address"), partner.get("registered_address") or ""),
        (w("partners.size"), w.code("size_band", partner["size_band"])),
        (w("partners.relied_on"), partner["relied_on_for"] or ""),
        (w("partners.verified"), _verified(reading, verified)),
        (w("partners.authority"), _authority(reading, authority) if authority else ""),
    ]
    found: list[Block] = [facts(rows)]
    work = reading.markdown(partner.get("proposed_work_markdown"), 3)
    if work:
        found += [heading(3, w("partners.work")), *work]
    if partner["founding_aims"].strip():
        found += [heading(3, w("partners.founding_aims")), paragraph(partner["founding_aims"])]
    aims = reading.markdown(partner["aims_statement_markdown"], 3)
    if aims:
        found += [heading(3, w("partners.serves_aims")), *aims]
    return found


def _verified(reading: Reading, verified: Json) -> str:
    w = reading.words
    level = w.code("verification_level", verified["level"])
    return w("partners.verified_on", level=level, day=w.day(verified["at"])) if verified["at"] else level


def _authority(reading: Reading, authority: Json) -> str:
    return reading.words(
        "partners.authority_given",
        name=authority["full_name"],
        role=authority["role_title"],
        day=reading.words.day(authority["at"]),
    )


def structure(reading: Reading) -> list[Block]:
    w, found = reading.words, reading.structure
    sentences = structure_sentences(reading)
    if not sentences and not found["custom_markdown"].strip() and not reading.sections("why_together"):
        return []
    blocks: list[Block] = [reading.part("structure")]
    blocks += [bullets(sentences)] if sentences else []
    blocks += reading.standard("why_together")
    drawing = structure_drawing(reading)
    if drawing:
        blocks.append(figure(drawing.svg, drawing.alt, w("structure.drawing")))
        blocks += drawing.tables
    custom = reading.markdown(found["custom_markdown"])
    if custom:
        blocks += [reading.chapter(w("structure.own_terms")), *custom]
    terms = reading.markdown(found["terms_markdown"])
    if terms:
        blocks += [reading.chapter(w("structure.terms")), *terms]
    return blocks


ONE_CONTRACTS = frozenset({"managing_agent", "lead_provider", "prime_and_subcontractors", "accountable_body"})


def model(reading: Reading) -> str | None:
    """The usual name of how they bid: what the partners began with, or what their facts come to where those were changed."""
    s = reading.structure
    contracts, began = s["contracting_partner_ids"], s["template"]
    vehicle = bool(s["vehicle"]) and (s["liability"] == "vehicle" or not contracts)
    fits = {
        "joint_contracting": len(contracts) > 1, "special_purpose_vehicle": vehicle, "custom": False,
        **dict.fromkeys(ONE_CONTRACTS, len(contracts) == 1 and not vehicle),
    }  # fmt: skip
    if began and fits.get(began, True):
        return str(began)
    if vehicle:
        return "special_purpose_vehicle"
    if len(contracts) != 1:
        return "joint_contracting" if contracts else None
    others = {p["role"] for p in reading.partners if p["id"] not in contracts}
    return "prime_and_subcontractors" if others == {"subcontractor"} else "lead_provider"


def _liability(reading: Reading) -> str:
    w, s = reading.words, reading.structure
    if s["liability"] == "contractor" and len(s["contracting_partner_ids"]) == 1:
        return w("structure.liability_named", names=reading.named(s["contracting_partner_ids"]))
    return w(f"structure.liability.{s['liability']}")


def structure_sentences(reading: Reading) -> list[str]:
    """A sentence for each fact of the structure that the partners gave."""
    w, s = reading.words, reading.structure
    buyer = reading.document["opportunity"]["buyer"] or w("structure.the_commissioner")
    found: list[str] = []
    if kind := model(reading):
        found.append(w(f"structure.template.{kind}", names=contracting(reading)))
    if s["template"] == "custom":
        found.append(w("structure.template.custom"))
    if s["contracting_partner_ids"]:
        many = len(s["contracting_partner_ids"]) > 1
        key = "structure.contracts_many" if many else "structure.contracts_one"
        found.append(w(key, names=reading.named(s["contracting_partner_ids"]), buyer=buyer))
    if s["vehicle"]:
        v = s["vehicle"]
        found.append(
            w(f"structure.vehicle_{v['status']}", name=v["name"], owners=reading.named(v["owner_partner_ids"]))
            if v["owner_partner_ids"]
            else w(f"structure.vehicle_{v['status']}_unowned", name=v["name"])
        )
    if s["paid_partner_ids"]:
        key = "structure.paid_many" if len(s["paid_partner_ids"]) > 1 else "structure.paid_one"
        found.append(w(key, names=reading.named(s["paid_partner_ids"])))
    if s["payment_days"] is not None:
        paid = s["paid_partner_ids"]
        key = f"structure.payment_days_{'one' if len(paid) == 1 else 'many' if paid else 'nobody'}"
        found.append(w(key, names=reading.named(paid), days=w.number(s["payment_days"])))
    if s["liability"]:
        found.append(_liability(reading))
    if s["flow_down"]:
        found.append(w("structure.flow_down"))
    return found


def contributions(reading: Reading) -> list[Block]:
    w, document = reading.words, reading.document
    if not document["contributions"] and not document["expectations"]:
        return []
    found: list[Block] = [reading.part("contributions")]
    if document["contributions"]:
        found.append(paragraph(w("contributions.intro")))
        amounts = amounts_of(reading, document["contributions"])
        for partner in reading.partners:
            own = [c for c in document["contributions"] if c["partner_id"] == partner["id"]]
            if own:
                found.append(reading.chapter(partner["name"]))
                found.append(_what_it_brings(reading, partner, own, amounts))
    found += _expectations(reading)
    return found


def _what_it_brings(reading: Reading, partner: Json, own: Sequence[Json], amounts: Mapping[str, str]) -> Block:
    """One partner's table, without the columns that would be empty. What a contribution depends on stands under how certain
    it is."""
    w = reading.words
    cells = {
        "what": ["\n".join(part for part in (c["title"], reading.lot_key(c["lot_id"])) if part) for c in own],
        "kind": [w.code("contribution_kind", c["kind"]) for c in own],
        "how_much": [amounts[c["id"]] for c in own],
        "when": [period(reading, c) for c in own],
        "certainty": [_certainty(reading, c) for c in own],
        "funded_by": [paid_by(reading, c) for c in own],
        "basis": [c["valuation_basis"] for c in own],
    }
    said = {name: column_ for name, column_ in cells.items() if any(column_)}
    columns = [column(w(f"contributions.{name}"), "right" if name == "how_much" else "left") for name in said]
    caption = w("contributions.table", partner=partner["name"])
    return data_table(caption, columns, [list(row) for row in zip(*said.values(), strict=True)])


def paid_by(reading: Reading, c: Json) -> str:
    funded_by = c.get("funded_by")
    return reading.words.code("funded_by", funded_by) if funded_by else reading.words("contributions.not_said")


def _certainty(reading: Reading, c: Json) -> str:
    w = reading.words
    condition = w("contributions.condition", condition=c["condition"]) if c["condition"] else ""
    return "\n".join(part for part in (w.code("certainty", c["certainty"]), condition) if part)


def amounts_of(reading: Reading, given: Sequence[Json]) -> dict[str, str]:
    """How much each contribution is, written alike in all tables: with pence in all, or in none."""
    pence = any(Decimal(c["value"]["amount"]) % 1 for c in given if c["quantity"] is None and c["value"])
    return {c["id"]: _amount_of(reading, c, pence=pence) for c in given}


def _amount_of(reading: Reading, c: Json, *, pence: bool = False) -> str:
    """The quantity with its unit, or without a quantity the value: the document holds only what others may see."""
    w = reading.words
    if c["quantity"] is None:
        return w.money(c["value"], pence=pence) if c["value"] and Decimal(c["value"]["amount"]) else "–"
    unit = (
        w(f"unit.{c['unit']}.{'one' if c['quantity'] == '1' else 'many'}") if c["unit"] not in (None, "other") else ""
    )
    return f"{w.number(c['quantity'])} {unit}".rstrip()


def period(reading: Reading, c: Json) -> str:
    w = reading.words
    if c["starts"] and c["ends"]:
        return w("period.both", start=w.day(c["starts"]), end=w.day(c["ends"]))
    if c["starts"]:
        return w("period.from", start=w.day(c["starts"]))
    return w("period.until", end=w.day(c["ends"])) if c["ends"] else ""


def _expectations(reading: Reading) -> list[Block]:
    w = reading.words
    opened = reading.document["expectations"]
    if not opened:
        return []
    columns = [
        column(w("expectations.who")),
        column(w("expectations.what")),
        column(w("expectations.of")),
        column(w("expectations.strength")),
        column(w("expectations.target")),
    ]
    rows = [expectation_row(reading, e) for e in opened]
    return [
        reading.chapter(w("expectations.title")),
        paragraph(w("expectations.intro")),
        data_table(w("expectations.table"), columns, rows),
    ]


def expectation_row(reading: Reading, e: Json) -> list[str]:
    w = reading.words
    of = reading.short(e["of_partner_id"]) if e["of_partner_id"] else w("expectations.of_all")
    return [
        reading.short(e["partner_id"]),
        e["title"],
        of,
        w.code("strength", e["strength"]),
        _target(reading, e["target"]),
    ]


def _target(reading: Reading, target: dict[str, Any] | None) -> str:
    w = reading.words
    if not target or target["value"] is None:
        return ""
    kind, value = target["type"], target["value"]
    if isinstance(value, dict):
        return w.money(value)
    if kind in ("percent", "days", "hours", "votes", "count"):
        return w(f"target.{kind}", value=w.number(value))
    return str(value)
