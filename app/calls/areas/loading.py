"""The look-up tables of the Office for National Statistics, as they are downloaded, made into areas that lie in each other.

Which table it is, its columns say, whatever year is in their names (`LAD25CD`): authorities with county, region and country;
authorities with International Territorial Levels (ITL); the postcode directory, of which only the first half of each postcode is
kept, with the authority that has most of it. An area lies in another where all its authorities do.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.areas.tables import Area

BUILT_IN = ("kingdom", "country", "region")
KINGDOM = "K02000001"
_KINDS = {"LAD": "authority", "CTYUA": "county", "RGN": "region", "CTRY": "country", "ITL2": "itl2", "ITL3": "itl3"}
_SMALLEST_FIRST = ("authority", "county", "itl3", "itl2", "region", "country")
_ITL1 = {f"TL{letter}": f"E1200000{number}" for number, letter in enumerate("CDEFGHIJK", 1)}
_ITL1 |= {"TLL": "W92000004", "TLM": "S92000003", "TLN": "N92000002"}
"""The first level of ITL is that of the regions of England and of the other countries, which are built in."""
_COLUMN = re.compile(r"(LAD|CTYUA|RGN|CTRY|ITL[123])(?:[0-9]{2})?(CD|NM)")
_POSTCODES = ("PCDS", "PCD", "PCD2", "PCD7", "PCD8")
_AUTHORITY_OF = re.compile(r"OSLAUA|LAUA|LAD[0-9]{2}CD")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) *[0-9][A-Z]{2}")
_GSS = re.compile(r"[EKNSW][0-9]{8}|TL[C-N][0-9A-Z]{0,2}")


class UnknownTable(ValueError):
    """A sentence on a file that is none of these tables, or on a row that cannot be read."""


@dataclass
class Tables:
    """What the files say: names and kinds by code, the authorities of each wider area, and those of each postcode district."""

    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    authorities: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    postcodes: Counter[tuple[str, str]] = field(default_factory=Counter)


def read(files: Iterable[Path]) -> Tables:
    """Raises UnknownTable with the file's name and row."""
    found = Tables()
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            header = [name.strip().upper() for name in next(rows, [])]
            columns = {at: (m[1], m[2]) for at, name in enumerate(header) if (m := _COLUMN.fullmatch(name))}
            postcode = next((at for name in _POSTCODES for at, one in enumerate(header) if one == name), None)
            authority = next((at for at, name in enumerate(header) if _AUTHORITY_OF.fullmatch(name)), None)
            if postcode is not None and authority is not None:
                _take_postcodes(found, rows, postcode, authority)
            elif ("LAD", "CD") in columns.values() and len({table for table, _ in columns.values()}) > 1:
                _take_authorities(found, path, rows, columns)
            else:
                raise UnknownTable(
                    f"{path.name} is none of the tables: it needs a column LADxxCD beside counties, regions, countries or "
                    "ITL codes, or postcodes with their authority (PCDS and OSLAUA or LADxxCD)."
                )
    return found


def _take_authorities(
    found: Tables, path: Path, rows: Iterator[list[str]], columns: Mapping[int, tuple[str, str]]
) -> None:
    for number, row in enumerate(rows, 2):
        said: dict[str, dict[str, str]] = defaultdict(dict)
        for at, (table, what) in columns.items():
            if at < len(row) and row[at].strip():
                said[table][what] = row[at].strip()
        if not any(said.values()):
            continue
        code = said["LAD"].get("CD", "")
        for table, one in said.items():
            if not _GSS.fullmatch(one.get("CD", "")):
                raise UnknownTable(f"{path.name}, row {number}: {one.get('CD') or 'nothing'} is no area's code.")
            if table != "LAD" and one["CD"] == code:
                continue  # a unitary authority is its own county
            area = _ITL1.get(one["CD"], one["CD"])
            found.names[area] = one.get("NM") or found.names.get(area, area)
            found.kinds[area] = _KINDS.get(table, "region")
            found.authorities[area].add(code)


def _take_postcodes(found: Tables, rows: Iterator[list[str]], postcode: int, authority: int) -> None:
    for row in rows:
        if len(row) > max(postcode, authority) and (matched := _POSTCODE.fullmatch(row[postcode].strip().upper())):
            found.postcodes[matched[1], row[authority].strip()] += 1


def areas(tables: Tables) -> list[dict[str, object]]:
    """The rows of what is not built in. Those that lie in each other are made of the same authorities."""
    sets = {code: frozenset(found) for code, found in tables.authorities.items()}
    holders: dict[str, list[str]] = defaultdict(list)
    ranks = {kind: rank for rank, kind in enumerate(_SMALLEST_FIRST)}
    for code, own in sorted(sets.items(), key=lambda one: (len(one[1]), ranks[tables.kinds[one[0]]], one[0])):
        for authority in own:
            holders[authority].append(code)

    def within(code: str, own: frozenset[str]) -> list[str]:
        wider = [one for one in holders[next(iter(own))] if one not in (code, KINGDOM) and own <= sets[one]]
        return [*wider, KINGDOM]

    made: list[dict[str, object]] = [
        {
            "code": code,
            "name": tables.names[code],
            "kind": kind,
            "within": within(code, sets[code]),
            "nuts": f"UK{code[2:]}" if code.startswith("TL") else None,
        }
        for code, kind in tables.kinds.items()
        if kind not in BUILT_IN
    ]
    homes: dict[str, str] = {}
    for (district, authority), _ in sorted(tables.postcodes.items(), key=lambda one: (one[1], one[0])):
        if authority in sets:
            homes[district] = authority  # the last is the one with most of it
    made += [
        {"code": district, "name": district, "kind": "postcode_district", "nuts": None}
        | {"within": [home, *within(home, frozenset({home}))]}
        for district, home in homes.items()
    ]
    return made


async def load(session: AsyncSession, files: Iterable[Path]) -> dict[str, int]:
    """Put what the files say in the place of what was loaded before; how many areas of each kind there are now."""
    rows = areas(read(files))
    await session.execute(delete(Area).where(Area.kind.not_in(BUILT_IN)))
    for start in range(0, len(rows), 1000):
        await session.execute(insert(Area), rows[start : start + 1000])
    return dict(Counter(str(row["kind"]) for row in rows))
