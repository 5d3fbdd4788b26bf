# SPDX-License-Identifier: AGPL-3.0-only
"""A gift in one transaction: the token's permit (EIP-2612), where it has one that we can sign.

The domain comes from the token itself (EIP-5267), or is the customary one with version "1"; either
must give the token's own DOMAIN_SEPARATOR. Where it does not, `approve` does the same in two.
"""

from millpond.chain import abi
from millpond.chain.abi import Abi
from millpond.chain.assets import Asset
from millpond.chain.contracts import Contract
from millpond.core.canonical import keccak256
from millpond.core.errors import MillpondError
from millpond.core.typed_data import FieldJson, TypedData
from scripts._desk import Desk

HOUR = 3_600
_FIELDS = "address owner,address spender,uint256 value,uint256 nonce,uint256 deadline"
_DOMAIN = "string name,string version,uint256 chainId,address verifyingContract"


def _view(name: str, inputs: str, outputs: str) -> dict[str, object]:
    return {
        "type": "function",
        "name": name,
        "inputs": [{"name": "", "type": each} for each in inputs.split()],
        "outputs": [{"name": "", "type": each} for each in outputs.split()],
        "stateMutability": "view",
    }


_PERMIT: Abi = abi.parse(
    "ERC-2612 token",
    [
        _view("name", "", "string"),
        _view("version", "", "string"),
        _view("nonces", "address", "uint256"),
        _view("DOMAIN_SEPARATOR", "", "bytes32"),
        _view("eip712Domain", "", "bytes1 string string uint256 address bytes32 uint256[]"),
    ],
)


def permitted(
    at: Desk, money: Asset, spender: str, amount: int
) -> tuple[int, int, bytes, bytes] | None:
    """Deadline, v, r, s of a signed permit; None where the token or the account cannot.

    In a dry run nothing is signed, so none is given either: what is tried then is the approval.
    """
    if money.contract is None or not at.send or at.signer.is_wallet:
        return None
    if money.allowance(at.signer.address, spender) >= amount:
        return None
    token = Contract(at.client, "ERC-2612 token", money.address, _PERMIT)
    try:
        nonce, domain = int(token.nonces(at.signer.address)), _domain(token)
    except MillpondError:
        return None
    if domain is None:
        return None
    deadline = at.client.now() + HOUR
    values = (at.signer.address, spender, str(amount), str(nonce), str(deadline))
    at.agree(f"Sign a permit for {money.text(amount)}?")
    signature = at.signer.sign_typed(_typed(domain, values))
    return deadline, signature[64], signature[:32], signature[32:64]


def _domain(token: Contract) -> dict[str, str | int] | None:
    """Name, version, chain and address, if they give the token's own separator."""
    name, version = _named(token)
    domain: dict[str, str | int] = {
        "name": name,
        "version": version,
        "chainId": token.client.chain_id,
        "verifyingContract": token.address,
    }
    encoded = abi.encode_values(
        abi.plain("bytes32", "bytes32", "bytes32", "uint256", "address"),
        [
            keccak256(f"EIP712Domain({_DOMAIN})".encode()),
            keccak256(name.encode()),
            keccak256(version.encode()),
            token.client.chain_id,
            token.address,
        ],
        "a domain",
    )
    return domain if keccak256(encoded) == bytes(token.DOMAIN_SEPARATOR()) else None


def _named(token: Contract) -> tuple[str, str]:
    try:
        found = token.eip712Domain()
        return str(found[1]), str(found[2])
    except MillpondError:
        pass
    try:
        return str(token.name()), str(token.version())
    except MillpondError:
        return str(token.name()), "1"


def _typed(domain: dict[str, str | int], values: tuple[str, ...]) -> TypedData:
    fields = _fields(_FIELDS)
    return {
        "types": {"EIP712Domain": _fields(_DOMAIN), "Permit": fields},
        "primaryType": "Permit",
        "domain": domain,
        "message": dict(zip([field["name"] for field in fields], values, strict=True)),
    }


def _fields(text: str) -> list[FieldJson]:
    pairs = [part.split(" ") for part in text.split(",")]
    return [{"name": name, "type": type_} for type_, name in pairs]
