"""What guards a page's own address, before it calls the API: whose page posted the form, and how its body arrives.

This is the one module that stands on the service's edge. Both guards protect the connection and the browser, not the
data, so the API behind the page cannot do it for the page; and there is to be one way for each.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from app.platform.access.errors import Refusal
from app.platform.access.problem_members import members_of
from app.platform.web import body
from app.platform.web.guard import check_origin
from app.workspace.api import Refused

Values = Mapping[str, list[str]]


class Given(Mapping[str, str]):
    """The fields of a form as they were typed: the first value of each name, `all` of them where there are several."""

    def __init__(self, values: Values | None = None) -> None:
        self._values = {name: list(found) for name, found in (values or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str) -> str:
        """What was typed, without the spaces around it; empty where nothing was."""
        return self.get(name, "").strip()

    def amount(self, name: str) -> str:
        """A number as people write it, '£12,480', as the API takes it."""
        return self.text(name).replace(",", "").replace("£", "").replace(" ", "")

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, found in self._values.items() for value in found]


async def posted(request: Request) -> Given:
    """The form that one of our own pages posted. Raises `Refused` for anybody else's, and for what never arrives."""
    try:
        check_origin(request, request.app.state.settings)
        content = (await body.read(request, FORM_LIMIT)).decode("utf-8", "replace")
    except Refusal as refusal:
        raise Refused(members_of(refusal)) from refusal
    found = parse_qs(content.replace("%00", ""), keep_blank_values=True, max_num_fields=2_000)
    return Given({name: [_clean(value) for value in values] for name, values in found.items()})


FORM_LIMIT = 400_000
"""Bytes: the longest texts that one form holds, percent-encoded."""


def _clean(value: str) -> str:
    """Browsers send line ends as two characters; people typed one. NUL is no text."""
    return value.replace("\r\n", "\n").replace("\x00", "")
