"""A section's text as clients get it: Markdown, how long it is, and its ETag.

The text's own ETag is opaque to clients. It names the update up to which the text was read, and has a check value so
that one section's tag is not taken for another's.
"""

import hashlib
from dataclasses import dataclass

from app.bid.value import Counts
from app.platform.access.errors import IfMatchRequired
from app.platform.access.ids import Id
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.schema import Json


@dataclass(frozen=True, slots=True)
class Content:
    markdown: str
    counts: Counts
    etag: str


def content_of(section_id: Id, seq: int, document: Json, counts: Counts) -> Content:
    return Content(dump(document), counts, tag(section_id, seq))


def tag(section_id: Id, seq: int) -> str:
    check = hashlib.sha256(f"{section_id} {seq}".encode()).hexdigest()[:8]
    return f'"t{seq:x}-{check}"'


def seq_of(section_id: Id, if_match: str | None) -> int | None:
    """The update up to which the sender of this If-Match had read; None where it is no ETag of this text.

    Raises `IfMatchRequired` where there is none, or `*`.
    """
    given = (if_match or "").strip()
    if not given or given == "*":
        raise IfMatchRequired("Send the ETag of the text that you changed in the header If-Match.")
    try:
        seq = int(given.removeprefix('"t').split("-")[0], 16)
    except ValueError:
        return None
    return seq if 0 <= seq < 2**53 and tag(section_id, seq) == given else None
