# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The links of identities, two words each
@license AGPL-3.0-only
@author Millpond maintainers
@notice Which account an identity is linked to, which one is to follow, and what was objected to, for each pool.
@dev A link comes into force by time alone, so nobody has to send a transaction for it: all reads go through `_read`.
@custom:holds Nothing.
@custom:halt A rules vote of a pool cancels links.
"""

# A newest word, from the lowest bit: account (160), effective_at (40), issued_at (40), objected (1).
ADDRESS_MASK: constant(uint256) = (1 << 160) - 1
TIME_MASK: constant(uint256) = (1 << 40) - 1
EFFECTIVE_AT_SHIFT: constant(uint256) = 160
ISSUED_AT_SHIFT: constant(uint256) = 200
OBJECTED_SHIFT: constant(uint256) = 240
# So many accounts can be named as objectors in one objection.
OBJECTORS: constant(uint256) = 3


struct Link:
    active: address         # who is linked now; zero: nobody
    pending: address        # who will be at effective_at, unless somebody objects; zero: nobody
    effective_at: uint256   # when the pending or objected link's wait ends; 0: there is none
    issued_at: uint256      # links issued at or before this second are dead
    objected: address       # whose link was objected to; only the governor can still confirm it


event LinkProposed:
    pool: indexed(address)
    identity: indexed(bytes32)
    account: indexed(address)
    issued_at: uint256
    effective_at: uint256
    proof_hash: bytes32
    proof_uri: String[256]

event LinkObjected:
    pool: indexed(address)
    identity: indexed(bytes32)
    account: indexed(address)
    issued_at: uint256
    objectors: DynArray[address, OBJECTORS]

event LinkConfirmed:
    pool: indexed(address)
    identity: indexed(bytes32)
    account: indexed(address)

event LinkCanceled:
    pool: indexed(address)
    identity: indexed(bytes32)
    account: indexed(address)

event Unlinked:
    pool: indexed(address)
    identity: indexed(bytes32)
    account: indexed(address)


# attesting pool -> identity -> the newest link, packed.
newest: HashMap[address, HashMap[bytes32, uint256]]
# attesting pool -> identity -> who was linked when the newest link was made; counts only while that one does not.
before: HashMap[address, HashMap[bytes32, address]]


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def link_of(pool: address, identity: bytes32) -> Link:
    """
    @notice What the attesters of one pool say of an identity, at this second.
    @param pool The pool whose attesters signed.
    @param identity keccak256("github:<numeric id>") and the like.
    @return Who is linked, who waits or was objected to, and when, in seconds since 1970; zeros: nobody ever.
    """
    return self._read(pool, identity)


# ------------------------------------------------------------------------------------------------ internals

@internal
def _object(pool: address, identity: bytes32, account: address, found: Link, objectors: DynArray[address, OBJECTORS]):
    assert account != empty(address) and account == found.pending, "identity: no link to this account waits"
    state: Link = found
    state.pending = empty(address)
    state.objected = account
    self._write(pool, identity, state)
    log LinkObjected(pool=pool, identity=identity, account=account, issued_at=state.issued_at, objectors=objectors)


@internal
def _drop(pool: address, identity: bytes32, account: address):
    """
    @dev Older signatures die with the last link. While another link is open, its issued_at must stay: objections name
         it, and it already outdates all links issued earlier.
    """
    assert account != empty(address), "identity: no account named"
    state: Link = self._read(pool, identity)
    if account == state.active:
        state.active = empty(address)
    else:
        assert account in [state.pending, state.objected], "identity: this account is not linked"
        state.pending = empty(address)
        state.objected = empty(address)
    if state.pending == empty(address) and state.objected == empty(address):
        state.issued_at = block.timestamp
    self._write(pool, identity, state)


@internal
@view
def _read(pool: address, identity: bytes32) -> Link:
    """
    @dev A link whose wait is over and that nobody objected to is the active one, without a transaction.
    """
    word: uint256 = self.newest[pool][identity]
    account: address = convert(word & ADDRESS_MASK, address)
    effective_at: uint256 = (word >> EFFECTIVE_AT_SHIFT) & TIME_MASK
    objected: bool = word >> OBJECTED_SHIFT != 0
    state: Link = empty(Link)
    state.issued_at = (word >> ISSUED_AT_SHIFT) & TIME_MASK
    if block.timestamp >= effective_at and not objected:
        state.active = account
        return state
    state.active = self.before[pool][identity]
    state.effective_at = effective_at
    if objected:
        state.objected = account
    else:
        state.pending = account
    return state


@internal
def _write(pool: address, identity: bytes32, state: Link):
    """
    @dev The inverse of `_read`: the newest word holds the open link if there is one, else the active one.
         Of pending and objected at least one is zero.
    """
    account: uint256 = convert(state.pending, uint256) | convert(state.objected, uint256)
    word: uint256 = state.issued_at << ISSUED_AT_SHIFT
    if account == 0:
        word |= convert(state.active, uint256)
    else:
        self.before[pool][identity] = state.active
        word |= account | state.effective_at << EFFECTIVE_AT_SHIFT
    if state.objected != empty(address):
        word |= 1 << OBJECTED_SHIFT
    self.newest[pool][identity] = word
