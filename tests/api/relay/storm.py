# SPDX-License-Identifier: AGPL-3.0-only
"""Many ballots at once, and a relay whose process is killed outright while it sends.

found = storm(yard, members, proposals=10, kills=3, seed=1)      each counted once, or an error

Blocks come every second, so that transactions are under way when the process dies. It is started
again at once, as `millpond serve` does.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from millpond.api.relay.queue import Bounds
from millpond.chain.answers import Address
from millpond.chain.governance import Ballot
from millpond.settings import environment_of_a_child
from tests.api.relay.yard import RELAY, Yard

_INDEX = 30
"""Of the relay's account among the wallets of the test mnemonic."""
_SECONDS = 120.0


@dataclass(frozen=True)
class Storm:
    """What happened."""

    ballots: int
    members: int
    kills: int
    killed_with: tuple[int, ...]
    """How many transactions were under way at each kill."""
    transactions: int
    """Of the relay's account, of whatever kind."""
    seconds: float


@contextmanager
def _process(yard: Yard) -> Iterator["subprocess.Popen[bytes]"]:
    """`millpond relay`, as it is started by hand or by `millpond serve`."""
    command = [sys.executable, "-m", "millpond", "relay", "--dev-account", str(_INDEX)]
    command += ["--hub", yard.coop.hub.address, "--database", str(yard.folder / "mirror.db")]
    command += ["--linger", "0", "--poll", "0.1", "--daily", "1"]
    with (
        (yard.folder / "relay.log").open("ab") as log,
        subprocess.Popen(  # noqa: S603  ours
            command, env=environment_of_a_child(yard.url), stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def storm(
    yard: Yard, ballots: Sequence[Ballot], proposals: Sequence[int], kills: int, seed: int
) -> Storm:
    """Hand all of them in, relay, kill; then hold every proposal against what was signed."""
    chance, began = random.Random(seed), time.monotonic()  # noqa: S311  when to kill
    yard.clock = time.time()
    ids = yard.hand_in(*ballots, bounds=Bounds(live=10**6))
    first = yard.client.nonce(RELAY.address)
    yard.ask("evm_setAutomine", False)
    yard.ask("evm_setIntervalMining", 1)
    queue = yard.queue()
    killed: list[int] = []
    deadline = time.monotonic() + _SECONDS
    while queue.counts()["done"] + queue.counts()["final"] < len(ids):
        with _process(yard) as process:
            while len(killed) < kills and time.monotonic() < deadline:
                counts = queue.counts()
                assert process.poll() is None, (yard.folder / "relay.log").read_text("utf-8")
                if counts["sent"]:
                    time.sleep(chance.uniform(0, 0.9))
                    killed.append(_under_way(queue))
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                    break
                time.sleep(0.01)
            else:
                _await_end(yard, queue, len(ids), process, deadline)
    yard.ask("evm_setIntervalMining", 0)
    yard.ask("evm_setAutomine", True)
    _hold(yard, ballots, proposals)
    return Storm(
        ballots=len(ids),
        members=len({ballot.voter for ballot in ballots}),
        kills=len(killed),
        killed_with=tuple(killed),
        transactions=yard.client.nonce(Address(RELAY.address)) - first,
        seconds=time.monotonic() - began,
    )


def _under_way(queue: Any) -> int:
    query = "SELECT count(*) AS n FROM relay_batches WHERE state = 'open'"
    return int(queue.db.execute(query).fetchone()["n"])


def _await_end(
    yard: Yard, queue: Any, wanted: int, process: "subprocess.Popen[bytes]", deadline: float
) -> None:
    while (counts := queue.counts())["done"] + counts["final"] < wanted:
        log = (yard.folder / "relay.log").read_text("utf-8")
        assert process.poll() is None, log
        assert time.monotonic() < deadline, f"{counts}\n{log[-2000:]}"
        assert not counts["refused"], log[-2000:]
        time.sleep(0.05)


def _hold(yard: Yard, ballots: Sequence[Ballot], proposals: Sequence[int]) -> None:
    """Each ballot is on the chain once, as it was signed, and no other is."""
    signed = Counter((ballot.proposal_id, ballot.voter, int(ballot.support)) for ballot in ballots)
    cast = Counter(
        (event.args["proposalId"], event.args["voter"], event.args["support"])
        for event in yard.coop.governor.past_events("VoteCast", 0)
        if event.args["proposalId"] in proposals
    )
    assert cast == signed
    for proposal in proposals:
        mine = [ballot for ballot in ballots if ballot.proposal_id == proposal]
        assert sum(yard.tally(proposal)) == len({ballot.voter for ballot in mine})
