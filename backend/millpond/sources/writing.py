# SPDX-License-Identifier: AGPL-3.0-only
"""Writes what a source found into an instance: graph, weights and people, whole or not at all.

    output/graphs/<owner>/<name>/graph.json                weighted graph, as SourceCred writes it
    output/graphs/<owner>/<name>/identityProposals.json    the accounts that were seen
    sourcecred.json                                        bundledPlugins: this source counts

What was found may stand in any order: the same content gives the same bytes, on any machine (so
nothing is packed: two versions of zlib may pack differently).
"""

import json
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millpond.core.cred.addresses import EDGE, NODE, NUL, parts_of, shown
from millpond.core.cred.weights import Weights
from millpond.core.errors import BadInput, ConfigFileError, GraphFileError, WeightsFileError
from millpond.sources.graphs import BEFORE_MS, EARLIEST_MS, GRAPH, WEIGHTED_GRAPH, WEIGHTS
from millpond.sources.instances import GRAPH_NAMES, GRAPHS
from millpond.sources.people import PROPOSALS
from millpond.sources.whole import json_bytes, write_whole

SETTINGS = "sourcecred.json"
_LONGEST_NAME = 42  # SourceCred refuses longer ones, and other letters than these
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
_REPORT = "the source is at fault: report it with what it read"


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A contribution, or somebody's account. `address` is made by `addresses.joined(NODE, ...)`."""

    address: str
    description: str
    time_ms: int | None
    """When it was made, in UTC milliseconds; an account has no time."""


@dataclass(frozen=True, slots=True)
class FoundEdge:
    """Something that ties two nodes; they need not be there: then it counts for nothing."""

    address: str
    source: str
    target: str
    time_ms: int


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """An account that becomes a person of its own, unless ledger or identity log claim it."""

    address: str
    name: str
    """As people know her; it becomes a name that SourceCred takes."""
    description: str
    kind: str = "USER"
    """USER, PROJECT, ORGANIZATION or BOT."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that one source found. `plugin` is "<owner>/<name>", the first two parts of addresses."""

    plugin: str
    nodes: Sequence[FoundNode]
    edges: Sequence[FoundEdge]
    weights: Weights
    people: Sequence[FoundPerson] = ()


def write_found(directory: Path, found: Found) -> Path:
    """Put a source's graph in the place of the one before; the path of the new one.

    Everything is checked before anything is written, and each file is replaced in one step. People
    come first: one without a contribution changes nothing, a contribution without its person would.
    """
    graph, people = json_bytes(_graph(found)), json_bytes(_proposals(found))
    settings = _settings(directory, found.plugin)
    folder = directory / GRAPHS / found.plugin
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be made ({type(error).__name__})",
            "give a directory that you may write to",
        ) from None
    write_whole(folder / PROPOSALS, people)
    path = folder / "graph.json"
    write_whole(path, graph)
    # One that another program left there, packed: two would be refused, and ours is the newer.
    for other in set(GRAPH_NAMES) - {path.name}:
        (folder / other).unlink(missing_ok=True)
    if settings is not None:
        write_whole(directory / SETTINGS, settings)
    return path


def _graph(found: Found) -> list[Any]:
    nodes = _sorted_once(_with_accounts(found), NODE)
    edges = _sorted_once(found.edges, EDGE)
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    addresses = sorted({node.address for node in nodes} | ends)
    number = {address: at for at, address in enumerate(addresses)}
    content = {
        "sortedNodeAddresses": [_parts(address, NODE) for address in addresses],
        "nodes": [
            {
                "index": number[node.address],
                "description": node.description,
                "timestampMs": None if node.time_ms is None else _time(node.time_ms, node.address),
            }
            for node in nodes
        ],
        "edges": [
            {
                "address": _parts(edge.address, EDGE),
                "srcIndex": number[edge.source],
                "dstIndex": number[edge.target],
                "timestampMs": _time(edge.time_ms, edge.address),
            }
            for edge in edges
        ],
    }
    return [
        WEIGHTED_GRAPH,
        {"graphJSON": [GRAPH, content], "weightsJSON": weights_json(found.weights)},
    ]


