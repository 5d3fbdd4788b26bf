# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts around a pool that a walk speaks through: a Governor, spenders, odd payees.

contracts/mocks/MockGovernor.vy, MockSpender.vy and OddPayee.vy in words.
"""

from tests.contracts.evm import ETH
from tests.properties.chain import Handle
from tests.properties.model import Msg
from tests.properties.model_pool_journal import Bookkeeper, Journal
from tests.properties.reach_odd import DOINGS

# The ways of contracts/mocks/OddPayee.vy, in its order, and the honest one.
HONEST = 0
REFUSES, EATS_GAS, LONG_ANSWER, CALLS_BACK, SLOW = (1 << n for n in range(5))


class Steward(Bookkeeper):
    """MockGovernor: who is a member and what is a Hub part is what somebody said."""

    def admit(self, _: Msg, account: str) -> None:
        """A member."""
        self.note(True, "member", account)

    def add_part(self, _: Msg, part: str) -> None:
        """A part."""
        self.note(1, "part", part)

    def add_hub_part(self, _: Msg, part: str) -> None:
        """A Hub part."""
        self.note(3, "part", part)

    def set_pool(self, _: Msg, pool: str) -> None:
        """The pool that it decides over."""
        self.note(pool, "pool")

    def pool(self, _: Msg) -> str:
        """As was said."""
        found: str = self.noted(ETH, "pool")
        return found

    def refuse_money(self, _: Msg, refuses: bool) -> None:
        """From now on."""
        self.note(refuses, "refuses")

    def is_member(self, _: Msg, account: str) -> bool:
        """As was said."""
        return bool(self.noted(False, "member", account))

    def is_hub_part(self, msg: Msg, part: str) -> bool:
        """As was said."""
        return self.part_words(msg, part) == 3

    def part_words(self, _: Msg, part: str) -> int:
        """As was said."""
        found: int = self.noted(0, "part", part)
        return found

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """Takes ETH, mostly, and any call."""
        del data
        msg.need(not self.noted(False, "refuses"), "mock governor: no money")


class NoDoor(Bookkeeper):
    """A contract that takes no ETH and says no word."""

    def payee_label(self) -> str:
        """As the tables of `met.py` call it."""
        return "has no door"


class OpenSpender(NoDoor):
    """MockSpender: serves any earmark unless it was told to refuse."""

    def refuse_terms(self, _: Msg, refuses: bool) -> None:
        """From now on."""
        self.note(refuses, "refuses")

    def on_open(self, msg: Msg, earmark_id: int, params: bytes) -> None:
        """Tells what it was opened with."""
        msg.need(not self.noted(False, "refuses"), "mock spender: not on these terms")
        msg.emit("Opened", earmark_id=earmark_id, params=params)


class OddPayeeModel(Bookkeeper):
    """Takes ETH well or misbehaves in one way. What it calls back is its pool: any function that
    moves something is locked, and `held` already says what will be held after this payment."""

    def __init__(self, me: Handle, journal: Journal, *, delegated: bool = False) -> None:
        super().__init__(me, journal)
        self.delegated = delegated  # an account with a key, which runs this code

    def payee_label(self) -> str:
        """As the tables of `met.py` call it."""
        return DOINGS[-1] if self.delegated else DOINGS[2:][self._way.bit_length()]

    @property
    def _way(self) -> int:
        found: int = self.noted(HONEST, "way")
        return found

    def behave(self, _: Msg, way: int) -> None:
        """From now on."""
        self.note(way, "way")

    def call_back(self, _: Msg, target: str, data: bytes) -> None:
        """From now on it will call this first."""
        self.note(CALLS_BACK, "way")
        self.note((target, data), "call")

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """In its way."""
        del data
        way = self._way
        msg.need(way != REFUSES, "payee: no, thank you")
        msg.need(way != EATS_GAS, "")
        msg.need(way != LONG_ANSWER, "32768 bytes")
        if way == CALLS_BACK:
            self._call_back(msg)
        msg.emit("Took", amount=msg.value)

    def _call_back(self, msg: Msg) -> None:
        target, data = self.noted(None, "call")
        [meant] = msg.world.actions_of([target], [0], [data])
        end, answer = msg.world.attempted(self.address, meant.target, meant.function, meant.args)
        msg.emit("CalledBack", ok=end == "ok", answer=answer)
