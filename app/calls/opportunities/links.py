"""Web addresses in texts that people wrote."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

_URL = re.compile(r"https?://[^\s<>\"'\\^`{|}]+", re.IGNORECASE)


def web_addresses(text: str) -> Iterator[str]:
    """The http(s) addresses in a text, without the punctuation that follows them; none with a user name in it."""
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?)]*")
        try:
            parts = urlsplit(address)
            if parts.hostname and parts.username is None and (parts.port is None or parts.port):
                yield address
        except ValueError:
            continue
