"""Which hosts a service answers for that was not told where people reach it (PUBLIC_URL)."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.platform.access.errors import Refusal
from app.platform.web.problems import problem
from app.settings import Settings, is_everywhere, is_loopback

_FOR_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches the service asks by whatever address it has. These say nothing of anybody's and trust nobody."""


class PublicUrlUnset(Refusal):
    kind = "misdirected"
    code = "set-public-url"
    title = "This service was not told where people reach it"
    explanation = (
        "Whoever runs it has to set PUBLIC_URL to the address that people use, such as https://bids.example.org, and start "
        "it again. Until then it answers on its own machine alone: links in mails would lead nowhere, and it could not tell "
        "whether it is in public."
    )


class OwnHostsOnly:
    """Refuses a request for another host than this machine: what speaks to loopback may be a proxy for everybody.

    An address that HOST names is where people reach the service, too; `0.0.0.0` and `::` name none.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._named = None if is_everywhere(settings.host) else settings.host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"] in _FOR_MACHINES or self._is_own(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4421, "reason": PublicUrlUnset.title})
        else:
            await problem(Request(scope), PublicUrlUnset())(scope, receive, send)

    def _is_own(self, scope: Scope) -> bool:
        named = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        try:
            host = (urlsplit(f"//{named}").hostname or "").rstrip(".")
        except ValueError:
            return False
        return is_loopback(host) or host == self._named
