"""A draft of the joint working agreement, from the facts that the partners agreed: something to take to a solicitor.

Clauses are numbered as they are written and refer to each other by key, so a number is right in every structure and
language. What the facts do not say is a numbered blank, and all blanks are listed on the first page. The draft speaks
of a consortium, since partners of a partnership in law are each liable for all of it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.agreement_clauses import write
from app.documents.agreement_draft import Draft
from app.documents.bid.reading import Reading
from app.documents.blocks import Block, Composed, callout, column, data_table, heading, paragraph
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Standing
from app.documents.words import Words


def compose(
    document: Mapping[str, Any],
    standing: Standing,
    *,
    language: str | None = None,
    template: Template = DEFAULT,
) -> Composed:
    w = Words.of(language or document["proposal"]["language"])
    reading = Reading(document, standing, w, template)
    draft = Draft()
    write(draft, reading)
    between = [w("agreement.cover.between"), *[w("agreement.cover.and")] * len(reading.partners)]
    return Composed(
        title=w("agreement.title_of", title=document["proposal"]["title"]),
        language=w.language,
        author=w.listed(p["name"] for p in reading.partners),
        subject=document["opportunity"]["title"],
        cover={
            "eyebrow": w("agreement.eyebrow"),
            "title": w("agreement.title"),
            "subtitle": document["proposal"]["title"],
            "rows": [
                [w("agreement.cover.contract"), document["opportunity"]["title"]],
                [w("agreement.cover.with"), document["opportunity"]["buyer"]],
                *[[word, p["name"]] for word, p in zip(between, reading.partners, strict=False)],
                [w("agreement.cover.status"), w("agreement.cover.draft")],
            ],
            "note": "",
        },
        body=[*_front(w, draft.blanks), *draft.finished()],
        draft=w("draft"),
        footer=w("agreement.footer"),
        made_at=standing.made_at,
        contents_title=w("contents"),
        page_words=w("page"),
    )


def _front(w: Words, blanks: Sequence[tuple[int, str, str]]) -> list[Block]:
    warning = [w("agreement.before.draft"), w("agreement.before.not_signed"), w("agreement.before.translation")]
    found: list[Block] = [
        heading(1, w("agreement.before.title"), id="before"),
        callout([paragraph(words) for words in warning if words], "draft"),
    ]
    if blanks:
        columns = [
            column(w("agreement.blanks.number")),
            column(w("agreement.blanks.what")),
            column(w("agreement.blanks.clause")),
        ]
        found += [
            heading(2, w("agreement.blanks.title"), id="blanks"),
            paragraph(w("agreement.blanks.intro")),
            data_table(w("agreement.blanks.table"), columns, [[str(n), what, clause] for n, what, clause in blanks]),
        ]
    return found
