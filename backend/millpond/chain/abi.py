# SPDX-License-Identifier: AGPL-3.0-only
"""The frozen ABIs, and values in and out of bytes by them.

Every decoding of bytes that somebody else chose goes through `decode_values`, which turns whatever
the decoder raises into one named error. Structs come back as named tuples, addresses in their
EIP-55 spelling.
"""

import json
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from eth_abi.codec import ABICodec
from eth_abi.decoding import BytesDecoder, StringDecoder, UnsignedIntegerDecoder
from eth_abi.encoding import BytesEncoder, TextStringEncoder, UnsignedIntegerEncoder
from eth_abi.registry import BaseEquals
from eth_abi.registry import registry as usual_forms

from millpond.chain.answers import Address, BadAnswer, Log
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex

Value: TypeAlias = Any
"""A value whose type the ABI tells, at run time."""


@dataclass(frozen=True)
class Param:
    """One argument, return value, struct member or event field."""

    name: str
    type: str
    parts: tuple["Param", ...]
    indexed: bool

    @property
    def form(self) -> str:
        """The type as a selector's signature has it: a struct is its members in brackets."""
        if not self.type.startswith("tuple"):
            return self.type
        return f"({','.join(part.form for part in self.parts)}){self.type[5:]}"


@dataclass(frozen=True)
class Function:
    """One external function."""

    name: str
    inputs: tuple[Param, ...]
    outputs: tuple[Param, ...]
    mutability: str

    @property
    def signature(self) -> str:
        """Name and types, such as "give(uint256,address,uint256,string)"."""
        return f"{self.name}({','.join(param.form for param in self.inputs)})"

    @property
    def selector(self) -> bytes:
        """The four bytes that a call starts with."""
        return keccak256(self.signature.encode())[:4]

    def encode(self, args: Sequence[object]) -> bytes:
        """The call's bytes. `BadInput` when an argument does not fit its type."""
        return self.selector + encode_values(self.inputs, args, self.signature)

    def decode_output(self, data: bytes) -> Value:
        """What the call returned: None, one value, or a tuple of several."""
        values = decode_values(self.outputs, data, f"the answer of {self.signature}")
        return values if len(values) > 1 else values[0] if values else None


@dataclass(frozen=True)
class EventForm:
    """One event as the ABI declares it."""

    name: str
    inputs: tuple[Param, ...]

    @property
    def topic(self) -> bytes:
        """The first topic of its logs."""
        return keccak256(f"{self.name}({','.join(p.form for p in self.inputs)})".encode())


@dataclass(frozen=True)
class Event:
    """One decoded log. An indexed string or list is only its hash."""

    name: str
    args: Mapping[str, Value]
    log: Log

    @property
    def address(self) -> Address:
        """The contract that said it."""
        return self.log.address


@dataclass(frozen=True)
class Abi:
    """All that one contract can be asked and can say."""

    name: str
    functions: Mapping[str, tuple[Function, ...]]
    events: Mapping[str, EventForm]
    constructor: tuple[Param, ...]

    def function(self, name: str, arguments: int) -> Function:
        """A function by name and number of arguments (Vyper's defaults make several of a name)."""
        found = [f for f in self.functions.get(name, ()) if len(f.inputs) == arguments]
        if len(found) == 1:
            return found[0]
        known = [f.signature for f in self.functions.get(name, ())] or sorted(self.functions)
        raise BadInput(
            f"{self.name} has no function {name} of {arguments} arguments",
            f"use one of: {', '.join(known)}",
        )

    def event(self, name: str) -> EventForm:
        """An event by name."""
        if name not in self.events:
            known = ", ".join(sorted(self.events))
            raise BadInput(f"{self.name} has no event {name}", f"use one of: {known}")
        return self.events[name]

    def decode_log(self, log: Log) -> Event:
        """A log of this contract by its first topic; `BadAnswer` when it is none."""
        topic = log.topics[0] if log.topics else b""
        form = next((event for event in self.events.values() if event.topic == topic), None)
        if form is None:
            raise BadAnswer(
                f"{self.name} at {log.address} emitted an event that it does not declare "
                f"(topic {to_hex(topic)})",
                "check with `millpond verify code` that this address runs the published code",
            )
        return Event(form.name, _event_args(form, log), log)

    def decode_call(self, data: bytes) -> tuple[Function, tuple[Value, ...]]:
        """Which function these call bytes name, and its arguments."""
        for overloads in self.functions.values():
            for function in overloads:
                if function.selector == data[:4]:
                    what = f"a call of {function.signature}"
                    return function, decode_values(function.inputs, data[4:], what)
        raise BadInput(
            f"{self.name} has no function with selector 0x{data[:4].hex()}",
            "check which contract this call is for",
        )


