# SPDX-License-Identifier: AGPL-3.0-only
"""From words, ABIs and structs to the files of ERC-7730, version 1."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Function, Param
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.clear_signing.calls import CALLED
from millpond.chain.clear_signing.messages import MESSAGES, SIGNED
from millpond.chain.clear_signing.words import (
    CALLS,
    CONTRACT,
    CRED,
    DATE,
    ETH,
    OF_ASSET,
    OF_ITSELF,
    PERCENT,
    RAW,
    SPAN,
    SUPPORT,
    TOKEN,
    WHO,
    Line,
    Shown,
)
from millpond.core.typed_data import DOMAIN_NAME, DOMAIN_TYPE, DOMAIN_VERSION, Struct

SCHEMA = "https://eips.ethereum.org/assets/eip-7730/erc7730-v1.schema.json"
_UNLIMITED = "0x8" + "0" * 63
_ENUMS = {"support": {"0": "Against", "1": "For", "2": "Abstain"}}
_HOW: dict[str, dict[str, Any]] = {
    RAW: {"format": "raw"},
    WHO: {"format": "addressName", "params": {"types": ["wallet", "eoa", "contract"]}},
    CONTRACT: {"format": "addressName", "params": {"types": ["contract"]}},
    TOKEN: {"format": "addressName", "params": {"types": ["token"]}},
    DATE: {"format": "date", "params": {"encoding": "timestamp"}},
    SPAN: {"format": "duration"},
    PERCENT: {"format": "unit", "params": {"base": "%", "decimals": 2}},
    CRED: {"format": "unit", "params": {"base": "cred", "decimals": 6}},
    ETH: {"format": "amount"},
    SUPPORT: {"format": "enum", "params": {"$ref": "$.metadata.enums.support"}},
    OF_ASSET: {
        "format": "tokenAmount",
        "params": {"tokenPath": "asset", "nativeCurrencyAddress": NO_ADDRESS},
    },
    OF_ITSELF: {
        "format": "tokenAmount",
        "params": {"tokenPath": "@.to", "threshold": _UNLIMITED, "message": "Unlimited"},
    },
    CALLS: {"format": "calldata", "params": {"calleePath": "targets.[]"}},
}

Places: TypeAlias = Mapping[str, Sequence[tuple[int, str]]]
"""Where each contract stands: chain id and address, by its name."""
Descriptor: TypeAlias = dict[str, Any]


def descriptors(places: Places | None = None) -> dict[str, Descriptor]:
    """Every file by its name."""
    where = places or {}
    calls = {f"calldata-{name}.json": _of_calls(name, where) for name in CALLED}
    return calls | {f"eip712-{name}.json": _of_messages(name, where) for name in MESSAGES}


def _of_calls(name: str, places: Places) -> Descriptor:
    form = abi.load(name)
    found = [(f, said) for key, said in CALLED[name].items() for f in form.functions[key]]
    context = {
        "$id": f"Millpond {name}",
        "contract": {
            "abi": [_abi_entry(name, function) for function, _ in found],
            "deployments": _deployments(name, places),
        },
    }
    shows = {_key(f): _format(said, [param.name for param in f.inputs]) for f, said in found}
    return _file(context, shows)


def _of_messages(name: str, places: Places) -> Descriptor:
    contract = name.partition("-")[0]
    structs = {key: SIGNED[key] for key in MESSAGES[name]}
    # Grain signs under its own name, which differs from pool to pool
    domain = {} if contract == "Grain" else {"name": DOMAIN_NAME, "version": DOMAIN_VERSION}
    context = {
        "$id": f"Millpond {name}",
        "eip712": {
            "schemas": [_schema(struct) for struct in structs.values()],
            "deployments": _deployments(contract, places),
            **({"domain": domain} if domain else {}),
        },
    }
    shows = {
        struct.name: _format(MESSAGES[name][key], [field.name for field in struct.fields])
        for key, struct in structs.items()
    }
    return _file(context, shows)


def _file(context: Descriptor, shows: Descriptor) -> Descriptor:
    metadata: Descriptor = {"owner": "Millpond"}
    if "metadata.enums.support" in json.dumps(shows):
        metadata["enums"] = _ENUMS
    return {
        "$schema": SCHEMA,
        "context": context,
        "metadata": metadata,
        "display": {"formats": shows},
    }


def _format(said: Shown, own: Sequence[str]) -> Descriptor:
    """One struct or function; an overload may lack what another has."""
    lines = [line for line in said.lines if _root(line.path) in own or line.path.startswith("@")]
    left_out = [path for path in said.left_out if _root(path) in own]
    return {
        "intent": said.intent,
        "fields": [_field(line) for line in lines],
        "required": [line.path for line in lines],
        **({"excluded": left_out} if left_out else {}),
    }


def _field(line: Line) -> Descriptor:
    return {"path": line.path, "label": line.label, **_HOW[line.how]}


def _root(path: str) -> str:
    return path.partition(".")[0]


def _key(function: Function) -> str:
    """The signature with the names of its arguments."""
    return f"{function.name}({','.join(map(_named, function.inputs))})"


def _named(param: Param) -> str:
    if not param.type.startswith("tuple"):
        return f"{param.type} {param.name}"
    parts = ",".join(map(_named, param.parts))
    return f"({parts}){param.type.removeprefix('tuple')} {param.name}"


def _schema(struct: Struct) -> Descriptor:
    def written(fields: Sequence[Any]) -> list[dict[str, str]]:
        return [{"name": field.name, "type": field.type} for field in fields]

    return {
        "primaryType": struct.name,
        "types": {"EIP712Domain": written(DOMAIN_TYPE), struct.name: written(struct.fields)},
    }


def _abi_entry(name: str, function: Function) -> Descriptor:
    """As it was frozen."""
    text = (files("millpond.chain") / "abis" / f"{name}.json").read_text("utf-8")
    [found] = [
        entry
        for entry in json.loads(text)
        if entry.get("name") == function.name
        and entry["type"] == "function"
        and len(entry["inputs"]) == len(function.inputs)
    ]
    return dict(found)


def _deployments(name: str, places: Places) -> list[Descriptor]:
    return [{"chainId": chain, "address": address} for chain, address in places.get(name, ())]
