# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Which pools a Hub has made: their names and their Governors
@license AGPL-3.0-only
@author Millpond maintainers
@notice A name is only a handle, first come: whoever comes second is refused and takes another one. Trust comes from a
        checked proof of a domain or an organisation.
"""

# name -> its Pool
_named: HashMap[String[32], address]
# Pool -> its Governor, for the pools made here
_governors: HashMap[address, address]


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


@internal
@view
def _require_free(name: String[32]):
    assert len(name) >= 3, "hub: a name has 3 to 32 characters"
    for i: uint256 in range(len(name), bound=32):
        char: uint256 = convert(convert(slice(name, i, 1), Bytes[1]), uint256)
        letter: bool = char >= 97 and char <= 122
        digit: bool = char >= 48 and char <= 57
        assert letter or digit or char == 45, "hub: a name has a-z, 0-9 and - only"
    assert self._named[name] == empty(address), "hub: the name is taken"


@internal
def _enter(name: String[32], pool: address, governor: address):
    self._named[name] = pool
    self._governors[pool] = governor


@internal
@view
def _pool_of(governor: address) -> address:
    """
    @dev The Pool whose Governor this is. It says so itself, and the record of that Pool must agree; the record is kept
         one way only, which saves each pool a word.
    """
    ok: bool = False
    answer: Bytes[32] = b""
    ok, answer = raw_call(
        governor, method_id("pool()"), max_outsize=32, is_static_call=True, revert_on_failure=False
    )
    pool: address = convert(convert(convert(answer, uint256) & (2**160 - 1), uint160), address)
    known: bool = ok and governor != empty(address) and self._governors[pool] == governor
    assert known, "hub: only a pool's Governor"
    return pool
