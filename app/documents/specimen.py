"""A page to try a look on: everything that a look changes, and no bid."""

from app.documents.blocks import Composed, bullets, callout, column, data_table, heading, paragraph
from app.documents.looks.template import Template
from app.documents.words import Words


def compose(*, language: str | None = None, template: Template) -> Composed:
    w = Words.of(language)
    columns = [column(w("budget.partner")), column(w("budget.total"), "right")]
    return Composed(
        title=w("cover.eyebrow"),
        language=w.language,
        author="Cobid",
        subject="",
        cover={
            "eyebrow": template.cover_eyebrow or w("cover.eyebrow"),
            "title": w("cover.eyebrow"),
            "subtitle": "",
            "rows": [],
            "note": template.cover_note,
        },
        body=[
            heading(1, w("part.summary"), number="1", id="part-1"),
            paragraph(w("answers.intro")),
            bullets([w("part.partners"), w("part.budget")]),
            data_table(w("budget.table"), columns, [["A", "1"], ["B", "2"]]),
            callout([paragraph(w("signatures.preview"))]),
        ],
        draft=w("draft"),
        footer="",
        made_at=None,
        contents_title="",
        page_words=w("page"),
    )
