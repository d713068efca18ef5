"""The way out over real sockets: where it dials, and how long and how much it takes."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.platform.http_out.client import Answer, NoAnswer, Outbound, outbound

T = TypeVar("T")
Serve = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """A real server on a loopback port. `heads` are the requests that reached it, `connections` how many connections."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.heads: list[bytes] = []
        self.names: list[str | None] = []


@asynccontextmanager
async def peer(serve: Serve, secured: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    here = Peer()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                here.heads.append(head)
                await serve(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    if secured:
        secured.sni_callback = lambda _, name, __: here.names.append(name)
    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=secured)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()


def run(test: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(test)


async def ok(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


async def get(out: Outbound, url: str, *, seconds: float = 10, most: int = 1000, hops: int = 0) -> Answer:
    return await out.send("GET", url, headers={}, seconds=seconds, most=most, hops=hops)


async def refused(out: Outbound, url: str, **how: Any) -> str:
    with pytest.raises(NoAnswer) as refusal:
        await get(out, url, **how)
    return refusal.value.code


def test_a_peer_that_the_operator_lets_through_is_reached_with_plain_http() -> None:
    async def test() -> None:
        async with peer(ok) as there, outbound({("127.0.0.1", there.port)}) as out:
            answer = await get(out, f"http://127.0.0.1:{there.port}/hook?x=1")
            assert (answer.status, answer.body) == (200, b"ok")
            assert there.heads[0].startswith(b"GET /hook?x=1 HTTP/1.1\r\n")
            assert f"host: 127.0.0.1:{there.port}".encode() in there.heads[0].lower()

    run(test())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_inside_is_dialled_in_any_spelling(scheme: str, host: str) -> None:
    async def test() -> None:
        async with peer(ok) as there, outbound(set()) as out:
            code = await refused(out, f"{scheme}://{host}:{there.port}/")
            assert code == ("inside-address" if scheme == "https" else "url-not-https")
            assert there.connections == 0

    run(test())


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"]]
)
def test_a_name_with_an_address_inside_is_not_dialled(addresses: list[str]) -> None:
    async def look_up(host: str, port: int) -> Sequence[str]:
        return addresses

    async def test() -> None:
        async with peer(ok) as there, outbound(set(), lookup=look_up) as out:
            assert await refused(out, f"https://hooks.example.org:{there.port}/") == "inside-address"
            assert there.connections == 0

    run(test())


def test_a_name_that_turns_inside_after_it_was_judged_is_not_looked_up_again() -> None:
    """One look-up for each connection, and what it answered is what is dialled: a second answer has nothing to change."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1", "127.0.0.1"][len(asked) - 1 :][:1]

    async def test() -> None:
        async with peer(ok) as there:
            # The port is let through for another name, so that only the address that is dialled can stop it.
            async with outbound({("other.example.org", there.port)}, lookup=rebinding) as out:
                for _ in range(2):
                    assert await refused(out, f"https://hooks.example.org:{there.port}/") == "inside-address"
            assert (asked, there.connections) == (["hooks.example.org"] * 2, 0)

    run(test())


def test_what_is_dialled_is_the_address_that_was_judged(tmp_path: Path) -> None:
    """The name exists nowhere: only its judged number leads to the peer, and the certificate and Host stay the name's."""
    secured, believed = certificates(tmp_path, "hooks.example.org")
    asked: list[str] = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async def test() -> None:
        async with peer(ok, secured) as there:
            allowed = {("hooks.example.org", there.port), ("wrong.example.org", there.port)}
            async with outbound(allowed, lookup=look_up, context=believed) as out:
                for _ in range(3):
                    assert (await get(out, f"https://hooks.example.org:{there.port}/")).body == b"ok"
                assert (asked, there.connections) == (["hooks.example.org"], 1)  # the connection is kept
                assert there.names == ["hooks.example.org"]
                assert f"host: hooks.example.org:{there.port}".encode() in there.heads[0].lower()
                with pytest.raises(NoAnswer, match="certificate could not be verified"):
                    await get(out, f"https://wrong.example.org:{there.port}/")
            async with outbound(allowed, lookup=look_up) as out:
                with pytest.raises(NoAnswer, match="certificate could not be verified"):
                    await get(out, f"https://hooks.example.org:{there.port}/")
            assert len(there.heads) == 3

    run(test())


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    async def look_up(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async def test() -> None:
        async with peer(ok) as there, outbound({("hooks.internal", there.port)}, lookup=look_up) as out:
            assert (await get(out, f"http://hooks.internal:{there.port}/")).status == 200

    run(test())


async def trickle(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def trickle_head(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 10_000)
        await writer.drain()


async def half(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    writer.close()


async def babble(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"what?\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("serve", "code"),
    [
        (trickle, "too-slow"),
        (trickle_head, "too-slow"),
        (silent, "too-slow"),
        (endless, "answer-too-long"),
        (half, "unreachable"),
        (babble, "unreachable"),
    ],
)
def test_a_peer_that_does_not_answer_whole_and_in_time_gave_no_answer(serve: Serve, code: str) -> None:
    async def test() -> None:
        async with peer(serve) as there, outbound({("127.0.0.1", there.port)}) as out:
            seconds, most = (0.5, 1_000_000) if code == "too-slow" else (10, 1000)
            assert await refused(out, f"http://127.0.0.1:{there.port}/", seconds=seconds, most=most) == code

    run(test())


def test_a_look_up_that_never_ends_counts_into_the_time() -> None:
    async def look_up(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(3600)
        return []

    async def test() -> None:
        async with outbound(set(), lookup=look_up) as out:
            assert await refused(out, "https://hooks.example.org/", seconds=0.2) == "too-slow"

    run(test())


def test_a_name_that_is_nowhere_and_a_port_that_nobody_serves_are_unreachable() -> None:
    async def test() -> None:
        async with peer(ok) as there:
            closed = there.port
        async with outbound({("127.0.0.1", closed)}) as out:
            assert await refused(out, f"http://127.0.0.1:{closed}/") == "unreachable"
            assert await refused(out, f"https://{'a' * 70}.example.org/") == "unreachable"
            with pytest.raises(NoAnswer, match="name of the address is not known"):
                await get(out, "https://no-such-name.invalid/")

    run(test())


def redirect(to: str) -> Serve:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 307 Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())

    return serve


def test_a_redirect_is_followed_only_where_the_caller_says_so_and_never_inside() -> None:
    async def test() -> None:
        async with (
            peer(ok) as inside,
            peer(ok) as target,
            peer(redirect(f"http://127.0.0.1:{inside.port}/secret")) as to_inside,
            peer(redirect(f"http://127.0.0.1:{target.port}/there")) as to_target,
            peer(redirect(f"http://127.0.0.1:{to_target.port}/")) as twice,
            outbound({("127.0.0.1", each.port) for each in (target, to_inside, to_target, twice)}) as out,
        ):
            from_inside, from_target = f"http://127.0.0.1:{to_inside.port}/", f"http://127.0.0.1:{to_target.port}/"
            assert (await get(out, from_target)).status == 307
            assert target.connections == 0
            answer = await get(out, from_target, hops=1)
            assert (answer.status, answer.url) == (200, f"http://127.0.0.1:{target.port}/there")
            assert (await get(out, f"http://127.0.0.1:{twice.port}/", hops=1)).status == 307
            assert (await get(out, from_inside)).status == 307
            assert await refused(out, from_inside, hops=1) == "url-not-https"
            assert inside.connections == 0

    run(test())


def test_a_proxy_of_the_environment_is_not_used_and_a_cookie_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n\r\n"))

    async def test() -> None:
        async with peer(ok) as proxy, peer(serve) as there:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            async with outbound({("127.0.0.1", there.port)}) as out:
                for _ in range(2):
                    await get(out, f"http://127.0.0.1:{there.port}/")
            assert (proxy.connections, len(there.heads)) == (0, 2)
            assert b"cookie" not in there.heads[1].lower()

    run(test())


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for a certificate of that name, and a client's that believes it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    about = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*made, *about, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
