# SPDX-License-Identifier: AGPL-3.0-only
"""Where the contracts keep what: slots by the frozen layouts, and the fields of packed words.

    slot_of("Pool", "books.books", 1, asset)      the slot of one entry
    apart("Pool", "books.books", word)            {"unreserved": ..., "plain": ..., "received": ...}

The files here are what the compiler says (scripts/freeze_abis.py). Slots are computed as Vyper 0.4
does it: an entry of a map lies at keccak256(slot of the map, key), with a text or bytes as key by
its hash; an array's entries follow each other, those of a dynamic array behind its length.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from millpond.chain.layouts.words import WORDS, Field
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import address_bytes

__all__ = ["WORDS", "Field", "Variable", "Word", "apart", "kinds", "layout", "slot_of"]

Key = int | bytes | str
"""A number, 32 bytes, an address, or a text: by the type of the map."""

_WORD = 32
_MAP = re.compile(r"HashMap\[(.+?), (.+)\]")
_STATIC = re.compile(r"([a-z0-9]+)\[(\d+)\]")
_DYNAMIC = re.compile(r"DynArray\[([a-z0-9]+), (\d+)\]")
_SIZED = re.compile(r"(String|Bytes)\[\d+\]")


@dataclass(frozen=True)
class Variable:
    """One variable of a contract, by module and name, where it begins and its type."""

    name: str
    slot: int
    type: str


@dataclass(frozen=True)
class Word:
    """A word in the storage of one contract: a variable or an entry of it. `field` names the part
    of it that is meant; None: all of it."""

    kind: str
    address: str
    name: str
    keys: tuple[Key, ...] = ()
    field: str | None = None

    @cached_property
    def slot(self) -> int:
        """Where it lies."""
        return slot_of(self.kind, self.name, *self.keys)

    @property
    def steps(self) -> tuple[bytes, ...]:
        """The keys as the 32 bytes that are hashed, one after the other; a place in an array as the
        number that it is."""
        found, form = [], layout(self.kind)[self.name].type
        for key in self.keys:
            named = _MAP.fullmatch(form)
            found.append(_key(named[1], key) if named else int(key).to_bytes(_WORD))
            form = _inside(0, form, key)[1]
        return tuple(found)

    def read(self, word: int) -> int:
        """The field in a word."""
        return word if self.field is None else apart(self.kind, self.name, word)[self.field]


def kinds() -> list[str]:
    """The contracts that keep anything."""
    room = files("millpond.chain.layouts")
    return sorted(each.name[:-5] for each in room.iterdir() if each.name.endswith(".json"))


@cache
def layout(kind: str) -> Mapping[str, Variable]:
    """All variables of a contract by name."""
    if kind not in kinds():
        raise BadInput(f"{kind} has no storage layout", f"name one of {', '.join(kinds())}")
    text = (files("millpond.chain.layouts") / f"{kind}.json").read_text("utf-8")
    found = [Variable(**entry) for entry in json.loads(text)]
    return {variable.name: variable for variable in found}


def slot_of(kind: str, name: str, *keys: Key) -> int:
    """The slot of a variable, or of the entry of it that the keys lead to."""
    variable = layout(kind).get(name)
    if variable is None:
        raise BadInput(f"{kind} keeps no {name}", "name a variable of its storage layout")
    slot, form = variable.slot, variable.type
    for key in keys:
        slot, form = _inside(slot, form, key)
    return slot


def apart(kind: str, name: str, word: int) -> dict[str, int]:
    """The fields of a word; nothing may stand beside them."""
    found, rest = {}, word
    for field in WORDS[kind, name]:
        found[field.name] = word >> field.at & ((1 << field.width) - 1)
        rest &= ~(((1 << field.width) - 1) << field.at)
    if rest:
        raise BadInput(
            f"{kind}.{name} holds {word:#x}, which is more than its fields",
            "check with `millpond verify code` that the contracts run the published sources",
        )
    return found


def _inside(slot: int, form: str, key: Key) -> tuple[int, str]:
    """Where one entry lies, and its type."""
    if named := _MAP.fullmatch(form):
        hashed = keccak256(slot.to_bytes(_WORD) + _key(named[1], key))
        return int.from_bytes(hashed), named[2]
    for pattern, first in ((_STATIC, 0), (_DYNAMIC, 1)):
        if (named := pattern.fullmatch(form)) and isinstance(key, int) and 0 <= key < int(named[2]):
            return slot + first + key, named[1]
    raise BadInput(f"there is no entry {key!r} in a {form}", "give as many keys as the type has")


def _key(form: str, key: Key) -> bytes:
    """32 bytes for a key of this type."""
    if _SIZED.fullmatch(form) and isinstance(key, str | bytes):
        return keccak256(key.encode() if isinstance(key, str) else key)
    if form == "address" and isinstance(key, str):
        return address_bytes(key).rjust(_WORD, b"\0")
    if form == "bytes32" and isinstance(key, bytes) and len(key) == _WORD:
        return key
    if form == "uint256" and isinstance(key, int) and 0 <= key < 1 << 256:
        return key.to_bytes(_WORD)
    raise BadInput(f"{key!r} is no {form}", "give a key of the type that the layout names")
