# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond verify distribution` finds each single lie of a node, and names the step.

The document is the true one, of a second epoch. The node in front of the chain tells one thing
falsely: an event of this epoch or of the one before, what a view answers, the transaction that
posted, the code at an address, or which logs there are.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from millpond.chain.answers import BadAnswer
from millpond.chain.client import connect
from millpond.core.errors import WrongChain
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.chain.tampering import (
    STRANGER,
    Change,
    Lie,
    call_lie,
    claimed,
    event_lie,
    flipped,
    logs_lie,
    more,
    of_epoch,
    put,
    view_lie,
    without_event,
)
from tests.chain.told import Told, names, two_epochs

Row = tuple[str, Lie, str]
"""What is told falsely, how, and the step that must say so."""
POOL, GOVERNOR, DISTRIBUTOR = "Pool", "Governor", "CredDistributor"


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Both epochs posted, consented to and paid."""
    with two_epochs() as told:
        yield told


def posted(epoch: int, change: Change) -> Lie:
    """The posting of an epoch says something else."""
    return event_lie(DISTRIBUTOR, "DistributionPosted", of_epoch(epoch, change))


def final(epoch: int, change: Change) -> Lie:
    """What was made final of it likewise."""
    return event_lie(DISTRIBUTOR, "DistributionFinalised", of_epoch(epoch, change))


POSTINGS: list[Row] = [
    ("epoch of the terms", posted(2, more("terms", "epoch")), "events"),
    ("attempt of the terms", posted(2, more("terms", "attempt")), "events"),
    ("another root", posted(2, put(flipped, "terms", "root")), "posted root"),
    ("a smaller total", posted(2, more("terms", "total_cred", by=-1)), "posted total"),
    ("twice the leaves", posted(2, more("terms", "leaf_count", by=42)), "posted leaf count"),
    ("the earmark of the rest", posted(2, put(0, "terms", "earmark")), "terms"),
    ("another asset", posted(2, put(STRANGER, "terms", "asset")), "terms"),
    ("a larger pot", posted(2, more("terms", "pot")), "pot"),
    ("no pot", posted(2, put(0, "terms", "pot")), "outcome"),
    ("no minimum", posted(2, put(0, "terms", "minimum")), "terms"),
    ("no grain", posted(2, put(0, "terms", "grain_per_epoch")), "terms"),
    ("no cap", posted(2, put(10_000, "terms", "signer_cap_bps")), "posted"),
    ("old maintainers", posted(2, put(0, "terms", "maintainers_version")), "outcome"),
    ("another proposal", posted(2, more("proposal_id")), "proposal"),
    ("another document", posted(2, put(flipped, "data_hash")), "posted data hash"),
    ("another address of it", posted(2, put("https://other.example", "uri")), "signatures"),
    ("no signers", posted(2, put([], "signers")), "signatures"),
    ("one signer", posted(2, put(lambda who: who[:1], "signers")), "signatures"),
    ("a signer twice", posted(2, put(lambda who: [who[0]] * 2, "signers")), "signatures"),
    ("a strange signer", posted(2, put(lambda who: [who[0], STRANGER], "signers")), "signatures"),
    ("another hash kept", final(2, put(flipped, "epoch_hash")), "outcome"),
    ("something struck out", final(2, put(7, "excluded")), "outcome"),
    ("a shorter time to claim", final(2, more("closes_at", by=-1)), "outcome"),
    ("final by another attempt", final(2, more("attempt")), "events"),
    ("another epoch final", final(2, put(1, "epoch")), "outcome"),
]

# The hash of an epoch has that of the one before in it, so the past cannot be changed either.
BEFORE: list[Row] = [
    ("its epoch", posted(1, more("terms", "epoch")), "events"),
    ("its attempt", posted(1, more("terms", "attempt")), "events"),
    ("its root", posted(1, put(flipped, "terms", "root")), "outcome"),
    ("its total", posted(1, more("terms", "total_cred")), "outcome"),
    ("its leaves", posted(1, more("terms", "leaf_count")), "outcome"),
    ("its earmark", posted(1, more("terms", "earmark")), "outcome"),
    ("its asset", posted(1, put(STRANGER, "terms", "asset")), "outcome"),
    ("its pot", posted(1, more("terms", "pot")), "outcome"),
    ("its minimum", posted(1, more("terms", "minimum")), "outcome"),
    ("its grain", posted(1, more("terms", "grain_per_epoch")), "outcome"),
    ("its cap", posted(1, more("terms", "signer_cap_bps")), "outcome"),
    ("its maintainers", posted(1, more("terms", "maintainers_version")), "outcome"),
    ("what it struck out", final(1, more("excluded")), "outcome"),
    ("its end of claims", final(1, more("closes_at")), "outcome"),
    ("who claimed in it", claimed(1, lambda args, _: args.update(subject=b"\x01" * 32)), "pot"),
    (
        "what its cap took",
        event_lie(DISTRIBUTOR, "ShareCapped", of_epoch(1, more("excess", by=-1))),
        "pot",
    ),
]

CLAIMS: list[Row] = [
    ("who", claimed(2, lambda args, _: args.update(subject=b"\x01" * 32)), "claims"),
    ("at which account", claimed(2, lambda args, _: args.update(payee=STRANGER)), "payees"),
    ("one less", claimed(2, lambda _, share: share.update(amount=share["amount"] - 1)), "claims"),
    ("nothing", claimed(2, lambda _, share: share.update(amount=0)), "claims"),
    ("no grain", claimed(2, lambda _, share: share.update(grain=0)), "claims"),
    ("for the other epoch", claimed(2, lambda _, share: share.update(epoch=1)), "claims"),
    ("for no epoch", claimed(2, lambda args, _: args.update(shares=[])), "claims"),
    (
        "more over the cap",
        event_lie(DISTRIBUTOR, "ShareCapped", of_epoch(2, more("excess"))),
        "claims",
    ),
    (
        "nothing over the cap",
        event_lie(DISTRIBUTOR, "ShareCapped", of_epoch(2, put(0, "excess"))),
        "claims",
    ),
    (
        "over the cap of another",
        event_lie(DISTRIBUTOR, "ShareCapped", put(flipped, "subject")),
        "claims",
    ),
]


def policy(field: str, value: Any) -> Lie:
    """The policy in force is another."""
    return event_lie(DISTRIBUTOR, "PolicySet", put(value, "policy", field))


def maintainers(change: Change) -> Lie:
    """So are the maintainers."""
    return event_lie(DISTRIBUTOR, "MaintainersSet", change)


RULES: list[Row] = [
    ("income of another earmark", policy("income_earmark", 0), "pot"),
    ("half of the income", policy("payout_bps", 5_000), "pot"),
    ("another asset", policy("asset", STRANGER), "terms"),
    ("a lower minimum", policy("minimum", 1), "terms"),
    ("less grain", policy("grain_per_epoch", 1), "terms"),
    ("a lower cap", policy("signer_cap_bps", 1_000), "terms"),
    ("another earmark pays", event_lie(DISTRIBUTOR, "PolicySet", more("pot_earmark")), "terms"),
    ("all have to sign", maintainers(put(3, "needed")), "signatures"),
    (
        "a stranger among them",
        maintainers(put(STRANGER, "maintainers", 2, "account")),
        "maintainers",
    ),
    ("one less", maintainers(put(lambda who: who[1:], "maintainers")), "maintainers"),
    ("a leaf of hers hidden", maintainers(put([], "maintainers", 0, "subjects")), "maintainers"),
    (
        "a leaf for another",
        maintainers(put([b"\x01" * 32], "maintainers", 1, "subjects")),
        "maintainers",
    ),
]


def ballots(value: Any, field: str) -> Lie:
    """Each ballot says something else."""
    return event_lie(GOVERNOR, "VoteCast", put(value, field))


def proposal(value: Any, field: str) -> Lie:
    """So does each proposal."""
    return event_lie(GOVERNOR, "ProposalCreated", put(value, field))


REVIEW: list[Row] = [
    ("everybody objects", ballots(0, "support"), "ballots"),
    ("everybody abstains", ballots(2, "support"), "ballots"),
    ("one voter for all", ballots(STRANGER, "voter"), "ballots"),
    ("ballots on another proposal", ballots(7, "proposalId"), "ballots"),
    ("another proposal", proposal(lambda number: number + 1, "proposalId"), "proposal"),
    ("another text", proposal("Pay us", "description"), "proposal"),
    (
        "a text without the hash",
        proposal(lambda text: text.replace("0x", "0y"), "description"),
        "proposal",
    ),
    (
        "a text without the address",
        proposal(lambda text: text.replace("https", "gopher"), "description"),
        "proposal",
    ),
    ("another target", proposal([STRANGER], "targets"), "proposal"),
    ("money with it", proposal([1], "values"), "proposal"),
    ("another call", proposal(lambda calls: [calls[0][:-1] + b"\x09"], "calldatas"), "proposal"),
    ("no calls", proposal([b""], "calldatas"), "proposal"),
]

MONEY: list[Row] = [
    (f"{event}: {what}", event_lie(POOL, event, change), step)
    for event, what, change, step in [
        ("Given", "one less", more("amount", by=-1), "events"),
        ("Given", "to another earmark", more("earmark_id"), "events"),
        ("Given", "another asset", put(STRANGER, "asset"), "events"),
        ("Synced", "one less", more("amount", by=-1), "books"),
        ("Synced", "another asset", put(STRANGER, "asset"), "books"),
        ("Reserved", "one less", more("amount", by=-1), "books"),
        ("Reserved", "in another earmark", more("earmark_id"), "events"),
        ("Reserved", "another asset", put(STRANGER, "asset"), "events"),
        ("Released", "one less", more("amount", by=-1), "books"),
        ("Released", "from another earmark", more("earmark_id"), "events"),
        ("Released", "another asset", put(STRANGER, "asset"), "events"),
        ("Unreserved", "one less", more("amount", by=-1), "events"),
        ("Unreserved", "another asset", put(STRANGER, "asset"), "events"),
    ]
]

VIEWS: list[Row] = [
    (f"{contract}.{view}: {what}", view_lie(contract, view, change), step)
    for contract, view, what, change, step in [
        (DISTRIBUTOR, "pool", "a foreign pool", lambda _: STRANGER, "parts"),
        (POOL, "governor", "a foreign Governor", lambda _: STRANGER, "ballots"),
        (DISTRIBUTOR, "epoch_hash_of", "another hash", flipped, "outcome"),
        (DISTRIBUTOR, "epoch_hash_of", "none", lambda _: bytes(32), "outcome"),
        (DISTRIBUTOR, "paid_of", "one more", lambda paid: paid + 1, "claims"),
        (DISTRIBUTOR, "paid_of", "nothing", lambda _: 0, "claims"),
        (DISTRIBUTOR, "payee_of", "somebody else", lambda _: STRANGER, "payees"),
        (GOVERNOR, "proposalVotes", "one more against", lambda v: (v[0] + 1, *v[1:]), "ballots"),
        (GOVERNOR, "proposalVotes", "one less for", lambda v: (v[0], v[1] - 1, v[2]), "ballots"),
        (GOVERNOR, "proposalVotes", "one abstains", lambda v: (*v[:2], v[2] + 1), "ballots"),
        (GOVERNOR, "state", "defeated", lambda _: 3, "outcome"),
        (GOVERNOR, "state", "canceled", lambda _: 2, "outcome"),
        (GOVERNOR, "state", "active", lambda _: 1, "outcome"),
        (POOL, "received", "one more", lambda amount: amount + 1, "books"),
        (POOL, "balance_of", "one more", lambda amount: amount + 1, "books"),
        (POOL, "reserved", "one more", lambda amount: amount + 1, "books"),
        (POOL, "held", "one more", lambda amount: amount + 1, "books"),
    ]
]


def call(value: Any, field: str) -> Lie:
    """The transaction that posted had another argument."""
    return call_lie("Clerk", "post", put(value, field))


POSTING_CALL: list[Row] = [
    ("another deadline", call(lambda until: until + 1, "deadline"), "signatures"),
    ("signers exchanged", call(lambda who: who[::-1], "signers"), "signatures"),
    ("signatures exchanged", call(lambda signed: signed[::-1], "signatures"), "signatures"),
    (
        "a short signature",
        call(lambda signed: [signed[0][:-1], signed[1]], "signatures"),
        "signatures",
    ),
    ("a signature twice", call(lambda signed: [signed[0]] * 2, "signatures"), "signatures"),
    ("a signature less", call(lambda signed: signed[1:], "signatures"), "signatures"),
    ("empty signatures", call([b"", b""], "signatures"), "signatures"),
    ("another signer", call(lambda who: [who[0], STRANGER], "signers"), "signatures"),
]


def moved(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each log a thousand places later, once more."""
    return [log | {"logIndex": hex(int(log["logIndex"], 16) + 1000)} for log in logs]


