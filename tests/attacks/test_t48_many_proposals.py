# SPDX-License-Identifier: AGPL-3.0-only
"""T48: so many proposals that nobody can see the one that matters.

Who and what for: one member, who makes a hundred proposals a day, so that the others vote on what
they have not read, or do not come to their own.
In the world: Baal's proposal queue, which had to be worked off in order; forums of token votes
since.
The defence: a member has at most two at a time (`members._take_turn`), each place is free again
by itself, and no proposal costs more, or waits, because of others.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import funded, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import FOR, Coop
from tests.contracts.evm import Evm, Reverted


def spams(evm: Evm) -> Outcome:
    """A hundred; `won` is how many there are."""
    coop, count = funded(evm), 0
    for n in range(100):
        refused = ""
        try:
            coop.propose((coop.patron, n, b""), text="spam")
        except Reverted as error:
            refused = error.reason
        count += refused == ""
    return Outcome(refused, count)


def test_propose__a_hundred_by_one_member__makes_two() -> None:
    shipped, weak = on_both(spams, HASTY)
    assert shipped == ("members: two proposals open", 2)
    assert weak == ("", 100)


def test_propose__after_hers_have_closed__is_hers_again_for_ever() -> None:
    """The cap is on what is open, not on a lifetime."""
    evm = Evm()
    coop = funded(evm)
    for n in range(20):
        for text in ("a", "b"):
            proposal = coop.propose((coop.patron, n, b""), text=text)
        with evm.reverts("members: two proposals open"):
            coop.propose((coop.patron, n, b""), text="c")
        evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)


def costs(coop: Coop) -> list[int]:
    """Gas of proposing, of a ballot by a seat of the first word, and of execution."""
    evm, found = coop.evm, []
    proposal = coop.propose((coop.patron, 0, b""), text=f"measured {evm.now}", by=coop.founders[0])
    found.append(evm.gas_used)
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders[:20])
    coop.vote(proposal, FOR, coop.founders[20])
    found.append(evm.gas_used)
    evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    return [*found, evm.gas_used]


def test_gas__beside_hundreds_of_proposals__stays_the_same() -> None:
    evm = Evm()
    coop = funded(evm, founders=64)
    costs(coop)  # her places in her word are written for the first time
    few, made = costs(coop), 0
    measured = []
    for many in (100, 500):
        while made < many:
            for member in coop.founders[1:]:
                robbing(coop, text=f"{made}", by=member)
                made += 1
            evm.warp(7 * 86_400)
        measured.append(costs(coop))
    for found in measured:
        for before, after in zip(few, found, strict=True):
            assert abs(after - before) * 100 <= before
