# SPDX-License-Identifier: AGPL-3.0-only
"""The escrow: what is locked and free, odd tokens and payees, losses, and where it goes."""

from functools import partial
from typing import Any

import pytest

from tests.contracts.coop import Coop, kind_of, named
from tests.contracts.crowds import WEEK, Crowd, Terms, goal_terms
from tests.contracts.evm import ETH, Evm
from tests.contracts.odd_tokens import PAUSED

ALLOWS_NOTHING, TAXES, _UNREADABLE, _EATS_GAS, REFUSES, KEEPS = (1 << n for n in range(6))


@pytest.fixture
def crowd(evm: Evm) -> Crowd:
    """Four caps from 1,000 to 8,000."""
    return Crowd(evm, Terms(step_bps=10_000, levels=4))


def in_token(evm: Evm, kind: str, **terms: Any) -> Crowd:
    """The same in a token."""
    terms = {"step_bps": 10_000, "levels": 4, **terms}
    return Crowd(evm, Terms(asset=evm.deploy(kind).address, **terms))


def test_withdraw__at_every_moment__leaves_what_the_pledge_can_still_cost(crowd: Crowd) -> None:
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 1, 3, 3, 30_000)
    free = [crowd.withdraw(ann)]
    for period in range(1, 5):
        crowd.end(period)
        # over and not settled: nothing is free that may still be asked for
        assert crowd.purse(ann)[2] == 0
        crowd.settle()
        free.append(crowd.purse(ann)[2])
        if free[-1]:
            crowd.withdraw(ann)
    assert free == [6_000, 0, 7_000, 7_000, 7_000]
    assert crowd.books() == (0, 0, 3_000)


def test_withdraw__late_and_at_once__is_the_same() -> None:
    came = []
    for eager in (True, False):
        crowd = Crowd(Evm(), Terms(step_bps=10_000, levels=4))
        ann, bob = crowd.patrons(2)
        crowd.pledge(ann, 4, 2, 5)
        crowd.pledge(bob, 1, 2, 2)
        total = 0
        for _ in range(7):
            crowd.settle()
            if eager and crowd.purse(ann)[2]:
                total += crowd.withdraw(ann)
        if not eager:
            total = crowd.withdraw(ann)
        came.append(total)
    # 2 periods of 4,000 a share with bob, 3 of 3,000 without
    assert came == [80_000 - 2 * 16_000 - 3 * 12_000] * 2


def test_withdraw__to_another__is_told_and_paid(crowd: Crowd) -> None:
    ann, purse = crowd.patrons(2)
    crowd.pledge(ann, 1, 0, 1, 5_000)
    before = crowd.evm.balance(purse)
    crowd.match.withdraw(purse, sender=ann)
    (log,) = named(crowd.evm, "EscrowReturned")
    assert log.args == {"patron": ann.address, "to": purse.address, "amount": 4_000}
    assert crowd.evm.balance(purse) - before == 4_000
    crowd.match.pledge(1, 0, 1, 1_000, sender=ann, value=1_000)
    for to, reason in ((ETH, "pool: nobody to pay"), (crowd.pool, "pool: nobody to pay")):
        with crowd.evm.reverts(reason):
            crowd.match.withdraw(to, sender=ann)


def test_withdraw__by_who_pledged_nothing__is_refused(crowd: Crowd) -> None:
    stranger = crowd.patrons(1)[0]
    with crowd.evm.reverts("crowdmatch: nothing to take back"):
        crowd.match.withdraw(stranger, sender=stranger)


def test_withdraw__to_a_payee_that_refuses__is_owed_to_it(crowd: Crowd) -> None:
    (ann,) = crowd.patrons(1)
    payee = crowd.evm.deploy("OddPayee")
    payee.behave(1, sender=ann)
    crowd.pledge(ann, 1, 0, 1, 5_000)
    crowd.match.withdraw(payee, sender=ann)
    assert crowd.pool.owed(ETH, payee) == 4_000
    assert crowd.books()[0] == 1_000


