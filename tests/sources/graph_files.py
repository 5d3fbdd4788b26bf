# SPDX-License-Identifier: AGPL-3.0-only
"""Small graph files, and whole instances, to be spoiled one thing at a time."""

import json
from pathlib import Path
from typing import Any

from tests.core.cred.small import at, edge, node

Json = Any


def graph_json() -> Json:
    """A pull request by Ada, reviewed by Bob; the review's edge leads to a node that is gone."""
    addresses = [["g", "PULL", "1"], ["g", "REVIEW", "2"], ["g", "USER", "ada"], ["g", "gone"]]
    return [
        {"type": "sourcecred/weightedGraph", "version": "0.1.0"},
        {
            "graphJSON": [
                {"type": "sourcecred/graph", "version": "0.8.0"},
                {
                    "edges": [
                        {"address": ["g", "AUTHORS", "1"], "dstIndex": 0, "srcIndex": 2,
                         "timestampMs": at(0)},
                        {"address": ["g", "CITES", "2"], "dstIndex": 3, "srcIndex": 1,
                         "timestampMs": at(1)},
                        {"address": ["g", "REVIEWS", "2"], "dstIndex": 0, "srcIndex": 1,
                         "timestampMs": at(1)},
                    ],
                    "nodes": [
                        {"index": 0, "description": "a pull", "timestampMs": at(0)},
                        {"index": 1, "description": "a review", "timestampMs": at(1)},
                        {"index": 2, "description": "ada", "timestampMs": None},
                    ],
                    "sortedNodeAddresses": addresses,
                },
            ],
            "weightsJSON": [
                {"type": "sourcecred/weights", "version": "0.2.0"},
                {
                    "nodeWeights": {node("g", "PULL"): 4, node("g", "USER"): 0},
                    "edgeWeights": {edge("g", "AUTHORS"): {"forwards": 0.5, "backwards": 1}},
                },
            ],
        },
    ]  # fmt: skip


def body(graph: Json) -> Json:
    """The part of a graph file that holds nodes and edges."""
    return graph[1]["graphJSON"][1]


def weights(graph: Json) -> Json:
    """The part of a graph file that holds weights."""
    return graph[1]["weightsJSON"][1]


def write(path: Path, value: Json) -> Path:
    """Write JSON, with whatever folders it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def write_instance(folder: Path, graph: Json | None = None) -> Path:
    """An instance with that graph, whose people are proposed by its source."""
    write(folder / "sourcecred.json", {"bundledPlugins": ["test/g"]})
    place = folder / "output" / "graphs" / "test" / "g"
    write(place / "graph.json", graph or graph_json())
    write(
        place / "identityProposals.json",
        [
            {"name": "ada", "pluginName": "g", "type": "USER",
             "alias": {"address": node("g", "USER", "ada"), "description": "ada"}},
        ],
    )  # fmt: skip
    return folder
