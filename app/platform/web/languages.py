"""The language that a reader wishes for, by Accept-Language (RFC 9110 section 12.5.4)."""

from collections.abc import Container

from starlette.requests import Request
from starlette.responses import Response

from app.platform.words.catalogue import CATALOGUES, FIRST


def wished(request: Request, known: Container[str]) -> str | None:
    """The first of the reader's languages that is among the `known` ones; None where none is."""
    wishes = []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, given = part.replace(" ", "").lower().partition(";q=")
        try:
            weight = float(given or 1)
        except ValueError:
            continue
        if weight > 0:  # 0 says: not this one
            wishes.append((-weight, tag.partition("-")[0]))
    return next((tag for _, tag in sorted(wishes, key=lambda wish: wish[0]) if tag in known), None)


def read_by(request: Request) -> str:
    """The language of fixed words for this reader: a wished one that has words here, otherwise English."""
    return wished(request, CATALOGUES) or FIRST


def said_in(answer: Response, spoken: str) -> Response:
    """The answer, which says that its words are in these languages and depend on what the reader wishes for."""
    answer.headers["Content-Language"] = spoken
    answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), "Accept-Language")))
    return answer
