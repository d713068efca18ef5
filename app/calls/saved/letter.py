"""The words of a mail about new calls, for somebody who reads it between two other things."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.calls.saved.found import Found
from app.platform.access.money import format_amount
from app.platform.words.catalogue import Catalogue, catalogue
from app.platform.words.instants import in_words
from app.platform.words.names import without_links

if TYPE_CHECKING:
    from app.calls.saved.alerts import News

SHOWN = 20
"""Calls of one search in one mail, what closes first before the rest; of the others it says how many there are."""


def write(language: str, name: str, told: "Sequence[News]", stop: str) -> dict[str, str]:
    """Subject and text. Titles and names are other people's words: no mail program finds a link in them. A link is given
    only where somebody who is trusted said where the call is published."""
    words = catalogue(language)
    parts = [words("mail.calls.hello", name=without_links(name))]
    for news in told:
        search = without_links(news.search.name)
        if news.faults:
            parts += [words("mail.calls.broken", search=search), "\n".join(f"- {one.detail}" for one in news.faults)]
        if news.opened:
            parts += [words("mail.calls.opened", search=search), *_calls(words, news.opened)]
        if news.new:
            parts += [words("mail.calls.new", search=search), *_calls(words, news.new)]
    parts += [words("mail.calls.stop"), stop]
    return {"subject": _subject(words, told), "text": "\n\n".join(parts) + "\n", "unsubscribe": stop}


def _calls(words: Catalogue, calls: Sequence[Found]) -> list[str]:
    said = [_call(words, call) for call in calls[:SHOWN]]
    if len(calls) > SHOWN:
        said.append(words("mail.calls.more", n=len(calls) - SHOWN))
    return said


def _call(words: Catalogue, call: Found) -> str:
    first = without_links(" ".join(call.title.split()))[:200]
    facts = [without_links(call.buyer)] if call.buyer else []
    if not call.open:
        facts.append(words("mail.calls.planned"))
    elif call.closes:
        facts.append(words("mail.calls.closes", when=in_words(call.closes, call.time_zone)))
    if call.ceiling:
        sum_ = f"{int(format_amount(call.ceiling)[:-3]):,}"
        facts.append(words("mail.calls.worth", sum=f"£{sum_}" if call.currency == "GBP" else f"{sum_} {call.currency}"))
    return "\n".join([first, *(f"  {fact}" for fact in facts), *([call.link] if call.link else [])])


def _subject(words: Catalogue, told: "Sequence[News]") -> str:
    calls = {call.id: call for news in told for call in (*news.opened, *news.new)}
    if not calls:
        return words("mail.calls.subject_broken", search=without_links(told[0].search.name))
    first = without_links(" ".join(next(iter(calls.values())).title.split()))[:100]
    if len(calls) == 1:
        return words("mail.calls.subject", title=first)
    return words("mail.calls.subject_many", title=first, n=len(calls) - 1)
