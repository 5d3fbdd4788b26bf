# SPDX-License-Identifier: AGPL-3.0-only
"""The token that misbehaves: `contracts/mocks/OddToken.vy` in words.

It keeps shares, which are worth `index` / 10^18 each. Whoever asks it for anything is told to the
tables of `met.py`, with the one thing that is odd about it then.
"""

from tests.contracts.odd_tokens import (
    BLIND,
    BURNS_REST,
    CALLS_BACK,
    EATS_GAS,
    ENDLESS,
    FEE,
    FEE_ON_TOP,
    FROM_ZERO,
    HALVES,
    HUGE_BALANCE,
    JUNK,
    KEEPS_ALL,
    LIES,
    MOST_IS_ALL,
    NO_ANSWER,
    NO_NOTHING,
    NOT_SO_MUCH,
    ONE,
    PAUSED,
    PRETENDS,
    REVERTS,
    SAYS_NO,
    SENDS_BACK,
)
from tests.properties.met import TOKEN
from tests.properties.model import Msg, Refused
from tests.properties.model_grain import WITHOUT_END
from tests.properties.model_pool_assets import JUNK_ANSWER, Answer, Token
from tests.properties.model_pool_journal import all_or_nothing
from tests.properties.reach_odd import GIVER_LISTED, PAYEE_LISTED, POOL_LISTED, WAYS

