# SPDX-License-Identifier: AGPL-3.0-only
"""Where the database of a test is: a file, or a schema of the test session's PostgreSQL server.

    @pytest.mark.usefixtures("on_both")         the test runs once on each store
    def test_...(tmp_path):
        place = database(tmp_path)              a place that `Store`, `Mirror` and `connect` take
        other = database(tmp_path, "other")     another one

Without `on_both` it is a file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from millpond.mirror.stores import Place, Url
from tests.mirror.postgres import binaries, server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
STORES = (SQLITE, POSTGRESQL)


class _Now:
    """Which store the running test is on, and the server where there is one."""

    store = SQLITE
    url: str | None = None


def database(folder: Path, name: str = "mirror", store: str | None = None) -> Place:
    """The database of that name, on that store or on the one that the running test is on."""
    if (store or _Now.store) == SQLITE:
        return folder / f"{name}.db"
    assert _Now.url is not None
    schema = "t" + sha256(f"{folder} {name}".encode()).hexdigest()[:16]
    return Url(f"{_Now.url}&options=-csearch_path%3D{schema}")


def written(place: Place) -> str:
    """A place as an option of a command line has it."""
    return place.text if isinstance(place, Url) else str(place)


@contextmanager
def on(store: str) -> Iterator[None]:
    """Be on that store meanwhile."""
    before, _Now.store = _Now.store, store
    try:
        yield
    finally:
        _Now.store = before


@contextmanager
def served() -> Iterator[tuple[str, ...]]:
    """The stores that can be had here, for a program that is no test session."""
    folder = binaries()
    if folder is None:
        yield (SQLITE,)
        return
    with server(folder) as url:
        _Now.url = url
        yield STORES
        _Now.url = None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[None]:
    """A server for this session. Where none can be had what needs it is skipped, never in CI."""
    folder = binaries()
    if folder is None:
        assert "CI" not in os.environ, "no PostgreSQL server: `make setup` installs one"
        pytest.skip("no PostgreSQL server found; `make setup` installs one")
    with server(folder) as url:
        _Now.url = url
        yield
        _Now.url = None


@pytest.fixture(params=STORES)
def on_both(request: pytest.FixtureRequest) -> Iterator[str]:
    """The test runs once on each store; this is its name."""
    if request.param == POSTGRESQL:
        request.getfixturevalue("postgresql_server")
    with on(request.param):
        yield request.param


@pytest.fixture
def every_store(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Each store that can be had here, for a test that asks them side by side."""
    if binaries() is None and "CI" not in os.environ:
        return (SQLITE,)
    request.getfixturevalue("postgresql_server")
    return STORES