def weights_json(weights: Weights) -> list[Any]:
    """Weights as they stand in a file; `WeightsFileError` for one that is no number."""
    for prefix, given in (*_each(weights.nodes), *weights.edges.items()):
        if not all(math.isfinite(each) and each >= 0 for each in given):
            raise WeightsFileError(
                f"the weight of {shown(prefix)} is not a finite number of zero or more",
                "write weights as plain numbers, zero or above",
            )
    return [
        WEIGHTS,
        {
            "nodeWeights": dict(weights.nodes),
            "edgeWeights": {
                prefix: {"forwards": forwards, "backwards": backwards}
                for prefix, (forwards, backwards) in weights.edges.items()
            },
        },
    ]


def _each(nodes: Any) -> Iterable[tuple[str, tuple[float]]]:
    return ((prefix, (weight,)) for prefix, weight in nodes.items())


def _with_accounts(found: Found) -> list[FoundNode]:
    """The nodes, with one for each account that has none yet."""
    there = {node.address for node in found.nodes}
    missing = (person for person in found.people if person.address not in there)
    return [
        *found.nodes,
        *(FoundNode(person.address, person.description, None) for person in missing),
    ]


def _sorted_once(found: Sequence[Any], kind: str) -> list[Any]:
    """By address, each once; what is there twice must be the same."""
    by_address: dict[str, Any] = {}
    for each in found:
        if by_address.setdefault(each.address, each) != each:
            what = "node" if kind == NODE else "edge"
            raise GraphFileError(f"the {what} {shown(each.address)} is there twice", _REPORT)
    return [by_address[address] for address in sorted(by_address)]


def _parts(address: str, kind: str) -> list[str]:
    try:
        return parts_of(address, kind)
    except BadInput as error:
        raise GraphFileError(error.message, _REPORT) from None


def _time(time_ms: int, address: str) -> int:
    if not EARLIEST_MS <= time_ms < BEFORE_MS:
        raise GraphFileError(
            f"{time_ms} is not a time in milliseconds since 1970, at {shown(address)}", _REPORT
        )
    return time_ms


# --- people ---------------------------------------------------------------------------------------


def _proposals(found: Found) -> list[dict[str, Any]]:
    """SourceCred's identity proposals, each with a name of its own."""
    taken: set[str] = set()
    result = []
    for person in _sorted_once(found.people, NODE):
        _parts(person.address, NODE)
        name = _free(_name(person), taken)
        taken.add(name.lower())
        result.append(
            {
                "name": name,
                "pluginName": _plain(found.plugin),
                "alias": {"address": person.address, "description": person.description},
                "type": person.kind,
            }
        )
    return result


def _name(person: FoundPerson) -> str:
    """A name that SourceCred takes, if one can be made of hers or of what is said of her."""
    return _plain(person.name) or _plain(person.description) or "person"


def _plain(text: str) -> str:
    """Plain letters, digits and single dashes between them, 42 at most; perhaps nothing."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", letters).strip("-")[:_LONGEST_NAME].rstrip("-")


def _free(name: str, taken: Collection[str]) -> str:
    tried, number = name, 1
    while tried.lower() in taken:
        number += 1
        tail = f"-{number}"
        tried = name[: _LONGEST_NAME - len(tail)] + tail
    return tried


# --- which sources count --------------------------------------------------------------------------


def _settings(directory: Path, plugin: str) -> bytes | None:
    """sourcecred.json with this source in it; None if it is already."""
    owner, _, name = plugin.partition("/")
    if not owner or not name or {owner, name} & {".", ".."} or set("/\\" + NUL) & set(name):
        raise BadInput(f"{plugin!r} is not the name of a source", 'write "<owner>/<name>"')
    try:
        before = json.loads((directory / SETTINGS).read_bytes())
        named = before.get("bundledPlugins")
        known = named is not None and plugin in named
    except FileNotFoundError:
        before, named, known = {}, None, False
    except (ValueError, AttributeError, TypeError):
        raise ConfigFileError(
            "is not an object with a list bundledPlugins", "correct the file", SETTINGS
        ) from None
    if known:
        return None
    if named is None:  # as long as none is named, all that are there count
        root = directory / GRAPHS
        named = [str(path.relative_to(root)) for path in root.glob("*/*") if path.is_dir()]
    return json_bytes({**before, "bundledPlugins": sorted({*named, plugin})})
