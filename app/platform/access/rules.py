"""Who may see what, and who may do what, in which state: the permission table, and the values it reads.

Each operation of the API has one row. `see` decides between 404 and the rest, `may` between 403 and the
rest, `states` between 409 and the rest. The same rows guard the routes (`app/platform/web/guard.py`), make
`viewer.can`, and are printed as `docs/permissions.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Flag, StrEnum, auto

from app.platform.access.ids import Id
from app.platform.words.codes import MemberRole, PartnerRole, ProposalStatus

ADMIN, EDITOR, SIGNATORY, VIEWER = MemberRole.ADMIN, MemberRole.EDITOR, MemberRole.SIGNATORY, MemberRole.VIEWER


class Scope(StrEnum):
    """What the path stands in, and so what is loaded to judge a request."""

    PUBLIC = "public"
    PERSON = "person"
    ORGANISATION = "organisation"
    OPPORTUNITY = "opportunity"
    PROPOSAL = "proposal"
    SUBMISSION = "submission"
    WEBHOOK = "webhook"


class Relation(StrEnum):
    """How an organisation stands to the thing."""

    PARTNER = "partner"
    INVITED = "invited"
    TO_CONFIRM = "to_confirm"
    """Accepted with a mail's link, by somebody else than was mailed: it waits until the lead confirms that it was meant."""
    FORMER = "former"
    WAITING = "waiting"
    """Accepted, but in another bid for the same lot, which the partners of both have not all answered yet."""
    FACILITATOR = "facilitator"
    OFFERED = "offered"
    """A facilitator asked, not yet active."""
    OWNER = "owner"
    """The organisation itself, or the owner of the opportunity."""


@dataclass(frozen=True, slots=True)
class Membership:
    organisation_id: Id
    roles: frozenset[MemberRole]
    kinds: frozenset[str] = frozenset()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person signed in, or a client of an organisation (whose `scopes` then bound it)."""

    person_id: Id | None = None
    client_id: Id | None = None
    session_id: Id | None = None
    name: str = ""
    language: str = "en"
    memberships: tuple[Membership, ...] = ()
    scopes: frozenset[str] = frozenset()

    def membership(self, organisation_id: Id) -> Membership | None:
        return next((m for m in self.memberships if m.organisation_id == organisation_id), None)


@dataclass(frozen=True, slots=True)
class Side:
    """One organisation of the actor's, as it stands to the thing. `seat_id`: its partner or facilitator id."""

    relation: Relation
    organisation_id: Id | None
    roles: frozenset[MemberRole]
    seat_id: Id | None = None
    role: PartnerRole | None = None
    main_contractor_id: Id | None = None
    must_sign: bool = False
    may_submit: bool = False
    by_token: bool = False
    """Whoever holds the invitation's token: it may be read and declined without an account."""
    to_file: bool = False
    """A partner that has yet to say what it gives and expects: who joins later files before it sees."""

    @property
    def in_core(self) -> bool:
        return self.relation is Relation.PARTNER and self.role in (PartnerRole.LEAD, PartnerRole.MEMBER)

    @property
    def reads_versions(self) -> bool:
        """All of them, since they hold what the others declared; whoever else signed one reads that one."""
        return self.relation is Relation.FACILITATOR or (self.relation is Relation.PARTNER and not self.to_file)

    def has(self, *roles: MemberRole) -> bool:
        return any(role in self.roles for role in roles)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the actor stands to the thing in the path. `status` is the proposal's, by the clock."""

    sides: tuple[Side, ...] = ()
    status: ProposalStatus | None = None
    deadline_passed: bool = False
    own_terms: bool = False
    """The bid keeps terms of its own, which its partners can correct (`app/platform/access/terms.py`)."""
    public: bool = False
    """An opportunity that anybody signed in may read; an organisation likewise."""

    led: bool = True
    """A partner leads the bid."""

    def seats(self, *relations: Relation) -> tuple[Side, ...]:
        return tuple(side for side in self.sides if side.relation in relations)

    def of(self, side: Side) -> "Standing":
        """How the actor stands on this side alone."""
        return replace(self, sides=(side,))


@dataclass(frozen=True, slots=True)
class Who:
    """A predicate with the words for it, as they stand in a refusal and in the printed table."""

    words: str
    test: Callable[[Standing], bool]


ASKED_IN = (Relation.INVITED, Relation.TO_CONFIRM, Relation.WAITING)
"""Those who are not inside yet, but see the structure in force."""


def _any(words: str, test: Callable[[Side], bool]) -> Who:
    return Who(words, lambda standing: any(test(side) for side in standing.sides))


def _is(side: Side, *relations: Relation) -> bool:
    return side.relation in relations


