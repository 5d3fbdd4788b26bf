# SPDX-License-Identifier: AGPL-3.0-only
"""How a crowdmatch is opened: its terms, its ladder, and who may not."""

from typing import Any

import pytest

from tests.contracts.coop import DAY, ZERO, named
from tests.contracts.crowds import GOAL, SHARE, WEEK, Crowd, Terms, goal_terms
from tests.contracts.evm import ETH, Actor, Evm

U96 = 2**96 - 1


@pytest.fixture
def crowd(evm: Evm) -> Crowd:
    """One that has no earmark yet."""
    return Crowd(evm, opened=False)


def test_on_open__good_terms__are_kept_and_told(crowd: Crowd) -> None:
    crowd.terms = Terms(first_cap=10, step_bps=5_000, levels=4, members_only=True)
    crowd.begin()
    now = crowd.opened_at
    assert crowd.match.money() == (1, ETH)
    assert crowd.match.terms() == (SHARE, 1_000, 1_000, True, 0)
    assert crowd.match.clock() == (now, WEEK, 100, 0)
    # by hand: half as much again, rounded down
    assert crowd.match.caps() == [10, 15, 22, 33]
    neighbours = [getattr(crowd.match, name)() for name in ("hub", "pool", "governor")]
    assert neighbours == [crowd.hub.address, crowd.pool.address, crowd.governor.address]


def test_on_open__event__has_the_earmark_and_all_terms(crowd: Crowd) -> None:
    crowd.terms = goal_terms(36_000, most=2**64)
    crowd.earmark(crowd.match, crowd.terms.encoded)
    (log,) = named(crowd.evm, "CrowdmatchOpened")
    told = {"earmark_id": 1, "target": 0, "terms": tuple(crowd.terms)}
    assert (log.address, log.args) == (crowd.match.address, told)
    assert crowd.match.terms() == (GOAL, 36_000, 2**64, False, 0)
    assert crowd.match.caps() == [1]


def test_on_open__a_flat_step__is_a_unit_more_each_time(crowd: Crowd) -> None:
    crowd.terms = Terms(first_cap=1, step_bps=100, levels=5)
    crowd.begin()
    assert crowd.match.caps() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(form=0), "crowdmatch: no such form"),
        (Terms(form=3), "crowdmatch: no such form"),
        (Terms(rate=0), "crowdmatch: bad rate"),
        (Terms(rate=U96 + 1), "crowdmatch: bad rate"),
        (Terms(most=0), "crowdmatch: bad most"),
        (Terms(most=1_000_001), "crowdmatch: bad most"),
        (goal_terms(1, most=2**64 + 1), "crowdmatch: bad most"),
        (goal_terms(1)._replace(levels=2, step_bps=100), "crowdmatch: goals have no caps"),
        (goal_terms(1)._replace(first_cap=2), "crowdmatch: goals have no caps"),
        (goal_terms(1)._replace(step_bps=99), "ladder: bad step"),
        (Terms(levels=0), "ladder: bad number of levels"),
        (Terms(levels=65), "ladder: bad number of levels"),
        (Terms(first_cap=0), "ladder: bad first cap"),
        (Terms(first_cap=U96 + 1), "ladder: bad first cap"),
        (Terms(step_bps=99), "ladder: bad step"),
        (Terms(step_bps=0), "ladder: bad step"),
        (Terms(step_bps=10_001), "ladder: bad step"),
        (Terms(first_cap=U96, levels=2), "ladder: top cap too high"),
        (Terms(period=DAY - 1), "round: bad period"),
        (Terms(period=366 * DAY + 1), "round: bad period"),
        (Terms(rounds=0), "round: bad number of periods"),
        (Terms(rounds=1_201), "round: bad number of periods"),
        (Terms(target=1), "crowdmatch: target is the escrow"),
        (Terms(target=2), "pool: unknown earmark"),
    ],
)
def test_on_open__terms_out_of_bounds__are_refused(evm: Evm, terms: Terms, reason: str) -> None:
    Crowd(evm, opened=False).refuses(reason, terms.encoded)


@pytest.mark.parametrize(
    "terms",
    [
        Terms(rate=U96, most=1_000_000, first_cap=U96, levels=1, step_bps=0),
        Terms(rate=1, most=1, first_cap=1, levels=64, step_bps=10_000, period=DAY, rounds=1),
        Terms(period=366 * DAY, rounds=1_200, levels=1, step_bps=100),
        goal_terms(U96, most=1),
    ],
)
def test_on_open__terms_at_the_bounds__are_taken(evm: Evm, terms: Terms) -> None:
    crowd = Crowd(evm, terms)
    assert len(crowd.ladder) == terms.levels
    assert crowd.match.terms()[:3] == (terms.form, terms.rate, terms.most)


def test_on_open__parameters_of_another_length__are_refused(crowd: Crowd) -> None:
    good = Terms().encoded
    for params in (b"", good[:-1], good + bytes(32)):
        crowd.refuses("crowdmatch: bad parameters", params)
    crowd.refuses("", good[: 9 * 32] + (2).to_bytes(32, "big") + good[10 * 32 :])


def test_on_open__a_restricted_escrow_or_one_with_an_end__is_refused(crowd: Crowd) -> None:
    params, end = Terms().encoded, crowd.evm.now + 999 * DAY
    crowd.refuses("crowdmatch: not a plain earmark", params, restricted=True)
    crowd.refuses("crowdmatch: not a plain earmark", params, deadline=end)


def test_on_open__a_restricted_target_or_one_with_an_end__is_refused(crowd: Crowd) -> None:
    end = crowd.evm.now + 999 * DAY
    crowd.earmark(ZERO, deadline=end)
    crowd.refuses("crowdmatch: not a plain earmark", Terms(target=1).encoded)


def test_on_open__a_second_time__is_refused(crowd: Crowd) -> None:
    crowd.begin()
    crowd.refuses("crowdmatch: has its earmark", Terms().encoded)


def test_on_open__by_anyone_but_the_pool__is_refused(crowd: Crowd, outsider: Actor) -> None:
    callers: list[Any] = [outsider, crowd.chair, crowd.hub]
    for caller in callers:
        with crowd.evm.reverts("crowdmatch: only the pool"):
            crowd.match.on_open(1, Terms().encoded, sender=caller)


def test_everything__before_it_is_opened__is_refused(crowd: Crowd, outsider: Actor) -> None:
    match = crowd.match
    with crowd.evm.reverts("round: nothing opened"):
        match.pledge(1, 0, 1, 1_000, sender=outsider, value=1_000)
    with crowd.evm.reverts("round: nothing opened"):
        match.stop(sender=outsider)
    with crowd.evm.reverts("round: nothing opened"):
        match.settle(sender=outsider)
    with crowd.evm.reverts("crowdmatch: nothing to take back"):
        match.withdraw(outsider, sender=outsider)
    assert match.clock() == (0, 0, 0, 0)
    assert match.terms() == (0, 0, 0, False, 0)


def test_default__eth_from_anyone_but_the_pool__is_refused(crowd: Crowd, outsider: Actor) -> None:
    with crowd.evm.reverts("crowdmatch: only from the pool"):
        crowd.evm.call(outsider, crowd.match, b"", value=1)
