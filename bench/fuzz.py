# SPDX-License-Identifier: AGPL-3.0-only
"""The campaign: walks of fresh seeds beside the model of the rules, for as long as you like.

    python -m bench.fuzz --calls 10000000          until so many calls were checked
    python -m bench.fuzz --minutes 30              or for so long
    python -m bench.fuzz --resume                  on from where the last campaign was
    python -m bench.fuzz --seed 7 --steps 120      one walk once more, as a failure names it

Prints seeds, calls, the share that succeeded, the reach table and the tables of odd tokens, odd
payees and calls back, and writes all of it to bench/results/fuzz.json, once a minute on its way.
Ends with an error if chain and rules disagree, or if so many calls as a test run makes have left a
cell of a table empty.
"""

import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench import fuzz_record
from bench.fuzz_record import Campaign
from tests.properties import met, reach
from tests.properties.walk import CALLS_A_WALK, Tally, Walk

SEED_BITS = 32
DEFAULT_CALLS = 10_000_000
ENOUGH = 200_000
# A process is new after so many walks, so that nothing can pile up in it.
WALKS_A_PROCESS = 100
WRITE_EVERY = 60


def walked(seed: int) -> Tally:
    """One walk, in whatever process."""
    found = Tally()
    found.add(Walk(seed).run(CALLS_A_WALK))
    return found


def walks(seeds: Iterator[int], processes: int, campaign: Campaign) -> Iterator[Tally]:
    """Walks as they end, in any order; as many at a time as there are processes. The seeds that
    were begun and not ended are walked again when a campaign is resumed."""
    fresh = get_context("spawn")
    with ProcessPoolExecutor(processes, fresh, max_tasks_per_child=WALKS_A_PROCESS) as pool:
        running: dict[Future[Tally], int] = {}
        try:
            while True:
                while len(running) < processes:
                    seed = next(seeds)
                    running[pool.submit(walked, seed)] = seed
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    seed = running.pop(future)
                    campaign.tally.join(future.result())
                    campaign.ended(seed)
                    yield campaign.tally
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@click.command(help=__doc__)
@click.option("--calls", default=DEFAULT_CALLS, help="How many calls to check.")
@click.option("--minutes", type=float, help="How long, instead.")
@click.option("--seed", type=int, help="The first seed; another one each time without.")
@click.option("--steps", type=int, help="Only so many steps of the one walk of --seed.")
@click.option("--processes", default=2, help="How many walks at a time.")
@click.option("--resume", is_flag=True, help="Add to the campaign that is written down.")
def main(
    calls: int,
    minutes: float | None,
    seed: int | None,
    steps: int | None,
    processes: int,
    resume: bool,
) -> None:
    """Walk."""
    console = Console()
    first = secrets.randbits(SEED_BITS) if seed is None else seed
    if steps is not None:
        walk = Walk(first).run(steps=steps)
        console.print(f"seed {first}: {walk.steps} steps, {walk.world.calls} calls, all agreed")
        console.print("\n".join(walk.world.history()), markup=False, soft_wrap=True)
        return
    campaign = fuzz_record.read() if resume else Campaign(first)
    try:
        walk_on(console, campaign, processes, calls, minutes)
    except AssertionError as error:
        console.print(f"{told(campaign)}, then one that did not agree:", style="red")
        console.print("\n".join([str(error), *error.__notes__]), markup=False, soft_wrap=True)
        fuzz_record.write(campaign)
        sys.exit(1)
    fuzz_record.write(campaign)
    report(console, campaign)
    sys.exit(1 if campaign.tally.calls >= ENOUGH and empty(campaign.tally) else 0)


def empty(tally: Tally) -> list[tuple[str, ...]]:
    """The cells of all tables that no call has come to."""
    return [*reach.holes(tally.counts), *met.holes(tally.met)]


def walk_on(
    console: Console, campaign: Campaign, processes: int, calls: int, minutes: float | None
) -> None:
    """Walks of one seed after the other, until there are enough calls or it is time."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    written = time.monotonic()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(told(campaign))
        for tally in walks(campaign.seeds(), processes, campaign):
            progress.update(task, description=told(campaign))
            if time.monotonic() - written > WRITE_EVERY:
                fuzz_record.write(campaign)
                written = time.monotonic()
            over = campaign.lasted > minutes * 60 if minutes else tally.calls >= calls
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
    """The figures and the tables, printed."""
    tally = campaign.tally
    for table in fuzz_record.tables(tally):
        console.print(table)
    console.print(told(campaign))
    for cell in empty(tally):
        console.print(f"[red]not seen: {cell}")
    console.print(f"written to {fuzz_record.RESULTS}", soft_wrap=True)


if __name__ == "__main__":
    main()
