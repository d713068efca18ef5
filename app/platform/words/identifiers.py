"""Register numbers of organisations: which registers are known, how a number is written, and whether it can be one.

Scheme codes are those of org-id.guide, which OCDS and 360Giving use too. A rule here refuses only what the
register itself could never have issued; whether the number is really this organisation's is verification,
not spelling. Only two of these numbers carry check digits: the LEI (ISO 17442, by ISO 7064 MOD 97-10) and the
UK VAT registration number (HMRC's modulus 97 and its 9755 variant). No other register here publishes any, so
none is invented.

Sources of the rules: Charity Commission register extract (registered_charity_number of six or seven digits,
linked_charity_number for a group's member); Companies House 'Uniform Resource Identifiers: customer guide'
(eight characters, prefixes by kind and country); OSCR (SC and six digits); Charity Commission for Northern
Ireland (NIC and six digits); FCA Mutuals Public Register (number with its older prefixes IP, RS, SP, NP and
closing letters); NHS Data Dictionary 'organisation identifier' (ODS codes, three to nine letters and digits);
GOV.UK registers local-authority-eng, -sct and principal-local-authority (three letters); UK Register of
Learning Providers (eight digits that begin with 1); Get Information about Schools (URN, six digits);
cabinetoffice/GCGS-Central-Digital-Platform `PponService` (four letters, four digits, four letters).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.platform.access.errors import Fault

MAX_IDENTIFIERS = 20


class BadIdentifier(ValueError):
    """The sentence says what the number should look like."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A register. `pattern` is matched against the tidied number (upper case, no spaces or dots)."""

    code: str
    register: str
    pattern: re.Pattern[str]
    looks_like: str
    tidy: Callable[[str], str] = str
    check: Callable[[str], bool] = lambda _: True


def _upper(text: str) -> str:
    """Upper case without spaces and dots; every kind of dash is the plain one."""
    return re.sub(r"[\s.\u00a0]+", "", re.sub(r"[\u2010-\u2015]", "-", text)).upper()


def _company(text: str) -> str:
    """Leading noughts that people leave out: 7 or 6 digits become 8; `SC12345` becomes `SC012345`."""
    if re.fullmatch(r"[0-9]{6,7}", text):
        return text.zfill(8)
    if short := re.fullmatch(r"([A-Z]{2})([0-9]{4,5})", text):
        return short[1] + short[2].zfill(6)
    return text


def _charity(text: str) -> str:
    """`1123456-0` is the main charity itself (the Commission's linked number 0)."""
    return re.sub(r"-0+$", "", text)


def _nic(text: str) -> str:
    return text.removeprefix("NIC")


def _ppon(text: str) -> str:
    bare = text.removeprefix("GB-PPON-").replace("-", "")
    return f"{bare[:4]}-{bare[4:8]}-{bare[8:]}" if len(bare) == 12 else text


def _vat(text: str) -> str:
    return text.removeprefix("GB")


def lei_is_sound(lei: str) -> bool:
    """ISO 17442: letters as numbers (A = 10 … Z = 35), and the whole modulo 97 is 1."""
    return int("".join(str(int(sign, 36)) for sign in lei)) % 97 == 1


