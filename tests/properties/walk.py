# SPDX-License-Identifier: AGPL-3.0-only
"""A seeded walk: random steps of every component's rules through one world.

    walk = Walk(seed=7)
    walk.run(calls=5_000)

The same seed takes the same steps. `python -m bench.fuzz --seed 7 --steps 120` takes them again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from tests.properties import (
    rules_admission,
    rules_distributor,
    rules_governor,
    rules_governor_leftovers,
    rules_grain,
    rules_hub,
    rules_hub_later,
    rules_identity,
    rules_odd_claims,
    rules_odd_doors,
    rules_odd_payments,
    rules_odd_tokens,
    rules_pool,
    rules_turncoat,
)
from tests.properties.met import Met
from tests.properties.world import Component, Disagreement, World

Install = Callable[[World], Component]

# Each `install` puts the models of its contract into the world and returns what to do with it.
# The order is that in which steps are drawn and views compared.
COMPONENTS: tuple[Install, ...] = (
    rules_governor.install,
    rules_admission.install,
    rules_hub.install,
    rules_hub_later.install,
    rules_pool.install,
    rules_governor_leftovers.install,
    rules_grain.install,
    rules_identity.install,
    rules_distributor.install,
    rules_odd_tokens.install,
    rules_odd_doors.install,
    rules_odd_claims.install,
    rules_odd_payments.install,
    rules_turncoat.install,
)

CHECK_EVERY, COMPARE_EVERY = 5, 2_500
CALLS_A_WALK = 4_000


class Walk:
    """One world and random steps through it."""

    def __init__(self, seed: int, components: Sequence[Install] | None = None) -> None:
        self.seed, self.steps = seed, 0
        self.random = Random(seed)  # noqa: S311  (the same walk in every run)
        self.world = new_world(COMPONENTS if components is None else components, seed)
        self.rules = [(rule, each) for each in self.world.components for rule in each.rules()]
        self._weights = list(accumulate(rule.weight for rule, _ in self.rules))

    def step(self) -> None:
        """One random rule, and what must hold after it: of its component each time, of all of them
        now and then. (Every call is compared whatever is checked afterwards.)"""
        ((rule, component),) = self.random.choices(self.rules, cum_weights=self._weights)
        self.steps += 1
        with self._told(rule.name):
            rule.act(self.world, self.random)
            component.check()
            if self.steps % CHECK_EVERY == 0:
                self.world.check()
            if self.steps % COMPARE_EVERY == 0:
                self.world.compare()

    def run(self, calls: int = CALLS_A_WALK, steps: int | None = None) -> "Walk":
        """So many calls, or so many steps; at the end everything is compared."""
        while self.world.calls < calls if steps is None else self.steps < steps:
            self.step()
        with self._told("the end"):
            self.world.compare()
        return self

    @contextmanager
    def _told(self, rule: str) -> Iterator[None]:
        """Whatever goes wrong says how to see it again."""
        try:
            yield
        except Exception as error:
            error.add_note(f"seed {self.seed}, step {self.steps}, rule {rule}; once more with")
            error.add_note(f"  python -m bench.fuzz --seed {self.seed} --steps {self.steps}")
            if not isinstance(error, Disagreement):
                error.add_note("\n".join(["the last calls:", *self.world.history()]))
            raise


def new_world(components: Sequence[Install], seed: int | None = None) -> World:
    """A world with these components in it."""
    world = World(seed)
    for install in components:
        world.components.append(install(world))
    return world


@dataclass
class Tally:
    """What many walks saw together."""

    walks: int = 0
    steps: int = 0
    calls: int = 0
    succeeded: int = 0
    reads: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    met: Counter[Met] = field(default_factory=Counter)

    def add(self, walk: Walk) -> None:
        """One more walk."""
        world = walk.world
        figures = (walk.steps, world.calls, world.succeeded, world.reads)
        self.join(Tally(1, *figures, world.counts, world.outcomes, world.looks, world.met))

    def join(self, other: "Tally") -> None:
        """What other walks saw."""
        self.walks += other.walks
        self.steps += other.steps
        self.calls += other.calls
        self.succeeded += other.succeeded
        self.reads += other.reads
        self.counts.update(other.counts)
        self.outcomes.update(other.outcomes)
        self.looks += other.looks
        self.met.update(other.met)

    @property
    def share(self) -> float:
        """How many of the calls succeeded."""
        return self.succeeded / self.calls if self.calls else 0.0
