"""Pages over HTTP as a browser without scripts has them: read one, fill its form, send it."""

import re
from html import unescape

import httpx

from tests.factories import Person, World

_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def read(world: World, path: str, person: Person | None = None) -> httpx.Response:
    headers = {"Cookie": f"cobid={person.token}"} if person else {}
    return world.http.get(path, headers=headers, follow_redirects=False)


def hidden(page: httpx.Response, action: str) -> dict[str, str]:
    """What the first form with this address brings along by itself."""
    _, _, after = page.text.partition(f'action="{action}"')
    assert after, f"no form goes to {action}"
    return {name: unescape(value) for name, value in _FIELD.findall(after.partition("</form>")[0])}


def send(world: World, path: str, data: dict[str, str], person: Person | None = None) -> httpx.Response:
    headers = {"Sec-Fetch-Site": "same-origin", **({"Cookie": f"cobid={person.token}"} if person else {})}
    return world.http.post(path, data=data, headers=headers, follow_redirects=False)


def fill(world: World, path: str, person: Person, action: str = "", /, **typed: str) -> httpx.Response:
    """Reads the page, and sends its form with what was typed."""
    action = action or path
    return send(world, action, {**hidden(read(world, path, person), action), **typed}, person)
