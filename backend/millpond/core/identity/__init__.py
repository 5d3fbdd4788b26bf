# SPDX-License-Identifier: AGPL-3.0-only
"""Identities: one person across sources, by what she proved and what was merged, for good record.

accounts     an account of a source: by its number there, never by its login
statement    "this account and this wallet are mine", signed by the wallet
log          the record: each line holds the hash of the one before
people       who is who, by the record
"""

from millpond.core.identity.accounts import Account, account_of, identity_of, parse_account
from millpond.core.identity.log import Entry, Link, Log, Merge, Undo, appended, read_log
from millpond.core.identity.people import Identity, merged
from millpond.core.identity.statement import Signed, Statement, find_statement, posted

__all__ = [
    "Account",
    "Entry",
    "Identity",
    "Link",
    "Log",
    "Merge",
    "Signed",
    "Statement",
    "Undo",
    "account_of",
    "appended",
    "find_statement",
    "identity_of",
    "merged",
    "parse_account",
    "posted",
    "read_log",
]
