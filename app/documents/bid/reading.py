"""One document being read for printing: its facts, the words of its language, and who is who."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from app.documents.blocks import Block, heading
from app.documents.looks.template import Template
from app.documents.prose import from_markdown, from_prosemirror
from app.documents.standing import Standing
from app.documents.words import Words

Json = Mapping[str, Any]

OWN_PAGE = frozenset({"summary", "partners", "structure", "contributions", "answers", "budget", "signatures"})
"""Parts that begin a new page. The others follow on, since a page with two lines on it looks forgotten."""


class Reading:
    """Shared by the composers of the parts; makes numbers for headings as parts are written."""

    def __init__(self, document: Json, standing: Standing, words: Words, template: Template) -> None:
        self.document = document
        self.standing = standing
        self.words = words
        self.template = template
        self.names: dict[str, str] = {p["id"]: p["name"] for p in document["partners"]}
        self.short_names: dict[str, str] = {p["id"]: p.get("short_name") or p["name"] for p in document["partners"]}
        self.partners: Sequence[Json] = document["partners"]
        self.structure: Json = document["structure"]
        self.lots: dict[str, Json] = {lot["id"]: lot for lot in document["lots"]}
        language = str(document["proposal"]["language"])
        self.text_language = language if language.split("-")[0].lower() != words.language else None
        """The language of what people wrote, where it is not that of the fixed words around it."""
        self._part = 0
        self._chapter = 0

    @property
    def lead(self) -> Json | None:
        return next((p for p in self.partners if p["role"] == "lead"), None)

    def name(self, partner_id: str | None) -> str:
        return self.names.get(partner_id or "", "")

    def short(self, partner_id: str | None) -> str:
        """The name for a table or a drawing, where room is scarce: the organisation's own short one if it has one."""
        return self.short_names.get(partner_id or "", "")

    def named(self, partner_ids: Sequence[str]) -> str:
        return self.words.listed(self.name(p) for p in partner_ids)

    def briefly(self, partner_ids: Sequence[str]) -> str:
        """The names of a few, or else their number, for one line of a cover or summary. Another part names them all."""
        few = len(partner_ids) <= 10
        return self.named(partner_ids) if few else self.words.counted("partners.count", len(partner_ids))

    def briefest(self, partner_ids: Sequence[str], everybody: str = "partners.all") -> str:
        """The short names for one cell of a table; 'all partners' where it is all of several."""
        if len(set(partner_ids)) == len(self.partners) > 1:
            return self.words(everybody)
        return self.words.listed(self.short(p) for p in partner_ids)

    def lot_key(self, lot_id: str | None) -> str:
        lot = self.lots.get(lot_id or "")
        return self.words("lot.key", key=lot["key"]) if lot else ""

    def lot(self, lot_id: str | None) -> str:
        lot = self.lots.get(lot_id or "")
        return self.words("lot.named", key=lot["key"], title=lot["title"]) if lot else ""

    def outcome(self, outcome: Json) -> str:
        """The outcome's title, also where people gave only its key in a framework."""
        return self.words.code("framework_outcome", outcome["outcome"])

    def sections(self, *keys: str) -> list[Json]:
        """Standard sections with these keys, the shared text before each member's own."""
        return [s for key in keys for s in self.document["sections"] if s["key"] == key and not s["question"]]

    def part(self, code: str) -> Block:
        """The numbered heading of a part, by the template's name for it where it has one."""
        self._part += 1
        self._chapter = 0
        title = self.template.names.get(code) or self.words(f"part.{code}")
        found = heading(1, title, number=str(self._part), id=f"part-{self._part}")
        return found | {"page": code in OWN_PAGE}

    def chapter(self, title: str) -> Block:
        self._chapter += 1
        number = f"{self._part}.{self._chapter}"
        return heading(2, title, number=number, id=f"part-{number.replace('.', '-')}")

    def prose(self, content: Json | None, under: int = 2) -> list[Block]:
        return from_prosemirror(content, under, self.text_language) if content else []

    def markdown(self, value: str | None, under: int = 2) -> list[Block]:
        return from_markdown(value or "", under, self.text_language)

    def standard(self, *keys: str, chapters: bool = True) -> list[Block]:
        """The text of standard sections, each under its own heading, and what single members wrote under their names."""
        found: list[Block] = []
        for _, same in groupby(self.sections(*keys), key=lambda s: s["key"]):
            sections = list(same)
            level = 2 if chapters else 1
            written = [(self.whose(s), self.prose(s["content"], level + bool(s["partner_id"]))) for s in sections]
            if chapters and any(body for _, body in written):
                found.append(self.chapter(self.section_title(sections[0], named=False)))
            for whose, body in written:
                if body:
                    found += [*([heading(level + 1, whose)] if whose else []), *body]
        return found

    def whose(self, section: Json) -> str:
        """The member whose own answer a section is; empty for a shared one. An anonymised bid names it its own way."""
        return str(section.get("partner") or self.name(section["partner_id"])) if section["partner_id"] else ""

    def section_title(self, section: Json, *, named: bool = True) -> str:
        standard = None if section["question"] else self.words.label("standard_section", section["key"])
        title = standard or str(section["title"])
        if named and section["partner_id"]:
            return self.words("answer.of_partner", title=title, partner=self.whose(section))
        return title
