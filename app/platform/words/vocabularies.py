"""Every code of the contract with the words that people read: a short label and a sentence.

Names are those of the fields that hold the codes (`legal_form`, `contribution_kind`, …). The words are for a busy
manager of a small charity: freezing is 'lock for signing', an edition 'the signed version', the honesty round
'everyone says first, then everyone sees'. They come from the catalogue, where each is `{name}.{code}.label` and
`{name}.{code}.explanation`; a code without them stops the service from starting. `/v1/vocabularies/{name}` gives
them in the order of the codes here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.platform.access.errors import NotFound
from app.platform.words import codes as c
from app.platform.words.catalogue import CATALOGUES, ENGLISH, FIRST, Catalogue, catalogue
from app.platform.words.identifiers import SCHEMES


@dataclass(frozen=True, slots=True)
class Entry:
    code: str
    label: str
    explanation: str


_IDENTIFIERS = "identifier_scheme"
_CODES: Mapping[str, Iterable[str]] = {
    "kinds": c.OrganisationKind,
    "legal_form": c.LegalForm,
    "size_band": c.SizeBand,
    "member_role": c.MemberRole,
    "verification_level": c.VerificationLevel,
    _IDENTIFIERS: SCHEMES,
    "regime": c.Regime,
    "opportunity_mode": c.OpportunityMode,
    "opportunity_status": c.OpportunityStatus,
    "vat_basis": c.VatBasis,
    "price_detail": c.PriceDetail,
    "collaboration": c.Collaboration,
    "several_bids": c.SeveralBids,
    "submission_route": c.RouteKind,
    "brought_by": c.BroughtBy,
    "alert": c.Alert,
    "fit_reason": c.FitReason,
    "fit_against": c.FitAgainst,
    "limit_unit": c.LimitUnit,
    "standard_section": c.StandardSection,
    "statement": c.StatementKey,
    "lot_outcome": c.LotOutcome,
    "contribution_kind": c.ContributionKind,
    "unit": c.Unit,
    "certainty": c.Certainty,
    "funded_by": c.FundedBy,
    "expectation_kind": c.ExpectationKind,
    "strength": c.Strength,
    "target_type": c.TargetType,
    "audience": c.Audience,
    "met_by_type": c.MetByType,
    "expectation_state": c.ExpectationState,
    "contradiction": ENGLISH.below("contradiction"),
    "budget_source": c.BudgetSource,
    "vat_treatment": c.VatTreatment,
    "honesty_round_status": c.RoundStatus,
    "ceiling_state": c.CeilingState,
    "overhead_method": ENGLISH.below("overhead_method"),
    "confidentiality_basis": ENGLISH.below("confidentiality_basis"),
    "proposal_status": c.ProposalStatus,
    "partner_role": c.PartnerRole,
    "partner_status": c.PartnerStatus,
    "structure_template": c.StructureTemplate,
    "liability": c.Liability,
    "decision_rule": c.DecisionRule,
    "matter": c.Matter,
    "vehicle_status": c.VehicleStatus,
    "section_state": c.SectionState,
    "edition_status": c.EditionStatus,
    "submission_status": c.SubmissionStatus,
    "check_state": c.CheckState,
    "fairness_check": c.FairnessCode,
    "addressed_to": c.AddressedTo,
    "difficulty_outcome": c.DifficultyOutcome,
    "decision_status": c.DecisionStatus,
    "blocker": (*c.BlockerCode, "rule-<name>"),
    "term": ENGLISH.below("term"),
    "event": ENGLISH.below("event"),
}


def _entry(words: Catalogue, name: str, code: str) -> Entry:
    if name == _IDENTIFIERS:
        scheme = SCHEMES[code]
        return Entry(code, scheme.register, words("identifier.looks_like", looks_like=scheme.looks_like))
    return Entry(str(code), words(f"{name}.{code}.label"), words(f"{name}.{code}.explanation"))


IN_EACH_LANGUAGE: Mapping[str, Mapping[str, tuple[Entry, ...]]] = {
    language: {name: tuple(_entry(words, name, code) for code in codes) for name, codes in _CODES.items()}
    for language, words in CATALOGUES.items()
}
VOCABULARIES = IN_EACH_LANGUAGE[FIRST]

_ENTRIES = {
    language: {name: {entry.code: entry for entry in entries} for name, entries in named.items()}
    for language, named in IN_EACH_LANGUAGE.items()
}


def vocabulary(name: str) -> tuple[Entry, ...]:
    """The entries in the order of the contract; NotFound for a name that is none."""
    try:
        return VOCABULARIES[name]
    except KeyError:
        raise NotFound from None


def spoken(name: str, language: str) -> str:
    """The languages that a vocabulary is read in by whoever wishes for this one."""
    if name == _IDENTIFIERS:
        return catalogue(language).spoken(["identifier.looks_like"])
    keys = (f"{name}.{code}.{part}" for code in _CODES[name] for part in ("label", "explanation"))
    return catalogue(language).spoken(keys)


def entry(name: str, code: str, language: str = FIRST) -> Entry:
    """The words for a code. A free one, such as a rule of a call, is its own label and has no explanation."""
    return _ENTRIES[language][name].get(code) or Entry(code, code, "")


def label(name: str, code: str) -> str:
    """The plain label of a code, or the code itself where it is a free one."""
    return entry(name, code).label
