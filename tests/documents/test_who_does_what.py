"""Who does what, and the price by lot: what every partner may know, in every bid's document, and nothing finer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.bid.document.rules import build_document
from app.bid.value import BudgetLine, Proposal
from app.documents import bid, markdown
from app.documents.standing import Standing
from app.platform.richtext.markdown import parse
from app.platform.words import codes as c
from tests.bid.values import all_final
from tests.documents import samples as s
from tests.documents import seven_partners as seven


def printed(value: Proposal, language: str = "en") -> str:
    """The draft as Markdown."""
    made = build_document(value, annex_sha256=None, schedule_hashes={})
    return markdown.render(bid.compose(made, Standing(), language=language)).decode()


def with_lines(value: Proposal, lines: tuple[BudgetLine, ...]) -> Proposal:
    return all_final(replace(value, budget_lines=lines), s.NOW)


def opened(value: Proposal, lot: str, *, but: str = "") -> Proposal:
    everyone = tuple(partner.id for partner in value.partners)
    return with_lines(value, tuple(
        replace(line, visible_to=everyone) if line.lot_id == lot and line.id != but else line for line in value.budget_lines
    ))  # fmt: skip


def lots_shared(value: Proposal) -> set[str]:
    money = build_document(value, annex_sha256=None, schedule_hashes={})["budget"]
    return {row["lot_id"] for row in money["lot_shares"]}


def test_each_partner_stands_with_its_own_words_and_a_row_of_lots_places_people_share_and_outcomes() -> None:
    text = printed(seven.proposal())
    assert "Drives young people and families to everything the service offers" in text
    row = next(line for line in text.splitlines() if line.startswith("| Canolfan Deuluol Llanwddyn | 2 and 3 |"))
    assert [part in row for part in ("Powys", "200 young people a year", "14.9%", "Enjoy and achieve")] == [True] * 4


def test_what_nobody_said_has_no_column_and_one_partner_alone_no_table() -> None:
    value = s.proposal()
    assert "Share of the price" in printed(value) and "People reached" not in printed(value)
    alone = replace(value, partners=value.partners[:1])
    assert "Who does what" not in printed(alone)


def test_shares_of_the_price_come_to_the_whole_and_a_facilitator_who_gets_no_prices_gets_none() -> None:
    made = s.document()
    shares = [float(cell) for cell in _column(bid.compose(made, s.standing(made)).body, "Share of the price")]
    assert sum(shares) == pytest.approx(100, abs=0.3) and min(shares) > 0
    assert "Share of the price" not in str(bid.compose({**made, "budget": None}, Standing()).body)


def _column(blocks: Any, label: str) -> list[str]:
    table = next(b for b in blocks if b["type"] == "dataTable" and label in [c["label"] for c in b["columns"]])
    at = [c["label"] for c in table["columns"]].index(label)
    return [row[at].rstrip("%") for row in table["rows"]]


def test_a_lot_is_shared_out_only_where_every_line_of_it_is_open() -> None:
    value = seven.proposal()
    assert lots_shared(value) == set()
    whole = opened(value, seven.LOTS[1])
    assert lots_shared(whole) == {seven.LOTS[1]} and "Shares of the lots" in printed(whole)
    closed = next(line.id for line in value.budget_lines if line.lot_id == seven.LOTS[1])
    assert lots_shared(opened(value, seven.LOTS[1], but=closed)) == set()


def test_a_private_line_that_moves_between_lots_moves_nothing_until_the_sums_are_taken_again() -> None:
    """Nobody learns from the missing share of a lot that somebody now has a hidden line there."""
    value = opened(seven.proposal(), seven.LOTS[1])
    hidden = next(line for line in value.budget_lines if line.lot_id == seven.LOTS[0])
    moved = replace(value, budget_lines=tuple(
        replace(line, lot_id=seven.LOTS[1]) if line.id == hidden.id else line for line in value.budget_lines
    ))  # fmt: skip
    documents = [build_document(each, annex_sha256=None, schedule_hashes={}) for each in (value, moved)]
    assert documents[0] == documents[1] and lots_shared(moved) == {seven.LOTS[1]}


def test_the_price_of_each_lot_and_of_the_whole_stands_in_the_bid_with_vat_where_it_was_entered() -> None:
    text = printed(seven.proposal())
    made = build_document(seven.proposal(), annex_sha256=None, schedule_hashes={})["budget"]
    rows = [line for line in text.splitlines() if line.startswith(("| Lot 1", "| Lot 2", "| Lot 3", "| For all lots"))]
    assert [row.split("|")[1].strip()[:5] for row in rows] == ["Lot 1", "Lot 2", "Lot 3", "For a"]
    pence = [int(row["requested"]["amount"].replace(".", "")) for row in made["by_lot"]]
    assert sum(pence) == int(made["total"]["requested"]["amount"].replace(".", ""))
    assert "Price with VAT" in text
    without = with_lines(seven.proposal(), tuple(replace(x, vat_amount=0) for x in seven.proposal().budget_lines))
    assert "VAT" not in printed(without).split("Price by lot")[-1].split("\n## ")[0].replace(
        "Price by lot, and VAT", ""
    )


def test_a_draft_says_of_when_its_sums_are_and_a_version_does_not() -> None:
    value = replace(seven.proposal(), sums_taken_at=s.NOW - timedelta(days=3))
    assert "as they stood on 20 November 2026" in printed(value)
    made = seven.document(value)
    assert "as they stood" not in str(bid.compose(made, seven.standing(made)).body)


def test_a_draft_whose_sums_by_lot_are_older_than_its_price_adds_up_nothing_false() -> None:
    value = seven.proposal()
    value = replace(value, budget_lines=tuple(replace(x, vat_amount=0) for x in value.budget_lines))
    newer = replace(value, shown_budgets=tuple(
        replace(each, sums=tuple(replace(part, amount=part.amount * 2) for part in each.sums), taken=tuple(replace(part, vat_amount=0) for part in each.taken))
        for each in value.shown_budgets
    ))  # fmt: skip
    lots = printed(newer).split("Price by lot")[-1].split("\n#")[0]
    assert "Lot 1" in lots and "Total" not in lots


def test_a_version_of_before_prints_without_what_it_does_not_hold() -> None:
    made = s.document()
    old = {**made, "partners": [
        {k: v for k, v in p.items() if k not in ("proposed_work_markdown", "lot_ids", "areas", "people_reached")}
        for p in made["partners"]
    ]}  # fmt: skip
    old["budget"] = {k: v for k, v in made["budget"].items() if k != "lot_shares"}
    assert "Share of the price" in str(bid.compose(old, s.standing(made)).body)


def test_what_none_could_do_alone_and_who_shaped_it_stand_in_their_places() -> None:
    value = seven.proposal()
    more = [
        replace(value.sections[0], id=f"s-{key}", key=key, title=key, question_id=None, lot_id=None, content=parse(f"About {key}."))
        for key in ("why_together", "shaped_by", "key_people", "contract_examples", "milestones")
    ]  # fmt: skip
    text = printed(replace(value, sections=(*value.sections, *more)))
    order = ["About contract_examples", "About key_people", "How the partners work together", "About why_together",
             "About shaped_by", "About milestones"]  # fmt: skip
    places = [text.rindex(words) for words in order]
    assert places == sorted(places)
    assert "How children, young people and families shaped this" in text


def test_the_model_has_its_usual_name_and_sentences_name_the_partners() -> None:
    text = printed(s.proposal())
    assert "Ceredigion Families Together is the lead provider: it holds the contract and also delivers." in text
    assert "Ceredigion Families Together pays the other partners within 14 days" in text
    changed = replace(s.proposal("joint_contracting"), structure=replace(
        s.STRUCTURES["joint_contracting"], template=c.StructureTemplate.CUSTOM
    ))  # fmt: skip
    own = printed(changed)
    assert "This is joint contracting: Ceredigion Families Together, Clwb Ieuenctid Aeron and Gofal Teulu Bach" in own
    assert "terms of their own" in own and "Joint contracting" in own


def test_words_beside_a_statement_that_several_partners_share_stand_once_with_their_names() -> None:
    value = seven.proposal()
    first = value.statements[0].key
    alike = tuple(
        replace(each, detail_markdown="We asked every trustee.") for each in value.statements if each.key == first
    )
    text = printed(replace(value, statements=alike))
    assert text.count("We asked every trustee.") == 1 and "### All partners" in text
    one, *others = alike
    differing = printed(
        replace(value, statements=(replace(one, detail_markdown="Our chair is a councillor."), *others))
    )
    assert differing.count("We asked every trustee.") == 1 and "Our chair is a councillor." in differing
