"""The annex to read: what the partners share and keep among themselves. Never for the commissioner."""

from collections.abc import Mapping
from typing import Any

from app.documents.bid.opening import expectation_row
from app.documents.bid.reading import Json, Reading
from app.documents.blocks import Block, Composed, callout, column, data_table, facts, paragraph
from app.documents.looks.template import DEFAULT, Template
from app.documents.standing import Standing
from app.documents.words import Words


def compose(
    document: Json,
    annex: Mapping[str, Any],
    standing: Standing,
    *,
    language: str | None = None,
    template: Template = DEFAULT,
) -> Composed:
    w = Words.of(language or document["proposal"]["language"])
    reading = Reading(document, standing, w, template)
    body = [
        callout([paragraph(w("annex.for_partners"))]),
        *_expectations(reading, annex["expectations"]),
        *_decisions(reading, annex["decisions"]),
        *_fairness(reading, annex["fairness_checks"]),
        *_difficulties(reading, annex["difficulties"]),
    ]
    return Composed(
        title=w("annex.title_of", title=document["proposal"]["title"]),
        language=w.language,
        author=w.listed(p["name"] for p in reading.partners),
        subject=document["opportunity"]["title"],
        cover={
            "eyebrow": w("annex.for_partners_short"),
            "title": w("annex.title"),
            "subtitle": document["proposal"]["title"],
            "rows": [
                [w("summary.partners"), w.listed(p["name"] for p in reading.partners)],
                *([[w("check.edition"), w.number(standing.edition)]] if standing.edition else []),
                *([[w("check.sha256"), document["annex_sha256"]]] if document["annex_sha256"] else []),
            ],
            "note": "",
        },
        body=body,
        draft=None if standing.agreed else w("draft"),
        footer=w("annex.for_partners_short"),
        made_at=standing.made_at,
        contents_title="",
        page_words=w("page"),
    )


def _expectations(reading: Reading, expectations: list[Json]) -> list[Block]:
    w = reading.words
    if not expectations:
        return []
    columns = [
        column(w("expectations.who")),
        column(w("expectations.what")),
        column(w("expectations.of")),
        column(w("expectations.strength")),
        column(w("annex.state")),
    ]
    rows = []
    for e in expectations:
        who, what, of, strength, target = expectation_row(reading, e)
        state = (
            w.code("expectation_state", e["state"])
            if not e["waived_reason"]
            else w("annex.waived", why=e["waived_reason"])
        )
        detail = f"\n{e['detail']}" if e.get("detail") and not e["waived_reason"] else ""
        rows.append([who, f"{what}\n{target}".rstrip(), of, strength, f"{state}{detail}"])
    return [reading.part("annex_expectations"), data_table(w("annex.expectations_table"), columns, rows)]


def _decisions(reading: Reading, decisions: list[Json]) -> list[Block]:
    w = reading.words
    if not decisions:
        return []
    found: list[Block] = [reading.part("annex_decisions")]
    for d in decisions:
        votes = [
            f"{_who(reading, v['partner_id'])}: {w.code('vote', v['option'])}"
            + (f" ({v['reason']})" if v["reason"] else "")
            for v in d["votes"]
        ]
        chosen = w.code("vote", d["chosen"]) if set(d["options"]) != {"for", "against"} else ""
        found.append(reading.chapter(d["title"]))
        found.append(facts([
            (w("annex.matter"), w.code("matter", d["matter"])),
            (w("annex.result"), w.code("decision_status", d["status"])),
            (w("annex.chosen"), chosen),
            (w("annex.votes"), "\n".join(votes)),
        ]))  # fmt: skip
    return found


def _fairness(reading: Reading, findings: list[Json]) -> list[Block]:
    w = reading.words
    if not findings:
        return []
    columns = [
        column(w("fairness.check")),
        column(w("expectations.who")),
        column(w("fairness.state")),
        column(w("fairness.finding")),
    ]
    rows = [
        [
            w.code("fairness_check", f["code"]),
            reading.name(f.get("partner_id")),
            w.code("check_state", f["state"]),
            f.get("detail") or "",
        ]
        for f in findings
    ]
    found: list[Block] = [reading.part("fairness"), data_table(w("fairness.table"), columns, rows)]
    for finding in findings:
        for answer in finding.get("answers", ()):
            body = reading.markdown(answer["answer_markdown"])
            if body:
                title = w(
                    "annex.answer_of",
                    partner=_who(reading, answer["partner_id"]),
                    check=w.code("fairness_check", finding["code"]),
                )
                found += [reading.chapter(title), *body]
    return found


def _difficulties(reading: Reading, difficulties: list[Json]) -> list[Block]:
    w = reading.words
    if not difficulties:
        return []
    found: list[Block] = [reading.part("annex_difficulties")]
    for d in difficulties:
        found.append(reading.chapter(d["title"]))
        found.append(facts([(w("annex.result"), w.code("difficulty_outcome", d["outcome"]))]))
        found += reading.markdown(d.get("note_markdown"))  # older editions do not have it
    return found


def _who(reading: Reading, partner_id: str) -> str:
    """A partner that left has no name in the document, but what it said while it was in stays its own."""
    return reading.name(partner_id) or reading.words("annex.former_partner")
