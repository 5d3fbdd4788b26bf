# SPDX-License-Identifier: AGPL-3.0-only
"""The same walks over other builds: does what the compiler makes depend on how it is told to?

    python -m bench.builds                              100,000 calls over each of five builds
    python -m bench.builds --calls 8000 --build none    fewer, over some of them

Each build compiles all contracts and mocks, then takes the walks of the same seeds beside the model
of the rules, which compares every answer, reason and event byte for byte. Besides, each build has
one digest over all that was done and came of it (bench/digest.py), and the digests must be equal.
For that the Grain is the shipped one: its address follows from its code, the addresses of its
neighbours from that, and a walk takes leaves in the order of addresses. A fifth as many calls again
are walked with the build's own Grain, beside the model alone.
What may differ is gas. No call of a walk ends by its gas, but for those whose model counts it.

The builds with the compiler's experimental code generation are canaries: what they do otherwise is
reported and is no failure. What it cannot compile is told, and what was taken instead.
Writes bench/results/builds.json; ends with an error if gas, codesize and none do not all agree.
"""

import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.digest import taken
from tests.contracts.changed import ROOMY, Build, Tree, changed
from tests.contracts.compiled import FOLDERS, Artifact, made_by
from tests.properties.walk import CALLS_A_WALK, Walk

RESULTS = Path(__file__).parent / "results" / "builds.json"
DEFAULT_CALLS = 100_000
OWN_GRAIN_SHARE = 5
SAFE = {"gas": Build("gas"), "codesize": Build("codesize"), "none": Build("none")}
CANARIES = {
    "experimental-gas": Build("gas", experimental=True),
    "experimental-codesize": Build("codesize", experimental=True),
}
BUILDS = SAFE | CANARIES

# The experimental code generation of 0.4.3 stops (StopIteration) at a function that never returns
# and is called from two places. This says the same and might return, for all the compiler knows.
RETURNING = ("modules/checks.vy", "    raise reason\n", "    assert len(reason) > 32, reason\n")
REWRITTEN = "with checks._refuse as an assertion"
SHIPPED = "as shipped, by the default code generation"

# A mock with room for answers of 256 kB. Experimental code generation puts its other variables
# behind that room, so that each answer takes 8.9 million gas, and a wallet may use a million.
TOO_DEAR = ("OddWallet",)


@dataclass(frozen=True)
class Made:
    """A build, and the contracts of it that were not made as the others."""

    name: str
    otherwise: dict[str, str] = field(default_factory=dict)
    own_grain: bool = False

    def artifact(self, contract: str) -> Artifact:
        """A contract of this build."""
        build, way = BUILDS[self.name], self.otherwise.get(contract)
        if way == SHIPPED or (contract == "Grain" and not self.own_grain):
            return Tree().artifact(contract)
        tree = changed(RETURNING, build=build) if way == REWRITTEN else Tree(build=build)
        return tree.artifact(contract)


@dataclass
class Found:
    """What the walks over a build came to."""

    walks: int = 0
    calls: int = 0
    succeeded: int = 0
    reads: int = 0
    disagreements: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    with_own_grain: int = 0  # more calls, beside the model alone

    def join(self, other: "Found") -> None:
        """What another walk came to; they come in the order of their seeds."""
        self.walks += other.walks
        self.calls += other.calls
        self.succeeded += other.succeeded
        self.reads += other.reads
        self.disagreements += other.disagreements
        self.digests += other.digests

    @property
    def digest(self) -> str:
        """Of all walks."""
        return sha256(" ".join(self.digests).encode()).hexdigest()


def contracts() -> list[str]:
    """Everything that compiles by itself, mocks too."""
    return sorted(path.stem for folder in FOLDERS for path in folder.glob("*.vy"))


def how_made(build: str, contract: str) -> str | None:
    """Compiles a contract of a build. None, or for a canary how else it had to be made."""
    if build in SAFE:
        Made(build, own_grain=True).artifact(contract)
        return None
    ways = (None, REWRITTEN) if contract not in TOO_DEAR else ()
    return next((way for way in ways if _compiles(build, contract, way)), SHIPPED)


def _compiles(build: str, contract: str, way: str | None) -> bool:
    try:
        Made(build, {contract: way} if way else {}, own_grain=True).artifact(contract)
    except Exception:  # noqa: BLE001  (whatever the experiment trips over)
        return False
    return True