def test_settle__a_target_earmark__gets_exactly_what_is_collected(evm: Evm) -> None:
    crowd = in_token(evm, "TestDollar", target=2)
    people = crowd.patrons(3)
    assert crowd.number == 3
    for patron in people:
        crowd.pledge(patron, 1, 3, 2)
    crowd.settle()
    crowd.settle()
    (given,) = named(evm, "Given")
    assert given.args["patron"] == crowd.match.address
    assert (given.args["earmark_id"], given.args["amount"]) == (2, 9_000)
    assert given.args["note"] == "collected by crowdmatch"
    assert crowd.books() == (48_000 - 9_000, 0, 9_000)
    assert crowd.pool.unreserved(2, crowd.terms.asset) == 9_000
    assert crowd.token().allowance(crowd.match, crowd.pool) == 0
    crowd.check(people)


def test_settle__eth_forced_here_before__stays_and_counts_for_nothing(crowd: Crowd) -> None:
    (ann,) = crowd.patrons(1)
    crowd.evm.set_balance(crowd.match, 777)
    crowd.pledge(ann, 1, 3)
    crowd.settle()
    assert crowd.settle().collected == 1_000
    assert crowd.evm.balance(crowd.match) == 777
    assert crowd.books()[2] == 1_000


def test_settle__while_the_token_is_paused__is_refused_and_later_whole(evm: Evm) -> None:
    """Else the Pool would owe it to this contract, and nobody could ever fetch it."""
    crowd = in_token(evm, "OddToken")
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 1, 3, 1)
    crowd.settle()
    token = evm.at("OddToken", crowd.terms.asset)
    token.behave(PAUSED, sender=crowd.hub)
    crowd.end(2)
    with evm.reverts("crowdmatch: pool paid nothing"):
        crowd.match.settle(sender=crowd.relayer)
    token.behave(0, sender=crowd.hub)
    assert crowd.settle().collected == 1_000
    assert crowd.books() == (7_000, 0, 1_000)
    assert crowd.withdraw(ann) == 7_000


def test_settle__a_token_that_allows_the_pool_nothing__is_refused(evm: Evm) -> None:
    crowd = in_token(evm, "FickleToken")
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 1, 3, 1)
    crowd.settle()
    token = evm.at("FickleToken", crowd.terms.asset)
    token.behave(ALLOWS_NOTHING, crowd.match, sender=crowd.hub)
    crowd.end(2)
    with evm.reverts("crowdmatch: token allows nothing"):
        crowd.match.settle(sender=crowd.relayer)


@pytest.mark.parametrize(
    ("way", "at", "reason"),
    [
        (ALLOWS_NOTHING, "match", "deposit: token allows nothing"),
        (REFUSES, "match", "deposit: the token refused"),
        (TAXES, "match", "deposit: arrived in part"),
        (TAXES, "pool", "deposit: lost on the way"),
    ],
)
def test_pledge__a_token_that_loses_some__takes_nothing(
    evm: Evm, way: int, at: str, reason: str
) -> None:
    crowd = in_token(evm, "FickleToken")
    (ann,) = crowd.patrons(1)
    token = evm.at("FickleToken", crowd.terms.asset)
    token.mint(ann, 8_000, sender=ann)
    token.approve(crowd.match, 8_000, sender=ann)
    token.behave(way, getattr(crowd, at), sender=ann)
    with evm.reverts(reason):
        crowd.match.pledge(1, 3, 1, 8_000, sender=ann)


def test_pledge__eth_beside_a_token__is_refused(evm: Evm) -> None:
    crowd = in_token(evm, "TestDollar")
    (ann,) = crowd.patrons(1)
    with evm.reverts("deposit: ETH beside a token"):
        crowd.match.pledge(1, 3, 1, 8_000, sender=ann, value=1)
    with evm.reverts("deposit: ETH beside a token"):
        crowd.match.pledge(1, 3, 1, 0, sender=ann, value=1)


