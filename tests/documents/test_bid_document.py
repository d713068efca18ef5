"""The document that is hashed: what it holds, what it never holds, and what changes its hash."""

import json
from dataclasses import replace

import pytest

from app.bid.document.rules import build_annex, build_document, build_schedule, has_text
from app.bid.value import HonestyRound, MetBy
from app.documents.canonical import canonical, fingerprint
from app.platform.words import codes as c
from tests.bid.values import all_shown
from tests.documents import samples as s


def text_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_one_changed_comma_changes_the_hash() -> None:
    bid = s.proposal()
    first = bid.sections[0]
    changed = json.loads(text_of(first.content).replace("a committee and at least", "a committee, and at least"))
    other = replace(bid, sections=(replace(first, content=changed), *bid.sections[1:]))
    assert fingerprint(s.document(bid)) == fingerprint(s.document(s.proposal()))
    assert fingerprint(s.document(bid)) != fingerprint(s.document(other))


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": [{"d": "ŵ", "c": None}]}) == '{"a":[{"c":null,"d":"ŵ"}],"b":1}'.encode()


def test_no_unit_value_and_nothing_that_divides_to_it() -> None:
    document = s.document()
    for contribution in document["contributions"]:
        assert contribution["quantity"] is None or contribution["value"] is None
    assert "unit_value" not in text_of(document)


def test_no_private_line_and_no_expectation_for_the_partners_alone() -> None:
    text = text_of(s.document())
    assert "Secret staff line" not in text and "Secret floor" not in text
    assert "Secret floor" in text_of(build_annex(s.proposal()))


def test_private_lines_that_differ_within_the_same_totals_leave_the_same_document() -> None:
    bid = s.proposal()
    first, second, *rest = bid.budget_lines
    split = replace(first, amount=first.amount - 100), replace(first, id="b-x", category="rent", amount=100)
    other = replace(bid, budget_lines=(*split, second, *rest))
    shown = build_document(bid, annex_sha256=None, schedule_hashes={})
    for there in (other, all_shown(other, s.NOW)):
        assert shown == build_document(there, annex_sha256=None, schedule_hashes={})
    assert build_schedule(bid, s.LEAD, s.SALT) != build_schedule(other, s.LEAD, s.SALT)


def test_the_annex_tells_neither_which_private_lines_meet_an_expectation_nor_how_many() -> None:
    bid = s.proposal()
    first, *rest = bid.expectations

    def annexed(*lines: str, opened: tuple[str, ...] = ()) -> list[object]:
        links = tuple(MetBy(c.MetByType.BUDGET_LINE, line) for line in lines)
        value = replace(bid, expectations=(replace(first, met_by=links), *rest))
        shown = tuple(replace(line, visible_to=opened) if line.id == lines[0] else line for line in bid.budget_lines)
        found = build_annex(replace(value, budget_lines=shown))["expectations"]
        return next(e["met_by"] for e in found if e["id"] == first.id)

    one, two, *_ = (line.id for line in bid.budget_lines)
    assert annexed(one) == annexed(two) == annexed(one, two) == [{"type": "budget_line", "id": None}]
    everyone = tuple(partner.id for partner in bid.partners)
    assert annexed(one, opened=everyone) == [{"type": "budget_line", "id": one}]


def test_a_schedule_holds_its_owner_s_lines_and_nobody_else_s() -> None:
    bid = s.proposal()
    mine = build_schedule(bid, s.YOUTH, s.SALT)
    assert {line["partner_id"] for line in mine["budget_lines"]} == {s.YOUTH}
    assert [c["unit_value"] for c in mine["contributions"] if c["id"] == "c-3"] == [
        {"amount": "12.00", "currency": "GBP"}
    ]
    assert fingerprint(mine) != fingerprint(build_schedule(bid, s.YOUTH, "f" * 32))
    with pytest.raises(ValueError):
        build_schedule(bid, s.YOUTH, "short")


def test_lines_are_shown_where_the_call_asks_for_them_and_their_owner_opened_them_to_all() -> None:
    bid = s.proposal()
    bid = replace(bid, opportunity=replace(bid.opportunity, price_detail=c.PriceDetail.LINES))
    others = (s.LEAD, s.FAMILY, s.COLLEGE)
    opened = replace(bid.budget_lines[3], visible_to=others)
    half_open = replace(bid.budget_lines[4], visible_to=others[:2])
    bid = replace(bid, budget_lines=(*bid.budget_lines[:3], opened, half_open, *bid.budget_lines[5:]))
    assert [line["id"] for line in s.document(bid)["budget"]["lines"]] == [opened.id]
    assert s.document(bid)["budget"]["by_lot"] == s.document()["budget"]["by_lot"] != []


def test_before_the_reveal_no_declaration_and_no_money_shows() -> None:
    hidden = replace(s.proposal(), honesty_round=HonestyRound(c.RoundStatus.OPEN))
    document = build_document(hidden, annex_sha256=None, schedule_hashes={})
    assert document["contributions"] == [] and document["expectations"] == [] and document["budget"] is None
    assert build_annex(hidden)["expectations"] == []


def test_what_somebody_who_joined_late_has_not_filed_stays_out() -> None:
    bid = s.proposal()
    late = replace(bid.contributions[0], revealed=False)
    document = s.document(replace(bid, contributions=(late, *bid.contributions[1:])))
    assert late.id not in {item["id"] for item in document["contributions"]}


def test_income_and_reserves_never_leave() -> None:
    text = text_of(s.document())
    assert "2400000" not in text and "240000000" not in text and "310000" not in text


def test_an_authority_for_a_former_lead_does_not_count() -> None:
    bid = s.proposal()
    partners = tuple(
        replace(p, role=c.PartnerRole.MEMBER if p.id == s.LEAD else c.PartnerRole.LEAD if p.id == s.FAMILY else p.role)
        for p in bid.partners
    )
    shown = {p["id"]: p["authority"] for p in s.document(replace(bid, partners=partners))["partners"]}
    assert shown[s.YOUTH] is None


def test_partners_who_left_are_not_in_it() -> None:
    bid = s.proposal()
    left = tuple(replace(p, status=c.PartnerStatus.WITHDRAWN) if p.id == s.COLLEGE else p for p in bid.partners)
    document = s.document(replace(bid, partners=left))
    assert s.COLLEGE not in {p["id"] for p in document["partners"]}
    assert "Supervision by a qualified" not in text_of(document["contributions"])


def test_empty_text_is_no_text() -> None:
    assert not has_text(None) and not has_text({"type": "doc", "content": [{"type": "paragraph"}]})
    assert not has_text({"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": " "}]}]})
    assert has_text({"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "ŵ"}]}]})
