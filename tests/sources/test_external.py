# SPDX-License-Identifier: AGPL-3.0-only
"""SourceCred's external form: what a folder hands in, with and without a declaration."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from millpond.core.cred.weights import Weights
from millpond.core.errors import ConfigFileError, GraphFileError, InputFileError, WeightsFileError
from millpond.sources.external import external_names, files_of, read_external
from millpond.sources.graphs import read_graph
from millpond.sources.writing import write_found
from tests.core.cred.small import edge, node
from tests.sources.graph_files import body, graph_json, weights, write


def _folder(root: Path, graph: Any = None, **others: Any) -> Path:
    write(root / "graph.json", graph or graph_json())
    for name, value in others.items():
        write(root / f"{name}.json", value)
    return root


def _declaration() -> dict[str, Any]:
    return {
        "name": "g",
        "nodePrefix": node("g"),
        "edgePrefix": edge("g"),
        "nodeTypes": [{"name": "r", "prefix": node("g", "REVIEW"), "defaultWeight": 2}],
        "edgeTypes": [
            {"prefix": edge("g", "REVIEWS"), "defaultWeight": {"forwards": 1, "backwards": 0.25}}
        ],
        "userTypes": [],
        "keys": {},
    }


def test_read_external__a_graph_alone__has_the_weights_that_sourcecred_gives(
    tmp_path: Path,
) -> None:
    found = read_external(_folder(tmp_path), "garden")
    given = weights(graph_json())
    assert found.plugin == "external/garden"
    assert found.weights == Weights(
        {
            **given["nodeWeights"],
            node("external", "garden", "CONTRIBUTION"): 1.0,
            node("external", "garden", "PARTICIPANT"): 1.0,
        },
        {
            edge("g", "AUTHORS"): (0.5, 1.0),
            edge("external", "garden", "PARTICIPATES_IN"): (0.5, 1.0),
        },
    )
    assert found.people == []


def test_read_external__a_declaration__gives_its_weights_beside_those_of_the_graph(
    tmp_path: Path,
) -> None:
    found = read_external(_folder(tmp_path, declaration=_declaration()), "garden")
    assert found.weights == Weights(
        {node("g", "PULL"): 4, node("g", "USER"): 0, node("g", "REVIEW"): 2},
        {edge("g", "AUTHORS"): (0.5, 1), edge("g", "REVIEWS"): (1, 0.25)},
    )


def test_read_external__written_into_an_instance__is_the_graph_that_was_handed_in(
    tmp_path: Path,
) -> None:
    alias = {"address": node("g", "USER", "ada"), "description": "ada"}
    people = [{"name": "ada", "pluginName": "g", "type": "USER", "alias": alias}]
    folder = _folder(tmp_path / "in", identityProposals=people)
    path = write_found(tmp_path / "out", read_external(folder, "garden"))
    before = read_graph(folder / "graph.json", "p", "f")
    after = read_graph(path, "p", "f")
    assert list(after.nodes.addresses) == list(before.nodes.addresses)
    assert after.nodes.present.tolist() == before.nodes.present.tolist()
    assert list(after.nodes.descriptions) == list(before.nodes.descriptions)
    assert after.edges.times.tolist() == before.edges.times.tolist()
    written = json.loads((path.parent / "identityProposals.json").read_text())
    assert [each["alias"] for each in written] == [alias]


def test_read_external__packed__is_the_same(tmp_path: Path) -> None:
    plain = read_external(_folder(tmp_path / "plain"), "garden")
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "graph").write_bytes(zlib.compress(json.dumps(graph_json()).encode()))
    assert read_external(packed, "garden") == plain
    assert set(files_of(packed)) == {"graph"}


def test_read_external__addresses_to_fetch_from__are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "config.json", {"graphUrl": "https://pond.example/graph"})
    with pytest.raises(GraphFileError, match="nothing is fetched"):
        read_external(tmp_path, "garden")


def _twice() -> Any:
    graph = graph_json()
    body(graph)["edges"].append(body(graph)["edges"][0])
    return graph


def _same_prefix() -> Any:
    declaration = _declaration()
    declaration["nodeTypes"][0]["prefix"] = node("g", "PULL")
    return declaration


@pytest.mark.parametrize(
    ("graph", "others", "error", "said"),
    [
        (_twice(), {}, GraphFileError, "an edge is there twice"),
        (None, {"declaration": {"nodeTypes": 5}}, ConfigFileError, "garden/declaration.json"),
        (None, {"declaration": _same_prefix()}, WeightsFileError, "as another source does"),
        (
            None,
            {"declaration": {**_declaration(), "edgeTypes": [
                {"prefix": node("g"), "defaultWeight": {"forwards": 1, "backwards": 1}}]}},
            ConfigFileError,
            "not an address of the kind E",
        ),
        (
            None,
            {"identityProposals": [{"name": "a", "alias": {"address": "ada"}}]},
            ConfigFileError,
            "not an address of the kind N",
        ),
        (
            None,
            {"identityProposals": [
                {"name": "a", "type": "CAT", "alias": {"address": node("g", "USER", "ada")}}]},
            ConfigFileError,
            "no kind of identity",
        ),
    ],
)  # fmt: skip
def test_read_external__something_wrong__is_refused_with_its_place(
    tmp_path: Path, graph: Any, others: dict[str, Any], error: type[InputFileError], said: str
) -> None:
    with pytest.raises(error) as refused:
        read_external(_folder(tmp_path, graph, **others), "garden")
    assert said in str(refused.value)
    assert refused.value.file


def test_external_names__are_the_folders(tmp_path: Path) -> None:
    assert external_names(tmp_path) == []
    for name in ("b", "a"):
        _folder(tmp_path / "config" / "plugins" / "external" / name)
    assert external_names(tmp_path) == ["a", "b"]
