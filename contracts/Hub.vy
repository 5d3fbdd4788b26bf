# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Hub: one transaction makes a working co-op
@license AGPL-3.0-only
@author Millpond maintainers
@notice `create_pool` makes and wires a Pool, a Governor, an Admission, a Grain and a CredDistributor, seats the
        founders, names the maintainers and the attesters, and has no power over them afterwards.
@dev The implementations are fixed for ever; a new version is a new Hub, and old pools stay as they are. A name is only
     a handle, first come: trust comes from a checked proof of a domain or an organisation.
@custom:holds nothing
@custom:halt nothing to halt: it cannot act on a pool that exists
"""

from .interfaces import IAdmission
from .interfaces import ICredDistributor
from .interfaces import IGovernor
from .interfaces import IGrain
from .interfaces import IIdentity
from .interfaces import IPool
from .modules import cloning

# finalise(uint256,uint256): the one function that a distributor's consent proposals call
FINALISE: constant(bytes4) = 0x2b697a27


struct Options:
    ways: IAdmission.Ways                                           # the ways in
    maintainers: DynArray[ICredDistributor.Maintainer, 16]          # who signs distributions, by ascending account
    maintainers_needed: uint256                                     # m of them
    season_epochs: uint256                                          # how many distributions before the members renew
    attesters: DynArray[address, 16]                                # who attests identities; may be empty
    attesters_needed: uint256
    grain_name: bytes32                                             # ASCII, padded with zeros on the right
    grain_symbol: bytes32


struct Parts:
    pool: address
    governor: address
    admission: address
    grain: address
    distributor: address


event PoolCreated:
    pool: indexed(address)
    creator: indexed(address)
    name: String[32]
    parts: Parts
    charter_uri: String[256]
    charter_hash: bytes32


POOL: immutable(address)
GOVERNOR: immutable(address)
ADMISSION: immutable(address)
GRAIN: immutable(address)
CRED_DISTRIBUTOR: immutable(address)
IDENTITY: immutable(address)

# name -> its Pool
_named: HashMap[String[32], address]
# Pool -> its Governor, for the pools made here
_governors: HashMap[address, address]


@deploy
def __init__(pool: address, governor: address, admission: address, grain: address, cred_distributor: address,
             identity: address):
    """
    @notice Fixes the implementations for ever. They hold nothing and can do nothing by themselves.
    @dev Reverts when there is no code at one of the addresses.
    @param pool Pool, to be cloned.
    @param governor Governor, to be cloned.
    @param admission Admission, to be cloned.
    @param grain The blueprint of Grain (ERC-5202): each pool's Grain has code of its own.
    @param cred_distributor CredDistributor, to be cloned.
    @param identity The one registry of identities that all pools share.
    """
    for part: address in [pool, governor, admission, grain, cred_distributor, identity]:
        assert part.is_contract, "hub: an implementation is missing"
    POOL = pool
    GOVERNOR = governor
    ADMISSION = admission
    GRAIN = grain
    CRED_DISTRIBUTOR = cred_distributor
    IDENTITY = identity


# ---------------------------------------------------------------- anyone


@external
def create_pool(name: String[32], charter_uri: String[256], charter_hash: bytes32,
                class_rules: IGovernor.ClassRules[4], founders: DynArray[address, 64], options: Options) -> Parts:
    """
    @notice Make a co-op: its contracts, its founding members and all it needs to begin. By anyone.
    @dev Reverts when the name is taken or ill-formed, without a founder, for a grain without name or symbol, and when
         one of the new contracts refuses its part: rules, ways, maintainers or attesters that are out of bounds.
    @param name 3 to 32 of a-z, 0-9 and -; nobody else has it.
    @param charter_uri Where the charter (bylaws) is.
    @param charter_hash keccak256 of its bytes.
    @param class_rules For ordinary, membership, rules and consent proposals, within the Governor's floors.
    @param founders Members from the next second on; at least one.
    @param options The ways in, the maintainers, the season, the attesters, and the name and symbol of the grain.
    @return The addresses. They follow from the sender, the name and all that is given here, so nobody can take them.
    """
    self._require_name(name)
    assert self._named[name] == empty(address), "hub: the name is taken"
    assert len(founders) != 0, "hub: a co-op needs a founder"
    assert options.grain_name != empty(bytes32), "hub: the grain needs a name"
    assert options.grain_symbol != empty(bytes32), "hub: the grain needs a symbol"
    salt: bytes32 = keccak256(
        abi_encode(msg.sender, name, charter_uri, charter_hash, class_rules, founders, options)
    )
    parts: Parts = self._clone_parts(salt, options.grain_name, options.grain_symbol)
    self._named[name] = parts.pool
    self._governors[parts.pool] = parts.governor
    self._wire(parts)
    extcall IGovernor(parts.governor).set_rules(class_rules)
    extcall IGovernor(parts.governor).admit(founders)
    extcall IAdmission(parts.admission).setup(options.ways)
    extcall ICredDistributor(parts.distributor).setup(
        options.maintainers, options.maintainers_needed, options.season_epochs
    )
    if len(options.attesters) != 0:
        extcall IIdentity(IDENTITY).set_attesters(parts.pool, options.attesters, options.attesters_needed)
    log PoolCreated(
        pool=parts.pool, creator=msg.sender, name=name, parts=parts, charter_uri=charter_uri, charter_hash=charter_hash
    )
    return parts


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def is_pool(pool: address) -> bool:
    """
    @notice Whether this Hub made that Pool.
    @param pool Any address.
    @return False also for the other parts of a pool.
    """
    return self._governors[pool] != empty(address)


@external
@view
@reentrant
def pool_named(name: String[32]) -> address:
    """
    @notice The Pool of that name.
    @param name As it was given to `create_pool`.
    @return Its address; zero if there is none.
    """
    return self._named[name]


@external
@view
@reentrant
def governor_of(pool: address) -> address:
    """
    @notice The Governor of a Pool made here.
    @param pool Any address.
    @return Its address; zero unless this Hub made that Pool.
    """
    return self._governors[pool]


@external
@view
@reentrant
def implementations() -> Parts:
    """
    @notice The contracts that the clones delegate to, and the blueprint of Grain.
    @return Their addresses; they never change.
    """
    return Parts(
        pool=POOL, governor=GOVERNOR, admission=ADMISSION, grain=GRAIN, distributor=CRED_DISTRIBUTOR
    )


@external
@view
@reentrant
def identity() -> address:
    """
    @notice The registry of identities that all its pools share.
    @return Its address; it never changes.
    """
    return IDENTITY


@external
@pure
@reentrant
def version() -> String[8]:
    """
    @notice The version of these contracts.
    @return "1"; a new version is a new Hub.
    """
    return "1"


# ---------------------------------------------------------------- internals


@internal
@pure
def _require_name(name: String[32]):
    assert len(name) >= 3, "hub: a name has 3 to 32 characters"
    for i: uint256 in range(len(name), bound=32):
        char: uint256 = convert(convert(slice(name, i, 1), Bytes[1]), uint256)
        letter: bool = char >= 97 and char <= 122
        digit: bool = char >= 48 and char <= 57
        assert letter or digit or char == 45, "hub: a name has a-z, 0-9 and - only"


@internal
def _clone_parts(salt: bytes32, grain_name: bytes32, grain_symbol: bytes32) -> Parts:
    """
    @dev The Pool carries the Hub alone, so that its address is known before its neighbours are.
    """
    hub: bytes20 = convert(self, bytes20)
    pool: address = cloning._clone(POOL, concat(hub, b""), salt)
    governor: address = cloning._clone(
        GOVERNOR, concat(hub, convert(pool, bytes20), convert(IDENTITY, bytes20)), salt
    )
    seat: bytes20 = convert(governor, bytes20)
    admission: address = cloning._clone(ADMISSION, concat(hub, seat, convert(pool, bytes20)), salt)
    grain: address = create_from_blueprint(GRAIN, self, governor, grain_name, grain_symbol, salt=salt)
    distributor: address = cloning._clone(
        CRED_DISTRIBUTOR,
        concat(hub, convert(pool, bytes20), seat, convert(grain, bytes20), convert(IDENTITY, bytes20)),
        salt,
    )
    return Parts(pool=pool, governor=governor, admission=admission, grain=grain, distributor=distributor)


@internal
def _wire(parts: Parts):
    """
    @dev What clones cannot carry because their neighbours came later.
    """
    extcall IPool(parts.pool).setup(parts.governor, parts.grain)
    extcall IGrain(parts.grain).setup(parts.distributor)
    extcall IGovernor(parts.governor).add_hub_part(parts.admission, empty(bytes4), True)
    extcall IGovernor(parts.governor).add_hub_part(parts.grain, empty(bytes4), False)
    extcall IGovernor(parts.governor).add_hub_part(parts.distributor, FINALISE, False)
