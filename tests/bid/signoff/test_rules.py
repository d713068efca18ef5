"""Signatures of one hash: who, how many, what they stand for, and what falls."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.signoff.rules import signing as signoff
from app.bid.signoff.rules.signing import AuthorityBasis, BasisKind, Edition, Refusal, Signatures, SignOff
from app.bid.value import Partner, Structure, Vehicle
from app.platform.access.errors import Invalid
from app.platform.words.codes import EditionStatus, PartnerRole, PartnerStatus, VehicleStatus
from tests.rounds import examples

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HASH, OTHER = "a" * 64, "b" * 64


def edition(*required: int) -> Edition:
    """An open edition that partners p0, p1, … must sign by so many signatories each."""
    return Edition(
        number=1,
        sha256=HASH,
        status=EditionStatus.OPEN,
        must_sign=tuple(Signatures(f"p{i}", f"o{i}", f"Partner {i}", n) for i, n in enumerate(required)),
    )


def signature(partner: int, person: str, sha256: str = HASH) -> SignOff:
    return SignOff(
        partner_id=f"p{partner}",
        organisation_id=f"o{partner}",
        person_id=person,
        sha256=sha256,
        full_name=person.title(),
        role_title="Chair",
        basis=AuthorityBasis(BasisKind.RESOLUTION, date(2026, 11, 2)),
        words=signoff.WORDS,
        at=NOW,
    )


def signed(edition: Edition, *signatures: SignOff) -> Edition:
    for one in signatures:
        edition = signoff.sign(edition, one, amendment=0)
    return edition


def test_the_last_signature_agrees_in_whatever_order_they_come() -> None:
    for order in permutations([signature(0, "ann"), signature(1, "bob"), signature(2, "cat")]):
        before_last = signed(edition(1, 1, 1), *order[:-1])
        assert before_last.status is EditionStatus.OPEN
        assert signed(before_last, order[-1]).status is EditionStatus.AGREED


def test_an_organisation_with_two_signatories_is_not_signed_by_one() -> None:
    half = signed(edition(2, 1), signature(0, "ann"), signature(1, "bob"))
    assert half.status is EditionStatus.OPEN
    assert signoff.waiting(half) == "Still to sign: Partner 0 (1 signature)."
    assert signed(half, signature(0, "amy")).status is EditionStatus.AGREED


def test_the_same_person_does_not_count_twice_for_one_organisation() -> None:
    half = signed(edition(2), signature(0, "ann"))
    with pytest.raises(signoff.AlreadySigned, match="another of its signatories"):
        signoff.sign(half, signature(0, "ann"), 0)


def test_one_person_who_is_signatory_of_two_partners_signs_for_each() -> None:
    assert signed(edition(1, 1), signature(0, "ann"), signature(1, "ann")).status is EditionStatus.AGREED


def test_nobody_signs_beyond_the_signing_rule() -> None:
    with pytest.raises(signoff.AlreadySigned):
        signed(edition(1, 1), signature(0, "ann"), signature(0, "amy"))


def test_a_signature_for_another_hash_signs_nothing() -> None:
    with pytest.raises(signoff.WrongHash) as refusal:
        signoff.sign(edition(1), signature(0, "ann", OTHER), 0)
    assert HASH in refusal.value.detail


def test_a_partner_that_need_not_sign_cannot_sign_refuse_or_withdraw() -> None:
    with pytest.raises(signoff.SignatureNotNeeded, match="Partner 0"):
        signoff.sign(edition(1), signature(7, "ann"), 0)
    with pytest.raises(signoff.SignatureNotNeeded):
        signoff.refuse(edition(1), Refusal("p7", "o7", "ann", "no", NOW))
    with pytest.raises(signoff.SignatureNotNeeded):
        signoff.withdraw(edition(1), "p7", "no")


def test_a_version_made_before_the_call_was_amended_cannot_be_signed() -> None:
    with pytest.raises(signoff.CallAmended):
        signoff.sign(edition(1), signature(0, "ann"), amendment=1)


def test_a_refusal_withdraws_the_version_and_says_why_and_whose_signatures_fell() -> None:
    refused = signoff.refuse(
        signed(edition(1, 1, 1), signature(2, "cat")), Refusal("p0", "o0", "ann", "The price is wrong.", NOW)
    )
    assert refused.status is EditionStatus.WITHDRAWN
    assert refused.withdrawn_because == "Partner 0 refused to sign: The price is wrong."
    assert refused.fallen_partner_ids == ("p2",)
    assert not any(one.stands for one in refused.sign_offs)


def test_an_agreed_version_can_be_withdrawn_and_every_signature_falls() -> None:
    agreed = signed(edition(1, 1), signature(0, "ann"), signature(1, "bob"))
    withdrawn = signoff.withdraw(agreed, "p1", "A figure changed.")
    assert withdrawn.status is EditionStatus.WITHDRAWN
    assert withdrawn.fallen_partner_ids == ("p0", "p1")
    with pytest.raises(signoff.EditionWithdrawn, match=r"A figure changed\."):
        signoff.sign(withdrawn, signature(0, "ann"), 0)
    with pytest.raises(signoff.EditionWithdrawn):
        signoff.withdraw(withdrawn, "p1", "again")


def test_an_agreed_version_can_be_neither_signed_nor_refused() -> None:
    agreed = signed(edition(1), signature(0, "ann"))
    with pytest.raises(signoff.EditionAgreed):
        signoff.sign(agreed, signature(0, "amy"), 0)
    with pytest.raises(signoff.EditionAgreed):
        signoff.refuse(agreed, Refusal("p0", "o0", "ann", "late", NOW))


def test_a_lost_right_before_all_agreed_takes_the_version_back_to_a_draft() -> None:
    half = signed(edition(1, 1), signature(0, "ann"))
    lost = replace(half, sign_offs=(replace(half.sign_offs[0], right_lost=True),))
    fallen = signoff.drop_lost_rights(lost)
    assert fallen.status is EditionStatus.WITHDRAWN
    assert fallen.fallen_partner_ids == ("p0",)
    assert "Ann (Partner 0)" in (fallen.withdrawn_because or "")


def test_a_right_lost_after_all_agreed_leaves_the_signature_standing() -> None:
    agreed = signed(edition(1), signature(0, "ann"))
    lost = replace(agreed, sign_offs=(replace(agreed.sign_offs[0], right_lost=True),))
    assert signoff.drop_lost_rights(lost) == lost


def test_an_authority_given_tomorrow_is_none_today() -> None:
    with pytest.raises(Invalid):
        signoff.check_basis(AuthorityBasis(BasisKind.DELEGATION, date(2026, 11, 24)), date(2026, 11, 23))
    signoff.check_basis(AuthorityBasis(BasisKind.CONSTITUTION), date(2026, 11, 23))


def partner(name: str, role: PartnerRole, status: PartnerStatus = PartnerStatus.ACCEPTED, required: int = 1) -> Partner:
    return Partner(name, f"o-{name}", name, role, status, signatures_required=required)


def test_owners_of_a_vehicle_still_to_be_formed_sign_for_it_subject_to_incorporation() -> None:
    lead = partner("acorn", PartnerRole.LEAD)
    vehicle = Vehicle("Riverside CIC", VehicleStatus.TO_BE_FORMED, ("acorn",))
    assert signoff.words_for(Structure(), lead.id) == signoff.WORDS
    words = signoff.words_for(Structure(vehicle=vehicle), lead.id)
    assert words.startswith(signoff.WORDS)
    assert "Riverside CIC" in words
    assert "subject to incorporation" in words
    formed = replace(vehicle, status=VehicleStatus.FORMED)
    assert signoff.words_for(Structure(vehicle=formed), lead.id) == signoff.WORDS
    assert signoff.words_for(Structure(vehicle=vehicle), partner("birch", PartnerRole.MEMBER).id) == signoff.WORDS


@examples(40)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abcd"), st.booleans()), max_size=30),
)
def test_agreed_means_enough_different_persons_of_each_partner_signed_this_very_hash(
    required: list[int], tries: list[tuple[int, str, bool]]
) -> None:
    current = edition(*required)
    for partner_number, person, right_hash in tries:
        try:
            one = signature(partner_number, person, HASH if right_hash else OTHER)
            current = signoff.sign(current, one, 0)
        except signoff.Conflict:
            continue
    enough = all(
        len({s.person_id for s in current.sign_offs if s.partner_id == f"p{i}" and s.sha256 == HASH}) == n
        for i, n in enumerate(required)
    )
    assert (current.status is EditionStatus.AGREED) == enough
    assert all(s.sha256 == HASH for s in current.sign_offs)
