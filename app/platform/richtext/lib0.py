"""lib0's encoding, in which Yjs writes everything: variable-length integers, and bytes with their length before them.

It is read strictly, since it comes from outside: a length is believed only if that many bytes are there.
"""

MAX_SAFE = 2**53 - 1
"""The largest integer that JavaScript's clients can write exactly."""


class Malformed(ValueError):
    """These bytes are not what they claim to be."""


class ByteReader:
    """Reads from the front of `data`. What it allocates is bounded by the bytes that are there, never by a number read."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.end = len(data)

    def left(self) -> int:
        return self.end - self.at

    def byte(self) -> int:
        at = self.at
        if at >= self.end:
            raise Malformed("the bytes end too early")
        self.at = at + 1
        return self.data[at]

    def uint(self) -> int:
        at = self.at
        try:
            value = self.data[at]
            if value < 128:
                self.at = at + 1
                return value
            value &= 127
            shift = 7
            while True:
                at += 1
                byte = self.data[at]
                if byte < 128:
                    value |= byte << shift
                    break
                value |= (byte & 127) << shift
                shift += 7
                if shift > 49:
                    raise Malformed("a number is too large")
        except IndexError:
            raise Malformed("the bytes end too early") from None
        if value > MAX_SAFE:
            raise Malformed("a number is too large")
        self.at = at + 1
        return value

    def skip_sint(self) -> None:
        """Skips a signed integer, whose first byte carries the sign."""
        byte = self.byte()
        read = 1
        while byte > 127:
            byte = self.byte()
            read += 1
            if read > 10:
                raise Malformed("a number is too large")

    def count(self) -> int:
        """Reads how many things follow, each of at least one byte."""
        value = self.uint()
        if value > self.end - self.at:
            raise Malformed("more is announced than follows")
        return value

    def skip(self, length: int) -> None:
        if length > self.end - self.at:
            raise Malformed("the bytes end too early")
        self.at += length

    def bytes(self) -> bytes:
        length = self.uint()
        at = self.at
        if length > self.end - at:
            raise Malformed("a length is beyond the end")
        self.at = at + length
        return self.data[at : at + length]

    def string(self) -> str:
        try:
            return self.bytes().decode()
        except UnicodeDecodeError:
            raise Malformed("a text is not UTF-8") from None


def write_uint(value: int) -> bytes:
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_block(data: bytes) -> bytes:
    """Writes bytes with their length before them."""
    return write_uint(len(data)) + data
