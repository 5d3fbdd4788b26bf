# SPDX-License-Identifier: AGPL-3.0-only
"""Pairs of Governor, Admission, Hub and Badges that the sources allow and nothing brings about."""

from collections.abc import Iterable

Pair = tuple[str, str, str]


def _all(contract: str, functions: Iterable[str], *reasons: str) -> list[Pair]:
    return [(contract, function, reason) for function in functions for reason in reasons]


CAST = ("castVote", "castVoteWithReason", "castVoteBySig")

CANNOT: dict[str, list[Pair]] = {
    "it takes 262,144 seats, each paid for": [
        *_all("Governor", ("admit",), "members: too many seats"),
        *_all("Admission", ("accept", "accept_for", "join"), "members: too many seats"),
        *_all("Hub", ("create_pool",), "members: too many seats"),
    ],
    "only who never was a member can be invited": _all(
        "Admission", ("join",), "members: a member already"
    ),
    "it takes 16,383 votes on the rules": [
        *_all("Governor", ("set_rules",), "rules: no versions left"),
        *_all("Hub", ("create_pool",), "rules: no versions left"),
    ],
    "the Admission asks for what it moves: a member's seat, to a key that never had one": _all(
        "Governor",
        ("rebind",),
        "members: rebind to zero",
        "members: nothing to rebind",
        "members: new account has a seat",
    ),
    "a walk sends all the gas that a transaction may have": _all(
        "Governor", ("vote_by_wallets",), "governor: too little gas"
    ),
    "a ballot by call, and one that names no deadline, counts until now": _all(
        "Governor", CAST, "governor: ballots expired"
    ),
    "only a batch reports whose hand a ballot is in": _all(
        "Governor", CAST, "governor: not the voter's hand"
    ),
    "a ballot by call follows whatever she has cast": _all(
        "Governor", CAST[:2], "governor: not the ballot's turn"
    ),
    "an OpenZeppelin ballot is a first one, and not in turn after others": _all(
        "Governor", CAST[2:], "governor: cast five times", "governor: last cast is Against"
    ),
    "only the Hub calls it, for contracts that it has made in the same call": [
        *_all("Governor", ("add_hub_part",), "parts: no contract there"),
        *_all("Governor", ("add_hub_part",), "parts: installed already"),
        *_all("Governor", ("add_hub_part",), "parts: a part from the start"),
    ],
    "the Governor puts back what it sends, and is the Pool's own": _all(
        "Governor",
        ("execute",),
        "pool: only the Governor",
        "pool: value is not what is put back",
        "pool: ETH put back with a token",
    ),
    "no token of a walk becomes a collectible between its spend and the end of the execution": _all(
        "Governor", ("execute",), "pool: a collectible is no money"
    ),
    "the Governor asks a token for its balance before it puts anything back": _all(
        "Governor", ("execute",), "pool: asset has no code"
    ),
    "the Admission is a part that may seat": _all(
        "Admission", ("accept", "accept_for", "join", "leave"), "governor: not by this caller"
    ),
    "an offer is void once she has become a member in another way": _all(
        "Admission", ("accept", "accept_for"), "members: a member already"
    ),
    "the zero address calls nobody, signs nothing and is never offered": _all(
        "Admission", ("accept", "accept_for", "join"), "members: the zero address"
    ),
    "the invitations have the same deadline and are looked at first": _all(
        "Admission", ("join",), "admission: the acceptance has expired"
    ),
    "the Hub sets an Admission up once, when it makes it": _all(
        "Admission", ("setup",), "admission: set up already"
    ),
    "a badge is never moved": [
        *_all("Badges", ("approve", "setApprovalForAll"), "ok"),
        *_all("Badges", ("transferFrom", "safeTransferFrom"), "ok"),
    ],
    "the Hub installs what it has just made": _all(
        "Hub",
        ("install",),
        "governor: only the hub",
        "parts: a part from the start",
        "parts: installed already",
        "parts: no contract there",
    ),
    "the first earmark that the Hub opens is for the Admission and has no end": _all(
        "Hub",
        ("create_pool",),
        "distributor: a portion of all",
        "distributor: bad claim window",
        "distributor: bad epoch length",
        "distributor: bad grain amount",
        "distributor: bad minimum",
        "distributor: bad parameters",
        "distributor: bad payout share",
        "distributor: bad restorers",
        "distributor: bad signer cap",
        "distributor: bad zero-out share",
        "distributor: has its earmark",
        "distributor: must pay all",
        "distributor: only the pool",
        "distributor: terms are frozen",
        "pool: deadline has passed",
        "pool: deadline over ten years off",
        "pool: not the next earmark",
        "pool: only the Governor",
        "pool: restricted needs a Hub part",
        "pool: spender is no part",
        "pool: unknown earmark",
    ),
    "the Hub calls clones that it has just made, each once, in the right order": _all(
        "Hub",
        ("create_pool",),
        "admission: only the hub sets it up",
        "admission: set up already",
        "distributor: already set up",
        "distributor: only the hub",
        "governor: not by this caller",
        "governor: only the hub",
        "governor: by proposal only",
        "grain: it is set up already",
        "grain: only the hub sets it up",
        "identity: only the pool's governor or hub names attesters",
        "identity: the pool has attesters, only its governor changes them",
        "identity: there is no contract at the pool's address",
        "parts: a part from the start",
        "parts: installed already",
        "parts: no contract there",
        "pool: not the Hub",
        "pool: part is missing",
        "pool: set up already",
    ),
}
