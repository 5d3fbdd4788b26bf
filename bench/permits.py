# SPDX-License-Identifier: AGPL-3.0-only
"""EIP-2612 permits."""

from bench.messages import typed
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner

_PERMIT = "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline"


def permit(
    token: Contract, owner: LocalSigner, spender: str, amount: int, deadline: int
) -> tuple[int, bytes, bytes]:
    """v, r, s of the owner's permit, as a token with version "1" takes them."""
    values = (owner.address, spender, amount, token.nonces(owner.address), deadline)
    message = typed(token, str(token.name()), "Permit", _PERMIT, values)
    signature = owner.sign_typed(message)
    return signature[64], signature[:32], signature[32:64]
