"""The words of the pages: each that is used is there, each that is there is used, and templates hold none of their own."""

import re
from pathlib import Path

import pytest

import app.workspace
from app.workspace.view import TEMPLATES, WORDS

HERE = Path(app.workspace.__file__).parent
PAGES = sorted((HERE / "templates").rglob("*.html"))
SOURCE = "".join(path.read_text("utf-8") for path in [*PAGES, *sorted(HERE.rglob("*.py"))])
MADE_UP = re.compile(
    r"done\.|time\.\d|(verify|forgotten|reset)\.(title|text|do|sent-title|sent-lead)$|register\.sent-|"
    r"welcome\.(step-\d|\w+\.(title|text))$|help\.stuck-\d|say\.(give|expect)\.|partners\.(leave|cancel|refuse|remove)(-text)?$|accessibility\.text-\d|"
    r"write\.(asked|notes|words|characters|pages|accepted|declined)$|"
    r"papers\.(html|pdf|docx|odt)$|sign\.(constitution|resolution|delegation)(-text)?$|sign\.(refuse|withdraw)-(title|do)$"
)
"""Keys that are put together where they are used."""


def test_every_word_that_is_used_is_in_the_catalogue_and_the_other_way_round() -> None:
    used = set(re.findall(r"""\bw\(\s*["']([\w.-]+)["']\s*[,)]""", SOURCE))
    used |= set(re.findall(r'ENGLISH\(\s*"([\w.-]+)"\s*[,)]', SOURCE))
    used |= set(re.findall(r'w\("([\w.-]+)" if .*? else "[\w.-]+"\)', SOURCE))
    used |= set(re.findall(r'w\("[\w.-]+" if .*? else "([\w.-]+)"\)', SOURCE))
    keys = set(WORDS["en"].texts)
    assert used - keys == set()
    assert {key for key in keys - used if not MADE_UP.match(key)} == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_is_sound_and_runs_nothing(path: Path) -> None:
    TEMPLATES.get_template(str(path.relative_to(HERE / "templates")))
    text = path.read_text("utf-8")
    forbidden = r"hx-on|js:|hx-boost|<script|\son\w+=|style=|javascript:|\|\s*safe\b|autoescape"
    assert not re.search(forbidden, text), re.search(forbidden, text)
    outside = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL)
    outside = re.sub(r'\saria-\w+="[^"]*"', " ", outside)
    assert set(re.findall(r"[A-Za-z]{2,}", outside)) <= {"Cobid"}, "words stand in the catalogue"


def test_the_styles_stay_small() -> None:
    assert len((HERE / "assets" / "app.css").read_bytes()) <= 14_000
