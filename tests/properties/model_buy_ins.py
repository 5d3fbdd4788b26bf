# SPDX-License-Identifier: AGPL-3.0-only
"""Buy-ins in words: what is due, what was paid for which seat, and when it goes back.

A seat that was paid for is due what the pool booked for it, until the pool has released it.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from tests.contracts.evm import ETH
from tests.properties.model import Model, Msg, Refused
from tests.properties.model_governor import GovernorModel
from tests.properties.model_pool_assets import JUNK_ANSWER

LIMIT = 2**128
# A refund on leaving takes so much gas in hand; rules give far less or far more.
GAS_FOR_A_REFUND = 720_000
WORDS = 64


class Price(NamedTuple):
    """An amount of an asset, in an earmark."""

    earmark: int
    asset: str
    amount: int


NOTHING = Price(0, ETH, 0)


@dataclass
class BuyInFacts:
    """What was paid by whom is in the pool's books; here is for which seat."""

    price: Price = NOTHING
    paid: dict[int, Price] = field(default_factory=dict)


class BuyIns(Model):
    """The Admission's side of it."""

    members: GovernorModel
    facts: Any

    @property
    def buy_ins(self) -> BuyInFacts:
        """Where the facts are."""
        found: BuyInFacts = self.facts.buy_ins
        return found

    def seat_of(self, account: str) -> int:
        """Who has a seat, or had it last; 0 for nobody's."""
        return self.members.membership().seat_of.get(account, 0)

    # --- anyone ---------------------------------------------------------------------------

    def refund_buy_in(self, msg: Msg, account: str) -> None:
        is_member = self.members.membership().is_member(account)
        msg.need(not is_member, "admission: a member's buy-in stays")
        seat = self.seat_of(account)
        msg.need(seat in self.buy_ins.paid, "admission: no buy-in to refund")
        self._told(msg, account, seat)
        self._release(msg, account, self.buy_ins.paid[seat])
        del self.buy_ins.paid[seat]

    def _release(self, msg: Msg, account: str, due: Price) -> None:
        pool = self.members.pool_address
        msg.call(pool, "release", due.earmark, due.asset, account, due.amount)

    def _told(self, msg: Msg, account: str, seat: int) -> None:
        due = self.buy_ins.paid[seat]
        what = {"earmark_id": due.earmark, "asset": due.asset, "amount": due.amount}
        msg.emit("BuyInRefunded", account=account, seat=seat, **what)

    def try_refund(self, msg: Msg, account: str, seat: int) -> None:
        """If the pool pays it or owes it from now on, it is done; if not, it is still due."""
        due = self.buy_ins.paid.get(seat)
        if due is None:
            return
        enough = msg.world.gas >= GAS_FOR_A_REFUND
        msg.need(enough, "admission: too little gas to refund")
        pool = self.members.pool_address
        if msg.attempt(pool, "release", due.earmark, due.asset, account, due.amount):
            self._told(msg, account, seat)
            del self.buy_ins.paid[seat]

    # --- the pool, a proposal -------------------------------------------------------------

    def on_open(self, msg: Msg, earmark: int, params: bytes) -> None:
        pool = self.members.pool_address
        msg.need(msg.sender == pool, "admission: only the pool opens it")
        terms = msg.world.models[pool].terms(earmark)  # type: ignore[attr-defined]
        msg.need(not terms.restricted, "admission: not an earmark for buy-ins")
        msg.need(not terms.deadline, "admission: buy-ins have no deadline")
        msg.need(len(params) == WORDS, "admission: bad buy-in parameters")
        try:
            address, amount = decode(["address", "uint256"], params)
        except DecodingError:
            raise Refused("") from None
        asset = to_checksum_address(address)
        known = asset == ETH or asset in msg.world.handles
        msg.need(known, "admission: the asset has no code")
        self._price(msg, Price(earmark, asset, amount))

    def set_buy_in(self, msg: Msg, amount: int) -> None:
        msg.need(msg.sender == self.members.me.address, "admission: by proposal only")
        now = self.buy_ins.price
        msg.need(now.earmark, "admission: no earmark for buy-ins")
        self._price(msg, now._replace(amount=amount))

    def _price(self, msg: Msg, price: Price) -> None:
        msg.need(price.amount < LIMIT, "admission: a buy-in stays below 2^128")
        self.buy_ins.price = price
        msg.emit("BuyInSet", earmark_id=price.earmark, asset=price.asset, amount=price.amount)

    # --- whoever joins --------------------------------------------------------------------

    def take_buy_in(self, msg: Msg, account: str, seat_before: int) -> None:
        """The caller pays for whom was just seated, who is paid what is left from before."""
        if seat_before:
            self.try_refund(msg, account, seat_before)
        price = self.buy_ins.price
        if not price.amount:
            msg.need(msg.value == 0, "admission: no ETH is due")
            return
        seat = self.seat_of(account)
        msg.need(seat not in self.buy_ins.paid, "admission: her old buy-in waits")
        credited = self._put_in(msg, price)
        self.buy_ins.paid[seat] = price._replace(amount=credited)
        msg.emit(
            "BuyInPaid",
            account=account,
            seat=seat,
            payer=msg.sender,
            earmark_id=price.earmark,
            asset=price.asset,
            amount=credited,
        )

    def _put_in(self, msg: Msg, price: Price) -> int:
        earmark, asset, amount = price
        pool = self.members.pool_address
        if asset == ETH:
            msg.need(msg.value == amount, "admission: the value is not the buy-in")
        else:
            msg.need(msg.value == 0, "admission: ETH with a token's buy-in")
            self._fetch(msg, asset, amount)
        before = msg.call(pool, "balance_of", earmark, asset)
        msg.call(pool, "give", earmark, asset, amount, "buy-in", False, value=msg.value)
        credited: int = msg.call(pool, "balance_of", earmark, asset) - before
        msg.need(credited >= amount, "admission: a part was lost on the way")
        msg.call(pool, "reserve", earmark, asset, credited)
        return credited

    def _fetch(self, msg: Msg, asset: str, amount: int) -> None:
        me = self.me.address
        before = msg.call(asset, "balanceOf", me)
        moved = msg.call(asset, "transferFrom", msg.sender, me, amount)
        msg.need(moved is not JUNK_ANSWER, "")
        msg.need(moved is not False, "admission: the token refused")
        arrived = msg.call(asset, "balanceOf", me) - before
        msg.need(arrived == amount, "admission: the buy-in arrived in part")
        allowed = msg.call(asset, "approve", self.members.pool_address, amount)
        msg.need(allowed, "admission: the token allows nothing")

    # --- views ----------------------------------------------------------------------------

    def buy_in(self, _: Msg) -> Price:
        return self.buy_ins.price

    def buy_in_of(self, _: Msg, account: str) -> Price:
        return self.buy_ins.paid.get(self.seat_of(account), NOTHING)
