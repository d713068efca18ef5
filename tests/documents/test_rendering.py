"""Rendering in processes of their own: the same bytes, limits on time and memory, and nobody else disturbed."""

import asyncio
from typing import Any

import pytest

from app.documents import bid
from app.documents.process import Limits, Renderer, TooLargeToLayOut, Turn
from app.documents.rendering import Format, Job, estimated_pages, produce
from tests.documents import samples as s
from tests.waiting import until


def job(content: Any = None, form: Format = Format.PDF) -> Job:
    value = s.bare() if content is None else s.with_text(s.bare(), content)
    document = s.document(value)
    return Job("bid", form, document, s.standing(document), signed=b"{}")


def table(rows: int) -> dict[str, Any]:
    cell = {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a"}]}]}
    return {
        "type": "doc",
        "content": [{"type": "table", "content": [{"type": "tableRow", "content": [cell, cell]}] * rows}],
    }


def run(limits: Limits, *jobs: Job, processes: int = 1) -> list[Any]:
    async def work() -> list[Any]:
        renderer = Renderer(limits, processes)
        try:
            return await asyncio.gather(*(renderer.render(one) for one in jobs), return_exceptions=True)
        finally:
            await renderer.close()

    return asyncio.run(work())


@pytest.mark.parametrize("form", Format)
def test_a_rendering_process_makes_the_same_bytes_as_this_one(form: Format) -> None:
    (made,) = run(Limits(), job(form=form))
    assert made.data == produce(job(form=form)).data


def test_a_document_that_takes_too_long_is_refused_and_the_next_one_is_made() -> None:
    async def work() -> bytes:
        renderer = Renderer(Limits(seconds=1))
        with pytest.raises(TooLargeToLayOut):
            await renderer.render(job(table(30_000)))
        (process,) = renderer._all
        process.limits = Limits()  # what a short document takes depends on the machine
        made = await renderer.render(job())
        await renderer.close()
        return made.data

    assert asyncio.run(work()).startswith(b"%PDF")


def test_a_document_that_takes_too_much_memory_is_refused_and_the_next_one_is_made() -> None:
    refused, made = run(Limits(seconds=60, memory_mb=500), job(table(10_000)), job())
    assert isinstance(refused, TooLargeToLayOut)
    assert made.data.startswith(b"%PDF")


def test_five_thousand_levels_of_list_are_refused() -> None:
    node: dict[str, Any] = {"type": "paragraph", "content": [{"type": "text", "text": "x"}]}
    for _ in range(5000):
        node = {"type": "bulletList", "content": [{"type": "listItem", "content": [node]}]}
    document = s.document(s.bare())
    document["sections"][0]["content"] = {"type": "doc", "content": [node]}  # type: ignore[index]
    refused, made = run(Limits(), Job("bid", Format.PDF, document, signed=b"{}"), job())
    assert isinstance(refused, TooLargeToLayOut)
    assert made.data.startswith(b"%PDF")


def test_a_caller_that_goes_away_leaves_the_pool_in_order() -> None:
    async def work() -> bytes:
        renderer = Renderer(Limits())
        turn = Turn()
        gone = asyncio.create_task(renderer.render(job(table(2000)), turn))
        await until(lambda: turn.stage == "laying_out", 60)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        made = await renderer.render(job())
        await renderer.close()
        return made.data

    assert asyncio.run(work()).startswith(b"%PDF")


def test_the_estimate_grows_with_the_text() -> None:
    short, long = s.document(s.bare()), s.document(s.proposal())
    assert estimated_pages(short) < estimated_pages(long) < 50
    for section in long["sections"]:  # type: ignore[attr-defined]
        section["counts"]["words"] = 5000
    assert estimated_pages(long) > 50


def test_characters_that_were_replaced_are_told_with_the_rendering() -> None:
    text = {"type": "text", "text": "A scribe 𓀀 here"}
    (made,) = run(Limits(), job({"type": "doc", "content": [{"type": "paragraph", "content": [text]}]}))
    assert [found["code_point"] for found in made.replaced] == ["U+13000"]


def test_composing_changes_nothing_that_it_is_given() -> None:
    import copy

    document = s.document()
    before = copy.deepcopy(document)
    bid.compose(document, s.standing(document))
    assert document == before
