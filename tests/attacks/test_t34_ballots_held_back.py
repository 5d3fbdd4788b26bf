# SPDX-License-Identifier: AGPL-3.0-only
"""T34: a relayer holds signed ballots back and brings them when it suits him.

Who and what for: the relayer of a payment's friends. A member has signed for it and has changed
her mind since; he brings her old word after her new one, or after the day on which it was to end.
In the world: Baal's votes by signature without an end (QSP-7); relays that sold the order of what
they carried.
The defence: a ballot names the casts that it follows and counts directly after those only
(`ballots._next`), and it names its last second (`casting._open_for_ballots`).
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import ABSTAIN, AGAINST, CLASSES, DAY, FOR, ORDINARY, named, stricter
from tests.contracts.evm import Evm

THREE_IN_FOUR = stricter(CLASSES, ORDINARY, quorum_bps=7500)


def brings_an_old_word(evm: Evm) -> Outcome:
    """Two are for it; the third was, and is against it now."""
    coop = funded(evm)
    friend, thief, undecided = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    words = coop.signed(proposal, undecided, FOR)
    coop.vote(proposal, AGAINST, undecided, friend)
    coop.vote(proposal, FOR, thief)
    coop.carry(proposal, words)
    told = [log.args["why"] for log in named(evm, "BallotSkipped")]
    ready(coop, proposal)
    found = carried_out(coop, proposal)
    return Outcome("".join(told), found.won)


def brings_it_late(evm: Evm) -> Outcome:
    """All three are needed; she signed for one day."""
    coop = funded(evm, rules=THREE_IN_FOUR)
    *two, third = coop.founders
    proposal = robbing(coop)
    coop.open(proposal)
    until = evm.now + DAY
    words = coop.signed(proposal, third, FOR)
    coop.vote(proposal, FOR, *two)
    evm.warp(DAY + 1)
    refused = strike(evm, coop.carry, proposal, words, deadline=until)
    ready(coop, proposal)
    found = carried_out(coop, proposal)
    return Outcome(refused, found.won)


def test_vote_by_signatures__an_older_word_after_a_newer__is_skipped() -> None:
    shipped, weak = on_both(brings_an_old_word, HASTY)
    assert shipped == ("governor: not the ballot's turn", 0)
    assert weak == ("", FUND)


def test_vote_by_signatures__after_its_last_second__is_refused() -> None:
    shipped, weak = on_both(brings_it_late, HASTY)
    assert shipped == ("governor: ballots expired", 0)
    assert weak == ("", FUND)


def test_vote_by_signatures__in_every_order__ends_with_the_last_word_or_an_earlier_one() -> None:
    """Three words of one member, brought in any order: none is counted out of turn."""
    evm = Evm()
    coop = funded(evm)
    member = coop.founders[0]
    proposal = robbing(coop)
    coop.open(proposal)
    sayings = [coop.signed(proposal, member, s, casts=n) for n, s in enumerate((FOR, ABSTAIN, FOR))]
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        mark, follows = evm.snapshot(), 0
        for each in order:
            counted = coop.carry(proposal, sayings[each])
            assert counted == (each == follows)
            follows += counted
        assert sum(coop.governor.proposalVotes(proposal.id)) == (order[0] == 0 or follows > 0)
        evm.restore(mark)
