# SPDX-License-Identifier: AGPL-3.0-only
"""What a source found is written whole or not at all, and in whatever order the same."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from millpond.core.cred.weights import Weights
from millpond.core.errors import BadInput, ConfigFileError, GraphFileError, WeightsFileError
from millpond.sources.graphs import read_graph
from millpond.sources.instances import graph_files
from millpond.sources.people import read_people
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson, write_found
from tests.core.cred.small import at, edge, node

ADA, BOB = node("t", "s", "USER", "ada"), node("t", "s", "USER", "bob")


def _found() -> Found:
    works = [node("t", "s", "WORK", str(number)) for number in range(20)]
    return Found(
        "t/s",
        [FoundNode(address, f"work {number}", at(number)) for number, address in enumerate(works)],
        [
            FoundEdge(edge("t", "s", "AUTHOR", str(number)), (ADA, BOB)[number % 2], address, at(1))
            for number, address in enumerate(works)
        ]
        + [FoundEdge(edge("t", "s", "CITES", "0"), works[0], node("t", "s", "gone"), at(2))],
        Weights({node("t", "s", "WORK"): 2.5}, {edge("t", "s", "AUTHOR"): (0.5, 1.0)}),
        [FoundPerson(ADA, "Ada", "ada of the pond"), FoundPerson(BOB, "Bob", "bob")],
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_write_found__what_was_found__reads_back(tmp_path: Path) -> None:
    found = _found()
    path = write_found(tmp_path, found)
    assert graph_files(tmp_path) == [("t/s", path)]
    graph = read_graph(path, "t/s", "graph.json")
    assert graph.weights == found.weights
    times = dict(zip(graph.nodes.addresses, graph.nodes.times.tolist(), strict=True))
    assert times[node("t", "s", "WORK", "3")] == at(3)
    texts = dict(zip(graph.nodes.addresses, graph.nodes.descriptions, strict=True))
    assert texts[ADA] == "ada of the pond"
    ends = zip(graph.edges.addresses, graph.edges.sources, graph.edges.targets, strict=True)
    tied = {
        address: (graph.nodes.addresses[source], graph.nodes.addresses[target])
        for address, source, target in ends
    }
    assert tied == {each.address: (each.source, each.target) for each in found.edges}
    assert not graph.nodes.present[graph.nodes.addresses.index(node("t", "s", "gone"))]
    people = read_people(tmp_path, [path.parent.relative_to(tmp_path)]).all
    assert [(person.name, person.address) for person in people] == [("Ada", ADA), ("Bob", BOB)]


def test_write_found__in_another_order__writes_the_same_bytes(tmp_path: Path) -> None:
    found, shuffle = _found(), random.Random(5).sample  # noqa: S311
    other = Found(
        found.plugin,
        shuffle(found.nodes, len(found.nodes)),
        shuffle(found.edges, len(found.edges)),
        Weights(dict(list(found.weights.nodes.items())[::-1]), found.weights.edges),
        found.people[::-1],
    )
    write_found(tmp_path / "one", found)
    write_found(tmp_path / "two", other)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")
    write_found(tmp_path / "one", found)
    assert _files(tmp_path / "one") == _files(tmp_path / "two")


def _spoiled(name: str) -> Found:
    found = _found()
    first, tie = found.nodes[0], found.edges[0]
    return {
        "a node twice": replace(found, nodes=[*found.nodes, replace(first, description="other")]),
        "an edge twice": replace(found, edges=[*found.edges, replace(tie, time_ms=at(9))]),
        "seconds": replace(found, nodes=[replace(first, time_ms=1_577_577_600)]),
        "too late": replace(found, edges=[replace(tie, time_ms=4_102_444_800_000)]),
        "no address": replace(found, nodes=[replace(first, address="t/s/WORK")]),
        "an edge's address": replace(found, nodes=[replace(first, address=edge("t"))]),
        "a weight": replace(found, weights=Weights({node("t"): float("nan")})),
        "below zero": replace(found, weights=Weights({}, {edge("t"): (-1.0, 0.0)})),
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        *("a node twice", "an edge twice", "seconds", "too late", "no address"),
        *("an edge's address", "a weight", "below zero"),
    ],
)
def test_write_found__something_wrong__leaves_all_as_it_was(tmp_path: Path, name: str) -> None:
    write_found(tmp_path, _found())
    before = _files(tmp_path)
    with pytest.raises((GraphFileError, WeightsFileError)):
        write_found(tmp_path, _spoiled(name))
    assert _files(tmp_path) == before


def test_write_found__a_packed_graph_of_another_program__gives_way(tmp_path: Path) -> None:
    place = tmp_path / "output" / "graphs" / "t" / "s"
    place.mkdir(parents=True)
    (place / "graph").write_bytes(b"older")
    assert write_found(tmp_path, _found()) == place / "graph.json"
    assert graph_files(tmp_path) == [("t/s", place / "graph.json")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ["o/there", "t/s"]),
        ({"x": 1}, ["o/there", "t/s"]),
        ({"bundledPlugins": []}, ["t/s"]),
        ({"bundledPlugins": ["z/z", "t/s"]}, ["z/z", "t/s"]),
        ({"bundledPlugins": ["z/z"], "x": 1}, ["t/s", "z/z"]),
    ],
)
def test_write_found__sourcecred_json__names_the_source_and_keeps_the_others(
    tmp_path: Path, before: object, after: list[str]
) -> None:
    (tmp_path / "output" / "graphs" / "o" / "there").mkdir(parents=True)
    if before is not None:
        (tmp_path / "sourcecred.json").write_text(json.dumps(before))
    write_found(tmp_path, _found())
    now = json.loads((tmp_path / "sourcecred.json").read_text())
    assert now["bundledPlugins"] == after
    assert now.get("x") == (before or {}).get("x")  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["[]", "{", '{"bundledPlugins": 5}'])
def test_write_found__a_sourcecred_json_that_is_none__is_refused_before_writing(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "sourcecred.json").write_text(text)
    with pytest.raises(ConfigFileError, match=r"sourcecred\.json"):
        write_found(tmp_path, _found())
    assert set(_files(tmp_path)) == {"sourcecred.json"}


@pytest.mark.parametrize("plugin", ["s", "t/", "/s", "../s", "t/..", "t/s/u", "t\\s"])
def test_write_found__a_name_that_leads_elsewhere__is_refused(tmp_path: Path, plugin: str) -> None:
    with pytest.raises(BadInput, match="not the name of a source"):
        write_found(tmp_path, replace(_found(), plugin=plugin))


def test_write_found__names__fit_and_are_everybodys_own(tmp_path: Path) -> None:
    names = ["Jos\u00e9 Garc\u00eda", "jose garcia", "\u674e", "x" * 60, "x" * 60, "--"]
    people = [
        FoundPerson(node("t", "s", "USER", str(at)), name, "") for at, name in enumerate(names)
    ]
    folder = write_found(tmp_path, replace(_found(), people=people)).parent
    written = json.loads((folder / "identityProposals.json").read_text())
    assert [each["name"] for each in written] == [
        *("Jose-Garcia", "jose-garcia-2", "person", "x" * 42, "x" * 40 + "-2", "person-2"),
    ]
