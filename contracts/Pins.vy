# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Pins: what must be true when a proposal is carried out
@license AGPL-3.0-only
@author Millpond maintainers
@notice Days pass between a vote and its execution. A proposal that depends on something outside puts a call to this
        contract first: it reverts unless the thing is still so, and with it the whole execution, for a proposal is carried
        out whole or not at all. The proposal stays ready and can be tried again until it expires.
@dev One contract for each chain. It stores nothing and can do nothing; anyone may call it. A balance or an answer can
     be true for a moment only: whoever executes can make it so by a flash loan and undo it after.
@custom:holds Nothing.
@custom:halt Nothing to halt: it only looks.
"""

from ethereum.ercs import IERC20


@external
@view
@reentrant
def require_code(account: address, code_hash: bytes32):
    """
    @notice Reverts unless the code at an account has this hash.
    @dev It sees the code of that account alone. Behind a proxy the code stays the same while what it does changes: pin what
         it delegates to with `require_answer`, if it says so, and the code there. An account that may delegate (EIP-7702)
         has the hash of its delegation.
    @param account Whose code.
    @param code_hash keccak256 of its code; that of nothing for an account without code, zero for one that never was used.
           One wei sent to it turns the latter into the former: anybody can hold up a proposal with such a pin.
    """
    assert account.codehash == code_hash, "pins: the code has changed"


@external
@view
@reentrant
def require_balance(token: address, account: address, least: uint256):
    """
    @notice Reverts unless an account has at least so much.
    @dev Also reverts when there is no token.
    @param token An ERC-20; zero for ETH.
    @param account Whose balance.
    @param least In its smallest unit.
    """
    found: uint256 = account.balance
    if token != empty(address):
        found = staticcall IERC20(token).balanceOf(account)
    assert found >= least, "pins: the balance is too small"


@external
@view
@reentrant
def require_answer(target: address, call: Bytes[512], answer_hash: bytes32):
    """
    @notice Reverts unless a contract answers a question as it did: a price, an owner, what a proxy delegates to.
    @dev Also reverts when it does not answer, and for an account without code, which says nothing to everything.
         Answers longer than 1,024 bytes count by their first 1,024.
    @param target Whom to ask.
    @param call The question: a call of a view.
    @param answer_hash keccak256 of the answer as it comes.
    """
    assert target.is_contract, "pins: nobody is there to answer"
    ok: bool = False
    answer: Bytes[1024] = b""
    ok, answer = raw_call(target, call, max_outsize=1024, is_static_call=True, revert_on_failure=False)
    assert ok and keccak256(answer) == answer_hash, "pins: the answer has changed"


@external
@view
@reentrant
def require_time(earliest: uint256, latest: uint256):
    """
    @notice Reverts before and after a span of time, so that a proposal is carried out within it or not at all.
    @param earliest The first second, since 1970, in which it may be; 0 for any.
    @param latest The last second, since 1970.
    """
    assert block.timestamp >= earliest and block.timestamp <= latest, "pins: not at this time"
