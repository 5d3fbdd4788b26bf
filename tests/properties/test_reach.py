# SPDX-License-Identifier: AGPL-3.0-only
"""The reach table is read from the sources, and every excuse in it is about something there."""

from collections import Counter

from tests.properties import reach
from tests.properties.walk import Walk
from tests.properties.world import OK


def test_pairs__own_reason__stands_in_the_function_or_what_it_calls() -> None:
    assert ("Governor", "close", "governor: outcome not certain") in reach.pairs()
    assert ("Governor", "castVote", "governor: joined too late") in reach.pairs()
    assert ("Governor", "close", "governor: joined too late") not in reach.pairs()


def test_pairs__call_of_another_contract__passes_its_reasons_on() -> None:
    assert ("Admission", "leave", "members: the last one stays") in reach.pairs()
    assert ("Hub", "create_pool", "rules: delay out of bounds") in reach.pairs()


def test_pairs__view_and_getter__must_be_asked_too() -> None:
    assert ("Governor", "head", OK) in reach.pairs()
    assert ("Pool", "balance_of", OK) in reach.pairs()
    assert ("Pool", "__default__", "pool: no such function") in reach.pairs()


def test_functions__calls_of_ours__are_all_known() -> None:
    called = {call for found in reach.functions().values() for call in found.calls}
    assert called, "contracts call each other"
    assert called <= reach.functions().keys()


def test_cannot__every_excuse__is_about_a_pair_of_the_sources() -> None:
    assert reach.wrong(Counter()) == []
    assert all(len(why.split()) > 3 for why in reach.cannot().values())


def test_holes__pair_not_seen__is_one() -> None:
    pair = ("Governor", "close", OK)
    seen = Counter(dict.fromkeys(reach.pairs(), 1))
    assert reach.holes(seen) == []
    del seen[pair]
    assert reach.holes(seen) == [pair]


def test_wrong__excuse_that_was_seen__is_one() -> None:
    pair = next(iter(reach.cannot()))
    assert reach.wrong(Counter({pair: 1})) == [pair]


def test_counts__of_a_walk__are_pairs_of_the_sources_but_what_votes_carry_out() -> None:
    counts = Walk(3).run(calls=600).world.counts
    speakers = {reason.partition(":")[0] for _, _, reason in reach.pairs()}
    ours = [
        pair
        for pair in counts
        if pair[0] in ("Governor", "Admission", "Hub") and pair[2].partition(":")[0] in speakers
    ]
    strange = [pair for pair in ours if pair not in reach.pairs()]
    assert all(pair[:2] == ("Governor", "execute") for pair in strange), strange
