# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Whose word a pool takes for an identity
@license AGPL-3.0-only
@author Millpond maintainers
@notice Each pool's attesters, how many of them must sign, and the pools whose links it trusts.
@dev The address of a pool is taken as given: a false pool with a false governor speaks only in its own name.
@custom:holds Nothing.
@custom:halt A rules vote of a pool names other attesters or lists other pools.
"""

from ..interfaces import IPool

# Bounds of the lists: what one transaction can check, and a pool can oversee.
MAX_ATTESTERS: constant(uint256) = 16
MAX_ATTESTING_POOLS: constant(uint256) = 4

# A new list of pools waits as long as a link does: whoever is paid by the old one can see it and claim.
LIST_WAIT: constant(uint256) = 7 * 86400

# A word of a list of attesters, above the address: needed (8 bits), how many there are (8 bits).
NEEDED_SHIFT: constant(uint256) = 160
COUNT_SHIFT: constant(uint256) = 168
ADDRESS_MASK: constant(uint256) = (1 << 160) - 1
NEEDED_MASK: constant(uint256) = (1 << 8) - 1


event AttestersSet:
    pool: indexed(address)
    attesters: DynArray[address, MAX_ATTESTERS]
    needed: uint256

event AttestingPoolsSet:
    pool: indexed(address)
    pools: DynArray[address, MAX_ATTESTING_POOLS]
    effective_at: uint256


# pool -> its attesters, one word each; the first tells how many count, words behind those are stale.
attester_words: HashMap[address, uint256[MAX_ATTESTERS]]
# pool -> the pools whose links it trusts, in order; empty: itself alone.
listed_pools: HashMap[address, DynArray[address, MAX_ATTESTING_POOLS]]
# pool -> the list that takes the place of that one, and when; 0: none was ever set.
coming_pools: HashMap[address, DynArray[address, MAX_ATTESTING_POOLS]]
comes_at: HashMap[address, uint256]


# ------------------------------------------------------------------------------------------------ a pool's governor

@external
def set_attesters(pool: address, attesters: DynArray[address, MAX_ATTESTERS], needed: uint256):
    """
    @notice Names a pool's attesters and how many of them must sign a link. The pool's governor (a rules vote); its hub
            too, as long as the pool has none.
    @dev Reverts for anyone else, for a list with the zero address or one account twice, and unless needed is from 1 to
         the number of attesters. Links that wait go on waiting.
    @param pool The pool they attest for.
    @param attesters All of them, in any order; at most 16.
    @param needed How many of them must sign a link.
    """
    if msg.sender != self._governor(pool):
        assert msg.sender == staticcall IPool(pool).hub(), "identity: only the pool's governor or hub names attesters"
        assert self.attester_words[pool][0] == 0, "identity: the pool has attesters, only its governor changes them"
    count: uint256 = len(attesters)
    assert 0 < needed and needed <= count, "identity: from one to all attesters must be needed"
    seen: DynArray[address, MAX_ATTESTERS] = []
    both: uint256 = needed << NEEDED_SHIFT | count << COUNT_SHIFT
    for attester: address in attesters:
        assert attester != empty(address) and attester not in seen, "identity: an attester is zero or named twice"
        self.attester_words[pool][len(seen)] = both | convert(attester, uint256)
        seen.append(attester)
    log AttestersSet(pool=pool, attesters=attesters, needed=needed)


@external
def set_attesting_pools(pool: address, pools: DynArray[address, MAX_ATTESTING_POOLS]):
    """
    @notice Lists the pools whose links a pool trusts, in force seven days from now; the first one that has a link for an
            identity decides. The pool's governor only (a rules vote).
    @dev An empty list means the pool itself alone, as at first. It takes the place of a list that still waits. Reverts
         for anyone else and for a list with the zero address or one pool twice. The attesters and members of a listed
         pool then decide whom this pool pays.
    @param pool The pool that trusts.
    @param pools Those it trusts, in order; itself only if it is named; at most 4.
    """
    self._only_governor(pool)
    seen: DynArray[address, MAX_ATTESTING_POOLS] = []
    for listed: address in pools:
        assert listed != empty(address) and listed not in seen, "identity: a listed pool is zero or named twice"
        seen.append(listed)
    if self._has_come(pool):
        self.listed_pools[pool] = self.coming_pools[pool]
    self.coming_pools[pool] = pools
    self.comes_at[pool] = block.timestamp + LIST_WAIT
    log AttestingPoolsSet(pool=pool, pools=pools, effective_at=block.timestamp + LIST_WAIT)


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def attesters(pool: address) -> (DynArray[address, MAX_ATTESTERS], uint256):
    """
    @notice A pool's attesters and how many of them must sign; nobody and 0 before they are set.
    @param pool The pool they attest for.
    @return All of them, in the order in which they were named.
    @return How many of them must sign a link.
    """
    return self._attesters(pool)


@external
@view
@reentrant
def attesting_pools(pool: address) -> DynArray[address, MAX_ATTESTING_POOLS]:
    """
    @notice The pools whose links a pool trusts now.
    @param pool The pool that trusts.
    @return In order; the pool itself alone until a list of others is in force.
    """
    return self._listed_pools(pool)


# ------------------------------------------------------------------------------------------------ internals

@internal
@view
def _governor(pool: address) -> address:
    assert pool.is_contract, "identity: there is no contract at the pool's address"
    return staticcall IPool(pool).governor()


@internal
@view
def _only_governor(pool: address):
    assert msg.sender == self._governor(pool), "identity: only the pool's governor may do this"


@internal
@view
def _has_come(pool: address) -> bool:
    comes_at: uint256 = self.comes_at[pool]
    return comes_at != 0 and block.timestamp >= comes_at


@internal
@view
def _listed_pools(pool: address) -> DynArray[address, MAX_ATTESTING_POOLS]:
    pools: DynArray[address, MAX_ATTESTING_POOLS] = []
    if self._has_come(pool):
        pools = self.coming_pools[pool]
    else:
        pools = self.listed_pools[pool]
    if len(pools) == 0:
        pools = [pool]
    return pools


@internal
@view
def _attesters(pool: address) -> (DynArray[address, MAX_ATTESTERS], uint256):
    first: uint256 = self.attester_words[pool][0]
    known: DynArray[address, MAX_ATTESTERS] = []
    for i: uint256 in range(first >> COUNT_SHIFT, bound=MAX_ATTESTERS):
        known.append(convert(self.attester_words[pool][i] & ADDRESS_MASK, address))
    return known, (first >> NEEDED_SHIFT) & NEEDED_MASK
