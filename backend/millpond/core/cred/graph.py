# SPDX-License-Identifier: AGPL-3.0-only
"""The contribution graph: what several sources saw, put together in one order.

The order of files, nodes and edges as they were read leaves no trace: nodes and edges are sorted by
address, so that every sum is made in one order and the same content gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import lt, ne
from typing import NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.addresses import shown
from millpond.core.cred.weights import Weights
from millpond.core.errors import GraphFileError

_T = TypeVar("_T", bound=np.generic)
Ints = NDArray[np.int64]
NO_TIME = -(2**63)
"""In an array of times: the node has none."""
_AGAIN = "write the graph again from its source"


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes and mere ends of edges: an address without an entry has `present` False."""

    addresses: Sequence[str]
    present: NDArray[np.bool_]
    times: Ints
    descriptions: Sequence[str]
    """Empty when nobody wants to read them: they take most of the memory."""

    def described(self, number: int) -> str:
        """What the source calls a node; nothing if the descriptions were left out."""
        return self.descriptions[number] if self.descriptions else ""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges from node `sources[i]` to node `targets[i]`, by the numbers of the nodes."""

    addresses: Sequence[str]
    sources: Ints
    targets: Ints
    times: Ints


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges sorted by address, none twice. Edges may end where there is no node."""

    nodes: Nodes
    edges: Edges


@dataclass(frozen=True, slots=True)
class SourceGraph:
    """What one source saw, as its file says it, in any order; and the weights it proposes."""

    plugin: str
    file: str
    nodes: Nodes
    edges: Edges
    weights: Weights


def united(graphs: Sequence[SourceGraph]) -> Graph:
    """All graphs in one; `GraphFileError` for what is there twice, or differs from file to file."""
    nodes, renumbered = _nodes(graphs)
    return Graph(nodes, _edges(graphs, renumbered, nodes))


def _order(texts: list[str]) -> Ints:
    """The numbers of texts in sorted order; what is sorted already costs a look."""
    if all(map(lt, texts, texts[1:])):
        return np.arange(len(texts))
    return np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int64)


def _firsts(ordered: list[str]) -> NDArray[np.bool_]:
    """Which of the sorted texts are not like the one before."""
    result = np.ones(len(ordered), dtype=np.bool_)
    result[1:] = np.fromiter(map(ne, ordered, ordered[1:]), np.bool_, max(len(ordered) - 1, 0))
    return result


def _nodes(graphs: Sequence[SourceGraph]) -> tuple[Nodes, list[Ints]]:
    """The nodes together, and for each graph its nodes' new numbers."""
    addresses = [address for graph in graphs for address in graph.nodes.addresses]
    present = _joined([graph.nodes.present for graph in graphs], np.bool_)
    times = _joined([graph.nodes.times for graph in graphs], np.int64)
    texts = [text for graph in graphs for text in graph.nodes.descriptions]
    order = _order(addresses)
    ordered = [addresses[number] for number in order]
    firsts = _firsts(ordered)
    groups = np.cumsum(firsts) - 1
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = groups
    starts = _starts([len(graph.nodes.addresses) for graph in graphs])
    # Of several entries for an address the first that is a node counts; the others must be like it.
    chosen = order[firsts].copy()
    for at in np.flatnonzero(~firsts):
        other, kept = int(order[at]), int(chosen[groups[at]])
        _require_two_files(graphs, starts, kept, other, "sortedNodeAddresses", ordered[at])
        if not present[kept]:
            chosen[groups[at]] = other
        elif present[other] and (
            times[kept] != times[other] or (texts and texts[kept] != texts[other])
        ):
            file = graphs[_holder(starts, other)].file
            raise GraphFileError(
                f"{shown(ordered[at])} has another time or description than in another file",
                _AGAIN,
                file,
            )
    nodes = Nodes(
        [addresses[number] for number in chosen],
        present[chosen],
        times[chosen],
        [texts[number] for number in chosen] if texts else (),
    )
    spans = zip(starts, [*starts[1:], len(addresses)], strict=True)
    return nodes, [numbers[first:last] for first, last in spans]


def _edges(graphs: Sequence[SourceGraph], renumbered: list[Ints], nodes: Nodes) -> Edges:
    addresses = [address for graph in graphs for address in graph.edges.addresses]
    pairs = list(zip(graphs, renumbered, strict=True))
    sources = _joined([numbers[graph.edges.sources] for graph, numbers in pairs], np.int64)
    targets = _joined([numbers[graph.edges.targets] for graph, numbers in pairs], np.int64)
    times = _joined([graph.edges.times for graph in graphs], np.int64)
    order = _order(addresses)
    ordered = [addresses[number] for number in order]
    firsts = _firsts(ordered)
    starts = _starts([len(graph.edges.addresses) for graph in graphs])
    for at in np.flatnonzero(~firsts):
        one, other = int(order[at - 1]), int(order[at])
        _require_two_files(graphs, starts, one, other, "edges", ordered[at])
        if (sources[one], targets[one], times[one]) != (
            sources[other],
            targets[other],
            times[other],
        ):
            raise GraphFileError(
                f"the edge {shown(ordered[at])} leads from {shown(nodes.addresses[sources[other]])}"
                f" to {shown(nodes.addresses[targets[other]])} at {times[other]}, "
                "and in another file it does not",
                _AGAIN,
                graphs[_holder(starts, other)].file,
            )
    chosen = order[firsts]
    return Edges(
        [addresses[number] for number in chosen], sources[chosen], targets[chosen], times[chosen]
    )


def _joined(arrays: Sequence[NDArray[_T]], kind: type[_T]) -> NDArray[_T]:
    return np.concatenate([np.empty(0, dtype=kind), *arrays])


def _starts(lengths: Sequence[int]) -> list[int]:
    return [sum(lengths[:number]) for number in range(len(lengths))]


def _holder(starts: Sequence[int], number: int) -> int:
    """The number of the graph that holds an entry of the joined lists."""
    return max(at for at, start in enumerate(starts) if start <= number)


def _require_two_files(
    graphs: Sequence[SourceGraph],
    starts: Sequence[int],
    one: int,
    other: int,
    array: str,
    address: str,
) -> None:
    holder = _holder(starts, other)
    if _holder(starts, one) == holder:
        _refuse_twice(graphs[holder].file, array, other - starts[holder], address)


def _refuse_twice(file: str, array: str, number: int, address: str) -> NoReturn:
    raise GraphFileError(
        f"{shown(address)} is there twice",
        f"{_AGAIN}; each address stands there once",
        file,
        f"{array}[{number}]",
    )
