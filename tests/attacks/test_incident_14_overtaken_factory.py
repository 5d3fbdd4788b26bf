# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 14: somebody makes the pool first, at the address where others expect theirs.

Who and what for: a thief who sees `create_pool` on its way. Patrons have sent ether to the
address that the founders have announced; he makes a pool of that name with himself as the
founder.
In the world: Snapshot X's factory (CS-SNAPSHOT-003); Wintermute's 20 million OP (2022), sent to a
Safe that somebody else then made on that chain.
The defence: the address follows from the sender, the name and everything that is given
(`Hub.create_pool`, modules/cloning.vy), and a pool is set up in the call that makes it. A name
itself is first come.
"""

from eth_utils.crypto import keccak

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import NAMED_ONLY
from tests.contracts.coop import FOR, Coop
from tests.contracts.evm import ETH, Contract, Evm

SENT = 10**18


def overtakes(evm: Evm) -> Outcome:
    """The founders' address is known, for anybody can compute it; then he comes first."""
    coop, thief = Coop(evm), evm.actor("thief")
    mark = evm.snapshot()
    announced = coop.hub.create_pool(*coop.order("barn"), sender=coop.founders[0]).pool
    evm.restore(mark)
    evm.call(coop.patron, announced, value=SENT)
    parts = coop.hub.create_pool(*coop.order("barn", founders=[thief]), sender=thief)
    pool, governor = coop.pool.at(parts.pool), coop.governor.at(parts.governor)
    strike(evm, pool.sync, ETH, sender=thief)
    before = evm.balance(thief)
    spend_all(evm, pool, governor, thief)
    return Outcome("", evm.balance(thief) - before)


def spend_all(evm: Evm, pool: Contract, governor: Contract, thief: object) -> None:
    """His pool pays him what it has."""
    amount = pool.balance_of(0, ETH)
    call = pool.calldata("spend", 0, ETH, thief, amount)
    evm.warp(1)
    content = ([pool.address], [0], [call])
    proposal_id = governor.propose(*content, "mine", sender=thief)
    evm.warp(86_401)
    governor.castVote(proposal_id, FOR, sender=thief)
    governor.close(proposal_id, sender=thief)
    evm.warp_to(governor.proposalEta(proposal_id))
    strike(evm, governor.execute, *content, keccak(text="mine"), sender=thief)


def test_create_pool__before_the_founders_under_their_name__is_somewhere_else() -> None:
    shipped, weak = on_both(overtakes, NAMED_ONLY)
    assert shipped == ("", 0)
    assert weak == ("", SENT)


def test_create_pool__any_difference__is_another_address() -> None:
    evm = Evm()
    coop, other = Coop(evm), evm.actor("other")
    base = coop.order("barn")
    orders = [(base, coop.founders[0]), (base, other), (coop.order("byre"), coop.founders[0])]
    orders += [
        (coop.order("barn", **change), coop.founders[0])
        for change in (
            {"founders": coop.founders[:2]},
            {"maintainers_needed": 1},
            {"season_epochs": 4},
            {"grain_name": b"Other".ljust(32, b"\0")},
            {"buy_in_amount": 5},
        )
    ]
    seen = set()
    for order, sender in orders:
        mark = evm.snapshot()
        seen.add(tuple(coop.hub.create_pool(*order, sender=sender)))
        evm.restore(mark)
    assert len(seen) == len(orders)
    assert len({pool for pool, *_ in seen}) == len(orders)
