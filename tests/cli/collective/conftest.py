# SPDX-License-Identifier: AGPL-3.0-only
"""A month, a plan of it, a service on loopback and a distributor."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from millpond.cli import collective_chain
from millpond.core.distribution import to_json
from tests.cli.collective.people import PEOPLE, Chain, Run
from tests.core.collective.plans import document, payees_file
from tests.sources.opencollective.site import SLUG, TOKEN, Site
from tests.sources.server import Place, running


@pytest.fixture
def site() -> Site:
    return Site(time.time)


@pytest.fixture
def place(site: Site) -> Iterator[Place]:
    with running(site.answer) as found:
        yield found


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLPOND_OPENCOLLECTIVE_TOKEN", TOKEN)


@pytest.fixture
def payees(tmp_path: Path) -> Path:
    path = tmp_path / "payees.json"
    path.write_bytes(payees_file(PEOPLE))
    return path


@pytest.fixture
def published_month(tmp_path: Path) -> Path:
    path = tmp_path / "distribution.json"
    path.write_bytes(to_json(document()))
    return path


@pytest.fixture
def plan(millpond: Run, published_month: Path, payees: Path, tmp_path: Path) -> Path:
    """A plan of all of the month's revenue."""
    path = tmp_path / "plan.json"
    pot = ("--pot", "3161.24", "--currency", "USD", "--payees", payees, "--out", path)
    ran = millpond("collective", "plan", published_month, "--collective", SLUG, *pot)
    assert ran.status == 0, ran.err
    return path


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Chain:
    found = Chain()

    def settlements(_run: Any, *asked: Any) -> Chain:
        found.asked.append(asked)
        return found

    monkeypatch.setattr(collective_chain, "settlements", settlements)
    return found
