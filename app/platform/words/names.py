"""Names of people, organisations, bids and calls: what must not stand in one, and when two look alike to a reader."""

import re
import unicodedata
from collections.abc import Hashable, Iterable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

_FILLERS = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}\N{BRAILLE PATTERN BLANK}"
)
"""Letters and marks that show nothing, so that two names differ and nobody sees how."""
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{0,20}://\S*"
    r"|(?<!\w)(?:www\.|mailto:)\S+"
    r"|(?<![^\s@])[^\s@]{1,64}@[\w-]{1,63}\.\S+"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?:[/?#]\S*|:[0-9]\S*)",
    re.IGNORECASE,
)


def is_hidden(char: str) -> bool:
    """Whether the character shows nothing, turns the direction of those beside it, or is nobody's by the standard."""
    return unicodedata.category(char) in ("Cf", "Co", "Cs") or char in _FILLERS


def address_in(name: str) -> str | None:
    """What a mail programme would make a link of. A bare `harbour.org` is none: organisations are called so."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", name))
    return found[0] if found else None


def without_links(text: str) -> str:
    """The same words for a mail, in which no programme finds an address to make a link of."""
    text = text.replace("://", ": //").replace("@", " @ ")
    return re.sub(r"(?<=\w)\.(?=[^\W\d_]{2})", ". ", text)


_CAPITALS = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "АВЕЅІЈКМНОРСТУХҮԌԚԜ" + "ՕՏՍԼ" + "ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ" + "ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓞꓟꓠꓡꓢꓣꓦꓧꓨꓪꓫꓬꓮꓰꓲꓳꓴ",
    "ABEZHIKMNOPTYX" + "ABESIJKMHOPCTYXYGQW" + "OSUL" + "ABCDEHJKLMPRSTVWZ" + "BPdDTGKJCZFFMNLSRVHGWXYAEIOU",
)
_SMALL = str.maketrans(
    "αβγεηικνορτυχ" + "авгеѕіјкмнопрстухһԁԛԝӏѵүьԍ" + "օսոհցզյ" + "ɡɑıɩʟᴀʙᴄᴅᴇʜɪᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "øłđħŧƒ",
    "abyenikvoptux" + "abresijkmhonpctyxhdqwlvybg" + "ounhgqj" + "gaiilabcdehijkmnoprstuvwyz" + "oldhtf",
)
"""Letters of other alphabets by the Latin one that they look like, from the Unicode Consortium's `confusables.txt`: those
of alphabets that a keyboard or a font here has. First capitals, which can look like another letter than their small one."""
_ALIKE = str.maketrans({"1": "l", "i": "l", "0": "o", "m": "rn", "w": "vv", "æ": "ae", "œ": "oe"})


def skeleton(name: str) -> str:
    """The same for names that a reader takes for one another: without accents, gaps and punctuation, and with each letter
    as the one that it looks like (after UTS 39, and coarser: capitals are small letters here)."""
    apart = unicodedata.normalize("NFKD", name).replace("|", "l").translate(_CAPITALS)
    small = unicodedata.normalize("NFKD", apart.casefold()).translate(_SMALL).translate(_ALIKE)
    return "".join(char for char in small if unicodedata.category(char)[0] in "LN") or small


def look_alikes(named: Iterable[tuple[Key, str]]) -> dict[Key, list[Key]]:
    """Whose names look alike: by each such key, the others. A key may have several names."""
    alike: dict[str, dict[Key, None]] = {}
    for key, name in named:
        alike.setdefault(skeleton(name), {})[key] = None
    found: dict[Key, dict[Key, None]] = {}
    for keys in alike.values():
        for key in keys:
            found.setdefault(key, {}).update((other, None) for other in keys if other != key)
    return {key: list(others) for key, others in found.items() if others}
