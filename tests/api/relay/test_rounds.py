# SPDX-License-Identifier: AGPL-3.0-only
"""Rounds of the relay on a real node: ballots go out together, each counts once."""

from millpond.chain.governance import Support
from tests.api.relay.yard import Yard
from tests.chain.coop import FOUNDERS


def test_round__ballots_of_all_members__go_out_in_one_transaction(yard: Yard) -> None:
    (proposal,) = yard.propose()
    ids = yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))
    relay = yard.relay()
    assert relay.round() is None
    assert yard.states(ids) == ["sent"] * 5
    assert relay.round() is None
    assert yard.states(ids) == ["done"] * 5
    assert yard.tally(proposal) == (0, 5, 0)
    assert len({yard.kept(id_).transaction_hash for id_ in ids}) == 1
    assert yard.casts(proposal) == [founder.address for founder in FOUNDERS]


def test_round__a_second_ballot__follows_the_first(yard: Yard) -> None:
    (proposal,) = yard.propose()
    first, second = yard.hand_in(
        yard.ballot(FOUNDERS[0], proposal),
        yard.ballot(FOUNDERS[0], proposal, Support.AGAINST, before=1),
    )
    relay = yard.relay()
    relay.round()
    assert yard.states([first, second]) == ["sent", "received"]
    for _ in range(3):
        yard.clock += 20
        relay.round()
    assert yard.states([first, second]) == ["done", "done"]
    assert yard.tally(proposal) == (1, 0, 0)
