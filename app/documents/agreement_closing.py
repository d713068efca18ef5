"""The later clauses of the joint working agreement: information, assets, people, leaving, ending, signing, schedules."""

from app.documents.agreement_draft import Draft
from app.documents.bid.opening import amount_of, period
from app.documents.bid.reading import Reading
from app.documents.blocks import column, data_table, paragraph


def information(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Information", "information")
    draft.clause(
        "What one partner tells another for the Bid or the Contract is kept confidential, is used for them only, and is "
        "given back or destroyed when a partner leaves. This lasts for "
        f"{draft.blank('how many years, such as five')} after this agreement ends.",
        "confidential",
    )
    draft.clause(
        "The partners may be rivals in other bids. They share no more about prices and plans than this Contract needs, and "
        "nothing here keeps a partner from bidding elsewhere unless its own words below say so."
    )
    holders = reading.named(s["data_holder_ids"])
    draft.clause(
        f"{holders or draft.blank('who holds the personal data of the service')} "
        f"{'are' if len(s['data_holder_ids']) > 1 else 'is'} controller of the personal data of the service. The partners sign "
        "a data sharing agreement before any personal data moves between them."
    )
    draft.clause(
        "Whoever holds the Contract and is asked under freedom-of-information law asks the partner concerned first; a public authority decides for itself."
    )
    draft.clause(
        "Every publication about the service names every partner that delivers it, in letters of the same size."
    )


def assets(draft: Draft, reading: Reading) -> None:
    document = reading.document
    draft.part("Assets, intellectual property and knowledge", "assets")
    draft.clause(
        "What a partner owned before stays its own. It lets the others use it for the Contract, free of charge, while the Contract runs."
    )
    if document["assets"]:
        draft.clause(
            f"Schedule {Draft.ref('schedule-assets')} says who owns each asset and each piece of intellectual property now, during the Contract and afterwards."
        )
    else:
        draft.clause(
            f"What is made or bought for the Contract belongs to {draft.blank('who owns what is made or bought for the contract')}."
        )
    for term in document["knowledge_terms"]:
        how = f", in this way: {term['how'].rstrip('.')}" if term["how"] else ""
        draft.clause(
            f"{reading.name(term['to_partner_id'])} learns from {reading.name(term['from_partner_id'])}: {term['subject'].rstrip('.')}{how}."
        )


def people(draft: Draft, reading: Reading) -> None:
    draft.part("Staff and safeguarding", "people")
    draft.clause(
        f"Each partner employs and insures its own staff. On staff who may transfer (TUPE) the partners agree: {draft.blank('whether staff transfer, and who bears what it costs')}."
    )
    draft.clause(
        "Each partner follows its own safeguarding policy and the procedures of the area. Whoever thinks that a child or adult may be at risk tells the designated person of its own organisation and the local authority at once; nothing in this agreement stands in the way."
    )


def leaving(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Leaving, and replacing the Lead", "leaving")
    draft.own_words(
        "A partner leaves on these terms:",
        reading.markdown(s["exit_terms_markdown"], 2),
        "how a partner leaves: notice, what it takes with it, what it still owes",
    )
    draft.clause(
        "A partner is removed only by a decision of the others, after it was heard, for a serious breach that it did not put "
        f"right within {draft.blank('how many')} days."
    )
    draft.clause(
        "A partner that leaves stays bound by clause "
        + Draft.ref("confidential")
        + " and is paid for what it did until then."
    )
    draft.own_words(
        "If the Lead has to be replaced, this happens:",
        reading.markdown(s["lead_replacement_markdown"], 2),
        "who leads if the lead leaves, fails or is replaced, and until when",
    )
    draft.clause("In a decision to replace the Lead, the present Lead votes and has no veto.")


def ending(draft: Draft, reading: Reading) -> None:
    plan = reading.document["exit_plan"]
    draft.part("When the money ends", "ending")
    draft.clause(
        "This agreement begins when the last partner has signed it and ends when everything under the Contract has been delivered, paid and accounted for."
    )
    draft.own_words(
        "The partners prepare the end as follows:",
        reading.markdown(plan["plan_markdown"], 2),
        "what is done in the last months of the contract",
    )
    draft.own_words("This remains afterwards:", reading.markdown(plan["what_remains_markdown"], 2))
    draft.own_words("What remains is paid for as follows:", reading.markdown(plan["funding_after_markdown"], 2))


def general(draft: Draft, reading: Reading) -> None:
    draft.part("General", "general")
    draft.clause(
        f"This agreement is changed only in writing, signed by every partner. A matter of clause {Draft.ref('decisions')} is decided there, unless it changes this text."
    )
    draft.clause(
        "Where this agreement and the Contract contradict each other, the Contract goes first; where this agreement and the Bid do, the Bid."
    )
    draft.clause("Nobody but the partners has rights under this agreement.")
    draft.clause(
        f"The law of {draft.blank('England and Wales, Scotland or Northern Ireland')} applies, and its courts decide."
    )


def signing(draft: Draft, reading: Reading) -> None:
    draft.part("Signatures", "signing")
    draft.clause("Each partner signs by whoever its constitution says may bind it.")
    columns = [
        column("Partner", width=2),
        column("Name and role", width=2),
        column("Signature", width=2),
        column("Date", width=1),
    ]
    draft.add(data_table("To be signed by", columns, [[p["name"], "", "", ""] for p in reading.partners]))


def schedules(draft: Draft, reading: Reading) -> None:
    w, document = reading.words, reading.document
    draft.schedule("What each partner puts in", "schedule-inputs", 1)
    rows = [
        [
            reading.name(c["partner_id"]),
            c["title"],
            amount_of(reading, c),
            period(reading, c),
            w.code("certainty", c["certainty"]),
        ]
        for c in document["contributions"]
    ]
    columns = [
        column("Partner", width=1.6),
        column("What", width=2.4),
        column("How much", "right", 1.1),
        column("When", width=1.6),
        column("How certain", width=1.2),
    ]
    draft.add(
        data_table("Contributions", columns, rows) if rows else paragraph(_to_fill_in("what each partner puts in"))
    )
    draft.schedule("What each partner receives", "schedule-money", 2)
    budget = document["budget"]
    if budget and budget["by_partner"]:
        years = [row["year"] for row in budget["by_year"]]
        columns = [column("Partner", width=2), column("Years", width=1), column("Price, net", "right", 1.2)]
        span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        amounts = w.amounts([p["requested"] for p in budget["by_partner"]])
        draft.add(
            data_table(
                "Shares of the price",
                columns,
                [[reading.name(p["partner_id"]), span, a] for p, a in zip(budget["by_partner"], amounts, strict=True)],
            )
        )
    else:
        draft.add(paragraph(_to_fill_in("what each partner receives, by year")))
    if document["assets"]:
        draft.schedule("Assets and intellectual property", "schedule-assets", 3)
        columns = [
            column("Asset", width=2),
            column("Owner now", width=1.4),
            column("During", width=1.4),
            column("Afterwards", width=1.4),
        ]
        draft.add(
            data_table(
                "Who owns what",
                columns,
                [
                    [
                        a["name"],
                        *(reading.name(a[k]) or "not settled" for k in ("owner_now", "owner_during", "owner_after")),
                    ]
                    for a in document["assets"]
                ],
            )
        )


def _to_fill_in(what: str) -> str:
    return f"[To fill in: {what}]"
