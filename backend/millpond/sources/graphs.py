# SPDX-License-Identifier: AGPL-3.0-only
"""Reads SourceCred's weighted graphs (graph 0.8.0, weights 0.2.0), of any size, strictly."""

import gc
import math
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.addresses import EDGE, NODE, NUL, shown
from millpond.core.cred.graph import NO_TIME, Edges, Ints, Nodes, SourceGraph
from millpond.core.cred.weights import Weights
from millpond.core.errors import GraphFileError, WeightsFileError
from millpond.sources.json_stream import JsonStream

WEIGHTED_GRAPH = {"type": "sourcecred/weightedGraph", "version": "0.1.0"}
GRAPH = {"type": "sourcecred/graph", "version": "0.8.0"}
WEIGHTS = {"type": "sourcecred/weights", "version": "0.2.0"}

EARLIEST_MS = 100_000_000_000  # 1973 in milliseconds; the year 5138 in seconds
BEFORE_MS = 4_102_444_800_000  # the year 2100
_AGAIN = "write the graph again from its source"


_Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class _Node(msgspec.Struct, gc=False):
    index: _Whole
    timestampMs: _Whole | None  # noqa: N815  (the format's spelling)


class _DescribedNode(msgspec.Struct, gc=False):
    index: _Whole
    timestampMs: _Whole | None  # noqa: N815
    description: str


class _Edge(msgspec.Struct, gc=False):
    address: list[str]
    srcIndex: _Whole  # noqa: N815
    dstIndex: _Whole  # noqa: N815
    timestampMs: _Whole  # noqa: N815


class _EdgeWeight(msgspec.Struct, gc=False):
    forwards: float
    backwards: float


def read_graph(path: Path, plugin: str, name: str, descriptions: bool = True) -> SourceGraph:
    """The graph of a file; `name` is what errors call it.

    `GraphFileError`, `WeightsFileError` or `CorruptFile` name the place of the first thing wrong.
    Without `descriptions` those of nodes are left out, which halves the memory.
    """
    with _uncollected():
        stream = JsonStream(path, name)
        draft = _Draft(stream, descriptions)
        stream.take(b"[")
        _header(stream, WEIGHTED_GRAPH)
        stream.take(b",")
        weights: Weights | None = None
        for key in stream.members():
            if key == "graphJSON":
                draft.read()
            elif key == "weightsJSON":
                weights = read_weights(stream)
            else:
                stream.refuse(f"a weighted graph has no {key!r}")
        stream.take(b"]")
        stream.end()
        if weights is None:
            stream.refuse("the weights are missing: there is no weightsJSON")
        nodes, edges = draft.finished()
    return SourceGraph(plugin, name, nodes, edges, weights)


def read_weights(stream: JsonStream) -> Weights:
    """A pair of header and weights: the value of weightsJSON, or a whole file."""
    nodes: dict[str, float] = {}
    edges: dict[str, tuple[float, float]] = {}
    stream.take(b"[")
    _header(stream, WEIGHTS)
    stream.take(b",")
    for key in stream.members():
        if key == "nodeWeights":
            for piece in stream.pieces(dict[str, float], b"{}", b"0123456789", key):
                nodes.update(piece)
        elif key == "edgeWeights":
            for piece in stream.pieces(dict[str, _EdgeWeight], b"{}", b"}", key):
                edges.update(
                    (each, (found.forwards, found.backwards)) for each, found in piece.items()
                )
        else:
            stream.refuse(f"weights have no {key!r}")
    stream.take(b"]")
    for prefix, weight in nodes.items():
        _check_weight(stream.name, NODE, prefix, weight, weight)
    for prefix, (forwards, backwards) in edges.items():
        _check_weight(stream.name, EDGE, prefix, forwards, backwards)
    return Weights(nodes, edges)


def _check_weight(file: str, kind: str, prefix: str, one: float, other: float) -> None:
    array = "nodeWeights" if kind == NODE else "edgeWeights"
    if not (prefix.startswith(kind) and prefix.endswith(NUL)):
        raise WeightsFileError(
            f"{prefix[:80]!r} is no prefix of an address",
            f"write {kind[0]} and the parts of the prefix, each followed by NUL (\\u0000)",
            file,
            array,
        )
    if not (math.isfinite(one) and math.isfinite(other) and one >= 0 and other >= 0):
        raise WeightsFileError(
            f"the weight of {shown(prefix)} is not a finite number of zero or more",
            "write weights as plain numbers, zero or above",
            file,
            array,
        )


def _header(stream: JsonStream, wanted: dict[str, str]) -> None:
    at = stream.offset
    found = stream.value()
    if found != wanted:
        stream.refuse(
            f"its header is {str(found)[:120]}, not {wanted['type']} {wanted['version']}",
            f"byte {at}",
            "write the file in that format; SourceCred 0.11.2 writes it from older ones",
        )


