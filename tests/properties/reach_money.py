# SPDX-License-Identifier: AGPL-3.0-only
"""Pairs of Pool, Grain, CredDistributor and Identity that the sources allow for and nothing can
bring about, each with its why."""

from collections.abc import Iterable

Pair = tuple[str, str, str]


def _all(contract: str, functions: Iterable[str], *reasons: str) -> list[Pair]:
    return [(contract, function, reason) for function in functions for reason in reasons]


CLAIMS = ("claim", "claim_many", "payday")
PAYDAYS = CLAIMS[1:]
ENDINGS = ("close_epoch", "void", "withdraw")

CANNOT: dict[str, list[Pair]] = {
    "what is paid was held a moment before, so writing a debt back fits": _all(
        "Pool", ("reclaim", "release", "release_many", "spend"), "packing: over 128 bits"
    ),
    "what returns to the general fund was in a book of the same asset": _all(
        "Pool", ("reclaim_for_general_fund",), "packing: over 128 bits"
    ),
    "what is promised lies in the earmark": _all(
        "Pool", ("release", "release_many"), "pool: more than is unreserved"
    ),
    "the function takes no ETH": _all("Pool", ("give_with_permit",), "pool: ETH sent with a token"),
    "the zero address calls nothing": _all("Identity", ("unlink",), "identity: no account named"),
    "only a policy after the first can differ from one before": [
        *_all("CredDistributor", ("on_open",), "distributor: terms are frozen"),
        *_all("Pool", ("open_earmark",), "distributor: terms are frozen"),
    ],
    "its own earmark has just been opened, and its own pool has it": [
        *_all("CredDistributor", (*CLAIMS, *ENDINGS, "post"), "pool: unknown earmark"),
        *_all("CredDistributor", (*CLAIMS, *ENDINGS, "post"), "pool: only the spender"),
    ],
    "nothing is reserved, freed or released when the amount is zero": _all(
        "CredDistributor", (*CLAIMS, *ENDINGS, "post"), "pool: amount is zero"
    ),
    "a pot is reserved whole, and what is paid, capped and left over adds up to it": [
        *_all("CredDistributor", (*CLAIMS, *ENDINGS), "pool: more than is reserved"),
        *_all("CredDistributor", CLAIMS, "pool: more than is unreserved"),
        *_all("CredDistributor", (*CLAIMS, "close_epoch"), "distributor: over the pot"),
    ],
    "a pot is at most what is unreserved": _all(
        "CredDistributor", ("post",), "pool: too little to reserve"
    ),
    "the same as for the pool's own releases": _all(
        "CredDistributor", CLAIMS, "packing: over 128 bits"
    ),
    "the Grain is asked first whether it can be minted": _all(
        "CredDistributor",
        CLAIMS,
        "grain: only a minter creates grain",
        "grain: the supply must stay below 2^128",
    ),
    "a payday skips leaves that are paid, too small, or for the Pool or the Grain": [
        *_all("CredDistributor", PAYDAYS, "distributor: already claimed"),
        *_all("CredDistributor", PAYDAYS, "distributor: below minimum"),
        *_all("CredDistributor", PAYDAYS, "pool: nobody to pay"),
        *_all(
            "CredDistributor",
            PAYDAYS,
            "grain: it cannot go to the zero address or to the token itself",
        ),
    ],
    "the leaves of a whole list are paid one by one": _all(
        "CredDistributor", ("payday",), "distributor: epochs unsorted"
    ),
    "a post raises one call of its own consent function, in words that only it uses": _all(
        "CredDistributor",
        ("post",),
        "governor: a consent call",
        "governor: another's description",
        "governor: lists differ in length",
        "governor: nothing proposed",
        "governor: one consent call alone",
        "governor: proposed already",
    ),
    "consent proposals are raised by a part, which takes no member's turn": _all(
        "CredDistributor",
        ("post",),
        "members: joined just now",
        "members: only members propose",
        "members: two proposals open",
    ),
    "a co-op that has opened an earmark by vote has had members for days": _all(
        "CredDistributor", ("post",), "governor: nobody may vote yet"
    ),
    "what is open has its proposal": _all(
        "CredDistributor", ("void",), "governor: no such proposal"
    ),
}
