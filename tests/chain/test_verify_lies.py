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
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.chain.tampering import (
    STRANGER,
    Change,
    Lie,
    batches,
    call_lie,
    claimed,
    event_lie,
    flipped,
    logs_lie,
    more,
    of_epoch,
    paid_out,
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
    ("filed under another epoch", posted(2, more("epoch")), "terms"),
    ("filed under another attempt", posted(2, more("attempt")), "terms"),
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
    ("its document", posted(1, put(flipped, "data_hash")), "previous"),
    ("filed under another epoch", posted(1, put(3, "epoch")), "terms"),
    ("what it struck out", final(1, more("excluded")), "outcome"),
    ("its end of claims", final(1, more("closes_at")), "outcome"),
    ("who was paid in it", paid_out(1, put(b"\x01" * 32, "subject")), "pot"),
    ("how much", paid_out(1, more("amount", by=-1)), "payments"),
    (
        "what its cap took",
        event_lie(DISTRIBUTOR, "ShareCapped", of_epoch(1, more("excess", by=-1))),
        "pot",
    ),
]

PAYDAYS: list[Row] = [
    ("who", paid_out(2, put(b"\x01" * 32, "subject")), "claims"),
    ("at which account", paid_out(2, put(STRANGER, "payee")), "payees"),
    ("not what the Pool paid", paid_out(2, put(STRANGER, "payee")), "payments"),
    ("one less", paid_out(2, more("amount", by=-1)), "claims"),
    ("one more than the Pool paid", paid_out(2, more("amount")), "payments"),
    ("nothing", paid_out(2, put(0, "amount")), "claims"),
    ("no grain", paid_out(2, put(0, "grain")), "claims"),
    ("for the other epoch", paid_out(2, put(1, "epoch")), "claims"),
    (
        "for nobody",
        event_lie(DISTRIBUTOR, "PaidOut", put([], "leaves")),
        "claims",
    ),
]

CLAIMS: list[Row] = [
    ("who", claimed(2, lambda args, _: args.update(subject=b"\x01" * 32)), "claims"),
    ("at which account", claimed(2, lambda args, _: args.update(payee=STRANGER)), "payees"),
    ("to which account", claimed(2, lambda args, _: args.update(to=STRANGER)), "payments"),
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
    ("a longer time to claim", policy("claim_window", 1), "outcome"),
    ("nobody to be struck out", policy("zero_out_bps", 1), "struck out"),
    ("more members to restore", policy("restorers", 3), "review signatures"),
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
    ("raised by another", proposal(STRANGER, "proposer"), "proposal"),
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
        ("Reserved", "less for the pot", more("amount", by=-1), "pot"),
        ("Released", "one less", more("amount", by=-1), "books"),
        ("Released", "less than was claimed", more("amount", by=-1), "payments"),
        ("Released", "to another", put(STRANGER, "to"), "payments"),
        ("ReleasedMany", "from another earmark", more("earmark_id"), "events"),
        ("ReleasedMany", "another asset", put(STRANGER, "asset"), "events"),
        ("ReleasedMany", "nobody", put([], "batch"), "payments"),
        ("Released", "from another earmark", more("earmark_id"), "events"),
        ("Released", "another asset", put(STRANGER, "asset"), "events"),
        ("Unreserved", "one less", more("amount", by=-1), "events"),
        ("Unreserved", "another asset", put(STRANGER, "asset"), "events"),
    ]
]

MONEY += [
    ("ReleasedMany: one less", batches(more("amount", by=-1)), "books"),
    ("ReleasedMany: less than was paid", batches(more("amount", by=-1)), "payments"),
    ("ReleasedMany: to another", batches(put(STRANGER, "payee")), "payments"),
]


def strikes(change: Change) -> Lie:
    """Who was struck out is told otherwise."""
    return event_lie(DISTRIBUTOR, "ZeroedOut", change)


def restorings(change: Change) -> Lie:
    """So is who was put back."""
    return event_lie(DISTRIBUTOR, "Restored", change)


def strike_call(change: Change) -> Lie:
    """The transactions that struck out had another argument."""
    return call_lie("Clerk", "zero_out", change)


def restore_call(change: Change) -> Lie:
    """So had the one that put back."""
    return call_lie("Clerk", "restore", change)


