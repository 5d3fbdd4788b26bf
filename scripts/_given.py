# SPDX-License-Identifier: AGPL-3.0-only
"""What a form of `ape run pool propose` was given, on the command line or in a file of actions.

Everything comes as people write it; whoever asks for a field says what it must be, and is answered
with that or with an error that names the field.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from millpond.chain import abi, papers
from millpond.chain.abi import Abi, Param
from millpond.chain.answers import Address
from millpond.chain.assets import Asset
from millpond.chain.coop import Coop
from millpond.chain.governance import Action
from millpond.core.errors import BadInput, UnitError
from millpond.core.units import parse_amount
from scripts import _pool
from scripts._desk import Desk


@dataclass(frozen=True)
class Given:
    """The values of one action, and where they are to be understood."""

    at: Desk
    coop: Coop
    values: Mapping[str, Any]
    folder: Path = Path()
    """Paths are relative to it: where the file of actions lies, or where one stands."""
    before: Sequence[Action] = ()
    """The actions of the same proposal that come first."""

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """The same with other values."""
        return replace(self, values=values)

    def has(self, name: str) -> bool:
        """Whether a field was filled in."""
        return self.values.get(name) not in (None, "", (), [])

    def text(self, name: str) -> str:
        """A text; `BadInput` when it is missing."""
        if not self.has(name):
            raise BadInput(f"{name} is missing", f"say it: --{name}, or {name} in the file")
        value = self.values[name]
        if isinstance(value, dict | list | tuple):
            raise BadInput(f"{name} is a list where one value belongs", "give one value")
        return str(value)

    def texts(self, name: str) -> list[str]:
        """One or several; in a file a list."""
        value = self.values.get(name)
        return (
            [str(each) for each in value] if isinstance(value, list | tuple) else [self.text(name)]
        )

    def flag(self, name: str) -> bool:
        """Yes or no; no when it was not said."""
        value = self.values.get(name, False)
        if value in (True, "true", "yes"):
            return True
        if value in (False, None, "false", "no", ""):
            return False
        raise BadInput(f"{name} is {value!r}, neither yes nor no", "write true or false")

    def number(self, name: str) -> int:
        """A whole number of zero or more."""
        text = self.text(name)
        if not (text.isdigit() and text.isascii()):
            raise UnitError(f"{name} is {text!r}, no whole number", "write digits only")
        return int(text)

    def account(self, name: str) -> Address:
        """An account or a contract."""
        return _pool.account_of(self.text(name), name)

    def accounts(self, name: str) -> list[Address]:
        """Several of them, none twice."""
        found = [_pool.account_of(text, name) for text in self.texts(name)]
        if len(set(found)) < len(found):
            raise BadInput(f"{name} names an account twice", "name each of them once")
        return found

    def asset(self, name: str = "asset") -> Asset:
        """ETH, a token's name in the record, or its address."""
        return self.at.asset(self.text(name))

    def amount(self, name: str, money: Asset) -> int:
        """Of an asset, in whole units: "12.50", or "12.50 ETH" if that is what it is."""
        number, _, symbol = self.text(name).partition(" ")
        if symbol and symbol != money.symbol:
            raise UnitError(
                f"{name} is in {symbol!r}, and the asset is {money.symbol}",
                "name the asset that is meant with --asset",
            )
        return int(parse_amount(number, money.decimals))

    def grain(self, name: str) -> int:
        """An amount of grain."""
        return int(parse_amount(self.text(name), 18))

    def seconds(self, name: str) -> int:
        """A length of time."""
        return _pool.seconds(self.text(name), name)

    def moment(self, name: str) -> int:
        """A moment, from now on or as a day."""
        return _pool.parse_moment(self.text(name), self.at.client.now(), name)

    def octets(self, name: str) -> bytes:
        """Raw bytes; none when nothing was said."""
        return papers.octets(self.text(name), name) if self.has(name) else b""

    def path(self, name: str) -> Path:
        """A file."""
        return self.folder / self.text(name)

    def abi(self, name: str) -> Abi:
        """A contract's ABI: one of ours by its name, or a file as compilers write it."""
        return abi_of(self.text(name), self.folder)


def abi_of(text: str, folder: Path = Path()) -> Abi:
    """An ABI by the name of one of our contracts, or from a file."""
    if text in abi.names():
        return abi.load(text)
    path = folder / text
    try:
        found = json.loads(path.read_text("utf-8"))
        return abi.parse(path.stem, found["abi"] if isinstance(found, dict) else found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} holds no ABI ({type(error).__name__})",
            f"give a compiler's JSON file, or one of: {', '.join(abi.names())}",
        ) from None


def argument(param: Param, value: Any, what: str) -> object:
    """One argument of any call, from text: numbers as digits, lists and structs as JSON."""
    if param.type.endswith("]") or param.type == "tuple":
        parsed = _json(value, what) if isinstance(value, str) else value
        if param.type == "tuple":
            return _struct(param, parsed, what)
        if not isinstance(parsed, list | tuple):
            raise BadInput(f"{what} is no list", 'write it as JSON: ["1", "2"]')
        inner = Param(param.name, param.type[: param.type.rindex("[")], param.parts, False)
        return [argument(inner, each, what) for each in parsed]
    return _plain(param, str(value), what)


def _plain(param: Param, text: str, what: str) -> object:
    if param.type.startswith(("uint", "int")):
        digits = text.removeprefix("-")
        if not (digits.isdigit() and digits.isascii()):
            raise UnitError(f"{what} is {text!r}, no whole number", "give smallest units as digits")
        return int(text)
    if param.type == "bool":
        if text.lower() not in ("true", "false"):
            raise BadInput(f"{what} is {text!r}", "write true or false")
        return text.lower() == "true"
    if param.type == "address":
        return _pool.account_of(text, what)
    if param.type.startswith("bytes"):
        return papers.octets(text, what)
    return text


def _struct(param: Param, parsed: Any, what: str) -> tuple[object, ...]:
    if isinstance(parsed, dict):
        parsed = [parsed.get(part.name) for part in param.parts]
    if not isinstance(parsed, list | tuple) or len(parsed) != len(param.parts):
        members = ", ".join(part.name for part in param.parts)
        raise BadInput(f"{what} has the members {members}", "give each of them, as JSON")
    pairs = zip(param.parts, parsed, strict=True)
    return tuple(argument(part, each, f"{what}.{part.name}") for part, each in pairs)


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text, parse_int=str)
    except ValueError:
        raise BadInput(f"{what} is no JSON: {text!r:.60}", 'write lists as ["1", "2"]') from None
