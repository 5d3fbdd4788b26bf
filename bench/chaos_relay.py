# SPDX-License-Identifier: AGPL-3.0-only
"""`make chaos-relay`: a storm of ballots, and a relay that is killed outright while it sends.

A hundred members sign ten ballots each; the relay's process is killed again and again at random
moments while transactions are under way, and started again. At the end every ballot has to be on
the chain once, as it was signed. A smaller storm is in the tests.
"""

import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import click
from rich.console import Console

from millpond.chain.governance import Support
from millpond.core.errors import MillpondError, ToolMissing
from scripts._local_chain import find_anvil, local_chain
from tests.api.relay.crowd import PROPOSERS, crowd
from tests.api.relay.killing import killed_at, power, story
from tests.api.relay.storm import Storm, storm
from tests.api.relay.yard import Yard

RESULTS = Path(__file__).parent / "results" / "relay.json"
_MOST_PROPOSALS = 2 * PROPOSERS


@click.command(help=__doc__)
@click.option("--members", default=100, type=click.IntRange(PROPOSERS, 400))
@click.option("--proposals", default=_MOST_PROPOSALS, type=click.IntRange(1, _MOST_PROPOSALS))
@click.option("--kills", default=3, type=click.IntRange(0, 1_000))
@click.option("--seed", default=1, type=int, help="Of the moments at which it is killed.")
@click.option("--rounds", default=1, type=click.IntRange(1, 1_000), help="Storms, seed by seed.")
@click.option("--everywhere", is_flag=True, help="Kill it at each place of a run, one by one.")
def main(
    members: int, proposals: int, kills: int, seed: int, rounds: int, everywhere: bool
) -> None:
    """Storm after storm; the exit status is 3 where it cannot be run."""
    console, found = Console(highlight=False, soft_wrap=True), []
    try:
        if everywhere:
            console.print(
                f"killed at each of {_everywhere()} places of a run: nothing lost, "
                "nothing sent twice"
            )
            return
        for number in range(seed, seed + rounds):
            found.append(_storm(members, proposals, kills, number))
            console.print(_told(number, found[-1]))
    except MillpondError as error:
        console.print(str(error), markup=False)
        sys.exit(3)
    used = sum(getrusage(who).ru_utime + getrusage(who).ru_stime for who in _WHO)
    said = {"seed": seed, "processor_seconds": round(used, 1), "storms": [asdict(s) for s in found]}
    RESULTS.write_text(json.dumps(said, indent=2) + "\n", "utf-8")
    console.print(f"written to {RESULTS}")


_WHO = (RUSAGE_SELF, RUSAGE_CHILDREN)


def _storm(members: int, proposals: int, kills: int, seed: int) -> Storm:
    """On a chain of its own."""
    _require_anvil()
    with local_chain() as url, tempfile.TemporaryDirectory() as folder:
        yard, keys = crowd(Yard.made(url, Path(folder)), members)
        ids = yard.propose(proposals, by=keys[:PROPOSERS])
        ballots = [
            yard.ballot(key, id_, Support((place + number) % 3), deadline=deadline)
            for place, (id_, deadline) in enumerate(
                (id_, int(yard.coop.governor.proposalEta(id_))) for id_ in ids
            )
            for number, key in enumerate(keys)
        ]
        return storm(yard, ballots, ids, kills, seed)


def _everywhere() -> int:
    """How many places there are."""
    _require_anvil()
    with local_chain() as url, tempfile.TemporaryDirectory() as folder, power() as found:
        yard = Yard.made(url, Path(folder))
        snapshot = yard.ask("evm_snapshot")
        places = story(yard, found)
        yard.ask("evm_revert", snapshot)
        killed_at(yard, found, range(len(places)))
        return len(places)


def _require_anvil() -> None:
    if find_anvil() is None:
        raise ToolMissing("anvil is not installed", "run: make setup, with Node 20 or newer")


def _told(seed: int, found: Storm) -> str:
    under_way = dict(Counter(found.killed_with))
    return (
        f"seed {seed}: {found.ballots} ballots of {found.members} members, each counted once; "
        f"killed {found.kills} times (transactions under way: {under_way}); "
        f"{found.transactions} transactions, {found.seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
