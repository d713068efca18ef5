"""What the mails say, in English and Welsh. Nothing confidential stands in a mail: it says where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    unsubscribe: str | None = None


# Template -> language -> (subject, text). `$link` stands alone on its line.
_MAILS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "verify": {
        "en": (
            "Confirm your address",
            "Hello $name,\n\nPlease confirm that this is your address. Open this link and press the button:\n\n$link\n\n"
            "The link works for three days. If you did not register, you need not do anything.\n",
        ),
        "cy": (
            "Cadarnhewch eich cyfeiriad",
            "Helô $name,\n\nCadarnhewch mai eich cyfeiriad chi yw hwn. Agorwch y ddolen hon a gwasgwch y botwm:\n\n$link"
            "\n\nMae'r ddolen yn gweithio am dri diwrnod. Os na wnaethoch gofrestru, nid oes angen gwneud dim.\n",
        ),
    },
    "already-registered": {
        "en": (
            "You have an account already",
            "Hello $name,\n\nSomebody, perhaps you, tried to register with this address. It has an account already, so "
            "nothing was changed. If you forgot your password, ask for a new one here:\n\n$link\n",
        ),
        "cy": (
            "Mae gennych gyfrif yn barod",
            "Helô $name,\n\nCeisiodd rhywun, chi efallai, gofrestru gyda'r cyfeiriad hwn. Mae ganddo gyfrif yn barod, felly "
            "ni newidiwyd dim. Os ydych wedi anghofio'ch cyfrinair, gofynnwch am un newydd yma:\n\n$link\n",
        ),
    },
    "reset": {
        "en": (
            "Set a new password",
            "Hello $name,\n\nHere you can set a new password:\n\n$link\n\nThe link works for an hour, once. If you did not "
            "ask for it, you need not do anything: your password stays as it is.\n",
        ),
        "cy": (
            "Gosodwch gyfrinair newydd",
            "Helô $name,\n\nGallwch osod cyfrinair newydd yma:\n\n$link\n\nMae'r ddolen yn gweithio am awr, unwaith. Os na "
            "ofynnoch amdani, nid oes angen gwneud dim.\n",
        ),
    },
    "member-invitation": {
        "en": (
            "Join $organisation",
            "Hello,\n\n$organisation invites you to join it on Cobid, where organisations write joint bids. Open this link to "
            "see how:\n\n$link\n\nThe link works for two weeks. If you do not know them, you need not do anything.\n",
        ),
        "cy": (
            "Ymunwch â $organisation",
            "Helô,\n\nMae $organisation yn eich gwahodd i ymuno ag ef ar Cobid, lle mae sefydliadau'n ysgrifennu cynigion ar "
            "y cyd. Agorwch y ddolen hon i weld sut:\n\n$link\n\nMae'r ddolen yn gweithio am bythefnos. Os nad ydych yn eu "
            "hadnabod, nid oes angen gwneud dim.\n",
        ),
    },
    "partner-invitation": {
        "en": (
            "$inviter invites you to a joint bid",
            "Hello,\n\n$inviter invites your organisation to take part in a joint bid. You can read the invitation, and "
            "decline it, without an account:\n\n$link\n\nAccepting commits you to no work and no money. Please treat what "
            "you read as confidential.\n",
        ),
        "cy": (
            "Mae $inviter yn eich gwahodd i gynnig ar y cyd",
            "Helô,\n\nMae $inviter yn gwahodd eich sefydliad i gymryd rhan mewn cynnig ar y cyd. Gallwch ddarllen y "
            "gwahoddiad, a'i wrthod, heb gyfrif:\n\n$link\n\nNid yw derbyn yn eich ymrwymo i unrhyw waith nac arian. Cadwch yr hyn a "
            "ddarllenwch yn gyfrinachol.\n",
        ),
    },
}
_PATHS = {
    "verify": "/open/verify",
    "already-registered": "/open/forgotten",
    "reset": "/open/reset",
    "member-invitation": "/organisations/join",
    "partner-invitation": "/invitations/open",
}


def write(template: str, language: str, base_url: str, values: Mapping[str, Any]) -> Written:
    """The mail's words. A `digest` brings its own subject and text, which the caller has written."""
    if template not in _MAILS:
        return Written(
            str(values["subject"]), str(values["text"]).replace("$base_url", base_url), values.get("unsubscribe")
        )
    subject, text = _MAILS[template].get(language) or _MAILS[template]["en"]
    token = values.get("token")
    link = base_url + _PATHS[template] + (f"?token={token}" if token else "")
    known = {**values, "link": link}
    return Written(Template(subject).safe_substitute(known), Template(text).safe_substitute(known))
