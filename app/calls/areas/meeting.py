"""Where the areas that are loaded let a search and a notice meet that name the same place in different words."""

from app.calls.areas import rules
from app.platform.db.reads import Reads

_FOUND = """
WITH asked AS (
  SELECT * FROM areas a WHERE a.code = upper($1) OR a.nuts = upper($1) OR lower(a.name) = $2 OR a.code = upper($3)
)
SELECT array_agg(a.code), array_agg(a.nuts), array_agg(a.name), false AS wider FROM areas a
  WHERE a.code IN (SELECT code FROM asked) OR a.within && (SELECT coalesce(array_agg(code), '{}') FROM asked)
UNION ALL
SELECT array_agg(a.code), array_agg(a.nuts), array_agg(a.name), true FROM areas a
  WHERE a.code IN (SELECT unnest(within) FROM asked)"""


async def wanted(reads: Reads, area: str) -> frozenset[str]:
    """The keys to look for: what lies in the area, by code or name, and exactly the wider areas that hold it."""
    found = set(rules.wanted(area))
    plain = rules.plain(area)
    for codes, nuts, names, wider in await reads.all(_FOUND, plain, plain, rules.district(plain) or plain):
        said = {rules.plain(one) for one in (*(codes or ()), *(nuts or ()), *(names or ())) if one}
        found |= {f"={one}" for one in said} if wider else said
    return frozenset(found)


async def is_coarse(reads: Reads) -> bool:
    """Whether only countries and regions are known here: an authority, a county or a postcode then meets itself alone."""
    row = await reads.first("SELECT NOT EXISTS (SELECT FROM areas WHERE kind NOT IN ('kingdom', 'country', 'region'))")
    return bool(row[0])
