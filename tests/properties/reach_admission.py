# SPDX-License-Identifier: AGPL-3.0-only
"""Pairs of the Admission and its gate that the sources allow for and nothing can bring about.

Those of offers and invitations are in `reach_governance.py`.
"""

from collections.abc import Iterable

Pair = tuple[str, str, str]


def _all(functions: Iterable[str], *reasons: str) -> list[Pair]:
    return [("Admission", function, reason) for function in functions for reason in reasons]


ENTRIES = ("accept", "accept_for", "join", "join_by_gate")
NEW_ONLY = ENTRIES[2:]

CANNOT: dict[str, list[Pair]] = {
    "the earmark was opened for the Admission, without a deadline, and takes gifts for ever": _all(
        ENTRIES, "pool: unknown earmark", "pool: earmark has ended", "pool: only the spender"
    ),
    "the Admission passes on what is due, as value or as token, and it is more than nothing": _all(
        ENTRIES,
        "pool: value is not the amount",
        "pool: ETH sent with a token",
        "pool: gift of nothing",
        "pool: amount is zero",
    ),
    "the Admission has just taken this token from the caller": _all(
        ENTRIES, "pool: asset has no code"
    ),
    "what is reserved has just come": _all(ENTRIES, "pool: too little to reserve"),
    "no collectible of a walk can be allowed, taken and counted like an amount": _all(
        ENTRIES, "pool: a collectible is no money"
    ),
    "an earmark with a spender gives no grain to patrons": _all(
        ENTRIES,
        "grain: it would be lost there",
        "grain: only a minter",
        "grain: the supply is full",
    ),
    "who never had a seat has no old buy-in": _all(
        NEW_ONLY, "admission: her old buy-in waits", "admission: too little gas to refund"
    ),
    "it takes 262,144 seats, each paid for": _all(("join_by_gate",), "members: too many seats"),
    "only who never was a member comes in by a gate": _all(
        ("join_by_gate",), "members: a member already"
    ),
    "the zero address calls nobody and signs nothing": [
        *_all(("join_by_gate",), "members: the zero address"),
        *_all(("rebind_by_sponsors",), "admission: no new key"),
        *_all(("complete_rebind",), "members: rebind to zero"),
    ],
    "the Admission is a part that may seat": _all(
        ("join_by_gate", "complete_rebind", "expel"), "governor: not by this caller"
    ),
    "a vote in which the last member expels herself": _all(
        ("expel",), "members: the last one stays"
    ),
    "a request is for a member, and for a key that never had a seat": _all(
        ("complete_rebind",), "members: nothing to rebind", "members: new account has a seat"
    ),
    "the sponsors' signatures have the same deadline and are looked at first": _all(
        ("rebind_by_sponsors",), "admission: the new key's word has expired"
    ),
    "the Hub has the pool that it makes open an earmark for buy-ins as they must be": [
        ("Hub", "create_pool", f"admission: {why}")
        for why in (
            "bad buy-in parameters",
            "buy-ins have no deadline",
            "not an earmark for buy-ins",
            "only the pool opens it",
        )
    ],
    "the Pool names the earmark that it has just opened": _all(
        ("on_open",), "pool: unknown earmark"
    ),
    "what a seat is due lies reserved in the Admission's earmark": _all(
        ("refund_buy_in",),
        "pool: amount is zero",
        "pool: more than is reserved",
        "pool: only the spender",
        "pool: unknown earmark",
    ),
    "neither the zero address nor the Pool ever gets a seat": _all(
        ("refund_buy_in",), "pool: nobody to pay"
    ),
}