def vat_is_sound(number: str) -> bool:
    """HMRC: first seven digits times 8 … 2, plus the two check digits, is a multiple of 97, or is so with 55 added."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:7], range(8, 1, -1), strict=True))
    return (total + int(number[7:9])) % 97 == 0 or (total + 55 + int(number[7:9])) % 97 == 0


COMPANY_PREFIXES = (
    "AC|CE|CS|ES|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|RC|RS|"
    "SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC"
)

SCHEMES: dict[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        Scheme(
            "GB-CHC",
            "Charity Commission for England and Wales",
            re.compile(r"[1-9][0-9]{5,6}(-[1-9][0-9]{0,3})?"),
            "six or seven digits, such as 1123456 (for a linked charity 1123456-1)",
            _charity,
        ),
        Scheme(
            "GB-COH",
            "Companies House",
            re.compile(
                rf"[0-9]{{8}}|({COMPANY_PREFIXES})[0-9]{{5}}[0-9A-Z]|(IP|RS|SP|NP|NO)[0-9]{{3,5}}[A-Z]{{1,2}}|R0[0-9]{{6}}"
            ),
            "eight characters, such as 01234567, SC123456 or CE012345",
            _company,
        ),
        Scheme(
            "GB-SC",
            "Office of the Scottish Charity Regulator",
            re.compile(r"SC[0-9]{6}"),
            "SC and six digits, such as SC012345",
        ),
        Scheme(
            "GB-NIC",
            "Charity Commission for Northern Ireland",
            re.compile(r"1[0-9]{5}"),
            "six digits that begin with 1, with or without NIC before them, such as NIC101234",
            _nic,
        ),
        Scheme(
            "GB-MPR",
            "Mutuals Public Register of the Financial Conduct Authority",
            re.compile(r"(IP|RS|SP|NP|IC|CU|FS|BS)?[0-9]{1,7}[A-Z]{0,3}"),
            "the register's number, such as 4721, 30421R or IP29831R",
        ),
        Scheme(
            "GB-NHS",
            "NHS organisation data service",
            re.compile(r"[A-Z0-9]{3,9}"),
            "the ODS code of three to nine letters and digits, such as RRK or QE1",
        ),
        Scheme(
            "GB-LAE",
            "Local authorities in England",
            re.compile(r"[A-Z]{3}"),
            "three letters, such as KEN for Kent",
        ),
        Scheme(
            "GB-LAS",
            "Local authorities in Scotland",
            re.compile(r"[A-Z]{3}"),
            "three letters, such as ABE for Aberdeen City",
        ),
        Scheme(
            "GB-PLA",
            "Principal local authorities in Wales",
            re.compile(r"[A-Z]{3}"),
            "three letters, such as CRF for Cardiff",
        ),
        Scheme(
            "GB-GOR",
            "Government organisation register",
            re.compile(r"[A-Z]{1,3}[0-9]{1,4}"),
            "one to three letters and a number, such as D2",
        ),
        Scheme(
            "GB-PPON",
            "Central digital platform (Find a Tender organisation number)",
            re.compile(r"[A-Z]{4}-[0-9]{4}-[A-Z]{4}"),
            "four letters, four digits and four letters, such as PXYZ-1234-BCDG",
            _ppon,
        ),
        Scheme(
            "GB-UKPRN",
            "UK Register of Learning Providers",
            re.compile(r"1[0-9]{7}"),
            "eight digits that begin with 1, such as 10001234",
        ),
        Scheme(
            "GB-EDU",
            "Schools in England and Wales (URN)",
            re.compile(r"[1-9][0-9]{5}"),
            "six digits, such as 101234",
        ),
        Scheme(
            "GB-SHPE",
            "Registered providers of social housing in England",
            re.compile(r"(LH|SL|[CLHA])?[0-9]{4}"),
            "four digits, with L, LH, SL or C before them for older ones, such as 4777 or LH0391",
        ),
        Scheme(
            "GB-REV",
            "HMRC charities",
            re.compile(r"X?[A-Z]{1,2}[0-9]{4,6}[A-Z]?"),
            "the number that HMRC gave, such as XT12345",
        ),
        Scheme(
            "GB-VAT",
            "UK VAT registration",
            re.compile(r"[0-9]{9}([0-9]{3})?"),
            "nine digits (twelve for a branch) whose last two check the others, such as GB980780684",
            _vat,
            vat_is_sound,
        ),
        Scheme(
            "XI-LEI",
            "Legal Entity Identifier",
            re.compile(r"[A-Z0-9]{18}[0-9]{2}"),
            "twenty letters and digits whose last two check the others",
            check=lei_is_sound,
        ),
        Scheme("GG-RCE", "Guernsey Registry", re.compile(r"(CH|NP)?[0-9]{1,6}"), "digits, with CH for a charity"),
        Scheme("JE-OAC", "Jersey Charity Commissioner", re.compile(r"[0-9]{1,6}"), "the registered charity's number"),
        Scheme("IM-CR", "Isle of Man companies registry", re.compile(r"[0-9]{6}[A-Z]"), "six digits and a letter"),
        Scheme("IE-CRO", "Companies Registration Office, Ireland", re.compile(r"[0-9]{1,6}"), "up to six digits"),
        Scheme(
            "IE-CRA",
            "Charities Regulator, Ireland",
            re.compile(r"2[0-9]{7}"),
            "eight digits that begin with 2, such as 20012345",
        ),
    )
}


def normalise(scheme: str, number: str) -> tuple[str, str]:
    """The one way this identifier is written, so that one number is one organisation.

    Raises BadIdentifier with a sentence for the person who typed it.
    """
    known = SCHEMES.get(scheme.strip().upper())
    if known is None:
        raise BadIdentifier(
            f"We do not know a register called “{scheme[:40]}”. Use one of: {', '.join(SCHEMES)}; "
            "or leave the identifier out if yours is not among them."
        )
    tidied = known.tidy(_upper(number.strip().removeprefix(f"{known.code}-")))
    if not tidied.isascii() or not known.pattern.fullmatch(tidied):
        raise BadIdentifier(
            f"“{number[:40]}” cannot be a number of {known.register} ({known.code}): it should be {known.looks_like}."
        )
    if not known.check(tidied):
        raise BadIdentifier(
            f"“{number[:40]}” is not a number of {known.register} ({known.code}): its check digits do not fit. "
            "Please look for a mistyped digit."
        )
    return known.code, tidied


def normalise_all(
    pairs: Iterable[tuple[str, str]], pointer: str = "/identifiers"
) -> tuple[list[tuple[str, str]], list[Fault]]:
    """Every identifier in its one form, and every fault with its JSON Pointer; the same number twice is a fault too."""
    good: list[tuple[str, str]] = []
    faults: list[Fault] = []
    for index, (scheme, number) in enumerate(pairs):
        try:
            identifier = normalise(scheme, number)
        except BadIdentifier as error:
            field = "id" if scheme.strip().upper() in SCHEMES else "scheme"
            faults.append(Fault(f"{pointer}/{index}/{field}", "identifier-invalid", str(error)))
            continue
        if identifier in good:
            sentence = "This number is in the list twice. Keep one of them."
            faults.append(Fault(f"{pointer}/{index}", "identifier-twice", sentence))
        good.append(identifier)
    return good, faults
