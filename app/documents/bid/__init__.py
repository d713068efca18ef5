"""The bid as a printed document: from its canonical value and its standing to the blocks that every format renders."""

from collections.abc import Callable, Mapping
from typing import Any

from app.documents.anonymous import without_names
from app.documents.bid import closing, money, opening, text
from app.documents.bid.reading import Reading
from app.documents.blocks import Block, Composed
from app.documents.canonical import canonical
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Standing, short_code
from app.documents.words import Words

__all__ = ["compose"]


def _own_standard_sections(reading: Reading) -> list[Block]:
    return text.of_standard_parts(reading, "safeguarding", "safeguarding", "equality", "data_protection")


_PARTS: Mapping[str, Callable[[Reading], list[Block]]] = {
    "summary": opening.summary,
    "partners": opening.partners,
    "structure": opening.structure,
    "contributions": opening.contributions,
    "answers": text.answers,
    "delivery": text.delivery,
    "outcomes": closing.outcomes,
    "budget": money.budget,
    "governance": closing.governance,
    "risks": lambda reading: text.of_standard_parts(reading, "risks", "risks", "quality"),
    "safeguarding": _own_standard_sections,
    "social_value": lambda reading: text.of_standard_parts(reading, "social_value", "social_value"),
    "exit": closing.leaving,
    "statements": closing.statements,
    "fairness": closing.fairness,
    "confidentiality": closing.confidentiality,
    "attachments": closing.attachments,
    "signatures": closing.signatures,
}

SHORT = 600
"""In a bid of fewer words, parts do not begin new pages: pages of a few lines look as if something were missing."""


def compose(
    document: Mapping[str, Any],
    standing: Standing,
    *,
    language: str | None = None,
    template: Template = DEFAULT,
    signed: bytes | None = None,
) -> Composed:
    """`signed`: the stored bytes of the edition, where the caller has them. `language`: that of the fixed words; by
    default the proposal's own, if there is a catalogue for it."""
    words = Words.of(language or document["proposal"]["language"])
    shown = without_names(document, answers_only=True) if template.anonymise_answers else document
    reading = Reading(shown, standing, words, template)
    body: list[Block] = []
    for code in template.parts:
        body += _PARTS[code](reading)
    if sum(section["counts"]["words"] for section in document["sections"]) < SHORT:
        body = [b | {"page": index == 0} if b.get("page") else b for index, b in enumerate(body)]
    return Composed(
        title=document["proposal"]["title"],
        language=words.language,
        author=words.listed(p["name"] for p in reading.partners),
        subject=document["opportunity"]["title"],
        cover=_cover(reading),
        body=body,
        draft=None if standing.agreed else words("draft"),
        footer=_footer(reading),
        made_at=standing.made_at,
        contents_title=words("contents"),
        page_words=words("page"),
        attachment=signed or (canonical(document) if standing.sha256 else None),
    )


def _cover(reading: Reading) -> dict[str, Any]:
    w, document, standing = reading.words, reading.document, reading.standing
    call = document["opportunity"]
    others = [p["id"] for p in reading.partners if p["role"] != "lead"]
    status = {
        "preview": w("cover.preview"),
        "open": w("cover.open", n=standing.edition),
        "agreed": w("cover.agreed", n=standing.edition),
        "withdrawn": w("cover.withdrawn", n=standing.edition),
    }[standing.status]
    rows = [
        (w("cover.buyer"), call["buyer"]),
        (w("cover.reference"), "\n".join(filter(None, (call.get("procurement_reference"), call["ocid"])))),
        (w("cover.lots"), w.listed(reading.lot(lot["id"]) for lot in document["lots"])),
        (w("cover.lead"), reading.lead["name"] if reading.lead else ""),
        (w("cover.partners"), reading.briefly(others)),
        (w("cover.deadline"), w.moment(call["submission_deadline"], call["time_zone"])),
        (w("cover.offer"), w.day(document["proposal"].get("offer_valid_until"))),
        (w("cover.contact"), _contact(document["proposal"].get("contact") or {})),
        (w("cover.version"), status),
    ]
    return {
        "eyebrow": reading.template.cover_eyebrow or w("cover.eyebrow"),
        "title": document["proposal"]["title"],
        "subtitle": w("cover.subtitle", call=call["title"]) if call["title"] else "",
        "rows": [[label, value] for label, value in rows if value],
        "note": reading.template.cover_note,
        "page_limit": _page_limit(reading),
    }


def _contact(contact: Mapping[str, Any]) -> str:
    who = ", ".join(filter(None, (contact.get("name"), contact.get("role"))))
    return "\n".join(filter(None, (who, contact.get("email"), contact.get("telephone"))))


def _page_limit(reading: Reading) -> dict[str, Any] | None:
    """What a draft's cover says if it is longer than the call allows. The renderer fills in the number of pages."""
    limit = reading.template.page_limit
    if limit is None or reading.standing.agreed:
        return None
    return {"most": limit, "words": reading.words("cover.page_limit", pages="{pages}", most="{most}")}


def _footer(reading: Reading) -> str:
    w, standing = reading.words, reading.standing
    call = reading.document["opportunity"]
    line = (
        w("footer.edition", n=standing.edition, code=short_code(standing.sha256)) if standing.sha256 else call["title"]
    )
    return " · ".join(filter(None, (call.get("procurement_reference"), line)))
