# SPDX-License-Identifier: AGPL-3.0-only
"""Runs git so that a repository's content alone decides what comes out.

The same commit gives the same answer on every machine: no settings of the user or the machine, no
replaced objects, no grafts, no working tree. And reading a stranger's repository runs no program of
hers: no hook, pager, signature check or file system monitor; no protocol is allowed, so nothing is
fetched.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryFile
from typing import IO

from millpond.core.errors import RepositoryError, ToolMissing

_PIECE = 1 << 20
_SETTINGS = {
    "advice.graftFileDeprecated": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "log.showSignature": "false",
    "log.mailmap": "true",
    "trailer.separators": ":",
    "protocol.allow": "never",
}
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",
    "HOME": os.devnull,
    "XDG_CONFIG_HOME": os.devnull,
    "LC_ALL": "C",
    "TZ": "UTC",
}


class Repository:
    """A repository on this machine, by its folder: with a working tree, linked to one, or bare."""

    def __init__(self, folder: Path, name: str, mailmap: Path | None = None) -> None:
        """`mailmap` says more of who is who than the repository's own, and has the last word."""
        self.name = name
        self._git_dir = _git_dir(folder)
        self._settings = {**_SETTINGS, "mailmap.file": str(mailmap.resolve()) if mailmap else ""}

    def head(self, revision: str) -> str:
        """The hash of the commit that a revision names."""
        wanted = f"{revision}^{{commit}}"
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", wanted).strip()
        except RepositoryError:
            raise RepositoryError(
                f"{self.name} has no commit {revision!r}",
                "name a branch, a tag or a hash of it; an empty repository has none",
            ) from None

    def require_whole(self) -> None:
        """`RepositoryError` if the history was cut off when the repository was cloned."""
        if self.text("rev-parse", "--is-shallow-repository").strip() == "true":
            raise RepositoryError(
                f"{self.name} is a shallow clone: its history is cut off, and so would be cred",
                "get all of it: git fetch --unshallow",
            )

    def text(self, *args: str, sent: bytes = b"") -> str:
        """All that a command says; bytes that are no UTF-8 become replacement characters."""
        return b"".join(self.pieces(*args, sent=sent)).decode("utf-8", "replace")

    def pieces(self, *args: str, sent: bytes = b"") -> Iterator[bytes]:
        """What a command says, as it comes. `RepositoryError` if it fails."""
        settings = self._settings.items()
        options = [part for key, value in settings for part in ("-c", f"{key}={value}")]
        git = which("git")
        if git is None:
            raise ToolMissing("the program git is not installed", "install git, 2.32 or newer")
        with TemporaryFile() as given, TemporaryFile() as complaints:
            given.write(sent)
            given.seek(0)
            running = subprocess.Popen(  # noqa: S603  a fixed program, no shell
                # Without a working tree, and nowhere: .mailmap is that of the commit, not a file
                # that lies about where the command was given.
                [git, "--no-pager", "--bare", *options, *args],
                cwd=os.sep,
                env={**_ENVIRONMENT, "GIT_DIR": str(self._git_dir)},
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=complaints,
            )
            with running:
                yield from _read(running)
            if running.returncode != 0:
                complaints.seek(0)
                said = complaints.read().decode("utf-8", "replace").strip()
                raise RepositoryError(
                    f"git {_verb(args)} in {self.name} failed: {said[-400:] or running.returncode}",
                    "look at the repository with: git fsck",
                )


def _read(running: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    stream: IO[bytes] | None = running.stdout
    try:
        while stream is not None and (piece := stream.read(_PIECE)):
            yield piece
    except BaseException:  # whoever reads has stopped: so does git
        running.kill()
        raise


def _verb(args: tuple[str, ...]) -> str:
    """The first word that is no option of git's own."""
    return args[2] if args[0] == "-c" else args[0]


def _git_dir(folder: Path) -> Path:
    """Where the repository's data is. Found here and not by git, which would ask who owns it."""
    inside = folder / ".git"
    try:
        if inside.is_file():  # a linked working tree, or a submodule
            key, _, path = inside.read_text("utf-8").strip().partition(": ")
            if key == "gitdir":
                inside = (folder / path).resolve()
        for found in (inside, folder):
            if (found / "HEAD").is_file() and (
                (found / "objects").is_dir() or (found / "commondir").is_file()
            ):
                return found.resolve()
    except (OSError, UnicodeDecodeError) as error:
        raise RepositoryError(
            f"{folder} cannot be read ({type(error).__name__})", "look at its permissions"
        ) from None
    raise RepositoryError(
        f"{folder} is no git repository", "give the folder that has .git in it, or a bare one"
    )
