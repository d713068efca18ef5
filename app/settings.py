"""Every setting, in one class that alone reads the environment. `docs/configuration.md` is generated from it."""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from annotated_types import Ge
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import setting_rules


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in capitals. Nothing needs to be set to start."""

    model_config = SettingsConfigDict(
        env_file=None, extra="ignore", frozen=True, env_ignore_empty=True, str_strip_whitespace=True
    )

    host: str = Field(
        "127.0.0.1",
        description="Address to listen on. Without PUBLIC_URL, anything but a loopback address is 'in public'.",
    )
    port: int = Field(8000, description="Port to listen on.")
    data_dir: Path = Field(Path("data"), description="Folder for everything that is kept: database, mails, files.")
    database_url: str = Field(
        "",
        description="A PostgreSQL 15 or newer, as postgresql://user:password@host/name. "
        "Empty: an embedded PostgreSQL 18 in DATA_DIR.",
    )
    processes: int = Field(
        0, ge=0, description="How many processes answer requests. 0: two, or one where there is one core."
    )
    database_pool: int = Field(10, ge=1, description="Connections that one process keeps for requests that write.")
    read_pool: int = Field(10, ge=1, description="Connections that one process keeps for the quick reads.")
    public_url: str = Field(
        "",
        description="The address that people reach this service at, used in mails; with any but a loopback address it is "
        "'in public'. Empty: http://HOST:PORT, and only requests to this machine's own names are answered.",
    )
    app_url: str = Field(
        "", description="The address of a front end of your own: links in mails lead there by APP_PATHS."
    )
    app_paths: str = Field(
        "",
        description="Which links lead to APP_URL, and where: `invitation=/join?token={token}`, separated by commas; also "
        "`verify`, `reset`, `member` and `task`. What is not named leads to the service's own pages.",
    )
    cors_origins: str = Field("", description="Origins of browser clients, separated by commas.")
    trusted_proxies: str = Field(
        "", description="Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas."
    )
    smtp_url: str = Field(
        "",
        description="smtp://user:password@host:port, or smtps://. Empty: each mail is an .eml file in DATA_DIR/mail.",
    )
    mail_from: str = Field("Cobid <no-reply@localhost>", description="Sender of the mails.")
    metrics_token: str = Field(
        "",
        description="What /metrics and the numbers of /readyz need as a bearer token. Empty: only a service that nobody but "
        "this machine can reach gives them.",
    )
    log_level: str = Field("info", description="debug, info, warning or error.")
    log_format: str = Field(
        "", description="json, or console for people. Empty: console in a terminal, otherwise json."
    )

    session_hours: int = Field(24 * 14, ge=1, description="How long a sign-in lasts.")
    verify_hours: int = Field(72, ge=1, description="How long the link in a verification mail works.")
    reset_minutes: int = Field(60, ge=5, description="How long the link in a password mail works.")
    invitation_days: int = Field(30, ge=1, description="How long an invitation works when it names no reply-by date.")
    sign_in_tries: int = Field(
        10, ge=1, description="Failed sign-ins for one account from one network (or browser) in a quarter of an hour."
    )
    sign_in_tries_of_account: int = Field(
        100,
        ge=1,
        description="Failed sign-ins for one account in a quarter of an hour, over all networks that never signed in to it.",
    )
    sign_in_tries_per_address: int = Field(
        300, ge=1, description="Failed sign-ins from one network address in a quarter of an hour."
    )
    registrations_per_address: int = Field(
        1000, ge=1, description="Registrations and password mails from one network address in an hour."
    )
    invitations_a_day: int = Field(30, ge=1, description="Invitations that one bid sends in a day.")
    invitations_a_day_of_organisation: int = Field(
        100, ge=1, description="Invitations that one organisation sends in a day, to bids and to itself."
    )
    mails_a_day_to_address: int = Field(
        10,
        ge=1,
        description="Invitations that one address gets in a day, at most 3 of them from one organisation; and as many mails to "
        "confirm it or set a new password, then one an hour. What must be acted on is never held back.",
    )
    argon2_memory_kib: int = Field(65536, ge=8, description="Memory for hashing one password, in KiB.")
    argon2_time: int = Field(3, ge=1, description="Passes for hashing one password.")
    argon2_at_once: int = Field(2, ge=1, description="How many passwords are hashed at the same time.")
    client_token_minutes: int = Field(60, ge=1, description="How long an OAuth2 access token of a client works.")
    live_token_seconds: int = Field(60, ge=5, description="How long a token for a live editing socket can be used.")
    idempotency_hours: int = Field(24, ge=1, description="How long the answer to an Idempotency-Key is kept.")
    live_bus_url: str = Field(
        "", description="redis://… or rediss://… between replicas in live editing. Empty: PostgreSQL itself."
    )
    live_frame_limit: int = Field(1_000_000, ge=1000, description="Largest frame of a live socket, in bytes.")
    live_frames_per_second: int = Field(
        4000, ge=1, description="Frames a live socket may send; beyond it the server reads more slowly."
    )
    live_section_limit: int = Field(4_000_000, ge=10_000, description="Largest stored document of a section, in bytes.")
    live_sockets_per_person: int = Field(40, ge=1, description="Live sockets of one person to one server process.")

    text_blocks: int = Field(
        5000, ge=100, description="Most blocks (paragraphs, items, rows, cells) in the text of a section."
    )
    text_runs: int = Field(
        20_000, ge=100, description="Most stretches of plain, bold, linked … text in the text of a section."
    )

    body_limit: int = Field(1_000_000, ge=1000, description="Largest JSON body, in bytes.")
    body_seconds: float = Field(
        15,
        gt=0,
        description="How long the body of a request may take to arrive; each 100 kB that came give it a second more.",
    )
    half_sent: int = Field(
        8,
        ge=1,
        description="How many requests of one person to one server process may be half sent at once; from one network "
        "address four times as many.",
    )
    ocid_prefix: str = Field(
        "ocds-213czf",
        pattern=r"^ocds-[a-z0-9]{6}$",
        description="The registered prefix of open contracting ids made here; the standard's example prefix until one is set.",
    )
    import_limit: int = Field(64_000_000, ge=1000, description="Largest OCDS package, in bytes.")
    workbook_limit: int = Field(5_000_000, ge=1000, description="Largest budget workbook or table sent back, in bytes.")
    upload_limit: int = Field(50_000_000, ge=1000, description="Largest attached file, in bytes.")
    logo_limit: int = Field(500_000, ge=1000, description="Largest logo for documents, in bytes.")
    json_depth: int = Field(64, ge=8, description="Deepest nesting of a JSON body.")
    storage_url: str = Field(
        "", description="Where files are kept: file:///folder, s3://bucket/prefix … Empty: DATA_DIR/files."
    )
    font_dir: str = Field(
        "",
        description="A folder of further open fonts (.ttf, .otf) for scripts that the own lack. Empty: that of Droid "
        "Sans Fallback (Chinese, Japanese, Korean), where the system has it.",
    )
    render_processes: int = Field(1, ge=1, description="How many documents are laid out at the same time.")
    render_seconds: float = Field(60, gt=0, description="How long laying out one document may take.")
    render_memory_mb: int = Field(2048, ge=512, description="Memory that laying out one document may take, in MB.")
    pages_at_once: int = Field(50, ge=0, description="Documents of up to so many pages are answered in the same call.")
    progress_seconds: int = Field(
        600,
        ge=1,
        description="How long one stream of a document's progress stays open; whoever still waits asks again.",
    )
    progress_streams: int = Field(200, ge=1, description="Streams of progress that one server process keeps open.")
    progress_streams_per_person: int = Field(10, ge=1, description="Of these, how many one person or program may have.")
    uploads_per_partner: int = Field(200, ge=1, description="How many files one partner can attach to a proposal.")
    upload_quota_per_partner: int = Field(
        1_000_000_000, ge=1000, description="Bytes that one partner's files in a proposal may take."
    )
    synonyms: str = Field(
        "",
        description="A TOML file of words that mean the same, added to the built-in ones of "
        '`app/calls/finding/synonyms.toml`, which shows the form: `groups = [["CVS", "infrastructure"], …]`.',
    )
    fairness_income_attention: int = Field(
        25, ge=1, description="From which per cent of a partner's yearly income the bid's best year is named."
    )
    fairness_income_serious: int = Field(50, ge=1, description="From which per cent that is serious.")
    fairness_lead_attention: int = Field(60, ge=1, description="From which per cent the lead's share is named.")
    fairness_lead_serious: int = Field(80, ge=1, description="From which per cent that is serious.")
    fairness_voice_attention: int = Field(
        50, ge=0, description="Under which per cent of its share of the delivery a partner's voice is named."
    )
    fairness_voice_serious: int = Field(25, ge=0, description="Under which per cent that is serious.")
    fairness_payment_days: int = Field(30, ge=1, description="Over how many days paying partners on is named.")
    outbound_allow: str = Field(
        "",
        description="Addresses inside a private network that this service may call, with plain HTTP too, as `host:port`, separated "
        "by commas. Everything else that somebody types must be https:// and reached over the internet.",
    )
    webhook_retries: str = Field(
        "5,300,1800,7200,18000,36000,50400,72000,86400",
        description="Seconds to wait after each failed try of a webhook's message, separated by commas. After the last one the "
        "webhook is disabled, and its admins get a mail.",
    )
    worker: bool = Field(True, description="Whether `serve` starts the worker beside it.")

    @field_validator("*")
    @classmethod
    def _judged(cls, value: Any, about: ValidationInfo) -> Any:
        return setting_rules.judge(str(about.field_name), value)

    @classmethod
    def faults(cls, *, serving: bool = False) -> list[str]:
        """All that is wrong with the settings of this process, each a sentence that says what to write instead.
        `serving`: the folder for what is kept is needed, too."""
        said, folder = [], Path(os.environ.get("DATA_DIR") or "data")
        try:
            cls()
        except ValidationError as error:
            said = setting_rules.sentences(error, _least(cls))
        if serving and (why := setting_rules.unusable(folder)):
            said.append(why)
        return said

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def front_end(self) -> dict[str, str]:
        """By the kind of a mail's link: the address of the operator's own front end, with `{token}` where a link has one."""
        parts = (part.partition("=") for part in self.app_paths.split(",") if part.strip())
        return {kind.strip(): self.app_url.rstrip("/") + path.strip() for kind, _, path in parts}

    @property
    def outbound_allowed(self) -> frozenset[tuple[str, int]]:
        """Hosts with their ports, as `platform/http_out` takes them; an IPv6 address stands without its brackets."""
        parts = (part.strip().rpartition(":") for part in self.outbound_allow.split(",") if part.strip())
        return frozenset((host.strip("[]").lower(), int(port)) for host, _, port in parts)

    @property
    def webhook_waits(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.webhook_retries.split(",") if part.strip())

    @property
    def upload_body_limit(self) -> int:
        """A file with the form around it."""
        return self.upload_limit + 100_000

    @property
    def form_limit(self) -> int:
        """The fields of a form are few and short."""
        return 20_000

    @property
    def secure(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def origin(self) -> str:
        """Where our own pages are, as a browser names it in the header Origin."""
        where = urlsplit(self.base_url)
        return f"{where.scheme}://{where.netloc}".lower()

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine reaches the service, so that a commissioner needs no verification.

        What counts is where people reach it (PUBLIC_URL): a proxy speaks to loopback, whoever it speaks for.
        """
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def origins(self) -> list[str]:
        return [origin.strip().rstrip("/") for origin in self.cors_origins.split(",") if origin.strip()]


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    address = _address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def is_everywhere(host: str) -> bool:
    """Whether listening there means at every address of the machine, so that it names none of them."""
    address = _address(host)
    return address.is_unspecified if address else not host


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _least(settings: type[Settings]) -> dict[str, float]:
    """The smallest number that each field takes, where it says so."""
    return {
        name: rule.ge
        for name, field in settings.model_fields.items()
        for rule in field.metadata
        if isinstance(rule, Ge) and isinstance(rule.ge, int | float)
    }
