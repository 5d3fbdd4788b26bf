# SPDX-License-Identifier: AGPL-3.0-only
"""Small graphs, written down in a test."""

from collections.abc import Mapping, Sequence

import numpy as np

from millpond.core.cred.addresses import EDGE, NODE, joined
from millpond.core.cred.graph import NO_TIME, Edges, Nodes, SourceGraph
from millpond.core.cred.model import Instance, Person
from millpond.core.cred.weights import Weights
from millpond.core.weeks import WEEK_MS

SUNDAY = 1_577_577_600_000  # 2019-12-29
NOON = 12 * 60 * 60 * 1000


def node(*parts: str) -> str:
    """A node's address."""
    return joined(NODE, parts)


def edge(*parts: str) -> str:
    """An edge's address."""
    return joined(EDGE, parts)


def at(week: int) -> int:
    """Noon of the first day of a week."""
    return SUNDAY + week * WEEK_MS + NOON


def graph(
    nodes: Mapping[str, int | None],
    edges: Sequence[tuple[str, str, str, int]],
    weights: Weights | None = None,
    file: str = "graph.json",
) -> SourceGraph:
    """A graph of nodes with their times and of edges (name, from, to, time), by short names."""
    names = list(dict.fromkeys([*nodes, *(end for each in edges for end in each[1:3])]))
    times = [nodes.get(name) for name in names]
    return SourceGraph(
        "test/small",
        file,
        Nodes(
            [node(name) for name in names],
            np.array([name in nodes for name in names], dtype=np.bool_),
            np.array([NO_TIME if time is None else time for time in times], dtype=np.int64),
            [f"what {name} is" for name in names],
        ),
        Edges(
            [edge(name) for name, *_ in edges],
            np.array([names.index(source) for _, source, _, _ in edges], dtype=np.int64),
            np.array([names.index(target) for _, _, target, _ in edges], dtype=np.int64),
            np.array([time for *_, time in edges], dtype=np.int64),
        ),
        weights or Weights(),
    )


def person(name: str, *aliases: str) -> Person:
    """A person whose node has her name."""
    return Person(name, name, node(name), tuple(node(alias) for alias in aliases))


def instance(
    nodes: Mapping[str, int | None],
    edges: Sequence[tuple[str, str, str, int]],
    people: Sequence[str],
    weights: Weights | None = None,
) -> Instance:
    """One graph and the people in it."""
    return Instance(
        (graph(nodes, edges),), tuple(map(person, people)), weights=weights or Weights()
    )
