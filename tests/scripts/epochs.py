# SPDX-License-Identifier: AGPL-3.0-only
"""A month of the co-op, driven by `ape run epoch` alone; who is who is in scripts/_stage.py."""

import contextlib
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from millpond.core.distribution import Distribution
from millpond.core.errors import MillpondError
from scripts import _demo_story as story
from scripts._desk import Refused
from scripts._epoch_files import EpochFiles
from scripts._stage import PARAMS, POOL
from scripts.epoch import cli
from tests.scripts.town import FOUNDERS, RELAYER, Town

MAINTAINERS = (1, 2, 3)


@dataclass(frozen=True)
class Month(Town):
    """One test's month. `say` is what a command answers; commands get the folder by themselves."""

    @property
    def folder(self) -> Path:
        """Of all documents."""
        return self.papers / "distributions"

    @property
    def out(self) -> tuple[str, str]:
        """As the commands take it."""
        return "--out", str(self.folder)

    def files(self, epoch: int = 1) -> EpochFiles:
        """Of one epoch."""
        return EpochFiles(self.folder, POOL, epoch)

    def document(self, epoch: int = 1) -> Distribution:
        """Of one epoch."""
        return self.files(epoch).read()

    def act(self, command: str, *args: str, by: int) -> dict[str, Any]:
        """Really do it."""
        return self.do(f"epoch {command}", *self.out, *args, by=by)

    def look(self, command: str, *args: str) -> dict[str, Any]:
        """A command without an account."""
        return self.read(f"epoch {command}", *self.out, *args)

    def refuses(self, command: str, *args: str, by: int | None) -> MillpondError:
        """The error of a command, which must have changed nothing."""
        return self.refused(f"epoch {command}", *self.out, *args, by=by)

    def build(self, month: str = "2019-09", *args: str) -> dict[str, Any]:
        """A month's document from the real scores."""
        scores = ("--params", str(PARAMS), "--scores", str(story.SCORES), "--month", month)
        return self.stage.run("epoch build", *scores, *self.out, *args, loud=False)

    def signs(self, *args: str, by: int) -> dict[str, Any]:
        """As a maintainer, under the document."""
        return self.sign("epoch sign", *self.out, *args, by=by)

    def post(self, *args: str) -> str:
        """Post what two maintainers have signed; its proposal."""
        return str(self.act("post", "--unpublished", *args, by=RELAYER)["proposal"])

    def vote(self, proposal: str, support: str, members: Sequence[int] = FOUNDERS) -> None:
        """Ballots of the review, carried together."""
        ballots = ("--proposal", proposal, "--ballots", str(self.papers / "ballots"))
        for member in members:
            self.sign("pool ballot", *ballots, "--support", support, by=member)
        self.do("pool relay", *ballots, by=RELAYER)

    def review(self) -> None:
        """Nobody objects for a week; it becomes final."""
        self.wait(days=8)
        self.act("finalise", by=RELAYER)

    def pass_epoch(self) -> None:
        """From the signed document to the final epoch."""
        self.post()
        self.review()

    def fail(self) -> None:
        """The members object, and the week passes."""
        proposal = self.post()
        self.wait(days=1)
        self.vote(proposal, "against", FOUNDERS[:4])
        self.wait(days=7)

    def link(self, people: Sequence[str]) -> None:
        """Let these identities link their accounts; seven days pass."""
        shutil.rmtree(self.stage.folder / "links", ignore_errors=True)
        story._link(self.stage, list(people))  # noqa: SLF001  what a contributor's wallet does
        self.wait(days=8)

    def elsewhere(self, deed: str, name: str, epoch: int = 1) -> Path:
        """What is handed to a maintainer on another machine: the request, and the document."""
        place = self.papers / name
        place.mkdir()
        files = self.files(epoch)
        shutil.copy(files.request_path(deed), place / "request.json")
        shutil.copy(files.folder / "distribution.json", place)
        return place / "request.json"

    def cosign(self, request: Path, *args: str, by: int) -> Path:
        """On that other machine, with a node; the answer."""
        found = self.sign("epoch cosign", str(request), *args, by=by)
        return Path(found["file"])

    def offline(self, request: Path, *args: str, by: int) -> dict[str, Any]:
        """On that other machine, without a node."""
        line = ["sign-offline", str(request), *args, "--account", f"TEST::{by}", "--yes", "--json"]
        line += ["--deployments", str(self.papers / "journal")]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            cli.main(line, standalone_mode=False)
        found: dict[str, Any] = json.loads(output.getvalue().splitlines()[-1])
        return found

    def offline_refused(self, request: Path, *args: str, by: int) -> MillpondError:
        """The error of signing there."""
        with pytest.raises(Refused) as caught:
            self.offline(request, *args, by=by)
        assert caught.value.error.next_step
        return caught.value.error
