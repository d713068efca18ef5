"""A submitted bid as open contracting data (OCDS 1.1, the EU profile and the United Kingdom's extension), for its call's owner.

A consortium is one bid for each lot with all its tenderers: the lead is `tenderer` and `leadTenderer`, each member `tenderer`,
a subcontractor stands beside its main contractor. The standard has no place for a consortium's name or a member's share.

Pure functions: the signed document and what the commissioner did with it, to JSON. Only what is named here goes in, so no
person, address or line of a partner's own can. A release never changes: its id is made from its content.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

EXTENSIONS = [
    "https://standard.open-contracting.org/profiles/eu/latest/en/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_lots_extension/v1.1.5/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_suitability_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_performance_failures_extension/master/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
]
_SCALE = {band: band for band in ("micro", "small", "medium")} | {
    band: "large" for band in ("large", "major", "super_major")
}
_VCSE = frozenset({"charity", "cio", "cic", "community_benefit_society", "unincorporated"})
_NOT_VCSE = frozenset({"company", "public_body"})
_CHARITY_REGISTERS = frozenset({"GB-CHC", "GB-SC", "GB-NIC"})
_TENDERERS = ("lead", "member")


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who asked for bids, as the service knows it."""

    id: str
    name: str
    identifiers: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission: what was signed, and what became of it."""

    id: str
    document: Json
    sha256: str
    status: str
    submitted_at: datetime
    outcome: Json | None
    decided_at: datetime | None


def package(handed: Handed, owner: Organisation, base_url: str, prefix: str) -> Json:
    """The release package of one bid."""
    release = _release(handed, owner, base_url, prefix)
    return {
        "uri": f"{base_url}/v1/submissions/{handed.id}/ocds.json",
        "version": "1.1",
        "extensions": EXTENSIONS,
        "publishedDate": release["date"],
        "publisher": {"name": owner.name},
        "releases": [release],
    }


def _release(handed: Handed, owner: Organisation, base_url: str, prefix: str) -> Json:
    document, call = handed.document, handed.document["opportunity"]
    awarded = _lots_awarded(handed)
    buyer = _reference(owner.id, owner.name, owner.identifiers)
    content = {
        "ocid": call["ocid"] or f"{prefix}-{call['id']}",
        "date": _instant(handed.decided_at if awarded and handed.decided_at else handed.submitted_at),
        "tag": ["tenderUpdate", "award"] if awarded else ["tenderUpdate"],
        "initiationType": "tender",
        "language": document["proposal"]["language"],
        "parties": [_buyer(owner), *_bidders(document, awarded=bool(awarded))],
        "buyer": buyer,
        "tender": _tender(document, buyer),
        "bids": {"details": _bids(handed, base_url)},
    } | ({"awards": _awards(handed, awarded)} if awarded else {})
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {"id": f"{handed.id}-{hashlib.sha256(canonical.encode()).hexdigest()[:16]}", **content}


def _tender(document: Json, buyer: Json) -> Json:
    call = document["opportunity"]
    lots = [{"id": lot["key"], "title": lot["title"]} for lot in document["lots"]]
    deadline = call["submission_deadline"]
    return (
        {"id": call["id"], "title": call["title"], "procuringEntity": buyer}
        | ({"lots": lots} if lots else {})
        | ({"tenderPeriod": {"endDate": deadline}} if deadline else {})
    )


def _bids(handed: Handed, base_url: str) -> list[Json]:
    """One for each lot, or one where the call has none."""
    document = handed.document
    tenderers = [_partner(each) for each in document["partners"] if each["role"] in _TENDERERS]
    common: Json = {
        "date": _instant(handed.submitted_at),
        "status": "withdrawn" if handed.status == "withdrawn" else "valid",
        "tenderers": tenderers,
        "documents": [
            {
                "id": handed.sha256,
                "documentType": "submissionDocuments",
                "title": document["proposal"]["title"],
                "url": f"{base_url}/v1/submissions/{handed.id}/document.json",
                "format": "application/json",
                "language": document["proposal"]["language"],
            }
        ],
        **_subcontracting(document["partners"]),
    }
    excluded = {each["lot_id"] for each in _results(handed) if each["outcome"] == "excluded"}
    return [
        {"id": _of_lot(handed.id, lot)}
        | common
        | ({"status": "disqualified"} if (lot["id"] if lot else None) in excluded else {})
        | ({"relatedLots": [lot["key"]]} if lot else {})
        | _value(document, lot)
        for lot in document["lots"] or [None]
    ]


def _awards(handed: Handed, awarded: list[Json | None]) -> list[Json]:
    suppliers = [_partner(each) for each in handed.document["partners"] if each["role"] in _TENDERERS]
    return [
        {
            "id": _of_lot(f"{handed.id}-award", lot),
            "status": "active",
            "date": _instant(handed.decided_at) if handed.decided_at else None,
            "suppliers": suppliers,
            "relatedBid": _of_lot(handed.id, lot),
        }
        | ({"relatedLots": [lot["key"]]} if lot else {})
        for lot in awarded
    ]


def _lots_awarded(handed: Handed) -> list[Json | None]:
    """The lots that this bid was awarded; of a call without lots, None stands for the whole."""
    won = {each["lot_id"] for each in _results(handed) if each["outcome"] == "awarded"}
    return [lot for lot in handed.document["lots"] or [None] if (lot["id"] if lot else None) in won]


def _results(handed: Handed) -> list[Json]:
    return list(handed.outcome["results"]) if handed.outcome else []


def _of_lot(what: str, lot: Json | None) -> str:
    return f"{what}-{lot['key']}" if lot else what


def _value(document: Json, lot: Json | None) -> Json:
    """What is asked for, net, where the bid has a budget."""
    budget = document["budget"]
    if budget is None:
        return {}
    shares = [each for each in budget["by_lot"] if lot and each["lot_id"] == lot["id"]]
    figures = shares[0] if shares else (budget["total"] if len(document["lots"]) <= 1 else None)
    if figures is None:
        return {}
    asked = figures["requested"]
    return {"value": {"amount": _number(asked["amount"]), "currency": asked["currency"]}}


def _subcontracting(partners: Sequence[Json]) -> Json:
    by_id = {each["id"]: each for each in partners}
    subcontracts = [
        {"id": each["id"], "subcontractor": _partner(each)}
        | ({"mainContractors": [_partner(main)]} if (main := by_id.get(each["main_contractor_id"])) else {})
        for each in partners
        if each["role"] == "subcontractor"
    ]
    if not subcontracts:
        return {"hasSubcontracting": False}
    return {"hasSubcontracting": True, "subcontracting": {"subcontracts": subcontracts}}


def _buyer(owner: Organisation) -> Json:
    return _reference(owner.id, owner.name, owner.identifiers) | {
        "roles": ["buyer", "procuringEntity"],
        **_identified(owner.name, owner.identifiers),
    }


def _bidders(document: Json, *, awarded: bool) -> list[Json]:
    """Lead, members and subcontractors. Whoever only supports the bid has no role in the standard."""
    found = []
    for each in document["partners"]:
        roles = {"lead": ["tenderer", "leadTenderer"], "member": ["tenderer"], "subcontractor": ["subcontractor"]}.get(
            each["role"]
        )
        if roles is None:
            continue
        if awarded and each["role"] in _TENDERERS:
            roles = [*roles, "supplier"]
        party = _partner(each) | {"roles": roles, **_identified(each["name"], each["identifiers"])}
        found.append(party | ({"details": details} if (details := _details(each)) else {}))
    return found


def _details(partner: Json) -> Json:
    details: Json = {}
    if scale := _SCALE.get(partner["size_band"] or ""):
        details["scale"] = scale
    vcse = _is_vcse(partner)
    return details if vcse is None else details | {"vcse": vcse}


def _is_vcse(partner: Json) -> bool | None:
    """Voluntary, community or social enterprise; None where legal form and register do not say."""
    if any(each["scheme"] in _CHARITY_REGISTERS for each in partner["identifiers"]) or partner["legal_form"] in _VCSE:
        return True
    return False if partner["legal_form"] in _NOT_VCSE else None


def _partner(partner: Json) -> Json:
    return _reference(partner["organisation_id"], partner["name"], partner["identifiers"])


def _reference(organisation_id: str, name: str, identifiers: Sequence[Json]) -> Json:
    """The party's id is that of its first register; without any it is ours, which is no register's."""
    first = identifiers[0] if identifiers else None
    return {"id": f"{first['scheme']}-{first['id']}" if first else f"COBID-{organisation_id}", "name": name}


def _identified(name: str, identifiers: Sequence[Json]) -> Json:
    if not identifiers:
        return {}
    first, *others = [{"scheme": each["scheme"], "id": each["id"], "legalName": name} for each in identifiers]
    return {"identifier": first} | ({"additionalIdentifiers": others} if others else {})


def _number(amount: str) -> int | float:
    exact = Decimal(amount)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
