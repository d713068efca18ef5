"""What of another partner's declarations may be seen: rule 1 (rates are the owner's own) as fields and figures.

Of a contribution the others see its value or its quantity, never both: whoever has both has the rate. Which of the
two, is fixed when it is made and cannot be turned round once others saw it, since seeing the one first and the
other later is seeing both:

- with a unit value, others see the value alone (two contributions worth the same look the same, whatever the rate);
- with a quantity and no unit value, others see the quantity alone ('40 hours'), unless the owner chose otherwise;
- money is always seen by its value, since budgets are held against it; so is what has no quantity.
"""

from decimal import Decimal
from typing import Final

from app.bid.value import Contribution
from app.platform.access.errors import Conflict

VALUE: Final = "value"
QUANTITY: Final = "quantity"


class AlreadySeen(Conflict):
    code = "already-seen"
    title = "The others have already seen the other figure"
    explanation = (
        "Others see either the value of a contribution or its quantity, because the two together give away your rate. "
        "They have already seen one of them, so the other stays yours. Delete this contribution and make a new one if "
        "you want to show the other figure."
    )


def shown_as(contribution: Contribution) -> str:
    """Which figure of a new contribution others see, where its owner does not say: `value` or `quantity`."""
    if contribution.in_money or contribution.quantity is None:
        return VALUE
    if contribution.unit_value is not None and contribution.value > 0:
        return VALUE
    return QUANTITY


def shown_amounts(contribution: Contribution) -> tuple[Decimal | None, int | None]:
    """`(quantity, value)` as anybody but the owner may read them: never both."""
    if contribution.shown_as == QUANTITY and contribution.quantity is not None:
        return contribution.quantity, None
    return None, (contribution.value if contribution.shown_as == VALUE else None)


def hidden_fields(contribution: Contribution) -> frozenset[str]:
    """The fields that are null to everybody but the owner; `shown_as` itself is the owner's own too. On what a value rests
    gives it away ('£27 an hour'), so it is hidden with it."""
    hidden = {VALUE, "valuation_basis"} if contribution.shown_as == QUANTITY else {QUANTITY}
    return frozenset({"unit_value", "shown_as", *hidden})


def turn(before: Contribution, wanted: str, seen: bool) -> str:
    """The figure to show after the owner asks for `wanted`; AlreadySeen where others have `seen` the present one."""
    if wanted != before.shown_as and seen:
        raise AlreadySeen
    return wanted
