"""One rendering: what goes in, and which format makes what of it. Runs inside the rendering process (`process.py`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

from app.documents.blocks import Composed
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Standing


class Format(StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    HTML = "html"
    MD = "md"


LAYOUT = 2
"""Raised when documents are laid out anew: drafts that are kept are made again, and versions keep their bytes."""

MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Job:
    """`document` is the bid's canonical value; `annex` only where the annex itself is printed."""

    kind: Literal["bid", "annex", "agreement", "specimen"]
    format: Format
    document: Mapping[str, Any]
    standing: Standing = field(default_factory=Standing)
    language: str | None = None
    template: Template = DEFAULT
    annex: Mapping[str, Any] | None = None
    font_folder: str | None = None
    signed: bytes | None = None
    """The edition's stored bytes, which travel inside the PDF."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes, and what their reader should know: characters that no font has, and a PDF's pages and page limit."""

    data: bytes
    replaced: Sequence[Mapping[str, Any]] = ()
    pages: int | None = None
    page_limit: int | None = None


def compose(job: Job) -> Composed:
    if job.kind == "agreement":
        from app.documents import agreement

        return agreement.compose(job.document, job.standing, language=job.language, template=job.template)
    if job.kind == "specimen":
        from app.documents import specimen

        return specimen.compose(language=job.language, template=job.template)
    if job.kind == "annex":
        from app.documents import annex

        return annex.compose(job.document, job.annex or {}, job.standing, language=job.language, template=job.template)
    from app.documents import bid

    return bid.compose(job.document, job.standing, language=job.language, template=job.template, signed=job.signed)


Stage = Literal["queued", "composing", "laying_out", "storing"]
"""How far a rendering has come: it waits for its turn, its parts are put together, pages are made, it is stored."""


def produce(job: Job, reached: Callable[[Stage], None] = lambda stage: None) -> Rendered:
    """The same bytes for the same job, wherever and whenever it runs. Calls `reached` with each stage that begins."""
    composed = compose(job)
    reached("laying_out")
    return _FORMATS[job.format](composed, job)


def _pdf(composed: Composed, job: Job) -> Rendered:
    from app.documents import pdf

    made = pdf.render(composed, template=job.template, font_folder=job.font_folder)
    limit = job.template.page_limit if job.kind == "bid" else None
    return Rendered(made.data, [asdict(each) for each in made.substitutions], made.pages, limit)


def _docx(composed: Composed, job: Job) -> Rendered:
    from app.documents import docx

    return Rendered(docx.render(composed, template=job.template, font_folder=job.font_folder))


def _odt(composed: Composed, job: Job) -> Rendered:
    from app.documents import odt

    return Rendered(odt.render(composed, template=job.template, font_folder=job.font_folder))


def _html(composed: Composed, job: Job) -> Rendered:
    from app.documents import html

    return Rendered(html.render(composed, template=job.template))


def _md(composed: Composed, job: Job) -> Rendered:
    from app.documents import markdown

    return Rendered(markdown.render(composed))


_FORMATS: Mapping[Format, Callable[[Composed, Job], Rendered]] = {
    Format.PDF: _pdf, Format.DOCX: _docx, Format.ODT: _odt, Format.HTML: _html, Format.MD: _md,
}  # fmt: skip

WORDS_ON_A_PAGE = 350
"""For running text with headings and lists, in the default template."""
ROWS_ON_A_PAGE = 30


def estimated_pages(document: Mapping[str, Any]) -> int:
    """Roughly how long the bid is, from its counts: enough to decide whether a caller should wait for it."""
    words: int = sum(section["counts"]["words"] for section in document["sections"])
    rows: int = sum(
        len(document[part] or ())
        for part in ("contributions", "expectations", "outcomes", "statements", "attachments", "assets")
    )
    rows += 6 * len(document["partners"])
    return 8 + words // WORDS_ON_A_PAGE + rows // ROWS_ON_A_PAGE
