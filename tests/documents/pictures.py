"""`python -m tests.documents.pictures` draws the two pages of the sample bid that the README shows.

The cover and the budget, small enough to load at once.
"""

import json
from pathlib import Path
from typing import Any

from app.documents import bid, fonts, pdf
from app.documents.looks.template import DEFAULT
from app.documents.replacing import settable
from tests import ROOT
from tests.documents import samples

FOLDER = ROOT / "docs" / "pictures"
PAGES = {"bid-cover.png": 0, "bid-budget.png": 9}
DOTS_PER_INCH = 76


def draw() -> list[bytes]:
    """Every page of the sample bid as a PNG."""
    document = samples.document()
    composed = bid.compose(document, samples.standing(document))
    found = fonts.load(None)
    data, _ = settable(pdf._data(composed, DEFAULT, found), found)
    compiler: Any = pdf._compiler(found.folders)
    return list(compiler.compile(sys_inputs={"data": json.dumps(data)}, format="png", ppi=DOTS_PER_INCH))


def write(folder: Path = FOLDER) -> None:
    folder.mkdir(exist_ok=True)
    pages = draw()
    for name, number in PAGES.items():
        (folder / name).write_bytes(pages[number])


if __name__ == "__main__":
    write()
