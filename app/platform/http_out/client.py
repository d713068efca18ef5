"""Requests to addresses that somebody typed.

A name may answer one address when it is checked and another when it is dialled. So the judging is done where the
connection is made: the name is looked up once, every address of it is judged, and the numbers that were judged are dialled.
The certificate and the header Host stay those of the name.

Never call this inside a transaction: a peer may take all the time that it is given.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from app.platform.http_out.rules import HostPort, is_inside, objection

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, in numbers."""
_LOOKUPS = ThreadPoolExecutor(32, "lookup")
"""Threads of their own: a name server that never answers holds up no file and no mail."""
_NEXT_ADDRESS = 5.0
"""Seconds until the next address of a name is tried."""

_FAILURES = (
    httpx.HTTPError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    OSError,
)


class NoAnswer(Exception):
    """There was no whole answer. `code` says which sort of thing went wrong, the text tells it to whoever typed the address."""

    code = "unreachable"


class Refused(NoAnswer):
    """The address is none that may be dialled; `code` is `inside-address` or `url-not-https`."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code


class TooSlow(NoAnswer):
    code = "too-slow"


class TooLong(NoAnswer):
    code = "answer-too-long"


REASONS = {
    "inside-address": "The address leads into a private network. Give one that the internet reaches, "
    "or ask whoever runs this service to let it through.",
    "url-not-https": "This is no address that is called. Give one that starts with https:// and names a host.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` as it was sent, without decoding a Content-Encoding, which nobody asked for."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str


def judge(url: str, allowed: Set[HostPort]) -> str | None:
    """The code of what can be seen to speak against an address without looking its name up: for a form's answer."""
    try:
        where = httpx.URL(url)
        port = {"https": 443, "http": 80}.get(where.scheme, 0) if where.port is None else where.port
    except (httpx.InvalidURL, ValueError):
        return "url-not-https"
    if not where.host or where.userinfo or not 0 < port < 65_536:
        return "url-not-https"
    return objection(where.scheme, where.raw_host.decode("ascii"), port, allowed)


class Outbound:
    """Sends requests, keeping connections between them. Made by `outbound`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
        seconds: float,
        most: int,
        hops: int = 0,
    ) -> Answer:
        """The whole answer, whatever its status, or `NoAnswer`. `seconds` are for all of it: looking up, connecting, sending
        and reading to the end. `most` bounds the body in bytes. `hops` redirects are followed, each judged like the first; any
        other is answered as it is."""
        try:
            request = self._client.build_request(method, url, headers=headers, content=content)
            async with asyncio.timeout(seconds):
                return await self._follow(request, most, hops)
        except httpx.InvalidURL:
            raise Refused("url-not-https") from None
        except TimeoutError:
            raise TooSlow(f"There was no whole answer within {seconds:g} seconds.") from None
        except _FAILURES as error:
            raise NoAnswer(_reason(error)) from error

    async def _follow(self, request: httpx.Request, most: int, hops: int) -> Answer:
        while True:
            response = await self._client.send(request, stream=True)
            try:
                further = response.next_request
                if further is None or not hops:
                    return Answer(response.status_code, response.headers, await _read(response, most), str(request.url))
            finally:
                await response.aclose()
            request, hops = further, hops - 1


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise TooLong(f"The answer was longer than {most} bytes.")
    return bytes(body)


def _reason(error: Exception) -> str:
    """What went wrong, in words of our own: a library's may name addresses."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"The certificate could not be verified: {cause.verify_message}."
        if isinstance(cause, ssl.SSLError):
            return "No secure connection could be agreed."
        if isinstance(cause, socket.gaierror):
            return "The name of the address is not known."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        return "No connection could be made."
    return "The connection ended before the answer was whole."


async def look_up(host: str, port: int) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().run_in_executor(
            _LOOKUPS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
    except UnicodeError:  # no name server could be asked for it
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Dialling(httpcore.AnyIOBackend):
    """Makes each connection to an address that it has judged itself."""

    def __init__(self, allowed: Set[HostPort], lookup: Lookup) -> None:
        self._allowed = allowed
        self._lookup = lookup

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._lookup(host, port)
        if (host.lower(), port) not in self._allowed and any(is_inside(address) for address in addresses):
            raise Refused("inside-address")
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await super().connect_tcp(address, port, _NEXT_ADDRESS, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Transport(httpx.AsyncBaseTransport):
    """httpx over a pool whose connections are dialled by `_Dialling`; each request's address is judged before, every hop too."""

    def __init__(self, allowed: Set[HostPort], lookup: Lookup, context: ssl.SSLContext, connections: int) -> None:
        self._allowed = allowed
        self._pool = httpcore.AsyncConnectionPool(
            context,
            max_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Dialling(allowed, lookup),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if code := judge(str(request.url), self._allowed):
            raise Refused(code)
        url = request.url
        assert isinstance(request.stream, httpx.AsyncByteStream)
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are believed: those of SSL_CERT_FILE or SSL_CERT_DIR, otherwise the common ones."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def outbound(
    allowed: Set[HostPort],
    *,
    lookup: Lookup = look_up,
    context: ssl.SSLContext | None = None,
    connections: int = 32,
) -> AsyncIterator[Outbound]:
    """A way out. `allowed` is `settings.outbound_allowed`."""
    transport = _Transport(allowed, lookup, context or trusted(), connections)
    # Without proxies of the environment: a proxy would do the dialling, where nothing is judged.
    async with httpx.AsyncClient(
        transport=transport,
        trust_env=False,
        timeout=None,  # noqa: S113 — `send` bounds the whole
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": "Cobid", "Accept-Encoding": "identity"},
    ) as client:
        yield Outbound(client)
