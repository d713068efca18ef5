"""Judges whether a picture can be printed as a logo. Its content decides its kind, and what is stored is rebuilt.

Of a PNG or JPEG only what the picture needs is kept: no place where it was taken, no text, nothing after its end. An
SVG is written again from an allow-list (`svg_logos.py`). The file that came in is never served or printed.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator

from app.documents.looks import svg_logos
from app.documents.looks.rules import MOST_PIXELS, Logo, LogoRefused

FEWEST_PIXELS = 16
MOST_STRETCHED = 12
"""Times wider than high, or higher than wide: beyond it a logo is a line."""
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_MOST_CHUNKS = 10_000


def judged(content: bytes, alt: str) -> Logo:
    """The logo, rebuilt from what a logo may hold. `LogoRefused` says why the picture cannot be one."""
    made: tuple[bytes, float, float]
    if content.startswith(_PNG):
        kind, made = "png", _png(content)
    elif content.startswith(b"\xff\xd8\xff"):
        kind, made = "jpg", _jpeg(content)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        kind, made = "svg", svg_logos.rebuilt(content)
    else:
        raise LogoRefused.because("Its content is neither an SVG nor a PNG nor a JPEG, whatever its name says.")
    data, width, height = made
    if max(width / height, height / width) > MOST_STRETCHED:
        raise LogoRefused.because(f"It is more than {MOST_STRETCHED} times as long one way as the other. Crop it.")
    return Logo(hashlib.sha256(data).hexdigest(), kind, alt, width, height, data)


def _check_pixels(width: int, height: int) -> None:
    if min(width, height) < FEWEST_PIXELS or max(width, height) > MOST_PIXELS:
        raise LogoRefused.because(
            f"It is {width:,} × {height:,} pixels. Save it with {FEWEST_PIXELS} to {MOST_PIXELS:,} pixels a side."
        )


# PNG (ISO/IEC 15948) -------------------------------------------------------------------------------------------------
def _png(content: bytes) -> tuple[bytes, int, int]:
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1][0] != b"IEND":
        raise LogoRefused.because("The PNG is damaged: its beginning or its end is missing. Save it anew.")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    _check_pixels(width, height)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise LogoRefused.because("The PNG has a kind of colour that there is not. Save it anew.")
    row = (width * depth * _CHANNELS[colour] + 7) // 8 + 1
    room = row * height + (8 * height + 8 * width if interlaced else 0)
    _check_inflates(b"".join(data for name, data in chunks if name == b"IDAT"), row * height, room)
    kept = b"".join(_chunk(name, data) for name, data in chunks if name in _PNG_KEPT)
    return _PNG + kept, width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to and including IEND; what follows it is no part of the picture."""
    at = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(content):
            break
        length, name = struct.unpack_from(">I4s", content, at)
        data, end = content[at + 8 : at + 8 + length], at + 12 + length
        if end > len(content) or struct.unpack_from(">I", content, end - 4)[0] != zlib.crc32(name + data):
            break
        yield name, data
        if name == b"IEND":
            return
        at = end
    raise LogoRefused.because("The PNG is damaged: a part of it is cut off or does not add up. Save it anew.")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _check_inflates(packed: bytes, least: int, most: int) -> None:
    """Refuses pixel data of the wrong size. Unpacking stops at the limit, so a bomb is never unpacked whole."""
    unpacker, size = zlib.decompressobj(), 0
    try:
        while packed and not unpacker.eof and size <= most:
            size += len(unpacker.decompress(packed, 1 << 20))
            packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise LogoRefused.because("The PNG is damaged: its pixels cannot be unpacked. Save it anew.") from error
    if not least <= size <= most:
        raise LogoRefused.because("The PNG does not hold the pixels that it says it has. Save it anew.")


# JPEG (ITU-T T.81) ---------------------------------------------------------------------------------------------------
_SIZES = {0xC0, 0xC1, 0xC2}
_KEPT = {0xC4, 0xDB, 0xDD, 0xE0, 0xEE, *_SIZES}
"""Tables, frames and restart intervals, and the segments of JFIF and Adobe, which say how colours are coded."""


def _jpeg(content: bytes) -> tuple[bytes, int, int]:
    out, at, size = bytearray(b"\xff\xd8"), 2, None
    while True:
        marker, segment, at = _segment(content, at)
        if marker == 0xD9:
            break
        if marker in _SIZES:
            size = _frame(segment)
        elif 0xC0 <= marker <= 0xCF and marker != 0xC4:
            raise LogoRefused.because("This kind of JPEG is not read everywhere. Save it as a PNG.")
        if marker in _KEPT:
            out += bytes((0xFF, marker)) + struct.pack(">H", len(segment) + 2) + segment
        if marker == 0xDA:
            end = _end_of_scan(content, at)
            out += b"\xff\xda" + struct.pack(">H", len(segment) + 2) + segment + content[at:end]
            at = end
    if size is None or b"\xff\xda" not in out:
        raise LogoRefused.because("The JPEG holds no picture. Save it anew.")
    return bytes(out) + b"\xff\xd9", *size


def _segment(content: bytes, at: int) -> tuple[int, bytes, int]:
    """The marker, its content, and where the next begins."""
    while content[at : at + 2] == b"\xff\xff":
        at += 1
    marker = content[at + 1] if content[at : at + 1] == b"\xff" and at + 1 < len(content) else None
    if marker == 0xD9:
        return marker, b"", at + 2
    length = struct.unpack_from(">H", content, at + 2)[0] if marker is not None and at + 4 <= len(content) else 0
    if marker is None or length < 2 or at + 2 + length > len(content):
        raise LogoRefused.because("The JPEG is damaged or cut off. Save it anew.")
    return marker, content[at + 4 : at + 2 + length], at + 2 + length


def _frame(segment: bytes) -> tuple[int, int]:
    if len(segment) < 6:
        raise LogoRefused.because("The JPEG is damaged. Save it anew.")
    depth, height, width, components = struct.unpack_from(">BHHB", segment)
    if depth != 8 or components not in (1, 3):
        raise LogoRefused.because("This JPEG is made for a printing press (CMYK). Save it in RGB, or as a PNG.")
    _check_pixels(width, height)
    return width, height


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the packed pixels end: at the next marker that is neither a stuffed FF nor a restart."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2
    raise LogoRefused.because("The JPEG is cut off before its end. Save it anew.")
