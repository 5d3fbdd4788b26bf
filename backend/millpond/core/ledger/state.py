# SPDX-License-Identifier: AGPL-3.0-only
"""What a ledger says at one moment: accounts, names, and what is switched on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from millpond.core.errors import UnknownAccount
from millpond.core.ledger.actions import Alias, Currency
from millpond.core.ledger.fields import Place
from millpond.core.units import Amount, Millis


@dataclass(frozen=True, slots=True)
class Receipt:
    """Grain that somebody got in a distribution."""

    allocation: str
    policy: str
    amount: Amount
    cred_ms: Millis
    """The end of the week that was paid for."""
    time_ms: Millis
    """When the ledger says so."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account as it stands."""

    id: str
    name: str
    subtype: str
    address: str
    aliases: tuple[Alias, ...]
    active: bool
    balance: Amount
    paid: Amount
    receipts: tuple[Receipt, ...]
    payout_addresses: Mapping[str, str]
    """By the currency, as JSON with sorted keys."""
    merged_ids: tuple[str, ...]
    """Its own first id and those of the accounts that were merged into it."""


@dataclass(slots=True)
class Entry:
    """An account while events change it."""

    id: str
    name: str
    subtype: str
    address: str
    merged_ids: list[str]
    aliases: list[Alias] = field(default_factory=list)
    active: bool = False
    balance: int = 0
    paid: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    payout_addresses: dict[str, str] = field(default_factory=dict)

    def frozen(self) -> Account:
        """The account at this moment."""
        return Account(
            self.id,
            self.name,
            self.subtype,
            self.address,
            tuple(self.aliases),
            self.active,
            Amount(self.balance),
            Amount(self.paid),
            tuple(self.receipts),
            dict(self.payout_addresses),
            tuple(self.merged_ids),
        )


@dataclass(slots=True)
class State:
    """Everything that later events depend on."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """By every id that ever was: those of merged accounts lead to the base."""
    names: set[str] = field(default_factory=set)
    """Names that are taken, in lower case."""
    addresses: dict[str, Entry] = field(default_factory=dict)
    """Whose a node is: each account's own address, and its aliases."""
    accounting: bool = True
    tracking: bool = False
    currency: Currency | None = None
    executed: dict[str, bool] = field(default_factory=dict)
    """Whether each distribution that is tracked was carried out."""
    last_cred_ms: Millis | None = None

    def entry(self, id_: str, at: Place) -> Entry:
        """The account of an id; `UnknownAccount` if there is none."""
        found = self.entries.get(id_)
        if found is None:
            raise at.error(
                UnknownAccount,
                f"there is no account {id_}",
                "put the line that creates it before this one, or take this one out",
            )
        return found

    def each(self) -> Iterator[Entry]:
        """Every account once, in SourceCred's order: by the first id that leads to it."""
        return iter({id(entry): entry for entry in self.entries.values()}.values())
