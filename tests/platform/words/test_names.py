"""What a name must not hold, and which names a reader takes for one another."""

import pytest

from app.platform.words.names import address_in, look_alikes, skeleton, without_links

FAMILIES = "Wide River Families"


@pytest.mark.parametrize(
    "name",
    [
        "Wіde Rіver Fаmіlіes",  # Cyrillic
        "Wιde Rιver Fαmιlιes",  # Greek
        "ᎳIDE RIVER FAMILIES",  # Cherokee
        "𝐖ide River Families",
        "Ｗide River Families",
        "Wide-River  Famílies",
        "Wide R1ver Fami1ies",
        "Wide RIver FamiIies",
        "VVide River Farnilies",
        "wide river families.",
        FAMILIES,
    ],
)
def test_names_that_look_alike_have_one_skeleton(name: str) -> None:
    assert skeleton(name) == skeleton(FAMILIES)


@pytest.mark.parametrize("name", ["Wide River Family", "Wild River Families", "Wide River Families 2", "Teuluoedd"])
def test_names_that_a_reader_tells_apart_have_skeletons_of_their_own(name: str) -> None:
    assert skeleton(name) != skeleton(FAMILIES)


def test_each_look_alike_names_the_others() -> None:
    named = [("a", "Hill Trust"), ("b", "HilI Trust"), ("c", "Hall Trust"), ("d", "Hi11 Trust"), ("e", "!"), ("f", "?")]
    assert look_alikes(named) == {"a": ["b", "d"], "b": ["a", "d"], "d": ["a", "b"]}


def test_a_short_name_can_look_like_another_name_and_never_like_ones_own() -> None:
    named = [
        ("a", "Harbour"),
        ("a", "HARB0UR"),
        ("b", "Quay Advice"),
        ("b", "Harbour"),
        ("c", "Quay Adv1ce"),
        ("d", "Shore"),
    ]
    assert look_alikes(named) == {"a": ["b"], "b": ["a", "c"], "c": ["b"]}


@pytest.mark.parametrize(
    "name",
    [
        "Click http://evil.example/?token=abcdefghijklmnop now",
        "Click evil.example/x",
        "evil．example／x",
        "www.evil.example",
        "evil.example:8080",
        "evil.example?t=1",
        "mailto:sam@evil.example",
        "Ask sam@evil.example",
        "javascript://x",
    ],
)
def test_an_address_in_a_name_is_found(name: str) -> None:
    assert address_in(name)


@pytest.mark.parametrize(
    "name",
    [
        "St.John's & St. Helen's",
        "J.P. Morgan / N.E. Wales",
        "Harbour.org Ltd",
        "Arts & Co. / Leeds",
        "Hope: 24/7",
        "No.10 club, 10:30",
        "A @ B",
    ],
)
def test_a_name_that_only_has_dots_and_strokes_holds_no_address(name: str) -> None:
    assert address_in(name) is None


def test_a_mail_programme_finds_no_address_to_link_in_words_made_for_a_mail() -> None:
    assert without_links("Harbour.org: see http://evil.example/x or a@b.example") == (
        "Harbour. org: see http: //evil. example/x or a @ b. example"
    )
    assert without_links("St. John's, J.P. Morgan, 3.5") == "St. John's, J.P. Morgan, 3.5"
