# SPDX-License-Identifier: AGPL-3.0-only
"""SourceCred's `external` form: a folder in which anybody may hand in a graph of their own.

    config/plugins/external/<name>/graph.json               or `graph`, packed
    config/plugins/external/<name>/declaration.json         kinds of nodes and edges, with weights
    config/plugins/external/<name>/identityProposals.json   the people in it

The last two may be missing: without a declaration the kinds CONTRIBUTION, PARTICIPANT and
PARTICIPATES_IN count as SourceCred has them. A folder that only has a config.json with addresses to
fetch from is refused: fetch the files, so that all can see what was counted.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from millpond.core.cred.addresses import EDGE, NODE, joined, parts_of
from millpond.core.cred.graph import NO_TIME, SourceGraph
from millpond.core.cred.weights import Weights, together
from millpond.core.errors import BadInput, ConfigFileError, GraphFileError
from millpond.sources.graphs import read_graph
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson

FOLDER = Path("config", "plugins", "external")
OWNER = "external"
GRAPH, PACKED = "graph.json", "graph"
DECLARATION, PROPOSALS = "declaration.json", "identityProposals.json"
_T = TypeVar("_T")
_KINDS = frozenset({"USER", "PROJECT", "ORGANIZATION", "BOT"})


class _Alias(msgspec.Struct):
    address: str
    description: str = ""


class _Proposal(msgspec.Struct):
    name: str
    alias: _Alias
    type: str = "USER"


class _Both(msgspec.Struct):
    forwards: float
    backwards: float


class _NodeType(msgspec.Struct, rename="camel"):
    prefix: str
    default_weight: float


class _EdgeType(msgspec.Struct, rename="camel"):
    prefix: str
    default_weight: _Both


class _Declaration(msgspec.Struct, rename="camel"):
    node_types: list[_NodeType]
    edge_types: list[_EdgeType]


def external_names(directory: Path) -> list[str]:
    """The external sources that an instance has."""
    root = directory / FOLDER
    return sorted(each.name for each in root.iterdir() if each.is_dir()) if root.is_dir() else []


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder elsewhere that are taken into an instance, by name."""
    graph = _graph_file(folder)
    others = (folder / each for each in (DECLARATION, PROPOSALS))
    return {path.name: path.read_bytes() for path in (graph, *others) if path.is_file()}


def read_external(folder: Path, name: str) -> Found:
    """What a folder hands in, under `external/<name>`. `InputFileError` names what is wrong."""
    plugin = f"{OWNER}/{name}"
    path = _graph_file(folder)
    graph = read_graph(path, plugin, f"{name}/{path.name}")
    weights = together(
        [(graph.file, graph.weights), (f"{name}/{DECLARATION}", _declared(folder, name))]
    )
    return Found(plugin, _nodes(graph), _edges(graph), weights, _people(folder, name))


def _graph_file(folder: Path) -> Path:
    found = next((folder / each for each in (GRAPH, PACKED) if (folder / each).is_file()), None)
    if found is None:
        raise GraphFileError(
            f"has no {GRAPH}",
            "put the graph there; from addresses to fetch from nothing is fetched",
            str(folder),
        )
    return found


def _nodes(graph: SourceGraph) -> Sequence[FoundNode]:
    nodes = graph.nodes
    return [
        FoundNode(
            nodes.addresses[number],
            nodes.described(number),
            None if nodes.times[number] == NO_TIME else int(nodes.times[number]),
        )
        for number in np.flatnonzero(nodes.present).tolist()
    ]


def _edges(graph: SourceGraph) -> Sequence[FoundEdge]:
    ends = graph.nodes.addresses
    edges = graph.edges
    listed = zip(
        edges.addresses,
        edges.sources.tolist(),
        edges.targets.tolist(),
        edges.times.tolist(),
        strict=True,
    )
    found = [
        FoundEdge(address, ends[source], ends[target], time)
        for address, source, target, time in listed
    ]
    addresses = sorted(edge.address for edge in found)
    if any(one == two for one, two in pairwise(addresses)):
        raise GraphFileError("an edge is there twice", "write each edge once", graph.file)
    return found


def _declared(folder: Path, name: str) -> Weights:
    found = _read(folder, name, DECLARATION, _Declaration)
    if found is None:
        root = (OWNER, name)
        return Weights(
            {joined(NODE, (*root, kind)): 1.0 for kind in ("CONTRIBUTION", "PARTICIPANT")},
            {joined(EDGE, (*root, "PARTICIPATES_IN")): (1 / 2, 1.0)},
        )
    for kind, prefixes in (
        (NODE, [each.prefix for each in found.node_types]),
        (EDGE, [each.prefix for each in found.edge_types]),
    ):
        _require_addresses(prefixes, kind, f"{name}/{DECLARATION}")
    return Weights(
        {each.prefix: each.default_weight for each in found.node_types},
        {
            each.prefix: (each.default_weight.forwards, each.default_weight.backwards)
            for each in found.edge_types
        },
    )


def _people(folder: Path, name: str) -> list[FoundPerson]:
    found = _read(folder, name, PROPOSALS, list[_Proposal]) or []
    _require_addresses([each.alias.address for each in found], NODE, f"{name}/{PROPOSALS}")
    for at, each in enumerate(found):
        if each.type not in _KINDS:
            raise ConfigFileError(
                f"{each.type[:40]!r} is no kind of identity",
                f"write one of {', '.join(sorted(_KINDS))}",
                f"{name}/{PROPOSALS}",
                f"[{at}].type",
            )
    return [
        FoundPerson(each.alias.address, each.name, each.alias.description, each.type)
        for each in found
    ]


def _require_addresses(addresses: Sequence[str], kind: str, file: str) -> None:
    for at, address in enumerate(addresses):
        try:
            parts_of(address, kind)
        except BadInput as error:
            raise ConfigFileError(error.message, error.next_step, file, f"entry {at}") from None


def _read(folder: Path, name: str, file: str, kind: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode((folder / file).read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigFileError(str(error), "correct the file", f"{name}/{file}") from None
