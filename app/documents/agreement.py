"""A draft of the joint working agreement, from the facts that the partners agreed: something to take to a solicitor.

Clauses are numbered as they are written and refer to each other by key, so a number is right in every structure.
What the facts do not say is a numbered blank, and all blanks are listed on the first page. It speaks of a consortium:
a partnership in law would make each liable for all. English only: a translation of legal text is a lawyer's work.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.agreement_clauses import write
from app.documents.agreement_draft import Draft
from app.documents.bid.reading import Reading
from app.documents.blocks import Block, Composed, callout, column, data_table, heading, paragraph
from app.documents.standing import Standing
from app.documents.template import DEFAULT, Template
from app.documents.words import Words


def compose(
    document: Mapping[str, Any],
    standing: Standing,
    *,
    language: str | None = None,
    template: Template = DEFAULT,
) -> Composed:
    words = Words.of("en")
    reading = Reading(document, standing, words, template)
    reading.text_language = (
        None if document["proposal"]["language"].startswith("en") else document["proposal"]["language"]
    )
    draft = Draft()
    write(draft, reading)
    title = f"Joint working agreement: {document['proposal']['title']}"
    return Composed(
        title=title,
        language="en",
        author=words.listed(p["name"] for p in reading.partners),
        subject=document["opportunity"]["title"],
        cover={
            "eyebrow": "For the partners: a draft to take to a solicitor",
            "title": "Joint working agreement",
            "subtitle": document["proposal"]["title"],
            "rows": [
                ["For the contract", document["opportunity"]["title"]],
                ["With", document["opportunity"]["buyer"]],
                *[["Between" if i == 0 else "and", p["name"]] for i, p in enumerate(reading.partners)],
                ["Status", "Draft. Not agreed by anybody, and not signed with the bid"],
            ],
            "note": "",
        },
        body=[*_front(draft.blanks), *draft.finished()],
        draft=words("draft"),
        footer="Draft joint working agreement",
        made_at=standing.made_at,
        contents_title=words("contents"),
        page_words=words("page"),
    )


def _front(blanks: Sequence[tuple[int, str, str]]) -> list[Block]:
    warning = [
        paragraph(
            "This is a draft, put together from what the partners recorded when they wrote their bid; whatever nobody "
            "recorded is a suggestion. It is not legal advice. Before anybody signs it, take it to a solicitor who knows "
            "contracts between charities, and let each partner's board read it."
        ),
        paragraph(
            "Signing the bid did not sign this agreement: the bid's signatures agree the content of the bid and "
            "authorise its submission, nothing else."
        ),
    ]
    found: list[Block] = [heading(1, "Before you sign", id="before"), callout(warning, "draft")]
    if blanks:
        columns = [column("Blank", width=0.7), column("What to fill in", width=4), column("Clause", width=0.8)]
        rows = [[str(number), what, clause] for number, what, clause in blanks]
        found += [
            heading(2, "Blanks to fill in", id="blanks"),
            paragraph(
                "What the partners have not settled yet stands in the text as a numbered blank in square brackets."
            ),
            data_table("Blanks in this draft", columns, rows),
        ]
    return found
