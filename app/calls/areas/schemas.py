"""Areas on the wire."""

from pydantic import ConfigDict, Field

from app.calls.areas.tables import Area
from app.platform.web.wire import Out


class AreaOut(Out):
    """A country or region, by the codes that notices write."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(description="The code of the Office for National Statistics.", examples=["E12000001"])
    name: str = Field(examples=["North East"])
    kind: str = Field(
        description="`kingdom`, `country` or `region`; once the operator has loaded them, `authority`, `county`, `itl2`, `itl3`, `postcode_district` too.",
        examples=["region"],
    )
    within: list[str] = Field(
        description="The codes of all areas that it lies in, the nearest first.", examples=[["E92000001", "K02000001"]]
    )
    nuts: str | None = Field(description="The code that notices write from the former NUTS list.", examples=["UKC"])

    @classmethod
    def of(cls, row: Area) -> "AreaOut":
        return cls.model_validate(row)


class AreaListOut(Out):
    items: list[AreaOut]
    next_cursor: str | None
    coarse: bool = Field(
        description="Only countries and regions are known here: a district, a county or a postcode meets itself alone."
    )