def made(processes: ProcessPoolExecutor, build: str) -> Made:
    """All contracts of a build, compiled."""
    names = contracts()
    ways = processes.map(how_made, [build] * len(names), names)
    return Made(build, {name: way for name, way in zip(names, ways, strict=True) if way})


def walked(build: Made, seed: int, calls: int = CALLS_A_WALK) -> Found:
    """One walk over a build."""
    with made_by(build.artifact, ROOMY):
        walk = Walk(seed)
        disagreements = []
        with taken(walk) as digest:
            try:
                walk.run(calls)
            except Exception as error:  # noqa: BLE001  (a miscompiled mock may raise anything)
                told = [f"seed {seed}: {type(error).__name__}: {error}", *error.__notes__]
                disagreements.append("\n".join(told))
    world = walk.world
    figures = (1, world.calls, world.succeeded, world.reads)
    return Found(*figures, disagreements, [digest.hexdigest()])


def over(processes: ProcessPoolExecutor, build: Made, calls: int) -> Found:
    """Walks of the seeds from 0 on, until there are so many calls."""
    seeds = range(-(-calls // CALLS_A_WALK))
    found = Found()
    for one in processes.map(walked, [build] * len(seeds), seeds):
        found.join(one)
    return found


@click.command(help=__doc__)
@click.option("--calls", default=DEFAULT_CALLS, help="How many calls over each build.")
@click.option(
    "--build", "names", multiple=True, type=click.Choice(list(BUILDS)), help="Only this one."
)
@click.option("--processes", default=2, help="How many walks at a time.")
def main(calls: int, names: Sequence[str], processes: int) -> None:
    """Build and walk."""
    console, began = Console(), time.monotonic()
    found: list[tuple[Made, Found]] = []
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for name in names or BUILDS:
            console.print(f"{name}: compiling {len(contracts())} contracts ...", style="dim")
            build = made(pool, name)
            for contract, way in build.otherwise.items():
                console.print(f"{name}: {contract} {way}", style="yellow", soft_wrap=True)
            console.print(f"{name}: walking {calls:,} calls ...", style="dim")
            one = over(pool, build, calls)
            found.append((build, one))
            own = over(pool, replace(build, own_grain=True), calls // OWN_GRAIN_SHARE)
            one.with_own_grain = own.calls
            one.disagreements += own.disagreements
            for told in one.disagreements:
                console.print(told, style="red", markup=False, soft_wrap=True)
    console.print(table(found))
    if not names:
        kept = record(found, time.monotonic() - began)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(kept, indent=2) + "\n")
        console.print(f"written to {RESULTS}", soft_wrap=True)
    sys.exit(0 if agreed([one for build, one in found if build.name in SAFE]) else 1)


def agreed(found: Sequence[Found]) -> bool:
    """Whether nothing disagreed with the model, and all came to the same."""
    return not any(one.disagreements for one in found) and len({one.digest for one in found}) <= 1


def table(found: Sequence[tuple[Made, Found]]) -> Table:
    """A line for each build."""
    shown = Table("build", "walks", "calls", "done", "own Grain", "disagree", "digest", "")
    for build, one in found:
        share = one.succeeded / one.calls if one.calls else 0.0
        kind = "canary" if build.name in CANARIES else ""
        own, apart = f"{one.with_own_grain:,}", f"{len(one.disagreements)}"
        counts = (f"{one.walks}", f"{one.calls:,}", f"{share:.1%}", own, apart)
        shown.add_row(build.name, *counts, one.digest[:10], kind)
    return shown


def record(found: Sequence[tuple[Made, Found]], seconds: float) -> dict[str, object]:
    """What is kept of a run."""
    return {
        "versions": {"vyper": version("vyper"), "pyrevm": version("pyrevm")},
        "calls_a_walk": CALLS_A_WALK,
        "seconds": round(seconds),
        "builds": [
            {
                "build": build.name,
                "canary": build.name in CANARIES,
                "made_otherwise": build.otherwise,
                "walks": one.walks,
                "calls": one.calls,
                "succeeded": one.succeeded,
                "reads": one.reads,
                "calls_with_its_own_grain": one.with_own_grain,
                "disagreements": one.disagreements,
                "digest": one.digest,
            }
            for build, one in found
        ],
        "safe_builds_agree": agreed([one for build, one in found if build.name in SAFE]),
    }


if __name__ == "__main__":
    main()
