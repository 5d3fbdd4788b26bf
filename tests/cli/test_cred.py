# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond cred compute`: what it prints and writes, and how it ends."""

import json
import random
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran
from tests.core.cred.vectors import expected
from tests.sourcecred import VECTORS
from tests.sources.graph_files import graph_json, weights, write_instance

Run = Callable[..., Ran]


def test_compute__an_instance__prints_who_has_most_and_writes_both_files(
    millpond: Run, tmp_path: Path
) -> None:
    out, nodes = tmp_path / "cred.json", tmp_path / "nodes.json"
    ran = millpond(
        *("cred", "compute", VECTORS / "superbenefit", "--method", "credrank"),
        *("--mode", "compatible", "--json", out, "--nodes", nodes),
    )
    assert ran.status == 0, ran.err
    assert "1,097 contributions, 321 people, 39 weeks from 2023-09-17 to 2024-06-15" in ran.out
    theirs = expected("superbenefit", "expected-cred.json")
    written = json.loads(out.read_text())
    assert written.keys() == theirs.keys()
    assert written["participants"][0].keys() == theirs["participants"][0].keys()
    first = max(theirs["participants"], key=lambda each: each["cred"])
    assert first["name"] in ran.out.splitlines()[3]
    theirs = expected("superbenefit", "expected-node-scores.json")["nodes"]
    assert json.loads(nodes.read_text())["nodes"].keys() == theirs.keys()


def test_compute__as_json__prints_what_it_writes(millpond: Run, tmp_path: Path) -> None:
    out = tmp_path / "cred.json"
    ran = millpond("--json", "cred", "compute", VECTORS / "kurafire", "--json", out)
    assert ran.status == 0
    assert ran.json == json.loads(out.read_text())
    assert ran.json["generatedWith"]["mode"] == "exact"


def test_compute__a_file_for_json_and_no_instance__says_so_as_text(
    millpond: Run, tmp_path: Path
) -> None:
    ran = millpond("cred", "compute", tmp_path / "nowhere", "--json", tmp_path / "cred.json")
    assert ran.status == 3
    assert not ran.out
    assert "Next: " in ran.err


def test_compute__json_before_the_command_and_no_instance__says_so_as_json(
    millpond: Run, tmp_path: Path
) -> None:
    ran = millpond("--json", "cred", "compute", tmp_path / "nowhere", "--json", tmp_path / "cred")
    assert ran.status == 3
    assert ran.json["error"]


def test_compute__other_weights__change_the_mint(millpond: Run, tmp_path: Path) -> None:
    folder = write_instance(tmp_path / "instance")
    other = tmp_path / "weights.json"
    other.write_text(
        json.dumps(
            [
                {"type": "sourcecred/weights", "version": "0.2.0"},
                {"nodeWeights": {"N\0g\0PULL\0": 9}, "edgeWeights": {}},
            ]
        )
    )
    assert "of 5.000000 minted" in millpond("cred", "compute", folder).out
    assert "of 10.000000 minted" in millpond("cred", "compute", folder, "--weights", other).out


def test_compute__bad_input__says_where_and_writes_nothing(millpond: Run, tmp_path: Path) -> None:
    graph = graph_json()
    weights(graph)["nodeWeights"]["N\0g\0"] = -1
    folder = write_instance(tmp_path / "instance", graph)
    out = tmp_path / "cred.json"
    ran = millpond("cred", "compute", folder, "--nodes", out)
    assert ran.status == 3
    assert "output/graphs/test/g/graph.json, nodeWeights: the weight of N/g is not" in ran.err
    assert "Next: " in ran.err
    assert "Traceback" not in ran.err
    assert not out.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["instance"]


def test_compute__a_place_that_cannot_be_written__is_named(millpond: Run, tmp_path: Path) -> None:
    folder = write_instance(tmp_path / "instance")
    ran = millpond("cred", "compute", folder, "--nodes", tmp_path / "none" / "cred.json")
    assert ran.status == 3
    assert "cannot be written" in ran.err


@pytest.mark.parametrize("args", [["--method", "pagerank"], ["--mode", "near"]], ids=str)
def test_compute__wrong_usage__status_2(millpond: Run, tmp_path: Path, args: list[str]) -> None:
    ran = millpond("cred", "compute", tmp_path, *args)
    assert ran.status == 2
    assert "Usage:" in ran.err


def shuffled(folder: Path, chance: random.Random) -> None:
    """Write each graph of an instance again: nodes, edges, keys and weights in another order."""
    for path in list((folder / "output" / "graphs").rglob("graph.json")):
        value = json.loads(path.read_text())
        graph = value[1]["graphJSON"][1]
        new = list(range(len(graph["sortedNodeAddresses"])))
        chance.shuffle(new)
        addresses: list[Any] = [None] * len(new)
        for old, number in enumerate(new):
            addresses[number] = graph["sortedNodeAddresses"][old]
        for each in graph["nodes"]:
            each["index"] = new[each["index"]]
        for each in graph["edges"]:
            each["srcIndex"], each["dstIndex"] = new[each["srcIndex"]], new[each["dstIndex"]]
        graph["sortedNodeAddresses"] = addresses
        for key in ("nodes", "edges"):
            chance.shuffle(graph[key])
        weights_of = value[1]["weightsJSON"][1]
        for key in ("nodeWeights", "edgeWeights"):
            weights_of[key] = dict(
                chance.sample(sorted(weights_of[key].items()), len(weights_of[key]))
            )
        value[1] = dict(reversed(value[1].items()))
        path.with_name("graph").write_bytes(zlib.compress(json.dumps(value, indent=1).encode()))
        path.unlink()
    settings = folder / "sourcecred.json"
    named = json.loads(settings.read_text())
    named["bundledPlugins"].reverse()
    settings.write_text(json.dumps(named))


@pytest.mark.parametrize("method", ["credrank", "timeline"])
@pytest.mark.parametrize("mode", ["exact", "compatible"])
def test_compute__files_nodes_and_edges_in_another_order__the_same_bytes(
    millpond: Run, tmp_path: Path, method: str, mode: str
) -> None:
    written = []
    for number in range(3):
        folder = tmp_path / str(number)
        shutil.copytree(VECTORS / "synthetic-2k", folder)
        if number:
            shuffled(folder, random.Random(number))  # noqa: S311  (an order, no secret)
        out, nodes = tmp_path / f"{number}.json", tmp_path / f"{number}.nodes.json"
        ran = millpond(
            *("cred", "compute", folder, "--method", method, "--mode", mode),
            *("--json", out, "--nodes", nodes),
        )
        assert ran.status == 0, ran.err
        written.append((out.read_bytes(), nodes.read_bytes()))
    assert written[0] == written[1] == written[2]
