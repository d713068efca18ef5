"""The releases of one process as a `Notice`: what a person who looks for an opportunity needs, and nothing guessed.

Where a notice is silent, the value is None or `unknown`. Where it says something that cannot be meant, the value is
left out and a sentence in `doubts` says so. Texts stay as they are.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.calls.notices.ocds_deadlines import read, submission_deadline
from app.calls.notices.ocds_judgement import ENDED_LOT, TO_COME, regime_of, speaks_of_provider_selection, status_of
from app.calls.notices.ocds_merge import in_order, merge
from app.calls.notices.ocds_read import RawRelease
from app.calls.notices.ocds_values import (
    LONDON,
    currency,
    identity,
    instant,
    mapping,
    minor_units,
    objects,
    text,
    texts,
)
from app.calls.notices.rules import Buyer, Criterion, Notice, NoticeLot
from app.calls.opportunities.links import web_addresses
from app.calls.opportunities.rules import MAX_LOTS
from app.calls.opportunities.value import Lot, Opportunity, Route
from app.platform.words.codes import OpportunityStatus, Regime, RouteKind, VatBasis
from app.platform.words.names import is_hidden

_BIDDING = frozenset({"biddingDocuments", "submissionDocuments"})
_HOW_TO_BID = re.compile(r"how to apply|electronic|portal|tender documents|submission|submit", re.IGNORECASE)
_TWO_REGIMES = (
    "The notice is made under one law, but its text speaks of the Provider Selection Regime. "
    "Ask the commissioner whose rules apply."
)

MAX_LIST = 400


def notice_from(releases: Sequence[RawRelease]) -> Notice:
    """The notice that the releases of one process (at least one) add up to."""
    release = merge(releases) if len(releases) > 1 else releases[0].data
    tender = mapping(release, "tender")
    doubts: list[str] = []
    money = _Money(currency(mapping(tender, "value").get("currency")) or _any_currency(tender) or "GBP", doubts)
    ceiling, vat = money.ceiling(tender.get("value"), "the whole")
    regime, status = regime_of(release, releases[0].ocid), status_of(release, in_order(releases))
    if regime is not Regime.PSR and speaks_of_provider_selection(tender):
        doubts.append(_TWO_REGIMES)
    lots, buyers = _lots(tender, money, to_come=status in TO_COME), _buyers(release)
    call = Opportunity(
        ocid=releases[0].ocid,
        buyer_name=buyers[0].name if buyers else "",
        title=_title(release, tender, releases[0].ocid),
        description_markdown=text(tender.get("description")) or text(release.get("description")),
        regime=regime,
        currency=money.currency,
        budget_ceiling=ceiling,
        ceiling_vat=vat,
        lots=tuple(one.lot for one in lots if one.open),
        submission_deadline=submission_deadline(
            tender, releases, doubts, is_open=status is OpportunityStatus.PUBLISHED
        ),
        clarification_deadline=read(mapping(tender, "enquiryPeriod").get("endDate"), "questions are due", doubts),
        time_zone=LONDON,
        route=_route(tender),
        cpv=_cpv(tender),
        areas=_areas(tender),
        vcse=_suits(tender, "vcse"),
        procurement_reference=_reference(tender, releases[0].ocid),
        languages=tuple(texts(mapping(tender, "submissionTerms").get("languages")) or texts(release.get("language"))),
    )
    return Notice(
        call=call,
        status=status,
        buyers=buyers,
        lots=lots,
        sme=_suits(tender, "sme"),
        notice_urls=_notice_urls(release),
        procedure=text(tender.get("procurementMethodDetails")).strip(),
        criteria=_criteria(tender),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _reference(tender: Mapping[str, Any], ocid: str) -> str | None:
    """The buyer's number of the procurement. Some publishers repeat the ocid there, which every reader has beside it."""
    found = text(tender.get("id")).strip()
    plain = found.isprintable() and not any(is_hidden(char) for char in found)
    return found if found and found != ocid and len(found) <= 120 and plain else None