@cache
def load(name: str) -> Abi:
    """The frozen ABI of a deployable contract, by its file name without ".vy"."""
    found = files("millpond.chain") / "abis" / f"{name}.json"
    if not name.isidentifier() or not found.is_file():
        raise BadInput(f"there is no frozen ABI of {name!r}", f"use one of: {', '.join(names())}")
    return parse(name, json.loads(found.read_text("utf-8")))


def names() -> list[str]:
    """All contracts that have a frozen ABI."""
    folder = files("millpond.chain") / "abis"
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".json"))


def parse(name: str, entries: Sequence[Mapping[str, Any]]) -> Abi:
    """An ABI from the list that the compiler writes."""
    functions: dict[str, tuple[Function, ...]] = {}
    events: dict[str, EventForm] = {}
    constructor: tuple[Param, ...] = ()
    for entry in entries:
        inputs = _params(entry.get("inputs", ()))
        if entry["type"] == "function":
            outputs = _params(entry["outputs"])
            made = Function(entry["name"], inputs, outputs, entry["stateMutability"])
            functions[made.name] = (*functions.get(made.name, ()), made)
        elif entry["type"] == "event":
            events[entry["name"]] = EventForm(entry["name"], inputs)
        elif entry["type"] == "constructor":
            constructor = inputs
    return Abi(name, functions, events, constructor)


def encode_values(params: Sequence[Param], values: Sequence[object], what: str) -> bytes:
    """ABI bytes of the values. `BadInput` when one does not fit; nothing is padded or cut.

    A struct is given as a tuple or as a mapping by member name; an address as 0x-hex or 20 bytes.
    """
    if len(params) != len(values):
        raise BadInput(
            f"{what} takes {len(params)} arguments, not {len(values)}", "pass one for each"
        )
    ready = [_outward(p, v, what) for p, v in zip(params, values, strict=True)]
    for param, value in zip(params, ready, strict=True):
        try:
            _codec().encode([param.form], [value])
        except Exception as error:
            raise BadInput(
                f"{what}: {value!r:.80} does not fit {param.name or 'a value'} ({param.form})",
                "give integers as int, bytes as raw bytes of the full length, addresses as 0x-hex",
            ) from error
    return _codec().encode([param.form for param in params], ready)


def decode_values(params: Sequence[Param], data: bytes, what: str) -> tuple[Value, ...]:
    """The values in ABI bytes that anyone may have chosen; `BadAnswer` when they cannot be read."""
    try:
        values = _codec().decode([param.form for param in params], data)
        return tuple(_inward(p, v) for p, v in zip(params, values, strict=True))
    except Exception as error:
        raise BadAnswer(
            f"{what} cannot be read: {len(data)} bytes that start with 0x{data[:8].hex()}",
            "check the contract's address and the node; this is not what its ABI promises",
        ) from error


def plain(*types: str) -> tuple[Param, ...]:
    """Unnamed parameters of elementary types, for `encode_values` and `decode_values`."""
    return tuple(Param("", type_, (), False) for type_ in types)


def _params(entries: Sequence[Mapping[str, Any]]) -> tuple[Param, ...]:
    return tuple(
        Param(e["name"], e["type"], _params(e.get("components", ())), e.get("indexed", False))
        for e in entries
    )


