# SPDX-License-Identifier: AGPL-3.0-only
"""Graph files: what is read, and each thing that may be wrong with one, by its place."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from millpond.core.cred.graph import NO_TIME, united
from millpond.core.errors import GraphFileError, InputFileError, WeightsFileError
from millpond.sources.graphs import read_graph
from tests.core.cred.small import at, edge, node
from tests.sources.graph_files import Json, body, graph_json, weights, write


def read(path: Path, value: Json) -> None:
    read_graph(write(path / "graph.json", value), "test/g", "graph.json")


def test_read_graph__a_sound_file__every_part_of_it(tmp_path: Path) -> None:
    found = read_graph(write(tmp_path / "g", graph_json()), "test/g", "graph.json")
    assert found.nodes.addresses[0] == node("g", "PULL", "1")
    assert found.nodes.present.tolist() == [True, True, True, False]
    assert found.nodes.times.tolist() == [at(0), at(1), NO_TIME, NO_TIME]
    assert found.nodes.described(1) == "a review"
    assert found.edges.addresses == [
        edge("g", "AUTHORS", "1"),
        edge("g", "CITES", "2"),
        edge("g", "REVIEWS", "2"),
    ]
    assert (found.edges.sources.tolist(), found.edges.targets.tolist()) == ([2, 1, 1], [0, 3, 0])
    assert found.edges.times.tolist() == [at(0), at(1), at(1)]
    assert found.weights.nodes == {node("g", "PULL"): 4, node("g", "USER"): 0}
    assert found.weights.edges == {edge("g", "AUTHORS"): (0.5, 1)}


def test_read_graph__without_descriptions__everything_else_is_there(tmp_path: Path) -> None:
    path = write(tmp_path / "g", graph_json())
    bare = read_graph(path, "test/g", "graph.json", descriptions=False)
    full = read_graph(path, "test/g", "graph.json")
    assert bare.nodes.described(1) == ""
    assert (bare.nodes.addresses, bare.weights) == (full.nodes.addresses, full.weights)


def test_read_graph__arrays_in_another_order_and_packed__the_same(tmp_path: Path) -> None:
    value = graph_json()
    value[1] = dict(reversed(value[1].items()))
    value[1]["graphJSON"][1] = dict(reversed(body(value).items()))
    path = tmp_path / "graph"
    path.write_bytes(zlib.compress(json.dumps(value, indent=2).encode()))
    plain = read_graph(write(tmp_path / "g", graph_json()), "test/g", "g")
    packed = read_graph(path, "test/g", "g")
    assert (packed.nodes.addresses, packed.edges.addresses, packed.weights) == (
        plain.nodes.addresses,
        plain.edges.addresses,
        plain.weights,
    )


def spoil(change: Callable[[Json], object]) -> Json:
    value = graph_json()
    change(value)
    return value


WRONG: dict[str, tuple[Callable[[Json], object], type[InputFileError], str, str]] = {
    "unknown version": (
        lambda g: g[1]["graphJSON"][0].update(version="0.9.0"),
        GraphFileError, "its header is", "byte",
    ),
    "another kind of file": (
        lambda g: g[0].update(type="sourcecred/credResult"),
        GraphFileError, "not sourcecred/weightedGraph 0.1.0", "byte 1",
    ),
    "weights of an unknown version": (
        lambda g: g[1]["weightsJSON"][0].update(version="0.1.0"),
        GraphFileError, "not sourcecred/weights 0.2.0", "byte",
    ),
    "no weights": (
        lambda g: g[1].pop("weightsJSON"), GraphFileError, "there is no weightsJSON", "byte",
    ),
    "no edges": (lambda g: body(g).pop("edges"), GraphFileError, "the graph has no edges", "byte"),
    "an unknown key": (
        lambda g: body(g).update(more=[]), GraphFileError, "a graph has no 'more'", "byte",
    ),
    "an end of an edge outside": (
        lambda g: body(g)["edges"][1].update(dstIndex=4),
        GraphFileError, "4 is the number of no address: there are 4", "edges[1].dstIndex",
    ),
    "an edge from below": (
        lambda g: body(g)["edges"][0].update(srcIndex=-1),
        GraphFileError, "-1 is the number of no address", "edges[0].srcIndex",
    ),
    "a node outside": (
        lambda g: body(g)["nodes"][2].update(index=9),
        GraphFileError, "9 is the number of no address", "nodes[2].index",
    ),
    "a node twice": (
        lambda g: body(g)["nodes"].append(dict(body(g)["nodes"][0])),
        GraphFileError, "N/g/PULL/1 is there twice", "nodes[3]",
    ),
    "an address twice": (
        lambda g: body(g)["sortedNodeAddresses"].append(["g", "PULL", "1"]),
        GraphFileError, "N/g/PULL/1 is there twice", "sortedNodeAddresses[4]",
    ),
    "an edge twice": (
        lambda g: body(g)["edges"].append(dict(body(g)["edges"][2])),
        GraphFileError, "E/g/REVIEWS/2 is there twice", "edges[3]",
    ),
    "a time in seconds": (
        lambda g: body(g)["nodes"][1].update(timestampMs=at(1) // 1000),
        GraphFileError, "it looks like seconds", "nodes[1].timestampMs",
    ),
    "an edge in seconds": (
        lambda g: body(g)["edges"][2].update(timestampMs=at(1) // 1000),
        GraphFileError, "it looks like seconds", "edges[2].timestampMs",
    ),
    "a time in microseconds": (
        lambda g: body(g)["edges"][2].update(timestampMs=at(1) * 1000),
        GraphFileError, "is not a time in milliseconds since 1970", "edges[2].timestampMs",
    ),
    "a time before time": (
        lambda g: body(g)["nodes"][0].update(timestampMs=-1),
        GraphFileError, "-1 is not a time", "nodes[0].timestampMs",
    ),
    "a time beyond all": (
        lambda g: body(g)["nodes"][0].update(timestampMs=10**30),
        GraphFileError, "Expected `int`", "nodes[0].timestampMs",
    ),
    "a time that is text": (
        lambda g: body(g)["nodes"][0].update(timestampMs="2020"),
        GraphFileError, "Expected `int | null`, got `str`", "nodes[0].timestampMs",
    ),
    "an edge without a time": (
        lambda g: body(g)["edges"][0].pop("timestampMs"),
        GraphFileError, "missing required field `timestampMs`", "edges[0]",
    ),
    "an address that is no list": (
        lambda g: body(g)["sortedNodeAddresses"].insert(1, "g"),
        GraphFileError, "Expected `array`, got `str`", "sortedNodeAddresses[1]",
    ),
    "a NUL in an address": (
        lambda g: body(g)["sortedNodeAddresses"].append(["g\0PULL"]),
        GraphFileError, "a part of an address holds a NUL", "sortedNodeAddresses[0]",
    ),
    "a negative weight": (
        lambda g: weights(g)["nodeWeights"].update({node("g"): -1}),
        WeightsFileError, "the weight of N/g is not a finite number of zero or more", "nodeWeights",
    ),
    "a negative weight of an edge": (
        lambda g: weights(g)["edgeWeights"].update({edge("g"): {"forwards": 1, "backwards": -2}}),
        WeightsFileError, "the weight of E/g is not a finite number", "edgeWeights",
    ),
    "a weight on no prefix": (
        lambda g: weights(g)["nodeWeights"].update({"N\0g": 1}),
        WeightsFileError, "is no prefix of an address", "nodeWeights",
    ),
    "a weight of a node on an edge's prefix": (
        lambda g: weights(g)["nodeWeights"].update({edge("g"): 1}),
        WeightsFileError, "is no prefix of an address", "nodeWeights",
    ),
    "a weight that is text": (
        lambda g: weights(g)["nodeWeights"].update({node("g"): "4"}),
        GraphFileError, "Expected `float`, got `str`", "nodeWeights",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_read_graph__one_thing_wrong__is_a_named_error_with_file_and_position(
    tmp_path: Path, name: str
) -> None:
    change, kind, says, where = WRONG[name]
    path = write(tmp_path / "graph.json", spoil(change))
    with pytest.raises(InputFileError) as raised:
        united([read_graph(path, "test/g", "graph.json")])
    error = raised.value
    assert (error.name, error.file) == (kind.__name__, "graph.json")
    assert says in error.message
    assert where in error.position
    assert error.next_step


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "1e999"])
def test_read_graph__a_weight_that_is_not_finite__is_refused(tmp_path: Path, figure: str) -> None:
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(graph_json()).replace(": 4,", f": {figure},"))
    with pytest.raises(GraphFileError, match=r"graph.json, nodeWeights"):
        read_graph(path, "test/g", "graph.json")


def test_united__the_same_node_and_edge_in_two_files__stand_for_one(tmp_path: Path) -> None:
    one = read_graph(write(tmp_path / "1", graph_json()), "test/a", "1")
    two = read_graph(write(tmp_path / "2", graph_json()), "test/b", "2")
    found = united([one, two])
    assert (len(found.nodes.addresses), len(found.edges.addresses)) == (4, 3)


def test_united__an_end_that_another_file_knows__is_a_node(tmp_path: Path) -> None:
    other = graph_json()
    body(other)["nodes"].append({"index": 3, "description": "here", "timestampMs": at(0)})
    files = [
        read_graph(write(tmp_path / str(number), value), f"test/{number}", str(number))
        for number, value in enumerate([graph_json(), other])
    ]
    for graphs in (files, files[::-1]):
        found = united(graphs)
        assert found.nodes.present.tolist() == [True, True, True, True]
        assert found.nodes.times[3] == at(0)
        assert found.nodes.described(3) == "here"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda g: body(g)["nodes"][0].update(timestampMs=at(2)), "N/g/PULL/1 has another time"),
        (lambda g: body(g)["nodes"][0].update(description="x"), "N/g/PULL/1 has another time or"),
        (lambda g: body(g)["edges"][0].update(dstIndex=1), "the edge E/g/AUTHORS/1 leads from"),
        (lambda g: body(g)["edges"][0].update(timestampMs=at(3)), "the edge E/g/AUTHORS/1 leads"),
    ],
)
def test_united__two_files_that_disagree__are_refused(
    tmp_path: Path, change: Callable[[Json], object], says: str
) -> None:
    one = read_graph(write(tmp_path / "1", graph_json()), "test/a", "one.json")
    two = read_graph(write(tmp_path / "2", spoil(change)), "test/b", "two.json")
    with pytest.raises(GraphFileError, match=says) as raised:
        united([one, two])
    assert raised.value.file == "two.json"
