"""Every template against what the field says it means, and every gap in a structure as a sentence."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.bid.structure.rules import TEMPLATES, derive, fill, label, problems
from app.bid.value import Partner, Structure, Vehicle
from app.platform.words import codes as c
from tests.bid.values import partner

LEAD, A, B = partner("lead", "lead"), partner("a"), partner("b")
SUB = partner("sub", "subcontractor", main_contractor_id="lead")
ASSOCIATE = partner("associate", "associate")
EVERYONE = (LEAD, A, B, SUB, ASSOCIATE)
T = c.StructureTemplate
SIGNERS = ("lead", "a", "b")
WRITTEN = {"exit_terms_markdown": "Three months' notice.", "terms_markdown": "Heads of terms."}


def made(
    template: T, partners: tuple[Partner, ...] = EVERYONE, said: frozenset[str] = frozenset(), **facts: Any
) -> Structure:
    return fill(Structure(template=template, **(WRITTEN | facts)), partners, said)


TABLE = [
    # template, contracts, is paid, liability, decides, assessed
    (T.MANAGING_AGENT, ("lead",), ("lead",), "contractor", "lead_decides", ("lead",)),
    (T.LEAD_PROVIDER, ("lead",), ("lead",), "contractor", "lead_decides", ("lead",)),
    (T.PRIME_AND_SUBCONTRACTORS, ("lead",), ("lead",), "contractor", "lead_decides", ("lead",)),
    (T.SPECIAL_PURPOSE_VEHICLE, (), (), "vehicle", "majority", SIGNERS),
    (T.JOINT_CONTRACTING, SIGNERS, SIGNERS, "joint_and_several", "consensus", SIGNERS),
    (T.ALLIANCE, SIGNERS, SIGNERS, "shared", "consensus", SIGNERS),
    (T.FEDERATION, (), (), None, "majority", ()),
    (T.ACCOUNTABLE_BODY, ("lead",), ("lead",), "contractor", "majority", ("lead",)),
]


@pytest.mark.parametrize(("template", "contracting", "paid", "liability", "rule", "assessed"), TABLE)
def test_a_template_fills_in_the_facts_of_the_field_and_they_give_the_answers(
    template: T, contracting: tuple[str, ...], paid: tuple[str, ...], liability: str | None, rule: str, assessed: Any
) -> None:
    structure = made(template)
    assert (structure.contracting, structure.paid) == (contracting, paid)
    assert (structure.liability, structure.decision_rule) == (liability, rule)
    assert structure.template is template
    derived = derive(structure, EVERYONE)
    assert derived.must_sign == SIGNERS
    assert derived.may_submit == SIGNERS
    assert derived.assessed == assessed


def test_every_template_but_custom_is_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(TEMPLATES) == set(T) - {T.CUSTOM}


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t is not T.FEDERATION])
def test_a_filled_in_template_with_its_terms_written_can_be_signed(template: T) -> None:
    named = {"vehicle": Vehicle("Riverside Together", c.VehicleStatus.TO_BE_FORMED, ())}
    structure = made(template, **(named if template is T.SPECIAL_PURPOSE_VEHICLE else {}))
    assert problems(structure, EVERYONE) == ()


def test_a_federation_cannot_be_signed_until_it_says_who_contracts() -> None:
    fields = [fault.pointer for fault in problems(made(T.FEDERATION), EVERYONE)]
    assert fields == ["/structure/contracting_partner_ids", "/structure/paid_partner_ids", "/structure/liability"]


@pytest.mark.parametrize("template", list(TEMPLATES))
@pytest.mark.parametrize(
    "change",
    [
        {"contracting": ("a",)},
        {"paid": ("sub",)},
        {"liability": c.Liability.SEVERAL},
        {"vehicle": Vehicle("X", c.VehicleStatus.FORMED, ("a",))},
    ],
    ids=["who contracts", "who is paid", "liability", "vehicle"],
)
def test_changing_a_fact_of_a_template_makes_it_custom(template: T, change: dict[str, Any]) -> None:
    if template is T.SPECIAL_PURPOSE_VEHICLE and "vehicle" in change:
        pytest.skip("a vehicle is what this template is")
    if template is T.JOINT_CONTRACTING and change.get("liability") is c.Liability.SEVERAL:
        pytest.skip("several liability is usual too")
    assert made(template, **change).template is T.CUSTOM


def test_only_the_facts_are_asked_never_the_label() -> None:
    facts = made(T.LEAD_PROVIDER)
    for other in [None, *T]:
        assert derive(replace(facts, template=other), EVERYONE) == derive(facts, EVERYONE)
        assert problems(replace(facts, template=other), EVERYONE) == problems(facts, EVERYONE)


def test_the_label_follows_the_partners() -> None:
    joint = made(T.JOINT_CONTRACTING, (LEAD, A))
    assert label(joint, (LEAD, A)) is T.JOINT_CONTRACTING
    assert label(joint, (LEAD, A, B)) is T.CUSTOM


def test_a_joint_contract_may_be_paid_through_a_nominee() -> None:
    assert made(T.JOINT_CONTRACTING, paid=("lead",)).template is T.JOINT_CONTRACTING


def test_the_owners_of_a_body_still_to_be_formed_sign_for_themselves() -> None:
    vehicle = Vehicle("Riverside Together", c.VehicleStatus.TO_BE_FORMED, ("a", "sub"))
    derived = derive(made(T.SPECIAL_PURPOSE_VEHICLE, vehicle=vehicle), EVERYONE)
    assert derived.must_sign == ("lead", "a", "b", "sub")
    assert derived.subject_to_incorporation
    assert derived.signing_words == "We sign for ourselves, subject to incorporation of Riverside Together."
    formed = derive(made(T.SPECIAL_PURPOSE_VEHICLE, vehicle=replace(vehicle, status=c.VehicleStatus.FORMED)), EVERYONE)
    assert formed.must_sign == SIGNERS and not formed.subject_to_incorporation


def test_subcontractors_and_associates_sign_where_the_structure_says_so() -> None:
    assert derive(made(T.LEAD_PROVIDER, also_signing=("associate",)), EVERYONE).must_sign == (*SIGNERS, "associate")


def test_whoever_is_relied_on_is_assessed() -> None:
    everyone = (LEAD, A, replace(SUB, relied_on_for="insurance"))
    assert derive(made(T.LEAD_PROVIDER, everyone), everyone).assessed == ("lead", "sub")


def test_those_who_may_submit_are_never_nobody() -> None:
    structure = made(T.LEAD_PROVIDER, submitting=("b",))
    assert derive(structure, EVERYONE).may_submit == ("b",)
    without = tuple(replace(p, status=c.PartnerStatus.WITHDRAWN) if p.id == "b" else p for p in EVERYONE)
    assert derive(structure, without).may_submit == ("lead", "a")
    only_the_associate = tuple(
        p if p.id == "associate" else replace(p, status=c.PartnerStatus.WITHDRAWN) for p in EVERYONE
    )
    assert derive(structure, only_the_associate).may_submit == ("associate",)


@pytest.mark.parametrize("gone", [p.id for p in EVERYONE])
@pytest.mark.parametrize("template", list(TEMPLATES))
def test_a_partner_that_left_is_in_no_answer(template: T, gone: str) -> None:
    structure = made(template, submitting=(gone,))
    left = tuple(replace(p, status=c.PartnerStatus.REMOVED) if p.id == gone else p for p in EVERYONE)
    derived = derive(structure, left)
    named = {*derived.must_sign, *derived.may_submit, *derived.assessed, *derived.lead_replacement.called_by}
    named |= {d.partner_id for d in derived.liable_to} | {d.to_partner_id for d in derived.liable_to}
    assert gone not in named
    assert derived.may_submit


def liable(structure: Structure, partners: tuple[Partner, ...] = EVERYONE) -> set[tuple[str | None, str, str]]:
    return {(d.partner_id, d.to_partner_id or d.to, d.extent) for d in derive(structure, partners).liable_to}


def test_who_is_liable_to_whom_follows_from_the_facts() -> None:
    down = {("a", "lead", "own_part"), ("b", "lead", "own_part"), ("sub", "lead", "own_part")}
    assert liable(made(T.LEAD_PROVIDER)) == {("lead", "commissioner", "whole")} | down
    joint = {(i, "commissioner", "whole") for i in SIGNERS} | {("sub", "lead", "own_part")}
    assert liable(made(T.JOINT_CONTRACTING)) == joint
    several = {(i, "commissioner", "own_part") for i in SIGNERS} | {("sub", "lead", "own_part")}
    assert liable(made(T.JOINT_CONTRACTING, liability=c.Liability.SEVERAL)) == several
    shared = {(i, "commissioner", "shared") for i in SIGNERS} | {("sub", "lead", "own_part")}
    assert liable(made(T.ALLIANCE)) == shared
    formed = Vehicle("Riverside Together", c.VehicleStatus.FORMED, SIGNERS)
    vehicle = {(None, "commissioner", "whole"), ("sub", "lead", "own_part")} | {
        (i, "vehicle", "own_part") for i in SIGNERS
    }
    assert liable(made(T.SPECIAL_PURPOSE_VEHICLE, vehicle=formed)) == vehicle
    assert liable(made(T.FEDERATION)) == {("sub", "lead", "own_part")}


def test_the_smallest_can_contract_and_the_larger_ones_answer_to_it() -> None:
    structure = made(T.CUSTOM, contracting=("b",), paid=("b",), liability=c.Liability.CONTRACTOR, flow_down=True)
    duties = liable(structure, (LEAD, A, B))
    assert duties == {("b", "commissioner", "whole"), ("lead", "b", "own_part"), ("a", "b", "own_part")}
    assert derive(structure, (LEAD, A, B)).assessed == ("b",)


def test_the_lead_is_replaced_without_its_veto_and_authorities_are_asked_for_again() -> None:
    replacement = derive(made(T.LEAD_PROVIDER), EVERYONE).lead_replacement
    assert replacement.called_by == replacement.voters == SIGNERS
    assert replacement.without_veto == "lead"
    assert replacement.authorities_lapse == ("a", "b")
    without = derive(made(T.LEAD_PROVIDER), (A, B)).lead_replacement
    assert without.called_by == ("a", "b") and without.without_veto is None and without.authorities_lapse == ()


SOUND = made(T.JOINT_CONTRACTING)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"contracting": ()}, "contracting_partner_ids"),
        ({"contracting": ("lead", "a", "b", "gone")}, "contracting_partner_ids"),
        ({"contracting": ("lead", "associate")}, "contracting_partner_ids"),
        ({"contracting": ("lead", "a", "b", "sub")}, "contracting_partner_ids"),
        ({"paid": ()}, "paid_partner_ids"),
        ({"paid": ("lead", "gone")}, "paid_partner_ids"),
        ({"paid": ("associate",), "contracting": ("lead", "associate")}, "paid_partner_ids"),
        ({"paid": ("lead", "sub")}, "paid_partner_ids"),
        ({"paid": ("sub",), "flow_down": True}, "paid_partner_ids"),
        ({"liability": None}, "liability"),
        ({"liability": c.Liability.VEHICLE}, "liability"),
        ({"decision_rule": None}, "decision_rule"),
        ({"decision_rule": c.DecisionRule.WEIGHTED}, "weights"),
        ({"decision_rule": c.DecisionRule.WEIGHTED, "weights": {"lead": Decimal(1)}}, "weights"),
        ({"decision_rule": c.DecisionRule.WEIGHTED, "weights": {i: Decimal(1) for i in (*SIGNERS, "sub")}}, "weights"),
        ({"quorum": 4}, "quorum"),
        ({"vehicle": Vehicle("", c.VehicleStatus.FORMED, ("lead",))}, "vehicle/name"),
        ({"vehicle": Vehicle("New", c.VehicleStatus.FORMED, ())}, "vehicle/owners"),
        ({"vehicle": Vehicle("New", c.VehicleStatus.FORMED, ("lead", "gone"))}, "vehicle/owners"),
        ({"data_holder_ids": ("gone",)}, "data_holder_ids"),
        ({"exit_terms_markdown": " "}, "exit_terms_markdown"),
        ({"terms_markdown": ""}, "terms_markdown"),
    ],
)
def test_what_is_missing_or_at_odds_is_a_sentence_at_its_fact(change: dict[str, Any], pointer: str) -> None:
    assert problems(SOUND, EVERYONE) == ()
    found = problems(replace(SOUND, **change), EVERYONE)
    assert f"/structure/{pointer}" in [fault.pointer for fault in found]
    assert all(fault.code == "structure-incomplete" and fault.detail.endswith((".", ").")) for fault in found)


def test_liability_cannot_stop_at_a_body_that_others_bypass() -> None:
    vehicle = Vehicle("New", c.VehicleStatus.FORMED, ("a", "b"))
    structure = replace(SOUND, vehicle=vehicle, liability=c.Liability.VEHICLE, contracting=("lead",), paid=("lead",))
    assert [f.pointer for f in problems(structure, EVERYONE)] == ["/structure/liability"]


def test_money_flows_down_unless_the_partners_say_that_it_does_not() -> None:
    facts: dict[str, Any] = {"contracting": ("lead",), "paid": ("lead", "a"), "liability": c.Liability.CONTRACTOR}
    facts["decision_rule"] = c.DecisionRule.MAJORITY
    implied = made(T.CUSTOM, **facts)
    assert implied.flow_down and problems(implied, EVERYONE) == ()
    denied = made(T.CUSTOM, said=frozenset({"flow_down"}), **facts)
    assert [f.pointer for f in problems(denied, EVERYONE)] == ["/structure/paid_partner_ids"]


def test_a_circle_of_subcontractors_is_found() -> None:
    one = partner("one", "subcontractor", main_contractor_id="two")
    two = partner("two", "subcontractor", main_contractor_id="one")
    found = problems(made(T.LEAD_PROVIDER), (LEAD, one, two))
    assert [f.pointer for f in found] == ["/structure/partners", "/structure/partners"]
    orphan = partner("one", "subcontractor", main_contractor_id="nobody")
    assert [f.pointer for f in problems(made(T.LEAD_PROVIDER), (LEAD, orphan))] == ["/structure/partners"]


def test_from_the_start_everything_is_empty_and_everything_is_missing() -> None:
    fields = {fault.pointer.removeprefix("/structure/") for fault in problems(Structure(), (LEAD,))}
    assert fields == {
        "contracting_partner_ids",
        "paid_partner_ids",
        "liability",
        "decision_rule",
        "exit_terms_markdown",
        "terms_markdown",
    }
    assert derive(Structure(), (LEAD,)).must_sign == derive(Structure(), (LEAD,)).may_submit == ("lead",)
