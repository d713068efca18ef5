"""The parts that people wrote: answers to the call's questions with their counts, and the standard parts."""

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
        for section in own:
            found += _answer(reading, section, 3 if by_lot else 2)
    return found


def _answer(reading: Reading, section: Json, level: int) -> list[Block]:
    w = reading.words
    title = reading.section_title(section)
    head = reading.chapter(title) if level == 2 else heading(level, title)
    body = reading.prose(section["content"], level)
    prompt = reading.markdown(section["question"]["prompt_markdown"], level)
    shown = "".join(plain(b.get("content", [])) for b in prompt if b["type"] == "paragraph").strip()
    question = [b | {"role": "question"} if b["type"] == "paragraph" else b for b in prompt]
    asked = question if shown and shown != section["title"].strip() else []
    return [head, *asked, paragraph(count_line(w, section, count_of(pasted_text(section))), "count"), *body]


def delivery(reading: Reading) -> list[Block]:
    w = reading.words
    keys = ("delivery_plan", "mobilisation", "staffing_and_tupe")
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
