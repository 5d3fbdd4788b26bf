# SPDX-License-Identifier: AGPL-3.0-only
"""The same rules under Hypothesis, which makes a failure short before it shows it."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.properties.walk import COMPONENTS, new_world

EXAMPLES, STEPS = 40, 50
LEAST_CALLS, SHARE = 1_000, 0.7
SEEDS = st.integers(0, 2**16 - 1)


class Machine(RuleBasedStateMachine):
    """One world; each step is a rule by name and a seed for what it draws."""

    calls = succeeded = 0
    """Of all worlds together."""

    def __init__(self) -> None:
        super().__init__()
        self.world = new_world(COMPONENTS)
        self.rules_by_name = {
            each.name: each for component in self.world.components for each in component.rules()
        }
        self.agreed = True
        self.names = [name for name, each in self.rules_by_name.items() for _ in range(each.weight)]

    @rule(data=st.data())
    def step(self, data: Any) -> None:
        """Hypothesis leaves steps out and makes seeds small while the failure stays."""
        name = data.draw(st.sampled_from(self.names))
        seed = data.draw(SEEDS)
        self.agreed = False
        self.rules_by_name[name].act(self.world, Random(seed))  # noqa: S311
        self.world.check()
        self.agreed = True

    def teardown(self) -> None:
        """Every view agrees at the end, if all steps did."""
        Machine.calls += self.world.calls
        Machine.succeeded += self.world.succeeded
        if self.agreed:
            self.world.compare()


def test_machine__random_rules__chain_and_rules_agree() -> None:
    ways = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=ways)
    print(f"{Machine.calls:,} calls, {Machine.succeeded / Machine.calls:.1%} succeeded")
    assert Machine.calls > LEAST_CALLS
    assert Machine.succeeded >= SHARE * Machine.calls
