# SPDX-License-Identifier: AGPL-3.0-only
"""Calls, answers and events in words, for whoever has to find out what went wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from eth_abi.abi import decode

from tests.contracts.evm import ETH, address_of
from tests.properties.chain import Event, Handle, Outcome, RawLog, to_address

Names = Callable[[str], str]

LONGEST_BYTES, LONGEST_NUMBER, LONGEST_LIST = 8, 10**24, 8


def call(names: Names, entry: tuple[Any, ...]) -> str:
    """One step of a history: a call, or time that passed."""
    if entry[0] == "warp":
        return f"  {entry[1]} seconds pass"
    sender, target, function, args, value = entry
    paid = f" with {value} wei" if value else ""
    return f"  {names(sender)}: {target.name}.{function}{several(names, args, '()')}{paid}"


def several(names: Names, worth: Sequence[Any], around: str = "[]") -> str:
    """A list, cut when it is long."""
    shown = [one(names, each) for each in worth[:LONGEST_LIST]]
    more = [f"{len(worth) - LONGEST_LIST} more"] if len(worth) > LONGEST_LIST else []
    return f"{around[0]}{', '.join(shown + more)}{around[1]}"


def one(names: Names, worth: Any) -> str:
    """A value as short as one can still tell it from others."""
    if isinstance(worth, bytes):
        cut = f"..({len(worth)})" if len(worth) > LONGEST_BYTES else ""
        return f"0x{worth[:LONGEST_BYTES].hex()}{cut}"
    if isinstance(worth, int):
        return str(worth) if worth < LONGEST_NUMBER else f"..{worth % 10**8:08}"
    if isinstance(worth, list | tuple):
        return several(names, worth)
    address = address_of(worth)
    if len(address) == len(ETH) and address.startswith("0x"):
        return names(to_address(int(address, 16)))
    return repr(worth)


def event(names: Names, raw: RawLog, handle: Handle) -> str:
    """A log by its name, with what it says."""
    _, topics, data = raw
    found = next((e for e in handle.events.values() if e.topic == topics[0]), None)
    if found is None:
        return f"       {handle.name}: a log that its ABI does not have, {raw}"
    fields = (f"{name}={one(names, worth)}" for name, worth in _fields(found, topics, data))
    return f"       {handle.name}: {found.name}({', '.join(fields)})"


def _fields(found: Event, topics: tuple[bytes, ...], data: bytes) -> list[tuple[str, Any]]:
    plain = decode([found.types[name] for name in found.plain], data)
    fields = dict(zip(found.plain, plain, strict=True))
    for (name, _), topic in zip(found.indexed, topics[1:], strict=True):
        (fields[name],) = decode([found.types[name]], topic)
    return [(name, fields[name]) for name in found.fields]


def ending(names: Names, ok: bool, reason: str, answer: Any) -> str:
    """How a call should have ended."""
    return f"done, returns {one(names, answer)}" if ok else f"refused: {reason or 'without a word'}"


def outcome(names: Names, found: Outcome, target: Handle, function: str) -> str:
    """How a call did end."""
    answer: Any = found.data
    known = target.functions.get(function)
    if found.ok and known is not None and known.outputs and found.data:
        answer = known.read(found.data)
    return ending(names, found.ok, found.reason, answer)
