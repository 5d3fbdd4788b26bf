# SPDX-License-Identifier: AGPL-3.0-only
"""A call as its sentence is made: what it names, by this pool's names, and what was told of it.

A sentence takes each argument from a `Reader`. What it leaves is added behind it, so that nothing
that a call says is ever passed over.
"""

from collections.abc import Sequence

from millpond.chain.abi import Param, Value
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.wording.calls import Call, shown
from millpond.chain.wording.known import Ahead
from millpond.core.canonical import keccak256
from millpond.core.figures import Asset, Money, listing, money, plural, quoted
from millpond.core.subjects import to_hex

_WORD = 32
_MOST_SHOWN = 400
_LONGEST = 16  # letters of a symbol; a longer one could tell a story
ETH = Asset(NO_ADDRESS, "ETH", 18)


class Scene:
    """Who is who in this pool, and which assets a sentence spoke of."""

    def __init__(self, known: Ahead) -> None:
        self.known = known
        self.assets: dict[str, Asset] = {}
        self.earmarks: set[int] = set()

    def who(self, address: str) -> str:
        """An account; one of this pool's contracts by what it is as well."""
        if address == NO_ADDRESS:
            return "nobody (the zero address)"
        kind = self.known.here.kinds.get(address)
        return f"{address} (this pool's {kind})" if kind else address

    def money(self, found: Money) -> str:
        """An amount; only ETH itself is called ETH."""
        asset = self.trusted(found.asset)
        self.assets[asset.address] = asset
        return money(Money(found.amount, asset))

    def name_of(self, address: str) -> str:
        """An asset by its symbol, or by its address."""
        asset = self.trusted(self.known.asset(address))
        self.assets[address] = asset
        return asset.symbol or asset.address

    def trusted(self, asset: Asset) -> Asset:
        """An asset with the symbol that people may see: a token chooses its own."""
        if asset.address == NO_ADDRESS:
            return ETH
        symbol = asset.symbol
        spoken = symbol and symbol.isprintable() and " " not in symbol
        fits = spoken and len(symbol or "") <= _LONGEST and (symbol or "").upper() != ETH.symbol
        return asset if fits else Asset(asset.address, None, asset.decimals)

    def earmark(self, number: int) -> str:
        """An earmark where it stands in a sentence."""
        self.earmarks.add(number)
        return "the general fund" if number == 0 else f"earmark {number}"


class Reader:
    """The arguments of a call, or the members of a struct in it."""

    def __init__(
        self, call: Call, scene: Scene, params: Sequence[Param], values: Sequence[Value]
    ) -> None:
        self.call = call
        self.scene = scene
        self._all = {p.name: (p, v) for p, v in zip(params, values, strict=True)}
        self._told: set[str] = set()
        self._inner: list[Reader] = []

    @classmethod
    def of(cls, call: Call, scene: Scene) -> "Reader":
        """All arguments of a call."""
        return cls(call, scene, call.params, call.values)

    def has(self, name: str) -> bool:
        """Whether the function has this argument: an older or shorter form may not."""
        return name in self._all

    def raw(self, name: str) -> Value:
        """An argument as it was decoded; whoever takes it has to tell it."""
        self._told.add(name)
        return self._all[name][1]

    def count(self, name: str) -> int:
        """How many a list has; its entries are still to be told."""
        return len(self._all[name][1])

    def number(self, name: str) -> int:
        """A whole number."""
        return int(self.raw(name))

    def text(self, name: str) -> str:
        """A stranger's text, in quotes."""
        return quoted(self.raw(name))

    def hex(self, name: str) -> str:
        """A word of bytes; more than a word by its length and hash."""
        data: bytes = self.raw(name)
        if len(data) <= _WORD:
            return to_hex(data) if data else "no bytes"
        return f"{plural(len(data), 'byte')} whose hash is {to_hex(keccak256(data))}"

    def who(self, name: str) -> str:
        """An account."""
        return self.scene.who(self.raw(name))

    def pool(self, name: str) -> str:
        """A pool."""
        address = self.raw(name)
        return "this pool" if address == self.scene.known.here.pool else f"the pool {address}"

    def people(self, name: str) -> str:
        """Accounts."""
        return listing([self.scene.who(each) for each in self.raw(name)]) or "nobody"

    def earmark(self, name: str) -> str:
        """An earmark."""
        return self.scene.earmark(self.raw(name))

    def money(self, name: str = "amount", of: str | None = None) -> str:
        """An amount of the asset that the call names, or of this one."""
        self._told.add("asset" if "asset" in self._all else "token")
        amount = self.number(name)
        if of is not None:
            return self.scene.money(Money(amount, self.scene.known.asset(of)))
        found = next((a.money for a in self.call.arguments if a.name == name), None)
        return self.scene.money(found) if found else f"{amount:,} smallest units"

    def struct(self, name: str) -> "Reader":
        """A struct by its members."""
        param, value = self._all[name]
        self._told.add(name)
        return self._open(param, value)

    def structs(self, name: str) -> list["Reader"]:
        """A list of structs."""
        param, values = self._all[name]
        self._told.add(name)
        return [self._open(param, value) for value in values]

    def rest(self) -> list[str]:
        """What has not been told, by name."""
        own = [
            f"{name} {_short(param, value)}"
            for name, (param, value) in self._all.items()
            if name not in self._told
        ]
        return own + [each for inner in self._inner for each in inner.rest()]

    def _open(self, param: Param, value: Value) -> "Reader":
        made = Reader(self.call, self.scene, param.parts, value)
        self._inner.append(made)
        return made


def _short(param: Param, value: Value) -> str:
    """A value in full, or what it is and the hash of its text where that would fill pages."""
    text = shown(param, value)
    if len(text) <= _MOST_SHOWN:
        return text
    size = plural(len(value), "entry" if param.type.endswith("]") else "byte")
    return f"of {size} (in the call itself), with the hash {to_hex(keccak256(text.encode()))}"
