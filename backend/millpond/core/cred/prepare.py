# SPDX-License-Identifier: AGPL-3.0-only
"""From an instance to a graph ready to be scored, in SourceCred's order of operations:

unite the sources, replace weights, contract accounts into people, keep the budgets, mint for
dependencies.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
from millpond.core.cred.weights import Floats, together
from millpond.core.errors import ConfigFileError, CredError, IdentityClash
from millpond.core.weeks import WEEK_MS

SUNDAY_MS = 3 * 24 * 60 * 60 * 1000
"""1970-01-04, the first Sunday."""
_NOWHERE = -1


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
    mint = weights.of_nodes(addresses)
    _keep_budgets(instance.budgets, addresses, weeks.of(times), weeks, mint)
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


def _keep_budgets(
    budgets: Sequence[Budget], addresses: Sequence[str], week: Ints, weeks: Weeks, mint: Floats
) -> None:
    """Shrink what each week's nodes below a prefix mint, alike, until it is within the budget."""
    twice = overlap([budget.prefix for budget in budgets])
    if twice:
        raise ConfigFileError(
            f"the budget of {shown(twice[0])} covers that of {shown(twice[1])}",
            "give budgets to plugins of which none lies within another",
            "config/pluginBudgets.json",
        )
    for budget in budgets:
        first, last = span(addresses, budget.prefix)
        part = week[first:last]
        dated = part >= 0
        minted = np.bincount(part[dated], mint[first:last][dated], weeks.count)
        most = in_force(budget.periods, weeks.starts, np.inf)
        share = np.divide(most, minted, out=np.ones(weeks.count), where=minted > most)
        mint[first:last] *= np.where(dated, share[part], 1)


def with_bonuses(scored: Contributions, dependencies: Sequence[Dependency]) -> Contributions:
    """The same, with a node for each week in which something is minted for a dependency."""
    weeks, starts = scored.weeks, scored.weeks.starts
    week = weeks.of(scored.times)
    dated = week >= 0
    minted = np.bincount(week[dated], scored.mint[dated], weeks.count)
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
    addresses = [row[0] for row in rows]
    edges = [joined(EDGE, parts_of(address)) for address in addresses]
    forwards, _ = scored.weights.of_edges(edges)
    times = np.array([row[2] for row in rows], dtype=np.int64)
    first = scored.count
    people = np.array([row[3] for row in rows], dtype=np.int64)
    more = len(rows)

    def moved(ends: Ints) -> Ints:
        """People are numbered behind all contributions."""
        return np.where(ends >= first, ends + more, ends)

    return Contributions(
        weeks=weeks,
        people=scored.people,
        addresses=[*scored.addresses, *addresses],
        descriptions=[*scored.descriptions, *(row[1] for row in rows)]
        if scored.descriptions
        else (),
        times=np.concatenate([scored.times, times]),
        mint=np.concatenate(
            [scored.mint, scored.weights.of_nodes(addresses) * np.array([row[4] for row in rows])]
        ),
        edge_addresses=[*scored.edge_addresses, *edges],
        sources=np.concatenate([moved(scored.sources), first + np.arange(more)]),
        targets=np.concatenate([moved(scored.targets), first + more + people]),
        edge_times=np.concatenate([scored.edge_times, times]),
        forwards=np.concatenate([scored.forwards, forwards]),
        backwards=np.concatenate([scored.backwards, np.zeros(more)]),
        left_out=scored.left_out,
        weights=scored.weights,
    )
