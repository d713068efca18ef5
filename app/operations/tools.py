"""PostgreSQL's own programs, which come with the embedded database: `pg_dump`, `pg_restore`, `psql`."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.operations.said import Stopped
from app.platform.db import embedded


def program(name: str, server_version: int) -> str:
    """Those that come along do for every server up to their own version; a newer one needs its own, from the system."""
    if server_version // 10_000 <= embedded.VERSION:
        return embedded.program(name)
    if found := shutil.which(name):
        return found
    raise Stopped(f"The database is PostgreSQL {server_version // 10_000}: install its {name} (postgresql-client).")


@contextmanager
def running(command: list[str], url: str = "", **streams: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A program at work on the database of `url`. It is Stopped with the program's own words if that fails; a process that is
    left early is ended. The password is not where the list of processes shows it."""
    environment = dict(os.environ)
    if url:
        where: dict[str, Any] = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
        if password := where.pop("password", None):
            environment["PGPASSWORD"] = password
        command = [*command, f"--dbname={make_conninfo(**where)}"]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, env=environment, stderr=errors, **streams)  # noqa: S603
        try:
            yield process
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            if process.wait() != 0:
                raise _failed(command[0], errors)
        except BrokenPipeError:
            if process.stdout is not None:
                raise  # it was another that was written to
            process.wait()  # it ended before it had read all: its own words say why
            raise _failed(command[0], errors) from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _failed(command: str, errors: Any) -> Stopped:
    errors.seek(0)
    said = errors.read(2000).decode("utf-8", "replace").strip()
    return Stopped(f"{Path(command).name} could not do it: {said or 'it did not say why'}")
