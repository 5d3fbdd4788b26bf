# SPDX-License-Identifier: AGPL-3.0-only
"""EIP-2612 permits. Their domain is the token's own, so they are none of the project's messages."""

from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner
from millpond.core.typed_data import FieldJson, TypedData

_DOMAIN = (
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
)
_PERMIT = (
    ("owner", "address"),
    ("spender", "address"),
    ("value", "uint256"),
    ("nonce", "uint256"),
    ("deadline", "uint256"),
)


def _fields(of: tuple[tuple[str, str], ...]) -> list[FieldJson]:
    return [{"name": name, "type": kind} for name, kind in of]


def permit(
    token: Contract, owner: LocalSigner, spender: str, amount: int, deadline: int
) -> tuple[int, bytes, bytes]:
    """v, r, s of the owner's permit, as a token with version "1" takes them."""
    typed: TypedData = {
        "types": {"EIP712Domain": _fields(_DOMAIN), "Permit": _fields(_PERMIT)},
        "primaryType": "Permit",
        "domain": {
            "name": str(token.name()),
            "version": "1",
            "chainId": token.client.chain_id,
            "verifyingContract": token.address,
        },
        "message": {
            "owner": owner.address,
            "spender": spender,
            "value": str(amount),
            "nonce": str(token.nonces(owner.address)),
            "deadline": str(deadline),
        },
    }
    signature = owner.sign_typed(typed)
    return signature[64], signature[:32], signature[32:64]