ANYONE = Who("anybody", lambda _: True)
SIGNED_IN = Who("anybody who is signed in", lambda _: True)
TIED = _any("partners, invited organisations, former partners and the facilitator", lambda side: True)
INSIDE = _any("accepted partners and the facilitator", lambda s: _is(s, Relation.PARTNER, Relation.FACILITATOR))
INSIDE_OR_ASKED_IN = _any(
    "accepted partners, the organisation that is invited, and the facilitator",
    lambda s: _is(s, Relation.PARTNER, Relation.FACILITATOR, *ASKED_IN),
)
PARTNERS = _any("accepted partners", lambda s: _is(s, Relation.PARTNER))
PARTNERS_PAST_AND_PRESENT = _any(
    "accepted and former partners, and the facilitator",
    lambda s: _is(s, Relation.PARTNER, Relation.FORMER, Relation.FACILITATOR),
)
ANSWERABLE = _any(
    "the organisation that is invited, and partners",
    lambda s: _is(s, Relation.PARTNER, *ASKED_IN),
)
DECLARERS = _any(
    "an admin or signatory of a partner or of the organisation that is invited",
    lambda s: _is(s, Relation.PARTNER, *ASKED_IN) and s.has(ADMIN, SIGNATORY),
)
LEAVERS = _any(
    "an admin or signatory of that partner",
    lambda s: _is(s, Relation.PARTNER, Relation.WAITING) and s.has(ADMIN, SIGNATORY),
)
INVITED = _any("the organisation that is invited", lambda s: _is(s, Relation.INVITED))
UNCONFIRMED = _any(
    "the organisation that is invited, or waits until the lead confirms it",
    lambda s: _is(s, Relation.INVITED, Relation.TO_CONFIRM),
)
ASKED = _any("the facilitator that is asked", lambda s: _is(s, Relation.OFFERED))
OFFERED = _any(
    "the facilitator that is asked, and accepted partners",
    lambda s: _is(s, Relation.PARTNER, Relation.FACILITATOR, Relation.OFFERED),
)
FACILITATOR = _any("the facilitator", lambda s: _is(s, Relation.FACILITATOR))

NOT_LEADING = _any(
    "accepted partners but the lead", lambda s: _is(s, Relation.PARTNER) and s.role is not PartnerRole.LEAD
)
OUTSIDE = Who(
    "organisations that are not in the bid", lambda standing: all(_is(s, Relation.FORMER) for s in standing.sides)
)

EDITORS = _any("an editor of an accepted partner", lambda s: _is(s, Relation.PARTNER) and s.has(EDITOR))
CORE_EDITORS = _any("an editor of the lead or of an accepted member", lambda s: s.in_core and s.has(EDITOR))
LEAD_EDITORS = _any("an editor of the lead", lambda s: s.in_core and s.role is PartnerRole.LEAD and s.has(EDITOR))
BINDERS = _any(
    "an admin or signatory of an accepted partner", lambda s: _is(s, Relation.PARTNER) and s.has(ADMIN, SIGNATORY)
)
CORE_BINDERS = _any(
    "an admin or signatory of the lead or of an accepted member", lambda s: s.in_core and s.has(ADMIN, SIGNATORY)
)
CONFIRMERS = Who(
    "an admin or signatory of the lead, or of any member while nobody leads",
    lambda standing: any(
        s.in_core and s.has(ADMIN, SIGNATORY) and (s.role is PartnerRole.LEAD or not standing.led)
        for s in standing.sides
    ),
)
SIGNATORIES = _any("a signatory of an accepted partner", lambda s: _is(s, Relation.PARTNER) and s.has(SIGNATORY))
SIGNERS = _any(
    "a signatory of a partner that must sign", lambda s: _is(s, Relation.PARTNER) and s.must_sign and s.has(SIGNATORY)
)
SUBMITTERS = _any(
    "a signatory of a partner that may submit", lambda s: _is(s, Relation.PARTNER) and s.may_submit and s.has(SIGNATORY)
)
INVITED_BINDERS = _any(
    "an admin or signatory of the organisation that is invited",
    lambda s: (
        (_is(s, Relation.TO_CONFIRM) and s.by_token)
        or (_is(s, Relation.INVITED, Relation.TO_CONFIRM, Relation.PARTNER) and s.has(ADMIN, SIGNATORY))
    ),
)
DECLINERS = _any(
    "an admin or signatory of the organisation that is invited, or whoever holds the invitation",
    lambda s: (
        (_is(s, Relation.INVITED, Relation.TO_CONFIRM) and s.by_token)
        or (_is(s, Relation.INVITED, Relation.TO_CONFIRM, Relation.PARTNER) and s.has(ADMIN, SIGNATORY))
    ),
)
CONTRIBUTORS = _any(
    "an editor of an accepted partner, or the facilitator",
    lambda s: s.has(EDITOR, ADMIN) and _is(s, Relation.PARTNER, Relation.FACILITATOR),
)
FACILITATOR_STAFF = _any(
    "an admin or editor of the facilitator", lambda s: _is(s, Relation.FACILITATOR) and s.has(ADMIN, EDITOR)
)
OFFERED_STAFF = _any(
    "an admin or editor of the facilitator that is asked",
    lambda s: _is(s, Relation.OFFERED, Relation.FACILITATOR) and s.has(ADMIN, EDITOR),
)
BINDERS_OR_FACILITATOR = _any(
    "an admin or signatory of an accepted partner, or the facilitator",
    lambda s: (
        (_is(s, Relation.PARTNER) and s.has(ADMIN, SIGNATORY))
        or (_is(s, Relation.FACILITATOR) and s.has(ADMIN, EDITOR))
    ),
)

