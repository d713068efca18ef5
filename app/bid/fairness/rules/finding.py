"""Findings of the fairness checks, their thresholds, and which reader is shown what of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from app.bid.value import Partner
from app.platform.access.ids import Id
from app.platform.words.codes import CheckState, FairnessCode, SizeBand


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The values at which a finding becomes `attention` or `serious`: the product's own, which an operator may change.

    Shares are of one. 'At least' and 'over' mark what is worse the higher it is, 'under' what is worse the lower it is.
    """

    income_share_attention: Fraction = Fraction(25, 100)
    """The bid's highest yearly income for a partner, as a share of that partner's yearly income: at least."""
    income_share_serious: Fraction = Fraction(50, 100)
    lead_share_attention: Fraction = Fraction(60, 100)
    """The lead's share of the money asked for: at least."""
    lead_share_serious: Fraction = Fraction(80, 100)
    voice_attention: Fraction = Fraction(1, 2)
    """Share of the voice divided by share of the delivery: under."""
    voice_serious: Fraction = Fraction(1, 4)
    voice_text_characters: int = 500
    """In a bid with this much text, a partner that delivers `voice_text_delivery` or more and wrote none of it is named."""
    voice_text_delivery: Fraction = Fraction(10, 100)
    reserves_months_attention: Fraction = Fraction(3)
    """Months of a partner's yearly income that its unrestricted reserves would last: under.

    Three months is the rule of thumb that most small charities' reserves policies name; there is no figure in law.
    """
    reserves_months_serious: Fraction = Fraction(1)
    full_cost_gap_serious: Fraction = Fraction(10, 100)
    """Share of the full cost that the price leaves uncovered: over. Any gap is `attention`."""
    payment_days_attention: int = 30
    """Days until a partner that is not paid directly has its money: over."""
    statutory_payment_days: Mapping[str, int] = field(default_factory=lambda: {"pa2023": 30, "pa2023_wales": 30})
    """By the regime of the call: Procurement Act 2023 s73 (30 days in public contracts and public subcontracts)."""


DEFAULT_THRESHOLDS = Thresholds()

_BAND_CEILING = {
    SizeBand.MICRO: 10_000_00,
    SizeBand.SMALL: 100_000_00,
    SizeBand.MEDIUM: 1_000_000_00,
    SizeBand.LARGE: 10_000_000_00,
    SizeBand.MAJOR: 100_000_000_00,
}
"""What the yearly income of each band stays under, in minor units."""


def size_of(partner: Partner) -> SizeBand | None:
    """The band that the partner named, otherwise the one that its yearly income falls in. None where neither is known.

    Its income is hidden from the others. So what rests on a band that was not named is for the partner alone
    (`audience_of_size`).
    """
    if partner.size_band is not None or partner.annual_income is None:
        return partner.size_band
    return next((band for band, top in _BAND_CEILING.items() if partner.annual_income < top), SizeBand.SUPER_MAJOR)


def is_small(partner: Partner) -> bool:
    """Micro or small: a yearly income under £100,000."""
    return size_of(partner) in (SizeBand.MICRO, SizeBand.SMALL)


def is_said_to_be_small(partner: Partner) -> bool:
    """The same by the band alone that the partner named, which everybody reads."""
    return partner.size_band in (SizeBand.MICRO, SizeBand.SMALL)


def income_at_most(partner: Partner) -> int | None:
    """The most that the band which the partner named allows, so that a check on it errs in the partner's favour."""
    return _BAND_CEILING.get(partner.size_band) if partner.size_band is not None else None


class Audience(StrEnum):
    """Which readers learn that the finding exists at all."""

    EVERYBODY = "everybody"
    PARTNER_AND_FACILITATOR = "partner_and_facilitator"
    OWNER_ALONE = "owner_alone"
    """The finding rests on private lines, on income or on reserves. Two proposals that differ only in these look the same to
    all others."""


