# SPDX-License-Identifier: AGPL-3.0-only
"""What can happen in a ledger: one class for each action, one `Event` for each line."""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.ledger.fields import Place
from millpond.core.ledger.policies import Policy
from millpond.core.units import Amount, Millis

SUBTYPES = ("USER", "PROJECT", "ORGANIZATION", "BOT")
EVM, PROTOCOL = "EVM", "PROTOCOL"
PROTOCOLS = ("BTC", "FIL")


@dataclass(frozen=True, slots=True)
class Alias:
    """A node of the contribution graph that is the same person."""

    address: str
    description: str


@dataclass(frozen=True, slots=True)
class Currency:
    """What is paid in outside: a token on an EVM chain, or the coin of a chain by its name."""

    chain: str
    token: str | None

    @property
    def json(self) -> dict[str, str]:
        """As ledgers write it."""
        if self.token is None:
            return {"chainId": self.chain, "type": PROTOCOL}
        return {"chainId": self.chain, "tokenAddress": self.token, "type": EVM}


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget that was divided by one rule: who got how much, in the order of the file."""

    id: str
    policy: Policy
    receipts: tuple[tuple[str, Amount], ...]


@dataclass(frozen=True, slots=True)
class CreateIdentity:
    """A new account; it is not active yet."""

    id: str
    name: str
    subtype: str
    address: str
    aliases: int
    """How many aliases it claims to have: none is allowed."""


@dataclass(frozen=True, slots=True)
class RenameIdentity:
    """Another name for an account."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeIdentityType:
    """A person becomes a project, or the like."""

    id: str
    subtype: str


@dataclass(frozen=True, slots=True)
class AddAlias:
    """One more node that is this account's."""

    id: str
    alias: Alias


@dataclass(frozen=True, slots=True)
class MergeIdentities:
    """The target is the base: its aliases, grain and past go there, for good."""

    base: str
    target: str


@dataclass(frozen=True, slots=True)
class ToggleActivation:
    """On or off: who is off neither gets nor sends grain."""

    id: str


@dataclass(frozen=True, slots=True)
class DistributeGrain:
    """Grain for the week that ended at `cred_ms`."""

    id: str
    cred_ms: Millis
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class TransferGrain:
    """Grain from one account to another."""

    sender: str
    receiver: str
    amount: Amount
    memo: str | None


@dataclass(frozen=True, slots=True)
class SetPayoutAddress:
    """Where an account is paid in a currency; None clears it."""

    id: str
    currency: Currency
    address: str | None


@dataclass(frozen=True, slots=True)
class MarkDistributionExecuted:
    """A distribution was carried out elsewhere."""

    id: str


@dataclass(frozen=True, slots=True)
class SetExternalCurrency:
    """What grain is paid out in."""

    currency: Currency


@dataclass(frozen=True, slots=True)
class Switch:
    """An action without fields, by its name."""

    kind: str


ENABLE_ACCOUNTING, DISABLE_ACCOUNTING = "ENABLE_ACCOUNTING", "DISABLE_ACCOUNTING"
ENABLE_TRACKING, DISABLE_TRACKING = "ENABLE_GRAIN_INTEGRATION", "DISABLE_GRAIN_INTEGRATION"
REMOVE_CURRENCY = "REMOVE_EXTERNAL_CURRENCY"
SWITCHES = (
    *(ENABLE_ACCOUNTING, DISABLE_ACCOUNTING, ENABLE_TRACKING, DISABLE_TRACKING, REMOVE_CURRENCY),
)

Action = (
    CreateIdentity
    | RenameIdentity
    | ChangeIdentityType
    | AddAlias
    | MergeIdentities
    | ToggleActivation
    | DistributeGrain
    | TransferGrain
    | SetPayoutAddress
    | MarkDistributionExecuted
    | SetExternalCurrency
    | Switch
)

KINDS: Mapping[type, str] = {
    CreateIdentity: "CREATE_IDENTITY",
    RenameIdentity: "RENAME_IDENTITY",
    ChangeIdentityType: "CHANGE_IDENTITY_TYPE",
    AddAlias: "ADD_ALIAS",
    MergeIdentities: "MERGE_IDENTITIES",
    ToggleActivation: "TOGGLE_ACTIVATION",
    DistributeGrain: "DISTRIBUTE_GRAIN",
    TransferGrain: "TRANSFER_GRAIN",
    SetPayoutAddress: "SET_PAYOUT_ADDRESS",
    MarkDistributionExecuted: "MARK_DISTRIBUTION_EXECUTED",
    SetExternalCurrency: "SET_EXTERNAL_CURRENCY",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a ledger."""

    action: Action
    time_ms: Millis
    uuid: str
    at: Place
