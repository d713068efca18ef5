"""Outcomes, governance, exit, statements, claims, attachments and signatures."""

from app.documents.bid.reading import Json, Reading
from app.documents.blocks import Block, bullets, callout, column, data_table, facts, heading, paragraph
from app.documents.standing import Signature, short_code


def outcomes(reading: Reading) -> list[Block]:
    w = reading.words
    rows = reading.document["outcomes"]
    if not rows:
        return []
    columns = [
        column(w("outcomes.outcome")),
        column(w("outcomes.indicator")),
        column(w("outcomes.baseline"), "right"),
        column(w("outcomes.target"), "right"),
        column(w("outcomes.by")),
        column(w("outcomes.who")),
    ]
    found: list[Block] = [reading.part("outcomes")]
    for framework in dict.fromkeys(o["framework"] for o in rows):
        own = [o for o in rows if o["framework"] == framework]
        caption = w("outcomes.table_of", framework=w.code("framework", framework)) if framework else w("outcomes.table")
        found.append(data_table(caption, columns, [_outcome(reading, o) for o in own]))
        found += [
            paragraph(w("outcomes.method", outcome=reading.outcome(o), method=o["method"]), "note")
            for o in own
            if o["method"]
        ]
    return found


def _outcome(reading: Reading, o: Json) -> list[str]:
    w = reading.words
    unit = f" {o['unit']}" if o["unit"] else ""
    return [
        "\n".join(part for part in (reading.outcome(o), reading.lot_key(o["lot_id"])) if part),
        o["indicator"],
        w.number(o["baseline"]) + (unit if o["baseline"] is not None else ""),
        w.number(o["target"]) + (unit if o["target"] is not None else ""),
        w.day(o["target_date"]),
        reading.briefest(o["partner_ids"], "expectations.of_all"),
    ]


def governance(reading: Reading) -> list[Block]:
    w, s = reading.words, reading.structure
    sentences = decision_sentences(reading)
    escalation = reading.markdown(s["escalation_markdown"])
    replacement = reading.markdown(s["lead_replacement_markdown"])
    sections = reading.sections("governance")
    if not (sentences or escalation or replacement or sections):
        return []
    found: list[Block] = [reading.part("governance"), *reading.standard("governance", chapters=False)]
    if sentences:
        found += [reading.chapter(w("governance.deciding")), *(paragraph(line) for line in sentences)]
        if s["reserved_matters"]:
            found += [paragraph(w("governance.reserved")), bullets(w.code("matter", m) for m in s["reserved_matters"])]
        if s["weights"] and s["decision_rule"] == "weighted":
            rows = [[reading.short(p), w.number(weight)] for p, weight in s["weights"].items() if p in reading.names]
            columns = [column(w("budget.partner")), column(w("governance.weight"), "right")]
            found.append(data_table(w("governance.weights"), columns, rows))
    if escalation:
        found += [reading.chapter(w("governance.disputes")), *escalation]
    if replacement:
        found += [reading.chapter(w("governance.lead_replaced")), *replacement]
    return found


def decision_sentences(reading: Reading) -> list[str]:
    w, s = reading.words, reading.structure
    found = [w(f"governance.rule.{s['decision_rule']}")] if s["decision_rule"] else []
    if s["quorum"]:
        found.append(w("governance.quorum", n=s["quorum"]))
    if s["data_holder_ids"]:
        found.append(w("governance.data_holders", names=reading.named(s["data_holder_ids"])))
    return found


def leaving(reading: Reading) -> list[Block]:
    """What remains when the money ends, how a partner leaves, who owns what, and what is learnt from whom."""
    w, document = reading.words, reading.document
    plan = document["exit_plan"]
    chapters = [
        (w("exit.plan"), reading.markdown(plan["plan_markdown"])),
        (w("exit.remains"), reading.markdown(plan["what_remains_markdown"])),
        (w("exit.funding"), reading.markdown(plan["funding_after_markdown"])),
        (w("exit.terms"), reading.markdown(reading.structure["exit_terms_markdown"])),
    ]
    sections = reading.sections("exit_and_sustainability")
    if not (sections or any(body for _, body in chapters) or document["assets"] or document["knowledge_terms"]):
        return []
    found: list[Block] = [reading.part("exit"), *reading.standard("exit_and_sustainability", chapters=False)]
    for title, body in chapters:
        found += [reading.chapter(title), *body] if body else []
    return found + _assets(reading) + _knowledge(reading)


