# SPDX-License-Identifier: AGPL-3.0-only
"""Lies about a posting, its rules, review and signers: what is told, and which step says so."""

from collections.abc import Mapping
from typing import Any

from millpond.chain import abi
from tests.chain.tampering import (
    STRANGER,
    Change,
    Lie,
    call_lie,
    event_lie,
    flipped,
    more,
    of_epoch,
    paid_out,
    put,
    view_lie,
)

Row = tuple[str, Lie, str]
"""What is told falsely, how, and the step that must say so."""
POOL, GOVERNOR, DISTRIBUTOR, IDENTITY = "Pool", "Governor", "CredDistributor", "Identity"


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


def restored_instead(question: Mapping[str, Any], result: Any) -> Any:
    """The transactions that struck out put back instead, by the same people."""
    if not _is_call(question):
        return result
    clerk = abi.load("Clerk")
    function, args = clerk.decode_call(bytes.fromhex(result["input"][2:]))
    if function.name != "zero_out":
        return result
    distributor, epoch, terms, leaf, _, *signed = args
    about = (distributor, epoch, terms, leaf.subject, leaf.index, *signed)
    return result | {"input": "0x" + clerk.function("restore", len(about)).encode(about).hex()}


def mined_elsewhere(question: Mapping[str, Any], result: Any) -> Any:
    """All transactions were in another block."""
    return result | {"blockNumber": "0x1"} if _is_call(question) else result


def _is_call(question: Mapping[str, Any]) -> bool:
    return bool(question["method"] == "eth_getTransactionByHash")


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
            ("the first signature missing", put(lambda signed: signed[1:], "signatures")),
            ("the last signature missing", put(lambda signed: signed[:-1], "signatures")),
            ("empty signatures", put([b"", b""], "signatures")),
            ("signatures exchanged", put(lambda signed: signed[::-1], "signatures")),
        ]
        for which, lie in [("call, struck out", strike_call), ("call, put back", restore_call)]
    ),
    ("call, another leaf", strike_call(more("leaf", "index")), "review signatures"),
    ("call, another cred", strike_call(more("leaf", "cred")), "review signatures"),
    ("call, another subject", restore_call(put(flipped, "subject")), "review signatures"),
    ("call, of another kind", restored_instead, "review signatures"),
    ("call, in another block", mined_elsewhere, "review signatures"),
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
        call(lambda signed: [signed[0][:-2], signed[1]], "signatures"),
        "signatures",
    ),
    ("a signature twice", call(lambda signed: [signed[0]] * 2, "signatures"), "signatures"),
    ("the first signature missing", call(lambda signed: signed[1:], "signatures"), "signatures"),
    ("the last signature missing", call(lambda signed: signed[:-1], "signatures"), "signatures"),
    ("in another block", mined_elsewhere, "signatures"),
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
