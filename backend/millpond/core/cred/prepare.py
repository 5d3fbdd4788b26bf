# SPDX-License-Identifier: AGPL-3.0-only
"""From an instance to a graph ready to be scored, in SourceCred's order of operations:

unite the sources, replace weights, contract accounts into people, keep the budgets, mint for
dependencies.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.addresses import BONUS, EDGE, NODE, joined, overlap, parts_of, shown, span
from millpond.core.cred.graph import NO_TIME, Edges, Graph, Ints, united
from millpond.core.cred.model import (
    Budget,
    Contributions,
    Dependency,
    Instance,
    Period,
    Person,
    Weeks,
)
from millpond.core.cred.weights import Floats, Weights, added_by, together
from millpond.core.errors import ConfigFileError, CredError, IdentityClash
from millpond.core.weeks import WEEK_MS

SUNDAY_MS = 3 * 24 * 60 * 60 * 1000
"""1970-01-04, the first Sunday."""
_NOWHERE = -1
_T = TypeVar("_T", bound=np.generic)


def prepared(instance: Instance) -> Contributions:
    """The graph to be scored, without dependencies; `CredError` if there is nothing to score."""
    graph = united(instance.graphs)
    proposed = together([(source.file, source.weights) for source in instance.graphs])
    weights = proposed.replaced_by(instance.weights)
    people = instance.people
    numbers, kept = _contracted(graph, people)
    found = _found_edges(graph, numbers, kept, people)
    forwards, backwards = weights.of_edges(graph.edges.addresses)
    times = graph.nodes.times[kept]
    weeks = _weeks(times, found.edges.times)
    addresses = [graph.nodes.addresses[number] for number in kept]
    mint = _budgeted(instance.budgets, addresses, times, weeks, weights)
    return Contributions(
        weeks=weeks,
        people=people,
        addresses=addresses,
        descriptions=[graph.nodes.descriptions[number] for number in kept]
        if graph.nodes.descriptions
        else (),
        times=times,
        mint=mint,
        edge_addresses=found.edges.addresses,
        sources=found.edges.sources,
        targets=found.edges.targets,
        edge_times=found.edges.times,
        forwards=forwards[found.which],
        backwards=backwards[found.which],
        left_out=len(graph.edges.addresses) - len(found.which),
        weights=weights,
    )


def _contracted(graph: Graph, people: Sequence[Person]) -> tuple[Ints, Ints]:
    """Each node's new number, and which nodes stay contributions.

    A node without an entry gets a number only if it is an account of somebody.
    """
    addresses = graph.nodes.addresses
    owner = np.full(len(addresses), _NOWHERE, dtype=np.int64)
    claimed: dict[str, Person] = {}
    for number, person in enumerate(people):
        for address in (person.address, *person.aliases):
            if address in claimed:
                raise IdentityClash(
                    f"{shown(address)} belongs to {claimed[address].name} and to {person.name}",
                    "leave each account to one person, or merge the two",
                )
            claimed[address] = person
            at = bisect_left(addresses, address)
            if at < len(addresses) and addresses[at] == address:
                owner[at] = number
    kept = np.flatnonzero(graph.nodes.present & (owner == _NOWHERE))
    numbers = np.where(owner == _NOWHERE, _NOWHERE, len(kept) + owner)
    numbers[kept] = np.arange(len(kept))
    return numbers, kept


@dataclass(frozen=True, slots=True)
class _Found:
    """The edges whose two ends there are, and which of all edges they are."""

    edges: Edges
    which: Ints


def _found_edges(graph: Graph, numbers: Ints, kept: Ints, people: Sequence[Person]) -> _Found:
    if not people:
        raise CredError(
            "nobody could get cred: the instance names no people",
            "add identities to data/ledger.json, or fetch the sources again",
        )
    if len(kept) == 0:
        raise CredError("there are no contributions", "fetch the sources, or check sourcecred.json")
    sources, targets = numbers[graph.edges.sources], numbers[graph.edges.targets]
    which = np.flatnonzero((sources != _NOWHERE) & (targets != _NOWHERE))
    addresses = graph.edges.addresses
    if len(which) < len(addresses):
        addresses = [addresses[number] for number in which]
    edges = Edges(addresses, sources[which], targets[which], graph.edges.times[which])
    return _Found(edges, which)


def _weeks(node_times: Ints, edge_times: Ints) -> Weeks:
    dated = np.concatenate([node_times[node_times != NO_TIME], edge_times])
    if len(dated) == 0:
        raise CredError(
            "nothing in the graph has a time, so there are no weeks",
            "fetch the sources again; contributions are dated",
        )
    first = _week_of(int(dated.min()))
    return Weeks(first, (_week_of(int(dated.max())) - first) // WEEK_MS + 1)


def _week_of(instant: int) -> int:
    return instant - (instant - SUNDAY_MS) % WEEK_MS


def in_force(periods: Sequence[Period], starts: Ints, before: float) -> Floats:
    """The figure that holds in each week; `before` until the first."""
    known = np.array([before, *(period.value for period in periods)])
    return known[np.searchsorted([period.start_ms for period in periods], starts, side="right")]


def _by_week(times: Ints, mint: Floats, weeks: Weeks) -> Floats:
    """What is minted in each week, added up in the order of time."""
    order = np.argsort(times, kind="stable")
    order = order[times[order] != NO_TIME]
    return added_by(weeks.of(times[order]), mint[order], weeks.count)


def _budgeted(
    budgets: Sequence[Budget],
    addresses: Sequence[str],
    times: Ints,
    weeks: Weeks,
    weights: Weights,
) -> Floats:
    """What each node mints: each week's nodes below a prefix shrink alike to keep their budget."""
    twice = overlap([budget.prefix for budget in budgets])
    if twice:
        raise ConfigFileError(
            f"the budget of {shown(twice[0])} covers that of {shown(twice[1])}",
            "give budgets to plugins of which none lies within another",
            "config/pluginBudgets.json",
        )
    mint, week, shares = weights.of_nodes(addresses), weeks.of(times), np.ones(len(addresses))
    for budget in budgets:
        first, last = span(addresses, budget.prefix)
        minted = _by_week(times[first:last], mint[first:last], weeks)
        most = in_force(budget.periods, weeks.starts, np.inf)
        share = np.divide(most, minted, out=np.ones(weeks.count), where=minted > most)
        part = week[first:last]
        shares[first:last] = np.where(part >= 0, share[part], 1)
    return weights.of_shrunk(addresses, mint, shares)


