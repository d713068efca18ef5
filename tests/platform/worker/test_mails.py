"""The words of the mails: whole in every language, and nothing that people wrote is read as a pattern."""

import pytest

from app.platform.words.catalogue import CATALOGUES, ENGLISH
from app.platform.worker.mails import write
from app.settings import Settings

BASE = "https://bids.example.org"
VALUES = {"name": "Ana {x} $y", "organisation": "Hall {0}", "inviter": "Hall {0}", "token": "t-1"}
VALUES |= {
    "host": "systems.hall.example",
    "who": "Ana {x} $y",
    "facts": "The bid: {y}",
    "words": "",
    "title": "Hubs",
    "email": "a@b.example",
}


@pytest.mark.parametrize("language", CATALOGUES)
@pytest.mark.parametrize(
    "template", sorted(set(ENGLISH.below("mail")) - {"news", "next", "trial", "calls", "reminder"})
)
def test_a_mail_has_its_link_on_a_line_and_the_names_as_they_were_written(template: str, language: str) -> None:
    mail = write(template, language, BASE, VALUES)
    assert [line for line in mail.text.splitlines() if line.startswith(BASE) and line.endswith("?token=t-1")]
    named = f"{mail.subject} {mail.text}"
    assert VALUES["name"] in named or VALUES["organisation"] in named
    assert ("\n" not in mail.subject and mail.text.endswith(".\n")) or mail.text.endswith("t-1\n")


def test_a_language_without_mails_reads_english() -> None:
    assert write("reset", "fr", BASE, VALUES) == write("reset", "en", BASE, VALUES)
    assert write("reset", "cy", BASE, VALUES).subject == "Gosodwch gyfrinair newydd"


def test_no_name_becomes_a_link_in_a_mail_or_its_subject() -> None:
    """Names from before such a one was refused, too."""
    mail = write("partner-invitation", "en", BASE, {**VALUES, "inviter": "Click http://evil.example/?token=abc now"})
    assert "http: //evil. example/?token=abc" in mail.subject
    assert [word for word in f"{mail.subject} {mail.text}".split() if "://" in word] == [
        f"{BASE}/invitations/open?token=t-1"
    ]


def test_links_lead_to_the_operators_own_front_end_where_it_takes_them() -> None:
    settings = Settings(
        app_url="https://app.example.org/", app_paths="invitation=/join?token={token}&from=mail, task=/tasks"
    )
    mail = write("partner-invitation", "en", BASE, VALUES, settings.front_end)
    assert "https://app.example.org/join?token=t-1&from=mail" in mail.text and BASE not in mail.text
    assert "https://app.example.org/tasks" in write("partner-came", "en", BASE, VALUES, settings.front_end).text
    assert f"{BASE}/open/verify?token=t-1" in write("verify", "en", BASE, VALUES, settings.front_end).text
