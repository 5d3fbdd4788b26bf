# SPDX-License-Identifier: AGPL-3.0-only
"""Ledgers for tests, written line by line as JSON, without the code that is tested."""

import json
from copy import deepcopy
from typing import Any

FILE = "data/ledger.json"
ANN, BOB, CAT, DAN = ("ann1", "bob1", "cat1", "dan1")
DOLLAR = {"type": "EVM", "chainId": "1", "tokenAddress": "0x" + "11" * 20}
COIN = {"type": "PROTOCOL", "chainId": "FIL"}
PAYEE = "0x" + "22" * 20
START = 1_570_000_000_000


def made(name: str) -> str:
    """An id that SourceCred would take, out of a short word."""
    return (name + "0" * 21)[:21] + "A"


def node(*parts: str) -> str:
    """An address, its parts joined by NUL."""
    return "N\0" + "".join(part + "\0" for part in parts)


def own(name: str) -> str:
    """The address of an account of this id."""
    return node("sourcecred", "core", "IDENTITY", made(name))


class Draft:
    """A ledger that grows by one line at each call; what is named by a word has an id from it."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, kind: str, **fields: object) -> "Draft":
        """One event more, a second after the last."""
        number = len(self.events) + 1
        event = {
            "action": deepcopy({"type": kind, **fields}),
            "ledgerTimestamp": START + 1000 * number,
            "uuid": made(f"e{number:04}"),
            "version": "1",
        }
        self.events.append(event)
        return self

    def create(self, who: str, /, **changed: object) -> "Draft":
        """An account called as its id is."""
        identity = {"id": made(who), "name": who, "subtype": "USER", "address": own(who)}
        return self.add("CREATE_IDENTITY", identity={**identity, "aliases": [], **changed})

    def active(self, *names: str) -> "Draft":
        """Accounts that are switched on."""
        for name in names:
            self.create(name).toggle(name)
        return self

    def toggle(self, name: str) -> "Draft":
        """On, or off."""
        return self.add("TOGGLE_ACTIVATION", identityId=made(name))

    def alias(self, name: str, address: str) -> "Draft":
        """One more node that is this account's."""
        return self.add(
            "ADD_ALIAS",
            identityId=made(name),
            alias={"address": address, "description": f"{name}'s"},
        )

    def merge(self, base: str, target: str) -> "Draft":
        """The target goes into the base."""
        return self.add("MERGE_IDENTITIES", base=made(base), target=made(target))

    def pay(self, cred_ms: int = START, **amounts: int) -> "Draft":
        """A distribution by one policy."""
        number = len(self.events)
        receipts = [{"id": made(who), "amount": str(got)} for who, got in amounts.items()]
        policy = {"policyType": "IMMEDIATE", "budget": "1", "numIntervalsLookback": 1}
        allocation = {"id": made(f"a{number:04}"), "policy": policy, "receipts": receipts}
        return self.add(
            "DISTRIBUTE_GRAIN",
            distribution={
                "id": made(f"d{number:04}"),
                "credTimestamp": cred_ms,
                "allocations": [allocation],
            },
        )

    def send(self, sender: str, receiver: str, amount: int) -> "Draft":
        """A transfer without a memo."""
        ends = {"from": made(sender), "to": made(receiver)}
        return self.add("TRANSFER_GRAIN", **ends, amount=str(amount), memo=None)

    def payee(self, name: str, currency: object = DOLLAR, address: str | None = PAYEE) -> "Draft":
        """Where an account is paid."""
        return self.add(
            "SET_PAYOUT_ADDRESS", id=made(name), currency=currency, payoutAddress=address
        )

    @property
    def lines(self) -> list[str]:
        """Each event as JSON."""
        return [json.dumps(event) for event in self.events]

    @property
    def bytes(self) -> bytes:
        """The ledger in today's form."""
        return "".join(f"{line}\n" for line in self.lines).encode()
