"""Content-Disposition that is safe for every file name (RFC 6266): ASCII for old clients, UTF-8 beside it."""

import re
from urllib.parse import quote


def disposition(name: str, *, inline: bool = False) -> str:
    clean = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/|\\:*?\"<>]+", " ", name)
    clean = re.sub(r" {2,}", " ", clean).strip(" .")[-150:].strip(" .") or "document"
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", clean.replace("\u2013", "-"))
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"