MEMBERS = _any("people of the organisation", lambda s: _is(s, Relation.OWNER))
ADMINS = _any("an admin of the organisation", lambda s: _is(s, Relation.OWNER) and s.has(ADMIN))
READABLE = Who("anybody who is signed in and has its id", lambda standing: standing.public or bool(standing.sides))
OWNERS = _any("people of the organisation that owns it", lambda s: _is(s, Relation.OWNER))
OWNER_EDITORS = _any("an editor of the organisation that owns it", lambda s: _is(s, Relation.OWNER) and s.has(EDITOR))


DRAFT = frozenset({ProposalStatus.DRAFT})
LIVING = frozenset(ProposalStatus) - {ProposalStatus.DISSOLVED}
BEFORE_DEADLINE = frozenset(
    {ProposalStatus.DRAFT, ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED, ProposalStatus.SUBMITTED}
)
WHILE_SIGNING = frozenset({ProposalStatus.DRAFT, ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED})
IN_SIGN_OFF = frozenset({ProposalStatus.IN_SIGN_OFF})
WITH_EDITION = frozenset({ProposalStatus.IN_SIGN_OFF, ProposalStatus.AGREED, ProposalStatus.SUBMITTED})
TO_SUBMIT = frozenset({ProposalStatus.AGREED})


class Lock(StrEnum):
    """How the proposal's row is held while the request runs."""

    NONE = "none"
    WRITE = "write"
    """FOR NO KEY UPDATE: one write at a time; typing in sections goes on."""
    FREEZE = "freeze"
    """FOR UPDATE: nothing else, typing included (its commits take KEY SHARE)."""


class Hold(Flag):
    """What else is held while the request runs, besides the proposal in the path (`access/locks.py` has the order)."""

    NOTHING = 0
    PERSON = auto()
    """The person that acts: nobody is erased while joining an organisation."""
    OWN = auto()
    """The actor's organisations: one of them takes or gives a place across bids."""
    RIGHTS = auto()
    """The same, shared: whoever signs keeps the right to until it is done."""
    ORGANISATION = auto()
    """The organisation in the path."""
    DECLARER = auto()
    """The organisation that declared the other bid in the path, and the bids in which it waits for answers."""
    SEAT = auto()
    """The organisation that has the seat in the path, or waits for it."""
    CALL = auto()
    """The call of the bid in the path, shared: it gets no other owner meanwhile."""
    NAMING = auto()
    """The bids that wait for others' signatures beside that of the person in the path (or of the one who acts), or have
    its address in an invitation."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `states` None: in every state. `token`: the body's token can stand in for an account or a tie."""

    scope: Scope
    see: Who = SIGNED_IN
    may: Who = ANYONE
    states: frozenset[ProposalStatus] | None = None
    lock: Lock = Lock.NONE
    oauth: str | None = None
    token: bool = False
    sensible: Who = ANYONE
    """Who finds it in `viewer.can`: to the others who may it would answer only that it is behind them, or not for them."""
    leaves: tuple[Relation, ...] = ()
    """The sides that it is a way off: open to somebody who stands on such a one and on another as well."""
    confided: bool = False
    """What is said to a facilitator in confidence, or noted by it: not logged by name or by person."""
    counted_apart: bool = True
    """False for what is read of bids, and for every change that some who are inside may not know of (yet): all of that is
    counted together, so that no count tells that something happened."""
    holds: Hold = Hold.NOTHING
    corrects: bool = False
    """Possible after a deadline that the bid itself holds, since that may be the wrong one."""
    programs: bool = False
    """A program with the scope may do what `may` leaves to an admin."""

    def allows(self, standing: Standing) -> bool:
        return self.see.test(standing) and self.may.test(standing)

    def open_now(self, standing: Standing) -> bool:
        """Whether the proposal's status and deadline leave room for it."""
        if self.states is None or standing.status is None:
            return True
        late = (
            standing.deadline_passed and self.states <= BEFORE_DEADLINE and not (self.corrects and standing.own_terms)
        )
        return standing.status in self.states and not late
