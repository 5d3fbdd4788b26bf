# SPDX-License-Identifier: AGPL-3.0-only
"""T17: what is rounded is won.

Who and what for: two of three members, who are 66.66 % and would pass for two thirds; and a
contributor who splits her cred into leaves that are worth less than a unit each, and has each
rounded up.
In the world: thresholds in whole percent; Splits (M-02), where tokens with two decimals let dust be
taken; the Balancer and Compound forks that lost their reserves unit by unit (2023).
The defence: votes are multiplied out and never divided (`proposals._passes`); a share of a pot is
rounded down and what is left stays in the pot (`epochs._part`), which counts what it has paid
(`epochs._add_paid`). For shares there are two, so the weakened copy lacks both.
"""

from fractions import Fraction
from itertools import product

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL, LENIENT
from tests.contracts.coop import AGAINST, CLASSES, FOR, ORDINARY, SUCCEEDED, Coop, Desk, stricter
from tests.contracts.distributors import subject_of
from tests.contracts.evm import ETH, Evm

FUND, POT, LEAVES = 1_000, 100, 40


def two_of_three(evm: Evm) -> Outcome:
    """Payments take two thirds and a little more here; two vote one to the first of them."""
    coop = Coop(evm, rules=stricter(CLASSES, ORDINARY, approval_bps=6667))
    thief, second, third = coop.founders
    coop.give(FUND)
    proposal = coop.opened(coop.spending(thief, FUND), text="ours")
    coop.vote(proposal, FOR, thief, second)
    coop.vote(proposal, AGAINST, third)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, proposal)
    return Outcome(refused, evm.balance(thief) - before)


def dust(evm: Evm) -> Outcome:
    """Forty leaves, each worth a hundred-thousandth of a unit."""
    works = Works(evm, asset=ETH, minimum=1, grain_per_epoch=0)
    mine = [evm.actor(f"an account of the thief {n}") for n in range(LEAVES)]
    leaves = {subject_of(each): 1 for each in mine} | {subject_of(evm.actor("ada")): 10**7}
    epoch = works.run(leaves, POT, ETH)
    before = sum(evm.balance(each) for each in mine)
    for each in mine:
        works.claim(subject_of(each), [epoch], each, each)
    return Outcome("", sum(evm.balance(each) for each in mine) - before)


def test_execute__two_of_three_where_more_than_two_thirds_must_approve__is_refused() -> None:
    shipped, weak = on_both(two_of_three, LENIENT)
    assert shipped == Outcome("governor: not ready to execute", 0)
    assert weak == Outcome("", FUND)


def test_claim__forty_leaves_of_less_than_a_unit__are_paid_nothing() -> None:
    shipped, weak = on_both(dust, FORGETFUL)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", LEAVES)


def test_state__one_ballot_on_either_side_of_the_threshold__is_as_the_fraction_says() -> None:
    for approval in (5_000, 5_001, 6_667, 7_500, 9_999, 10_000):
        desk = Desk(Evm(), stricter(CLASSES, ORDINARY, approval_bps=approval, quorum_bps=500))
        people: list[object] = []
        for size in (1, 2, 3, 4, 6, 7, 9, 10, 12, 15, 16, 30):
            fresh = [desk.evm.actor(f"member {n}") for n in range(len(people), size)]
            desk.admit(*fresh)
            people += fresh
            desk.evm.warp(1)
            # the fewest that are enough: at least the share, and more for than against
            least = next(
                n
                for n in range(size + 1)
                if Fraction(n, size) >= Fraction(approval, 10_000) and 2 * n > size
            )
            for count in {least, max(least - 1, 0)}:
                text = f"{approval} {size} {count}"
                proposal = desk.propose((desk.relayer, 0, b""), text=text, by=people[count % size])
                desk.open(proposal)
                desk.vote(proposal, FOR, *people[:count])
                desk.vote(proposal, AGAINST, *people[count:])
                desk.evm.warp_to(desk.governor.proposalEta(proposal.id))
                assert (text, desk.state(proposal) == SUCCEEDED) == (text, count >= least)


def test_amount_of__small_pots_and_all_shares__sum_to_no_more_than_the_pot() -> None:
    evm = Evm()
    clerk = evm.implementation("Clerk")
    empty = {"root": bytes(32), "asset": ETH}
    fields = ("epoch", "attempt", "root", "total_cred", "leaf_count", "earmark", "asset", "pot")
    more = ("minimum", "grain_per_epoch", "signer_cap_bps", "maintainers_version", "excluded")
    for pot, creds in product((0, 1, 2, 7, 99, 100), product((1, 2, 3, 5), repeat=3)):
        terms = dict.fromkeys((*fields, *more, "closes_at"), 0) | empty
        terms |= {"pot": pot, "total_cred": sum(creds)}
        paid = [clerk.amount_of(tuple(terms.values()), cred)[0] for cred in creds]
        assert paid == [int(Fraction(pot * cred, sum(creds))) for cred in creds]
        assert 0 <= pot - sum(paid) < len(creds)
