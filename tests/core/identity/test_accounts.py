# SPDX-License-Identifier: AGPL-3.0-only
"""Accounts have one spelling, by their numbers."""

import pytest

from millpond.core.errors import BadInput
from millpond.core.identity import account_of, identity_of, parse_account
from millpond.core.identity.accounts import (
    DiscourseUser,
    discourse_account,
    discourse_user,
    forum,
    github_account,
    github_number,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("github:583231", ["sourcecred", "github", "USERLIKE", "ID", "583231"]),
        (
            "discourse:https://Forum.example/12",
            ["sourcecred", "discourse", "userId", "https://forum.example", "12"],
        ),
        (
            "discourse:https://x.example:8443/forum/12",
            ["sourcecred", "discourse", "userId", "https://x.example:8443/forum", "12"],
        ),
    ],
)
def test_parse__an_account_with_a_number__is_its_address(text: str, parts: list[str]) -> None:
    account = parse_account(text)
    assert account == account_of(parts)
    assert identity_of(account).lower() == text.lower()
    assert parse_account(identity_of(account)) == account


def test_parse__parts_of_an_old_address__are_taken_as_they_are() -> None:
    account = parse_account('["sourcecred","github","USERLIKE","USER","alice"]')
    assert account == "N\0sourcecred\0github\0USERLIKE\0USER\0alice\0"
    assert identity_of(account) == "sourcecred:sourcecred/github/USERLIKE/USER/alice"
    assert github_number(account) is None
    assert discourse_user(account) is None


def test_numbers__of_accounts__are_read_back() -> None:
    assert github_number(github_account(7)) == 7
    found = discourse_user(discourse_account("https://forum.example/", 12))
    assert found == DiscourseUser("https://forum.example", 12)


@pytest.mark.parametrize(
    "text",
    ["", "alice", "github:alice", "github:0", "github:-1", "github:\u0663", "github:1 ",
     "github:" + "9" * 20, "discourse:12", "discourse:forum.example/12", "discourse:https://forum.example/alice",
     "discourse:https://forum.example?x/12", "discourse:https://[/1", "[", "[1]", "{}", "[]",
     '[""]',
     '["a\\u0000b"]', '["sourcecred","github","USERLIKE","ID","alice"]',
     '["sourcecred","github","USERLIKE","ID","007"]', '["sourcecred","github","USERLIKE","ID"]',
     '["sourcecred","discourse","userId","https://FORUM.example","12"]',
     '["sourcecred","discourse","userId","https://forum.example/","12"]',
     '["sourcecred","discourse","userId","https://forum.example","x"]', "[" * 5000],
)  # fmt: skip
def test_parse__no_account__is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_account(text)
    assert caught.value.next_step


def test_forum__an_ipv6_host__keeps_its_brackets() -> None:
    assert forum("http://[::1]:3000/") == "http://[::1]:3000"