class _Draft:
    """A graph while it is read: its three arrays stand in any order in the file."""

    def __init__(self, stream: JsonStream, descriptions: bool) -> None:
        self.stream = stream
        self.node_kind: Any = list[_DescribedNode] if descriptions else list[_Node]
        self.descriptions = descriptions
        self.addresses: list[str] | None = None
        self.indexes, self.times = array("q"), array("q")
        self.texts: list[str] = []
        self.edges: list[str] = []
        self.sources, self.targets, self.edge_times = array("q"), array("q"), array("q")

    def read(self) -> None:
        stream = self.stream
        stream.take(b"[")
        _header(stream, GRAPH)
        stream.take(b",")
        readers = {
            "sortedNodeAddresses": self._read_addresses,
            "nodes": self._read_nodes,
            "edges": self._read_edges,
        }
        missing = set(readers)
        for key in stream.members():
            if key not in readers:
                stream.refuse(f"a graph has no {key!r}")
            readers[key](key)
            missing.discard(key)
        if missing:
            stream.refuse(f"the graph has no {min(missing)}")
        stream.take(b"]")

    def _read_addresses(self, key: str) -> None:
        self.addresses = []
        for piece in self.stream.pieces(list[list[str]], b"[]", b"]", key):
            self.addresses += self._joined(NODE, piece, f"{key}[{len(self.addresses)}]")

    def _read_nodes(self, key: str) -> None:
        for piece in self.stream.pieces(self.node_kind, b"[]", b"}", key):
            self.indexes.extend([node.index for node in piece])
            self.times.extend(
                [NO_TIME if node.timestampMs is None else node.timestampMs for node in piece]
            )
            if self.descriptions:
                self.texts += [node.description for node in piece]

    def _read_edges(self, key: str) -> None:
        for piece in self.stream.pieces(list[_Edge], b"[]", b"}", key):
            parts = [edge.address for edge in piece]
            self.edges += self._joined(EDGE, parts, f"{key}[{len(self.edges)}]")
            self.sources.extend([edge.srcIndex for edge in piece])
            self.targets.extend([edge.dstIndex for edge in piece])
            self.edge_times.extend([edge.timestampMs for edge in piece])

    def _joined(self, kind: str, lists: list[list[str]], first: str) -> list[str]:
        """The addresses as texts; `first` is the place of the first of them."""
        texts = [kind + NUL.join(parts) + NUL if parts else kind for parts in lists]
        if "".join(texts).count(NUL) != len(lists) + sum(map(len, lists)):
            self.stream.refuse("a part of an address holds a NUL", f"at or behind {first}")
        return texts

    def finished(self) -> tuple[Nodes, Edges]:
        """What was read, checked as a whole."""
        file, addresses = self.stream.name, self.addresses or []
        indexes, sources, targets = map(_ints, (self.indexes, self.sources, self.targets))
        for numbers, place in (
            (indexes, "nodes[{}].index"),
            (sources, "edges[{}].srcIndex"),
            (targets, "edges[{}].dstIndex"),
        ):
            outside = np.flatnonzero((numbers < 0) | (numbers >= len(addresses)))
            if len(outside):
                raise GraphFileError(
                    f"{numbers[outside[0]]} is the number of no address: there are "
                    f"{len(addresses)}",
                    _AGAIN,
                    file,
                    place.format(outside[0]),
                )
        twice = np.flatnonzero(np.bincount(indexes, minlength=len(addresses)) > 1)
        if len(twice):
            second = np.flatnonzero(indexes == twice[0])[1]
            raise GraphFileError(
                f"{shown(addresses[twice[0]])} is there twice", _AGAIN, file, f"nodes[{second}]"
            )
        node_times, edge_times = _ints(self.times), _ints(self.edge_times)
        _check_times(node_times[node_times != NO_TIME], node_times, file, "nodes")
        _check_times(edge_times, edge_times, file, "edges")
        present: NDArray[np.bool_] = np.zeros(len(addresses), dtype=np.bool_)
        present[indexes] = True
        times = np.full(len(addresses), NO_TIME, dtype=np.int64)
        times[indexes] = node_times
        return (
            Nodes(addresses, present, times, self._placed(indexes, len(addresses))),
            Edges(self.edges, sources, targets, edge_times),
        )

    def _placed(self, indexes: Ints, count: int) -> list[str]:
        """Each node's description at the number of its address."""
        if not self.descriptions:
            return []
        result = [""] * count
        for index, text in zip(indexes, self.texts, strict=True):
            result[index] = text
        return result


def _ints(numbers: "array[int]") -> Ints:
    return np.array(numbers, dtype=np.int64)


def _check_times(dated: Ints, times: Ints, file: str, what: str) -> None:
    if len(dated) == 0 or (dated.min() >= EARLIEST_MS and dated.max() < BEFORE_MS):
        return
    wrong = (times < EARLIEST_MS) | (times >= BEFORE_MS)
    if len(dated) != len(times):
        wrong &= times != NO_TIME
    at = int(np.flatnonzero(wrong)[0])
    seconds = 0 <= times[at] < EARLIEST_MS
    raise GraphFileError(
        f"{times[at]} is not a time in milliseconds since 1970"
        + ("; it looks like seconds" if seconds else ""),
        "write times in UTC milliseconds" + (": multiply by 1000" if seconds else ""),
        file,
        f"{what}[{at}].timestampMs",
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage meanwhile: millions of objects are made and none is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
