# SPDX-License-Identifier: AGPL-3.0-only
"""Rules: every floor and ceiling at its edge and one past it; versions; who may set them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.coop import (
    CLASSES,
    CONSENT,
    DAY,
    MEMBERSHIP,
    ORDINARY,
    RULES,
    Coop,
    Desk,
    Rule,
    named,
    poke,
    stricter,
    values,
)
from tests.contracts.evm import Actor, Evm

# (class, field, least, most), written down from the table of the design; none of it read from code
BOUNDS = [
    *((kind, "delay", 0, 30 * DAY) for kind in range(4)),
    (ORDINARY, "period", 1 * DAY, 60 * DAY),
    (MEMBERSHIP, "period", 3 * DAY, 60 * DAY),
    (RULES, "period", 3 * DAY, 60 * DAY),
    (CONSENT, "period", 3 * DAY, 60 * DAY),
    (ORDINARY, "timelock", 1 * DAY, 60 * DAY),
    (MEMBERSHIP, "timelock", 2 * DAY, 60 * DAY),
    (RULES, "timelock", 2 * DAY, 60 * DAY),
    (CONSENT, "timelock", 0, 60 * DAY),
    *((kind, "expiry", 3 * DAY, 180 * DAY) for kind in range(4)),
    (ORDINARY, "quorum_bps", 500, 10_000),
    (MEMBERSHIP, "quorum_bps", 2_000, 10_000),
    (RULES, "quorum_bps", 2_000, 10_000),
    (CONSENT, "quorum_bps", 100, 5_000),
    (ORDINARY, "approval_bps", 5_000, 10_000),
    (MEMBERSHIP, "approval_bps", 6_667, 10_000),
    (RULES, "approval_bps", 6_667, 10_000),
    (CONSENT, "approval_bps", 0, 10_000),
]
REASONS = {
    "delay": "rules: delay out of bounds",
    "period": "rules: period out of bounds",
    "timelock": "rules: timelock out of bounds",
    "expiry": "rules: expiry out of bounds",
    "quorum_bps": "rules: quorum out of bounds",
    "approval_bps": "rules: approval out of bounds",
}


def stored(desk: Desk | Coop, version: int, kind: int) -> Rule:
    """A class of a version, taken apart by its layout."""
    word = desk.governor.rule_words(version * 2 + kind // 2) >> 128 * (kind % 2)
    delay, period, timelock, expiry = (word >> 24 * n & (2**24 - 1) for n in range(4))
    quorum_bps, approval_bps = (word >> 96 + 14 * n & (2**14 - 1) for n in range(2))
    early = bool(word >> 124 & 1)
    return Rule(delay, period, timelock, expiry, quorum_bps, approval_bps, early)


@pytest.fixture
def blank(evm: Evm) -> Desk:
    """A Governor that has no rules yet."""
    return Desk(evm, rules=None)


@pytest.mark.parametrize(("kind", "field", "least", "most"), BOUNDS)
def test_set_rules__each_bound__holds_at_its_edge_and_not_past_it(
    blank: Desk, kind: int, field: str, least: int, most: int
) -> None:
    past = [least - 1, most + 1, 2**24 + most, 2**255] if least else [most + 1, 2**255]
    for worth in past:
        changed: dict[str, Any] = {field: worth}
        rules = stricter(CLASSES, kind, **changed)
        with blank.evm.reverts(REASONS[field]):
            blank.governor.set_rules(values(rules), sender=blank.hub)
    for worth in (least, most):
        mark = blank.evm.snapshot()
        changed = {field: worth}
        rules = stricter(CLASSES, kind, **changed)
        blank.governor.set_rules(values(rules), sender=blank.hub)
        assert [stored(blank, 1, k) for k in range(4)] == rules
        blank.evm.restore(mark)


def test_set_rules__all_fields_at_their_most__do_not_run_into_each_other(blank: Desk) -> None:
    most = Rule(30 * DAY, 60 * DAY, 60 * DAY, 180 * DAY, 10_000, 10_000, True)
    for rules in (
        [most, most, most, replace(most, quorum_bps=5_000)],
        [replace(most, early=False), *stricter(CLASSES, RULES, early=False)[1:]],
    ):
        mark = blank.evm.snapshot()
        blank.governor.set_rules(values(rules), sender=blank.hub)
        assert [stored(blank, 1, k) for k in range(4)] == rules
        blank.evm.restore(mark)


def test_set_rules__by_the_hub_first__is_version_one(blank: Desk) -> None:
    blank.governor.set_rules(values(CLASSES), sender=blank.hub)
    (log,) = blank.evm.logs
    assert log.name == "RulesSet"
    assert log.args["version"] == 1
    assert [tuple(rule) for rule in log.args["rules"]] == values(CLASSES)
    assert blank.governor.votingDelay() == CLASSES[ORDINARY].delay
    assert blank.governor.votingPeriod() == CLASSES[ORDINARY].period


def test_set_rules__by_a_rules_vote__is_the_next_version(coop: Coop) -> None:
    rules = stricter(CLASSES, ORDINARY, delay=7, period=2 * DAY)
    coop.enact(coop.ruling(rules))
    (log,) = named(coop.evm, "RulesSet")
    assert log.args["version"] == 2
    assert [tuple(rule) for rule in log.args["rules"]] == values(rules)
    assert [stored(coop, 2, k) for k in range(4)] == rules
    assert [stored(coop, 1, k) for k in range(4)] == list(CLASSES)
    assert coop.governor.votingDelay() == 7
    assert coop.governor.votingPeriod() == 2 * DAY


def test_set_rules__by_anybody_else__is_refused(coop: Coop, desk: Desk, outsider: Actor) -> None:
    for caller in (outsider, coop.founders[0], coop.part()):
        with coop.evm.reverts("governor: rules by proposal only"):
            coop.governor.set_rules(values(CLASSES), sender=caller)
    # the Hub once, the door never
    for caller in (desk.hub, desk.door):
        with coop.evm.reverts("governor: rules by proposal only"):
            desk.governor.set_rules(values(CLASSES), sender=caller)


def test_set_rules__out_of_bounds_by_vote__is_refused_too(coop: Coop) -> None:
    """No vote can lower a floor, not even a unanimous one."""
    proposal = coop.passed(coop.ruling(stricter(CLASSES, RULES, approval_bps=6_666)))
    with coop.evm.reverts("rules: approval out of bounds"):
        coop.execute(proposal)


def test_set_rules__the_65536th_version__is_refused(desk: Desk) -> None:
    member = desk.evm.actor("member")
    desk.admit(member)
    desk.voters = [member]
    desk.evm.warp(1)
    proposal = desk.passed(desk.ruling(CLASSES))
    other = desk.propose(desk.ruling(CLASSES), text="other")
    head = desk.governor.head()
    poke(desk.governor, "head", head | 0xFFFF << 96)
    with desk.evm.reverts("rules: no versions left"):
        desk.execute(proposal)
    poke(desk.governor, "head", head & ~(0xFFFF << 96) | 0xFFFE << 96)
    desk.execute(proposal)
    assert named(desk.evm, "RulesSet")[0].args["version"] == 0xFFFF
    assert desk.governor.head() >> 112 == head >> 112
    assert desk.governor.proposal_words(other.id) >> 224 & 0xFFFF == 1
    assert desk.governor.votingPeriod() == CLASSES[ORDINARY].period


def test_views__before_any_rules__are_zero(blank: Desk) -> None:
    assert blank.governor.votingDelay() == 0
    assert blank.governor.votingPeriod() == 0
    blank.evm.warp(1)
    assert blank.governor.quorum(blank.evm.now - 1) == 0
