# SPDX-License-Identifier: AGPL-3.0-only
"""Rules: every floor and ceiling at its edge and one past it; versions; who may set them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.contracts.coop import (
    CLASSES,
    CONSENT,
    DAY,
    HOUR,
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
from tests.contracts.words import HEAD, apart, changed

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
    step = 1 if field.endswith("bps") else HOUR
    past = [most + 1, most + step, 2**24 + most, 2**255]
    past += [least - 1, least - step] if least else []
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
    rules = stricter(CLASSES, ORDINARY, delay=7 * HOUR, period=2 * DAY)
    coop.enact(coop.ruling(rules))
    (log,) = named(coop.evm, "RulesSet")
    assert log.args["version"] == 2
    assert [tuple(rule) for rule in log.args["rules"]] == values(rules)
    assert [stored(coop, 2, k) for k in range(4)] == rules
    assert [stored(coop, 1, k) for k in range(4)] == list(CLASSES)
    assert coop.governor.votingDelay() == 7 * HOUR
    assert coop.governor.votingPeriod() == 2 * DAY


def test_set_rules__by_anybody_else__is_refused(coop: Coop, desk: Desk, outsider: Actor) -> None:
    for caller in (outsider, coop.founders[0], coop.part()):
        with coop.evm.reverts("governor: by proposal only"):
            coop.governor.set_rules(values(CLASSES), sender=caller)
    # the Hub once, the door never
    for caller in (desk.hub, desk.door):
        with coop.evm.reverts("governor: by proposal only"):
            desk.governor.set_rules(values(CLASSES), sender=caller)


def test_set_rules__out_of_bounds_by_vote__is_refused_too(coop: Coop) -> None:
    """No vote can lower a floor, not even a unanimous one."""
    proposal = coop.passed(coop.ruling(stricter(CLASSES, RULES, approval_bps=6_666)))
    with coop.evm.reverts("rules: approval out of bounds"):
        coop.execute(proposal)


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("field", ["delay", "period"])
def test_set_rules__times_of_a_vote__are_whole_hours(blank: Desk, kind: int, field: str) -> None:
    """They stand in each proposal's word, in hours; the other times may be of any second."""
    for worth in (4 * DAY + 1, 4 * DAY - 1, 4 * DAY + HOUR // 2, 5 * DAY + HOUR - 1):
        changed_: dict[str, Any] = {field: worth}
        with blank.evm.reverts("rules: whole hours only"):
            rules = stricter(CLASSES, kind, **changed_)
            blank.governor.set_rules(values(rules), sender=blank.hub)
    changed_ = {field: 4 * DAY + HOUR, "timelock": 4 * DAY + 1, "expiry": 9 * DAY + 1}
    blank.governor.set_rules(values(stricter(CLASSES, kind, **changed_)), sender=blank.hub)
    assert apart(blank.governor.head(), HEAD)[f"{field} {kind}"] == 4 * 24 + 1


def test_set_rules__again__leaves_nothing_of_the_version_before(blank: Desk) -> None:
    """In the head, which holds the times of the version in force."""
    most = [replace(rule, delay=30 * DAY, period=60 * DAY) for rule in CLASSES]
    blank.governor.set_rules(values(most), sender=blank.hub)
    call = blank.governor.calldata("set_rules", values(CLASSES))
    member = blank.evm.actor("member")
    blank.admit(member)
    blank.voters = [member]
    blank.evm.warp(1)
    before = apart(blank.governor.head(), HEAD)
    blank.enact((blank.governor, 0, call))
    after = apart(blank.governor.head(), HEAD)
    times = {f"delay {k}": rule.delay // HOUR for k, rule in enumerate(CLASSES)}
    times |= {f"period {k}": rule.period // HOUR for k, rule in enumerate(CLASSES)}
    assert after == before | times | {"version": 2}


def test_set_rules__the_16384th_version__is_refused(desk: Desk) -> None:
    member = desk.evm.actor("member")
    desk.admit(member)
    desk.voters = [member]
    desk.evm.warp(1)
    proposal = desk.passed(desk.ruling(CLASSES))
    other = desk.propose(desk.ruling(CLASSES), text="other")
    head = desk.governor.head()
    poke(desk.governor, "head", changed(head, HEAD, version=2**14 - 1))
    with desk.evm.reverts("rules: no versions left"):
        desk.execute(proposal)
    poke(desk.governor, "head", changed(head, HEAD, version=2**14 - 2))
    desk.execute(proposal)
    assert named(desk.evm, "RulesSet")[0].args["version"] == 2**14 - 1
    assert desk.governor.head() == changed(head, HEAD, version=2**14 - 1)
    assert desk.word(other)["version"] == 1
    assert desk.governor.votingPeriod() == CLASSES[ORDINARY].period


def test_views__before_any_rules__are_zero(blank: Desk) -> None:
    assert blank.governor.votingDelay() == 0
    assert blank.governor.votingPeriod() == 0
    blank.evm.warp(1)
    assert blank.governor.quorum(blank.evm.now - 1) == 0
