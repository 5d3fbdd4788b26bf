# SPDX-License-Identifier: AGPL-3.0-only
"""Typed data (EIP-712) of tokens and peers: their domains are their own, none of the project's."""

from collections.abc import Sequence

from millpond.chain.contracts import Contract
from millpond.core.typed_data import FieldJson, TypedData

_DOMAIN = "string name,string version,uint256 chainId,address verifyingContract"


def typed(
    contract: Contract, name: str, kind: str, form: str, values: Sequence[object]
) -> TypedData:
    """A message to a contract whose domain has this name and version "1"."""
    fields = _fields(form)
    names = [field["name"] for field in fields]
    return {
        "types": {"EIP712Domain": _fields(_DOMAIN), kind: fields},
        "primaryType": kind,
        "domain": {
            "name": name,
            "version": "1",
            "chainId": contract.client.chain_id,
            "verifyingContract": contract.address,
        },
        "message": dict(zip(names, map(str, values), strict=True)),
    }


def _fields(form: str) -> list[FieldJson]:
    pairs = [field.split(" ") for field in form.split(",")]
    return [{"name": name, "type": kind} for kind, name in pairs]
