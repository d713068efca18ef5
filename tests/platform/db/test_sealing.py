"""What a seal promises: it opens for what it was made for and for nothing else, and says nothing meanwhile."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from app.platform.db.sealing import Seal

SEAL = Seal(b"k" * 32)


@given(st.binary(max_size=200), st.lists(st.text(max_size=20), max_size=4))
def test_it_opens_for_what_it_was_made_for(content: bytes, bound: list[str]) -> None:
    assert SEAL.open(SEAL.close(content, *bound), *bound) == content


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_it_opens_for_nothing_else(made_for: list[str], asked_for: list[str]) -> None:
    opened = SEAL.open(SEAL.close(b"12345", *made_for), *asked_for)
    assert opened == (b"12345" if made_for == asked_for else None)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_a_single_changed_bit_or_another_key_is_refused(content: bytes, data: st.DataObject) -> None:
    sealed = SEAL.close(content)
    raw = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert SEAL.open(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")) is None
    assert Seal(b"l" * 32).open(sealed) is None


@given(st.text(max_size=200))
def test_what_is_no_seal_is_refused(text: str) -> None:
    assert SEAL.open(text) is None


def test_the_same_content_never_looks_the_same_and_is_always_as_long() -> None:
    sealed = {SEAL.close(number.to_bytes(8)) for number in (0, 0, 1, 2**63)}
    assert len(sealed) == 4
    assert {len(one) for one in sealed} == {64}


def test_the_key_is_not_shown() -> None:
    assert "kkk" not in repr(SEAL)
