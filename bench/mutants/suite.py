# SPDX-License-Identifier: AGPL-3.0-only
"""The tests as killers: collected once by pytest, then run one by one, each mutant in a process of
its own that begins where the collection ended. After them, walks beside the model of the rules.
"""

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from tests.contracts.compiled import ROOT
from tests.properties.walk import Walk

FOLDERS = ("tests/contracts", "tests/attacks")
# The tests of contracts that are not mutated yet: they take as long as all others together.
LEFT_OUT = ("test_distributor_*", "test_identity_*")
# Without what is not needed: each process runs a few tests and says what it found itself.
OPTIONS = (
    *("-o", "addopts=", "--import-mode=importlib", "--capture=no"),
    *(f"-pno:{name}" for name in ("terminal", "cacheprovider", "ape_test", "xdist", "cov")),
)
WALK_SEEDS = (1, 2, 3)
WALK_CALLS = 4_000


class Suite:
    """All tests of the folders, in a session of pytest."""

    def __init__(self, session: pytest.Session, reports: "Reports") -> None:
        self._items: dict[str, pytest.Item] = {each.nodeid: each for each in session.items}
        self.reports = reports

    @property
    def names(self) -> list[str]:
        """Of all tests."""
        return list(self._items)

    def first_failure(self, names: Sequence[str]) -> str | None:
        """Run these until one fails."""
        for name, following in zip(names, [*names[1:], None], strict=True):
            if not self.passes(name, following):
                return name
        return None

    def passes(self, name: str, following: str | None = None) -> bool:
        """Run one. Fixtures that the following one does not share are undone."""
        item = self._items[name]
        after = self._items[following] if following else None
        self.reports.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        return not self.reports.failed


class Reports:
    """A plugin of pytest: hands over what was collected, and hears of failures."""

    def __init__(self, work: Callable[[Suite], None]) -> None:
        self._work, self.failed = work, False
        self.when_called: Callable[[], None] = lambda: None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running all."""
        self._work(Suite(session, self))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of a test has ended."""
        self.failed = self.failed or report.failed
        if report.when == "call":
            self.when_called()


def with_suite(work: Callable[[Suite], None], folders: Sequence[str] = FOLDERS) -> None:
    """Collect, then do that work."""
    problems: list[BaseException] = []

    def guarded(suite: Suite) -> None:
        try:
            work(suite)
        except BaseException as error:
            problems.append(error)
            raise

    left_out = [f"--ignore-glob=*/{pattern}" for pattern in LEFT_OUT]
    places = [str(ROOT / folder) for folder in folders]
    status = pytest.main([*OPTIONS, *left_out, *places], [Reports(guarded)])
    if problems:
        raise problems[0]
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError("the tests cannot be collected: run them by themselves and see why")


def walk_disagrees(seeds: Sequence[int] = WALK_SEEDS, calls: int = WALK_CALLS) -> str | None:
    """The first walk that does not agree with the rules, as "walk SEED"."""
    for seed in seeds:
        try:
            Walk(seed).run(calls)
        except Exception:  # noqa: BLE001  (whatever it was, it was noticed)
            return f"walk {seed}"
    return None


@cache
def helpers_of(folder: Path) -> str:
    """Changes with what the tests of a folder share."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("test_"):
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def version_of(killer: str) -> str:
    """Changes with a killer: a test by its name, or "walk N"."""
    if killer.startswith("walk"):
        return helpers_of(ROOT / "tests" / "properties")[:12]
    path = ROOT / killer.partition("::")[0]
    return sha256(path.read_bytes() + helpers_of(path.parent).encode()).hexdigest()[:12]


def version_of_all(names: Sequence[str]) -> str:
    """Changes with any of them."""
    files = sorted({name.partition("::")[0] for name in names})
    said = "".join(version_of(each) for each in [*files, "walk"])
    return sha256(said.encode()).hexdigest()[:12]
