# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay may spend: no more than its account has, and no more in a day than it was given.

A day is one of UTC. What is under way counts at the highest price that it was signed for.
"""

from millpond.api.relay.outbox import Outbox
from millpond.api.relay.refusals import BudgetSpent, NoMoney

_DAY = 86_400


class Purse:
    """The account's money, as one round sees it."""

    def __init__(self, outbox: Outbox, balance: int, daily: int, now: int) -> None:
        self._outbox = outbox
        self.balance = balance
        self.daily = daily
        self._midnight = now - now % _DAY

    @property
    def spent(self) -> int:
        """Today, in wei."""
        return self._outbox.spent_since(self._midnight)

    def require(self, more: int) -> None:
        """`NoMoney` or `BudgetSpent` unless so much more wei can be promised."""
        promised = self._outbox.promised()
        if self.balance < promised + more:
            raise NoMoney(
                f"the relay's account {self._outbox.sender} has {self.balance} wei, "
                f"{promised} of it promised, and needs {more} for the next transaction",
                "let its operator send ETH there; meanwhile bring it yourself: ape run pool relay",
            )
        left = self.daily - self.spent - promised
        if left < more:
            raise BudgetSpent(
                f"the relay may spend {self.daily} wei a day; {max(left, 0)} are left, and the "
                f"next transaction may take {more}",
                "hand it in again after midnight UTC, or bring it yourself: ape run pool relay",
            )
