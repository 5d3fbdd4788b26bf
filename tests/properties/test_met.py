# SPDX-License-Identifier: AGPL-3.0-only
"""The tables of odd tokens, odd payees and calls back; and what calls out of hooks do to models.

And that a refused call which leaves something behind is noticed.
"""

from typing import Any

import pytest

from tests.contracts import odd_tokens
from tests.contracts.evm import ETH
from tests.properties import met, reach, reach_odd
from tests.properties import world as worlds
from tests.properties.met import HOOK, PAYEE, TOKEN
from tests.properties.rules_turncoat import Turncoats
from tests.properties.walk import COMPONENTS, new_world
from tests.properties.world import Action, Disagreement, World

GIVE, SPEND = ("Pool", "give"), ("Pool", "spend")


@pytest.fixture
def world() -> World:
    """With all rules and models in it."""
    return new_world(COMPONENTS)


def turncoat(world: World) -> Turncoats:
    """The attacker of a world."""
    (found,) = [each for each in world.components if isinstance(each, Turncoats)]
    return found


# --- the tables --------------------------------------------------------------------------


def test_cells__functions__are_functions_of_ours() -> None:
    known = {".".join(each) for each in reach.functions()}
    assert {function for _, function, _ in met.cells()} <= known


def test_cells__token_oddities__have_a_test_of_their_own() -> None:
    named = {each.name for each in odd_tokens.BEHAVIOURS}
    seen = {label for table, _, label in met.cells() if table == TOKEN}
    assert len(seen) >= 20
    assert seen <= named
    assert named - seen == set()


def test_cells__payees_and_entries__as_many_as_there_are() -> None:
    assert len(reach_odd.DOINGS) >= 6
    hooks = [entry for table, entry, _ in met.cells() if table == HOOK]
    changing = sum(not f.view for f in worlds.World().governor.functions.values())
    assert sum(e.startswith("Governor.") for e in hooks) >= changing * len(reach_odd.HOOKS)


def test_holes__cell_without_a_call__is_one() -> None:
    full = {(*cell, "ok"): 1 for cell in met.cells()}
    assert met.holes(full) == []
    cell = next(iter(met.cells()))
    del full[(*cell, "ok")]
    assert met.holes(full) == [cell]


def test_table__ends_of_a_cell__are_counted_together() -> None:
    cell = (TOKEN, "Pool.give", "refuses")
    rows = met.table({(*cell, "ok"): 2, (*cell, ""): 1})
    (row,) = [row for row in rows if row[:3] == cell]
    assert row[3:] == (3, {"ok": 2, met.SILENT: 1})


def test_met_in__one_odd_thing__is_told_with_the_end(world: World) -> None:
    world.touched = [(TOKEN, "honest", GIVE), (TOKEN, "refuses", GIVE), (TOKEN, "honest", SPEND)]
    world.seen = []
    found = set(met.met_in(world, False, "no"))
    assert found == {
        (TOKEN, "Pool.give", "refuses", "no"),
        (TOKEN, "Pool.spend", "honest", "no"),
    }


def test_met_in__two_odd_things__count_for_neither(world: World) -> None:
    world.touched = [(PAYEE, "refuses", SPEND), (PAYEE, "is slow", SPEND)]
    assert list(met.met_in(world, True, "")) == []


def test_met_in__debt__is_an_end_of_its_own(world: World) -> None:
    world.touched, world.seen = [(PAYEE, "refuses", SPEND)], [("Pool", "spend", "owed")]
    assert list(met.met_in(world, True, "")) == [(PAYEE, "Pool.spend", "refuses", "owed")]


# --- calls out of hooks ------------------------------------------------------------------


def struck(world: World, *call: Any) -> str:
    """How a call ends that a token makes while it is given to the side pool."""
    own = turncoat(world)
    own.by_a_token(Action(*call))
    function = f"{call[0].name}.{call[1]}"
    (end,) = [e for table, f, _, e in world.met if (table, f) == (HOOK, function)]
    return end


def test_strike__function_of_the_pool_that_is_given_to__is_locked(world: World) -> None:
    pool = turncoat(world).stage.side.pool
    assert struck(world, pool, "sync", (ETH,)) == "locked"


def test_strike__function_that_only_a_vote_may_use__is_refused(world: World) -> None:
    end = struck(world, world.governor, "remove", (world.people.founders[0].address,))
    assert end == "governor: not by this caller"


def test_strike__what_anybody_may_do__is_done(world: World) -> None:
    own = turncoat(world)
    friend = world.people.outsider.address
    assert struck(world, own.stage.side_grain.me, "approve", (friend, 5)) == "ok"
    allowed = world.ask(own.stage.side_grain.me, "allowance", own.me.address, friend)
    assert allowed.answer == 5


def test_strike__call_around_it_is_refused__is_undone_as_well(world: World) -> None:
    own, stage = turncoat(world), turncoat(world).stage
    friend, grain = world.people.outsider.address, turncoat(world).stage.side_grain.me
    own.arm(Action(grain, "approve", (friend, 5)))
    world.send(world.people.relayer, own.token.me, "freeze", own.me.address, False)
    gift = (0, own.token.address, 2**140, "", False)
    sent = own.fire(stage.patrons[0], stage.side.pool, "give", *gift)
    assert sent.reason == "packing: over 128 bits"
    assert world.ask(grain, "allowance", own.me.address, friend).answer == 0


def test_pass_on__member_calls_a_relay__the_relay_is_the_caller(world: World) -> None:
    own, founder = turncoat(world), world.people.founders[0]
    nobody = world.people.outsider.address
    sent = world.send(own.me, world.governor, "remove", nobody, origin=founder)
    assert sent.reason == "governor: not by this caller"
    columns = world.columns([Action(world.people.outsider)])
    sent = world.send(own.me, world.governor, "propose", *columns, "mine", origin=founder)
    assert not sent.ok


def test_known__pool_whose_models_are_laid_down__is_not_called_about(world: World) -> None:
    own = turncoat(world)
    pool, identity = own.stage.side.pool.address, bytes(32)
    call = ("Identity", "unlink")
    world.recent[call] = (world.identity, "unlink", (pool, identity))
    found = own.known(*call)
    assert found is not None
    assert found.args == (pool, identity)
    del world.models[pool]
    found = own.known(*call)
    assert found is not None
    assert found.args == (ETH, identity)


# --- refused calls -----------------------------------------------------------------------


def test_send__refused_call_leaves_something__is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "LOOK_EVERY", 1)
    world.send(world.people.outsider, world.pool, "sync", ETH)
    assert world.looks == 1
    real = world.chain.send

    def leaky(*args: Any, **more: Any) -> Any:
        world.chain.set_balance(world.people.relayer, 5)
        return real(*args, **more)

    monkeypatch.setattr(world.chain, "send", leaky)
    with pytest.raises(Disagreement, match="a refused call changed"):
        world.send(world.people.outsider, world.pool, "sync", ETH)
