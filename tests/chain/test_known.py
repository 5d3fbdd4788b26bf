# SPDX-License-Identifier: AGPL-3.0-only
"""What a node tells of a real pool, for the words of a proposal."""

import pytest

from millpond.chain.contracts import Contract
from millpond.chain.coop import PARTS, Coop
from millpond.chain.governance import Action
from millpond.chain.known import NodeKnown
from millpond.chain.wording import told
from millpond.core.canonical import keccak256
from tests.chain.coop import STRANGER, Story

SHARED = {"Hub": "hub", "Identity": "identity", "Clerk": "clerk"}
OWN = {kind: part for part, kind in PARTS.items()}


@pytest.fixture(scope="module")
def known(paid: Story) -> NodeKnown:
    """Of the pool that has paid a month."""
    made, client = paid.coop, paid.coop.client
    parts = {part: Contract(client, kind, made.parts[kind]) for part, kind in PARTS.items()}
    since = made.made.block_number
    return NodeKnown(Coop("credsperiment", client, made.hub, made.identity, since=since, **parts))


@pytest.mark.parametrize("kind", [*OWN, *SHARED])
def test_kind_of__each_contract_of_a_pool__is_known_and_whose_it_is(
    paid: Story, known: NodeKnown, kind: str
) -> None:
    address = getattr(paid.coop, (OWN | SHARED)[kind]).address
    assert known.kind_of(address) == (kind, None if kind in SHARED else paid.coop.pool.address)


def test_kind_of__a_stranger__is_nothing(known: NodeKnown) -> None:
    assert known.kind_of(STRANGER.address) == (None, None)


def test_told__a_call_of_this_pools_clerk__is_told_and_not_a_strangers(
    paid: Story, known: NodeKnown
) -> None:
    coop = paid.coop
    leaf = (keccak256(b"somebody"), 2, 77)
    terms = coop.clerk.pack_terms(_terms(paid))
    deed: tuple[object, ...] = (
        coop.distributor.address,
        bytes(32),
        terms,
        leaf,
        [],
        keccak256(b"oc/1"),
        9,
        b"",
    )
    [found] = told([Action.of(coop.clerk.settle_off_chain, *deed)], known)
    assert (found.target_kind, found.target_pool) == ("Clerk", None)
    assert found.sentence.startswith(f"Book the leaf of 0x{leaf[0].hex()} with 77 micro-cred")
    assert not any("could not be decoded" in each for each in (found.sentence, *found.warnings))


def _terms(paid: Story) -> object:
    [post] = paid.coop.posts
    return paid.coop.distributor.event(post, "DistributionPosted").args["terms"]
