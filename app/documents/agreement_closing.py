"""The later clauses of the joint working agreement: information, assets, people, leaving, ending, signing, schedules."""

from app.documents.agreement_draft import Draft
from app.documents.bid.opening import amounts_of, paid_by, period
from app.documents.bid.reading import Reading
from app.documents.blocks import column, data_table


def information(draft: Draft, reading: Reading) -> None:
    w = reading.words
    holders = [p for p in reading.structure["data_holder_ids"] if p in reading.names]
    draft.part(w("agreement.information.title"), "information")
    years = draft.blank(w("agreement.blank.years"))
    draft.clause(w("agreement.information.confidential", years=years), "confidential")
    draft.clause(w("agreement.information.rivals"))
    names = reading.named(holders) or draft.blank(w("agreement.blank.controller"))
    draft.clause(w(f"agreement.information.controller{'s' if len(holders) > 1 else ''}", names=names))
    draft.clause(w("agreement.information.foi"))
    draft.clause(w("agreement.information.publicity"))


def assets(draft: Draft, reading: Reading) -> None:
    w, document = reading.words, reading.document
    draft.part(w("agreement.assets.title"), "assets")
    draft.clause(w("agreement.assets.before"))
    if document["assets"]:
        draft.clause(w("agreement.assets.schedule", schedule=Draft.ref("schedule-assets")))
    else:
        draft.clause(w("agreement.assets.made", who=draft.blank(w("agreement.blank.made"))))
    for term in document["knowledge_terms"]:
        learner, teacher = reading.name(term["to_partner_id"]), reading.name(term["from_partner_id"])
        if not (learner and teacher):
            continue  # one of them has left, so nobody could be held to it
        draft.clause(
            w(
                "agreement.assets.learns_how" if term["how"] else "agreement.assets.learns",
                learner=learner,
                teacher=teacher,
                what=term["subject"].rstrip("."),
                how=(term["how"] or "").rstrip("."),
            )
        )


def people(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.people.title"), "people")
    draft.clause(w("agreement.people.staff", tupe=draft.blank(w("agreement.blank.tupe"))))
    draft.clause(w("agreement.people.safeguarding"))


def leaving(draft: Draft, reading: Reading) -> None:
    w, s = reading.words, reading.structure
    draft.part(w("agreement.leaving.title"), "leaving")
    terms = reading.markdown(s["exit_terms_markdown"], 2)
    draft.own_words(w("agreement.leaving.terms"), terms, w("agreement.blank.leaving"))
    draft.clause(w("agreement.leaving.removal", days=draft.blank(w("agreement.blank.days_to_mend"))))
    draft.clause(w("agreement.leaving.bound", clause=Draft.ref("confidential")))
    replaced = reading.markdown(s["lead_replacement_markdown"], 2)
    draft.own_words(w("agreement.leaving.lead"), replaced, w("agreement.blank.lead_replaced"))
    draft.clause(w("agreement.leaving.no_veto"))


def ending(draft: Draft, reading: Reading) -> None:
    w, plan = reading.words, reading.document["exit_plan"]
    draft.part(w("exit.plan"), "ending")
    draft.clause(w("agreement.ending.term"))
    draft.own_words(w("agreement.ending.plan"), reading.markdown(plan["plan_markdown"], 2), w("agreement.blank.ending"))
    draft.own_words(w("agreement.ending.remains"), reading.markdown(plan["what_remains_markdown"], 2))
    draft.own_words(w("agreement.ending.funding"), reading.markdown(plan["funding_after_markdown"], 2))


def general(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.general.title"), "general")
    draft.clause(w("agreement.general.change", clause=Draft.ref("decisions")))
    draft.clause(w("agreement.general.order"))
    draft.clause(w("agreement.general.third_parties"))
    draft.clause(w("agreement.general.law", law=draft.blank(w("agreement.blank.law"))))


def signing(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part(w("agreement.signing.title"), "signing")
    draft.clause(w("agreement.signing.who"))
    columns = [
        column(w("budget.partner")),
        column(w("agreement.signing.name")),
        column(w("agreement.signing.signature")),
        column(w("agreement.signing.date")),
    ]
    draft.add(data_table(w("agreement.signing.table"), columns, [[p["name"], "", "", ""] for p in reading.partners]))


def schedules(draft: Draft, reading: Reading) -> None:
    _schedule(draft, reading, 1, "inputs", reading.words("agreement.inputs.title"))
    _contributions(draft, reading)
    _schedule(draft, reading, 2, "money", reading.words("agreement.schedule.money"))
    _shares(draft, reading)
    if reading.document["assets"]:
        _schedule(draft, reading, 3, "assets", reading.words("assets.title"))
        _assets(draft, reading)


def _schedule(draft: Draft, reading: Reading, number: int, key: str, title: str) -> None:
    titled = reading.words("agreement.schedule.titled", n=number, title=title)
    draft.schedule(titled, f"schedule-{key}", number, reading.words("agreement.schedule.numbered", n=number))


def _contributions(draft: Draft, reading: Reading) -> None:
    w = reading.words
    columns = [
        column(w("budget.partner")),
        column(w("contributions.what")),
        column(w("contributions.how_much"), "right"),
        column(w("contributions.when")),
        column(w("contributions.certainty")),
        column(w("contributions.funded_by")),
    ]
    amounts = amounts_of(reading, reading.document["contributions"])
    rows = [
        [
            reading.name(c["partner_id"]),
            c["title"],
            amounts[c["id"]],
            period(reading, c),
            w.code("certainty", c["certainty"]),
            paid_by(reading, c),
        ]
        for c in reading.document["contributions"]
    ]
    if rows:
        draft.add(data_table(w("agreement.schedule.contributions"), columns, rows))
    else:
        draft.unnumbered(draft.blank(w("agreement.blank.inputs")))


def _shares(draft: Draft, reading: Reading) -> None:
    w, budget = reading.words, reading.document["budget"]
    if not budget or not budget["by_partner"]:
        draft.unnumbered(draft.blank(w("agreement.blank.money")))
        return
    years = [row["year"] for row in budget["by_year"]]
    span = w("period.both", start=years[0], end=years[-1]) if len(years) > 1 else str(years[0])
    columns = [
        column(w("budget.partner")),
        column(w("agreement.schedule.years")),
        column(w("budget.net"), "right"),
    ]
    amounts = w.amounts([p["requested"] for p in budget["by_partner"]])
    rows = [[reading.name(p["partner_id"]), span, a] for p, a in zip(budget["by_partner"], amounts, strict=True)]
    draft.add(data_table(w("agreement.schedule.shares"), columns, rows))


def _assets(draft: Draft, reading: Reading) -> None:
    w = reading.words
    columns = [
        column(w("assets.what")),
        column(w("assets.now")),
        column(w("assets.during")),
        column(w("assets.after")),
    ]
    rows = [
        [
            a["name"],
            *(reading.name(a[k]) or w("assets.not_settled") for k in ("owner_now", "owner_during", "owner_after")),
        ]
        for a in reading.document["assets"]
    ]
    draft.add(data_table(w("assets.table"), columns, rows))
