"""Which language a reader wishes for."""

import pytest
from starlette.requests import Request

from app.platform.web.languages import wished


@pytest.mark.parametrize(
    "header, found",
    [
        ("cy-GB, en;q=0.5", "cy"),
        ("en;q=0.3, fr, cy; q=0.7", "cy"),
        ("EN-gb ; q=0.9", "en"),
        ("cy;q=0, en;q=0.1", "en"),
        ("cy;q=0", None),
        ("cy;q=much, fr", None),
        ("", None),
    ],
)
def test_the_first_wish_that_is_known_is_granted(header: str, found: str | None) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert wished(request, {"en", "cy"}) == found
