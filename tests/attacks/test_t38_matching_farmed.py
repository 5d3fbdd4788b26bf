# SPDX-License-Identifier: AGPL-3.0-only
"""T38: matching is farmed by splitting gifts.

Who and what for: a member who gives to her own project and wants it matched: from two accounts, by
moving her seat between two gifts; with friends who join for the round; alone, in many small gifts;
with money lent for a second.
In the world: Gitcoin's rounds, where one donor came from hundreds of accounts and projects gave to
themselves.
The defence: a donor is a seat that was there before the round was opened, or the answer of a gate,
and all that she gives a project has one root (`Matching._member`, `modules/electorate.vy`,
`modules/matches.vy`); a gift goes to the project or stays until the end. In the weakened copy a
donor is a key, and counts as soon as it is a member.
"""

from tests.attacks.matchings_weak import CARELESS
from tests.attacks.money import on_both, strike
from tests.contracts.evm import Evm
from tests.contracts.matchings import Fund

FUND = 1_000


def prepared(evm: Evm) -> Fund:
    """The first member's own project, and 1,000 in the fund."""
    pot = Fund(evm, donors=3)
    assert pot.stand(pot.donors[0]) == 1
    pot.put(FUND)
    return pot


def match(pot: Fund) -> int:
    """What the project has of the fund in the end."""
    return pot.matches(1)[0]


def moves_her_seat(evm: Evm) -> int:
    """She gives 100, moves her seat to another key of hers, and gives 100 from it."""
    pot, other = prepared(evm), evm.actor("her other key")
    pot.give(1, 100, pot.donors[0])
    pot.rebind(pot.donors[0], other)
    evm.warp(1)
    pot.give(1, 100, other)
    return match(pot)


def brings_friends(evm: Evm) -> int:
    """Four join on the first day of the round, with her money."""
    pot = prepared(evm)
    friends = [evm.actor(f"friend {n}") for n in range(4)]
    pot.admit(*friends)
    evm.warp(1)
    for friend in friends:
        pot.give(1, 25, friend)
    return match(pot)


def test_give__from_two_keys_of_one_seat__is_one_donor() -> None:
    """(10 + 10)^2 - 200 = 200 from two keys."""
    assert on_both(moves_her_seat, CARELESS) == (0, 200)


def test_give__by_friends_who_join_for_it__is_not_matched() -> None:
    """(4 * 5)^2 - 100 = 300 by four who were brought in."""
    assert on_both(brings_friends, CARELESS) == (0, 300)


def test_give__to_oneself_in_many_gifts__has_one_root() -> None:
    """A hundred gifts of a member to her own project, in a loop: one donor, no match."""
    pot = prepared(Evm())
    for _ in range(100):
        pot.give(1, 1, pot.donors[0])
    assert pot.matching.project_of(1).ideal == 0
    assert match(pot) == 0
    assert pot.books() == (0, FUND, 0, 0)


def test_give__the_same_money_around_and_around__is_locked_after_the_first() -> None:
    """Given money cannot be given again: it is promised until the round ends, or goes back with
    its whole effect on the match."""
    pot = prepared(Evm())
    friend = pot.donors[1]
    pot.give(1, 100, pot.donors[0])
    pot.give(1, 100, friend)
    assert pot.matching.project_of(1).ideal == 200
    pot.matching.withdraw(sender=pot.donors[0])
    assert pot.matching.terms()[2] == 0
    pot.refund(1, friend)
    pot.refund(1, pot.donors[0])
    assert pot.stand(pot.donors[0]) == 2
    pot.give(2, 100, friend)
    assert pot.matching.project_of(2).ideal == 0


def test_give__lent_for_a_second__cannot_be_had_back_before_the_end() -> None:
    """In the last second of giving; the fund is divided in another second at the earliest."""
    pot = prepared(Evm())
    pot.evm.warp_to(pot.opened_at + pot.terms.duration - 1)
    for donor in pot.donors[:2]:
        pot.give(1, 10**6, donor)
    lender = pot.donors[0]
    refused = [
        strike(pot.evm, pot.matching.close, sender=lender),
        strike(pot.evm, pot.matching.claim, 1, lender, sender=lender),
        strike(pot.evm, pot.matching.refund, 1, lender, sender=lender),
    ]
    assert refused == [
        "matching: not over yet",
        "matching: not divided yet",
        "matching: the gift stays",
    ]
    assert pot.books()[2] == 2 * 10**6
