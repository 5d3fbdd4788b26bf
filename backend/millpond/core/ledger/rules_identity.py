# SPDX-License-Identifier: AGPL-3.0-only
"""What each action about accounts changes, and when it is refused."""

from millpond.core.errors import IdentityClash, InactiveAccount, LedgerRuleError
from millpond.core.ledger import actions as act
from millpond.core.ledger.currencies import currency_key
from millpond.core.ledger.fields import Place, shown
from millpond.core.ledger.state import Entry, State

_CHANGES_NOTHING = "take the line out: a ledger holds changes only"
_OTHER_NAME = "choose another name; capital letters make no difference"


def create(state: State, action: act.CreateIdentity, at: Place, _: int) -> None:
    """A new account, its name and its own address."""
    _need_free_name(state, action.name, at)
    if action.aliases:
        raise at.error(
            LedgerRuleError,
            f"the new account {action.name} has aliases already",
            "add each alias by a line of its own, behind this one",
        )
    if action.id in state.entries or action.address in state.addresses:
        raise at.error(
            IdentityClash,
            f"the id or the address of {action.name} is taken by another account",
            "if the line is there twice, take one of them out",
        )
    made = Entry(action.id, action.name, action.subtype, action.address, [action.id])
    state.entries[action.id] = made
    state.names.add(action.name.lower())
    state.addresses[action.address] = made


def rename(state: State, action: act.RenameIdentity, at: Place, _: int) -> None:
    """Another name; the old one is free again."""
    entry = state.entry(action.id, at)
    if entry.name == action.name:
        raise at.error(
            LedgerRuleError, f"the account has the name {action.name} already", _CHANGES_NOTHING
        )
    if entry.name.lower() != action.name.lower():
        _need_free_name(state, action.name, at)
    state.names.discard(entry.name.lower())
    state.names.add(action.name.lower())
    entry.name = action.name
    # As SourceCred does: whoever is named by a merged id goes by that id from then on.
    entry.id = action.id


def change_type(state: State, action: act.ChangeIdentityType, at: Place, _: int) -> None:
    """A person becomes a project, or the like."""
    entry = state.entry(action.id, at)
    if entry.subtype == action.subtype:
        raise at.error(
            LedgerRuleError, f"{entry.name} is a {action.subtype} already", _CHANGES_NOTHING
        )
    entry.subtype = action.subtype
    entry.id = action.id


def add_alias(state: State, action: act.AddAlias, at: Place, _: int) -> None:
    """One more node that is this account's."""
    entry = state.entry(action.id, at)
    owner = state.addresses.get(action.alias.address)
    if owner is not None:
        address = shown(action.alias.address)
        if owner is entry:
            raise at.error(
                LedgerRuleError, f"{address} is {entry.name}'s already", _CHANGES_NOTHING
            )
        raise at.error(
            IdentityClash,
            f"{address} is {owner.name}'s and cannot be {entry.name}'s too",
            "merge the two accounts if they are one person, else take this line out",
        )
    entry.aliases.append(action.alias)
    state.addresses[action.alias.address] = entry


def merge(state: State, action: act.MergeIdentities, at: Place, _: int) -> None:
    """The target goes into the base, with all it has and was."""
    base, target = state.entry(action.base, at), state.entry(action.target, at)
    if base is target:
        # SourceCred refuses equal ids only; by two ids of one account it would double its grain.
        raise at.error(
            LedgerRuleError, f"{base.name} cannot be merged with itself", _CHANGES_NOTHING
        )
    own = act.Alias(target.address, f"identity @{target.name} (id: {target.id})")
    for alias in (*target.aliases, own):
        base.aliases.append(alias)
        state.addresses[alias.address] = base
    base.paid += target.paid
    base.balance += target.balance
    base.receipts = sorted([*base.receipts, *target.receipts], key=lambda each: each.cred_ms)
    base.payout_addresses = target.payout_addresses | base.payout_addresses
    base.merged_ids += target.merged_ids
    for id_ in target.merged_ids:
        state.entries[id_] = base
    state.names.discard(target.name.lower())


def toggle(state: State, action: act.ToggleActivation, at: Place, _: int) -> None:
    """On or off; on only with somewhere to be paid, once grain is paid out in a currency."""
    entry = state.entry(action.id, at)
    wanted = None if entry.active or state.currency is None else currency_key(state.currency)
    if wanted is not None and wanted not in entry.payout_addresses:
        raise at.error(
            InactiveAccount,
            f"{entry.name} has no address to be paid at and cannot be switched on",
            "set the payout address for the ledger's currency by a line before this one",
        )
    entry.active = not entry.active


def _need_free_name(state: State, name: str, at: Place) -> None:
    if name.lower() in state.names:
        raise at.error(IdentityClash, f"the name {name} is taken", _OTHER_NAME)
