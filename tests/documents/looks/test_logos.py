"""Logos: told from their content, rebuilt from what a picture needs, and refused where they could do anything."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.looks.logos import judged
from app.documents.looks.rules import LogoRefused
from app.documents.looks.template import Template, box_of
from app.documents.pdf import svg_to_png
from app.documents.rendering import Format, Job, produce
from tests.documents.looks import logo_files as files
from tests.documents.test_pdf import assert_valid


@pytest.mark.parametrize("name", files.EVIL)
def test_a_picture_that_could_do_something_or_is_none_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(LogoRefused) as refused:
        judged(files.EVIL[name], "A logo")
    assert len(refused.value.detail) > 20 and "Traceback" not in refused.value.detail


@pytest.mark.parametrize("name", files.GOOD)
def test_a_drawing_as_other_programs_save_it_is_taken_and_can_be_printed(name: str) -> None:
    logo = judged(files.GOOD[name], "A logo")
    assert logo.kind == "svg" and svg_to_png(logo.data.decode(), 200).startswith(b"\x89PNG")
    for leftover in (b"inkscape", b"sodipodi", b"rdf", b"DOCTYPE", b"Illustrator", b"<?"):
        assert leftover not in logo.data
    made = produce(Job("specimen", Format.PDF, {}, template=Template(logo=logo)))
    assert_valid(made.data, "2a")


def test_what_was_rebuilt_is_rebuilt_to_the_same_bytes() -> None:
    for content in (*files.GOOD.values(), files.png(), files.JPEG, files.PROGRESSIVE):
        once = judged(content, "A logo")
        assert judged(once.data, "A logo") == once and judged(once.data, "A logo").data == once.data


@pytest.mark.parametrize("content", [files.png(), files.JPEG, files.PROGRESSIVE], ids=["png", "jpeg", "progressive"])
def test_pixels_are_taken_and_print_in_a_valid_file(content: bytes) -> None:
    logo = judged(content, "An orange sign")
    made = produce(Job("specimen", Format.PDF, {}, template=Template(logo=logo)))
    assert_valid(made.data, "2a")
    width, height = box_of(logo)
    assert width / height == pytest.approx(3) and width <= 6 and height <= 2


def test_where_a_photograph_was_taken_is_left_out() -> None:
    assert b"TAKEN AT HOME" in files.JPEG and b"TAKEN AT HOME" not in judged(files.JPEG, "x").data
    written = files.png(more=files.chunk(b"tEXt", b"Comment\0TAKEN AT HOME"))
    assert b"TAKEN AT HOME" not in judged(written, "x").data


def test_what_stands_behind_the_end_of_a_picture_is_cut_off() -> None:
    for content in (files.png(), files.JPEG):
        assert b"<script" not in judged(content + b"<script>alert(1)</script>", "x").data


@given(st.sampled_from([files.SVG, files.GOOD["Illustrator"], files.png(), files.JPEG]), st.data())
def test_a_damaged_picture_is_taken_or_refused_and_never_a_fault_of_the_program(
    content: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    broken = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 4)) :]
    try:
        logo = judged(broken, "x")
    except LogoRefused:
        return
    if logo.kind == "svg":
        ElementTree.fromstring(logo.data)


_PIECES = ["<g>", "</g>", '<rect width="9"', ' onload="x"', ' href="#a"', ' href="http://x"', "/>", "<script>", "</script>",
           "<style>", "</style>", "@import", "url(", "#a)", "http:", "'", '"', "<!--", "-->", "<![CDATA[", "]]>", "\\75", "&lt;"]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_whatever_is_taken_holds_no_script_no_handler_and_no_address(pieces: list[str]) -> None:
    try:
        made = judged(files.svg("".join(pieces)), "x").data.decode()
    except LogoRefused:
        return
    root = ElementTree.fromstring(made)
    for element in root.iter():
        assert not element.tag.lower().endswith("script")
        assert not any(name.rpartition("}")[2].lower().startswith("on") for name in element.attrib)
        assert all(value.startswith("#") for name, value in element.attrib.items() if name.endswith("href"))
        assert not any(re.search(r"url\((?!#)", value) for value in element.attrib.values())
        if element.tag.endswith("style"):
            assert not re.search(r"@|\\|url\(\s*[^#\s]", element.text or "")
