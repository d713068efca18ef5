"""Clashes between declarations: listed apart, they leave each expectation's state as it was.

Each rule gets the view of one reader and yields what it finds; waived expectations and those of partners that are
not here are out of it. Groups are found by sorting and hashing, so the whole is n log n.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.bid.declarations.rules.reconciliation import wording
from app.bid.declarations.rules.reconciliation.measure import amount_in, counts_in, given_is_known, measured, wanted
from app.bid.declarations.rules.reconciliation.view import Given, View
from app.bid.value import Contribution, Expectation
from app.platform.access.ids import Id
from app.platform.words.codes import ContributionKind, ExpectationKind, FundedBy, MetByType, TargetType

HUNDRED = Decimal(100)

USED_UP = frozenset(
    {
        ContributionKind.CASH,
        ContributionKind.MATCH_FUNDING,
        ContributionKind.STAFF_TIME,
        ContributionKind.SECONDMENT,
        ContributionKind.VOLUNTEER_TIME,
        ContributionKind.PREMISES,
        ContributionKind.EQUIPMENT,
        ContributionKind.CASH_FLOW_COVER,
        ContributionKind.PROFESSIONAL_SERVICES,
    }
)
"""Kinds of which there is only so much: promised once, they are not there a second time."""

IN_ONE_PLACE = frozenset({ContributionKind.PREMISES, ContributionKind.EQUIPMENT, ContributionKind.SECONDMENT})


@dataclass(frozen=True, slots=True)
class Clash:
    code: str
    detail: str
    expectation_ids: tuple[Id, ...] = ()
    contribution_ids: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A contribution that the same organisation makes in another bid; `partner_id` is its seat in this one."""

    partner_id: Id
    proposal_title: str
    contribution: Contribution


Found = Iterator[Clash]


def clashes(view: View, elsewhere: Iterable[Elsewhere] = ()) -> tuple[Clash, ...]:
    """Every clash, in a fixed order. What concerns another bid is for the organisation alone, so for own seats only."""
    asked = [e for e in view.expectations if e.waived_reason is None]
    by_kind: dict[ExpectationKind, list[Expectation]] = defaultdict(list)
    for expectation in asked:
        by_kind[expectation.kind].append(expectation)
    found = [clash for rule in _RULES for clash in rule(by_kind, view)]
    found += _absent(asked, view)
    found += _rests_twice(asked, view)
    found += _written_twice(view)
    found += _promised_elsewhere(view, elsewhere)
    return tuple(sorted(set(found), key=lambda c: (c.code, c.expectation_ids, c.contribution_ids, c.detail)))


ByKind = dict[ExpectationKind, list[Expectation]]


def _ids(expectations: Iterable[Expectation]) -> tuple[Id, ...]:
    return tuple(sorted(e.id for e in expectations))


def _who(expectations: Iterable[Expectation], view: View) -> str:
    return wording.listed(sorted({view.name(e.partner_id) for e in expectations}))


def _largest(expectations: Iterable[Expectation], type_: TargetType) -> dict[Id, tuple[Decimal, Expectation]]:
    """Each partner's largest target of this type: two wishes of one partner are not two shares."""
    largest: dict[Id, tuple[Decimal, Expectation]] = {}
    for expectation in expectations:
        if expectation.target is None or expectation.target.type is not type_:
            continue
        amount = wanted(expectation.target)
        if expectation.partner_id not in largest or amount > largest[expectation.partner_id][0]:
            largest[expectation.partner_id] = (amount, expectation)
    return largest


def _funding_shares(by_kind: ByKind, view: View) -> Found:
    shares = _largest(by_kind[ExpectationKind.FUNDING_SHARE], TargetType.PERCENT)
    sums = _largest(by_kind[ExpectationKind.FUNDING_SHARE], TargetType.MONEY)
    money = {i: found for i, found in sums.items() if i not in shares}
    per_cent = sum((amount for amount, _ in shares.values()), Decimal(0))
    pounds = sum((amount for amount, _ in money.values()), Decimal(0))
    asking = [e for _, e in shares.values()] + [e for _, e in money.values()]
    if per_cent > HUNDRED:
        detail = f"{_who(asking, view)} together expect {_number(per_cent)} per cent of the money."
        yield Clash("funding-shares-over-whole", f"{detail} Agree shares that make 100.", _ids(asking))
    elif view.ceiling and len(asking) > 1 and per_cent * view.ceiling + pounds * HUNDRED > view.ceiling * HUNDRED:
        detail = f"{_who(asking, view)} together expect more than the {wording.money(view.ceiling, view.currency)}"
        yield Clash("funding-shares-over-whole", f"{detail} that the call gives. Agree lower shares.", _ids(asking))


