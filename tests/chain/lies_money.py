# SPDX-License-Identifier: AGPL-3.0-only
"""Lies about money and logs: what is told, and which step of the check says so."""

from typing import Any

from millpond.chain import abi
from tests.chain.lies import DISTRIBUTOR, GOVERNOR, IDENTITY, POOL, Row
from tests.chain.tampering import (
    STRANGER,
    batches,
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


SETTLED: list[Row] = [
    (what, event_lie(DISTRIBUTOR, "SettledOffChain", change), step)
    for what, change, step in [
        ("who", put(b"\x01" * 32, "subject"), "claims"),
        ("at which account", put(STRANGER, "payee"), "payees"),
        ("one less", more("amount", by=-1), "claims"),
        ("one more", more("amount"), "claims"),
        ("no grain", put(0, "grain"), "claims"),
        ("in the other epoch", put(1, "epoch"), "claims"),
    ]
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


def moved(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each log a thousand places later, once more."""
    return [log | {"logIndex": hex(int(log["logIndex"], 16) + 1000)} for log in logs]


def turned(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of each block the other way round."""
    return [log | {"logIndex": hex(1000 - int(log["logIndex"], 16))} for log in logs]


LINKS: list[Row] = [
    (f"{event}: {what}", event_lie(IDENTITY, event, change), "payees")
    for event, what, change in [
        ("LinkProposed", "another account", put(STRANGER, "account")),
        ("LinkProposed", "of another identity", put(flipped, "identity")),
        ("LinkProposed", "by another pool", put(STRANGER, "pool")),
        ("LinkProposed", "not in force yet", put(2**39, "effective_at")),
    ]
]
LINKS += [
    ("none", without_event(IDENTITY, "LinkProposed"), "payees"),
    ("another registry", view_lie(DISTRIBUTOR, "identity", lambda _: STRANGER), "payees"),
]


def owing(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Beside each batch that the Pool paid, a debt to somebody who was not in it."""
    batch, owed = (abi.load(POOL).event(name).topic.hex() for name in ("ReleasedMany", "Owed"))
    paid = [log for log in logs if log["topics"][0] == f"0x{batch}"]
    debts = [
        log
        | {
            "logIndex": hex(int(log["logIndex"], 16) + 1000),
            "topics": [f"0x{owed}", f"0x{STRANGER[2:]:0>64}", log["topics"][2]],
            "data": f"0x{1:064x}",
        }
        for log in paid
    ]
    return logs + debts


LOGS: list[Row] = [
    ("no posting", without_event(DISTRIBUTOR, "DistributionPosted"), "events"),
    ("no end of the review", without_event(DISTRIBUTOR, "DistributionFinalised"), "outcome"),
    ("none at all", logs_lie(lambda _: []), "posted"),
    ("a debt without a payment that failed", logs_lie(owing), "payments"),
    ("no settlements", without_event(DISTRIBUTOR, "SettledOffChain"), "claims"),
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
