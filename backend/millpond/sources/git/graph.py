# SPDX-License-Identifier: AGPL-3.0-only
"""What a history means: who contributed what, and how strongly cred flows along it.

    COMMIT   mints 1. Every commit counts alike, whatever its size; who splits one finely gets
             more, so give the source a weekly budget if that is a temptation.
    MERGE    mints nothing. It gets a little of each commit that came into the main line by it,
             which its author is due for looking after them.

An edge leads from a person to what she had part in, and from a merge to the commits that it brought
in. Weights are (forwards, backwards): backwards is what a contribution gives to the person.
Authors and co-authors are given alike, a reviewer a quarter of that, a helper an eighth.

All of these are proposals: config/weights.json of the instance replaces any of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from millpond.core.cred.addresses import EDGE, NODE, joined
from millpond.core.cred.weights import Weights
from millpond.sources.git.history import AUTHOR, CO_AUTHOR, HELPER, REVIEWER, Commit, History
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson

PLUGIN = "millpond/git"
_ROOT = tuple(PLUGIN.split("/"))
_COMMIT, _MERGE, _USER, _BRINGS = "COMMIT", "MERGE", "USER", "BRINGS"
_SHORT = 10
_BOT = "[bot]"
"""How the names of programs end that work in somebody's stead, by custom."""

NODE_WEIGHTS = {_COMMIT: 1.0, _MERGE: 0.0}
EDGE_WEIGHTS = {
    AUTHOR: (1 / 2, 1.0),
    CO_AUTHOR: (1 / 2, 1.0),
    REVIEWER: (1 / 8, 1 / 4),
    HELPER: (1 / 16, 1 / 8),
    _BRINGS: (1 / 16, 1 / 16),
}


@dataclass(frozen=True, slots=True)
class Read:
    """A repository by the name it has in the instance, and its history."""

    name: str
    history: History


def found_in(repositories: Sequence[Read]) -> Found:
    """One graph of all repositories; a commit that several have is there once, in the first."""
    ordered = sorted(repositories, key=lambda each: each.name)
    nodes: dict[str, FoundNode] = {}
    edges: dict[str, FoundEdge] = {}
    names: dict[str, str] = {}
    merged: set[str] = set()
    for read in ordered:
        for key, name in read.history.names.items():
            names.setdefault(key, name)
        for commit in read.history.commits.values():
            node = _node(commit, read.name)
            if node.address not in nodes:
                nodes[node.address] = node
                edges.update((edge.address, edge) for edge in _parts(commit))
        for merge, commit in brought_in(read.history):
            if commit.hash not in merged:
                merged.add(commit.hash)
                edge = _brings(merge, commit)
                edges[edge.address] = edge
    weights = Weights(
        {joined(NODE, (*_ROOT, kind)): weight for kind, weight in NODE_WEIGHTS.items()},
        {joined(EDGE, (*_ROOT, kind)): pair for kind, pair in EDGE_WEIGHTS.items()},
    )
    people = [
        FoundPerson(_user(key), name, f"{name} <{key}>", "BOT" if name.endswith(_BOT) else "USER")
        for key, name in names.items()
    ]
    return Found(PLUGIN, list(nodes.values()), list(edges.values()), weights, people)


def brought_in(history: History) -> Iterator[tuple[Commit, Commit]]:
    """For each commit beside the main line, the merge of the main line by which it came in.

    The main line is the head, its first parent, the first parent of that, and so on.
    """
    commits = history.commits
    line: list[Commit] = []
    at: str | None = history.head
    while at is not None:
        line.append(commits[at])
        at = next(iter(line[-1].parents), None)
    seen: set[str] = {commit.hash for commit in line}
    for merge in reversed(line):
        waiting = [parent for parent in merge.parents[1:] if parent not in seen]
        seen.update(waiting)
        while waiting:
            commit = commits[waiting.pop()]
            yield merge, commit
            more = [parent for parent in commit.parents if parent not in seen]
            seen.update(more)
            waiting += more


def _node(commit: Commit, repository: str) -> FoundNode:
    text = f"{repository} {commit.hash[:_SHORT]}: {commit.subject or 'no subject'}"
    return FoundNode(_address(commit), text, commit.time_ms)


def _address(commit: Commit) -> str:
    return joined(NODE, (*_ROOT, _MERGE if commit.is_merge else _COMMIT, commit.hash))


def _user(key: str) -> str:
    return joined(NODE, (*_ROOT, _USER, key))


def _parts(commit: Commit) -> Iterator[FoundEdge]:
    for key, part in commit.people.items():
        yield FoundEdge(
            joined(EDGE, (*_ROOT, part, key, commit.hash)),
            _user(key),
            _address(commit),
            commit.time_ms,
        )


def _brings(merge: Commit, commit: Commit) -> FoundEdge:
    return FoundEdge(
        joined(EDGE, (*_ROOT, _BRINGS, merge.hash, commit.hash)),
        _address(merge),
        _address(commit),
        merge.time_ms,
    )
