# SPDX-License-Identifier: AGPL-3.0-only
"""Replays a ledger: from its events, in their order, to who has what.

The rules are SourceCred's (0.11.2): what it accepts comes to the same accounts, what it refuses is
refused. Beyond that, three things are refused here that it lets pass, because each would lose or
double grain: a second account with an id that is taken, an account merged with itself by two of its
ids, and a field that is there twice. One is read here that it cannot read: a payout address that
was cleared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from millpond.core.errors import TimeGoesBack
from millpond.core.ledger import actions as act
from millpond.core.ledger import rules_grain as grain
from millpond.core.ledger import rules_identity as identity
from millpond.core.ledger.fields import Place
from millpond.core.ledger.reading import read_events
from millpond.core.ledger.state import Account, State
from millpond.core.units import Millis


class _Rule(Protocol):
    # What is applied depends on the class of the action, which a table cannot say in types.
    def __call__(self, state: State, action: Any, at: Place, time_ms: int, /) -> None: ...


_RULES: dict[type, _Rule] = {
    act.CreateIdentity: identity.create,
    act.RenameIdentity: identity.rename,
    act.ChangeIdentityType: identity.change_type,
    act.AddAlias: identity.add_alias,
    act.MergeIdentities: identity.merge,
    act.ToggleActivation: identity.toggle,
    act.DistributeGrain: grain.distribute,
    act.TransferGrain: grain.transfer,
    act.SetPayoutAddress: grain.set_payout_address,
    act.MarkDistributionExecuted: grain.mark_executed,
    act.SetExternalCurrency: grain.set_currency,
    act.Switch: grain.switch,
}


@dataclass(frozen=True, slots=True)
class Accounting:
    """What a ledger has switched on."""

    enabled: bool
    tracking: bool
    currency: act.Currency | None


class Ledger:
    """A ledger after the events that were applied to it."""

    def __init__(self, events: Iterable[act.Event] = ()) -> None:
        self._state = State()
        self._events: list[act.Event] = []
        for event in events:
            self.apply(event)

    def apply(self, event: act.Event) -> None:
        """One event more; a refused one (`LedgerRuleError`, `IdentityClash`) changes nothing."""
        if self._events and event.time_ms < self._events[-1].time_ms:
            raise event.at.error(
                TimeGoesBack,
                f"time goes back from {self._events[-1].time_ms} to {event.time_ms}",
                "put the lines in the order of their times, as two ledgers merged by hand need it",
            )
        _RULES[type(event.action)](self._state, event.action, event.at, event.time_ms)
        self._events.append(event)

    @property
    def events(self) -> tuple[act.Event, ...]:
        """All events, oldest first."""
        return tuple(self._events)

    @property
    def accounting(self) -> Accounting:
        """What is switched on."""
        state = self._state
        return Accounting(state.accounting, state.tracking, state.currency)

    @property
    def last_cred_ms(self) -> Millis | None:
        """The end of the newest week that was paid for; None if none was."""
        return self._state.last_cred_ms

    def accounts(self) -> tuple[Account, ...]:
        """Every account, in SourceCred's order; what was merged is in its base."""
        return tuple(entry.frozen() for entry in self._state.each())


def replayed(data: bytes, file: str) -> Ledger:
    """The ledger of a file's bytes; the first thing wrong is named with its line."""
    return Ledger(read_events(data, file))
