# SPDX-License-Identifier: AGPL-3.0-only
"""The campaign: walks of fresh seeds beside the model of the rules, for as long as you like.

    python -m bench.fuzz --calls 10000000          until so many calls were checked
    python -m bench.fuzz --minutes 30              or for so long
    python -m bench.fuzz --seed 7 --steps 120      one walk once more, as a failure names it

Prints seeds, calls, the share that succeeded and the reach table, and writes all of it to
bench/results/fuzz.json. Ends with an error if chain and rules disagree, or if so many calls as a
test run makes have not seen a pair.
"""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.properties import reach
from tests.properties.walk import CALLS_A_WALK, Tally, Walk

RESULTS = Path(__file__).parent / "results" / "fuzz.json"
SEED_BITS = 32
DEFAULT_CALLS = 10_000_000
ENOUGH = 200_000


@dataclass
class Campaign:
    """What has been walked up to now."""

    first_seed: int
    began: float = field(default_factory=time.monotonic)
    tally: Tally = field(default_factory=Tally)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began


def walked(seed: int) -> Tally:
    """One walk, in whatever process."""
    found = Tally()
    found.add(Walk(seed).run(CALLS_A_WALK))
    return found


def walks(seeds: Iterator[int], processes: int, campaign: Campaign) -> Iterator[Tally]:
    """Walks as they end, in any order; as many at a time as there are processes."""
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running: set[Future[Tally]] = set()
        try:
            while True:
                while len(running) < processes:
                    running.add(pool.submit(walked, next(seeds)))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    campaign.tally.join(future.result())
                    yield campaign.tally
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@click.command(help=__doc__)
@click.option("--calls", default=DEFAULT_CALLS, help="How many calls to check.")
@click.option("--minutes", type=float, help="How long, instead.")
@click.option("--seed", type=int, help="The first seed; another one each time without.")
@click.option("--steps", type=int, help="Only so many steps of the one walk of --seed.")
@click.option("--processes", default=2, help="How many walks at a time.")
def main(
    calls: int, minutes: float | None, seed: int | None, steps: int | None, processes: int
) -> None:
    """Walk."""
    console = Console()
    first = secrets.randbits(SEED_BITS) if seed is None else seed
    if steps is not None:
        walk = Walk(first).run(steps=steps)
        console.print(f"seed {first}: {walk.steps} steps, {walk.world.calls} calls, all agreed")
        console.print("\n".join(walk.world.history()), soft_wrap=True)
        return
    campaign = Campaign(first)
    try:
        walk_on(console, campaign, processes, calls, minutes)
    except AssertionError as error:
        console.print(f"{told(campaign)}, then one that did not agree:", style="red")
        console.print("\n".join([str(error), *error.__notes__]), markup=False, soft_wrap=True)
        sys.exit(1)
    report(console, campaign)
    tally = campaign.tally
    sys.exit(1 if tally.calls >= ENOUGH and reach.holes(tally.counts) else 0)


def walk_on(
    console: Console, campaign: Campaign, processes: int, calls: int, minutes: float | None
) -> None:
    """Walks of one seed after the other, until there are enough calls or it is time."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(told(campaign))
        for tally in walks(count(campaign.first_seed), processes, campaign):
            progress.update(task, description=told(campaign))
            over = campaign.seconds > minutes * 60 if minutes else tally.calls >= calls
            if over:
                break


def told(campaign: Campaign) -> str:
    """Where it stands, in a line."""
    tally = campaign.tally
    speed = tally.calls / max(campaign.seconds, 1e-9)
    return (
        f"seeds from {campaign.first_seed}: {tally.walks} walks, {tally.calls:,} calls, "
        f"{tally.share:.1%} succeeded, {speed:,.0f} a second"
    )


def report(console: Console, campaign: Campaign) -> None:
    """The figures and the reach table, printed and written."""
    tally = campaign.tally
    table = Table("contract", "function", "end", "seen", title="reach")
    for contract, function, end, seen in reach.table(tally.counts):
        table.add_row(contract, function, end, "cannot be" if seen < 0 else f"{seen:,}")
    console.print(table)
    console.print(told(campaign))
    missing = reach.holes(tally.counts)
    for pair in missing:
        console.print(f"[red]not seen: {pair}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record(campaign), indent=2) + "\n")
    console.print(f"written to {RESULTS}", soft_wrap=True)


def record(campaign: Campaign) -> dict[str, object]:
    """What is kept of a campaign."""
    tally = campaign.tally
    return {
        "first_seed": campaign.first_seed,
        "walks": tally.walks,
        "calls_a_walk": CALLS_A_WALK,
        "steps": tally.steps,
        "calls": tally.calls,
        "succeeded": tally.succeeded,
        "reads": tally.reads,
        "seconds": round(campaign.seconds),
        "holes": [list(pair) for pair in reach.holes(tally.counts)],
        "reach": [
            {"contract": contract, "function": function, "end": end, "seen": max(seen, 0)}
            for contract, function, end, seen in reach.table(tally.counts)
            if seen >= 0
        ],
    }


if __name__ == "__main__":
    main()
