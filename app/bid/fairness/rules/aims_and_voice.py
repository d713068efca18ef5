"""Whether the bid serves small partners' own founding aims, and whether partners are heard as much as they deliver."""

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from app.bid.fairness.rules.finding import Audience, Evidence, Finding, audience_of_size, is_small, per_cent, share
from app.bid.fairness.rules.situation import Situation
from app.bid.value import Partner
from app.platform.access.ids import Id
from app.platform.words.codes import CheckState, FairnessCode, PartnerRole

_SAYS_NO = re.compile(
    r"(?:^|[.!?]\s)[ \t]*(?:this|it|the|our|we|that)\b(?:(?!\b(?:who|that|which|people)\b)[^,.!?\n]){0,40}?"
    r"(?:\b(?:does|do|will|would|did|is|are|was|can)\s{1,9}not\b|n['’]t\b|\bcannot\b)(?!\s{1,9}(?:only|just|merely|simply))"
    r"[^,.!?\n]{0,60}?\b(?:serve|support|further|advance|meet|match|fit|help|reflect|align|in line|part of|within|"
    r"among|our (?:\w{1,30} ){0,2}(?:aims?|objects?|purposes?|mission))"
    r"|\b(?:contrary to|outside|against|at odds with|conflicts? with|away from)\s{1,9}(?:our|its|the)\b[^.!?\n]{0,30}"
    r"\b(?:aims?|objects?|purposes?|mission)\b"
    r"|^[ \t]*(?:no|none|nothing|not at all|nac ydy|nac ydyw|dim)[ \t]*(?:[.!,;][ \t]*)?$"
    r"|\bnid yw\b[^.!?\n]{0,60}\b(?:nodau|amcanion)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""Matches a statement which says that the bid does not serve the aims. A partner's own yes or no goes before it."""
_READ = 2000
"""Characters of a statement that are looked at. Whoever says no says so at the beginning."""


def says_no(statement: str) -> bool:
    """Whether an aims statement says in its own words that the bid does not serve the founding aims."""
    return _SAYS_NO.search(statement[:_READ]) is not None


def founding_aims(situation: Situation) -> Iterator[Finding]:
    """A missing aims statement is `attention`, a contradicted one `serious`. Only micro and small partners are asked."""
    for partner in situation.partners.values():
        if not is_small(partner):
            continue
        statement = partner.aims_statement_markdown.strip()
        contradicted = partner.serves_aims is False or (partner.serves_aims is None and says_no(statement))
        if statement and not contradicted:
            continue
        evidence = (Evidence(f"/partners/{partner.id}/aims_statement_markdown", "what it says about its aims"),)
        if contradicted:
            yield Finding(
                FairnessCode.FOUNDING_AIMS,
                CheckState.SERIOUS,
                f"{partner.name} says that this bid does not serve its founding aims. Aims drift when one organisation "
                "leads and others follow.",
                f"The partners change {partner.name}'s part so that it serves its aims, or it takes another role or "
                "leaves; its trustees decide which.",
                partner.id,
                evidence=evidence,
                audience=audience_of_size(partner),
            )
        else:
            yield Finding(
                FairnessCode.FOUNDING_AIMS,
                CheckState.ATTENTION,
                f"{partner.name} has not said how this bid serves its own founding aims.",
                f"{partner.name} writes a sentence or two on how the bid serves the aims in its governing document.",
                partner.id,
                evidence=evidence,
                audience=audience_of_size(partner),
            )


def voice(situation: Situation) -> Iterator[Finding]:
    """Compare each partner's share of text, decisions, comments and declarations with its share of the delivery.

    The four kinds weigh the same, and one in which nobody has done anything yet is left out. Delivery is the share of
    the money asked for; while nothing is asked for, the lead and members count alike. Associates deliver nothing.
    """
    proposal = situation.proposal
    partners = [partner for partner in situation.partners.values() if partner.role is not PartnerRole.ASSOCIATE]
    if len(partners) < 2:
        return
    kinds = _voices(situation)
    for partner in partners:
        delivery = situation.money_share(partner.id)
        if delivery is None:
            delivery = Fraction(1, len(proposal.core)) if partner.in_core else Fraction(0)
        if delivery == 0:
            continue
        shares = {name: part for name, of in kinds.items() if (part := of(partner)) is not None}
        if shares:
            yield _voice_of(situation, partner, delivery, shares)


def _voice_of(situation: Situation, partner: Partner, delivery: Fraction, shares: dict[str, Fraction]) -> Finding:
    limits = situation.thresholds
    heard = sum(shares.values(), Fraction(0)) / len(shares)
    ratio = heard / delivery
    written = sum(sum(section.characters_by_organisation.values()) for section in situation.proposal.asked_sections)
    wordless = (
        shares.get("text") == 0 and written >= limits.voice_text_characters and delivery >= limits.voice_text_delivery
    )
    state = CheckState.OK
    if ratio < limits.voice_serious:
        state = CheckState.SERIOUS
    elif ratio < limits.voice_attention or wordless:
        state = CheckState.ATTENTION
    sentence = f"{partner.name} is heard about as much as it delivers."
    if ratio < limits.voice_attention:
        sentence = f"{partner.name} delivers a larger part of this bid than its voice in it."
    elif wordless:
        sentence = f"{partner.name} delivers part of this bid, and no word of its text is {partner.name}'s."
    return Finding(
        FairnessCode.VOICE,
        state,
        sentence,
        ""
        if state is CheckState.OK
        else f"Give {partner.name} a section to write or to review, ask it to comment, and wait for its vote before "
        "closing decisions.",
        partner.id,
        f"{sentence} It delivers {per_cent(delivery)} and has {per_cent(heard)} of the voice.",
        {
            "delivery_share": share(delivery),
            "voice_share": share(heard),
            "ratio": share(ratio),
            **{f"{name}_share": share(value) for name, value in shares.items()},
        },
        evidence=(Evidence("/sections", "who wrote the text"), Evidence("/decisions", "who proposed and voted")),
        audience=Audience.PARTNER_AND_FACILITATOR if state is CheckState.OK else Audience.EVERYBODY,
        after_reveal=True,
    )


def _voices(situation: Situation) -> Mapping[str, Callable[[Partner], Fraction | None]]:
    """A partner's share by kind. None where nobody has done anything of the kind, or it is not for this partner to do."""
    proposal = situation.proposal
    text: dict[Id, int] = {}
    asked = {section.id: section for section in proposal.asked_sections}
    for section in asked.values():
        for organisation_id, characters in section.characters_by_organisation.items():
            text[organisation_id] = text.get(organisation_id, 0) + characters
    comments: dict[Id, int] = {}
    for comment in proposal.comments:
        if comment.section_id not in asked:
            continue
        comments[comment.organisation_id] = comments.get(comment.organisation_id, 0) + 1
    decisions: dict[Id, int] = {}
    for decision in proposal.decisions:
        own = [decision.proposer_partner_id, *(v.partner_id for v in decision.votes if v.cast_by_partner_id is None)]
        for partner_id in filter(None, own):
            if partner_id in situation.partners:
                decisions[partner_id] = decisions.get(partner_id, 0) + 1
    declared: dict[Id, int] = {}
    owners = [c.partner_id for c in proposal.contributions if c.revealed]
    owners += [e.partner_id for e in proposal.expectations if e.revealed]
    for owner in owners:
        if owner in situation.partners:
            declared[owner] = declared.get(owner, 0) + 1
    organisations = {p.organisation_id for p in situation.partners.values() if p.organisation_id is not None}
    text = {key: value for key, value in text.items() if key in organisations}
    comments = {key: value for key, value in comments.items() if key in organisations}

    def by_organisation(counted: dict[Id, int]) -> Callable[[Partner], Fraction | None]:
        whole = sum(counted.values())
        return lambda p: Fraction(counted.get(p.organisation_id or "", 0), whole) if whole else None

    def by_partner(counted: dict[Id, int], core_only: bool) -> Callable[[Partner], Fraction | None]:
        whole = sum(counted.values())
        return lambda p: Fraction(counted.get(p.id, 0), whole) if whole and (p.in_core or not core_only) else None

    return {
        "text": by_organisation(text),
        "decisions": by_partner(decisions, core_only=True),
        "comments": by_organisation(comments),
        "declarations": by_partner(declared, core_only=False),
    }