def _over_own_lines(by_kind: ByKind, view: View) -> Found:
    if view.requested_by is None:
        return
    for expectation in by_kind[ExpectationKind.FUNDING_SHARE]:
        asked = view.requested_by.get(expectation.partner_id, 0)
        target = expectation.target
        if not asked or target is None:
            continue
        by_money = target.type is TargetType.MONEY and wanted(target) > asked
        by_share = (
            target.type is TargetType.PERCENT and view.requested and wanted(target) * view.requested > asked * HUNDRED
        )
        if by_money or by_share:
            name = view.name(expectation.partner_id)
            yield Clash(
                "expected-over-own-lines",
                f"{name} expects {wording.figure(target, view.currency)} of the money, and its own lines ask for "
                f"{wording.money(asked, view.currency)}. {name} corrects its lines or its expectation.",
                (expectation.id,),
            )


def _in_kind(_by_kind: ByKind, view: View) -> Found:
    """Lines in kind against what their owner says it gives itself: of the others both as shown, and none where a value
    is not."""
    if view.in_kind_by is None:
        return
    of_partner: dict[Id, list[Given]] = defaultdict(list)
    for given in view.given.values():
        if not given.in_money:
            of_partner[given.partner_id].append(given)
    for partner_id in sorted({*view.in_kind_by, *of_partner}):
        own = [given for given in of_partner[partner_id] if given.funded_by is FundedBy.PARTNER]
        values = [given.value for given in own if given.value is not None]
        lines, total = view.in_kind_by.get(partner_id, 0), sum(values)
        if len(values) < len(own) or lines == total:
            continue
        name, unsaid = view.name(partner_id), any(given.funded_by is None for given in of_partner[partner_id])
        missing = " Of others it does not say who pays for them." if unsaid else ""
        yield Clash(
            "in-kind-not-in-budget",
            f"The lines in kind of {name} come to {wording.money(lines, view.currency)}, and what it says it gives in kind "
            f"itself to {wording.money(total, view.currency)}.{missing} {name} corrects its lines or its contributions.",
            (),
            tuple(sorted(given.id for given in own)),
        )


def _over_ceiling(_by_kind: ByKind, view: View) -> Found:
    lots = {lot.id: lot.title or lot.key for lot in view.opportunity.lots}
    for lot_id in view.over_ceiling:
        what = f"for the lot '{lots.get(lot_id, '')}' " if lot_id else ""
        yield Clash(
            "over-ceiling",
            f"What the partners ask for {what}is more than the call allows. Each partner looks again at its own lines.",
        )


def _several(kind: ExpectationKind, claimed: frozenset[str], code: str, what: str) -> Callable[[ByKind, View], Found]:
    def rule(by_kind: ByKind, view: View) -> Found:
        claiming = [e for e in by_kind[kind] if wording.claims(e, claimed)]
        if len({e.partner_id for e in claiming}) > 1:
            yield Clash(
                code, f"{_who(claiming, view)} each expect to {what}. Agree which of them does.", _ids(claiming)
            )

    return rule


def _exclusives(by_kind: ByKind, view: View) -> Found:
    binding = by_kind[ExpectationKind.EXCLUSIVITY]
    alone = [e for e in binding if e.of_partner_id is None and wording.claims(e, wording.ALONE)]
    if len({e.partner_id for e in alone}) > 1:
        detail = f"{_who(alone, view)} each expect to be the only one. Agree for what each of them is."
        yield Clash("two-exclusives", detail, _ids(alone))
    bound_to: dict[Id | None, list[Expectation]] = defaultdict(list)
    for expectation in binding:
        bound_to[expectation.of_partner_id].append(expectation)
    for whom, binders in bound_to.items():
        by = {e.partner_id for e in binders}
        free = [
            e
            for e in by_kind[ExpectationKind.INDEPENDENCE]
            if whom in (None, e.partner_id) and (e.of_partner_id in by if e.of_partner_id else by - {e.partner_id})
        ]
        if free:
            yield Clash(
                "exclusivity-against-independence",
                f"{_who(binders, view)} expects others to work with nobody else, and {_who(free, view)} expects to "
                "stay free. Agree what binds whom, and for how long.",
                _ids([*binders, *free]),
            )


def _over_whole(kind: ExpectationKind, code: str, what: str) -> Callable[[ByKind, View], Found]:
    def rule(by_kind: ByKind, view: View) -> Found:
        shares = _largest(by_kind[kind], TargetType.PERCENT)
        total = sum((amount for amount, _ in shares.values()), Decimal(0))
        if total > HUNDRED:
            asking = [e for _, e in shares.values()]
            detail = f"{_who(asking, view)} together expect {_number(total)} per cent of {what}. Agree the split."
            yield Clash(code, detail, _ids(asking))

    return rule


def _absent(asked: Sequence[Expectation], view: View) -> Found:
    """Of somebody who declined, left, was removed or never answered in time; who is only invited may still come."""
    for expectation in asked:
        partner = view.partners.get(expectation.of_partner_id) if expectation.of_partner_id else None
        if partner is not None and partner.status.value not in ("accepted", "invited", "to_confirm"):
            name = view.name(expectation.partner_id)
            yield Clash(
                "expected-of-absent-partner",
                f"{name} expects '{expectation.title}' of {partner.name}, which is not in this bid. {name} asks "
                "another partner, changes it or waives it.",
                (expectation.id,),
            )


