"""The command line: `cobid --help` lists what it does."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

import typer

from app.platform.words.codes import OrganisationKind, VerificationLevel
from app.settings import Settings

T = TypeVar("T")
app = typer.Typer(
    name="cobid",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Joint bids that every partner really agreed to.",
)


@app.callback()
def _start(context: typer.Context) -> None:
    from app.platform import logs

    if context.invoked_subcommand == "doctor":
        logs.set_up("error", "")  # it says itself what is wrong with the settings
        return
    if faults := Settings.faults(serving=context.invoked_subcommand == "serve"):
        typer.echo("\n".join(faults), err=True)
        raise typer.Exit(2)
    settings = Settings()
    logs.set_up(settings.log_level, settings.log_format)


Companion = Annotated[
    bool, typer.Option("--beside", hidden=True, help="One more beside the server that started it; ends with it.")
]


@app.command()
def serve(companion: Companion = False) -> None:
    """Serve the API, with the worker beside it, on an embedded PostgreSQL unless DATABASE_URL is set."""
    from app import processes
    from app.operations import held

    settings = Settings()
    if companion:
        processes.run(settings, settings.database_url)
        return
    # Until the server takes over, a signal to stop must still stop the database cleanly.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    held.check(settings.data_dir)
    try:
        processes.check_free(settings.host, settings.port)
    except OSError as error:
        typer.echo(
            f"Nothing can listen on {settings.host}, port {settings.port}: {error.strerror}. "
            "Stop what uses it, or choose another with PORT.",
            err=True,
        )
        raise typer.Exit(1) from None
    from app.platform.db.embedded import database_url
    from app.platform.db.migrate import migrate as bring_up

    wanted = ["serve"] * (processes.servers(settings) - 1)
    with (
        held.for_service(settings),
        database_url(settings, watched=True) as url,
        processes.shared_metrics(bool(wanted)),
    ):
        bring_up(url)
        wanted += ["worker"] if settings.worker else []
        _greet(settings)
        processes.run(settings, url, lambda: [processes.Companion(command, url) for command in wanted])


def _greet(settings: Settings) -> None:
    kept = "All but the database is kept in" if settings.database_url else "Everything is kept in"
    mails = "over SMTP" if settings.smtp_url else f"as files in {settings.data_dir / 'mail'}"
    others = (
        ""
        if settings.public_url
        else "  It answers on this machine alone; for others, set PUBLIC_URL to its address.\n"
    )
    typer.echo(
        f"Cobid serves at {settings.base_url}: open it in a browser, and register. Mails go {mails}.\n{others}"
        f"  Documentation of every call: {settings.base_url}/docs\n"
        f"  Or watch a whole joint bid: make demo\n"
        f"  {kept} {settings.data_dir.resolve()}. Stop with Ctrl+C.",
        err=True,
    )


@app.command()
def worker(companion: Companion = False) -> None:
    """Send mails and do what changes call for. `serve` starts one by itself; more can run anywhere."""
    from app import capabilities
    from app.platform.db.embedded import database_url
    from app.platform.worker import running

    capabilities.join()
    settings = Settings()
    with database_url(settings) as url:
        asyncio.run(_until_stopped(lambda: running.run(settings, url), companion))


async def _until_stopped(work: Callable[[], Awaitable[None]], companion: bool) -> None:
    """Works until SIGTERM or Ctrl+C, and a companion also until the server that started it is gone."""
    from app.processes import when_orphaned

    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    if companion:
        when_orphaned(lambda: loop.call_soon_threadsafe(task.cancel))
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


@app.command()
def migrate() -> None:
    """Bring the database to the newest version. `serve` does it by itself."""
    from app.platform.db.embedded import database_url
    from app.platform.db.migrate import migrate as bring_up

    with database_url(Settings()) as url:
        bring_up(url)
    typer.echo("The database is up to date.")


@app.command()
def doctor() -> None:
    """Look at everything that an operator would look at: a line each; exit code 1 if something failed."""
    from app.operations import doctor as doctors

    level = doctors.Level.OK
    for found in doctors.examine():
        typer.echo(f"{found.level:<9}  {found.about}: {found.words}")
        level = max(level, found.level, key=list(doctors.Level).index)
    raise typer.Exit(1 if level is doctors.Level.FAILED else 0)


@app.command("mail-test")
def mail_test(address: Annotated[str, typer.Argument(help="Where the trial mail goes.")]) -> None:
    """Send a trial mail, now and without the worker, and say what the mail server says."""
    from app.operations import trial_mail

    typer.echo(trial_mail.send(Settings(), address))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The new file.")]) -> None:
    """Write database and stored files to one file, also while the service runs, and check that all of it is whole."""
    from app.operations import backup as backups

    _found(backups.backup(Settings(), file, typer.echo), f"Written to {file}. Everything in it is whole.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `cobid backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Lose all that is there now.")] = False,
) -> None:
    """Bring database and stored files back from a backup. The service must not run. All of it comes back, or nothing changes."""
    from app.operations import restore as restoring

    found = restoring.restore(Settings(), file, replace=replace, say=typer.echo)
    _found(found, f"{file} is restored. Everything in it is whole.")


def _found(findings: list[str], whole: str) -> None:
    """Say what is not whole, with exit code 1; or that all is."""
    typer.echo("\n".join([*findings, f"{len(findings)} findings."]) if findings else whole)
    raise typer.Exit(1 if findings else 0)


@app.command()
def demo(
    url: Annotated[str, typer.Option(help="A running service; without it, one is started for the demo.")] = "",
    out: Annotated[Path, typer.Option(help="Where the PDF goes.")] = Path("demo-bid.pdf"),
    mail_dir: Annotated[Path | None, typer.Option(help="Where that service puts its mails as files.")] = None,
    stay: Annotated[
        bool,
        typer.Option(
            "--stay", help="Play into DATA_DIR, say who can sign in, and go on serving, on this machine only."
        ),
    ] = False,
) -> None:
    """Play a whole joint bid over HTTP: two small charities, a larger lead and a council."""
    from app import demo as story

    if stay and url:
        raise typer.BadParameter("A service that runs already stays by itself. Leave --stay out.")
    raise typer.Exit(story.play(url, out, mail_dir, stay))


@app.command("verify-log")
def verify_log() -> None:
    """Recompute every chain of the event log; names each row that was tampered with. Exit code 1 if there is one."""
    from app.platform.db import event_log

    async def check(session: Any) -> list[str]:
        return [
            f"{broken.stream} {broken.stream_id}, row {broken.seq}: {broken.why}"
            async for broken in event_log.verify(session)
        ]

    _found(_with_session(check), "The log is whole.")


@app.command("verify-organisation")
def verify_organisation(
    organisation_id: Annotated[UUID, typer.Argument(help="The organisation's id.")],
    by: Annotated[str, typer.Option(help="Who checked it, as it is printed beside signatures.")],
    level: Annotated[VerificationLevel, typer.Option(help="How it was checked.")] = VerificationLevel.OPERATOR,
) -> None:
    """Record that you have checked who an organisation is."""
    from app.people.organisations import verification

    name = _with_session(lambda session: verification.verify(session, str(organisation_id), level, by))
    _say(f"{name} is now verified: {level}, by {by}." if name else None, "There is no organisation with this id.")


@app.command("grant-kind")
def grant_kind(
    organisation_id: Annotated[UUID, typer.Argument(help="The organisation's id.")],
    kind: Annotated[OrganisationKind, typer.Argument(help="What it is: 'commissioner' above all.")],
    by: Annotated[str, typer.Option(help="Who decided this, as the organisation's log keeps it.")],
    take_back: Annotated[bool, typer.Option("--take-back", help="Take the kind away instead.")] = False,
) -> None:
    """Make an organisation a commissioner, or a facilitator who may vouch for others. To act as a commissioner it has to be
    verified as well."""
    from app.people.organisations import verification

    name = _with_session(
        lambda session: verification.grant_kind(session, str(organisation_id), kind, by, take_back=take_back)
    )
    done = f"{name} is no {kind} any more." if take_back else f"{name} is a {kind} now."
    _say(done if name else None, "There is no organisation with this id.")


@app.command("release-identifier")
def release_identifier(
    scheme: Annotated[str, typer.Argument(help="The register, such as GB-CHC.")],
    number: Annotated[str, typer.Argument(help="The number in it.")],
    by: Annotated[str, typer.Option(help="Who decided this, as the organisation's log keeps it.")],
) -> None:
    """Take a register number from the organisation that entered it, so that the one it belongs to can."""
    from app.people.organisations import verification

    name = _with_session(lambda session: verification.release_identifier(session, scheme, number, by))
    _say(f"{name} has {scheme} {number} no more." if name else None, "No organisation here has this number.")


def _say(done: str | None, otherwise: str) -> None:
    """Say what was done; exit code 1 where there was nothing to do it to."""
    typer.echo(done or otherwise)
    raise typer.Exit(0 if done else 1)


@app.command("import-ocds")
def import_ocds(
    file: Annotated[
        str, typer.Argument(help="A release, release package, record package or JSON Lines: a file, an address, or -.")
    ],
    lines: Annotated[bool, typer.Option(help="Read JSON Lines, whatever the name ends with.")] = False,
) -> None:
    """Import opportunities from OCDS files of any size, packed with gzip or not.

    What you import is trusted: calls and bids follow it at once. Progress goes to standard error, the counts to standard
    output. Where it stops, what came before is kept: bring the same file again.
    """
    from app.calls.notices import importing, streaming
    from app.operations.reading import opened, to_the_end

    def say(read: int, so_far: importing.Imported) -> None:
        known = so_far.updated + so_far.unchanged
        typer.echo(
            f"{read:,} read: {so_far.imported:,} new, {known:,} known, {len(so_far.skipped):,} skipped", err=True
        )

    with to_the_end(file), opened(file) as content:
        parts = streaming.parts_of(content, lines or streaming.is_lines(file))
        result = _with_database(lambda db: streaming.bring_in(db.sessions, parts, say))
    typer.echo(json.dumps(result.counts(), indent=2))


@app.command("load-areas")
def load_areas(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Tables as they were downloaded.")],
) -> None:
    """Load look-up tables of the Office for National Statistics, so that a postcode, a district and its region meet.

    Authorities with county, region and country; authorities with ITL codes; the postcode directory. Name all that you want
    at once: they replace what was loaded before.
    """
    from app.calls.areas import loading
    from app.operations.said import Stopped

    try:
        counts = _with_session(lambda session: loading.load(session, files))
    except (loading.UnknownTable, UnicodeDecodeError) as error:
        raise Stopped(str(error)) from None
    typer.echo(json.dumps(counts, indent=2))


@app.command("grant-opportunity")
def grant_opportunity(
    opportunity_id: Annotated[UUID, typer.Argument(help="The imported call's id.")],
    organisation_id: Annotated[
        UUID, typer.Argument(help="The buyer: a verified commissioner that bids for nothing here.")
    ],
) -> None:
    """Make an organisation the owner of an imported call. Look first whether it is the buyer that the notice names."""
    from app.calls.notices import ownership

    title, buyer, name = _with_session(
        lambda session: ownership.grant(session, str(opportunity_id), str(organisation_id))
    )
    typer.echo(f"{name} now owns “{title}”. The notice names as buyer: {buyer or 'nobody'}.")


@app.command()
def export(
    proposal_id: Annotated[str, typer.Argument(help="The proposal's id.")],
    out: Annotated[Path, typer.Option(help="Where it goes.")] = Path("proposal.json"),
) -> None:
    """Write all that is held on a proposal as one JSON file, for the operator."""
    from app.bid.records import dump

    content = _with_session(lambda session: dump.proposal(session, proposal_id))
    if content is None:
        typer.echo("There is no proposal with this id.")
        raise typer.Exit(1)
    out.write_text(content, "utf-8")
    typer.echo(f"Written to {out}.")


@app.command("bench-data")
def bench_data(number: Annotated[int, typer.Argument(help="How many proposals.")]) -> None:
    """Fill the database with realistic proposals, for measuring."""
    from app.demo import bench_data as data
    from app.platform.db.embedded import database_url
    from app.platform.db.migrate import migrate as bring_up

    with database_url(Settings()) as url:
        bring_up(url)
        typer.echo(f"{data.fill(url, number)} proposals.")


def _with_session(work: Callable[[Any], Awaitable[T]]) -> T:
    """Run `work` in one transaction."""

    async def run(db: Any) -> T:
        async with db.sessions.begin() as session:
            return await work(session)

    return _with_database(run)


def _with_database(work: Callable[[Any], Awaitable[T]]) -> T:
    """Run `work` on the service's database."""
    from app import capabilities
    from app.platform.db.embedded import database_url
    from app.platform.db.engine import connect

    capabilities.join()
    settings = Settings()

    async def run(url: str) -> Any:
        db = await connect(url, settings)
        try:
            return await work(db)
        finally:
            await db.close()

    with database_url(settings) as url:
        return cast(T, asyncio.run(run(url)))


def main() -> None:
    try:
        app(prog_name="cobid")
    except Exception as error:
        from app.operations.said import sentence
        from app.platform import logs

        if words := sentence(error):
            typer.echo(words, err=True)
        else:
            logs.say_fault(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
