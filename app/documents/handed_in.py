"""The first page of a submission's pack: which bid was handed in, by whom and when. The signed document keeps its bytes, so it
cannot say so itself."""

from collections.abc import Mapping
from typing import Any

from app.documents import html
from app.documents.blocks import Composed
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Standing, short_code
from app.documents.words import Words


def page(
    document: Mapping[str, Any], standing: Standing, at: str, language: str | None, template: Template = DEFAULT
) -> bytes:
    """An HTML page. `at` is the moment of submission, in ISO 8601."""
    w = Words.of(language or document["proposal"]["language"])
    call = document["opportunity"]
    rows = [
        (w("handed_in.at"), w.moment(at, call["time_zone"], seconds=True)),
        (w("cover.deadline"), w.moment(call["submission_deadline"], call["time_zone"])),
        (w("cover.buyer"), call["buyer"]),
        (w("summary.call"), call["title"]),
        (w("cover.reference"), call["ocid"] or ""),
        (w("handed_in.by"), "\n".join(partner["name"] for partner in document["partners"])),
        (w("check.edition"), w.number(standing.edition)),
        (w("check.code"), short_code(standing.sha256 or "")),
        (w("check.sha256"), standing.sha256 or ""),
        (w("check.address"), standing.verify_url or ""),
    ]
    title = str(document["proposal"]["title"])
    cover = {
        "eyebrow": w("handed_in.title"),
        "title": title,
        "subtitle": "",
        "rows": [[label, value] for label, value in rows if value],
        "note": w("handed_in.note"),
    }
    author = w.listed(partner["name"] for partner in document["partners"])
    return html.render(Composed(
        title=title, language=w.language, author=author, subject=call["title"], cover=cover, body=(), draft=None, footer="",
        made_at=at, contents_title="", page_words="{page}",
    ), template=template)  # fmt: skip
