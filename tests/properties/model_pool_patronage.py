# SPDX-License-Identifier: AGPL-3.0-only
"""Grain to patrons, in words: what a gift is thanked with, up to a cap in each period."""

from fractions import Fraction
from math import floor
from typing import NamedTuple

from tests.properties.model import Msg
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_books import WHOLE, PoolBooks

DAY = 86_400
LONGEST = 3_653 * DAY
BITS = 2**128


class Thanks(NamedTuple):
    """What the members have decided for one asset of one earmark."""

    rate: int
    cap: int
    period: int
    since: int  # when the last period began


class PoolPatronage(PoolBooks):
    """One pool's patron grain."""

    def set_patron_grain(
        self, msg: Msg, earmark: int, asset: str, rate: int, cap: int, period: int
    ) -> None:
        """From now on, for gifts that stay."""
        self._need_governor(msg)
        terms = self.terms(earmark)
        stays = not terms.restricted and terms.spender == ZERO
        msg.need(stays, "pool: no grain for what may return")
        msg.need(asset != self.grain(msg), "pool: no grain for grain")
        msg.need(bool(rate) == bool(cap), "pool: a rate and a cap, or none")
        timely = bool(rate) == bool(period) and period <= LONGEST
        msg.need(timely, "pool: a period of at most ten years")
        msg.need(rate < BITS and cap < BITS, "packing: over 128 bits")
        self.note(Thanks(rate, cap, period, msg.now), "thanks", earmark, asset)
        self.note(self.sum("grain", earmark, asset), "grain before", earmark, asset)
        named = {"earmark_id": earmark, "asset": asset}
        msg.emit("PatronGrainSet", **named, rate=rate, cap=cap, period=period)

    def patron_grain_of(self, _: Msg, earmark: int, asset: str) -> tuple[int, int, int, int, int]:
        """As it was decided, and what the last period gave."""
        thanks: Thanks = self.noted(Thanks(0, 0, 0, 0), "thanks", earmark, asset)
        return *thanks, self._given(earmark, asset)

    def _given(self, earmark: int, asset: str) -> int:
        """Grain since the last period began."""
        before: int = self.noted(0, "grain before", earmark, asset)
        return self.sum("grain", earmark, asset) - before

    def _thank(self, msg: Msg, earmark: int, asset: str, arrived: int) -> None:
        """The giver, unless she is one of the pool's own; what cannot be minted is not owed."""
        thanks: Thanks | None = self.noted(None, "thanks", earmark, asset)
        if thanks is None or not thanks.rate:
            return
        over = msg.now >= thanks.since + thanks.period
        given = 0 if over else self._given(earmark, asset)
        amount = min(floor(Fraction(arrived * thanks.rate, WHOLE)), thanks.cap - given)
        if not amount or msg.sender == self._governor():
            return
        if msg.call(self._governor(), "part_words", msg.sender):
            return
        grain = self.grain(msg)
        if not msg.call(grain, "can_mint", self.address, amount):
            return
        if over:
            self.note(thanks._replace(since=msg.now), "thanks", earmark, asset)
            self.note(self.sum("grain", earmark, asset), "grain before", earmark, asset)
        self.add(amount, "grain", earmark, asset)
        msg.call(grain, "mint", msg.sender, amount)
        msg.emit("PatronGrain", patron=msg.sender, earmark_id=earmark, amount=amount)
