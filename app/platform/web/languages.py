"""The language that a reader wishes for, by Accept-Language (RFC 9110 section 12.5.4)."""

from collections.abc import Container

from starlette.requests import Request


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
