# SPDX-License-Identifier: AGPL-3.0-only
"""A team whose earmark is restricted, or ends."""

from tests.contracts.coop import DAY
from tests.contracts.evm import Evm
from tests.contracts.teams import MONTH, Crew, Payday


def test_close_period__a_restricted_earmark_has_ended__promises_nothing_more(evm: Evm) -> None:
    crew = Crew(evm, restricted=True, deadline=2 * MONTH)
    crew.give(900)
    crew.take(100, 100, 100)
    assert crew.close() == Payday(1, 300, 300, 600)
    # the second payday falls on the second of the end
    assert crew.close() == Payday(2, 0, 300, 0)
    assert crew.books() == (600, 300)
    crew.pool.reclaim(1, crew.asset, sender=crew.patron)
    assert crew.books() == (0, 300)
    crew.team.pay(crew.mates, sender=crew.relayer)
    assert [crew.has(who) for who in crew.mates] == [100, 100, 100]


def test_close_period__a_second_before_a_restricted_earmark_ends__is_held(evm: Evm) -> None:
    crew = Crew(evm, restricted=True, deadline=2 * MONTH + 1)
    crew.give(900)
    crew.take(100, 100, 100)
    crew.close()
    assert crew.close() == Payday(2, 300, 300, 300)


def test_close_period__due_before_the_end_but_held_after_it__promises_nothing(evm: Evm) -> None:
    crew = Crew(evm, restricted=True, deadline=MONTH + 1)
    crew.give(900)
    crew.take(100, 100, 100)
    evm.warp_to(crew.opened_at + MONTH + 1)
    crew.team.close_period(sender=crew.relayer)
    assert crew.payday() == Payday(1, 0, 300, 0)


def test_set_take__nobody_takes_for_400_days__patrons_reclaim(evm: Evm) -> None:
    crew = Crew(evm, restricted=True, paydays=30)
    crew.give(900)
    evm.warp(401 * DAY)
    crew.pool.lapse(1, sender=crew.relayer)
    crew.take(100)
    assert crew.close().amount == 0
    crew.pool.reclaim(1, crew.asset, sender=crew.patron)
    assert crew.books() == (0, 0)
