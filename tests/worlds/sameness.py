"""When two answers of two worlds are the same: ids and instants count by the step in which they came to be, what is
random by its being there, and all else by its bytes.

An id or an instant from before the worlds parted stays as it is. One from after it becomes the number of the step in
which it was made: a rival that reads an instant of a step that it may not know of reads another number than in the world
without that step.
"""

import base64
import io
import json
import re
import zipfile
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy

import httpx

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
DIGEST = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b")
CURSOR = re.compile(r'((?:"next_cursor":\s*"|cursor=))([A-Za-z0-9_=-]+)')
SAID = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}(?:,| at)? \d\d?:\d\d(?: UTC| GMT| BST)?|\d\d:\d\d:\d\d GMT")
"""A time as documents and mails write it, to the minute."""
SECOND = re.compile(r"\(steps (\d+) to (\d+)\)")
"""A time to the second, in which several steps may lie."""
ETAG = re.compile(r'"(\d+)\.[A-Za-z0-9_-]+"')
CLOCK = ("rendered_at", "read_at", "request_id", "as_of")
NOISE = {"date", "x-request-id", "etag", "content-length", "server", "connection", "keep-alive"}


@dataclass
class Eye:
    """Reads the answers of one world. `starts`: when each step began, in seconds of the machine's clock."""

    starts: list[float]
    known: set[str] = field(default_factory=set)
    """Instants ahead that were in answers before the worlds parted, such as deadlines."""
    _tags: dict[tuple[str, str], str] = field(default_factory=dict)

    def plain(self, text: str) -> str:
        text = re.sub(rf'"({"|".join(CLOCK)})":\s*"[^"]*"', r'"\1":"~"', text)
        text = CURSOR.sub(self._cursor, text)
        seen: dict[str, str] = {}
        text = UUID.sub(lambda found: self._id(found[0], seen), text)
        text = INSTANT.sub(lambda found: self._instant(found[0]), text)
        return SAID.sub("(a time)", DIGEST.sub(lambda f: f[0] if f[0] in self.known else "(a digest)", text))

    def _id(self, id_: str, seen: dict[str, str]) -> str:
        made = int(id_.replace("-", "")[:12], 16) / 1000
        if made < self.starts[0]:
            return id_
        return seen.setdefault(id_, f"(id {len(seen)} of step {self._step(made + 0.001)})")

    def _instant(self, text: str) -> str:
        at = datetime.fromisoformat(text).timestamp()
        if at < self.starts[0] or text in self.known:
            return text
        if at > self.starts[-1] + 60:
            return "(later)"
        return f"(step {self._step(at)})" if "." in text else f"(steps {self._step(at)} to {self._step(at + 1)})"

    def _step(self, at: float) -> int:
        return bisect_right(self.starts, at) - 1

    def _cursor(self, found: re.Match[str]) -> str:
        """What a cursor says to whoever decodes it; of a sealed one, how long it is."""
        cursor = found[2]
        try:
            said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
            return found[1] + json.dumps(json.loads(said))
        except ValueError:
            return f"{found[1]}(sealed, {len(cursor)})"

    def learn(self, text: str) -> None:
        self.known.update(INSTANT.findall(text), DIGEST.findall(text))

    def answer(self, where: tuple[str, str], response: httpx.Response) -> dict[str, str]:
        """The answer as it is compared, with whether its ETag is another than the last time."""
        headers = {k: self.plain(v) for k, v in sorted(response.headers.items()) if k not in NOISE}
        tag = response.headers.get("etag", "")
        moved = tag != self._tags.get(where)
        self._tags[where] = tag
        version = ETAG.fullmatch(tag)
        return {
            "status": str(response.status_code),
            **headers,
            "version": version[1] if version else ("plain" if tag else ""),
            "etag moved": str(moved),
            "body": self.plain(unpacked(response.content)),
        }

    def mail(self, content: bytes) -> tuple[str, str]:
        """To whom, and what it says."""
        mail = message_from_bytes(content, policy=policy.default)
        body = mail.get_content().replace("\r\n", "\n")
        return str(mail["To"]), self.plain(re.sub(r"token=[A-Za-z0-9_.-]+", "token=~", f"{mail['Subject']}\n{body}"))


def unpacked(content: bytes) -> str:
    """The text, and for an archive (a workbook) that of its members."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist())


def _the_same_second(one: str, other: str) -> tuple[str, str]:
    """The texts without the seconds in which a step may lie that is the same in both."""
    spans = [[(int(first), int(last)) for first, last in SECOND.findall(text)] for text in (one, other)]
    if len(spans[0]) != len(spans[1]) or any(a[1] < b[0] or b[1] < a[0] for a, b in zip(*spans, strict=True)):
        return one, other
    return SECOND.sub("(a second)", one), SECOND.sub("(a second)", other)


def difference(one: dict[str, str], other: dict[str, str]) -> str:
    """Where two answers differ, with what stands around it."""
    told = []
    for name in sorted(one.keys() | other.keys()):
        a, b = _the_same_second(one.get(name, "(none)"), other.get(name, "(none)"))
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            told.append(f"{name}: …{a[max(0, at - 150) : at + 150]}…\n  against …{b[max(0, at - 150) : at + 150]}…")
    return "\n".join(told)
