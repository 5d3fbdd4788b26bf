# SPDX-License-Identifier: AGPL-3.0-only
"""T34: a relayer brings a signed standing ballot again, after its member has changed her mind.

Who and what for: a candidate's friend, who kept what a member signed for him; she has given her
points to somebody else since. Or he has her sign a number of casts that is to mean any.
In the world: signed orders without a nonce; relays that sold the order of what they carried.
The defence: a ballot names the casts that it follows, counts directly after those only, and no
number means any (`choices._cast`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.allocations import POINTS, Round, packed
from tests.contracts.coop import DAY
from tests.contracts.evm import Evm


def brings_it_again(evm: Evm) -> Outcome:
    """She was for 2 and is for 1; won is what 2 has of 1,000."""
    crowd = Round(evm)
    crowd.candidates(2)
    voter = crowd.founders[0]
    words = crowd.signs(voter, {2: POINTS}, deadline=evm.now + 20 * DAY)
    assert crowd.bring(words, evm.now + 20 * DAY) == 1
    until = evm.now + 20 * DAY
    crowd.cast(voter, {1: POINTS})
    crowd.bring(words, until)
    refused = "".join(why for _, why in crowd.skipped())
    crowd.give(1_000, earmark=1)
    crowd.close()
    return Outcome(refused, crowd.waiting(2)[0])


def signed_for_any(evm: Evm) -> Outcome:
    """She signed 256, which no seat has cast."""
    crowd = Round(evm)
    crowd.candidates(2)
    voter, until = crowd.founders[0], evm.now + 20 * DAY
    signature = voter.sign(crowd.paper(voter, {2: POINTS}, 256, deadline=until))
    crowd.cast(voter, {1: POINTS})
    brought = (voter, packed({2: POINTS}), 256, until, signature)
    refused = strike(evm, crowd.allocation.cast_for, *brought, sender=crowd.relayer)
    crowd.give(1_000, earmark=1)
    crowd.close()
    return Outcome(refused, crowd.waiting(2)[0])


def test_cast_by_signatures__an_old_word_after_a_newer__is_skipped() -> None:
    shipped, weak = on_both(brings_it_again, CARELESS)
    assert shipped == ("allocation: not its turn", 0)
    assert weak == ("", 1_000)


def test_cast_for__a_number_that_was_to_mean_any__is_refused() -> None:
    shipped, weak = on_both(signed_for_any, CARELESS)
    assert shipped == ("allocation: not its turn", 0)
    assert weak == ("", 1_000)
