# SPDX-License-Identifier: AGPL-3.0-only
"""One run: for each week that waits a distribution, written into the ledger as events."""

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from millpond.core.canonical import keccak256
from millpond.core.errors import GrainError
from millpond.core.grain import compatible, exact, weeks
from millpond.core.grain.compatible import Receipts
from millpond.core.grain.config import GrainConfig
from millpond.core.grain.view import Cred, View, view_of
from millpond.core.ledger import Ledger
from millpond.core.ledger import actions as act
from millpond.core.ledger.currencies import currency_key
from millpond.core.ledger.fields import Place
from millpond.core.ledger.ids import made_id
from millpond.core.ledger.policies import Policy
from millpond.core.ledger.writing import written
from millpond.core.units import Amount, Millis

COMPATIBLE, EXACT = "compatible", "exact"
MODES = (COMPATIBLE, EXACT)
_NEW = Place("what this run adds", "")


class _Divide(Protocol):
    def __call__(self, policy: Policy, view: View, end_ms: int, /) -> Receipts: ...


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to. The ledger has it all; `events` are those that are new."""

    ledger: Ledger
    events: tuple[act.Event, ...]
    distributions: tuple[act.DistributeGrain, ...]


def run(
    ledger: Ledger, cred: Cred, config: GrainConfig, mode: str, now_ms: int, again: bool = False
) -> Run:
    """Pay for the weeks that are over at `now_ms`; `again`: if none waits, the newest once more.

    The ledger is changed. `GrainError` if there is nobody to pay, and nothing of the run counts.
    """
    if mode not in MODES:
        raise GrainError(f"there is no mode {mode!r}", f"choose one of: {', '.join(MODES)}")
    before = len(ledger.events)
    adding = _Adding(ledger, now_ms)
    adding.configure(config)
    view = view_of(cred, ledger)
    divide: _Divide = compatible.receipts if mode == COMPATIBLE else exact.receipts
    choose = weeks.compatible if mode == COMPATIBLE else weeks.exact
    ends = choose(weeks.waiting(view.weeks, ledger.last_cred_ms, now_ms), config.most_weeks)
    if again and not ends:
        ends = weeks.waiting(view.weeks, None, now_ms)[-1:]
    made = []
    for end in ends:
        divided = [(policy, divide(policy, view, end)) for policy in config.policies]
        made.append(adding.distribution(end, divided))
        if mode == EXACT:  # SourceCred does not look at what the run itself has just paid
            view = view.with_grain(end, _sums([receipts for _, receipts in divided]))
    return Run(ledger, ledger.events[before:], tuple(made))


def _sums(each: list[Receipts]) -> Counter[str]:
    found: Counter[str] = Counter()
    for receipts in each:
        found.update(dict(receipts))
    return found


class _Adding:
    """Adds events to a ledger at one moment. Their ids follow from what the ledger holds."""

    def __init__(self, ledger: Ledger, now_ms: int) -> None:
        self._ledger = ledger
        # Who pays for weeks up to a day in the past writes it behind what has happened since.
        last = ledger.events[-1].time_ms if ledger.events else 0
        self._now_ms = Millis(max(now_ms, last))
        self._seed = keccak256(written(ledger.events) + str(now_ms).encode())
        self._made = 0

    def configure(self, config: GrainConfig) -> None:
        """What the settings want switched on or off, as SourceCred does before it divides."""
        now = self._ledger.accounting
        if config.currency is None and now.currency is not None:
            self._add(act.Switch(act.REMOVE_CURRENCY))
        elif config.currency is not None and config.currency != now.currency:
            self._add(act.SetExternalCurrency(config.currency))
            if not now.enabled:
                self._switch_off_without_address(config.currency)
        if config.accounting and not now.enabled:
            self._add(act.Switch(act.ENABLE_ACCOUNTING))
        elif now.enabled and not config.accounting:
            self._add(act.Switch(act.DISABLE_ACCOUNTING))
            if config.currency is not None:
                self._switch_off_without_address(config.currency)
        if config.tracking != now.tracking:
            kind = act.ENABLE_TRACKING if config.tracking else act.DISABLE_TRACKING
            self._add(act.Switch(kind))

    def distribution(
        self, end_ms: Millis, divided: list[tuple[Policy, Receipts]]
    ) -> act.DistributeGrain:
        """One distribution for the week that ended then."""
        allocations = tuple(
            act.Allocation(self._id(), policy, receipts) for policy, receipts in divided
        )
        made = act.DistributeGrain(self._id(), end_ms, allocations)
        self._add(made)
        return made

    def _switch_off_without_address(self, currency: act.Currency) -> None:
        key = currency_key(currency)
        for account in self._ledger.accounts():
            if account.active and key not in account.payout_addresses:
                self._add(act.ToggleActivation(account.id))

    def _add(self, action: act.Action) -> None:
        self._ledger.apply(act.Event(action, self._now_ms, self._id(), _NEW))

    def _id(self) -> str:
        self._made += 1
        return made_id(self._seed + str(self._made).encode())


def unpaid(allocation: act.Allocation) -> Amount:
    """What nobody got of an allocation's budget, because nobody had a score."""
    return Amount(allocation.policy.budget - sum(amount for _, amount in allocation.receipts))
