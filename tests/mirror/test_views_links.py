# SPDX-License-Identifier: AGPL-3.0-only
"""Who an identity is linked to, by SQL over events, equals `link_of` after every step of a walk."""

import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

from millpond.core.subjects import to_hex
from tests.contracts.evm import Contract, Reverted
from tests.contracts.registry import DAY, GITHUB, WAIT, ZERO, Registry
from tests.mirror.compare import Mirrors
from tests.mirror.feed import Chronicle
from tests.mirror.places import POSTGRESQL, SQLITE

SEED, STEPS = 11, {SQLITE: 700, POSTGRESQL: 120}
PAUSES = (0, 0, 1, 1, 1, DAY, WAIT - 1, WAIT, WAIT + 1)
TURNS = (*["link"] * 3, *["object"] * 3, *["confirm"] * 4, "cancel", "unlink")


def test_links__a_walk_through_every_turn__as_the_registry_says(
    evm: Chronicle, on_both: str, tmp_path: Path
) -> None:
    registry = Registry(evm)
    puppet = evm.deploy("Puppet")
    mirrors = Mirrors(evm, puppet, registry.identity, tmp_path, [on_both])
    mirrors.tell()
    chance, done = random.Random(SEED), Counter[str]()  # noqa: S311  not for keys
    for _ in range(STEPS[on_both]):
        evm.warp(chance.choice(PAUSES))
        with suppress(Reverted):
            done[_step(registry, chance)] += 1
        mirrors.tell()
        found = mirrors.rows("SELECT * FROM links WHERE identity = ?", to_hex(GITHUB))
        by_state = {row["state"]: row for row in found}
        active, pending, effective_at, _, objected = registry.state()
        assert by_state.get("active", {"account": ZERO})["account"] == active
        assert by_state.get("pending", {"account": ZERO})["account"] == pending
        assert by_state.get("objected", {"account": ZERO})["account"] == objected
        for row in found:
            if row["state"] != "active":
                assert row["effective_at"] == effective_at
    assert min(done[turn] for turn in TURNS) > STEPS[on_both] // 150, done


def test_attesting_pools__set_again_while_one_waits__as_the_registry_says(
    evm: Chronicle, every_store: tuple[str, ...], tmp_path: Path
) -> None:
    registry = Registry(evm)
    puppet = evm.deploy("Puppet")
    mirrors = Mirrors(evm, puppet, registry.identity, tmp_path, every_store)
    others = [registry.new_pool() for _ in range(3)]
    query = "SELECT value FROM attesting_pools WHERE pool = ? ORDER BY position"
    lists: tuple[list[Contract], ...] = (
        [others[0]],
        others,
        [],
        others[::-1],
        [registry.pool],
        others[1:],
    )
    for pause, pools in zip((WAIT, 1, WAIT, WAIT - 1, WAIT, 0), lists, strict=True):
        registry.identity.set_attesting_pools(registry.pool, pools, sender=registry.governor)
        for wait in (0, pause):
            evm.warp(wait)
            mirrors.tell()
            found = [row["value"] for row in mirrors.rows(query, registry.pool.address)]
            listed = registry.identity.attesting_pools(registry.pool)
            assert (found or [registry.pool.address]) == listed


def _step(registry: Registry, chance: random.Random) -> str:
    """One call that may be refused; its name when it was not."""
    people = [registry.evm.actor(f"account {n}") for n in range(3)]
    person, identity = chance.choice(people), registry.identity
    active, pending, _, _, objected = registry.state()
    what = chance.choice(TURNS)
    if what == "link":
        registry.link(registry.request(person))
    elif what == "object":
        caller = next((p for p in people if p.address == active), person)
        identity.object_to_link(registry.pool, GITHUB, pending, sender=caller)
    elif what == "confirm":
        identity.confirm_link(registry.pool, GITHUB, objected, sender=registry.governor)
    elif what == "cancel":
        identity.cancel_link(registry.pool, GITHUB, person, sender=registry.governor)
    else:
        identity.unlink(registry.pool, GITHUB, sender=person)
    return what
