# SPDX-License-Identifier: AGPL-3.0-only
"""Some hundred thousand checked calls of fixed seeds: the contracts do what the rules say."""

import pytest

from tests.contracts import odd_tokens
from tests.properties import met, reach, reach_odd
from tests.properties.walk import CALLS_A_WALK, Tally, Walk

CALLS = 400_000
SHARE = 0.7
LOOKS = 60
# What walks must have gone through to prove anything: naive ones execute no proposal at all.
OUTCOMES = {
    "executed": 1_500,
    "lost": 1_500,
    "stopped in its timelock": 80,
    "expired": 500,
    "withdrawn": 150,
    "consent executed": 250,
    "consent lost": 60,
    "consent expired": 100,
}
DEEP = {
    ("Governor", "close", "ok"): 1_000,
    ("Governor", "rebind", "ok"): 30,
    ("Governor", "extend_consent", "ok"): 30,
    ("Governor", "set_rules", "ok"): 200,
    ("Admission", "accept", "ok"): 15,
    ("Admission", "join", "ok"): 300,
    ("Admission", "leave", "ok"): 150,
    ("Admission", "join_by_gate", "ok"): 300,
    ("Admission", "complete_rebind", "ok"): 30,
    ("Admission", "object_to_rebind", "ok"): 30,
    ("Admission", "refund_buy_in", "ok"): 100,
    ("Hub", "create_pool", "ok"): 200,
    ("Pool", "give", "ok"): 2_000,
    ("Pool", "put_back", "ok"): 300,
    ("Pool", "reclaim", "ok"): 100,
    ("Pool", "lapse", "ok"): 20,
    ("Grain", "mint", "ok"): 500,
    ("Grain", "mint_many", "ok"): 500,
    ("CredDistributor", "finalise", "ok"): 100,
    ("CredDistributor", "claim", "ok"): 200,
    ("CredDistributor", "payday", "ok"): 150,
    ("CredDistributor", "void", "ok"): 40,
    ("CredDistributor", "withdraw", "ok"): 40,
    ("CredDistributor", "close_epoch", "ok"): 40,
    ("CredDistributor", "zero_out", "ok"): 80,
    ("CredDistributor", "zero_out", "distributor: no cred to strike"): 10,
    ("CredDistributor", "restore", "ok"): 30,
    ("CredDistributor", "settle_off_chain", "ok"): 80,
    ("CredDistributor", "claim", "distributor: struck out"): 20,
    ("CredDistributor", "claim_many", "skipped: struck out"): 20,
    ("CredDistributor", "payday", "skipped: struck out"): 20,
    ("CredDistributor", "claim", "capped"): 10,
    ("CredDistributor", "claim", "grain withheld"): 10,
    ("CredDistributor", "claim_many", "skipped: claimed before"): 300,
    ("CredDistributor", "claim_many", "skipped: waiting"): 50,
    ("CredDistributor", "payday", "skipped: below the minimum"): 50,
    ("CredDistributor", "payday", "skipped: a part of the pool"): 30,
    ("Pool", "release", "owed"): 20,
    ("Pool", "release_many", "owed"): 100,
    ("Pool", "withdraw", "ok"): 30,
    ("Identity", "link", "ok"): 500,
    ("Identity", "confirm_link", "ok"): 15,
    ("Identity", "object_by_signatures", "ok"): 30,
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
    print(f"{tally.reads:,} answers of views compared; proposals {dict(tally.outcomes)}")
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


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_walk__fixed_seeds__proposals_end_in_every_way(tally: Tally, outcome: str) -> None:
    assert tally.outcomes[outcome] >= OUTCOMES[outcome]


def test_walk__fixed_seeds__every_odd_token_payee_and_call_back_is_met(tally: Tally) -> None:
    print(f"{len(met.cells())} cells, {sum(tally.met.values()):,} times met")
    assert met.holes(tally.met) == []


@pytest.mark.parametrize("behaviour", odd_tokens.BEHAVIOURS, ids=lambda each: each.name)
def test_walk__fixed_seeds__odd_token_ends_as_its_own_test_says(
    tally: Tally, behaviour: odd_tokens.Behaviour
) -> None:
    ends = {(function, end) for _, function, what, end in tally.met if what == behaviour.name}
    if behaviour.name != reach_odd.PAYEE_LISTED:
        credited = behaviour.gift == odd_tokens.CREDITED
        assert ("Pool.give", "ok" if credited else behaviour.gift) in ends
    if behaviour.name != reach_odd.GIVER_LISTED:
        known = {odd_tokens.PAID: "ok", odd_tokens.OWED: "owed"}
        assert ("Pool.spend", known.get(behaviour.payment, behaviour.payment)) in ends


def test_walk__fixed_seeds__refused_calls_change_nothing(tally: Tally) -> None:
    print(f"{tally.looks} refused calls were looked at in every slot of every account")
    assert tally.looks >= LOOKS
