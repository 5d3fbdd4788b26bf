# SPDX-License-Identifier: AGPL-3.0-only
"""Ours beside OpenZeppelin's: Grain and ERC20Permit, our Governor and theirs, on the same engine.

    python -m bench.differential --operations 1000000 --seed 7     so many, from this seed on
    python -m bench.differential --pair governors --seed 9         one chain once more

Four of five operations are the tokens', the others the Governors'; each seed is a chain of its own
(tests/differential). Prints what was done and how often, and how often the two parted for which of
the listed reasons, and writes all of it to bench/results/differential.json. Anything else that is
not alike ends it, with the last operations and the seed. Needs Node, for Solidity's compiler.
"""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.differential import motions, tokens
from tests.differential.motions import Governors
from tests.differential.sides import Divergence, Seen
from tests.differential.solidity import beside_ours, missing, versions
from tests.differential.tokens import Tokens

RESULTS = Path(__file__).parent / "results" / "differential.json"
DEFAULT_OPERATIONS = 1_000_000
SEED_BITS = 32
TOKENS_SHARE = 0.8
A_CHAIN = {"tokens": 5_000, "governors": 2_000}
PAIRS: dict[str, type[Tokens] | type[Governors]] = {"tokens": Tokens, "governors": Governors}


@dataclass
class Campaign:
    """What was compared up to now."""

    first_seed: int
    began: float = field(default_factory=time.monotonic)
    chains: int = 0
    seen: dict[str, Seen] = field(default_factory=lambda: {kind: Seen() for kind in PAIRS})

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def told(self) -> str:
        """Where it stands, in a line."""
        parts = [
            f"{kind} {seen.operations:,} operations ({seen.share:.1%} done on both)"
            for kind, seen in self.seen.items()
        ]
        return f"seeds from {self.first_seed}: {self.chains} chains, {', '.join(parts)}"


def compared(kind: str, seed: int, operations: int) -> tuple[str, Seen]:
    """One chain, in whatever process."""
    with beside_ours():
        pair = PAIRS[kind](seed)
        try:
            return kind, pair.run(operations).seen
        except Divergence as error:
            error.add_note(f"{kind}, seed {seed}; once more with")
            error.add_note(
                f"  python -m bench.differential --seed {seed} --operations {operations}"
            )
            raise


def chains(operations: int) -> Iterator[tuple[str, int]]:
    """The kind of each chain, and how many operations are made on it; both kinds in turn, so that
    either is seen early to its share."""
    wanted = {"tokens": round(operations * TOKENS_SHARE)}
    wanted["governors"] = operations - wanted["tokens"]
    left = dict(wanted)
    while any(left.values()):
        kind = max(left, key=lambda each: left[each] / max(wanted[each], 1))
        count = min(A_CHAIN[kind], left[kind])
        left[kind] -= count
        yield kind, count


@click.command(help=__doc__)
@click.option("--operations", default=DEFAULT_OPERATIONS, help="How many to compare.")
@click.option("--minutes", type=float, help="Stop after so long, whatever was compared by then.")
@click.option("--seed", type=int, help="The first seed; another one each time without.")
@click.option("--pair", type=click.Choice(list(PAIRS)), help="Only the one chain of --seed.")
@click.option("--processes", default=2, help="How many chains at a time.")
def main(
    operations: int, minutes: float | None, seed: int | None, pair: str | None, processes: int
) -> None:
    """Compare."""
    console = Console()
    absent = missing()
    if absent:
        console.print(absent, style="red")
        sys.exit(1)
    campaign = Campaign(secrets.randbits(SEED_BITS) if seed is None else seed)
    with beside_ours():
        Tokens(0)  # compiled before there are processes to do it twice
    try:
        if pair is not None:
            _, seen = compared(pair, campaign.first_seed, operations)
            console.print(f"{pair}, seed {campaign.first_seed}: {seen.operations:,} alike")
            return
        go_on(console, campaign, operations, processes, minutes)
    except Divergence as error:
        console.print(f"{campaign.told()}, then one that was not alike:", style="red")
        console.print("\n".join([str(error), *error.__notes__]), markup=False, soft_wrap=True)
        sys.exit(1)
    report(console, campaign)


def go_on(
    console: Console, campaign: Campaign, operations: int, processes: int, minutes: float | None
) -> None:
    """Chain after chain, until there are enough operations or it is time."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        Progress(*columns, console=console) as progress,
        ProcessPoolExecutor(processes, get_context("spawn")) as pool,
    ):
        task = progress.add_task(campaign.told())
        running: list[Future[tuple[str, Seen]]] = [
            pool.submit(compared, kind, campaign.first_seed + number, count)
            for number, (kind, count) in enumerate(chains(operations))
        ]
        try:
            for future in as_completed(running):
                kind, seen = future.result()
                campaign.chains += 1
                campaign.seen[kind].join(seen)
                progress.update(task, description=campaign.told())
                if minutes is not None and campaign.seconds > minutes * 60:
                    break
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def report(console: Console, campaign: Campaign) -> None:
    """The figures, printed and written."""
    for kind, seen in campaign.seen.items():
        done = Table("operation", "times", title=kind)
        for operation, times in sorted(seen.done.items()):
            done.add_row(operation, f"{times:,}")
        parted = Table("parted because", "times", title=f"{kind}: listed divergences")
        for reason, times in sorted(seen.divergences.items()):
            parted.add_row(reason, f"{times:,}")
        console.print(done, parted)
    console.print(campaign.told())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record(campaign), indent=2) + "\n")
    console.print(f"written to {RESULTS}", soft_wrap=True)


def record(campaign: Campaign) -> dict[str, object]:
    """What is kept of a campaign."""
    return {
        "versions": {**versions(), "vyper": version("vyper"), "pyrevm": version("pyrevm")},
        "first_seed": campaign.first_seed,
        "chains": campaign.chains,
        "operations": sum(seen.operations for seen in campaign.seen.values()),
        "seconds": round(campaign.seconds),
        "pairs": [
            {
                "pair": kind,
                "operations": seen.operations,
                "done_on_both": seen.succeeded,
                "views": seen.views,
                "operations_by_end": dict(sorted(seen.done.items())),
                "divergences": dict(sorted(seen.divergences.items())),
                "refusals": [
                    {"ours": ours, "theirs": theirs, "times": times}
                    for (ours, theirs), times in sorted(seen.reasons.items())
                ],
            }
            for kind, seen in campaign.seen.items()
        ],
        "listed_and_not_seen": sorted(not_seen(campaign)),
    }


def not_seen(campaign: Campaign) -> set[str]:
    """Reasons that are listed and never came up: a list that is too long proves too little."""
    listed = {"tokens": tokens.LISTED, "governors": motions.LISTED}
    return {
        reason
        for kind, reasons in listed.items()
        for reason in reasons
        if not campaign.seen[kind].divergences[reason]
    }


if __name__ == "__main__":
    main()