def _rests_twice(asked: Sequence[Expectation], view: View) -> Found:
    """Expectations that rest on one contribution and together ask for more than there is of it."""
    resting: dict[Id, list[Expectation]] = defaultdict(list)
    for expectation in asked:
        for link in view.links[expectation.id]:
            if link.type is MetByType.CONTRIBUTION and link.id:
                resting[link.id].append(expectation)
    for contribution_id in sorted(resting):
        if len(resting[contribution_id]) > 1:
            yield from _shared_out(view.given[contribution_id], resting[contribution_id], view)


def _shared_out(given: Given, resting: Sequence[Expectation], view: View) -> Found:
    targets = {e.id: measured(e) for e in resting}
    for money in (True, False):
        counting = [
            e
            for e in resting
            if (t := targets[e.id]) is not None
            and (t.type is TargetType.MONEY) is money
            and counts_in(t, given, e.kind)
        ]
        first = targets[counting[0].id] if len(counting) > 1 else None
        if first is None:
            continue
        needed = sum((wanted(t) for e in counting if (t := targets[e.id])), Decimal(0))
        there = amount_in(first, given)
        if there is not None and needed > there:
            yield _twice(given, counting, view, "together they ask for more of it than there is")
        elif there is None and not given_is_known(first, given):
            yield _twice(given, counting, view, "whether there is enough for all of them, only its owner sees")
    owners = {e.partner_id for e in resting}
    if given.kind in IN_ONE_PLACE and len(owners) > 1 and not any(targets.values()):
        yield _twice(given, resting, view, "it can be in one place at a time")


def _twice(given: Given, resting: Sequence[Expectation], view: View, why: str) -> Clash:
    owner = view.name(given.partner_id)
    return Clash(
        "promised-twice",
        f"{_who(resting, view)} count{'s' if len({e.partner_id for e in resting}) == 1 else ''} on '{given.title}' of "
        f"{owner} more than once: {why}. {owner} says how much is for whom.",
        _ids(resting),
        (given.id,),
    )


def _written_twice(view: View) -> Found:
    """One partner's contribution that is written down twice for the same time."""
    alike: dict[tuple[Id, str, str], list[Given]] = defaultdict(list)
    for given in view.given.values():
        if given.kind in USED_UP:
            alike[given.partner_id, given.kind.value, wording.same_title(given.title)].append(given)
    for (partner_id, _kind, title), several in sorted(alike.items()):
        if title and len(several) > 1:
            for group in _overlapping(several):
                name = view.name(partner_id)
                yield Clash(
                    "promised-twice",
                    f"{name} gives '{group[0].title}' {len(group)} times for the same time. If it is one thing, {name} "
                    "deletes the others; if not, it tells them apart in their titles.",
                    (),
                    tuple(sorted(g.id for g in group)),
                )


def _overlapping(several: Sequence[Given]) -> Iterator[list[Given]]:
    """Groups of which each member's period touches the next; no date means always."""
    ordered = sorted(several, key=lambda g: (g.starts or date.min, g.id))
    group, until = [ordered[0]], ordered[0].ends or date.max
    for given in ordered[1:]:
        if (given.starts or date.min) <= until:
            group.append(given)
            until = max(until, given.ends or date.max)
            continue
        if len(group) > 1:
            yield group
        group, until = [given], given.ends or date.max
    if len(group) > 1:
        yield group


def _promised_elsewhere(view: View, elsewhere: Iterable[Elsewhere]) -> Found:
    here: dict[tuple[Id, ContributionKind, str], list[Given]] = defaultdict(list)
    for given in view.given.values():
        if given.partner_id in view.own and given.kind in USED_UP:
            here[given.partner_id, given.kind, wording.same_title(given.title)].append(given)
    for other in elsewhere:
        there = other.contribution
        for given in here.get((other.partner_id, there.kind, wording.same_title(there.title)), ()):
            starts, ends = (
                max(given.starts or date.min, there.starts or date.min),
                min(given.ends or date.max, there.ends or date.max),
            )
            if starts <= ends:
                yield Clash(
                    "promised-twice",
                    f"You promise '{given.title}' for the same time in your bid '{other.proposal_title}'. If both win, "
                    "is there enough? Only your organisation sees this.",
                    (),
                    (given.id,),
                )


def _number(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_RULES: tuple[Callable[[ByKind, View], Found], ...] = (
    _funding_shares,
    _over_own_lines,
    _in_kind,
    _over_ceiling,
    _several(ExpectationKind.DATA_ACCESS, wording.HOLD, "two-data-holders", "hold the data"),
    _several(ExpectationKind.INTELLECTUAL_PROPERTY, wording.OWN, "two-owners", "own what is made"),
    _several(ExpectationKind.LEGACY_ASSETS, wording.OWN, "two-owners", "own what is left at the end"),
    _several(ExpectationKind.DELIVERY_ROLE, wording.LEAD, "two-leads", "lead the work"),
    _exclusives,
    _over_whole(ExpectationKind.DELIVERY_ROLE, "delivery-over-whole", "the work"),
    _over_whole(ExpectationKind.DECISION_VOICE, "voice-over-whole", "the votes"),
)
