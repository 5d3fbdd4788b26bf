# SPDX-License-Identifier: AGPL-3.0-only
"""From what somebody hands in to an item: its form, and its signature where a key alone can tell.

No node is asked here. What only the chain can say (is she a member, does a wallet accept this) the
relay's process looks up before it brings anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from millpond.api.relay import ballots, joins
from millpond.api.relay.claims import Claiming
from millpond.api.relay.items import Item, Kind
from millpond.api.relay.joins import Joining
from millpond.api.relay.refusals import BadItem
from millpond.api.relay.wallets import by_key
from millpond.chain import papers
from millpond.chain.papers import Paper
from millpond.core.canonical import Json
from millpond.core.signatures import recover
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from millpond.core.typed_data import Domain

_FOR_EVER = 2**53
"""Deadlines beyond it are kept as this: it is hundreds of millions of years away."""


@dataclass(frozen=True)
class Where:
    """The pool that something is for, with its contracts, as the mirror knows them."""

    chain_id: int
    pool: str
    governor: str
    admission: str
    distributors: frozenset[str]


def ballot(where: Where, fields: Json) -> tuple[Item, tuple[str, str] | None]:
    """A signed ballot, and the text behind the hash of its reason; `BadInput` for what is none."""
    found, reason = papers.ballot_of(fields)
    if "\0" in reason:
        raise BadItem("the reason holds a NUL", "sign another text: not every store can keep it")
    digest = ballots.digest(Domain(where.chain_id, where.governor), found)
    own = by_key(found.voter, digest, found.signature)
    if own is None and not found.by_wallet:
        raise BadItem(
            f"the signature is by {recover(digest, found.signature)}, not by {found.voter}",
            "check chain, pool and every field, then sign anew; a wallet's has byWallet: true",
        )
    item = Item.of(
        Kind.BALLOT,
        where.chain_id,
        pool=where.pool,
        contract=where.governor,
        person=found.voter,
        about=str(found.proposal_id),
        turn=found.casts_before,
        deadline=min(found.deadline, _FOR_EVER),
        document=papers.ballot_json(found),
        proved=own is not None,
    )
    return item, (to_hex(found.reason_hash), reason) if reason else None


def joining(where: Where, acceptance: Json, invitations: Sequence[Json]) -> Item:
    """A candidate's acceptance and her invitations."""
    given = Joining.of(Paper.of(acceptance), [Paper.of(each) for each in invitations])
    domain = Domain(where.chain_id, where.admission)
    accepts = joins.acceptance_digest(domain, given)
    own = by_key(given.candidate, accepts, given.acceptance.signature)
    signed = [
        _in_one_spelling(paper, joins.invitation_digest(domain, given, paper.signer))
        for paper in given.invitations
    ]
    found = Joining.of(_in_one_spelling(given.acceptance, accepts), signed)
    return Item.of(
        Kind.JOIN,
        where.chain_id,
        pool=where.pool,
        contract=where.admission,
        person=found.candidate,
        about="",
        turn=0,
        deadline=min(found.deadline, _FOR_EVER),
        document=found.to_json(),
        proved=own is not None,
    )


def claim(where: Where, call: Mapping[str, Json]) -> Item:
    """A claim, as the API itself gives its `call`."""
    contract = checksum_address(address_bytes(str(call.get("contract"))))
    if str(call.get("chain_id")) != str(where.chain_id) or contract not in where.distributors:
        raise BadItem(
            f"{contract} on chain {call.get('chain_id')} is no distributor of this pool",
            "hand in `call` of a claim of this pool, as the API gives it",
        )
    found = Claiming.of(dict(call))
    return Item.of(
        Kind.CLAIM,
        where.chain_id,
        pool=where.pool,
        contract=contract,
        person=to_hex(found.subject),
        about=found.epochs,
        turn=0,
        deadline=found.closes_at,
        document=found.to_json(),
        proved=False,
    )


def _in_one_spelling(paper: Paper, digest: bytes) -> Paper:
    """A key's signature has several spellings, and they are one paper."""
    own = by_key(paper.signer, digest, paper.signature)
    return paper if own is None else replace(paper, signature=own)
