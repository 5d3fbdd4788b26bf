# SPDX-License-Identifier: AGPL-3.0-only
"""Weights by prefix: products, replacement, and what may not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.cred.addresses import overlap, parts_of, shown, span
from millpond.core.cred.weights import Weights, together
from millpond.core.errors import BadInput, WeightsFileError
from tests.core.cred.small import edge, node


def test_of_nodes__prefixes_of_several_lengths__multiply() -> None:
    weights = Weights({node(): 2, node("a"): 3, node("a", "b"): 5, node("c"): 7})
    found = weights.of_nodes([node("a"), node("a", "b"), node("ab"), node("c", "d")])
    assert found.tolist() == [6, 30, 2, 14]


def test_of_edges__each_way__by_itself() -> None:
    weights = Weights(edges={edge(): (2, 3), edge("a"): (5, 0)})
    forwards, backwards = weights.of_edges([edge("a", "x"), edge("b")])
    assert (forwards.tolist(), backwards.tolist()) == ([10, 2], [0, 3])


def test_replaced_by__the_same_prefix__is_replaced_and_not_multiplied() -> None:
    own = Weights({node("a"): 5}, {edge("e"): (1, 1)})
    found = Weights({node("a"): 2, node("b"): 3}, {edge("e"): (9, 9)}).replaced_by(own)
    assert found == Weights({node("a"): 5, node("b"): 3}, {edge("e"): (1, 1)})


@pytest.mark.parametrize(
    "twice", [Weights({node("a"): 1}), Weights({}, {edge("e"): (1, 1)})], ids=["node", "edge"]
)
def test_together__two_sources_weigh_one_prefix__refused_with_the_second_file(
    twice: Weights,
) -> None:
    with pytest.raises(WeightsFileError, match="gives a weight to") as raised:
        together([("one.json", twice), ("other.json", twice)])
    assert raised.value.file == "other.json"


def test_together__different_prefixes__all_there() -> None:
    found = together([("one", Weights({node("a"): 1})), ("two", Weights({node("b"): 2}))])
    assert found == Weights({node("a"): 1, node("b"): 2})


parts = st.lists(st.sampled_from(["a", "b", "ab", "é", "\x01", "z"]), max_size=3)


@given(st.lists(parts, max_size=12), parts)
def test_span__any_sorted_addresses__are_those_that_start_with_the_prefix(
    listed: list[list[str]], prefix: list[str]
) -> None:
    addresses = sorted({node(*each) for each in listed})
    first, last = span(addresses, node(*prefix))
    below = [each for each in addresses if each.startswith(node(*prefix))]
    assert addresses[first:last] == below


def test_overlap__a_prefix_of_another__both_named() -> None:
    assert overlap([node("a", "b"), node("c"), node("a")]) == (node("a"), node("a", "b"))
    assert overlap([node("a"), node("ab")]) is None


def test_parts_of__its_own_kind__taken_apart_and_shown() -> None:
    assert parts_of(node("a", "b")) == ["a", "b"]
    assert shown(node("a", "b")) == "N/a/b"


@pytest.mark.parametrize("address", [edge("a"), "N\0a", "a\0", ""])
def test_parts_of__anything_else__refused(address: str) -> None:
    with pytest.raises(BadInput, match="is not an address of the kind N"):
        parts_of(address)
