# SPDX-License-Identifier: AGPL-3.0-only
"""T19: a majority pays the common pot to itself.

Who and what for: two of three members, who vote what patrons gave for one purpose to themselves.
In the world: Build Finance (2022), where who had the votes took all that there was; and every
treasury in which a vote can do anything.
The defence: a restricted earmark serves its purpose or returns to its patrons; no vote reaches it,
not even of all (`books._debit`). What is not restricted is the members' to decide, by design: there
the timelock is what a minority has, in which those who were for it can still turn against it.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import UNBOUND
from tests.contracts.coop import AGAINST, DEFEATED, FOR, ZERO, Coop
from tests.contracts.evm import ETH, Evm

GIFT = 1_000


def take(evm: Evm, way: str) -> Outcome:
    """All members vote the patrons' money to one of them, at once or by way of the general fund."""
    works = Works(evm, asset=ETH)
    coop, thief = works.coop, works.coop.founders[0]
    works.give(GIFT, ETH)
    pool = works.pool
    out = [coop.spending(thief, GIFT)]
    if way == "spend":
        out = [(pool, 0, pool.calldata("spend", 1, ETH, thief, GIFT))]
    else:
        out.insert(0, (pool, 0, pool.calldata("move", 1, 0, ETH, GIFT)))
    ready = coop.passed(*out, text="ours")
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, ready)
    return Outcome(refused, evm.balance(thief) - before)


def test_execute__all_members_spend_a_restricted_earmark__is_refused() -> None:
    shipped, weak = on_both(lambda evm: take(evm, "spend"), UNBOUND)
    assert shipped == Outcome("pool: restricted, not for a vote", 0)
    assert weak == Outcome("", GIFT)


def test_execute__all_members_move_it_to_the_general_fund__is_refused() -> None:
    shipped, weak = on_both(lambda evm: take(evm, "move"), UNBOUND)
    assert shipped == Outcome("pool: restricted, not for a vote", 0)
    assert weak == Outcome("", GIFT)


def test_execute__no_call_of_a_vote_to_the_pool__lowers_a_restricted_earmark() -> None:
    evm = Evm()
    works = Works(evm, asset=ETH)
    coop, pool, thief = works.coop, works.pool, works.coop.founders[0]
    works.give(GIFT, ETH)
    books = works.pool.balance_of(1, ETH), works.pool.reserved(1, ETH)
    tries = [
        pool.calldata("release", 1, ETH, thief, 1),
        pool.calldata("reserve", 1, ETH, 1),
        pool.calldata("reclaim", 1, ETH),
        pool.calldata("accept_loss", ETH, 1),
        pool.calldata("put_back", ETH, GIFT),
        pool.calldata("lapse", 1),
        pool.calldata("set_patron_grain", 1, ETH, 10**18, 10**18, 86_400),
        pool.calldata("setup", thief, thief),
        pool.calldata("open_earmark", 1, "", bytes(32), ZERO, False, 0, b""),
    ]
    for n, call in enumerate(tries):
        ready = coop.passed((pool, 0, call), text=f"try {n}")
        assert strike(evm, coop.execute, ready) != ""
        assert (pool.balance_of(1, ETH), pool.reserved(1, ETH)) == books


def test_timelock__the_general_fund_was_voted_away__one_who_turns_stops_it() -> None:
    evm = Evm()
    coop = Coop(evm)
    coop.give(GIFT)
    thief, second, third = coop.founders
    proposal = coop.opened(coop.spending(thief, GIFT), text="ours")
    coop.vote(proposal, FOR, thief, second)
    coop.vote(proposal, AGAINST, third)
    evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    assert strike(evm, coop.execute, proposal) == "governor: not ready to execute"
    coop.vote(proposal, AGAINST, second)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    assert coop.state(proposal) == DEFEATED
    assert strike(evm, coop.execute, proposal) == "governor: not ready to execute"
    assert coop.pool.balance_of(0, ETH) == GIFT
