# SPDX-License-Identifier: AGPL-3.0-only
"""The tests as killers: collected once by pytest, then run one by one, each mutant in a process of
its own that begins where the collection ended. After them, walks beside the model of the rules.
"""

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.contracts.compiled import ROOT
from tests.properties.walk import Walk

FOLDERS = ("tests/contracts", "tests/attacks")
# Without what is not needed: each process runs a few tests and says what it found itself.
OPTIONS = (
    *(f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml")),
    *("-o", "addopts=", "--import-mode=importlib", "--capture=no"),
    *(f"-pno:{name}" for name in ("terminal", "cacheprovider", "ape_test", "xdist", "cov")),
)
HERE = Path(__file__).parent
METHOD = ("killing.py", "recording.py", "coverage.py")  # how the tests of a mutant are found
WALK_SEEDS = (1, 2, 3)
WALK_CALLS = 4_000


class Suite:
    """All tests of the folders, in a session of pytest."""

    def __init__(self, session: pytest.Session, reports: "Reports") -> None:
        self._items: dict[str, pytest.Item] = {_named(each): each for each in session.items}
        self.reports = reports

    @property
    def names(self) -> list[str]:
        """Of all tests."""
        return list(self._items)

    @cache  # noqa: B019  (there is one suite in a process)
    def saying(self, text: str) -> set[str]:
        """The tests in which this text stands."""
        return {name for name in self._items if text in self._source(name)}

    @cache  # noqa: B019
    def _source(self, name: str) -> str:
        return inspect.getsource(getattr(self._items[name], "function"))  # noqa: B009  (all are functions)

    def first_failure(self, names: Sequence[str]) -> str | None:
        """Run these until one fails."""
        for name, following in zip_longest(names, names[1:]):
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


def _named(item: pytest.Item) -> str:
    """Its path from the top of the project, and what is behind that in pytest's own name."""
    inside = item.path.is_relative_to(ROOT)
    path = item.path.relative_to(ROOT) if inside else item.path
    return f"{path.as_posix()}::{item.nodeid.partition('::')[2]}"


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


def with_suite(work: Callable[[Suite], None], places: Sequence[str]) -> None:
    """Collect, then do that work."""
    problems: list[BaseException] = []

    def guarded(suite: Suite) -> None:
        try:
            work(suite)
        except BaseException as error:
            problems.append(error)
            raise

    found = [str(ROOT / place) for place in places]
    status = pytest.main([*OPTIONS, *found], [Reports(guarded)])
    if problems:
        raise problems[0]
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError("the tests cannot be collected: run them by themselves and see why")


def walk_disagrees(seeds: Sequence[int], calls: int = WALK_CALLS) -> str | None:
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


def version_of_all(names: Sequence[str], walks: Sequence[int]) -> str:
    """Changes with any of them."""
    files = sorted({name.partition("::")[0] for name in names})
    said = [version_of(each) for each in [*files, *(f"walk {seed}" for seed in walks)]]
    said += [sha256((HERE / name).read_bytes()).hexdigest() for name in METHOD]
    return sha256("".join(said).encode()).hexdigest()[:12]
