"""The tables of the Office for National Statistics as they are downloaded, and what meets once they are loaded."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.calls.areas import loading
from app.settings import Settings
from tests.calls.notices.bringing import as_operator, bring, fresh
from tests.calls.notices.ocds_samples import package
from tests.factories import World, ok

AUTHORITIES = """LAD25CD,LAD25NM,CTYUA25CD,CTYUA25NM,RGN25CD,RGN25NM,CTRY25CD,CTRY25NM
E07000240,St Albans,E10000015,Hertfordshire,E12000006,East of England,E92000001,England
E07000241,Welwyn Hatfield,E10000015,Hertfordshire,E12000006,East of England,E92000001,England
E06000032,Luton,E06000032,Luton,E12000006,East of England,E92000001,England
W06000015,Cardiff,W06000015,Cardiff,W92000004,Wales,W92000004,Wales
"""
LEVELS = """LAD25CD,LAD25NM,ITL325CD,ITL325NM,ITL225CD,ITL225NM,ITL125CD,ITL125NM
E07000240,St Albans,TLH23,Hertfordshire CC,TLH2,Bedfordshire and Hertfordshire,TLH,East (England)
E07000241,Welwyn Hatfield,TLH23,Hertfordshire CC,TLH2,Bedfordshire and Hertfordshire,TLH,East (England)
E06000032,Luton,TLH21,Luton,TLH2,Bedfordshire and Hertfordshire,TLH,East (England)
W06000015,Cardiff,TLL22,Cardiff and Vale of Glamorgan,TLL2,East Wales,TLL,Wales
"""
POSTCODES = """pcd7,pcd8,pcds,oslaua
AL1 3JE,AL1  3JE,AL1 3JE,E07000240
AL1 3AB,AL1  3AB,AL1 3AB,E07000240
AL1 1AA,AL1  1AA,AL1 1AA,E07000241
LU1 2AA,LU1  2AA,LU1 2AA,E06000032
ZZ99 3ZZ,ZZ993ZZ,ZZ99 3ZZ,L99999999
"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = []
    for name, content in (("authorities.csv", AUTHORITIES), ("itl.csv", LEVELS), ("postcodes.csv", POSTCODES)):
        (tmp_path / name).write_text(content, "utf-8-sig")
        made.append(tmp_path / name)
    return made


def test_what_lies_in_what_follows_from_the_authorities(files: list[Path]) -> None:
    rows = {row["code"]: row for row in loading.areas(loading.read(files))}
    assert "E12000006" not in rows and "TLH" not in rows and "W92000004" not in rows
    assert rows["E07000240"]["within"] == ["E10000015", "TLH23", "TLH2", "E12000006", "E92000001", "K02000001"]
    assert rows["TLH23"]["nuts"] == "UKH23" and "E10000015" in rows["TLH23"]["within"]
    assert "TLH23" in rows["E10000015"]["within"]
    assert rows["TLH2"]["within"] == ["E12000006", "E92000001", "K02000001"]
    assert (rows["AL1"]["kind"], rows["AL1"]["within"][0]) == ("postcode_district", "E07000240")
    assert "W92000004" in rows["W06000015"]["within"] and "ZZ99" not in rows


@pytest.fixture
def loaded(database: str, settings: Settings, sql: psycopg.Connection, files: list[Path]) -> Iterator[dict[str, int]]:
    yield as_operator(database, settings, lambda session: loading.load(session, files))
    sql.execute("DELETE FROM areas WHERE kind NOT IN ('kingdom', 'country', 'region')")


def test_a_code_a_name_a_postcode_and_a_region_meet_once_they_are_loaded(world: World, loaded: dict[str, int]) -> None:
    assert loaded == {"authority": 4, "county": 1, "itl2": 2, "itl3": 3, "postcode_district": 2}
    reader = world.stranger()
    places = ["UKH23", "East of England", "AL1 3JE", "St Albans", "E10000015", "Luton", "UKL"]
    for place in places:
        bring(
            reader, package(fresh(title=f"Tŷ {place}", items=[{"id": "1", "deliveryAddresses": [{"region": place}]}]))
        )

    def found(area: str) -> list[str]:
        query = {"area": area, "q": "Tŷ", "limit": 100}
        titles = [item["title"] for item in ok(reader.get("/opportunities", params=query)).json()["items"]]
        return sorted(title.removeprefix("Tŷ ") for title in titles)

    hertfordshire = sorted(["UKH23", "East of England", "AL1 3JE", "St Albans", "E10000015"])
    assert found("E10000015") == found("Hertfordshire") == found("TLH23") == hertfordshire
    assert (
        found("AL1 3JE")
        == found("AL1 3AB")
        == sorted(["UKH23", "East of England", "AL1 3JE", "St Albans", "E10000015"])
    )
    assert found("LU1 2AA") == sorted(["East of England", "Luton"])
    assert found("East of England") == sorted([*hertfordshire, "Luton"])
    assert found("Wales") == ["UKL"]
    listed = ok(reader.get("/areas", params={"q": "hertford"})).json()
    assert [area["code"] for area in listed["items"]] == ["E10000015", "TLH2", "TLH23"] and listed["coarse"] is False


def test_without_them_the_answer_says_that_it_is_coarse(world: World) -> None:
    assert ok(world.stranger().get("/areas")).json()["coarse"] is True


def test_a_file_that_is_none_of_the_tables_is_refused_by_name_and_row(tmp_path: Path, files: list[Path]) -> None:
    (tmp_path / "names.csv").write_text("code,name\nE07000240,St Albans\n")
    with pytest.raises(loading.UnknownTable, match=r"names\.csv is none of the tables"):
        loading.read([tmp_path / "names.csv"])
    (tmp_path / "broken.csv").write_text(AUTHORITIES.replace("E10000015", "?", 1))
    with pytest.raises(loading.UnknownTable, match=r"broken\.csv, row 2: \? is no area's code"):
        loading.read([tmp_path / "broken.csv"])


def test_the_table_of_all_authorities_is_read(files: list[Path]) -> None:
    from tests.calls.notices.ocds_samples import SHARED

    path = SHARED / "areas" / "lad-to-county-to-region-to-country.csv"
    if not path.exists():
        pytest.skip("the whole table is not at hand")
    rows = loading.areas(loading.read([path]))
    assert sum(row["kind"] == "authority" for row in rows) == 361