def turned(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of each block the other way round."""
    return [log | {"logIndex": hex(1000 - int(log["logIndex"], 16))} for log in logs]


LOGS: list[Row] = [
    ("no posting", without_event(DISTRIBUTOR, "DistributionPosted"), "events"),
    ("no end of the review", without_event(DISTRIBUTOR, "DistributionFinalised"), "outcome"),
    ("no claims", without_event(DISTRIBUTOR, "Claimed"), "claims"),
    ("no caps", without_event(DISTRIBUTOR, "ShareCapped"), "claims"),
    ("no policy", without_event(DISTRIBUTOR, "PolicySet"), "events"),
    ("no maintainers", without_event(DISTRIBUTOR, "MaintainersSet"), "claims"),
    ("no gifts", without_event(POOL, "Given"), "events"),
    ("no surplus", without_event(POOL, "Synced"), "books"),
    ("no promises", without_event(POOL, "Reserved"), "events"),
    ("no promise taken back", without_event(POOL, "Unreserved"), "events"),
    ("no payments", without_event(POOL, "Released"), "books"),
    ("no ballots", without_event(GOVERNOR, "VoteCast"), "ballots"),
    ("no proposals", without_event(GOVERNOR, "ProposalCreated"), "proposal"),
    ("all twice", logs_lie(lambda logs: logs + moved(logs)), "claims"),
    ("the first missing", logs_lie(lambda logs: logs[1:]), "claims"),
    ("the last missing", logs_lie(lambda logs: logs[:-1]), "books"),
    ("in another order", logs_lie(turned), "pot"),
]

ROWS = [
    (f"{group}: {what}", lie, step)
    for group, rows in {
        "posting": POSTINGS,
        "the epoch before": BEFORE,
        "claim": CLAIMS,
        "rule": RULES,
        "review": REVIEW,
        "money": MONEY,
        "view": VIEWS,
        "transaction": POSTING_CALL,
        "logs": LOGS,
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


def test_verify__account_of_a_signer_that_has_code__found_as_no_wallet_that_signed(
    told: Told,
) -> None:
    accounts = {account.lower() for account in told.coop.maintainers}

    def coded(question: Any, result: Any) -> Any:
        asked = question["method"] == "eth_getCode" and question["params"][0].lower() in accounts
        return "0x60" if asked else result

    with told.liar.telling(coded):
        assert names(told.report()) == {"signatures"}


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
