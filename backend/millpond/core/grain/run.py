# SPDX-License-Identifier: AGPL-3.0-only
"""One run: for each week that waits a distribution, written into the ledger as events."""

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from millpond.core.errors import GrainError
from millpond.core.grain import compatible, exact, weeks
from millpond.core.grain.compatible import Receipts
from millpond.core.grain.config import GrainConfig
from millpond.core.grain.view import Cred, View, view_of
from millpond.core.ledger import Ledger
from millpond.core.ledger import actions as act
from millpond.core.ledger.adding import Adding
from millpond.core.ledger.currencies import currency_key
from millpond.core.ledger.policies import Policy
from millpond.core.units import Amount, Millis

COMPATIBLE, EXACT = "compatible", "exact"
MODES = (COMPATIBLE, EXACT)


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
    adding = Adding(ledger, now_ms)
    _configure(adding, config)
    view = view_of(cred, ledger)
    divide: _Divide = compatible.receipts if mode == COMPATIBLE else exact.receipts
    choose = weeks.compatible if mode == COMPATIBLE else weeks.exact
    ends = choose(weeks.waiting(view.weeks, ledger.last_cred_ms, now_ms), config.most_weeks)
    if again and not ends:
        ends = weeks.waiting(view.weeks, None, now_ms)[-1:]
    if mode == COMPATIBLE and ends and config.policies:
        compatible.check(view)
    made = []
    for end in ends:
        divided = [(policy, divide(policy, view, end)) for policy in config.policies]
        made.append(_distribution(adding, end, divided))
        if mode == EXACT:  # SourceCred does not look at what the run itself has just paid
            view = view.with_grain(end, _sums([receipts for _, receipts in divided]))
    return Run(ledger, ledger.events[before:], tuple(made))


def _sums(each: list[Receipts]) -> Counter[str]:
    found: Counter[str] = Counter()
    for receipts in each:
        found.update(dict(receipts))
    return found


def _configure(adding: Adding, config: GrainConfig) -> None:
    """What the settings want switched on or off, as SourceCred does before it divides."""
    now = adding.ledger.accounting
    if config.currency is None and now.currency is not None:
        adding.add(act.Switch(act.REMOVE_CURRENCY))
    elif config.currency is not None and config.currency != now.currency:
        adding.add(act.SetExternalCurrency(config.currency))
        if not now.enabled:
            _switch_off_without_address(adding, config.currency)
    if config.accounting and not now.enabled:
        adding.add(act.Switch(act.ENABLE_ACCOUNTING))
    elif now.enabled and not config.accounting:
        adding.add(act.Switch(act.DISABLE_ACCOUNTING))
        if config.currency is not None:
            _switch_off_without_address(adding, config.currency)
    if config.tracking != now.tracking:
        adding.add(act.Switch(act.ENABLE_TRACKING if config.tracking else act.DISABLE_TRACKING))


def _switch_off_without_address(adding: Adding, currency: act.Currency) -> None:
    key = currency_key(currency)
    for account in adding.ledger.accounts():
        if account.active and key not in account.payout_addresses:
            adding.add(act.ToggleActivation(account.id))


def _distribution(
    adding: Adding, end_ms: Millis, divided: list[tuple[Policy, Receipts]]
) -> act.DistributeGrain:
    allocations = tuple(
        act.Allocation(adding.new_id(), policy, receipts) for policy, receipts in divided
    )
    made = act.DistributeGrain(adding.new_id(), end_ms, allocations)
    adding.add(made)
    return made


def unpaid(allocation: act.Allocation) -> Amount:
    """What nobody got of an allocation's budget, because nobody had a score."""
    return Amount(allocation.policy.budget - sum(amount for _, amount in allocation.receipts))
