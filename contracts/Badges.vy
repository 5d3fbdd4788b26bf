# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Badges: the members of a pool as tokens that cannot be moved (ERC-5192)
@license AGPL-3.0-only
@author Millpond maintainers
@notice Whoever is a member has one badge, numbered by her address; whoever is none has none. Wallets and sites that know
        ERC-721 can so ask who is a member.
@dev It stores nothing and asks the Governor at each call, so it is right in the second in which somebody joins or leaves.
     For the same reason it logs no Transfer and no Locked: who wants a list of members follows the Governor's events.
     The Hub makes one for each pool, when somebody asks for it; hub, pool, governor and the pool's name stand behind the
     clone's code. It also answers `daoURI()` (ERC-4824) for its pool.
@custom:holds Nothing.
@custom:halt Nothing to halt: it only answers.
"""

from .interfaces import IGovernor
from .modules import clone_args
from .modules import hex_text

ERC165: constant(bytes4) = 0x01ffc9a7
ERC721: constant(bytes4) = 0x80ac58cd
ERC721_METADATA: constant(bytes4) = 0x5b5e139f
ERC5192: constant(bytes4) = 0xb45a3c0e
ERC4824: constant(bytes4) = method_id("daoURI()", output_type=bytes4)


interface Describes:
    def daoURI(pool: address) -> String[256]: view


# ------------------------------------------------------------------------------------------------ what nobody can do

@external
def transferFrom(owner: address, to: address, token_id: uint256):
    """
    @notice Membership cannot be handed on.
    @dev Always reverts.
    @param owner Anybody.
    @param to Anybody.
    @param token_id Any badge.
    """
    self._refuse()


@external
def safeTransferFrom(owner: address, to: address, token_id: uint256, data: Bytes[1024] = b""):
    """
    @notice Membership cannot be handed on.
    @dev Always reverts.
    @param owner Anybody.
    @param to Anybody.
    @param token_id Any badge.
    @param data Anything.
    """
    self._refuse()


@external
def approve(spender: address, token_id: uint256):
    """
    @notice Membership cannot be handed on.
    @dev Always reverts.
    @param spender Anybody.
    @param token_id Any badge.
    """
    self._refuse()


@external
def setApprovalForAll(operator: address, allowed: bool):
    """
    @notice Membership cannot be handed on.
    @dev Always reverts.
    @param operator Anybody.
    @param allowed Either.
    """
    self._refuse()


# ------------------------------------------------------------------------------------------------ views

@external
@view
@reentrant
def balanceOf(owner: address) -> uint256:
    """
    @notice How many badges an account has (ERC-721).
    @dev Reverts for the zero address.
    @param owner Anybody else.
    @return 1 for a member, else 0.
    """
    assert owner != empty(address), "badges: the zero address has none"
    return 1 if staticcall self._governor().isMember(owner) else 0


@external
@view
@reentrant
def ownerOf(token_id: uint256) -> address:
    """
    @notice Whose badge it is (ERC-721).
    @dev Reverts when it is nobody's.
    @param token_id The address of a member as a number.
    @return That member.
    """
    self._require_badge(token_id)
    return self._account(token_id)


@external
@view
@reentrant
def locked(token_id: uint256) -> bool:
    """
    @notice Whether a badge cannot be moved (ERC-5192).
    @dev Reverts when it is nobody's.
    @param token_id The address of a member as a number.
    @return Always true.
    """
    self._require_badge(token_id)
    return True


@external
@view
@reentrant
def getApproved(token_id: uint256) -> address:
    """
    @notice Who else may move a badge (ERC-721).
    @dev Reverts when it is nobody's.
    @param token_id The address of a member as a number.
    @return Always zero: nobody.
    """
    self._require_badge(token_id)
    return empty(address)


@external
@pure
@reentrant
def isApprovedForAll(owner: address, operator: address) -> bool:
    """
    @notice Whether somebody may move another's badges (ERC-721).
    @param owner Anybody.
    @param operator Anybody.
    @return Always false.
    """
    return False


@external
@view
@reentrant
def name() -> String[40]:
    """
    @notice The name of these badges (ERC-721).
    @return The pool's name, and "members".
    """
    return concat(self._pool_name(), " members")


@external
@pure
@reentrant
def symbol() -> String[6]:
    """
    @notice The symbol of these badges (ERC-721).
    @return "MEMBER", in each pool.
    """
    return "MEMBER"


@external
@view
@reentrant
def tokenURI(token_id: uint256) -> String[192]:
    """
    @notice What a badge says (ERC-721): the pool's name and the member's address, as JSON in the URI itself.
    @dev Reverts when it is nobody's.
    @param token_id The address of a member as a number.
    @return A data URI, with what RFC 3986 wants escaped.
    """
    self._require_badge(token_id)
    digits: String[66] = hex_text._hex(convert(token_id, bytes32))
    # {"name":"<pool> member","member":"0x<address>"}
    return concat(
        "data:application/json,%7B%22name%22:%22",
        self._pool_name(),
        "%20member%22,%22member%22:%220x",
        slice(digits, 26, 40),
        "%22%7D",
    )


@external
@pure
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice Which standards these badges keep (ERC-165).
    @param interface_id As ERC-165 computes it.
    @return True for ERC-165, ERC-721, its metadata, ERC-5192 and ERC-4824.
    """
    return interface_id in [ERC165, ERC721, ERC721_METADATA, ERC5192, ERC4824]


@external
@view
@reentrant
def daoURI() -> String[256]:
    """
    @notice Where the pool describes itself (ERC-4824).
    @return What the Hub says of it: what its members have set last, else the URI of its charter.
    """
    return staticcall Describes(clone_args._address_at(0)).daoURI(clone_args._address_at(1))


@external
@view
@reentrant
def hub() -> address:
    """
    @notice The Hub that made these badges.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(0)


@external
@view
@reentrant
def pool() -> address:
    """
    @notice The Pool whose members these are.
    @return Its address, which stands in the clone's own code.
    """
    return clone_args._address_at(1)


@external
@view
@reentrant
def governor() -> address:
    """
    @notice The Governor that says who is a member.
    @return Its address, which stands in the clone's own code.
    """
    return self._governor().address


# ------------------------------------------------------------------------------------------------ internals

@internal
@pure
def _refuse():
    raise "badges: a badge cannot be moved"


@internal
@view
def _require_badge(token_id: uint256):
    assert staticcall self._governor().isMember(self._account(token_id)), "badges: nobody has this badge"


@internal
@pure
def _account(token_id: uint256) -> address:
    """
    @dev Zero, who is never a member, for a number that is no address.
    """
    if token_id >= 2**160:
        return empty(address)
    return convert(convert(token_id, uint160), address)


@internal
@view
def _pool_name() -> String[32]:
    name_: Bytes[256] = convert(clone_args._text_of(self, 3), Bytes[256])
    return convert(slice(name_, 0, min(len(name_), 32)), String[32])


@internal
@view
def _governor() -> IGovernor:
    return IGovernor(clone_args._address_at(2))