def with_bonuses(scored: Contributions, dependencies: Sequence[Dependency]) -> Contributions:
    """The same, with a node for each week in which something is minted for a dependency."""
    if not dependencies:
        return scored
    weeks, starts = scored.weeks, scored.weeks.starts
    minted = _by_week(scored.times, scored.mint, weeks)
    rows: list[tuple[str, str, int, int, float]] = []
    by_id = {person.id: number for number, person in enumerate(scored.people)}
    for dependency in dependencies:
        number = by_id[dependency.person]
        person = scored.people[number]
        amounts = minted * in_force(dependency.periods, starts, 0)
        for at in np.flatnonzero(amounts):
            parts = [*BONUS, str(starts[at]), *parts_of(person.address)]
            text = f"bonus minting for {person.name} starting {starts[at]}"
            rows.append((joined(NODE, parts), text, int(starts[at]), number, float(amounts[at])))
    rows.sort()
    return _inserted(scored, rows) if rows else scored


def _inserted(
    scored: Contributions, rows: Sequence[tuple[str, str, int, int, float]]
) -> Contributions:
    """The same, with these nodes and an edge of each to a person, where their addresses belong."""
    addresses = [row[0] for row in rows]
    edges = [joined(EDGE, parts_of(address)) for address in addresses]
    forwards, _ = scored.weights.of_edges(edges)
    mint = scored.weights.of_nodes(addresses) * np.array([row[4] for row in rows])
    times = np.array([row[2] for row in rows], dtype=np.int64)
    people = np.array([row[3] for row in rows], dtype=np.int64)
    first, more = scored.count, len(rows)
    at = np.array([bisect_left(scored.addresses, address) for address in addresses])
    at_edge = np.array([bisect_left(scored.edge_addresses, address) for address in edges])

    def moved(ends: Ints) -> Ints:
        """A node moves by those that come in before it; people are behind all contributions."""
        return ends + np.searchsorted(at, ends.clip(max=first), side="right")

    def between(old: NDArray[_T], new: NDArray[_T]) -> NDArray[_T]:
        return np.insert(old, at_edge, new)

    return replace(
        scored,
        addresses=_merged(scored.addresses, at, addresses),
        descriptions=_merged(scored.descriptions, at, [row[1] for row in rows])
        if scored.descriptions
        else (),
        times=np.insert(scored.times, at, times),
        mint=np.insert(scored.mint, at, mint),
        edge_addresses=_merged(scored.edge_addresses, at_edge, edges),
        sources=between(moved(scored.sources), at + np.arange(more)),
        targets=between(moved(scored.targets), first + more + people),
        edge_times=between(scored.edge_times, times),
        forwards=between(scored.forwards, forwards),
        backwards=between(scored.backwards, np.zeros(more)),
    )


def _merged(old: Sequence[str], at: Ints, new: Sequence[str]) -> list[str]:
    """Texts with others put in before those of these numbers."""
    result: list[str] = []
    done = 0
    for number, text in zip(at.tolist(), new, strict=True):
        result.extend(old[done:number])
        result.append(text)
        done = number
    return [*result, *old[done:]]
