# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror on chains that take blocks back, behind nodes that fail, killed again and again.

    make chaos                                  10,000 reorgs, on SQLite and PostgreSQL in turn
    make chaos ARGS="--reorgs 500 --minutes 10" as far as it comes in ten minutes
    make chaos ARGS="--seed 7 --rounds 200"     one chain again

A chain a seed (tests/mirror/chaos/reorgs.py): reorgs of 1 to 64 blocks, chains that become shorter,
kills at random statements and moments, a node that does wrong in each way the fault matrix knows.
Every fifty rounds the mirror has to be what a fresh index is. Before that, once, every single depth
from 1 to 64. Writes bench/results/chaos.json.
"""

import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from bench.figures import RESULTS, write_json
from bench.speed import machine
from millpond.mirror.stores import Place
from tests.mirror.chaos.reorgs import Campaign, Differs, every_depth
from tests.mirror.places import database, on, served

FILE = RESULTS / "chaos.json"
ROUNDS_A_CHAIN = 120
SEED_BITS = 31


@dataclass
class Seen:
    """What has been tried up to now."""

    first_seed: int
    seconds: float = 0.0
    chains: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    depths: Counter[int] = field(default_factory=Counter)

    def add(self, store: str, campaign: Campaign) -> None:
        """One chain more."""
        self.chains[store] += 1
        self.counts += campaign.counts
        self.depths += campaign.depths

    def written(self) -> dict[str, object]:
        """For the file."""
        return {
            "machine": machine(),
            "first_seed": self.first_seed,
            "seconds": round(self.seconds),
            "chains": dict(sorted(self.chains.items())),
            "counts": dict(sorted(self.counts.items())),
            "depths": {str(depth): self.depths[depth] for depth in sorted(self.depths)},
            "differences": 0,
        }


@click.command(help=__doc__)
@click.option("--reorgs", default=10_000, help="How many reorgs and shortenings to see.")
@click.option("--minutes", type=float, help="Stop after so long, whatever was seen by then.")
@click.option("--seed", type=int, help="The first seed; another one each time without.")
@click.option("--depths/--no-depths", default=True, help="Every single depth first.")
@click.option("--rounds", default=ROUNDS_A_CHAIN, help="Rounds on one chain.")
def main(reorgs: int, minutes: float | None, seed: int | None, depths: bool, rounds: int) -> None:
    """Chain after chain, on the stores in turn."""
    console = Console()
    seen = Seen(secrets.randbits(SEED_BITS) if seed is None else seed)
    began = time.monotonic()
    ends = began + minutes * 60 if minutes else float("inf")
    with tempfile.TemporaryDirectory() as folder, served() as stores:
        try:
            for store in stores if depths else ():
                with on(store):
                    every_depth(*_places(Path(folder), f"depths {store}"))
                    seen.counts["single depths"] += 64
            for number in _numbers(seen, reorgs, ends):
                store = stores[number % len(stores)]
                with on(store):
                    campaign = Campaign(
                        seen.first_seed + number, *_places(Path(folder), str(number))
                    )
                    campaign.run(rounds)
                seen.add(store, campaign)
                seen.seconds = time.monotonic() - began
                write_json(seen.written(), FILE)
                console.print(f"{seen.chains.total()} chains: {dict(seen.counts)}", soft_wrap=True)
        except Differs as error:
            console.print(str(error), style="red")
            sys.exit(1)


def _numbers(seen: Seen, reorgs: int, ends: float) -> Iterator[int]:
    """Of the chains still to be tried."""
    number = 0
    while seen.counts["reorgs"] + seen.counts["shortenings"] < reorgs and time.monotonic() < ends:
        yield number
        number += 1


def _places(folder: Path, name: str) -> tuple[Place, Place]:
    return database(folder, name), database(folder, f"{name} fresh")


if __name__ == "__main__":
    main()
