# SPDX-License-Identifier: AGPL-3.0-only
"""Which outside money an account is paid in, and where."""

import json

from millpond.core.ledger.actions import Currency


def currency_key(currency: Currency) -> str:
    """The word for a currency in an account's payout addresses: its JSON with sorted keys."""
    return json.dumps(currency.json, sort_keys=True, separators=(",", ":"))
