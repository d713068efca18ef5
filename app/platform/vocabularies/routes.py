"""Every code of the contract with its plain words, over HTTP."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import Response
from pydantic import Field

from app.platform.web import languages
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.etag import not_modified
from app.platform.web.wire import Out
from app.platform.words.catalogue import CATALOGUES, FIRST
from app.platform.words.vocabularies import IN_EACH_LANGUAGE, spoken, vocabulary

router = Router(tags=["vocabularies"])
SHARED = {"Cache-Control": "public, max-age=3600"}


class VocabularyEntryOut(Out):
    code: str = Field(examples=["in_sign_off"])
    label: str = Field(examples=["Locked for signing"])
    explanation: str = Field(examples=["The text is locked while each partner signs one and the same version."])


class VocabularyOut(Out):
    items: list[VocabularyEntryOut]


class VocabularyNameOut(Out):
    name: str = Field(examples=["proposal_status"])
    items: list[VocabularyEntryOut]


class VocabulariesOut(Out):
    items: list[VocabularyNameOut]


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer's bytes, and the languages that it is in."""

    content: bytes
    languages: str


def _said(out: Out, languages: Iterable[str]) -> _Said:
    there = dict.fromkeys(tag for each in languages for tag in each.split(", "))
    return _Said(out.model_dump_json().encode(), ", ".join(sorted(there, key=lambda tag: tag == FIRST)))


def _both(language: str) -> tuple[_Said, dict[str, _Said]]:
    """All vocabularies, and each by its name, in one language."""
    each = {
        name: VocabularyOut(items=[VocabularyEntryOut.model_validate(entry) for entry in entries])
        for name, entries in IN_EACH_LANGUAGE[language].items()
    }
    whole = VocabulariesOut(items=[VocabularyNameOut(name=name, items=one.items) for name, one in each.items()])
    named = {name: _said(one, [spoken(name, language)]) for name, one in each.items()}
    return _said(whole, [one.languages for one in named.values()]), named


_SAID = {language: _both(language) for language in CATALOGUES}


@router.get("/vocabularies", response_model=VocabulariesOut, summary="All codes with their words")
async def list_vocabularies(here: Here) -> Response:
    """Every vocabulary by name, with the plain label and a sentence for each of its codes.

    In the language of Accept-Language as far as it is translated, and otherwise in English: Content-Language tells.
    """
    return _answer(here, _SAID[languages.read_by(here.request)][0])


@router.get("/vocabularies/{name}", response_model=VocabularyOut, summary="The codes of one vocabulary")
async def get_vocabulary(here: Here, name: str) -> Response:
    """The codes in the contract's order, each with a plain label and a sentence."""
    vocabulary(name)
    return _answer(here, _SAID[languages.read_by(here.request)][1][name])


def _answer(here: Here, said: _Said) -> Response:
    content = said.content
    tag = hashlib.sha256(said.languages.encode() + content).hexdigest()[:16]
    headers = {**SHARED, "Vary": "Accept-Language", "Content-Language": said.languages, "ETag": f'"{tag}"'}
    if not_modified(here.request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
