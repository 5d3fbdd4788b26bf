# SPDX-License-Identifier: AGPL-3.0-only
"""A seat that sponsors move counts as a join: a few gain no more seats by it than by inviting."""

import pytest

from tests.contracts.coop import DAY, FOR, ZERO, Coop, Ways, ascending
from tests.contracts.evm import Actor, Evm
from tests.contracts.test_admission_join import join
from tests.contracts.test_admission_rebind import OPEN_FOR, WEEK, ask
from tests.contracts.test_admission_rebind_sponsors import start
from tests.contracts.test_review_governance import WAYS, crowd, local

FULL = "admission: enough have joined in this period"


def small(evm: Evm, period: int = 300 * DAY) -> tuple[Coop, Actor, list[Actor]]:
    """A co-op of four where one may join in a period; who lost her key, and two who know her."""
    coop = Coop(evm, founders=4, ways=Ways(joins_bps=1, period=period))
    evm.warp(2 * DAY)
    return coop, coop.founders[0], ascending(coop.founders[1:3])


@pytest.fixture
def new(evm: Evm) -> Actor:
    """Her new one."""
    return evm.actor("new key")


def test_complete_rebind__asked_by_sponsors__counts_as_a_join(evm: Evm, new: Actor) -> None:
    coop, old, pair = small(evm)
    start(coop, old, new, pair)
    assert coop.admission.joins_left() == 1
    evm.warp(WEEK)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.admission.joins_left() == 0


def test_complete_rebind__by_sponsors_in_a_full_period__waits_and_stands(
    evm: Evm, new: Actor
) -> None:
    """Refused, it changes nothing; until its sixty days are over it can be tried again."""
    period = 9 * DAY
    coop, old, pair = small(evm, period)
    start(coop, old, new, pair)
    asked = coop.admission.pending_rebind(old)
    evm.warp(WEEK)
    join(coop, evm.actor("another"), pair)
    joined = evm.now
    for wait in (0, period - 1):
        evm.warp_to(joined + wait)
        with evm.reverts(FULL):
            coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.admission.pending_rebind(old) == asked
    evm.warp_to(joined + period)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(new)
    assert coop.admission.joins_left() == 0
    one_more = evm.actor("one more")
    with evm.reverts(FULL):
        join(coop, one_more, pair)


def test_complete_rebind__a_vote_in_the_place_of_sponsors__counts_as_no_join(
    evm: Evm, new: Actor
) -> None:
    """And what sponsors ask for after a vote's request was objected to counts again."""
    coop, old, pair = small(evm)
    join(coop, evm.actor("another"), pair)
    start(coop, old, coop.patron, pair)
    ask(coop, old, new)
    coop.admission.object_to_rebind(sender=old)
    start(coop, old, coop.patron, pair)
    evm.warp(WEEK)
    with evm.reverts(FULL):
        coop.admission.complete_rebind(old, 0, b"", sender=coop.patron)
    ready_at = ask(coop, old, new)
    evm.warp_to(ready_at)
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert coop.governor.isMember(new)
    assert coop.admission.joins_left() == 0


def test_object_to_rebind__by_sponsors_in_a_full_period__stops_it(evm: Evm, new: Actor) -> None:
    """What waits for the next period can still be objected to."""
    coop, old, pair = small(evm)
    start(coop, old, new, pair)
    join(coop, evm.actor("another"), pair)
    evm.warp(WEEK + OPEN_FOR)
    coop.admission.object_to_rebind(sender=old)
    assert tuple(coop.admission.pending_rebind(old)) == (ZERO, 0)


def test_complete_rebind__of_all_who_sleep__a_share_moves_and_a_vote_comes_in_time(
    evm: Evm,
) -> None:
    """Attack: three of twenty ask for the seats of ten who do not look, all in one second. They
    had thirteen seats a week later, two thirds of all, before any vote could end."""
    coop = local(evm, 20)
    thieves, asleep, awake = coop.founders[:3], coop.founders[3:13], coop.founders[13:]
    socks = crowd(evm, len(asleep))
    for old, sock in zip(asleep, socks, strict=True):
        start(coop, old, sock, ascending(thieves))
    out = coop.propose(*map(coop.removing, thieves), text="out", by=awake[0])
    right = [evm.actor(f"right key {n}") for n in range(3)]
    aside = [coop.asking(*pair) for pair in zip(asleep[-3:], right, strict=True)]
    turned = coop.propose(*aside, text="turn aside", by=awake[1])
    evm.warp(1)
    for proposal in (out, turned):
        coop.vote(proposal, FOR, *awake)
    evm.warp(WEEK)
    share = 20 * WAYS.joins_bps // 10_000
    moved = list(zip(asleep, socks, strict=True))
    for old, sock in moved[:share]:
        coop.admission.complete_rebind(old, 0, b"", sender=sock)
    for old, sock in moved[share:]:
        with evm.reverts(FULL):
            coop.admission.complete_rebind(old, 0, b"", sender=sock)
    # Meanwhile those who are awake have decided: the seats that moved have no ballot in it.
    coop.execute(out)
    coop.execute(turned)
    assert sum(coop.governor.isMember(each) for each in (*thieves, *socks)) == share == 4
    # What they asked for outlives their membership; what a vote took the place of does not.
    evm.warp(WAYS.period)
    (old, sock), (away, thief) = moved[share], moved[-1]
    coop.admission.complete_rebind(old, 0, b"", sender=sock)
    with evm.reverts("admission: not the new key's signature"):
        coop.admission.complete_rebind(away, evm.now, b"", sender=thief)
    coop.admission.complete_rebind(away, 0, b"", sender=right[-1])
