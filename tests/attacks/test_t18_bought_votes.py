# SPDX-License-Identifier: AGPL-3.0-only
"""T18: votes are bought, or borrowed for the length of a transaction.

Who and what for: a rich outsider, who has bought grain of one member and breaks the tie between
the two.
In the world: Beanstalk (2022, $182M) by a flash loan; Build Finance and Steem by buying.
The defence: a member has one vote and nothing else gives any; the code that counts knows no token's
balance (modules/members.vy, modules/casting.vy). In the weakened copy who has grain has a ballot.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.votes import ready
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.compiled import CONTRACTS, sources_of
from tests.contracts.coop import AGAINST, EXECUTED, FOR
from tests.contracts.distributors import DOLLARS, subject_of
from tests.contracts.evm import Evm


def buys_grain(evm: Evm) -> Outcome:
    """Two members, one for it and one against it; the rich one has the grain of both."""
    works = Works(evm, founders=2)
    coop, (honest, bribed) = works.coop, works.coop.founders
    rich = evm.actor("rich")
    epoch = works.month({subject_of(honest): 1, subject_of(bribed): 1}, 100 * DOLLARS)
    works.payday(works.finalise(epoch))
    for seller in coop.founders:
        coop.grain.transfer(rich, coop.grain.balanceOf(seller), sender=seller)
    assert coop.grain.balanceOf(rich) == coop.grain.totalSupply() > 0
    proposal = coop.opened((rich, 0, b""), text="his", by=bribed)
    coop.vote(proposal, FOR, bribed)
    coop.vote(proposal, AGAINST, honest)
    refused = strike(evm, coop.governor.castVote, proposal.id, FOR, sender=rich)
    ready(coop, proposal)
    strike(evm, coop.execute, proposal)
    return Outcome(refused, int(coop.state(proposal) == EXECUTED))


def test_castvote__with_all_grain_there_is__is_refused() -> None:
    shipped, weak = on_both(buys_grain, UNFROZEN)
    assert shipped == ("governor: not a member", 0)
    assert weak == ("", 1)


def test_state__while_grain_and_money_move__stays_the_same() -> None:
    """Whatever is given, paid, sent or approved: no tally and no state moves."""
    evm = Evm()
    works = Works(evm)
    coop = works.coop
    epoch = works.month({subject_of(f): n + 1 for n, f in enumerate(coop.founders)}, 90 * DOLLARS)
    works.payday(works.finalise(epoch))
    proposal = coop.opened((coop.patron, 0, b""), text="x")
    coop.vote(proposal, FOR, *coop.founders[:2])
    before = coop.governor.proposalVotes(proposal.id), coop.state(proposal)
    first, *others = coop.founders
    for move in (
        lambda: coop.grain.transfer(others[0], coop.grain.balanceOf(first), sender=first),
        lambda: coop.grain.approve(first, 2**255, sender=others[0]),
        lambda: coop.grain.transferFrom(others[0], first, 1, sender=first),
        lambda: coop.give(10**20),
        lambda: works.give(DOLLARS),
        lambda: coop.dollar.mint(coop.pool, 5, sender=coop.relayer),
        lambda: coop.pool.sync(coop.dollar, sender=coop.relayer),
    ):
        move()
        assert (coop.governor.proposalVotes(proposal.id), coop.state(proposal)) == before
        assert [coop.governor.getVotes(f) for f in coop.founders] == [1, 1, 1]


def test_sources__of_what_counts_votes__know_no_token() -> None:
    """No module that knows who may vote, or what passes, imports anything but its like."""
    for name in ("members", "ballots", "proposals", "casting", "rules"):
        known = {path.name for path in sources_of(CONTRACTS / "modules" / f"{name}.vy")}
        allowed = {f"{each}.vy" for each in ("ballots", "casting", "checks", "members")}
        allowed |= {"proposals.vy", "rules.vy", "signatures.vy", "IGovernor.vyi", "IERC1271.vyi"}
        assert known <= allowed, name
