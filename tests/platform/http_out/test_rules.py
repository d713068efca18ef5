"""What counts as inside, in all the shapes in which an address can be written."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.http_out.client import judge
from app.platform.http_out.rules import is_inside, names_inside

INSIDE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.0.1",
    "198.19.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2a00:1450::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
    "",
]
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "223.255.255.255",
    "2a00:1450::1",
    "2606::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_no_public_network_is_inside(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_outside(address: str) -> None:
    assert not is_inside(address)


@given(st.ip_addresses(v=4))
def test_what_the_standard_library_calls_private_is_inside(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert is_inside(str(address))


@given(st.ip_addresses(v=6))
def test_so_it_is_with_ipv6(address: IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        assert is_inside(str(address))


@pytest.mark.parametrize(
    "host",
    [
        "0177.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "db",
        "db.internal",
        "printer.local",
        "router.home.arpa",
        "::1",
        "::ffff:7f00:1",
    ],
)
def test_a_host_that_is_inside_in_any_spelling_is_seen_before_it_is_looked_up(host: str) -> None:
    assert names_inside(host)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://hooks.example.org/in", None),
        ("https://hooks.example.org:8443/in?x=1", None),
        ("https://[2a00:1450::1]/", None),
        ("http://hooks.example.org/in", "url-not-https"),
        ("ftp://hooks.example.org/in", "url-not-https"),
        ("hooks.example.org", "url-not-https"),
        ("https://", "url-not-https"),
        ("https://user:word@hooks.example.org/", "url-not-https"),
        ("https://hooks.example.org:99999/", "url-not-https"),
        ("https://hooks.example.org:0/", "url-not-https"),
        ("https://127.0.0.1/", "inside-address"),
        ("https://127.1/", "inside-address"),
        ("https://0177.0.0.1/", "url-not-https"),
        ("https://[::ffff:127.0.0.1]/", "inside-address"),
        ("https://127.0.0.1\\@hooks.example.org/", "url-not-https"),
        ("https://localhost/", "inside-address"),
        ("http://hooks.internal:8080/", None),
        ("HTTP://HOOKS.internal:8080/", None),
        ("https://hooks.internal:8080/", None),
        ("https://hooks.internal:8081/", "inside-address"),
        ("http://[fd00::7]:80/", None),
        ("http://[fd00::7]/", None),
        ("ftp://hooks.internal:8080/", "url-not-https"),
    ],
)
def test_an_address_as_it_was_typed_is_judged(url: str, code: str | None) -> None:
    assert judge(url, {("hooks.internal", 8080), ("fd00::7", 80)}) == code
