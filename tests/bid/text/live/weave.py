"""Takes a Yjs update apart and puts it together differently: well-formed bytes that say what no editor would say."""

import random
from dataclasses import dataclass, field

from app.platform.richtext.lib0 import ByteReader, write_block, write_uint

At = tuple[int, int]


@dataclass
class Part:
    clock: int
    info: int
    origin: At | None = None
    right: At | None = None
    parent: At | None = None
    sub: bytes | None = None
    content: bytes = b""


@dataclass
class Woven:
    clients: dict[int, list[Part]] = field(default_factory=dict)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)

    def encode(self) -> bytes:
        out = [write_uint(len(self.clients))]
        for client, parts in self.clients.items():
            out += [write_uint(len(parts)), write_uint(client), write_uint(parts[0].clock)]
            out += [_encode(part) for part in parts]
        by_client: dict[int, list[tuple[int, int]]] = {}
        for client, clock, length in self.deletes:
            by_client.setdefault(client, []).append((clock, length))
        out.append(write_uint(len(by_client)))
        for client, ranges in by_client.items():
            out += [write_uint(client), write_uint(len(ranges)), *(write_uint(a) + write_uint(b) for a, b in ranges)]
        return b"".join(out)


def _encode(part: Part) -> bytes:
    kind = part.info & 0x1F
    if kind == 0:
        return b"\x00" + part.content
    info = kind | (0x80 if part.origin else 0) | (0x40 if part.right else 0) | (0x20 if part.sub is not None else 0)
    out = [bytes([info])]
    for at in (part.origin, part.right):
        out.append(write_uint(at[0]) + write_uint(at[1]) if at else b"")
    if not part.origin and not part.right:
        out.append(
            b"\x00" + write_uint(part.parent[0]) + write_uint(part.parent[1])
            if part.parent
            else b"\x01" + write_block(b"default")
        )
        out.append(write_block(part.sub) if part.sub is not None else b"")
    return b"".join(out) + part.content


def take_apart(update: bytes) -> Woven:
    r, woven = ByteReader(update), Woven()
    for _ in range(r.uint()):
        number, client, clock = r.uint(), r.uint(), r.uint()
        parts = woven.clients[client] = []
        for _ in range(number):
            part = Part(clock, r.byte())
            kind = part.info & 0x1F
            if kind:
                part.origin = (r.uint(), r.uint()) if part.info & 0x80 else None
                part.right = (r.uint(), r.uint()) if part.info & 0x40 else None
                if not part.info & 0xC0:
                    part.parent = None if r.uint() == 1 and r.string() else (r.uint(), r.uint())
                    part.sub = r.bytes() if part.info & 0x20 else None
            start = r.at
            clock += _pass_over(r, kind)
            part.content = update[start : r.at]
            parts.append(part)
    for _ in range(r.uint()):
        client = r.uint()
        woven.deletes += [(client, r.uint(), r.uint()) for _ in range(r.uint())]
    return woven


def _pass_over(r: ByteReader, kind: int) -> int:
    from app.bid.text.live import updates

    if kind == 4:
        return len(r.string().encode("utf-16-le")) // 2
    return updates._length(r) if kind == 0 else updates._content(r, kind)[1]


def reweave(dice: random.Random, update: bytes, ends: dict[int, int]) -> bytes:
    """One to three changes of meaning. `ends`: the state vector of the document that it is meant for."""
    woven = take_apart(update)
    places = [(client, end) for client, end in ends.items() if end] + [
        (client, parts[-1].clock + 1) for client, parts in woven.clients.items()
    ]
    if not places:
        return update

    def somewhere() -> At:
        client, end = dice.choice(places)
        return client, dice.choice([dice.randrange(end), max(0, end - 1 - dice.randrange(4))])

    for _ in range(dice.choice([1, 1, 2, 3])):
        parts = [part for run in woven.clients.values() for part in run]
        change = dice.randrange(9)
        if change == 0 or not parts:
            client, clock = somewhere()
            woven.deletes.append((client, clock, dice.choice([1, 1, 2, 5])))
            continue
        part = dice.choice(parts)
        if change == 1:
            part.origin = somewhere()
        elif change == 2:
            part.right = somewhere()
        elif change == 3:
            part.origin = part.right = None
            part.parent = dice.choice([None, somewhere()])
        elif change == 4:
            part.sub = dice.choice([b"level", b"href", b"", None])
            part.origin, part.right = None, dice.choice([None, part.right])
        elif change == 5:
            other = dice.choice(parts)
            part.info, part.content = other.info, other.content
        elif change == 6:
            part.origin, part.right = part.right, part.origin
        elif change == 7:
            part.info, part.content = dice.choice(_CONTENTS)
        else:
            other = dice.choice(parts)
            part.origin, part.right, part.parent = other.origin, other.right, other.parent
    return woven.encode()


_CONTENTS = [
    (0, b"\x01"),
    (0, b"\x05"),
    (1, b"\x01"),
    (1, b"\x03"),
    (4, b"\x01x"),
    (4, b"\x04\xf0\x9f\x98\x80"),
    (6, b"\x04bold\x04null"),
    (6, b"\x04bold\x02{}"),
    (7, b"\x03\x09paragraph"),
    (7, b"\x06"),
    (8, b"\x01\x7e"),
    (8, b"\x02\x78\x78"),
    (2, b"\x01\x02{}"),
]