@dataclass(slots=True)
class _Money:
    """Reads sums in one currency, and adds to `doubts` what made no sense."""

    currency: str
    doubts: list[str] = field(default_factory=list)

    def ceiling(self, found: Any, what: str) -> tuple[int | None, VatBasis]:
        """A value's ceiling. The UK extension's `amountGross` beside `amount` shows that `amount` is net."""
        value = mapping(found)
        if not value:
            return None, VatBasis.UNKNOWN
        if (currency(value.get("currency")) or self.currency) != self.currency:
            self.doubts.append(f"The ceiling of {what} is in another currency than the call, so it is left out.")
            return None, VatBasis.UNKNOWN
        net, gross = self._sum(value.get("amount"), what), self._sum(value.get("amountGross"), what)
        if not (net or gross) and (net, gross) != (None, None):
            # About 4% of notices publish 0 for 'not stated'; read literally, nobody could bid.
            self.doubts.append(
                f"The notice gives 0 as the ceiling of {what}: ask the commissioner what can be asked for."
            )
            return 0, VatBasis.UNKNOWN
        if net is not None:
            return net, VatBasis.EXCLUDED if gross is not None and gross >= net else VatBasis.UNKNOWN
        return gross, VatBasis.INCLUDED if gross is not None else VatBasis.UNKNOWN

    def _sum(self, found: Any, what: str) -> int | None:
        amount = minor_units(found)
        if amount is None and found is not None:
            self.doubts.append(f"The notice gives a ceiling of {what} that is not a sum of money, so it is left out.")
        return amount


def _any_currency(tender: dict[str, Any]) -> str | None:
    found = (currency(mapping(lot, "value").get("currency")) for lot in objects(tender.get("lots")))
    return next((code for code in found if code), None)


def _title(release: dict[str, Any], tender: dict[str, Any], ocid: str) -> str:
    """The title of the tender, of the release, of an award or of a contract; otherwise the ocid, so that there is one."""
    parts = [tender, release, *objects(release.get("awards")), *objects(release.get("contracts"))]
    return next((text(part.get("title")) for part in parts if text(part.get("title")).strip()), ocid)


def _buyers(release: dict[str, Any]) -> tuple[Buyer, ...]:
    """The release's buyer first (otherwise whoever runs the process), then all other parties in the role of buyer."""
    parties = objects(release.get("parties"))
    by_id = {identity(party.get("id")): party for party in parties if identity(party.get("id"))}
    references = [one for one in (mapping(release, "buyer"), mapping(release, "tender", "procuringEntity")) if one][:1]
    found = [{**by_id.get(identity(one.get("id")), {}), **one} for one in references]
    found += [party for party in parties if "buyer" in texts(party.get("roles"))]
    named: dict[str, Buyer] = {}
    for party in found:
        if name := _name(party):
            named.setdefault(identity(party.get("id")) or name, Buyer(name, _identifiers(party)))
    return tuple(named.values())[:20]


def _name(party: dict[str, Any]) -> str:
    return text(party.get("name")).strip() or text(mapping(party, "identifier").get("legalName")).strip()