def _assets(reading: Reading) -> list[Block]:
    w, assets = reading.words, reading.document["assets"]
    if not assets:
        return []
    columns = [
        column(w("assets.what")),
        column(w("assets.kind")),
        column(w("assets.now")),
        column(w("assets.during")),
        column(w("assets.after")),
        column(w("assets.in_return")),
    ]
    rows = [
        [
            a["name"],
            w("assets.ip") if a["intellectual_property"] else w("assets.thing"),
            *(
                reading.short(a[when]) or w("assets.not_settled")
                for when in ("owner_now", "owner_during", "owner_after")
            ),
            a["in_return"],
        ]
        for a in assets
    ]
    return [reading.chapter(w("assets.title")), data_table(w("assets.table"), columns, rows)]


def _knowledge(reading: Reading) -> list[Block]:
    w, terms = reading.words, reading.document["knowledge_terms"]
    if not terms:
        return []
    columns = [column(w(f"knowledge.{code}")) for code in ("from", "to", "what", "how")]
    rows = [
        [reading.short(k["from_partner_id"]), reading.short(k["to_partner_id"]), k["subject"], k["how"]] for k in terms
    ]
    return [reading.chapter(w("knowledge.title")), data_table(w("knowledge.table"), columns, rows)]


def statements(reading: Reading) -> list[Block]:
    """Each statement once, with who answered what; then the details in the partners' own words, alike ones once."""
    w, made = reading.words, reading.document["statements"]
    if not made:
        return []
    head = reading.part("statements")
    rows = []
    details: list[Block] = []
    for key in dict.fromkeys(s["key"] for s in made):
        own = [s for s in made if s["key"] == key]
        rows.append([w.code("statement", key), w(f"statement.{key}.question"), _answers(reading, own)])
        told: dict[str, list[str]] = {}
        for made_by in own:
            if reading.markdown(made_by["detail_markdown"], 3):
                told.setdefault(made_by["detail_markdown"].strip(), []).append(made_by["partner_id"])
        details += [reading.chapter(w.code("statement", key))] if told else []
        for words, ids in told.items():
            details += [heading(3, reading.briefest(ids, "expectations.of_all")), *reading.markdown(words, 3)]
    columns = [column(w(f"statements.{code}")) for code in ("statement", "question", "answers")]
    table = data_table(w("statements.table"), columns, rows)
    return [head, paragraph(w("statements.intro")), table, *details]


def _answers(reading: Reading, own: list[Json]) -> str:
    """'Yes: all partners', or a line for each answer with those who gave it; who gave none is named too."""
    w = reading.words
    answers = list(dict.fromkeys(s["answer"] for s in own))
    silent = [p["id"] for p in reading.partners if p["id"] not in {s["partner_id"] for s in own}]
    who = {answer: [s["partner_id"] for s in own if s["answer"] == answer] for answer in answers}
    lines = [(w.code("answer", answer), reading.briefest(ids)) for answer, ids in who.items()]
    lines += [(w("statements.not_made"), reading.briefest(silent))] if silent else []
    return "\n".join(w("statements.answer", answer=answer, who=names) for answer, names in lines)


def fairness(reading: Reading) -> list[Block]:
    w, checks = reading.words, reading.document["fairness_checks"]
    if not checks:
        return []
    columns = [
        column(w("fairness.check")),
        column(w("fairness.state")),
        column(w("fairness.finding")),
    ]
    rows = [
        [w.code("fairness_check", c["code"]), w.code("check_state", c["state"]), c.get("detail") or ""] for c in checks
    ]
    return [reading.part("fairness"), paragraph(w("fairness.intro")), data_table(w("fairness.table"), columns, rows)]


