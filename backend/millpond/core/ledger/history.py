# SPDX-License-Identifier: AGPL-3.0-only
"""A ledger's balances and payouts as the rest of the house takes them: by subject, in integers.

An account's identity is its own address in SourceCred's graph, which no rename or merge of another
account into it changes: the same text under which cred computed from the instance names it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from millpond.core.cred.addresses import parts_of
from millpond.core.ledger import actions as act
from millpond.core.ledger.replay import Ledger
from millpond.core.ledger.state import Account
from millpond.core.subjects import Subject, of_identity, sourcecred_identity, to_hex
from millpond.core.units import Amount, Millis
from millpond.core.weeks import Week

FORMAT = "millpond/ledger 1"


@dataclass(frozen=True, slots=True)
class Payout:
    """Grain that somebody got, for which week, by which rule, and when."""

    subject: Subject
    amount: Amount
    policy: str
    week_end_ms: Millis
    time_ms: Millis


@dataclass(frozen=True, slots=True)
class Transfer:
    """Grain that one account sent to another."""

    sender: Subject
    receiver: Subject
    amount: Amount
    memo: str | None
    time_ms: Millis


def identity_of(account: Account) -> str:
    """The text whose hash is the account's subject."""
    return sourcecred_identity(parts_of(account.address))


def subject_of(account: Account) -> Subject:
    """Who an account is in a distribution."""
    return of_identity(identity_of(account))


def payouts(ledger: Ledger) -> tuple[Payout, ...]:
    """Every receipt, oldest first; those of merged accounts belong to whom they were merged into.

    Ties are in the order of the accounts.
    """
    found = (
        Payout(subject_of(account), each.amount, each.policy, each.cred_ms, each.time_ms)
        for account in ledger.accounts()
        for each in account.receipts
    )
    return tuple(sorted(found, key=lambda each: (each.time_ms, each.week_end_ms)))


def transfers(ledger: Ledger) -> tuple[Transfer, ...]:
    """Every transfer, oldest first, between the accounts that there are now."""
    subjects = {
        id_: subject_of(account) for account in ledger.accounts() for id_ in account.merged_ids
    }
    return tuple(
        Transfer(subjects[moved.sender], subjects[moved.receiver], moved.amount, moved.memo, time)
        for moved, time in ((event.action, event.time_ms) for event in ledger.events)
        if isinstance(moved, act.TransferGrain)
    )


def past(ledger: Ledger, weeks: Sequence[Week] | None = None) -> dict[Subject, Amount]:
    """What each got in all, or for distributions that are stamped within these weeks.

    As SourceCred counts, a distribution belongs to the week that starts at its time.
    """
    got: dict[Subject, Amount] = {}
    for each in payouts(ledger):
        at = each.week_end_ms
        if weeks is None or any(week.start_ms <= at < week.end_ms for week in weeks):
            got[each.subject] = Amount(got.get(each.subject, 0) + each.amount)
    return got


def as_json(ledger: Ledger) -> dict[str, object]:
    """All of it, for canonical JSON: accounts by subject, payouts and transfers by time."""
    return {
        "format": FORMAT,
        "accounts": [_account(each) for each in sorted(ledger.accounts(), key=subject_of)],
        "payouts": [
            {
                "subject": to_hex(each.subject),
                "amount": each.amount,
                "policy": each.policy,
                "weekEndMs": each.week_end_ms,
                "timeMs": each.time_ms,
            }
            for each in payouts(ledger)
        ],
        "transfers": [
            {
                "sender": to_hex(each.sender),
                "receiver": to_hex(each.receiver),
                "amount": each.amount,
                "memo": each.memo,
                "timeMs": each.time_ms,
            }
            for each in transfers(ledger)
        ],
    }


def _account(account: Account) -> dict[str, object]:
    return {
        "subject": to_hex(subject_of(account)),
        "identity": identity_of(account),
        "name": account.name,
        "subtype": account.subtype,
        "active": account.active,
        "balance": account.balance,
        "paid": account.paid,
        "payoutAddresses": dict(account.payout_addresses),
    }
