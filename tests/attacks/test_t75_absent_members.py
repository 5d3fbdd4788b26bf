# SPDX-License-Identifier: AGPL-3.0-only
"""T75: the members are gone, and what is left cannot decide.

Who and what for: nobody; nine of ten have lost interest or their keys. What patrons gave for a
purpose would be locked, and the last one awake could not even bring others in.
In the world: Parity's frozen half million ether (2017); any number of token votes that never
again reached their quorum.
The defence: what a restricted earmark has not used in 400 days goes back to its patrons without
any vote (`earmarks._end_by_lapse`), invitations and moved keys need no quorum
(modules/invitations.vy, modules/rebinding.vy), and proposals that nobody votes on end by
themselves. The general fund waits for members; SECURITY.md says so.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.contracts.coop import DAY, DEFEATED, FOR, Coop, Ways, ascending
from tests.contracts.distributors import DOLLARS
from tests.contracts.evm import Evm
from tests.contracts.test_admission_join import join
from tests.contracts.test_admission_rebind_sponsors import papers

NO_LAPSE = [
    (
        "modules/earmarks.vy",
        "LAPSE_AFTER: constant(uint256) = 400 * 86_400",
        "LAPSE_AFTER: constant(uint256) = 400 * 366 * 86_400",
    )
]


def everybody_is_gone(evm: Evm) -> Outcome:
    """No member and no maintainer ever acts again; `won` is what the absence costs the patron."""
    works = Works(evm)
    works.give(100 * DOLLARS)
    evm.warp(401 * DAY)
    before = works.dollar.balanceOf(works.patron)
    refused = strike(evm, works.pool.lapse, works.earmark, sender=works.relayer)
    arguments = (works.earmark, works.dollar)
    strike(evm, works.pool.reclaim, *arguments, sender=works.patron)
    back = works.dollar.balanceOf(works.patron) - before
    return Outcome(refused, 100 * DOLLARS - back)


def test_reclaim__everybody_is_gone__returns_all_to_the_patron() -> None:
    shipped, weak = on_both(everybody_is_gone, NO_LAPSE)
    assert shipped == ("", 0)
    assert weak == ("pool: too early to lapse", 100 * DOLLARS)


def test_three_awake_of_twenty__below_every_quorum__bring_the_coop_back() -> None:
    """A fifth is needed, and three of twenty are less: they invite, and move lost keys, until they
    are enough; then the fund can be spent again."""
    evm = Evm()
    coop = Coop(evm, founders=20, ways=Ways(joins_bps=1000))
    coop.give(7)
    evm.warp(2 * DAY)
    three = coop.founders[:3]
    pair = ascending(three[:2])
    asleep = coop.propose(coop.spending(coop.patron, 7), text="too few", by=three[0])
    coop.open(asleep)
    coop.vote(asleep, FOR, *three)
    evm.warp_to(coop.governor.proposalDeadline(asleep.id) + 1)
    assert coop.state(asleep) == DEFEATED
    old, new, friend = coop.founders[5], evm.actor("her new key"), evm.actor("friend")
    coop.admission.rebind_by_sponsors(*papers(coop, old, new, pair), sender=new)
    join(coop, friend, pair)
    evm.warp(7 * DAY)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    evm.warp(1)
    coop.voters = [*three, friend, new]
    before = evm.balance(coop.patron)
    coop.enact(coop.spending(coop.patron, 7), text="enough")
    assert evm.balance(coop.patron) == before + 7