STRIKES: list[Row] = [
    ("of another", strikes(put(b"\x01" * 32, "subject")), "struck out"),
    ("of less", strikes(more("cred", by=-1)), "struck out"),
    ("in another epoch", strikes(put(1, "epoch")), "struck out"),
    ("in another attempt", strikes(more("attempt")), "struck out"),
    *(
        (f"{what}: {which}", lie(change), "review signatures")
        for what, change in [
            ("for another reason", put(flipped, "reason_hash")),
            ("by nobody", put([], "signers")),
            ("by one", put(lambda who: who[:1], "signers")),
            ("by a stranger too", put(lambda who: [who[0], STRANGER], "signers")),
        ]
        for which, lie in [("event, struck out", strikes), ("event, put back", restorings)]
    ),
    *(
        (f"{what}: {which}", lie(change), "review signatures")
        for what, change in [
            ("another distributor", put(STRANGER, "distributor")),
            ("another epoch", more("epoch")),
            ("another root", put(flipped, "terms", "root")),
            ("another pot", more("terms", "pot_and_total")),
            ("another reason", put(flipped, "reason_hash")),
            ("another deadline", more("deadline")),
            ("signers exchanged", put(lambda who: who[::-1], "signers")),
            ("a signature less", put(lambda signed: signed[1:], "signatures")),
            ("empty signatures", put([b"", b""], "signatures")),
            ("signatures exchanged", put(lambda signed: signed[::-1], "signatures")),
        ]
        for which, lie in [("call, struck out", strike_call), ("call, put back", restore_call)]
    ),
    ("call, another leaf", strike_call(more("leaf", "index")), "review signatures"),
    ("call, another cred", strike_call(more("leaf", "cred")), "review signatures"),
    ("call, another subject", restore_call(put(flipped, "subject")), "review signatures"),
    ("call, another place", restore_call(more("index")), "review signatures"),
    ("no members", view_lie(GOVERNOR, "member_words", lambda _: 0), "review signatures"),
    (
        "members who joined later",
        view_lie(GOVERNOR, "member_words", lambda word: word | (2**40 - 1) << 32),
        "review signatures",
    ),
    (
        "members who had left",
        view_lie(GOVERNOR, "member_words", lambda word: word | 1 << 72),
        "review signatures",
    ),
]

VIEWS: list[Row] = [
    (f"{contract}.{view}: {what}", view_lie(contract, view, change), step)
    for contract, view, what, change, step in [
        (DISTRIBUTOR, "pool", "a foreign pool", lambda _: STRANGER, "parts"),
        (POOL, "governor", "a foreign Governor", lambda _: STRANGER, "ballots"),
        (DISTRIBUTOR, "epoch_hash_of", "another hash", flipped, "outcome"),
        (DISTRIBUTOR, "epoch_hash_of", "none", lambda _: bytes(32), "outcome"),
        (DISTRIBUTOR, "head", "another is final", lambda h: h._replace(finalised=3), "state"),
        (DISTRIBUTOR, "head", "one is open", lambda h: h._replace(open_version=1), "state"),
        (DISTRIBUTOR, "head", "a newer policy", lambda h: h._replace(policy_version=2), "state"),
        (DISTRIBUTOR, "maintainer_set", "newer ones", lambda s: (2, *s[1:]), "state"),
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
    """The transactions that posted had another argument."""
    return call_lie("Clerk", "post", put(value, field))


def one_signed(args: dict[str, Any]) -> None:
    """Only the first of those who signed is there."""
    args["signers"], args["signatures"] = args["signers"][:1], args["signatures"][:1]


one_less = call_lie("Clerk", "post", one_signed)

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
    ("one signer less", call(lambda who: who[1:], "signers"), "signatures"),
    ("another distributor", call(STRANGER, "distributor"), "signatures"),
    ("another epoch", call(lambda number: number + 1, "epoch"), "signatures"),
    ("another root", call(flipped, "root"), "signatures"),
    ("another total", call(lambda total: total + 1, "total_cred"), "signatures"),
    ("another number of leaves", call(lambda count: count + 1, "leaf_count"), "signatures"),
    ("another document", call(flipped, "data_hash"), "signatures"),
    ("another address of it", call("https://other.example", "uri"), "signatures"),
    ("one signed less, one signer less", one_less, "signatures"),
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
    ("none at all", logs_lie(lambda _: []), "posted"),
    ("no claims", without_event(DISTRIBUTOR, "Claimed"), "claims"),
    ("no claims of what the Pool paid", without_event(DISTRIBUTOR, "Claimed"), "payments"),
    ("no paydays", without_event(DISTRIBUTOR, "PaidOut"), "claims"),
    ("no strikes", without_event(DISTRIBUTOR, "ZeroedOut"), "struck out"),
    ("nobody put back", without_event(DISTRIBUTOR, "Restored"), "struck out"),
    ("no caps", without_event(DISTRIBUTOR, "ShareCapped"), "claims"),
    ("no policy", without_event(DISTRIBUTOR, "PolicySet"), "events"),
    ("no maintainers", without_event(DISTRIBUTOR, "MaintainersSet"), "state"),
    ("no gifts", without_event(POOL, "Given"), "events"),
    ("no surplus", without_event(POOL, "Synced"), "books"),
    ("no promises", without_event(POOL, "Reserved"), "events"),
    ("no promise taken back", without_event(POOL, "Unreserved"), "events"),
    ("no payments", without_event(POOL, "Released"), "books"),
    ("no payments to whom claimed", without_event(POOL, "Released"), "payments"),
    ("no batches of payments", without_event(POOL, "ReleasedMany"), "payments"),
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
        "payday": PAYDAYS,
        "claim": CLAIMS,
        "strike": STRIKES,
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
    with told.liar.telling(posted(1, more("terms", "pot", by=-1))):
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
