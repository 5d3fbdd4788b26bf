# SPDX-License-Identifier: AGPL-3.0-only
"""Small real repositories, made by git with fixed people and times, and nothing else."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAY_1 = 1_714_521_600
"""2024-05-01 00:00 UTC, a Wednesday, in seconds."""
DAY = 86_400
ADA, BOB, CYD = "Ada <ada@pond.example>", "Bob <bob@pond.example>", "Cyd <cyd@pond.example>"


@dataclass
class Repo:
    """A repository that a test makes, commit by commit."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, *options: str) -> "Repo":
        """A new one, on a branch called main."""
        folder.mkdir(parents=True)
        repo = cls(folder)
        repo.git("init", "--quiet", "--initial-branch=main", *options)
        return repo

    def git(self, *args: str, env: dict[str, str] | None = None, sent: bytes = b"") -> str:
        """Run git in it; what it says."""
        kept = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"}
        alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        ran = subprocess.run(  # noqa: S603  a fixed program, no shell
            ["git", *args],  # noqa: S607
            cwd=self.folder,
            env={**kept, **alone, **(env or {})},
            input=sent,
            capture_output=True,
            check=True,
        )
        return ran.stdout.decode("utf-8", "replace").strip()

    def commit(self, message: str | bytes, author: str = ADA, day: float = 0, *options: str) -> str:
        """A commit without a change in it, so many days after 1 May 2024; its hash."""
        text = message if isinstance(message, bytes) else message.encode()
        env = self.by(author, day)
        self.git("commit", "--allow-empty", "--quiet", "-F", "-", *options, env=env, sent=text)
        return self.head()

    def raw(self, text: bytes, *head: bytes) -> str:
        """A commit byte by byte, as no git would write it; it becomes the last. Its hash."""
        tree = self.git("write-tree").encode()
        content = b"\n".join((b"tree " + tree, *head, b"", text))
        made = self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", sent=content)
        self.git("update-ref", "refs/heads/main", made)
        return made

    def merge(self, branch: str, author: str = ADA, day: float = 0) -> str:
        """Merge a branch, even if it could be fast-forwarded; the merge's hash."""
        env = self.by(author, day)
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch, env=env)
        return self.head()

    def write(self, name: str, text: str, author: str = ADA, day: float = 0) -> str:
        """A commit that adds a file."""
        (self.folder / name).write_text(text, "utf-8")
        self.git("add", name)
        return self.commit(f"Add {name}", author, day)

    def head(self) -> str:
        """The hash of the last commit."""
        return self.git("rev-parse", "HEAD")

    @staticmethod
    def by(person: str, day: float, committed: float | None = None) -> dict[str, str]:
        """Who is at work, and when."""
        name, _, mail = person.partition(" <")
        written = f"@{MAY_1 + round(day * DAY)} +0000"
        later = written if committed is None else f"@{MAY_1 + round(committed * DAY)} +0000"
        return {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": mail.removesuffix(">"),
            "GIT_AUTHOR_DATE": written,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": mail.removesuffix(">"),
            "GIT_COMMITTER_DATE": later,
        }
