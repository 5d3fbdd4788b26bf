# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Matches: what many small gifts add up to
@license AGPL-3.0-only
@author Millpond maintainers
@notice A project's ideal match is (sum of the roots of what each donor gave it)^2 - what they gave (quadratic funding). The matching
        fund pays it whole where it can, else everybody the same part of hers: floor(fund * match / sum of matches). A cap limits what
        one project gets; what it takes off goes to the others in proportion.
@dev Two rules. Quadratic: S += isqrt(c_new * 10^18) - isqrt(c_old * 10^18), match = S^2 / 10^18 - C. Alpha (clr.fund since 2022-09):
     a donor's gifts are as many votes as the square of fits into her whole credits, S is the sum of all votes and C of their squares,
     match = (S^2 - C) * credit, and each gets
     floor(match * alpha / 10^18) with alpha = fund * 10^18 // sum of matches, at most 10^18. A single donor's match is 0 by either.
     S is the sum of one root a donor, so it can be kept gift by gift; the sum of all matches too. Bounds: gifts of a project stay
     below 2^96, so a root is below 2^78, S below 2^96 for 2^18 donors, and S^2 / 10^18 below 2^133.
"""

from . import checks


struct Sums:
    roots: uint256          # S
    given: uint256          # C: gifts that count, in the asset's smallest unit or in credits


QUADRATIC: constant(uint256) = 1
ALPHA: constant(uint256) = 2
ONE: constant(uint256) = 10**18
BPS: constant(uint256) = 10_000
HALF: constant(uint256) = 2**128 - 1
MOST_CAPPED: constant(uint256) = 64

# project -> roots u128 | gifts that count u128
_sums: HashMap[uint256, uint256]
# project -> donor -> what she gave it, as far as it counts, in the asset's smallest unit
_counted: HashMap[uint256, HashMap[bytes32, uint256]]
# sum of all ideal matches, in the asset's smallest unit
_total: uint256


@internal
@pure
def _measure(amount: uint256, credit: uint256) -> (uint256, uint256):
    """
    @dev The root of what a donor gave, and how it counts. `credit` 0: the quadratic rule.
    """
    if credit == 0:
        return isqrt(amount * ONE), amount
    votes: uint256 = isqrt(amount // credit)
    return votes, votes * votes


@internal
@view
def _sums_of(project: uint256) -> Sums:
    word: uint256 = self._sums[project]
    return Sums(roots=word >> 128, given=word & HALF)


@internal
@view
def _with_gift(project: uint256, donor: bytes32, amount: uint256, credit: uint256) -> Sums:
    """
    @dev The sums of a project after another gift of this donor.
    """
    counted: uint256 = self._counted[project][donor]
    root_before: uint256 = 0
    given_before: uint256 = 0
    root_before, given_before = self._measure(counted, credit)
    root_after: uint256 = 0
    given_after: uint256 = 0
    root_after, given_after = self._measure(counted + amount, credit)
    sums: Sums = self._sums_of(project)
    return Sums(roots=sums.roots + root_after - root_before, given=sums.given + given_after - given_before)


@internal
def _count(project: uint256, donor: bytes32, amount: uint256, credit: uint256):
    """
    @dev Adds a gift to the sums of its project and to the sum of all matches.
    """
    after: Sums = self._with_gift(project, donor, amount, credit)
    before: uint256 = self._ideal(self._sums_of(project), credit)
    self._counted[project][donor] += amount
    self._sums[project] = after.roots << 128 | after.given
    self._total = self._total + self._ideal(after, credit) - before


@internal
def _forget(project: uint256, credit: uint256):
    """
    @dev A project that is out of the round has no match.
    """
    self._total -= self._ideal(self._sums_of(project), credit)
    self._sums[project] = 0


@internal
@pure
def _ideal(sums: Sums, credit: uint256) -> uint256:
    """
    @dev The ideal match, in the asset's smallest unit. Rounding must not make a single donor's match negative.
    """
    if credit == 0:
        squared: uint256 = sums.roots * sums.roots // ONE
        return squared - min(squared, sums.given)
    squares: uint256 = sums.roots * sums.roots
    return (squares - min(squares, sums.given)) * credit


@internal
@pure
def _share(ideal: uint256, rest: uint256, open_total: uint256, cap: uint256, credit: uint256) -> uint256:
    """
    @dev What a project gets. `rest` is for those whom the cap does not reach, `open_total` the sum of their matches; whom the cap
         has reached is over it by this too.
    """
    if ideal == 0:
        return 0
    if open_total == 0:
        return cap
    if credit == 0:
        return min(cap, rest * ideal // open_total)
    return min(cap, ideal * (rest * ONE // open_total) // ONE)


@internal
@view
def _level(fund: uint256, cap: uint256, projects: uint256, changed: uint256, sums: Sums, credit: uint256, scale_up: bool) -> (
    uint256, uint256
):
    """
    @dev For a round with a cap: what is left of the fund, and of the sum of matches, for those whom the cap does not reach. Each
         pass can only raise what they get of theirs, so who was over the cap once stays over it. Without scaling up nobody gets more
         than the ideal match. Project `changed` (0: none) is taken with these sums instead of its own.
    """
    ideals: DynArray[uint256, 64] = []
    open_total: uint256 = 0
    for i: uint256 in range(projects, bound=64):
        ideal: uint256 = self._ideal(self._sums_of(i + 1), credit)
        if i + 1 == changed:
            ideal = self._ideal(sums, credit)
        ideals.append(ideal)
        open_total += ideal
    rest: uint256 = fund
    for _: uint256 in range(64):
        if not scale_up:
            rest = min(rest, open_total)
        over: uint256 = 0
        over_total: uint256 = 0
        for i: uint256 in range(projects, bound=64):
            if ideals[i] != 0 and rest * ideals[i] // open_total > cap:
                over += 1
                over_total += ideals[i]
                ideals[i] = 0
        if over == 0:
            break
        rest -= over * cap
        open_total -= over_total
    return rest, open_total
