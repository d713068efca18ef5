"""What is kept beside a rendering's bytes, and the logo that is fetched before one is made."""

import json

from app.calls.templates.queries import logo_key
from app.documents.looks.template import DEFAULT, Template, with_logo
from app.documents.rendering import Rendered
from app.platform.db.files import Files


def told(made: Rendered) -> bytes:
    """One line of JSON: what the author is told."""
    value = {"replaced": list(made.replaced), "pages": made.pages, "page_limit": made.page_limit}
    return json.dumps(value).encode()


def rendered(head: bytes, data: bytes) -> Rendered:
    """A rendering from its line and its bytes. A list is the line of one that was kept before pages were counted."""
    value = json.loads(head)
    return Rendered(data, value) if isinstance(value, list) else Rendered(data, **value)


async def template_of(files: Files, kind: str, template: Template) -> Template:
    """The bid's template with its logo's bytes. Without them nothing is printed: no version silently looks different.

    The agreement and the annex are the partners' own, between equals: neither the lead's house nor the call's.
    """
    if kind != "bid":
        return DEFAULT
    if template.logo is None:
        return template
    data = await files.read(logo_key(template.logo.sha256))
    if data is None:
        raise RuntimeError(f"the logo {template.logo.sha256} is missing from the file store")
    return with_logo(template, data)


def page_headers(made: Rendered) -> dict[str, str]:
    """How long a PDF is, and the call's limit where it has one: whoever had it made sees at once that it is too long."""
    found = {"Cobid_Pages": made.pages, "Cobid_Page_Limit": made.page_limit if made.pages else None}
    if made.pages and made.page_limit and made.pages > made.page_limit:
        found["Cobid_Pages_Over"] = made.pages - made.page_limit
    return {name: str(value) for name, value in found.items() if value is not None}
