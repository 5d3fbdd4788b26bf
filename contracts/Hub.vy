# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Hub: one transaction makes a working co-op
@license AGPL-3.0-only
@author Millpond maintainers
@notice `create_pool` makes and wires a Pool, a Governor, an Admission, a Grain and a CredDistributor, seats the
        founders, names the maintainers and the attesters. Afterwards it acts on a pool only as that pool's own vote tells it:
        `install` and `set_dao_uri`. It decides nothing itself and nobody can tell it anything else.
@dev The implementations are fixed for ever; a new version is a new Hub, and old pools stay as they are.
@custom:holds nothing
@custom:halt nothing to halt: it acts on a pool that exists only when that pool's Governor calls
"""

from .interfaces import IAdmission
from .interfaces import ICredDistributor
from .interfaces import IGovernor
from .interfaces import IGrain
from .interfaces import IIdentity
from .interfaces import IPool
from .modules import cloning
from .modules import dao_uris
from .modules import later_parts
from .modules import pool_names

initializes: pool_names
initializes: later_parts[pool_names := pool_names]
initializes: dao_uris[pool_names := pool_names]

exports: pool_names.__interface__
exports: later_parts.__interface__
exports: dao_uris.__interface__


struct Options:
    ways: IAdmission.Ways                                           # the ways in
    maintainers: DynArray[ICredDistributor.Maintainer, 16]          # who signs distributions, by ascending account
    maintainers_needed: uint256                                     # m of them
    season_epochs: uint256                                          # how many distributions before the members renew
    attesters: DynArray[address, 16]                                # who attests identities; may be empty
    attesters_needed: uint256
    grain_name: bytes32                                             # ASCII, padded with zeros on the right
    grain_symbol: bytes32
    buy_in_asset: address                                           # of the buy-in from the start; zero for ETH
    buy_in_amount: uint256                                          # in its smallest unit; 0: no buy-in


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


@deploy
def __init__(pool: address, governor: address, admission: address, grain: address, cred_distributor: address,
             badges: address, identity_: address, spenders: DynArray[later_parts.Spender, 7]):
    """
    @notice Fixes the implementations for ever. They hold nothing and can do nothing by themselves.
    @dev Reverts when there is no code at one of the addresses, and for a spender without a name of its own.
    @param pool Pool, to be cloned.
    @param governor Governor, to be cloned.
    @param admission Admission, to be cloned.
    @param grain The blueprint of Grain (ERC-5202): each pool's Grain has code of its own.
    @param cred_distributor CredDistributor, to be cloned.
    @param badges Badges, to be cloned.
    @param identity_ The one registry of identities that all pools share.
    @param spenders What a pool can install besides, each with its name; to be cloned.
    """
    for part: address in [pool, governor, admission, grain, cred_distributor, badges, identity_]:
        assert part.is_contract, "hub: an implementation is missing"
    POOL = pool
    GOVERNOR = governor
    ADMISSION = admission
    GRAIN = grain
    later_parts.__init__(cred_distributor, badges, identity_, spenders)


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
    @param options The ways in, the maintainers, the season, the attesters, the name and symbol of the grain, and a buy-in
           with which earmark 1 is opened for the Admission; its purpose is the charter's.
    @return The addresses. They follow from the sender, the name and all that is given here, so nobody can take them.
    """
    pool_names._require_free(name)
    assert len(founders) != 0, "hub: a co-op needs a founder"
    assert options.grain_name != empty(bytes32), "hub: the grain needs a name"
    assert options.grain_symbol != empty(bytes32), "hub: the grain needs a symbol"
    salt: bytes32 = keccak256(
        abi_encode(msg.sender, name, charter_uri, charter_hash, class_rules, founders, options)
    )
    parts: Parts = self._make_parts(salt, charter_uri, options.grain_name, options.grain_symbol)
    pool_names._enter(name, parts.pool, parts.governor)
    self._wire(parts)
    extcall IGovernor(parts.governor).set_rules(class_rules)
    extcall IGovernor(parts.governor).admit(founders)
    extcall IAdmission(parts.admission).setup(options.ways)
    extcall ICredDistributor(parts.distributor).setup(
        options.maintainers, options.maintainers_needed, options.season_epochs
    )
    if len(options.attesters) != 0:
        extcall IIdentity(later_parts.IDENTITY).set_attesters(parts.pool, options.attesters, options.attesters_needed)
    if options.buy_in_amount != 0:
        buy_in: Bytes[64] = abi_encode(options.buy_in_asset, options.buy_in_amount)
        extcall IPool(parts.pool).open_earmark(1, charter_uri, charter_hash, parts.admission, False, 0, buy_in)
    log dao_uris.DAOURIUpdate(daoAddress=parts.pool, daoURI=charter_uri)
    log PoolCreated(
        pool=parts.pool, creator=msg.sender, name=name, parts=parts, charter_uri=charter_uri, charter_hash=charter_hash
    )
    return parts


# ---------------------------------------------------------------- views


@external
@view
@reentrant
def implementations() -> Parts:
    """
    @notice The contracts that the clones delegate to, and the blueprint of Grain.
    @return Their addresses; they never change.
    """
    return Parts(
        pool=POOL, governor=GOVERNOR, admission=ADMISSION, grain=GRAIN, distributor=later_parts.CRED_DISTRIBUTOR
    )


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
def _make_parts(salt: bytes32, charter_uri: String[256], grain_name: bytes32, grain_symbol: bytes32) -> Parts:
    """
    @dev The Pool carries the Hub and the charter's URI alone, so that its address is known before its neighbours are.
    """
    hub: bytes20 = convert(self, bytes20)
    pool: address = cloning._clone(POOL, concat(hub, convert(charter_uri, Bytes[256])), salt)
    identity: bytes20 = convert(later_parts.IDENTITY, bytes20)
    governor: address = cloning._clone(GOVERNOR, concat(hub, convert(pool, bytes20), identity), salt)
    seats: Bytes[60] = concat(hub, convert(governor, bytes20), convert(pool, bytes20))
    admission: address = cloning._clone(ADMISSION, seats, salt)
    grain: address = create_from_blueprint(GRAIN, self, governor, grain_name, grain_symbol, salt=salt)
    around: Bytes[100] = later_parts._around(pool, governor, grain)
    distributor: address = cloning._clone(later_parts.CRED_DISTRIBUTOR, around, salt)
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
    extcall IGovernor(parts.governor).add_hub_part(parts.distributor, later_parts.FINALISE, False)
