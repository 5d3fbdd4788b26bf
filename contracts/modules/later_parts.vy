# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What the Hub makes for a pool that is there already
@license AGPL-3.0-only
@author Millpond maintainers
@notice By a rules vote of the pool, another contract of a kind that is fixed when the Hub is deployed, set up in the same
        call and a Hub part from then on. By anyone, once for each pool, its members as badges.
@dev A new part's address follows from the pool, the kind, its setup and how many of the same there are, so one proposal
     can install it, let it create grain and open its earmark. Nobody else can make anything at that address, and what
     another proposal installs meanwhile, with another setup, is somewhere else.
"""

from ..interfaces import IGovernor
from ..interfaces import IPool
from . import cloning
from . import pool_names

uses: pool_names


event PartMade:
    pool: indexed(address)
    part: indexed(address)
    kind: bytes32


event BadgesMade:
    pool: indexed(address)
    badges: indexed(address)


# The names of the kinds: ASCII, padded with zeros on the right.
CRED_DISTRIBUTOR_KIND: constant(bytes32) = 0x637265642d6469737472696275746f7200000000000000000000000000000000
BADGES_KIND: constant(bytes32) = 0x6261646765730000000000000000000000000000000000000000000000000000

# finalise(uint256,uint256): the one function that a distributor's consent proposals call
FINALISE: constant(bytes4) = 0x2b697a27
SETUP: constant(bytes4) = method_id("setup((address,bytes32[])[],uint256,uint256)", output_type=bytes4)

# A contract that spends an earmark and needs no setup: all it must know it learns when its earmark is opened (`on_open`).
struct Spender:
    kind: bytes32               # its name
    implementation: address     # what its clones run


CRED_DISTRIBUTOR: immutable(address)
BADGES: immutable(address)
IDENTITY: immutable(address)

# hash of pool, kind and setup -> how many were installed
_installed: HashMap[bytes32, uint256]
# Pool -> its badges
_badges: HashMap[address, address]
# what else can be installed: written when the Hub is deployed, never again
_kinds: DynArray[bytes32, 8]
_spenders: HashMap[bytes32, address]


@deploy
def __init__(cred_distributor: address, badges: address, identity_: address, spenders: DynArray[Spender, 7]):
    """
    @notice Fixes what can be made, for ever.
    @dev Reverts for a spender without a name or code, and for a name that is given twice.
    @param cred_distributor CredDistributor, to be cloned.
    @param badges Badges, to be cloned.
    @param identity_ The one registry of identities that all pools share.
    @param spenders What else a pool can install, each with its name; to be cloned.
    """
    CRED_DISTRIBUTOR = cred_distributor
    BADGES = badges
    IDENTITY = identity_
    self._kinds.append(CRED_DISTRIBUTOR_KIND)
    for spender: Spender in spenders:
        assert spender.implementation.is_contract, "hub: a spender is missing"
        known: bool = spender.kind == BADGES_KIND or self._spenders[spender.kind] != empty(address)
        assert spender.kind not in [empty(bytes32), CRED_DISTRIBUTOR_KIND] and not known, "hub: bad name of a kind"
        self._spenders[spender.kind] = spender.implementation
        self._kinds.append(spender.kind)


# ---------------------------------------------------------------- a pool's Governor


@external
def install(kind: bytes32, setup_call: Bytes[1536]) -> address:
    """
    @notice Make a contract of this kind for the calling pool and set it up. A pool's Governor only (a rules vote).
    @dev Reverts for anyone else, for an unknown kind, when the call is not one of the kind's `setup`, and when the new
         contract refuses it.
    @param kind One of `kinds`.
    @param setup_call The whole call of its `setup`, with selector: the Hub makes it once, right after the contract. Empty for
           every kind but "cred-distributor": the others learn all from the opening of their earmark.
    @return Its address, which `next_install` has said before.
    """
    pool: address = pool_names._pool_of(msg.sender)
    appended: Bytes[100] = self._neighbours(pool, msg.sender)
    implementation_: address = self._installable(kind)
    needs_setup: bool = kind == CRED_DISTRIBUTOR_KIND
    assert self._is_setup(setup_call, needs_setup), "hub: not a call of its setup"
    what: bytes32 = self._what(pool, kind, setup_call)
    part: address = cloning._clone(implementation_, appended, self._next_salt(what))
    self._installed[what] += 1
    if needs_setup:
        extcall IGovernor(msg.sender).add_hub_part(part, FINALISE, False)
        raw_call(part, setup_call)
    else:
        extcall IGovernor(msg.sender).add_hub_part(part, empty(bytes4), False)
    log PartMade(pool=pool, part=part, kind=kind)
    return part


# ---------------------------------------------------------------- anyone


@external
def make_badges(name: String[32]) -> address:
    """
    @notice Make the badges of a pool's members (ERC-5192). By anyone, once for each pool.
    @dev Reverts for an unknown name, and the second time.
    @param name The pool's.
    @return Their address. They show who is a member and can do nothing.
    """
    pool: address = pool_names._named[name]
    assert pool != empty(address), "hub: no pool of that name"
    assert self._badges[pool] == empty(address), "hub: the badges are there already"
    governor: address = pool_names._governors[pool]
    appended: Bytes[92] = concat(
        convert(self, bytes20), convert(pool, bytes20), convert(governor, bytes20), convert(name, Bytes[32])
    )
    badges: address = cloning._clone(BADGES, appended, empty(bytes32))
    self._badges[pool] = badges
    log BadgesMade(pool=pool, badges=badges)
    return badges


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def next_install(pool: address, kind: bytes32, setup_call: Bytes[1536]) -> address:
    """
    @notice Where `install` of the same will put it for that pool, so that a proposal can name it beforehand.
    @dev Reverts for who is no Pool of this Hub and for an unknown kind.
    @param pool A Pool of this Hub.
    @param kind One of `kinds`.
    @param setup_call The whole call of its `setup`.
    @return Its address. It is another one only after exactly the same was installed.
    """
    governor: address = pool_names._governors[pool]
    assert governor != empty(address), "hub: no such pool"
    implementation_: address = self._installable(kind)
    salt: bytes32 = self._next_salt(self._what(pool, kind, setup_call))
    return cloning._address_of(implementation_, self._neighbours(pool, governor), salt)


@external
@view
@reentrant
def badges_of(pool: address) -> address:
    """
    @notice The badges of a pool's members.
    @param pool Any address.
    @return Their address; zero until somebody has made them.
    """
    return self._badges[pool]


@external
@view
@reentrant
def kinds() -> DynArray[bytes32, 8]:
    """
    @notice What a pool can install.
    @return The names of the kinds; they never change.
    """
    return self._kinds


@external
@view
@reentrant
def implementation(kind: bytes32) -> address:
    """
    @notice What the contracts of a kind run, of those that are made after the pool.
    @param kind One of `kinds`, or "badges".
    @return Its address; zero for any other.
    """
    if kind == BADGES_KIND:
        return BADGES
    return self._implementation(kind)


@external
@view
@reentrant
def identity() -> address:
    """
    @notice The registry of identities that all pools of this Hub share.
    @return Its address; it never changes.
    """
    return IDENTITY


# ---------------------------------------------------------------- internals


@internal
@view
def _implementation(kind: bytes32) -> address:
    return CRED_DISTRIBUTOR if kind == CRED_DISTRIBUTOR_KIND else self._spenders[kind]


@internal
@view
def _installable(kind: bytes32) -> address:
    implementation_: address = self._implementation(kind)
    assert implementation_ != empty(address), "hub: no such kind"
    return implementation_


@internal
@pure
def _is_setup(setup_call: Bytes[1536], needed: bool) -> bool:
    """
    @dev Whether it is what a kind takes: a call of SETUP, or nothing.
    """
    if not needed:
        return len(setup_call) == 0
    if len(setup_call) < 4:
        return False
    return convert(slice(setup_call, 0, 4), bytes4) == SETUP


@internal
@pure
def _what(pool: address, kind: bytes32, setup_call: Bytes[1536]) -> bytes32:
    return keccak256(abi_encode(pool, kind, keccak256(setup_call)))


@internal
@view
def _next_salt(what: bytes32) -> bytes32:
    return keccak256(abi_encode(what, self._installed[what]))


@internal
@view
def _neighbours(pool: address, governor: address) -> Bytes[100]:
    """
    @dev What every kind carries (modules/wiring.vy).
    """
    grain: address = staticcall IPool(pool).grain()
    return self._around(pool, governor, grain)


@internal
@view
def _around(pool: address, governor: address, grain: address) -> Bytes[100]:
    return concat(
        convert(self, bytes20),
        convert(pool, bytes20),
        convert(governor, bytes20),
        convert(grain, bytes20),
        convert(IDENTITY, bytes20),
    )
