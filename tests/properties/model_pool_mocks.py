# SPDX-License-Identifier: AGPL-3.0-only
"""The contracts around a pool that a walk speaks through: a Governor, spenders, odd payees.

contracts/mocks/MockGovernor.vy, MockSpender.vy and OddPayee.vy in words.
"""

from tests.properties.model import Msg
from tests.properties.model_pool_journal import Bookkeeper

# The ways of contracts/mocks/OddPayee.vy, in its order, and the honest one.
HONEST = 0
REFUSES, EATS_GAS, LONG_ANSWER, CALLS_BACK, SLOW = (1 << n for n in range(5))


class Steward(Bookkeeper):
    """MockGovernor: who is a member and what is a Hub part is what somebody said."""

    def admit(self, _: Msg, account: str) -> None:
        """A member."""
        self.note(True, "member", account)

    def add_hub_part(self, _: Msg, part: str) -> None:
        """A Hub part."""
        self.note(True, "part", part)

    def refuse_money(self, _: Msg, refuses: bool) -> None:
        """From now on."""
        self.note(refuses, "refuses")

    def is_member(self, _: Msg, account: str) -> bool:
        """As was said."""
        return bool(self.noted(False, "member", account))

    def is_hub_part(self, _: Msg, part: str) -> bool:
        """As was said."""
        return bool(self.noted(False, "part", part))

    def receive(self, msg: Msg) -> None:
        """Takes ETH, mostly."""
        msg.need(not self.noted(False, "refuses"), "mock governor: no money")


class OpenSpender(Bookkeeper):
    """MockSpender: serves any earmark unless it was told to refuse."""

    def refuse_terms(self, _: Msg, refuses: bool) -> None:
        """From now on."""
        self.note(refuses, "refuses")

    def on_open(self, msg: Msg, earmark_id: int, params: bytes) -> None:
        """Tells what it was opened with."""
        msg.need(not self.noted(False, "refuses"), "mock spender: not on these terms")
        msg.emit("Opened", earmark_id=earmark_id, params=params)

    def receive(self, msg: Msg) -> None:
        """It has no door."""
        msg.need(False, "")


class OddPayeeModel(Bookkeeper):
    """Takes ETH well or misbehaves in one way. What it calls back is locked, so that fails."""

    def behave(self, _: Msg, way: int) -> None:
        """From now on."""
        self.note(way, "way")

    def call_back(self, _: Msg, target: str, data: bytes) -> None:
        """It will call this first; the rules of a walk see to it that it fails."""
        del target, data
        self.note(CALLS_BACK, "way")

    def receive(self, msg: Msg) -> None:
        """In its way."""
        way = self.noted(HONEST, "way")
        msg.need(way != REFUSES, "payee: no, thank you")
        msg.need(way not in (EATS_GAS, LONG_ANSWER), "")
        if way == CALLS_BACK:
            msg.emit("CalledBack", ok=False, answer=b"")
        msg.emit("Took", amount=msg.value)
