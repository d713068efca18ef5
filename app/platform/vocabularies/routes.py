"""Every code of the contract with its plain words, over HTTP."""

import hashlib

from fastapi import Response
from pydantic import Field

from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.etag import not_modified
from app.platform.web.wire import Out
from app.platform.words.vocabularies import VOCABULARIES, vocabulary

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


_EACH = {
    name: VocabularyOut(items=[VocabularyEntryOut.model_validate(entry) for entry in entries])
    for name, entries in VOCABULARIES.items()
}
_ONE = {name: one.model_dump_json().encode() for name, one in _EACH.items()}
_ALL = (
    VocabulariesOut(items=[VocabularyNameOut(name=name, items=one.items) for name, one in _EACH.items()])
    .model_dump_json()
    .encode()
)


@router.get("/vocabularies", response_model=VocabulariesOut, summary="All codes with their words")
async def list_vocabularies(here: Here) -> Response:
    """Every vocabulary by name, with the plain label and a sentence for each of its codes."""
    return _answer(here, _ALL)


@router.get("/vocabularies/{name}", response_model=VocabularyOut, summary="The codes of one vocabulary")
async def get_vocabulary(here: Here, name: str) -> Response:
    """The codes in the contract's order, each with a plain label and a sentence."""
    vocabulary(name)
    return _answer(here, _ONE[name])


def _answer(here: Here, content: bytes) -> Response:
    headers = {**SHARED, "ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"'}
    if not_modified(here.request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
