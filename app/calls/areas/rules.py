"""Finding calls by area, although notices name areas by region code, name, postcode or country.

Region codes are those of the International Territorial Levels (ONS; TLC … TLN), which notices still write as the
NUTS codes before them (UKC … UKN). Each longer code lies within its shorter ones.
"""

import re

REGIONS = {
    "ukc": "north east",
    "ukd": "north west",
    "uke": "yorkshire and the humber",
    "ukf": "east midlands",
    "ukg": "west midlands",
    "ukh": "east of england",
    "uki": "london",
    "ukj": "south east",
    "ukk": "south west",
    "ukl": "wales",
    "ukm": "scotland",
    "ukn": "northern ireland",
}
ENGLISH = frozenset(code for code in REGIONS if code < "ukl")
ENGLAND = frozenset({"england"})
KINGDOM = frozenset({"united kingdom", "uk", "great britain", "gb"})
"""How notices name the whole country."""
LONGEST = 200
"""Characters. Some notices describe the place in paragraphs, which are too long for an index."""
_CODES = {name: code for code, name in REGIONS.items()}
_CODE = re.compile(r"uk[c-n][0-9a-z]{0,2}")
_POSTCODE = re.compile(r"([a-z]{1,2}[0-9][a-z0-9]?) ?[0-9][a-z]{2}")


def plain(area: str) -> str:
    """One spelling of a name or code: small letters, and region codes as notices still write them."""
    made = re.sub(r"[\s,]+", " ", area.casefold()).strip()
    if re.fullmatch(r"tl[c-n][0-9a-z]{0,2}", made):
        made = "uk" + made[2:]
    return _CODES.get(made, made)


def district(area: str) -> str | None:
    """The first half of a postcode, which many postcodes share."""
    found = _POSTCODE.fullmatch(area)
    return found[1] if found else None


def keys(area: str) -> frozenset[str]:
    """The keys that an area is stored under: itself, and what it lies within. A key with `=` is for exactly this area."""
    named = plain(area)
    if not named or len(named) > LONGEST:
        return frozenset()
    found = {named, f"={named}"}
    if _CODE.fullmatch(named):
        found |= {named[:length] for length in range(3, len(named))}
    if postcode := district(named):
        found.add(postcode)
    return frozenset(found)


def wanted(area: str) -> frozenset[str]:
    """The keys to look for, any of which is enough: what lies in the area, and exactly the wider areas that hold it."""
    named = plain(area)
    found = {named}
    wider: set[str] = set()
    if named in KINGDOM:
        found |= KINGDOM | ENGLAND | set(REGIONS)
    elif named in ENGLAND:
        found |= ENGLISH
        wider |= KINGDOM
    elif _CODE.fullmatch(named):
        wider |= {named[:length] for length in range(3, len(named))} | KINGDOM
        wider |= ENGLAND if named[:3] in ENGLISH else set()
    elif postcode := district(named):
        wider.add(postcode)
    return frozenset(found | {f"={name}" for name in wider})
