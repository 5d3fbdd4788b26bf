# SPDX-License-Identifier: AGPL-3.0-only
"""The command line as a user runs it, on a chain with a paid month."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from millpond import cli
from millpond.core.distribution import to_json
from tests.chain.conftest import paid
from tests.chain.coop import Story
from tests.core import month

__all__ = ["paid"]


@dataclass(frozen=True)
class Ran:
    """What one run printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine and no record of a checkout reaches a test."""
    for name in [name for name in os.environ if name.startswith("MILLPOND_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def millpond(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run the command with these arguments."""

    def run(*args: object) -> Ran:
        status = cli.run([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def published(paid: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document and its score file, as a maintainer publishes them."""
    folder = tmp_path_factory.mktemp("2019-09")
    (folder / "distribution.json").write_bytes(to_json(paid.documents[0]))
    (folder / "whatever.bin").write_bytes(month.score_bytes())
    return folder
