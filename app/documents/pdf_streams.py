"""A stream of a PDF must not end in a carriage return: with the line feed that follows, nobody can say where it ends.

One compressed stream in 256 ends so by chance, and a strict validator then finds that its length is not what it says
(ISO 19005-3, 6.1.7.1). Such a stream is compressed again with other parameters. Spaces after its length make up for
what it loses, so that no offset in the file moves. Where it gets no shorter, it starts one byte earlier, in place of
the line feed before `stream`.
"""

import re
import zlib

_LENGTH = re.compile(rb"/Length (\d+)")
_END = b"\nendstream"
_FARTHEST = 2000
"""Bytes between a stream's length and its beginning: a dictionary is far shorter."""


def unambiguous(pdf: bytes) -> bytes:
    """The same file, with every such stream changed where that is possible."""
    out = bytearray(pdf)
    for found in _LENGTH.finditer(pdf):
        length = int(found[1])
        start = pdf.find(b"stream\n", found.end(), found.end() + _FARTHEST)
        if start < 0 or b"endobj" in pdf[found.end() : start]:
            continue
        start += len(b"stream\n")
        data = pdf[start : start + length]
        if not data.endswith(b"\r") or pdf[start + length : start + length + len(_END)] != _END:
            continue
        packed = _packed_shorter(data)
        if packed is None:
            out[found.start() : start + length] = _moved_up(pdf[found.start() : start], data)
            continue
        spare = length - len(packed)
        head = b"/Length %d" % len(packed)
        room = len(found[0]) + spare - len(head)
        dictionary = pdf[found.end() : start]
        out[found.start() : start + length] = head + b" " * room + dictionary + packed
    return bytes(out)


def _moved_up(head: bytes, data: bytes) -> bytes:
    """The stream one byte earlier, since nothing is needed between `>>` and `stream`; a line feed after it fills the
    gap. Unchanged where its length would need another digit.
    """
    length = _LENGTH.match(head)
    longer = b"/Length %d" % (len(data) + 1)
    if length is None or len(longer) != length.end() or not head.endswith(b">>\nstream\n"):
        return head + data
    return longer + head[length.end() : -len(b"\nstream\n")] + b"stream\n" + data + b"\n"


def _packed_shorter(data: bytes) -> bytes | None:
    """The same content packed shorter, with a line feed after it that no decoder reads; None where it gets no shorter.

    Another packing alone does not help: the last bytes are a checksum of the content, whatever the packing.
    """
    try:
        content = zlib.decompress(data)
    except zlib.error:
        return None
    for level, memory in ((9, 9), (9, 8), (8, 9), (7, 9), (6, 9), (6, 8)):
        packer = zlib.compressobj(level, zlib.DEFLATED, 15, memory)
        packed = packer.compress(content) + packer.flush() + b"\n"
        if len(packed) <= len(data):
            return packed
    return None
