# SPDX-License-Identifier: AGPL-3.0-only
"""Wallets that sign statements, by eth-account: another's code than the one that checks them."""

from eth_account import Account as Wallets
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount

from millpond.core.identity import Account, Link, Signed, Statement
from millpond.core.identity.statement import signed

NOON = 1_600_000_000


def wallet(number: int) -> LocalAccount:
    """The wallet with this number as its key."""
    found: LocalAccount = Wallets.from_key(number.to_bytes(32, "big"))
    return found


ALICE, BOB = wallet(1), wallet(2)


def said(account: Account, by: LocalAccount, issued_s: int = NOON) -> Signed:
    """A statement about an account, signed by the wallet that it names."""
    statement = Statement(account, by.address, issued_s)
    return signed(statement, signature(statement, by))


def signature(statement: Statement, by: LocalAccount) -> str:
    """What a wallet answers when it is asked to sign the text."""
    return "0x" + bytes(by.sign_message(encode_defunct(text=statement.text)).signature).hex()


def link(account: Account, by: LocalAccount, issued_s: int = NOON, name: str = "") -> Link:
    """A link by such a statement."""
    return Link(said(account, by, issued_s), "https://gist.example/1", name or by.address[:8])
