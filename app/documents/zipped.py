"""Zip files whose bytes depend on nothing but their members: no clock, no system, no order of a dictionary."""

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)


def same_bytes(data: bytes) -> bytes:
    """The same archive packed again, with fixed dates and attributes; `mimetype` comes first and uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        names = sorted(source.namelist(), key=lambda name: (name != "mimetype", name))
        for name in names:
            target.writestr(member(name, stored=name == "mimetype"), source.read(name))
    return out.getvalue()


def member(name: str, *, stored: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
