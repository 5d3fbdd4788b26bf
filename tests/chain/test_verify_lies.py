# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution` finds each single lie of a node, and names the step.

The document is the true one, of a second epoch. The node in front of the chain tells one thing
falsely: an event of this epoch or of the one before, what a view answers, a transaction that
posted, struck out or put back, the code at an address, or which logs there are.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from millpond.chain.answers import BadAnswer
from millpond.chain.client import connect
from millpond.chain.report import Verdict
from millpond.core.distribution import to_json
from millpond.core.errors import WrongChain
from tests.chain import lies, lies_money
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.chain.tampering import (
    STRANGER,
    Lie,
    call_lie,
    logs_lie,
    more,
)
from tests.chain.told import Told, names, two_epochs


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Both epochs posted, consented to and paid."""
    with two_epochs() as told:
        yield told


ROWS = [
    (f"{group}: {what}", lie, step)
    for group, rows in {
        "posting": lies.POSTINGS,
        "the epoch before": lies.BEFORE,
        "payday": lies_money.PAYDAYS,
        "claim": lies_money.CLAIMS,
        "strike": lies.STRIKES,
        "rule": lies.RULES,
        "review": lies.REVIEW,
        "settled": lies_money.SETTLED,
        "money": lies_money.MONEY,
        "link": lies_money.LINKS,
        "view": lies_money.VIEWS,
        "transaction": lies.POSTING_CALL,
        "logs": lies_money.LOGS,
    }.items()
    for what, lie, step in rows
]


def test_lies__here__are_a_hundred_and_more() -> None:
    assert len({what for what, _, _ in ROWS}) == len(ROWS) > 100


def test_verify__through_a_node_that_tells_no_lie__holds(told: Told) -> None:
    assert told.report().holds


@pytest.mark.parametrize(("lie", "step"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_verify__node_tells_one_lie__found_at_its_step(told: Told, lie: Lie, step: str) -> None:
    with told.liar.telling(lie):
        assert step in names(told.report())


@pytest.mark.parametrize("part", ["Pool", "CredDistributor"])
def test_verify__no_code_where_a_part_should_be__found(told: Told, part: str) -> None:
    place = told.coop.parts[part].lower()

    def empty(question: Any, result: Any) -> Any:
        asked = question["method"] == "eth_getCode" and question["params"][0].lower() == place
        return "0x" if asked else result

    with told.liar.telling(empty):
        assert names(told.report()) == {"parts"}


def test_verify__signer_has_code_beside_her_key__her_signature_counts_all_the_same(
    told: Told,
) -> None:
    """EIP-7702: an account can have both, and the Clerk asks the key first."""
    accounts = {account.lower() for account in told.coop.maintainers}

    def coded(question: Any, result: Any) -> Any:
        asked = question["method"] == "eth_getCode" and question["params"][0].lower() in accounts
        return "0x60" if asked else result

    with told.liar.telling(coded):
        assert told.report().holds


@pytest.mark.parametrize(
    ("function", "step"),
    [("post", "signatures"), ("zero_out", "review signatures"), ("restore", "review signatures")],
)
def test_verify__sent_through_another_contract__signatures_said_to_be_unseen(
    told: Told, function: str, step: str
) -> None:
    with told.liar.telling(call_lie("Clerk", function, lambda _: None, STRANGER)):
        report = told.report()
    assert report.holds
    (unseen,) = report.of(Verdict.UNCHECKED)
    assert unseen.name == step
    assert "came through another contract" in unseen.detail


def test_verify__pot_told_too_low_where_no_more_was_free__found(
    told: Told,
) -> None:
    """The pot is all that is unreserved: then only the Pool's own figure tells what was."""
    with told.liar.telling(lies.posted(1, more("terms", "pot", by=-1))):
        assert names(told.report(to_json(told.first), files={}, history=None)) >= {"pot"}


def test_verify__node_of_another_chain__is_not_asked_further(told: Told) -> None:
    lie: Lie = lambda question, result: "0x1" if question["method"] == "eth_chainId" else result  # noqa: E731
    with told.liar.telling(lie), pytest.raises(WrongChain, match="serves chain 1, not chain 1337"):
        told.report(client=connect(told.liar.url, CHAIN_ID, QUICK))


@pytest.mark.parametrize("false", [{"address": STRANGER}, {"removed": True}], ids=str)
def test_verify__forged_logs_of_elsewhere_or_taken_back__are_no_answer(
    told: Told, false: dict[str, Any]
) -> None:
    lie = logs_lie(lambda logs: [log | false for log in logs])
    with told.liar.telling(lie), pytest.raises(BadAnswer):
        told.report()
