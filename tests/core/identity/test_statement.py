# SPDX-License-Identifier: AGPL-3.0-only
"""A statement is its wallet's word about one account, and nothing else is."""

import pytest

from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, MillpondError, SignatureError, StatementError
from millpond.core.identity import Statement, find_statement, posted
from millpond.core.identity.accounts import account_of, discourse_account, github_account
from millpond.core.identity.statement import signed
from tests.core.identity.people import ALICE, BOB, NOON, said, signature

HERS, HIS = github_account(583231), github_account(5)
FORUM = discourse_account("https://forum.example", 12)


def test_text__a_statement__names_account_wallet_and_moment() -> None:
    assert Statement(FORUM, ALICE.address, NOON).text == (
        "Millpond identity statement, version 1\n"
        "\n"
        "This account and this wallet are held by one person: me.\n"
        "Account: discourse:https://forum.example/12\n"
        "Wallet: 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\n"
        "Issued: 2020-09-13T12:26:40Z"
    )


def test_find__what_a_wallet_signed_and_posted__is_found() -> None:
    found = said(HERS, ALICE)
    document = f"# Hello\n\nThis is me:\n```\n{posted(found)}```\nBye.\n"
    assert find_statement(document, HERS) == found
    assert found.statement.proof_hash == keccak256(found.statement.text.encode())


def test_find__other_ends_of_lines__are_forgiven() -> None:
    found = said(FORUM, ALICE)
    assert find_statement(posted(found).replace("\n", "  \r\n"), FORUM) == found


def test_find__several__the_newest_about_the_account_counts() -> None:
    old, new, other = said(HERS, ALICE), said(HERS, BOB, NOON + 1), said(HIS, ALICE, NOON + 9)
    assert find_statement(posted(new) + posted(old) + posted(other), HERS) == new


def test_find__copied_under_another_account__is_refused() -> None:
    with pytest.raises(StatementError, match="about github:583231, not about github:5"):
        find_statement(posted(said(HERS, ALICE)), HIS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("github:583231", "github:583232"),
        ("2020-09-13", "2021-09-13"),
        ("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", BOB.address),
        ("one person: me", "one person: us"),
        ("version 1", "version 2"),
        ("Issued: 2020-09-13T12", "Issued: 2020-02-30T12"),
        ("Signature: 0x", "Signature: 0x00"),
        ("7E5F4552091A69125d5DfCb7b8C2659029395Bdf", "7e5F4552091A69125d5DfCb7b8C2659029395Bdf"),
    ],
)
def test_find__anything_changed__is_refused(before: str, after: str) -> None:
    document = posted(said(HERS, ALICE))
    assert before in document
    with pytest.raises(MillpondError) as caught:
        find_statement(document.replace(before, after), github_account(583231))
    assert caught.value.next_step


def test_signed__by_another_wallet__is_refused() -> None:
    statement = Statement(HERS, ALICE.address, NOON)
    with pytest.raises(SignatureError, match=f"by {BOB.address}, not by {ALICE.address}"):
        signed(statement, signature(statement, BOB))


def test_signed__v_as_some_hardware_wallets_give_it__is_the_same() -> None:
    statement = Statement(HERS, ALICE.address, NOON)
    usual = signature(statement, ALICE)
    parity = int(usual[-2:], 16) - 27
    assert signed(statement, f"{usual[:-2]}{parity:02x}") == signed(statement, usual)


@pytest.mark.parametrize("document", ["", "hello", "-----BEGIN MILLPOND IDENTITY STATEMENT-----"])
def test_find__none_in_it__is_refused(document: str) -> None:
    with pytest.raises(StatementError, match="there is no identity statement in it"):
        find_statement(document, HERS)


def test_find__too_long__is_refused() -> None:
    with pytest.raises(StatementError, match="has more than 1048576 letters"):
        find_statement(" " * (1 << 20) + posted(said(HERS, ALICE)), HERS)


def test_statement__about_an_account_without_a_number__is_refused() -> None:
    old = account_of(["sourcecred", "github", "USERLIKE", "USER", "alice"])
    with pytest.raises(BadInput, match="is not an account"):
        Statement(old, ALICE.address, NOON)


@pytest.mark.parametrize("moment", [0, -1, 10**12])
def test_statement__a_time_that_is_none_in_seconds__is_refused(moment: int) -> None:
    with pytest.raises(StatementError, match="is not a time in seconds"):
        Statement(HERS, ALICE.address, moment)
