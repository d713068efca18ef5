"""The parts that people wrote: answers to the call's questions with their counts, and the standard parts."""

from itertools import groupby

from app.documents.bid.reading import Json, Reading
from app.documents.blocks import Block, figure, heading, paragraph, plain
from app.documents.figures import timeline
from app.documents.pasted import count_line, count_of, pasted_text


def answers(reading: Reading) -> list[Block]:
    """By lot where there are several: each question in the call's words, the answer, and its count."""
    w = reading.words
    answered = [s for s in reading.document["sections"] if s["question"]]
    if not answered:
        return []
    found: list[Block] = [reading.part("answers"), paragraph(w("answers.intro"))]
    lots = {s["lot_id"] for s in answered}
    for lot_id in [None, *reading.lots]:
        own = [s for s in answered if s["lot_id"] == lot_id or (lot_id is None and s["lot_id"] not in reading.lots)]
        if not own:
            continue
        by_lot = len(lots) > 1 and lot_id is not None
        if by_lot:
            found.append(reading.chapter(reading.lot(lot_id)))
        for _, asked in groupby(own, key=lambda s: (s["question"]["key"], s["title"])):
            found += _answered(reading, list(asked), 3 if by_lot else 2)
    return found


def _answered(reading: Reading, sections: list[Json], level: int) -> list[Block]:
    """One question: its words once, then its answer, or that of each member under the member's name."""
    first = sections[0]
    title = reading.section_title(first, named=False)
    found = [reading.chapter(title) if level == 2 else heading(level, title)]
    prompt = reading.markdown(first["question"]["prompt_markdown"], level)
    shown = "".join(plain(b.get("content", [])) for b in prompt if b["type"] == "paragraph").strip()
    if shown and shown != first["title"].strip():
        found += [b | {"role": "question"} if b["type"] == "paragraph" else b for b in prompt]
    for section in sections:
        whose = reading.whose(section)
        under = level + 1 if whose else level
        found += [heading(under, whose)] if whose else []
        count = count_line(reading.words, section, count_of(pasted_text(section)))
        found += [paragraph(count, "count"), *reading.prose(section["content"], under)]
    return found


def delivery(reading: Reading) -> list[Block]:
    w = reading.words
    keys = ("shaped_by", "delivery_plan", "milestones", "mobilisation", "staffing_and_tupe")
    drawn = timeline(reading)
    if not drawn and not reading.sections(*keys):
        return []
    found = [reading.part("delivery"), *reading.standard(*keys)]
    if drawn:
        found += [reading.chapter(w("delivery.timeline")), figure(drawn.svg, drawn.alt, w("delivery.timeline_figure"))]
        found += drawn.tables
    return found


def of_standard_parts(reading: Reading, code: str, *keys: str) -> list[Block]:
    """A part that holds nothing but standard sections."""
    sections = reading.sections(*keys)
    if not sections:
        return []
    head = reading.part(code)
    if (
        len(sections) == 1
        and not sections[0]["partner_id"]
        and plain(head["content"]) == reading.section_title(sections[0])
    ):
        return [head, *reading.standard(*keys, chapters=False)]
    return [head, *reading.standard(*keys)]
