# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond identity`: from a signed statement in a forum to one person in the log."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from millpond.core.identity import Statement, parse_account
from tests.cli.conftest import Ran
from tests.core.identity.people import ALICE, NOON, signature
from tests.sources.server import Asked, Place, Reply, as_json, running

MOMENT = "2020-09-13T12:26:40Z"


@pytest.fixture
def forum() -> Iterator[tuple[Place, dict[str, Any]]]:
    """A forum with one post, which a test writes."""
    post: dict[str, Any] = {"id": 7, "raw": "", "username": "alice", "user_id": 12}

    def answer(asked: Asked) -> Reply:
        return as_json(post) if asked.path == "/posts/7.json" else as_json({}, 404)

    with running(answer) as place:
        yield place, post


def _sign(text: str) -> str:
    """What her wallet answers to the text."""
    account = parse_account(text.partition("Account: ")[2].partition("\n")[0])
    return signature(Statement(account, ALICE.address, NOON), ALICE)


def test_identity__from_statement_to_person__step_by_step(
    millpond: Callable[..., Ran], forum: tuple[Place, dict[str, Any]], tmp_path: Path
) -> None:
    place, post = forum
    account = f"discourse:{place.url}/12"
    asked = ("identity", "statement", account, "--wallet", ALICE.address, "--issued", MOMENT)
    text = millpond(*asked, "--json").json
    assert text["issued"] == MOMENT
    block = millpond(*asked, "--signature", _sign(text["text"]))
    assert block.out.startswith("-----BEGIN MILLPOND IDENTITY STATEMENT-----\n")
    post["raw"] = f"It is me:\n\n{block.out}"

    where = f"{place.url}/p/7"
    checked = millpond("identity", "check", account, "--at", where, "--json").json
    assert (checked["wallet"], checked["name"]) == (ALICE.address, "alice")

    linked = millpond("identity", "link", tmp_path, account, "--at", where, "--by", "ann")
    assert linked.status == 0
    again = millpond("identity", "link", tmp_path, account, "--at", where, "--by", "ann")
    assert again.status == 3
    assert "was linked by a statement as new as this one" in again.err

    because = ("--reason", "said so in a call", "--by", "ann")
    merge = millpond("identity", "merge", tmp_path, account, "github:583231", *because, "--json")
    log = millpond("identity", "log", tmp_path, "--json").json
    assert log["head"] == merge.json["head"]
    assert log["people"] == [
        {
            "identity": account,
            "name": "alice",
            "wallet": ALICE.address,
            "accounts": [account, "github:583231"],
        }
    ]

    assert millpond("identity", "undo", tmp_path, 2, *because).status == 0
    later = millpond("identity", "log", tmp_path, "--head", log["head"])
    assert later.status == 0
    assert "    2  " in later.out
    assert "(undone)" in later.out
    assert millpond("identity", "log", tmp_path, "--json").json["people"][0]["accounts"] == [
        account
    ]


def test_log__a_head_that_it_never_had__exits_1(
    millpond: Callable[..., Ran], tmp_path: Path
) -> None:
    ran = millpond("identity", "log", tmp_path, "--head", "0x" + "11" * 32)
    assert ran.status == 1
    assert "is not the beginning of this one" in ran.out


def test_check__a_post_without_a_statement__exits_3_and_names_the_next_step(
    millpond: Callable[..., Ran], forum: tuple[Place, dict[str, Any]]
) -> None:
    place, _ = forum
    account = f"discourse:{place.url}/12"
    ran = millpond("identity", "check", account, "--at", f"{place.url}/p/7")
    assert ran.status == 3
    assert "there is no identity statement in it" in ran.err
    assert "Next: " in ran.err


@pytest.mark.parametrize(
    "wrong",
    [("--issued", "yesterday"), ("--issued", "2020-01-01T00:00:00"), ("--signature", "0x12")],
)
def test_statement__what_does_not_fit__exits_3(
    millpond: Callable[..., Ran], wrong: tuple[str, str]
) -> None:
    ran = millpond("identity", "statement", "github:5", "--wallet", ALICE.address, *wrong)
    assert ran.status == 3


def test_statement__without_a_moment__says_now(millpond: Callable[..., Ran]) -> None:
    first = millpond("identity", "statement", "github:5", "--wallet", ALICE.address.lower())
    assert "Account: github:5\nWallet: " + ALICE.address in first.out
    moment = first.out.partition("Issued: ")[2].strip()
    again = millpond(
        "identity", "statement", "github:5", "--wallet", ALICE.address, "--issued", moment
    )
    assert again.out == first.out


def test_undo__of_nothing__exits_3(millpond: Callable[..., Ran], tmp_path: Path) -> None:
    ran = millpond("identity", "undo", tmp_path, 1, "--reason", "x", "--by", "ann")
    assert ran.status == 3
    assert not (tmp_path / "data").exists()
