# SPDX-License-Identifier: AGPL-3.0-only
"""Real processes of the relay, killed outright while they send: each ballot counts once. A storm of
1,000 ballots is `make chaos-relay`."""

from millpond.chain.governance import Support
from tests.api.relay.storm import storm
from tests.api.relay.yard import Yard
from tests.chain.coop import FOUNDERS


def test_relay__killed_three_times_while_sending__brings_each_ballot_once(yard: Yard) -> None:
    proposals = yard.propose(4)
    ballots = [
        yard.ballot(founder, proposal, Support((number + place) % 3))
        for place, proposal in enumerate(proposals)
        for number, founder in enumerate(FOUNDERS)
    ]
    found = storm(yard, ballots, proposals, kills=3, seed=7)
    assert (found.ballots, found.kills) == (20, 3)
    assert max(found.killed_with) > 0, "it was killed while something was under way"
    assert found.transactions <= 8
