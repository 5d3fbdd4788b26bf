# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's process: round after round, by the one that holds the lock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from millpond.api.relay.guard import PayingKey
from millpond.api.relay.queue import Queue
from millpond.api.relay.rounds import Relay, Terms
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.signers import KeySigner
from millpond.core.errors import MillpondError
from millpond.mirror.stores.kept import keeping
from millpond.mirror.stores.places import Place

_LONGEST_PAUSE = 30.0
_LOCK = "relay"


@dataclass(frozen=True)
class Work:
    """What a relay is made of: the queue beside the mirror at `place`, one account, one Hub."""

    place: Place
    client: Client
    hub: Contract
    signer: KeySigner
    terms: Terms
    poll: float = 1.0
    """Seconds between two rounds."""


def run(
    work: Work,
    told: Callable[[MillpondError | None], None],
    go_on: Callable[[], bool] = lambda: True,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Relay as long as `go_on` says so. `told` hears what keeps it from its work, and when that is
    over. `AlreadyWritten` where another process relays out of this queue."""
    work.hub.require_deployed()
    with keeping(work.place) as db, db.alone(_LOCK):
        relay = Relay(
            work.client, work.hub, PayingKey(work.signer), Queue(db), work.terms, time.time
        )
        pause, said = work.poll, None
        while go_on():
            problem = relay.round()
            if (problem and problem.message) != said:
                told(problem)
                said = problem and problem.message
            pause = min(_LONGEST_PAUSE, pause * 2) if problem else work.poll
            sleep(pause)
