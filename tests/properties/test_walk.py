# SPDX-License-Identifier: AGPL-3.0-only
"""Some hundred thousand checked calls of fixed seeds: the contracts do what the rules say."""

import pytest

from tests.properties import reach
from tests.properties.walk import CALLS_A_WALK, Tally, Walk

CALLS = 200_000
SHARE = 0.7
# What walks must have gone through to prove anything: naive ones execute no proposal at all.
DEEP = {
    ("Governor", "execute", "ok"): 1_000,
    ("Governor", "close", "ok"): 500,
    ("Governor", "cancel", "ok"): 50,
    ("Governor", "rebind", "ok"): 50,
    ("Governor", "extend_consent", "ok"): 50,
    ("Governor", "set_rules", "ok"): 50,
    ("Admission", "join", "ok"): 200,
    ("Admission", "leave", "ok"): 200,
}


@pytest.fixture(scope="module")
def tally() -> Tally:
    """The walks of the seeds from 0 on, until there are enough calls."""
    found, seed = Tally(), 0
    while found.calls < CALLS:
        found.add(Walk(seed).run(CALLS_A_WALK))
        seed += 1
    return found


def test_walk__fixed_seeds__chain_and_rules_agree_on_every_call(tally: Tally) -> None:
    print(f"{tally.calls:,} calls in {tally.walks} walks, {tally.share:.1%} succeeded")
    print(f"{tally.reads:,} answers of views compared")
    assert tally.calls >= CALLS
    assert tally.share >= SHARE


def test_walk__fixed_seeds__whole_reach_table_is_seen(tally: Tally) -> None:
    print(f"{len(reach.pairs())} pairs, {len(reach.cannot())} of which cannot be")
    assert reach.holes(tally.counts) == []
    assert reach.wrong(tally.counts) == []


@pytest.mark.parametrize("pair", DEEP, ids=".".join)
def test_walk__fixed_seeds__deep_outcomes_are_common(
    tally: Tally, pair: tuple[str, str, str]
) -> None:
    assert tally.counts[pair] >= DEEP[pair]