def _event_args(form: EventForm, log: Log) -> dict[str, Value]:
    what = f"event {form.name}"
    plain_fields = [p for p in form.inputs if not p.indexed]
    values = dict(
        zip(
            [p.name for p in plain_fields], decode_values(plain_fields, log.data, what), strict=True
        )
    )
    indexed = [p for p in form.inputs if p.indexed]
    if len(indexed) != len(log.topics) - 1:
        raise BadAnswer(f"{what} has the wrong number of topics", "ask another node")
    for param, topic in zip(indexed, log.topics[1:], strict=True):
        hashed = param.parts or "[" in param.type or param.type in ("string", "bytes")
        values[param.name] = topic if hashed else decode_values([param], topic, what)[0]
    return {p.name: values[p.name] for p in form.inputs}


def _element(param: Param) -> Param:
    return Param(param.name, param.type[: param.type.rindex("[")], param.parts, param.indexed)


def _outward(param: Param, value: Value, what: str) -> Value:
    """A value as the encoder wants it."""
    if param.type.endswith("]"):
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise BadInput(f"{what}: {param.name} is not a list", "pass a list or a tuple")
        return [_outward(_element(param), item, what) for item in value]
    if param.type == "tuple":
        members = [part.name for part in param.parts]
        if isinstance(value, Mapping):
            if sorted(value) != sorted(members):
                raise BadInput(f"{what}: {param.name} has the members {members}", "pass those")
            value = [value[member] for member in members]
        if isinstance(value, str | bytes) or len(value) != len(members):
            raise BadInput(f"{what}: {param.name} has the members {members}", "pass those")
        return tuple(_outward(p, v, what) for p, v in zip(param.parts, value, strict=True))
    if param.type == "address":
        return address_bytes(value) if isinstance(value, str | bytes) else value
    if param.type.startswith("bytes") and isinstance(value, str):
        size = param.type[5:] or (len(value) - 2) // 2
        return from_hex(value, int(size))
    return value


def _inward(param: Param, value: Value) -> Value:
    """A decoded value as we hand it on."""
    if param.type.endswith("]"):
        return [_inward(_element(param), item) for item in value]
    if param.type == "tuple":
        members = [_inward(p, v) for p, v in zip(param.parts, value, strict=True)]
        return _struct(tuple(part.name for part in param.parts))(*members)
    if param.type == "address":
        return Address(checksum_address(bytes.fromhex(value[2:])))
    return value


@cache
def _struct(members: tuple[str, ...]) -> Value:
    return namedtuple("Struct", members, rename=True)  # noqa: PYI024  the ABI names its members


class _AnyText(StringDecoder):
    """A text in which whatever is no UTF-8 stands as the replacement character."""

    def __init__(self) -> None:
        super().__init__("replace")  # type: ignore[no-untyped-call]


class _ExactBytes(BytesEncoder):
    """bytes32 takes 32 bytes: fewer are not filled up."""

    def validate_value(self, value: Value) -> None:
        super().validate_value(value)  # type: ignore[no-untyped-call]
        if len(value) * 8 != self.value_bit_size:
            self.invalidate_value(value)


@cache
def _codec() -> ABICodec:
    """A strict codec: bytes32 takes 32 bytes, a bool is no number.

    Numbers are strict here whatever else runs in the process: ape, once imported, makes every
    codec fill up what is missing with zeros, and 128 bytes could then announce a list without end.
    Texts are not: anyone may put bytes that are no UTF-8 into a gift's note, and a pool's events
    must stay readable all the same.
    """
    registry = usual_forms.copy()  # type: ignore[no-untyped-call]
    is_fixed = BaseEquals("bytes", with_sub=True)  # type: ignore[no-untyped-call]
    registry.unregister("bytes<M>")
    registry.register(is_fixed, _ExactBytes, BytesDecoder, "bytes<M>")
    registry.unregister("string")
    registry.register(
        BaseEquals("string"),  # type: ignore[no-untyped-call]
        TextStringEncoder,
        _AnyText,
        "string",
    )
    is_uint = BaseEquals("uint")  # type: ignore[no-untyped-call]
    registry.unregister("uint")
    registry.register(is_uint, UnsignedIntegerEncoder, UnsignedIntegerDecoder, "uint")
    return ABICodec(registry)
