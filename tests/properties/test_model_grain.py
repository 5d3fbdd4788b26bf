# SPDX-License-Identifier: AGPL-3.0-only
"""The model of Grain against numbers worked out by hand."""

import pytest

from tests.properties.model_grain import LIMIT, PERMIT, WITHOUT_END, ZERO, GrainModel
from tests.properties.model_pool_alone import DAY, Alone
from tests.properties.signing import Meaning


@pytest.fixture
def alone() -> Alone:
    return Alone()


@pytest.fixture
def grain(alone: Alone) -> GrainModel:
    """A new one: 1,000 for Ann."""
    found = alone.stage.another_grain(alone.stage.steward, alone.stage.minter)
    alone.say(alone.stage.minter, found.me, "mint", alone.ann, 1_000)
    return found


def test_has__after_transfers__is_what_came_less_what_went(alone: Alone, grain: GrainModel) -> None:
    alone.say(alone.ann, grain.me, "transfer", alone.bea, 300)
    alone.say(alone.bea, grain.me, "transfer", alone.bea, 50)
    alone.say(alone.bea, grain.me, "transfer", alone.cat, 120)
    assert [grain.has(who.address) for who in (alone.ann, alone.bea, alone.cat)] == [700, 180, 120]
    assert grain.supply() == 1_000
    with alone.refuses("grain: the balance is too small"):
        alone.say(alone.cat, grain.me, "transfer", alone.ann, 121)


def test_transfer_from__allowance__is_used_up_unless_it_has_no_end(
    alone: Alone, grain: GrainModel
) -> None:
    alone.say(alone.ann, grain.me, "approve", alone.bea, 100)
    alone.say(alone.bea, grain.me, "transferFrom", alone.ann, alone.cat, 60)
    with alone.refuses("grain: more than is allowed"):
        alone.say(alone.bea, grain.me, "transferFrom", alone.ann, alone.cat, 41)
    alone.say(alone.ann, grain.me, "approve", alone.bea, WITHOUT_END)
    alone.say(alone.bea, grain.me, "transferFrom", alone.ann, alone.cat, 60)
    assert grain.noted(0, "allowed", alone.ann.address, alone.bea.address) == WITHOUT_END
    assert grain.has(alone.cat.address) == 120


def test_permit__used_once__is_dead(alone: Alone, grain: GrainModel) -> None:
    deadline = alone.world.now + DAY
    values = (alone.ann.address, alone.bea.address, 70, 0, deadline)
    meant = Meaning(PERMIT, grain.address, values)
    signature = alone.world.signatures.sign(alone.ann, meant, (grain.names[0], "1"))
    args = (alone.ann, alone.bea, 70, deadline, signature[64], signature[:32], signature[32:64])
    alone.world.warp_to(deadline)
    alone.say(alone.cat, grain.me, "permit", *args)
    assert grain.noted(0, "allowed", alone.ann.address, alone.bea.address) == 70
    with alone.refuses("grain: not the owner's signature"):
        alone.say(alone.cat, grain.me, "permit", *args)
    alone.world.warp(1)
    with alone.refuses("grain: the permit has expired"):
        alone.say(alone.cat, grain.me, "permit", *args)


def test_mint__up_to_the_limit__and_not_one_more(alone: Alone, grain: GrainModel) -> None:
    rest = LIMIT - 1 - 1_000
    with alone.refuses("grain: the supply is full"):
        alone.say(alone.stage.minter, grain.me, "mint", alone.bea, rest + 1)
    alone.say(alone.stage.minter, grain.me, "mint", alone.bea, rest)
    with alone.refuses("grain: only a minter"):
        alone.say(alone.bea, grain.me, "mint", alone.bea, 0)


def test_setup__after_the_call_that_made_it__is_refused(alone: Alone, grain: GrainModel) -> None:
    never = alone.stage.another_grain(alone.stage.steward)
    for each in (grain, never):
        with alone.refuses("grain: only the hub sets it up"):
            alone.say(alone.bea, each.me, "setup", alone.bea)
        with alone.refuses("grain: it is set up already"):
            alone.say(alone.stage.maker, each.me, "setup", alone.bea)


def test_set_minter__for_a_part_or_the_pool__and_nobody_else(
    alone: Alone, grain: GrainModel
) -> None:
    stage = alone.stage
    for part in (stage.spenders[0], stage.side.pool):
        alone.say(stage.steward, grain.me, "set_minter", part, True)
        assert grain.mints(part.address)
    with alone.refuses("grain: not a part of the pool"):
        alone.say(stage.steward, grain.me, "set_minter", alone.bea, True)
    with alone.refuses("grain: only the governor"):
        alone.say(alone.bea, grain.me, "set_minter", stage.side.pool, True)


def test_set_minter__taken_away__mints_no_more(alone: Alone, grain: GrainModel) -> None:
    alone.say(alone.bea, alone.stage.steward, "add_part", alone.stage.minter)
    alone.say(alone.stage.steward, grain.me, "set_minter", alone.stage.minter, False)
    with alone.refuses("grain: only a minter"):
        alone.say(alone.stage.minter, grain.me, "mint", alone.bea, 1)


@pytest.mark.parametrize("receiver", ["nobody", "itself"])
def test_transfer__to_where_it_would_be_lost__is_refused(
    alone: Alone, grain: GrainModel, receiver: str
) -> None:
    to = ZERO if receiver == "nobody" else grain.address
    with alone.refuses("grain: it would be lost there"):
        alone.say(alone.ann, grain.me, "transfer", to, 1)
    # the amount is looked at first
    with alone.refuses("grain: the balance is too small"):
        alone.say(alone.ann, grain.me, "transfer", to, 1_001)