def _identifiers(party: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    given = [*objects(party.get("identifier")), *objects(party.get("additionalIdentifiers"))]
    pairs = ((text(one.get("scheme")).strip(), identity(one.get("id"))) for one in given)
    return tuple(dict.fromkeys((scheme, number) for scheme, number in pairs if scheme and number))


def _lots(tender: dict[str, Any], money: _Money, *, to_come: bool) -> tuple[NoticeLot, ...]:
    """Each lot once, by its id. A single lot without a title has the tender's.

    While bids are `to_come`, a lot that has ended on its own is not open for them; afterwards all lots are shown.
    """
    found: dict[str, NoticeLot] = {}
    given = objects(tender.get("lots"))[:MAX_LOTS]
    named = {identity(lot.get("id")) for lot in given}
    for position, lot in enumerate(given, 1):
        key = identity(lot.get("id"))[:200] or (str(position) if str(position) not in named else f"no. {position}")
        title = text(lot.get("title"))
        if not title.strip():
            title = text(tender.get("title")) if len(given) == 1 else f"Lot {key}"
        ceiling, vat = money.ceiling(lot.get("value"), f"lot {key}")
        ended = to_come and text(lot.get("status")) in ENDED_LOT
        stated = Lot("", key, title or f"Lot {key}", ceiling, vat)
        found.setdefault(key, NoticeLot(stated, text(lot.get("description")), not ended))
    return tuple(found.values())


def _route(tender: dict[str, Any]) -> Route:
    """`elsewhere` where the submission details, or a link to where bids are made, say how; otherwise `unknown`."""
    details = text(tender.get("submissionMethodDetails"))
    url = next(web_addresses(details), None)
    if url or details.strip():
        return Route(RouteKind.ELSEWHERE, url or _portal(tender)[0], details)
    url, words = _portal(tender)
    return Route(RouteKind.ELSEWHERE, url, words) if url else Route(RouteKind.UNKNOWN)


def _portal(tender: dict[str, Any]) -> tuple[str | None, str]:
    """The address and words of a document that links to the bidding documents, or to where one applies."""
    for document in objects(tender.get("documents")):
        words, kind = text(document.get("description")), text(document.get("documentType"))
        if kind in _BIDDING or (not kind and _HOW_TO_BID.search(words)):
            for url in web_addresses(text(document.get("url"))):
                return url, words
    return None, ""


def _classified(tender: dict[str, Any]) -> list[dict[str, Any]]:
    return [tender, *objects(tender.get("items")), *objects(tender.get("lots"))]


def _cpv(tender: dict[str, Any]) -> tuple[str, ...]:
    """CPV codes without their check digit, the main one first."""
    found = [
        identity(one.get("id")).partition("-")[0]
        for part in _classified(tender)
        for one in (*objects(part.get("classification")), *objects(part.get("additionalClassifications")))
        if text(one.get("scheme")).upper().startswith("CPV")
    ]
    return tuple(dict.fromkeys(code for code in found if re.fullmatch(r"[0-9]{2,8}", code)))[:MAX_LIST]


def _areas(tender: dict[str, Any]) -> tuple[str, ...]:
    """The areas of delivery in the notice's words: regions, localities and postcodes, otherwise the country."""
    found: list[str] = []
    for part in _classified(tender):
        for address in (*objects(part.get("deliveryAddresses")), *objects(part.get("deliveryAddress"))):
            near = [text(address.get(key)).strip() for key in ("region", "locality", "postalCode")]
            found += [one for one in near if one] or [text(address.get("countryName")).strip()]
        for place in (*objects(part.get("deliveryLocation")), *objects(part.get("deliveryLocations"))):
            found.append(text(place.get("description")).strip())
    return tuple(dict.fromkeys(one for one in found if one))[:MAX_LIST]


def _suits(tender: dict[str, Any], whom: str) -> bool | None:
    """Whether the buyer says that the tender or any lot suits such organisations, or reserves it for them.

    None where it is silent.
    """
    parts = [tender, *objects(tender.get("lots"))]
    if any("smeVcse" in texts(mapping(part, "otherRequirements").get("reservedParticipation")) for part in parts):
        return True
    said = [mapping(part, "suitability").get(whom) for part in parts]
    known = [one for one in said if isinstance(one, bool)]
    return any(known) if known else None


def _notice_urls(release: dict[str, Any]) -> tuple[str, ...]:
    """The addresses of the published notices, the newest last."""
    parts = [mapping(release, "planning"), mapping(release, "tender"), *objects(release.get("awards"))]
    found = [
        (instant(one.get("datePublished")), next(web_addresses(text(one.get("url"))), None))
        for part in parts
        for one in objects(part.get("documents"))
        if text(one.get("noticeType")) or text(one.get("documentType")).endswith("Notice")
    ]
    dated = sorted(((at.timestamp() if at else 0.0, url) for at, url in found if url), key=lambda pair: pair[0])
    return tuple(dict.fromkeys(url for _, url in dated))[:MAX_LIST]


def _criteria(tender: dict[str, Any]) -> tuple[Criterion, ...]:
    found = [
        Criterion(
            lot_key=lot_key,
            name=text(one.get("name")).strip(),
            kind=text(one.get("type")).strip(),
            weight=", ".join(_weight(number) for number in objects(one.get("numbers"))),
            description=text(one.get("description")),
        )
        for lot_key, part in [(None, tender), *((identity(lot.get("id")), lot) for lot in objects(tender.get("lots")))]
        for one in objects(mapping(part, "awardCriteria").get("criteria"))
    ]
    return tuple(one for one in found if one.name or one.description)[:MAX_LIST]


def _weight(number: dict[str, Any]) -> str:
    """A weight such as `20 %`, or an order of importance such as `1st`, as the notice numbers it."""
    units = minor_units(number.get("number"))
    if units is None:
        return ""
    figure = f"{units / 100:g}"
    return f"{figure} %" if text(number.get("weight")).startswith("percentage") else figure
