"""A 20-page PDF from its edition, fresh content each time, against the bare typst call (F6), interleaved.

F6 is `typst.compile` of the same data with the same template and fonts; beside it stands the same with a compiler that
is kept, which is faster. Ours goes through the rendering process, with composing and the two pipes.

    .venv/bin/python -m tests.bench.pdf
"""

import asyncio
import json
import resource
import statistics
import time
from dataclasses import replace
from typing import Any

import typst

from app.documents import bid, fonts, pdf
from app.documents.canonical import canonical, fingerprint
from app.documents.looks.template import DEFAULT
from app.documents.process import Renderer
from app.documents.rendering import Format, Job
from app.documents.standing import Standing
from tests.documents import samples as s

ROUNDS = 7
GOAL = 1.2


def fresh(number: int) -> tuple[dict[str, Any], Standing]:
    """Content that no cache can know: every paragraph of every text carries the number."""

    def numbered(node: Any) -> Any:
        if isinstance(node, dict):
            made = {key: numbered(value) for key, value in node.items()}
            return made | {"text": f"{node['text']} {number}"} if node.get("type") == "text" else made
        return [numbered(item) for item in node] if isinstance(node, list) else node

    value = s.proposal()
    sections = tuple(replace(section, content=numbered(section.content)) for section in value.sections * 2)
    document = s.document(replace(value, title=f"{value.title} {number}", sections=sections))
    return document, s.standing(document)


def data_of(document: dict[str, Any], standing: Standing) -> str:
    return json.dumps(pdf._data(bid.compose(document, standing), DEFAULT, fonts.load()), ensure_ascii=False)


def bare(data: str, compiler: Any = None) -> bytes:
    options: dict[str, Any] = {
        "sys_inputs": {"data": data}, "format": "pdf", "pdf_standards": ["ua-1", "a-3a"], "timestamp": 0,
    }  # fmt: skip
    if compiler is not None:
        made = compiler.compile(**options)
    else:
        made = typst.compile(
            str(pdf.TEMPLATE), font_paths=list(fonts.load().folders), ignore_system_fonts=True, **options
        )
    assert isinstance(made, bytes)
    return made


async def measure() -> dict[str, float]:
    renderer, kept = Renderer(), pdf._compiler(fonts.load().folders)
    document, standing = fresh(-1)
    await renderer.render(Job("bid", Format.PDF, document, standing))
    bare(data_of(document, standing), kept)
    times: dict[str, list[float]] = {"ours": [], "bare": [], "kept compiler": []}
    for number in range(ROUNDS):
        document, standing = fresh(number)
        assert standing.sha256 == fingerprint(document)
        job = Job("bid", Format.PDF, document, standing, signed=canonical(document))
        started = time.perf_counter()
        made = await renderer.render(job)
        times["ours"].append(time.perf_counter() - started)
        assert made.data.startswith(b"%PDF")
        for name, compiler, offset in (("bare", None, 1000), ("kept compiler", kept, 2000)):
            data = data_of(*fresh(number + offset))
            started = time.perf_counter()
            bare(data, compiler)
            times[name].append(time.perf_counter() - started)
    await renderer.close()
    found = {name: statistics.median(values) for name, values in times.items()}
    found["child MB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return found


def main() -> None:
    found = asyncio.run(measure())
    ratio = found["ours"] / found["bare"]
    print(
        f"PDF of some 20 pages, fresh: ours {found['ours'] * 1000:.0f} ms, bare typst (F6) {found['bare'] * 1000:.0f} ms"
    )
    print(
        f"  ratio {ratio:.2f} (goal at most {GOAL}); against a kept compiler {found['ours'] / found['kept compiler']:.2f}"
    )
    print(f"  the rendering process took at most {found['child MB']:.0f} MB")


if __name__ == "__main__":
    main()