def audience_of_size(partner: Partner) -> Audience:
    """Who learns of a finding that rests on this partner's size."""
    return Audience.EVERYBODY if partner.size_band is not None else Audience.OWNER_ALONE


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where to look: a JSON Pointer from the proposal, and its words."""

    pointer: str
    label: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, about the partner `partner_id` or, where that is None, about the whole bid.

    `sentence` and `mend` hold no figure of a partner. `figures` go to that partner and the facilitator. `explained` and
    `private_figures` (amounts) go to that partner alone, since of money a facilitator sees only the bid's total.
    """

    code: FairnessCode
    state: CheckState
    sentence: str
    mend: str = ""
    partner_id: Id | None = None
    explained: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    private_figures: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    audience: Audience = Audience.EVERYBODY
    after_reveal: bool = False
    """The finding rests on what the honesty round hides, so only a reader that sees the others' declarations gets it."""


@dataclass(frozen=True, slots=True)
class CheckReader:
    """A reader. `sees_others` is false before the reveal, and for a partner that joined later and has not filed."""

    partner_ids: frozenset[Id] = frozenset()
    is_facilitator: bool = False
    sees_others: bool = True


def shown_to(findings: tuple[Finding, ...], reader: CheckReader) -> tuple[Finding, ...]:
    """The findings as this reader may see them. Each code occurs at least once, as `ok` where there is nothing to say."""
    shown = [_reduced(finding, reader) for finding in findings if _may_see(finding, reader)]
    codes = {finding.code for finding in shown}
    shown += [_all_well(code, reader) for code in FairnessCode if code not in codes]
    order = list(FairnessCode)
    return tuple(sorted(shown, key=lambda finding: order.index(finding.code)))


def _owns(finding: Finding, reader: CheckReader) -> bool:
    return finding.partner_id is not None and finding.partner_id in reader.partner_ids


def _may_see(finding: Finding, reader: CheckReader) -> bool:
    if finding.after_reveal and not reader.sees_others:
        return False
    if _owns(finding, reader) or finding.audience is Audience.EVERYBODY:
        return True
    return finding.audience is Audience.PARTNER_AND_FACILITATOR and reader.is_facilitator


def _reduced(finding: Finding, reader: CheckReader) -> Finding:
    if _owns(finding, reader):
        return replace(finding, sentence=finding.explained or finding.sentence)
    if finding.partner_id is None:
        return finding
    if reader.is_facilitator:
        return replace(finding, private_figures={}, explained="")
    return replace(finding, figures={}, private_figures={}, explained="")


_AFTER_REVEAL = (FairnessCode.DEPENDENCY, FairnessCode.VOICE, FairnessCode.LIABILITY)


def _all_well(code: FairnessCode, reader: CheckReader) -> Finding:
    if code in _AFTER_REVEAL and not reader.sees_others:
        return Finding(code, CheckState.OK, "This check starts when all partners' declarations are open to you.")
    return Finding(code, CheckState.OK, ALL_WELL[code])


ALL_WELL = {
    FairnessCode.FOUNDING_AIMS: "Every small partner says how the bid serves its own founding aims.",
    FairnessCode.DEPENDENCY: "No partner would depend on this bid for a large part of its income.",
    FairnessCode.VOICE: "The partners are heard about as much as they deliver.",
    FairnessCode.SUSTAINABILITY: "There is a plan for when the money ends, and the partners can carry the work.",
    FairnessCode.KNOWLEDGE_AND_ASSETS: "It is clear who owns what, now, during and after, and learning goes both ways.",
    FairnessCode.PAYMENT: "Nothing agreed so far pays a small partner late, in arrears or after the others.",
    FairnessCode.LIABILITY: "No partner answers for more than it could bear.",
}


def share(value: Fraction) -> str:
    """A share or ratio as a decimal string with four places: 0.2500."""
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def per_cent(value: Fraction) -> str:
    return f"{int(value * 100 + Fraction(1, 2))} %"
