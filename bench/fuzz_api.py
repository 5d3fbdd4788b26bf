# SPDX-License-Identifier: AGPL-3.0-only
"""The API asked many questions, right and wrong ones, made up from its own description.

    python -m bench.fuzz_api                   200,000 of them, over a co-op's whole story
    python -m bench.fuzz_api --cases 5000 --seed 7

Ends with an error at the first reply that is a failure of the server, or of a status or form that
the description does not have. Prints how many replies had which status.
"""

import secrets
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from tests.api.fuzzing import campaign
from tests.api.site import shown
from tests.api.story import Story

ROUND = 5_000
"""Questions with one seed; the next round has the next one."""


@click.command()
@click.option("--cases", default=200_000, type=click.IntRange(1), help="How many questions.")
@click.option("--seed", type=int, help="Of the first round; unless told, another each time.")
def main(cases: int, seed: int | None) -> None:
    """Ask the API until so many questions were answered."""
    first = secrets.randbits(32) if seed is None else seed
    statuses: Counter[int] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, shown(Story.told(Path(folder))) as site:
        number = 0
        while (asked := sum(statuses.values())) < cases:
            statuses += campaign(site, min(ROUND, cases - asked), first + number * 1_000)
            number += 1
            said = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
            seconds = time.monotonic() - began
            click.echo(f"{sum(statuses.values()):,} in {seconds:.0f} s from seed {first} ({said})")


if __name__ == "__main__":
    main()
