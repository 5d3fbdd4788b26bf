# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Rules: how long, how many, by class of proposal, within floors that no vote can lower
@license AGPL-3.0-only
@author Millpond maintainers
@notice Four classes: 0 ordinary, 1 membership, 2 rules, 3 consent. Each version of the rules is immutable; a proposal
        names the version it was made under, so nothing about it changes later.
@dev Two classes in each word. The class in force for new proposals is the head's version (modules/members).
     Quorum and approval are met by their share or more: 5,000 is at least half (and never as many Against as For),
     6,667 is more than two thirds, so that of three all three must be for it.
"""

from ..interfaces import IGovernor
from . import checks
from . import members

uses: members


event RulesSet:
    version: indexed(uint256)
    rules: IGovernor.ClassRules[4]


ORDINARY: constant(uint256) = 0
MEMBERSHIP: constant(uint256) = 1
RULES: constant(uint256) = 2
CONSENT: constant(uint256) = 3

# The hard floors and ceilings, by class. Nobody can set a one-minute vote or a quorum of nothing. Who decides is as
# hard to change as how: whoever could swap the members more easily than the rules would get the rules as well.
LEAST_PERIOD: constant(uint256[4]) = [86400, 3 * 86400, 3 * 86400, 3 * 86400]
LEAST_TIMELOCK: constant(uint256[4]) = [86400, 2 * 86400, 2 * 86400, 0]
LEAST_EXPIRY: constant(uint256) = 3 * 86400
LEAST_QUORUM_BPS: constant(uint256[4]) = [500, 2000, 2000, 100]
MOST_QUORUM_BPS: constant(uint256) = 10000
MOST_OBJECTION_BPS: constant(uint256) = 5000
LEAST_APPROVAL_BPS: constant(uint256[4]) = [5000, 6667, 6667, 0]
MOST_APPROVAL_BPS: constant(uint256) = 10000
MOST_DELAY: constant(uint256) = 30 * 86400
MOST_TIME: constant(uint256) = 60 * 86400
MOST_EXPIRY: constant(uint256) = 180 * 86400

# The times of a vote are whole hours: so they fit into the word of each proposal (modules/proposals), and a ballot need
# not read the rules.
HOUR: constant(uint256) = 3600
# Each proposal names its version in 14 bits.
MOST_VERSIONS: constant(uint256) = 2**14 - 1

# A class in 128 bits: delay u24 | period u24 | timelock u24 | expiry u24 | quorum_bps u14 | approval_bps u14 | early
U14: constant(uint256) = 2**14 - 1
U24: constant(uint256) = 2**24 - 1
U128: constant(uint256) = 2**128 - 1

# version * 2 + class // 2 -> two classes
rule_words: public(reentrant(HashMap[uint256, uint256]))


@external
@view
@reentrant
def quorum(timepoint: uint256) -> uint256:
    """
    @notice How many For and Abstain an ordinary proposal would need, had it been made at that second.
    @dev Under the rules in force now. Reverts unless that second is over.
    @param timepoint In seconds since 1970 (ERC-6372).
    @return Ballots, rounded up.
    """
    members._require_past(timepoint)
    needed: uint256 = ((self._packed(self._version(), 0) >> 96) & U14) * members._supply_at(timepoint)
    return (needed + 9999) // 10000


@external
@view
@reentrant
def votingDelay() -> uint256:
    """
    @notice How long after an ordinary proposal its vote opens.
    @return In seconds.
    """
    return self._packed(self._version(), 0) & U24


@external
@view
@reentrant
def votingPeriod() -> uint256:
    """
    @notice How long ballots on an ordinary proposal are taken.
    @return In seconds.
    """
    return (self._packed(self._version(), 0) >> 24) & U24


@internal
@view
def _version() -> uint256:
    return (members.head >> members.VERSION) & members.U16


@internal
@view
def _packed(version: uint256, kind: uint256) -> uint256:
    # version * 2 + kind // 2, and 128 * (kind % 2): shifts need no check for an overflow
    return (self.rule_words[version << 1 | kind >> 1] >> ((kind & 1) << 7)) & U128


@internal
def _set_rules(rules: IGovernor.ClassRules[4]):
    """
    @dev A new version; proposals made before keep theirs.
    """
    version: uint256 = self._version() + 1
    if version > MOST_VERSIONS:
        checks._refuse("rules: no versions left")
    hours: uint256 = 0
    for i: uint256 in range(4):
        rule: IGovernor.ClassRules = rules[i]
        self._require_within(rule, i)
        self.rule_words[version * 2 + i // 2] |= self._pack(rule) << (128 * (i % 2))
        hours |= (rule.delay // HOUR | rule.period // HOUR << 10) << (21 * i)
    kept: uint256 = members.head & (2**members.HOURS - 1)
    members.head = kept + (1 << members.VERSION) | hours << members.HOURS
    log RulesSet(version=version, rules=rules)


@internal
@pure
def _pack(rule: IGovernor.ClassRules) -> uint256:
    times: uint256 = rule.delay | rule.period << 24 | rule.timelock << 48 | rule.expiry << 72
    return times | rule.quorum_bps << 96 | rule.approval_bps << 110 | convert(rule.early, uint256) << 124


@internal
@pure
def _require_within(rule: IGovernor.ClassRules, kind: uint256):
    most_quorum_bps: uint256 = MOST_OBJECTION_BPS if kind == CONSENT else MOST_QUORUM_BPS
    if rule.delay > MOST_DELAY:
        checks._refuse("rules: delay out of bounds")
    self._within(rule.period, LEAST_PERIOD[kind], MOST_TIME, "rules: period out of bounds")
    self._within(rule.timelock, LEAST_TIMELOCK[kind], MOST_TIME, "rules: timelock out of bounds")
    self._within(rule.expiry, LEAST_EXPIRY, MOST_EXPIRY, "rules: expiry out of bounds")
    self._within(rule.quorum_bps, LEAST_QUORUM_BPS[kind], most_quorum_bps, "rules: quorum out of bounds")
    self._within(rule.approval_bps, LEAST_APPROVAL_BPS[kind], MOST_APPROVAL_BPS, "rules: approval out of bounds")
    if rule.delay % HOUR != 0 or rule.period % HOUR != 0:
        checks._refuse("rules: whole hours only")


@internal
@pure
def _within(amount: uint256, least: uint256, most: uint256, reason: String[32]):
    if amount < least or amount > most:
        checks._refuse(reason)
