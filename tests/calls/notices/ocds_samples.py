"""Invented notices in the shapes that Contracts Finder and Find a Tender publish. No real buyer, no real contract."""

import copy
import json
from typing import Any

from tests import ROOT

SHARED = ROOT.parent / "shared" / "data"

CONTRACTS_FINDER: dict[str, Any] = {
    "ocid": "ocds-b5fd17-00000000-0000-4000-8000-000000000001",
    "id": "00000000-0000-4000-8000-000000000001-1",
    "language": "en",
    "date": "2026-01-23T15:35:50Z",
    "tag": ["tender"],
    "initiationType": "tender",
    "tender": {
        "id": "YOUTH-1",
        "title": "Youth clubs in Llanfair a’r Cylch",
        "description": "Open access youth work.rnrnPrisiau fesul sesiwn – *not* Markdown. 5 < 6 & <b>plain</b>",
        "status": "active",
        "classification": {"scheme": "CPV", "id": "85000000-9", "description": "Health and social work"},
        "additionalClassifications": [{"scheme": "CPV", "id": "92000000", "description": "Recreation"}],
        "items": [{"id": "1", "deliveryAddresses": [{"region": "North West"}, {"postalCode": "LL1 1AA"}]}],
        "value": {"amount": 25239.58, "currency": "GBP"},
        "procurementMethod": "open",
        "procurementMethodDetails": "Open procedure (below threshold)",
        "tenderPeriod": {"endDate": "2099-02-23T12:00:00Z"},
        "suitability": {"sme": True, "vcse": True},
        "documents": [
            {
                "id": "1",
                "documentType": "tenderNotice",
                "url": "https://notices.example/1",
                "datePublished": "2026-01-23T15:35:50Z",
            },
            {"id": "2", "description": "How to apply for this contract", "url": "https://portal.example/apply"},
        ],
    },
    "parties": [
        {"id": "GB-CFS-1", "name": "Aber Council", "identifier": {"legalName": "Aber Council"}, "roles": ["buyer"]}
    ],
    "buyer": {"id": "GB-CFS-1", "name": "Aber Council"},
}

FIND_A_TENDER: dict[str, Any] = {
    "buyerID": "undeclared, as in real notices",
    "id": "000001-2099",
    "tag": ["tender"],
    "date": "2026-08-10T10:32:47+01:00",
    "ocid": "ocds-h6vhtk-0000aa",
    "parties": [
        {
            "id": "GB-PPON-PXYZ-1234-BCDG",
            "name": "Aber Council",
            "identifier": {"scheme": "GB-PPON", "id": "PXYZ-1234-BCDG"},
            "roles": ["buyer"],
        },
        {"id": "GB-PPON-PXYZ-1234-BCDH", "name": "Bryn Council", "roles": ["buyer"]},
    ],
    "buyer": {"id": "GB-PPON-PXYZ-1234-BCDG", "name": "Aber Council"},
    "tender": {
        "id": "T1",
        "legalBasis": {"id": "2023/54", "scheme": "UKPGA"},
        "title": "Young carers",
        "description": "Support for young carers",
        "status": "active",
        "aboveThreshold": True,
        "value": {"amount": 100000, "amountGross": 120000, "currency": "GBP"},
        "lotDetails": {"maximumLotsBidPerSupplier": 1},
        "items": [
            {
                "id": "1",
                "additionalClassifications": [{"scheme": "CPV", "id": "85000000", "description": "Health"}],
                "deliveryAddresses": [{"region": "UKI44", "countryName": "United Kingdom"}],
                "relatedLot": "1",
            }
        ],
        "submissionMethodDetails": "Bids go to https://portal.example/advert?id=1.\nNot by e-mail.",
        "submissionTerms": {"languages": ["en", "cy"]},
        "tenderPeriod": {"endDate": "2099-09-10T14:00:00+01:00"},
        "enquiryPeriod": {"endDate": "2099-09-01T12:00:00+01:00"},
        "lots": [
            {
                "id": "1",
                "title": "North",
                "status": "active",
                "value": {"amount": 60000, "amountGross": 72000, "currency": "GBP"},
                "suitability": {"vcse": True},
                "awardCriteria": {
                    "criteria": [
                        {
                            "name": "Quality",
                            "type": "quality",
                            "numbers": [{"number": 60, "weight": "percentageExact"}],
                        }
                    ]
                },
            },
            {"id": "2", "status": "cancelled", "value": {"amount": 40000, "currency": "GBP"}},
        ],
        "documents": [
            {
                "id": "000001-2099",
                "documentType": "tenderNotice",
                "noticeType": "UK4",
                "url": "https://notices.example/000001-2099",
                "datePublished": "2026-08-10T10:32:47+01:00",
            }
        ],
    },
    "language": "en",
}


def a_release(sample: dict[str, Any] = FIND_A_TENDER, **tender: Any) -> dict[str, Any]:
    """A copy with fields of the tender replaced (None takes one away)."""
    release = copy.deepcopy(sample)
    for key, value in tender.items():
        if value is None:
            release["tender"].pop(key, None)
        else:
            release["tender"][key] = value
    return release


def an_update(**tender: Any) -> dict[str, Any]:
    """A later release of the same process that holds only what changed."""
    return {
        "ocid": FIND_A_TENDER["ocid"],
        "id": "000002-2099",
        "date": "2026-08-11T10:00:00+01:00",
        "tag": ["tenderUpdate"],
        "tender": {"id": "T1", **tender},
    }


def package(*releases: Any) -> bytes:
    return json.dumps({"uri": "https://example.org", "version": "1.1", "releases": list(releases)}).encode()


def records(*found: Any) -> bytes:
    return json.dumps({"uri": "https://example.org", "version": "1.1", "records": list(found)}).encode()
