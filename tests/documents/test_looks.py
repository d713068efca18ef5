"""Drawings and zips: drawings that say in words what they show, archives that are the same each time."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from app.documents import figures
from app.documents.bid.reading import Reading
from app.documents.canonical import canonical
from app.documents.looks.template import DEFAULT
from app.documents.standing import Standing
from app.documents.words import Words
from app.documents.zipped import same_bytes
from tests.documents import samples as s


def reading(structure: str = "lead_provider") -> Reading:
    return Reading(s.document(s.proposal(structure)), Standing(), Words.of("en"), DEFAULT)


@pytest.mark.parametrize("structure", s.STRUCTURES)
def test_drawings_are_well_formed_and_told_in_words_with_their_data(structure: str) -> None:
    read = reading(structure)
    for drawing in (figures.structure_drawing(read), figures.money_by_partner(read), figures.timeline(read)):
        assert drawing is not None
        root = ElementTree.fromstring(drawing.svg)
        assert root.tag.endswith("svg") and root.get("viewBox")
        assert len(drawing.alt) > 40
    structure_drawing = figures.structure_drawing(read)
    assert structure_drawing and len(structure_drawing.tables[0]["rows"]) == 4


def test_names_in_drawings_cannot_become_markup() -> None:
    value = s.proposal()
    evil = tuple(replace(p, name='<script>"&') if p.id == s.LEAD else p for p in value.partners)
    read = Reading(s.document(replace(value, partners=evil)), Standing(), Words.of("en"), DEFAULT)
    drawing = figures.structure_drawing(read)
    assert drawing and "<script" not in drawing.svg
    ElementTree.fromstring(drawing.svg)


def test_thirty_partners_still_make_a_drawing_in_which_no_box_leaves_the_page() -> None:
    value = s.proposal()
    many = tuple(replace(value.partners[2], id=f"p-{n:02}", name=f"Partner organisation number {n}") for n in range(30))
    read = Reading(s.document(replace(value, partners=(value.partners[0], *many))), Standing(), Words.of("en"), DEFAULT)
    drawing = figures.structure_drawing(read)
    assert drawing
    for box in ElementTree.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.get("x", 0)) >= 0 and float(box.get("x", 0)) + float(box.get("width", 0)) <= figures.WIDTH


def test_same_members_make_the_same_archive() -> None:
    def packed(*names: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name in names:
                target.writestr(zipfile.ZipInfo(name, (2026, 1, len(names), 0, 0, 0)), name)
        return out.getvalue()

    assert same_bytes(packed("b", "mimetype", "a")) == same_bytes(packed("mimetype", "a", "b"))
    assert zipfile.ZipFile(io.BytesIO(same_bytes(packed("a", "mimetype")))).namelist()[0] == "mimetype"


def test_canonical_json_refuses_what_cannot_be_carried_everywhere() -> None:
    for value in ({"a": 2**60}, {"a": float("inf")}, {"a": "\ud800"}):
        with pytest.raises(Exception, match=r".+"):
            canonical(value)
