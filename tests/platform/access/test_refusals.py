"""Each public code of a problem is one fact, in one class."""

from typing import TYPE_CHECKING

import pytest

from app.platform.access import errors
from app.platform.access.lifecycle import CallClosed

if TYPE_CHECKING:
    from app.platform.access.errors import Refusal


def test_a_code_that_another_room_has_is_refused_though_the_class_is_called_the_same() -> None:
    def declare(code: str) -> "type[Refusal]":
        return type(
            "CallClosed",
            (errors.Conflict,),
            {"code": code, "__module__": "app.bid.another", "__qualname__": "CallClosed"},
        )

    with pytest.raises(TypeError, match="two refusals share the code 'call-closed'"):
        declare("call-closed")
    assert errors.REFUSALS["call-closed"] is CallClosed