HONEST = 0
HUGE = 1 << 200
LARGE = 1 << 96
NEAR_THE_END = 1 << 255
INDEXES = {3 * ONE // 2: "rebased up", 4 * ONE // 3: "rebased up by a third"}


class OddTokenModel(Token):
    """One way to misbehave at a time. Its allowances are all finite."""

    @property
    def way(self) -> int:
        """How it behaves now."""
        found: int = self.noted(HONEST, "way")
        return found

    @property
    def index(self) -> int:
        """What a share is worth, of 10^18."""
        found: int = self.noted(ONE, "index")
        return found

    def robbed(self, account: str) -> int:
        """What it took from an account beside what was sent."""
        return self.sum("robbed", account)

    def has(self, account: str) -> int:
        """What an account's shares are worth."""
        return self.sum(account) * self.index // ONE

    # --- what anyone may do with it -------------------------------------------------------

    def mint(self, _: Msg, to: str, amount: int) -> None:
        """Anyone prints; it tells nobody."""
        self.add(amount, to)
        self.add(amount, "supply")

    def burn(self, _: Msg, account: str, amount: int) -> None:
        """What an admin does."""
        if amount > self.sum(account):
            raise Refused("")
        self.add(-amount, account)
        self.add(-amount, "supply")
        self.add(amount, "robbed", account)

    def rebase(self, _: Msg, index: int) -> None:
        """From now on."""
        self.note(index, "index")

    def freeze(self, _: Msg, account: str, frozen: bool) -> None:
        """As some issuers may."""
        self.note(frozen, "frozen", account)

    def behave(self, _: Msg, way: int) -> None:
        """From now on."""
        self.note(way, "way")

    def call_back(self, _: Msg, target: str, data: bytes) -> None:
        """It will call this before each transfer."""
        self.note(CALLS_BACK, "way")
        self.note((target, data), "call")

    # --- ERC-20 ---------------------------------------------------------------------------

    def balance_of(self, msg: Msg, account: str) -> int:
        """What it says."""
        msg.world.touch(TOKEN, self.oddity(msg))
        msg.need(self.way != BLIND, "odd: I cannot see")
        msg.need(self.way != ENDLESS, "")
        if self.way == HUGE_BALANCE:
            return HUGE
        return self.sum(account) // 2 if self.way == HALVES else self.has(account)

    def approve(self, msg: Msg, spender: str, amount: int) -> bool:
        """Replaces what was allowed."""
        msg.world.touch(TOKEN, self.oddity(msg))
        msg.need(self.way != PAUSED, "odd: paused")
        fresh = not amount or not self.allowance(msg, msg.sender, spender)
        msg.need(fresh or self.way != FROM_ZERO, "odd: from zero only")
        self.note(amount, "allowed", msg.sender, spender)
        return True

    @all_or_nothing
    def transfer(self, msg: Msg, to: str, amount: int) -> Answer:
        """In its way."""
        return self._move(msg, msg.sender, to, amount)

    @all_or_nothing
    def transfer_from(self, msg: Msg, owner: str, to: str, amount: int) -> Answer:
        """In its way."""
        self._use_allowance(msg, owner, amount, False, "odd: not allowed so much")
        return self._move(msg, owner, to, amount)

    def _move(self, msg: Msg, owner: str, to: str, amount: int) -> Answer:
        way = self.way
        msg.world.touch(TOKEN, self.oddity(msg))
        msg.need(way != REVERTS, "odd: I never pay")
        msg.need(way != PAUSED, "odd: it is paused")
        msg.need(amount or way != NO_NOTHING, "odd: nothing to move")
        msg.need(amount < LARGE or way != NOT_SO_MUCH, "odd: too much")
        self._need_thawed(msg, owner, to)
        if way in (SAYS_NO, PRETENDS):
            return way == PRETENDS
        msg.need(way != EATS_GAS, "")
        if way == CALLS_BACK:
            self._call_back(msg)
        self._book(msg, owner, to, amount)
        answers: dict[int, Answer] = {NO_ANSWER: None, LIES: False, JUNK: JUNK_ANSWER}
        return answers.get(way, True)

    def _need_thawed(self, msg: Msg, owner: str, to: str) -> None:
        for account, role in ((owner, GIVER_LISTED), (to, PAYEE_LISTED)):
            if self.noted(False, "frozen", account):
                is_pool = hasattr(msg.world.models.get(account), "needed")
                msg.world.touch(TOKEN, POOL_LISTED if is_pool else role)
                raise Refused("odd: frozen")

    def _call_back(self, msg: Msg) -> None:
        target, data = self.noted(None, "call")
        [meant] = msg.world.actions_of([target], [0], [data])
        end, answer = msg.world.attempted(self.address, meant.target, meant.function, meant.args)
        msg.emit("CalledBack", ok=end == "ok", answer=answer)

    def _book(self, msg: Msg, owner: str, to: str, amount: int) -> None:
        way, has = self.way, self.sum(owner)
        msg.need(self.index == ONE or amount * ONE <= WITHOUT_END, "")
        shares = amount * ONE // self.index
        if way == MOST_IS_ALL and amount == WITHOUT_END:
            shares = has
        msg.need(shares <= has, "odd: too little")
        fee = shares // 100
        taken = {FEE_ON_TOP: fee, BURNS_REST: has - shares}.get(way, 0)
        msg.need(shares + taken <= has, "")
        arrives = {FEE: shares - fee, KEEPS_ALL: 0}.get(way, shares)
        self.add(-shares - taken, owner)
        self.add(taken, "robbed", owner)
        self.add(arrives, owner if way == SENDS_BACK else to)

    # --- what is odd about it now ---------------------------------------------------------

    def oddity(self, msg: Msg) -> str:
        """In a word: how it behaves, or what has become of it, or of what the caller has of it."""
        if self.way:
            return WAYS[self.way.bit_length()]
        if self.index != ONE:
            return INDEXES.get(self.index, "rebased down")
        if self.sum("supply") >= NEAR_THE_END:
            return "near 2^256 about"
        pool = msg.world.models.get(msg.sender)
        needed = getattr(pool, "needed", None)
        if needed is None:
            return WAYS[0]
        if pool.factor(self.address) != ONE:  # type: ignore[union-attr]  # whoever needs has one
            return "rebased down, and the loss accepted"
        return "a unit was burnt" if needed(self.address) > self.has(msg.sender) else WAYS[0]
