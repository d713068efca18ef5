"""The bid as a facilitator reads it: without the money, of which it sees one figure, in the budget."""

from collections.abc import Mapping
from typing import Any

from app.bid.document.rules.values import Json
from app.platform.words.codes import ExpectationKind


def without_prices(document: Mapping[str, Any]) -> Json:
    """The document without its budget. It is not the version that is signed, and has another hash."""
    return {**document, "budget": None}


def annex_without_prices(annex: Mapping[str, Any]) -> Json:
    """The annex without the states of expectations that rest on what single partners ask for."""
    untold = {"state": None, "detail": None}
    return {
        **annex,
        "expectations": [
            {**each, **(untold if each["kind"] == ExpectationKind.FUNDING_SHARE.value else {})}
            for each in annex["expectations"]
        ],
    }
