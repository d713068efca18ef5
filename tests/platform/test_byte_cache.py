"""A cache in memory is bounded by the bytes that it holds, not by the number of its entries."""

from app.platform.byte_cache import OVERHEAD, ByteCache


def test_what_was_not_asked_for_longest_makes_room() -> None:
    cache: ByteCache[bytes] = ByteCache(len, limit=3 * (1_000 + OVERHEAD))
    for key in "abc":
        cache.put(key, key.encode() * 1_000)
    assert cache.get("a") == b"a" * 1_000
    cache.put("d", b"d" * 1_000)
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_a_large_thing_takes_the_place_of_many_and_one_that_is_too_large_of_none() -> None:
    cache: ByteCache[bytes] = ByteCache(len, limit=20_000)
    for number in range(8):
        cache.put(number, b"x" * 1_000)
    cache.put("large", b"x" * 17_000)
    assert [number for number in range(8) if cache.get(number)] == [7]
    cache.put("too large", b"x" * 20_000)
    assert cache.get("too large") is None and cache.get("large") is not None
