# SPDX-License-Identifier: AGPL-3.0-only
"""What a Pool does, in words: each function says no for the contract's reasons, in its order, or
books one movement. What follows from the movements is in `model_pool_books.py`.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import floor

from eth_utils.address import to_checksum_address

from tests.contracts.evm import ETH
from tests.properties.chain import Handle
from tests.properties.met import TOKEN
from tests.properties.model import DEFAULT, Msg, Refused
from tests.properties.model_grain import ZERO
from tests.properties.model_pool_assets import JUNK_ANSWER, has
from tests.properties.model_pool_books import GENERAL, LIMIT, WHOLE, Terms
from tests.properties.model_pool_collectibles import PoolCollectibles
from tests.properties.model_pool_journal import Journal, all_or_nothing
from tests.properties.model_pool_patronage import PoolPatronage

DAY = 86_400
LAPSE_AFTER = 400 * DAY
TEN_YEARS = 3_653 * DAY
GAS_FOR_A_PAYMENT = 300_000
LEAST_FACTOR = 10**9


class PoolModel(PoolPatronage, PoolCollectibles):
    """One pool. Collectibles and plain ETH come in whatever is under way."""

    ours = True
    doors = frozenset({DEFAULT, "onERC721Received", "onERC1155Received", "onERC1155BatchReceived"})

    def __init__(self, me: Handle, journal: Journal, hub: str) -> None:
        super().__init__(me, journal)
        self._hub = hub
        # for those who look for one: everybody who was ever owed something, and perhaps more
        self.creditors: set[tuple[str, str]] = set()

    def hub(self, _: Msg) -> str:
        """Who made it."""
        return self._hub

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """Plain ETH is a surplus until somebody books it."""
        msg.need(not data, "pool: no such function")

    # --- anyone ---------------------------------------------------------------------------

    @all_or_nothing
    def give(
        self,
        msg: Msg,
        earmark: int,
        asset: str,
        amount: int,
        note: str,
        anonymous: bool = False,
    ) -> None:
        """A gift; what counts is what arrives."""
        self._need_open(msg, earmark)
        arrived = self._take_in(msg, asset, amount)
        credited = self._come(msg, asset, arrived)
        self._need_room(msg, earmark, asset, credited, True)
        self.add(credited, "given", earmark, asset)
        if self.terms(earmark).restricted:
            self.add(credited, "gift", earmark, asset, msg.sender)
        msg.emit(
            "Given",
            patron=msg.sender,
            earmark_id=earmark,
            asset=asset,
            amount=credited,
            anonymous=anonymous,
            note=note,
        )
        self._thank(msg, earmark, asset, arrived)

    @all_or_nothing
    def give_with_permit(
        self,
        msg: Msg,
        earmark: int,
        asset: str,
        amount: int,
        note: str,
        anonymous: bool,
        *permit: int | bytes,
    ) -> None:
        """The same with the patron's permit for it; a permit that fails is no error by itself."""
        if hasattr(msg.world.models.get(asset), "permit"):
            msg.attempt(asset, "permit", msg.sender, self.address, amount, *permit)
        self.give(msg, earmark, asset, amount, note, anonymous)

    @all_or_nothing
    def sync(self, msg: Msg, asset: str) -> None:
        """Books what came without a gift."""
        amount = self.surplus(msg, asset)
        msg.need(amount, "pool: no surplus")
        amount = self._come(msg, asset, amount)
        self._need_room(msg, GENERAL, asset, amount, True)
        self.add(amount, "surplus", GENERAL, asset)
        msg.emit("Synced", asset=asset, amount=amount)

    @all_or_nothing
    def withdraw(self, msg: Msg, asset: str, to: str) -> None:
        """All that is owed to the caller."""
        amount = self.owed(msg, asset, msg.sender)
        msg.need(amount, "pool: nothing is owed")
        self._need_payee(msg, to)
        self.add(amount, "withdrawn", asset, msg.sender)
        held = self._let_go(msg, asset, amount)
        msg.need(self._push(msg, asset, to, amount, held), "pool: withdrawal failed")
        msg.emit("Withdrawn", account=msg.sender, asset=asset, to=to, amount=amount)

    @all_or_nothing
    def reclaim(self, msg: Msg, earmark: int, asset: str) -> None:
        """A patron takes back her share of what did not serve."""
        amount = self._take_back(msg, earmark, asset, msg.sender)
        self._pay(msg, asset, msg.sender, amount)

    def reclaim_for_general_fund(self, msg: Msg, earmark: int, asset: str) -> None:
        """The same for what the members had moved there."""
        amount = self._take_back(msg, earmark, asset, self.address)
        self.add(amount, "returned", GENERAL, asset)

    def lapse(self, msg: Msg, earmark: int) -> None:
        """Ends a bound earmark that its spender has left alone."""
        terms = self.terms(earmark)
        can = terms.restricted and not terms.deadline
        msg.need(can, "pool: this earmark cannot lapse")
        idle = msg.now - self.noted(0, "last reserve", earmark)
        msg.need(idle >= LAPSE_AFTER, "pool: too early to lapse")
        self.note(terms._replace(deadline=msg.now), "terms", earmark)
        msg.emit("Lapsed", earmark_id=earmark)

    def update(self, msg: Msg, earmark: int, uri: str, content_hash: bytes) -> None:
        """A report, by a member, the spender or a vote."""
        if msg.sender not in (self.terms(earmark).spender, self._governor()):
            is_member = msg.call(self._governor(), "isMember", msg.sender)
            msg.need(is_member, "pool: only members report")
        who = {"earmark_id": earmark, "author": msg.sender}
        msg.emit("Updated", **who, uri=uri, content_hash=content_hash)

    # --- an earmark's spender -------------------------------------------------------------

    def reserve(self, msg: Msg, earmark: int, asset: str, amount: int) -> None:
        """A promise."""
        msg.need(amount, "pool: amount is zero")
        self._need_open(msg, earmark)
        self._need_spender(msg, earmark)
        msg.need(amount <= self.free(earmark, asset), "pool: too little to reserve")
        self.add(amount, "reserved", earmark, asset)
        self.note(msg.now, "last reserve", earmark)
        msg.emit("Reserved", earmark_id=earmark, asset=asset, amount=amount)

    def unreserve(self, msg: Msg, earmark: int, asset: str, amount: int) -> None:
        """A promise taken back."""
        msg.need(amount, "pool: amount is zero")
        self._need_spender(msg, earmark)
        self._need_promised(msg, earmark, asset, amount)
        self.add(amount, "unreserved", earmark, asset)
        msg.emit("Unreserved", earmark_id=earmark, asset=asset, amount=amount)

    @all_or_nothing
    def release(self, msg: Msg, earmark: int, asset: str, to: str, amount: int) -> None:
        """A promise kept."""
        self._need_spender(msg, earmark)
        msg.need(amount, "pool: amount is zero")
        self._need_payee(msg, to)
        self._need_promised(msg, earmark, asset, amount)
        self.add(amount, "released", earmark, asset)
        msg.emit("Released", earmark_id=earmark, asset=asset, to=to, amount=amount)
        self._pay(msg, asset, to, amount)

    @all_or_nothing
    def release_many(self, msg: Msg, earmark: int, asset: str, batch: Sequence[int]) -> None:
        """Promises kept to many, in order; each is amount * 2^160 + payee."""
        self._need_spender(msg, earmark)
        total = sum(payment >> 160 for payment in batch)
        msg.need(total, "pool: amount is zero")
        self._need_promised(msg, earmark, asset, total)
        self.add(total, "released", earmark, asset)
        msg.emit("ReleasedMany", earmark_id=earmark, asset=asset, batch=batch)
        held = self._let_go(msg, asset, total)
        for payment in batch:
            amount, payee = divmod(payment, 2**160)
            to = account_of(payee)
            msg.need(amount, "pool: amount is zero")
            self._need_payee(msg, to)
            if self._push(msg, asset, to, amount, held):
                held -= amount
            else:
                self._owe(msg, asset, to, amount)

    # --- the members, by vote -------------------------------------------------------------

    @all_or_nothing
    def open_earmark(
        self,
        msg: Msg,
        expected_id: int,
        uri: str,
        purpose_hash: bytes,
        spender: str,
        restricted: bool,
        deadline: int,
        params: bytes,
    ) -> int:
        """The next earmark; its spender may refuse."""
        first = msg.sender == self._hub and self._may_open(msg)
        msg.need(first or msg.sender == self._governor(), "pool: only the Governor")
        msg.need(not deadline or deadline > msg.now, "pool: deadline has passed")
        msg.need(deadline <= msg.now + TEN_YEARS, "pool: deadline over ten years off")
        number = self.sum("opened") + 1
        msg.need(number == expected_id, "pool: not the next earmark")
        if restricted:
            made_by_hub = msg.call(self._governor(), "is_hub_part", spender)
            msg.need(made_by_hub, "pool: restricted needs a Hub part")
        elif spender != ZERO:
            is_part = msg.call(self._governor(), "part_words", spender)
            msg.need(is_part, "pool: spender is no part")
        self.add(1, "opened")
        self.note(Terms(spender, restricted, deadline), "terms", number)
        self.note(msg.now, "last reserve", number)
        purpose = {"uri": uri, "purpose_hash": purpose_hash}
        bounds = {"restricted": restricted, "deadline": deadline, "params": params}
        msg.emit("EarmarkOpened", earmark_id=number, spender=spender, **purpose, **bounds)
        if spender != ZERO:
            serves = hasattr(msg.world.models.get(spender), "on_open")
            msg.need(serves, "")
            msg.call(spender, "on_open", number, params)
        return number

    @all_or_nothing
    def spend(self, msg: Msg, earmark: int, asset: str, to: str, amount: int) -> None:
        """Out of what is neither bound nor promised."""
        self._need_governor(msg)
        msg.need(amount, "pool: amount is zero")
        self._need_payee(msg, to)
        msg.need(not self.terms(earmark).restricted, "pool: restricted, not for a vote")
        self._need_free(msg, earmark, asset, amount)
        self.add(amount, "spent", earmark, asset)
        msg.emit("Spent", earmark_id=earmark, asset=asset, to=to, amount=amount)
        paid = self._pay(msg, asset, to, amount)
        msg.need(paid or to != msg.sender, "pool: the Governor was not paid")

    def move(self, msg: Msg, from_id: int, to_id: int, asset: str, amount: int) -> None:
        """Between earmarks; into a bound one it is a gift of the pool itself."""
        self._need_governor(msg)
        msg.need(amount, "pool: amount is zero")
        msg.need(from_id != to_id, "pool: move to the same earmark")
        self._need_open(msg, to_id)
        msg.need(not self.terms(from_id).restricted, "pool: restricted, not for a vote")
        self._need_free(msg, from_id, asset, amount)
        bound = self.terms(to_id).restricted
        self._need_room(msg, to_id, asset, amount, bound)
        self.add(amount, "moved out", from_id, asset)
        self.add(amount, "moved in", to_id, asset)
        if bound:
            self.add(amount, "gift", to_id, asset, self.address)
        msg.emit("Moved", from_id=from_id, to_id=to_id, asset=asset, amount=amount)

    @all_or_nothing
    def put_back(self, msg: Msg, asset: str, amount: int) -> None:
        """What a proposal left over; it was received before and is not received again."""
        self._need_governor(msg)
        if asset == ETH:
            msg.need(msg.value == amount, "pool: value is not what is put back")
        else:
            msg.need(msg.value == 0, "pool: ETH put back with a token")
        returned = min(amount, self.surplus(msg, asset))
        if not returned:
            return
        credited = self._come(msg, asset, returned)
        self._need_room(msg, GENERAL, asset, credited, False)
        self.add(credited, "put back", GENERAL, asset)
        msg.emit("PutBack", asset=asset, amount=credited)

    def accept_loss(self, msg: Msg, asset: str, least: int) -> None:
        """What is missing is everybody's loss, up to what was voted."""
        self._need_governor(msg)
        msg.need(least, "pool: a loss needs a limit")
        real = has(msg, asset, self.address)
        msg.need(real < self.needed(asset), "pool: this asset is not short")
        factor = floor(Fraction(real * WHOLE, self.booked(asset)))
        msg.need(factor >= LEAST_FACTOR, "pool: nothing of it is left")
        msg.need(factor >= least, "pool: more is lost than voted")
        self.note(factor, "factor", asset)
        msg.emit("LossAccepted", asset=asset, factor=factor)

    def setup(self, msg: Msg, governor: str, grain: str) -> None:
        """The Hub, once."""
        msg.need(msg.sender == self._hub, "pool: not the Hub")
        msg.need(self._governor() == ZERO, "pool: set up already")
        msg.need(ZERO not in (governor, grain), "pool: part is missing")
        self.note(governor, "governor")
        self.note(grain, "grain")
        self.note(msg.world.calls, "made in call")

    def _may_open(self, msg: Msg) -> bool:
        """The Hub, in the transaction in which it sets the pool up, and then the first only."""
        now_made = self.noted(-1, "made in call") == msg.world.calls
        return now_made and not self.sum("opened")

    # --- money in and out -----------------------------------------------------------------

    def _take_in(self, msg: Msg, asset: str, amount: int) -> int:
        """What a gift brings."""
        msg.need(amount, "pool: gift of nothing")
        if asset == ETH:
            msg.need(msg.value == amount, "pool: value is not the amount")
            return amount
        msg.need(msg.value == 0, "pool: ETH sent with a token")
        before = has(msg, asset, self.address)
        self._need_covered(msg, asset, before)
        answer = msg.call(asset, "transferFrom", msg.sender, self.address, amount)
        msg.need(answer is not JUNK_ANSWER, "")
        msg.need(answer is not False, "pool: token refused the gift")
        arrived = has(msg, asset, self.address) - before
        msg.need(arrived > 0, "pool: no token arrived")
        return min(arrived, amount)

    def _come(self, msg: Msg, asset: str, real: int) -> int:
        """Into the books, at what it counts for; what says that it is no money never gets there."""
        if not self.booked(asset) and asset != ETH:
            asked = getattr(msg.world.models[asset], "is_collectible", None)
            msg.need(asked is None or not asked(), "pool: a collectible is no money")
        amount = self.counts_for(asset, real)
        msg.need(self.booked(asset) + amount < LIMIT, "packing: over 128 bits")
        self.add(amount, "came", asset)
        return amount

    def _let_go(self, msg: Msg, asset: str, amount: int) -> int:
        """Out of the books before anybody is called; what was in them. A token is looked at first:
        what is missing of it is missing of that."""
        if asset in msg.world.models:
            has(msg, asset, self.address)
        held = self.booked(asset)
        self.add(amount, "left", asset)
        return held

    def _push(self, msg: Msg, asset: str, to: str, amount: int, held: int) -> bool:
        """Whether a payment went, of what was held before it. A token of which some is missing is
        not paid out; its no is believed if nothing has gone."""
        msg.need(msg.world.gas >= GAS_FOR_A_PAYMENT, "pool: too little gas to pay")
        if asset == ETH:
            return msg.attempt(to, value=amount)
        if asset not in msg.world.models:
            msg.world.touch(TOKEN, "lost its code")
            return False
        before, worth = has(msg, asset, self.address), self.worth(asset, amount)
        msg.need(before >= self.needed_for(asset, held), "pool: this asset is short")
        if not worth:
            return True
        mark = msg.world.mark_call()
        try:
            answer = msg.call(asset, "transfer", to, worth)
        except Refused:
            msg.world.undo_call(mark)
            return False
        return answer is not False or has(msg, asset, self.address) < before

    def _pay(self, msg: Msg, asset: str, to: str, amount: int) -> bool:
        """What fails is owed from now on."""
        if self._push(msg, asset, to, amount, self._let_go(msg, asset, amount)):
            return True
        self._owe(msg, asset, to, amount)
        return False

    def _owe(self, msg: Msg, asset: str, to: str, amount: int) -> None:
        """It has not left."""
        self.add(-amount, "left", asset)
        self.add(amount, "failed", asset, to)
        self.creditors.add((asset, to))
        msg.emit("Owed", account=to, asset=asset, amount=amount)
        msg.world.saw(self.me, msg.function, "owed")

    def _take_back(self, msg: Msg, earmark: int, asset: str, patron: str) -> int:
        msg.need(self._has_ended(msg, earmark), "pool: earmark has not ended")
        amount = self.due(earmark, asset, patron)
        msg.need(amount, "pool: nothing to reclaim")
        self.add(amount, "reclaimed", earmark, asset)
        self.add(amount, "taken", earmark, asset, patron)
        msg.emit("Reclaimed", patron=patron, earmark_id=earmark, asset=asset, amount=amount)
        return amount


@cache
def account_of(number: int) -> str:
    """An address out of its number."""
    return to_checksum_address(number.to_bytes(20))
