# SPDX-License-Identifier: AGPL-3.0-only
"""Pairs of Pool, Grain, CredDistributor and Identity that the sources allow for and nothing can
bring about, each with its why."""

from collections.abc import Iterable

Pair = tuple[str, str, str]


def _all(contract: str, functions: Iterable[str], *reasons: str) -> list[Pair]:
    return [(contract, function, reason) for function in functions for reason in reasons]


CLAIMS = ("claim", "claim_many", "payday")
PAYDAYS = CLAIMS[1:]
GIVING = ("give", "give_with_permit")
NO_MINT = ("grain: only a minter", "grain: the supply is full")
LOST = "grain: it would be lost there"
ENDINGS = ("close_epoch", "void", "withdraw", "settle_off_chain")
CLERKED = ("post", "withdraw", "zero_out", "restore", "settle_off_chain")


def _paid(functions: Iterable[str], *reasons: str) -> list[Pair]:
    """Of the distributor, and of the Clerk who calls it."""
    told = [function for function in functions if function in CLERKED]
    return _all("CredDistributor", functions, *reasons) + _all("Clerk", told, *reasons)


CANNOT: dict[str, list[Pair]] = {
    "what returns to the general fund was in a book of the same asset": _all(
        "Pool", ("reclaim_for_general_fund",), "packing: over 128 bits"
    ),
    "the function takes no ETH": _all("Pool", ("give_with_permit",), "pool: ETH sent with a token"),
    "the zero address calls nothing": _all("Identity", ("unlink",), "identity: no account named"),
    "only a policy after the first can differ from one before": [
        *_all("CredDistributor", ("on_open",), "distributor: terms are frozen"),
        *_all("Pool", ("open_earmark",), "distributor: terms are frozen"),
    ],
    "its own earmark has just been opened, and its own pool has it": [
        *_paid((*CLAIMS, *ENDINGS, "post"), "pool: unknown earmark"),
        *_paid((*CLAIMS, *ENDINGS, "post"), "pool: only the spender"),
    ],
    "nothing is reserved, freed or released when the amount is zero": _paid(
        (*CLAIMS, *ENDINGS, "post"), "pool: amount is zero"
    ),
    "a pot is reserved whole, and what is paid, capped and left over adds up to it": [
        *_paid((*CLAIMS, *ENDINGS), "pool: more than is reserved"),
        *_paid((*CLAIMS, "close_epoch", "settle_off_chain"), "distributor: over the pot"),
    ],
    "a pot is at most what is unreserved": _paid(("post",), "pool: too little to reserve"),
    "the Grain is asked first whether it can be minted": _all("Pool", GIVING, *NO_MINT),
    "the Grain gives nothing, nor does the zero address": _all("Pool", GIVING, LOST),
    "a payday skips leaves that are paid, too small, or for the Pool or the Grain": [
        *_all("CredDistributor", ("claim_many",), "distributor: already claimed"),
        *_all("CredDistributor", PAYDAYS, "pool: nobody to pay", LOST),
    ],
    "a payday creates less than 2^100: it takes another minter to fill the supply": [
        *_all("CredDistributor", PAYDAYS, "grain: the supply is full"),
    ],
    "the Clerk is the one that the distributor obeys": _all(
        "Clerk", CLERKED, "distributor: only the clerk"
    ),
    "the Grain signs nothing": _paid(("settle_off_chain",), "distributor: grain is not for it"),
    "it is raised by the distributor, whose vote is open, and put off once": _paid(
        ("zero_out",),
        "governor: end out of bounds",
        "governor: extended once already",
        "governor: not the raiser",
        "governor: too late to extend",
    ),
    "a post raises one call of its own consent function, in words that only it uses": _paid(
        ("post",),
        "governor: a consent call",
        "governor: another's description",
        "governor: lists differ in length",
        "governor: nothing proposed",
        "governor: one consent call alone",
        "governor: proposed already",
    ),
    "consent proposals are raised by a part, which takes no member's turn": _paid(
        ("post",),
        "members: joined just now",
        "members: only members propose",
        "members: two proposals open",
    ),
    "a co-op that has opened an earmark by vote has had members for days": _paid(
        ("post",), "governor: nobody may vote yet"
    ),
    "what is open has its proposal": _paid(
        ("void", "zero_out", "restore"), "governor: no such proposal"
    ),
}