def test_pledge__a_token_whose_hook_comes_back__is_refused(evm: Evm) -> None:
    crowd = in_token(evm, "HookToken")
    (ann,) = crowd.patrons(1)
    token = evm.at("HookToken", crowd.terms.asset)
    token.mint(ann, 8_000, sender=ann)
    token.approve(crowd.match, 8_000, sender=ann)
    for call in (("stop",), ("withdraw", ann), ("settle",)):
        token.register(crowd.match, crowd.match.calldata(*call), sender=ann)
        with evm.reverts(""):
            crowd.match.pledge(1, 3, 1, 8_000, sender=ann)


def test_settle__after_an_accepted_loss__all_bear_it_and_the_books_are_equal(evm: Evm) -> None:
    crowd = in_token(evm, "OddToken")
    people = crowd.patrons(2)
    for patron in people:
        crowd.pledge(patron, 1, 3, 1)
    crowd.settle()
    token = evm.at("OddToken", crowd.terms.asset)
    token.rebase(10**18 // 2, sender=crowd.hub)
    crowd.end(2)
    with evm.reverts("pool: this asset is short"):
        crowd.match.settle(sender=crowd.relayer)
    crowd.enact((crowd.pool, 0, crowd.pool.calldata("accept_loss", token, 1)), text="loss")
    assert crowd.settle().collected == 4_000
    # in the measure of the books, worth half
    assert crowd.books() == (12_000, 0, 4_000)
    assert [crowd.withdraw(patron) for patron in people] == [3_000, 3_000]


def test_settle__less_than_the_tokens_smallest_unit__goes_on_without_a_gift(evm: Evm) -> None:
    terms = goal_terms(1)._asdict() | {"rate": 100}
    crowd = in_token(evm, "OddToken", **{k: v for k, v in terms.items() if k != "asset"})
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 10, 0, 1)
    crowd.settle()
    token = evm.at("OddToken", crowd.terms.asset)
    token.rebase(10**18 // 2, sender=crowd.hub)
    crowd.enact((crowd.pool, 0, crowd.pool.calldata("accept_loss", token, 1)), text="loss")
    # a unit of the books is worth half a unit of the token
    assert crowd.settle().collected == 1
    assert named(evm, "Given") == []
    assert crowd.books() == (9, 0, 0)


def test_pledge__more_than_a_purse_can_hold__is_refused(evm: Evm) -> None:
    """No honest call reaches it, for the Pool's own books hold no more of all patrons together."""
    crowd = in_token(evm, "TestDollar")
    (ann,) = crowd.patrons(1)
    crowd.pledge(ann, 1, 0, 1)
    crowd.token().mint(ann, 1, sender=ann)
    crowd.token().approve(crowd.match, 1, sender=ann)
    machine, where = evm._vm, crowd.match.address.lower()  # noqa: SLF001  (no honest call reaches it)
    (found,) = (s for a, (_, _, s) in evm.state().items() if a.lower() == where)
    (slot,) = [int(place, 0) for place, worth in found.items() if int(worth, 0) == 1_000]
    machine.insert_account_storage(where, slot, 2**128 - 1)
    with evm.reverts("crowdmatch: too much put in"):
        crowd.match.pledge(1, 0, 1, 1, sender=ann)


def test_crowdmatch__of_a_real_co_op__is_installed_and_opened_by_one_vote(evm: Evm) -> None:
    coop = Coop(evm)
    kind = kind_of("Crowdmatch")
    match = evm.at("Crowdmatch", coop.hub.next_install(coop.pool, kind, b""))
    install = (coop.hub, 0, coop.hub.calldata("install", kind, b""))
    coop.enact(install, coop.opening(match, False, Terms(members_only=True).encoded), text="crowd")
    opened_at = evm.now
    ann, args = coop.founders[0], (1, 9, 2, 2 * match.caps()[9])
    evm.warp(1)
    pledges = partial(match.pledge, *args, sender=ann, value=args[3])
    pledges()
    for period in (1, 2):
        evm.warp_to(opened_at + period * WEEK)
        match.settle(sender=coop.relayer)
    assert coop.pool.balance_of(0, ETH) == 1_000
    assert coop.pool.reserved(1, ETH) == args[3] - 1_000