def confidentiality(reading: Reading) -> list[Block]:
    w, claims = reading.words, reading.document["confidentiality_claims"]
    if not claims:
        return []
    columns = [
        column(w("budget.partner")),
        column(w("confidentiality.what")),
        column(w("confidentiality.reason")),
        column(w("confidentiality.basis")),
        column(w("confidentiality.until")),
    ]
    rows = [
        [
            reading.short(c["partner_id"]),
            claimed(reading, c["pointer"]),
            c["reason"],
            w.code("confidentiality_basis", c.get("basis")),
            w.day(c.get("until")),
        ]
        for c in claims
    ]
    note = paragraph(w("confidentiality.intro"))
    return [reading.part("confidentiality"), note, data_table(w("confidentiality.table"), columns, rows)]


def claimed(reading: Reading, pointer: str) -> str:
    """Words for what a pointer into the document names: a section's title, a contribution's, else the part."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if len(steps) > 1 and isinstance(found := reading.document.get(steps[0]), list):
        for index, item in enumerate(found):
            if steps[1] in (item.get("id"), str(index)):
                return str(item.get("title") or item.get("name") or item.get("outcome") or pointer)
    return reading.words.code("pointer", steps[0]) if steps else pointer


def attachments(reading: Reading) -> list[Block]:
    w, files = reading.words, reading.document["attachments"]
    if not files:
        return []
    columns = [
        column(w("attachments.name")),
        column(w("attachments.of")),
        column(w("attachments.sha256")),
    ]
    rows = [[f["name"], reading.short(f.get("partner_id")), f["sha256"]] for f in files]
    return [reading.part("attachments"), data_table(w("attachments.table"), columns, rows)]


def signatures(reading: Reading) -> list[Block]:
    """Who signed what, in which words, how far each organisation is verified, and how anybody can check it."""
    w, standing = reading.words, reading.standing
    found: list[Block] = [reading.part("signatures")]
    if not standing.sha256:
        return [*found, callout([paragraph(w("signatures.preview"))], "draft")]
    for words in dict.fromkeys(s.words for s in standing.signatures):
        found += [paragraph(w("signatures.words_intro")), {"type": "blockquote", "content": [paragraph(words)]}]
    if standing.signatures:
        columns = [
            column(w("signatures.organisation")),
            column(w("signatures.person")),
            column(w("signatures.basis")),
            column(w("signatures.when")),
            column(w("partners.verified")),
        ]
        zone = reading.document["opportunity"]["time_zone"]
        rows = [
            [
                s.organisation, f"{s.full_name}\n{s.role_title}" if s.role_title else s.full_name,
                _basis(reading, s), w.moment(s.signed_at, zone),
                w.code("verification_level", s.verification_level),
            ]
            for s in standing.signatures
        ]  # fmt: skip
        found.append(data_table(w("signatures.table"), columns, rows))
    signed = {s.partner_id for s in standing.signatures}
    waiting = [reading.name(p) for p in standing.must_sign if p not in signed]
    if standing.status == "withdrawn":
        found.append(callout([paragraph(w("signatures.withdrawn"))], "draft"))
    elif waiting and not standing.agreed:
        found.append(callout([paragraph(w("signatures.waiting", names=w.listed(waiting)))], "draft"))
    return found + _check(reading, standing.sha256)


def _basis(reading: Reading, signed: Signature) -> str:
    """'Resolution, 2 November 2026', with the signatory's own words beneath."""
    w = reading.words
    first = ", ".join(part for part in (w.code("basis", signed.authority_basis), w.day(signed.authority_date)) if part)
    return "\n".join(part for part in (first, signed.authority_detail) if part)


def _check(reading: Reading, sha256: str) -> list[Block]:
    w, standing = reading.words, reading.standing
    rows = [
        (w("check.edition"), w.number(standing.edition)),
        (w("check.code"), short_code(sha256)),
        (w("check.sha256"), sha256),
        (w("check.address"), standing.verify_url or ""),
    ]
    how = paragraph(w("check.how_online") if standing.verify_url else w("check.how"))
    first = (
        [
            paragraph(
                w(
                    "check.first",
                    n=w.number(standing.edition),
                    count=w.number(len(standing.must_sign)),
                    code=short_code(sha256),
                )
            )
        ]
        if standing.verify_url and standing.agreed
        else []
    )
    return [
        reading.chapter(w("check.title")),
        *first,
        facts(rows),
        how,
        paragraph(w("check.attached")),
        paragraph(w("check.kind"), "note"),
    ]
