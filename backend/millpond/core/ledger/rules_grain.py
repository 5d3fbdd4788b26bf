# SPDX-License-Identifier: AGPL-3.0-only
"""What each action about grain changes, and when it is refused."""

from millpond.core.errors import InactiveAccount, LedgerRuleError, NotEnoughGrain, UnknownAccount
from millpond.core.ledger import actions as act
from millpond.core.ledger.currencies import currency_key
from millpond.core.ledger.fields import Place
from millpond.core.ledger.policies import kind_of
from millpond.core.ledger.state import Entry, Receipt, State
from millpond.core.units import Millis

_SWITCH_ON = "switch the account on by a line before this one, or leave it out"
_NO_LESS = "grain is given, never taken: write an amount of zero or more"


def distribute(state: State, action: act.DistributeGrain, at: Place, time_ms: int) -> None:
    """Each receiver gets her grain; refused as a whole if one of them cannot."""
    paid: list[tuple[Entry, Receipt]] = []
    for allocation in action.allocations:
        for id_, amount in allocation.receipts:
            entry = state.entry(id_, at)
            if amount < 0:
                raise at.error(NotEnoughGrain, f"{entry.name} gets {amount}", _NO_LESS)
            _need_active(entry, "get grain", at)
            receipt = Receipt(
                allocation.id, kind_of(allocation.policy), amount, action.cred_ms, Millis(time_ms)
            )
            paid.append((entry, receipt))
    for entry, receipt in paid:
        entry.paid += receipt.amount
        entry.receipts.append(receipt)
        if state.accounting:
            entry.balance += receipt.amount
    state.last_cred_ms = max(state.last_cred_ms or action.cred_ms, action.cred_ms)
    if state.tracking:
        state.executed[action.id] = False


def transfer(state: State, action: act.TransferGrain, at: Place, _: int) -> None:
    """Grain from one account to another, or to itself."""
    if not state.accounting:
        raise at.error(
            LedgerRuleError,
            "the ledger keeps no balances, so nothing can be transferred",
            "switch accounting on by a line before this one",
        )
    sender, receiver = state.entry(action.sender, at), state.entry(action.receiver, at)
    _need_active(sender, "send grain", at)
    _need_active(receiver, "get grain", at)
    if action.amount < 0:
        raise at.error(NotEnoughGrain, f"{receiver.name} gets {action.amount}", _NO_LESS)
    if action.amount > sender.balance:
        raise at.error(
            NotEnoughGrain,
            f"{sender.name} has {sender.balance} and sends {action.amount}",
            "send no more than the balance, or put the line that pays it before this one",
        )
    sender.balance -= action.amount
    receiver.balance += action.amount


def set_payout_address(state: State, action: act.SetPayoutAddress, at: Place, _: int) -> None:
    """Where an account is paid in a currency, or that there is no such place any more."""
    places = state.entry(action.id, at).payout_addresses
    key = currency_key(action.currency)
    if action.address is None:
        places.pop(key, None)
    else:
        places[key] = action.address


def mark_executed(state: State, action: act.MarkDistributionExecuted, at: Place, _: int) -> None:
    """A distribution that is tracked was carried out, once."""
    if not state.tracking:
        raise at.error(
            LedgerRuleError,
            "the ledger does not track what is carried out",
            "switch the tracking on by a line before the distribution",
        )
    if action.id not in state.executed:
        raise at.error(
            UnknownAccount,
            f"there is no distribution {action.id} that is tracked",
            "name one that was made while tracking was on",
        )
    if state.executed[action.id]:
        raise at.error(
            LedgerRuleError,
            f"the distribution {action.id} was carried out already",
            "take the line out, and make sure that nobody was paid twice",
        )
    state.executed[action.id] = True


def set_currency(state: State, action: act.SetExternalCurrency, _: Place, __: int) -> None:
    """What grain is paid out in. Without accounting, balances of the old one are no use."""
    state.currency = action.currency
    if not state.accounting:
        _erase_balances(state)


def switch(state: State, action: act.Switch, at: Place, _: int) -> None:
    """Accounting, tracking and the currency, on or off."""
    if action.kind == act.REMOVE_CURRENCY:
        if not state.accounting:
            raise at.error(
                LedgerRuleError,
                "without accounting the ledger needs its currency",
                "switch accounting on by a line before this one",
            )
        state.currency = None
    elif action.kind == act.DISABLE_ACCOUNTING:
        if state.currency is None:
            raise at.error(
                LedgerRuleError,
                "accounting cannot be switched off: there is no currency to pay out in",
                "set the currency by a line before this one",
            )
        state.accounting = False
        _erase_balances(state)
    elif action.kind == act.ENABLE_ACCOUNTING:
        state.accounting = True
    else:
        state.tracking = action.kind == act.ENABLE_TRACKING
        if not state.tracking:
            state.executed.clear()


def _erase_balances(state: State) -> None:
    for entry in state.each():
        entry.balance = 0


def _need_active(entry: Entry, what: str, at: Place) -> None:
    if not entry.active:
        raise at.error(
            InactiveAccount, f"{entry.name} is switched off and cannot {what}", _SWITCH_ON
        )
