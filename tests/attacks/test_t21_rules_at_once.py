# SPDX-License-Identifier: AGPL-3.0-only
"""T21: a majority changes the rules at once.

Who and what for: members who set a vote of an hour without a quorum, so that one of them can take
the fund before anybody has looked.
In the world: Beanstalk's `emergencyCommit` (2022); Baal's `setGovernanceConfig`, which took any
number.
The defence: rules change by a rules vote with its timelock (`changes.set_rules`), and never below
or above the bounds that stand in the code (`rules._require_within`), whoever is for it.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import (
    CLASSES,
    DAY,
    FOR,
    HOUR,
    ORDINARY,
    RULES,
    Desk,
    stricter,
    values,
)
from tests.contracts.evm import Evm

AT_ONCE = stricter(CLASSES, ORDINARY, delay=0, period=HOUR, timelock=0, quorum_bps=0)
# class, field -> the least and the most, and how its refusal begins
BOUNDS = {
    "delay": [(0, 30 * DAY)] * 4,
    "period": [(DAY, 60 * DAY), *[(3 * DAY, 60 * DAY)] * 3],
    "timelock": [(DAY, 60 * DAY), *[(2 * DAY, 60 * DAY)] * 2, (0, 60 * DAY)],
    "expiry": [(3 * DAY, 180 * DAY)] * 4,
    "quorum_bps": [(500, 10_000), *[(2000, 10_000)] * 2, (100, 5_000)],
    "approval_bps": [(5000, 10_000), *[(6667, 10_000)] * 2, (0, 10_000)],
}


def an_hour_is_enough(evm: Evm) -> Outcome:
    """Everybody has voted for the new rules; then one of them is alone."""
    coop = funded(evm, founders=10)
    rules = coop.passed(coop.ruling(AT_ONCE), text="faster")
    refused = strike(evm, coop.execute, rules)
    started = evm.now
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, FOR, coop.founders[0])
    ready(coop, proposal)
    evm.warp(60)
    found = carried_out(coop, proposal)
    assert bool(refused) == (evm.now - started > 2 * HOUR)
    return Outcome(refused or found.refused, found.won)


def test_execute__rules_of_an_hour_without_a_quorum__is_refused_even_to_all() -> None:
    shipped, weak = on_both(an_hour_is_enough, HASTY)
    assert shipped == ("rules: period out of bounds", 0)
    assert weak == ("", FUND)


@pytest.mark.parametrize("field", BOUNDS)
@pytest.mark.parametrize("kind", range(4))
def test_set_rules__each_bound_of_each_class__holds_to_the_unit(kind: int, field: str) -> None:
    evm = Evm()
    desk = Desk(evm, rules=None)
    least, most = BOUNDS[field][kind]
    unit = HOUR if field in ("delay", "period") else 1
    reason = f"rules: {field.removesuffix('_bps')} out of bounds"
    for wrong in ([least - unit] if least else []) + [most + unit]:
        with evm.reverts(reason):
            call = values(stricter(CLASSES, kind, **{field: wrong}))
            desk.governor.set_rules(call, sender=desk.hub)
    for right in (least, most):
        mark = evm.snapshot()
        desk.governor.set_rules(values(stricter(CLASSES, kind, **{field: right})), sender=desk.hub)
        evm.restore(mark)


def test_execute__rules_before_their_timelock_is_over__is_refused_to_the_second() -> None:
    evm = Evm()
    coop = funded(evm)
    proposal = coop.queued(coop.ruling(CLASSES), text="the same")
    assert coop.word(proposal)["kind"] == RULES
    evm.warp_to(coop.governor.proposalEta(proposal.id) - 1)
    with evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
    ready(coop, proposal)
    coop.execute(proposal)
