"""y-websocket's wire format: one message in a binary frame.

    0 sync: 0 step 1 (a state vector) | 1 step 2 (what the other lacks) | 2 update
    1 awareness (cursors)   2 auth: 0 permission denied (a reason)   3 query awareness

The stock client answers step 1 with step 2, and an update needs no answer. This server sends each update that was
committed to its sender too, together with what others wrote meanwhile: that is its acknowledgement.
"""

from dataclasses import dataclass

from app.platform.richtext.lib0 import ByteReader, Malformed, write_block

_SYNC, _AWARENESS, _AUTH, _QUERY_AWARENESS = 0, 1, 2, 3
_STEP1, _STEP2, _UPDATE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class SyncStep1:
    state: bytes


@dataclass(frozen=True, slots=True)
class Update:
    """`answers_step1`: it came as step 2."""

    update: bytes
    answers_step1: bool


@dataclass(frozen=True, slots=True)
class Awareness:
    states: bytes


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message of a kind that an application added for its own use. The stock server ignores it too."""


Message = SyncStep1 | Update | Awareness | QueryAwareness | Unknown


def read(frame: bytes) -> Message:
    """Reads a client's frame. Raises `Malformed`."""
    r = ByteReader(frame)
    kind = r.uint()
    message: Message
    if kind == _SYNC:
        step = r.uint()
        if step > _UPDATE:
            raise Malformed("a sync message of an unknown kind")
        body = r.bytes()
        message = SyncStep1(body) if step == _STEP1 else Update(body, step == _STEP2)
    elif kind == _AWARENESS:
        message = Awareness(r.bytes())
    elif kind == _QUERY_AWARENESS:
        message = QueryAwareness()
    else:
        return Unknown()
    if r.left():
        raise Malformed("something follows the message")
    return message


def step1(state: bytes) -> bytes:
    return b"\x00\x00" + write_block(state)


def step2(update: bytes) -> bytes:
    return b"\x00\x01" + write_block(update)


def update(data: bytes) -> bytes:
    return b"\x00\x02" + write_block(data)


def awareness(states: bytes) -> bytes:
    return b"\x01" + write_block(states)


def permission_denied(reason: str) -> bytes:
    return b"\x02\x00" + write_block(reason.encode())
