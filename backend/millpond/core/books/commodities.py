# SPDX-License-Identifier: AGPL-3.0-only
"""Assets under names that hledger and beancount take, of which no two are alike.

A token chooses its own symbol, so a name says where it comes from: a symbol is used as it is only
by the first token of that symbol, and only if it is plain capital letters and digits. Every other
name ends with the beginning of the token's address.
"""

import re
from dataclasses import dataclass, field

from millpond.core.errors import BooksError
from millpond.core.units import format_amount

_PLAIN = re.compile(r"[A-Z][A-Z0-9]{1,14}")
_LONGEST = 15  # with nine letters of an address, as long as a commodity's name may be
_ETH, _ETHER = "ETH", "0x" + "00" * 20


@dataclass(frozen=True)
class Commodity:
    """ETH, a token or grain."""

    address: str
    code: str
    decimals: int

    def figure(self, amount: int) -> str:
        """A signed amount with all of the asset's decimals."""
        return ("-" if amount < 0 else "") + format_amount(abs(amount), self.decimals)

    def text(self, amount: int) -> str:
        """For people: thousands apart, and the name."""
        sign = "-" if amount < 0 else ""
        return f"{sign}{format_amount(abs(amount), self.decimals, grouped=True)} {self.code}"


@dataclass
class Commodities:
    """All that the books are kept in, in the order in which it came."""

    by_address: dict[str, Commodity] = field(default_factory=dict)

    def name(self, address: str, symbol: str | None, decimals: int | None) -> Commodity:
        """Name an asset once; what has no decimals is counted in smallest units."""
        if address not in self.by_address:
            code = self._code(address, symbol or "")
            self.by_address[address] = Commodity(address, code, decimals or 0)
        return self.by_address[address]

    def of(self, address: str) -> Commodity:
        """An asset that has a name."""
        if address not in self.by_address:
            raise BooksError(
                f"the asset {address} has no name in these books", "name it before it is written"
            )
        return self.by_address[address]

    def _code(self, address: str, symbol: str) -> str:
        if address == _ETHER:
            return _ETH
        taken = {each.code for each in self.by_address.values()} | {_ETH}
        if _PLAIN.fullmatch(symbol) and symbol not in taken:
            return symbol
        letters = re.sub("[^A-Z0-9]", "", symbol.upper()) or "TOKEN"
        first = letters if letters[0].isalpha() else f"T{letters}"
        return f"{first[:_LONGEST]}-{address[2:10].upper()}"
