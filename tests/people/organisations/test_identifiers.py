"""Register numbers are checked by the rules of their own register, and written in one way."""

import pytest

from app.platform.words.identifiers import SCHEMES, BadIdentifier, normalise, normalise_all

GOOD = [
    ("GB-CHC", "1123456", "1123456"),
    ("GB-CHC", "219279", "219279"),
    ("GB-CHC", "1123456-0", "1123456"),
    ("GB-CHC", "1123456-2", "1123456-2"),
    ("GB-CHC", " 112 3456 ", "1123456"),
    ("GB-COH", "01234567", "01234567"),
    ("GB-COH", "1234567", "01234567"),
    ("GB-COH", "sc123456", "SC123456"),
    ("GB-COH", "SC12345", "SC012345"),
    ("GB-COH", "CE012345", "CE012345"),
    ("GB-COH", "IP29831R", "IP29831R"),
    ("GB-COH", "NI012345", "NI012345"),
    ("GB-SC", "SC012345", "SC012345"),
    ("GB-NIC", "NIC101234", "101234"),
    ("GB-NIC", "101234", "101234"),
    ("GB-MPR", "30421R", "30421R"),
    ("GB-MPR", "4721", "4721"),
    ("GB-MPR", "9990003R", "9990003R"),
    ("GB-NHS", "qe1", "QE1"),
    ("GB-LAE", "KEN", "KEN"),
    ("GB-PPON", "GB-PPON-PXYZ-1234-BCDG", "PXYZ-1234-BCDG"),
    ("GB-PPON", "PXYZ1234BCDG", "PXYZ-1234-BCDG"),
    ("gb-ppon", "pxyz-1234-bcdg", "PXYZ-1234-BCDG"),
    ("GB-UKPRN", "10001234", "10001234"),
    ("GB-VAT", "GB 980 7806 84", "980780684"),
    ("XI-LEI", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12"),
]

BAD = [
    ("GB-CHC", "12345"),
    ("GB-CHC", "12345678"),
    ("GB-CHC", "SC012345"),
    ("GB-CHC", "0123456"),
    ("GB-CHC", "١١٢٣٤٥٦"),
    ("GB-COH", "123"),
    ("GB-COH", "XX123456"),
    ("GB-COH", "123456789"),
    ("GB-SC", "012345"),
    ("GB-SC", "SC12345"),
    ("GB-NIC", "901234"),
    ("GB-MPR", "R"),
    ("GB-NHS", "Q"),
    ("GB-LAE", "KENT"),
    ("GB-PPON", "PXYZ-1234"),
    ("GB-VAT", "980780685"),
    ("XI-LEI", "5493001KJTIIGC8Y1R13"),
    ("GB-CHC", ""),
    ("GB-CHC", "112345\x006"),
]


@pytest.mark.parametrize(("scheme", "number", "written"), GOOD)
def test_a_number_is_taken_and_written_in_its_registers_own_form(scheme: str, number: str, written: str) -> None:
    assert normalise(scheme, number) == (scheme.upper(), written)


@pytest.mark.parametrize(("scheme", "number", "written"), GOOD)
def test_the_written_form_stays_as_it_is(scheme: str, number: str, written: str) -> None:
    assert normalise(scheme, written) == (scheme.upper(), written)


@pytest.mark.parametrize(("scheme", "number"), BAD)
def test_a_number_that_the_register_could_not_have_issued_is_refused_with_a_sentence(scheme: str, number: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        normalise(scheme, number)
    assert SCHEMES[scheme].register in str(refused.value)
    assert str(refused.value).endswith(".")


def test_an_unknown_register_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadIdentifier, match="GB-CHC, GB-COH"):
        normalise("GB-NOPE", "1")


def test_every_fault_points_at_its_identifier() -> None:
    good, faults = normalise_all([("GB-CHC", "1123456"), ("GB-CHC", "x"), ("NOPE", "1"), ("GB-CHC", "1123456-0")])
    assert good[0] == ("GB-CHC", "1123456")
    assert [(fault.pointer, fault.code) for fault in faults] == [
        ("/identifiers/1/id", "identifier-invalid"),
        ("/identifiers/2/scheme", "identifier-invalid"),
        ("/identifiers/3", "identifier-twice"),
    ]


def test_every_scheme_describes_itself_with_an_example_of_its_own_form() -> None:
    for code, scheme in SCHEMES.items():
        assert scheme.code == code
        assert scheme.register
        assert scheme.looks_like
