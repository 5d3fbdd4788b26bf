# SPDX-License-Identifier: AGPL-3.0-only
"""A replayed ledger as JSON, in a shape that can be laid beside what SourceCred makes of it."""

from typing import Any

from millpond.core.errors import LedgerFileError
from millpond.core.ledger.replay import Ledger
from millpond.core.ledger.state import Account
from millpond.core.ledger.writing import written


def as_json(ledger: Ledger, data: bytes) -> dict[str, Any]:
    """Accounts and sums; `data` are the bytes that the ledger was read from."""
    accounts, accounting = ledger.accounts(), ledger.accounting
    currency = {"currency": accounting.currency.json} if accounting.currency else {}
    return {
        "generatedWith": "millpond",
        "events": len(ledger.events),
        "lastDistributionTimestamp": ledger.last_cred_ms,
        "accounting": {
            "enabled": accounting.enabled,
            "trackGrainIntegration": accounting.tracking,
            **currency,
        },
        "totals": {
            "accounts": len(accounts),
            "active": sum(each.active for each in accounts),
            "sumBalance": str(sum(each.balance for each in accounts)),
            "sumPaid": str(sum(each.paid for each in accounts)),
            "nonzeroBalance": sum(each.balance > 0 for each in accounts),
            "nonzeroPaid": sum(each.paid > 0 for each in accounts),
        },
        "reserializesIdentically": _same(ledger, data),
        "accounts": [_account(each) for each in accounts],
    }


def _same(ledger: Ledger, data: bytes) -> bool:
    try:
        return written(ledger.events) == data
    except LedgerFileError:
        return False


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "subtype": account.subtype,
        "address": account.address,
        "aliases": [alias.address for alias in account.aliases],
        "active": account.active,
        "balance": str(account.balance),
        "paid": str(account.paid),
        "allocationCount": len(account.receipts),
        "payoutAddresses": dict(account.payout_addresses),
        "mergedIdentityIds": list(account.merged_ids),
    }
