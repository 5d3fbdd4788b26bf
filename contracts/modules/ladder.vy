# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Ladder: a crowd whose members each said how far they go along
@license AGPL-3.0-only
@author Millpond maintainers
@notice Every pledge stands on a level of a fixed ladder of caps. What a share costs grows with the crowd; a level is in the crowd
        while that is not above its own cap. The crowd of a period is the largest that can stay: the levels from the top down to the
        lowest one that can still pay for all above it and itself.
@dev A level keeps sums, so a settlement costs the same for any number of patrons. Going down, the cost of a share can only rise and the
     cap only fall, so the first level that is over its cap ends the walk. New pledges join, and ended ones leave, between periods.
     A word of sums: weight u128 (10^18 for one share; 1 + log2 of the shares) | amount u128 (shares, or pledged money).
"""

from . import checks


# The price of a share in a period that is settled.
struct Outcome:
    value: uint256          # what a share costs, in the asset's smallest unit
    lowest: uint256         # the lowest level in the crowd; NOBODY: none was
    amount: uint256         # shares in the crowd, or money pledged


LEVELS: constant(uint256) = 64
NOBODY: constant(uint256) = 255
BPS: constant(uint256) = 10_000
HALF: constant(uint256) = 2**128 - 1
U64: constant(uint256) = 2**64 - 1
U96: constant(uint256) = 2**96 - 1

# level -> sums of those who are in for the running period
_active: HashMap[uint256, uint256]
# level -> sums of those who are in from the next one on
_joining: HashMap[uint256, uint256]
# period -> level -> sums of those for whom it is the last one
_leaving: HashMap[uint256, HashMap[uint256, uint256]]
# levels that have somebody: in the running period u64 | joining u64
_maps: uint256
# period -> levels for which it is somebody's last one
_leaving_maps: HashMap[uint256, uint256]
# cap of the lowest level u128 | by how much each level is above the one below u64, in basis points | levels u64
_shape: uint256


@internal
def _build(first_cap: uint256, step_bps: uint256, levels: uint256):
    checks._need(levels > 0 and levels <= LEVELS, "ladder: bad number of levels")
    checks._need(first_cap > 0 and first_cap <= U96, "ladder: bad first cap")
    single: bool = levels == 1 and step_bps == 0
    checks._need(single or (step_bps >= 100 and step_bps <= BPS), "ladder: bad step")
    self._shape = first_cap | step_bps << 128 | levels << 192
    checks._need(self._caps()[levels - 1] <= U96, "ladder: top cap too high")


@internal
@view
def _caps() -> DynArray[uint256, 64]:
    """
    @dev From the lowest level up: each is the one below and so many basis points more, and at least one unit more.
    """
    shape: uint256 = self._shape
    step_bps: uint256 = shape >> 128 & U64
    caps: DynArray[uint256, 64] = []
    cap: uint256 = shape & HALF
    for _: uint256 in range(shape >> 192, bound=64):
        caps.append(cap)
        cap += max(cap * step_bps // BPS, 1)
    return caps


@internal
@view
def _require_level(level: uint256):
    checks._need(level < self._shape >> 192, "ladder: no such level")


@internal
@view
def _cap(level: uint256) -> uint256:
    return self._caps()[level]


@internal
def _join(level: uint256, sums: uint256):
    self._joining[level] += sums
    self._maps |= 1 << (64 + level)


@internal
def _not_join(level: uint256, sums: uint256):
    """
    @dev Somebody who has joined in this period changes her mind.
    """
    self._joining[level] -= sums


@internal
def _last_in(period: uint256, level: uint256, sums: uint256):
    self._leaving[period][level] += sums
    self._leaving_maps[period] |= 1 << level


@internal
def _not_last_in(period: uint256, level: uint256, sums: uint256):
    self._leaving[period][level] -= sums


@internal
@view
def _clear(rate: uint256, extra_level: uint256, extra: uint256, next: bool) -> Outcome:
    """
    @dev The largest crowd that can stay, at this rate for a weight of 10^18. `extra` sums are taken to be on a level; `next`: of the
         next period, with who joins; else of the running one.
    """
    caps: DynArray[uint256, 64] = self._caps()
    map: uint256 = self._maps & U64
    if next:
        map |= self._maps >> 64
    if extra != 0:
        map |= 1 << extra_level
    found: Outcome = Outcome(value=0, lowest=NOBODY, amount=0)
    sums: uint256 = 0
    for i: uint256 in range(64):
        level: uint256 = 63 - i
        if map >> level & 1 == 0:
            continue
        sums += self._active[level]
        if next:
            sums += self._joining[level]
        if extra != 0 and level == extra_level:
            sums += extra
        value: uint256 = rate * (sums >> 128) // 10**18
        if value > caps[level]:
            break
        found = Outcome(value=value, lowest=level, amount=sums & HALF)
    return found


@internal
def _turn(period: uint256):
    """
    @dev The period is settled: who joined is in, whose last one it was is out.
    """
    maps: uint256 = self._maps
    map: uint256 = maps & U64 | maps >> 64
    leaving: uint256 = self._leaving_maps[period]
    for level: uint256 in range(64):
        joins: bool = maps >> (64 + level) & 1 != 0
        leaves: bool = leaving >> level & 1 != 0
        if not joins and not leaves:
            continue
        sums: uint256 = self._active[level]
        if joins:
            sums += self._joining[level]
            self._joining[level] = 0
        if leaves:
            sums -= self._leaving[period][level]
            self._leaving[period][level] = 0
        self._active[level] = sums
        if sums == 0:
            map &= ~(1 << level)
    self._maps = map
    if leaving != 0:
        self._leaving_maps[period] = 0
