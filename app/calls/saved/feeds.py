"""What a saved search finds as Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545). Texts are plain text in each."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from app.calls.saved.found import Found
from app.calls.saved.service import SearchFault
from app.platform.words.catalogue import Catalogue
from app.platform.words.instants import in_words

MEDIA = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}
_ATOM = "http://www.w3.org/2005/Atom"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FOLD = 74


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told. `own` is the address of the feed, `changed` when the search itself last changed."""

    id: str
    name: str
    own: str
    changed: datetime
    calls: Sequence[Found]
    faults: Sequence[SearchFault]
    words: Catalogue

    @property
    def updated(self) -> datetime:
        return max((self.changed, *(call.changed for call in self.calls))).astimezone(UTC)


def write(kind: str, feed: Feed) -> bytes:
    return {"atom": atom, "json": as_json, "ics": calendar}[kind](feed)


def summary(call: Found, words: Catalogue) -> str:
    """Who asks, until when, and how it begins."""
    said = [call.buyer] if call.buyer else []
    if call.closes:
        said.append(words("feed.closes", when=in_words(call.closes, call.time_zone)))
    return "\n".join([*said, call.text]).strip()


def _why(feed: Feed) -> str:
    return "\n".join(one.detail for one in feed.faults)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def atom(feed: Feed) -> bytes:
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")

    def add(to: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(to, f"{{{_ATOM}}}{name}", attributes)
        made.text = None if text is None else _NOT_IN_XML.sub("", text)
        return made

    add(root, "id", f"urn:uuid:{feed.id}")
    add(root, "title", feed.name, type="text")
    add(root, "updated", _instant(feed.updated))
    add(root, "link", rel="self", href=feed.own, type="application/atom+xml")
    add(add(root, "author"), "name", "Cobid")
    if feed.faults:
        entry = add(root, "entry")
        add(entry, "id", f"urn:uuid:{feed.id}#fault")
        add(entry, "title", feed.words("feed.broken"), type="text")
        add(entry, "updated", _instant(feed.changed))
        add(entry, "content", _why(feed), type="text")
    for call in feed.calls:
        entry = add(root, "entry")
        add(entry, "id", f"urn:uuid:{call.id}")
        add(entry, "title", call.title, type="text")
        add(entry, "updated", _instant(call.changed))
        if call.published:
            add(entry, "published", _instant(call.published))
        if call.link:
            add(entry, "link", rel="alternate", href=_NOT_IN_XML.sub("", call.link))
        add(entry, "content", summary(call, feed.words), type="text")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def as_json(feed: Feed) -> bytes:
    items = [
        {
            "id": call.id,
            "title": call.title,
            "content_text": summary(call, feed.words) or call.title,
            "date_modified": _instant(call.changed),
            **({"date_published": _instant(call.published)} if call.published else {}),
            **({"url": call.link} if call.link else {}),
        }
        for call in feed.calls
    ]
    if feed.faults:
        items.insert(0, {"id": f"{feed.id}-fault", "title": feed.words("feed.broken"), "content_text": _why(feed)})
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.name,
        "feed_url": feed.own,
        "language": feed.words.language,
        "items": items,
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def calendar(feed: Feed) -> bytes:
    """Each deadline is a quarter of an hour that ends with it, so that a calendar shows it before it is over."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cobid//Deadlines//EN", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_text(feed.name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    if feed.faults:
        start = feed.changed.astimezone(UTC)
        day = [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}"]
        lines += _event(f"{feed.id}-fault", feed.changed, day, feed.words("feed.broken"), _why(feed), None)
    for call in feed.calls:
        for what, at in (("deadline", call.closes), ("questions", call.questions_by)):
            if at is not None and (what == "deadline" or at > datetime.now(UTC)):
                title = feed.words(f"feed.{what}", title=call.title)
                time = [f"DTSTART:{_stamp(at - timedelta(minutes=15))}", f"DTEND:{_stamp(at)}"]
                text = summary(call, feed.words)
                lines += _event(f"{call.id}-{what}", call.changed, time, title, text, call.link)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(uid: str, changed: datetime, time: Iterable[str], title: str, text: str, link: str | None) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}@cobid",
        f"DTSTAMP:{_stamp(changed)}",
        f"LAST-MODIFIED:{_stamp(changed)}",
        *time,
    ]
    lines += [f"SUMMARY:{_text(title)}", f"DESCRIPTION:{_text(text)}", "TRANSP:TRANSPARENT"]
    if link and not re.search(r"[\x00-\x20]", link):
        lines.append(f"URL:{link}")
    return [*lines, "END:VEVENT"]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", words.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"([\\;,])", r"\\\1", plain).replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, none cut within a character."""
    start, size = 0, 0
    for at, char in enumerate(line):
        octets = len(char.encode())
        if size + octets > _FOLD:
            yield (" " if start else "") + line[start:at]
            start, size = at, 1
        size += octets
    yield (" " if start else "") + line[start:]
