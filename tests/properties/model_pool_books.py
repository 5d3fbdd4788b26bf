# SPDX-License-Identifier: AGPL-3.0-only
"""The books of a Pool, in words: movements of money, and what follows from their sums.

Per earmark and asset there is only what was given, spent, promised and so on. The balance is what
came in less what went out; what is held is what came into the books less what left them; a patron
gets back floor(what did not serve * her gifts / all gifts) in exact fractions.
"""

from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from tests.properties.model import Msg, Refused
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_assets import has
from tests.properties.model_pool_journal import Bookkeeper

LIMIT = 2**128
MOST_RECEIVED = 2**127 - 1
WHOLE = 10**18
GENERAL = 0
INTO = ("given", "surplus", "moved in", "put back", "returned")
OUT = ("spent", "moved out", "released", "reclaimed")


class Terms(NamedTuple):
    """An earmark as it was opened; a lapse is a deadline that came later."""

    spender: str
    restricted: bool
    deadline: int


OPEN_TO_ALL = Terms(ZERO, False, 0)


class PoolBooks(Bookkeeper):
    """What follows from the sums, and what a call needs."""

    def received(self, _: Msg, earmark: int, asset: str) -> int:
        """Gifts, and for the general fund surplus; what members moved counts where it is bound."""
        return self.income(earmark, asset)

    def income(self, earmark: int, asset: str) -> int:
        """The same."""
        came = self.sum("given", earmark, asset) + self.sum("surplus", earmark, asset)
        bound = earmark != GENERAL and self.noted(OPEN_TO_ALL, "terms", earmark).restricted
        return came + self.sum("moved in", earmark, asset) if bound else came

    def balance_of(self, _: Msg, earmark: int, asset: str) -> int:
        """What came in by any way less what went out by any way."""
        return self.balance(earmark, asset)

    def balance(self, earmark: int, asset: str) -> int:
        """The same."""
        came = sum([self.sum(way, earmark, asset) for way in INTO])
        return came - sum([self.sum(way, earmark, asset) for way in OUT])

    def reserved(self, _: Msg, earmark: int, asset: str) -> int:
        """What was promised, less what was taken back and what was kept."""
        return self.promised(earmark, asset)

    def promised(self, earmark: int, asset: str) -> int:
        """The same."""
        kept = self.sum("unreserved", earmark, asset) + self.sum("released", earmark, asset)
        return self.sum("reserved", earmark, asset) - kept

    def unreserved(self, _: Msg, earmark: int, asset: str) -> int:
        """What nobody has promised."""
        return self.free(earmark, asset)

    def free(self, earmark: int, asset: str) -> int:
        """The same."""
        return self.balance(earmark, asset) - self.promised(earmark, asset)

    def owed(self, _: Msg, asset: str, account: str) -> int:
        """Payments that failed, less what was withdrawn."""
        return self.sum("failed", asset, account) - self.sum("withdrawn", asset, account)

    def held(self, _: Msg, asset: str) -> int:
        """All that came into the books less all that left them."""
        return self.booked(asset)

    def booked(self, asset: str) -> int:
        """The same."""
        return self.sum("came", asset) - self.sum("left", asset)

    # --- what a unit of the books is worth ------------------------------------------------

    def factor_of(self, _: Msg, asset: str) -> int:
        """Of 10^18."""
        return self.factor(asset)

    def factor(self, asset: str) -> int:
        """What the members have last accepted."""
        found: int = self.noted(WHOLE, "factor", asset)
        return found

    def worth(self, asset: str, amount: int) -> int:
        """What is paid for an amount of the books."""
        return floor(Fraction(amount * self.factor(asset), WHOLE))

    def needed(self, asset: str) -> int:
        """What has to be there for all of them to be paid."""
        return self.needed_for(asset, self.booked(asset))

    def needed_for(self, asset: str, amount: int) -> int:
        """The same for so many."""
        if self.factor(asset) == WHOLE:
            return amount
        return ceil(Fraction(amount * self.factor(asset), WHOLE))

    def counts_for(self, asset: str, real: int) -> int:
        """What the books say of something that has arrived."""
        return floor(Fraction(real * WHOLE, self.factor(asset)))

    def surplus(self, msg: Msg, asset: str) -> int:
        """What is there and stands for nothing in the books."""
        return max(0, has(msg, asset, self.address) - self.needed(asset))

    def gift_of(self, _: Msg, earmark: int, asset: str, patron: str) -> tuple[int, int]:
        """What a patron gave to a restricted earmark, and what she took back."""
        given = self.sum("gift", earmark, asset, patron)
        return given, self.sum("taken", earmark, asset, patron)

    def reclaimable(self, msg: Msg, earmark: int, asset: str, patron: str) -> int:
        """What she may take back now."""
        return self.due(earmark, asset, patron) if self._has_ended(msg, earmark) else 0

    def due(self, earmark: int, asset: str, patron: str) -> int:
        """Her share of what did not serve, less what she had of it."""
        given = self.sum("gift", earmark, asset, patron)
        if not given:
            return 0
        received = self.income(earmark, asset)
        served = self.sum("released", earmark, asset) + self.promised(earmark, asset)
        share = floor(Fraction(given, received) * (received - served))
        return share - self.sum("taken", earmark, asset, patron)

    def earmark_count(self, _: Msg) -> int:
        """The number of the last earmark."""
        return self.sum("opened")

    def earmark(self, _: Msg, earmark: int) -> tuple[str, bool, int, int]:
        """Its terms, and when it was opened or last reserved from."""
        return *self.terms(earmark), self.noted(0, "last reserve", earmark)

    def terms(self, earmark: int) -> Terms:
        """The terms it was opened on."""
        if earmark == GENERAL:
            return OPEN_TO_ALL
        found: Terms | None = self.noted(None, "terms", earmark)
        if found is None:
            raise Refused("pool: unknown earmark")
        return found

    def governor(self, _: Msg) -> str:
        """Zero until the Hub has named it."""
        return self._governor()

    def grain(self, _: Msg) -> str:
        """Zero until the Hub has named it."""
        found: str = self.noted(ZERO, "grain")
        return found

    # --- why not --------------------------------------------------------------------------

    def _has_ended(self, msg: Msg, earmark: int) -> bool:
        deadline = self.terms(earmark).deadline
        return deadline != 0 and msg.now >= deadline

    def _governor(self) -> str:
        found: str = self.noted(ZERO, "governor")
        return found

    def _need_governor(self, msg: Msg) -> None:
        msg.need(msg.sender == self._governor(), "pool: only the Governor")

    def _need_payee(self, msg: Msg, to: str) -> None:
        msg.need(to not in (ZERO, self.address), "pool: nobody to pay")

    def _need_open(self, msg: Msg, earmark: int) -> None:
        msg.need(not self._has_ended(msg, earmark), "pool: earmark has ended")

    def _need_spender(self, msg: Msg, earmark: int) -> None:
        msg.need(msg.sender == self.terms(earmark).spender, "pool: only the spender")

    def _need_promised(self, msg: Msg, earmark: int, asset: str, amount: int) -> None:
        msg.need(amount <= self.promised(earmark, asset), "pool: more than is reserved")

    def _need_free(self, msg: Msg, earmark: int, asset: str, amount: int) -> None:
        msg.need(amount <= self.free(earmark, asset), "pool: more than is unreserved")

    def _need_covered(self, msg: Msg, asset: str, real: int) -> None:
        msg.need(real >= self.needed(asset), "pool: this asset is short")

    def _need_room(self, msg: Msg, earmark: int, asset: str, more: int, counts: bool) -> None:
        """A balance is below 2^128, what was received below 2^127."""
        total = self.income(earmark, asset) + (more if counts else 0)
        fits = total <= MOST_RECEIVED and self.balance(earmark, asset) + more < LIMIT
        msg.need(fits, "packing: over 128 bits")
