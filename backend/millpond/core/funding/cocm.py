# SPDX-License-Identifier: AGPL-3.0-only
"""Connection-oriented cluster match (Gitcoin, "markov" and "harsh"): clusters match each other.

Donors belong to clusters, each with a weight. A donor is near a cluster by the chance to get there
from her in two steps, cluster to member to cluster; in her own clusters she is at it. What she gave
counts for a cluster as far as she is not near it, and is told by her own clusters' weights. Two
clusters then match each other by the root of what each gives that the other does not stand for:

    near(i, h) = 1 for her own clusters h, else sum over g of w(i, g) * to(g, h), at most 1
    to(g, h)   = sum over members i of g of u(g, i) * w(i, h)
    P(h, g)    = sum over donors i of (1 - near(i, h)) * c_i * w(i, g)
    match      = sum over g and h, g not h, of sqrt(P(g, h) * P(h, g))

w(i, .) are a donor's weights and u(g, .) a cluster's, each made to sum to one. Who has no cluster
does not count. Fractions have 36 decimals, each rounded down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt

from millpond.core.funding.fundoss import Gifts
from millpond.core.funding.roots import ONE
from millpond.core.units import whole

Clusters = Mapping[str, Mapping[str, int]]
"""donor -> cluster -> weight."""

_PART = ONE * ONE


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Of each donor: her weights of clusters, and how far she is from each cluster."""

    weights: dict[str, dict[str, int]]
    far: dict[str, dict[str, int]]
    clusters: tuple[str, ...]


def matches(gifts: Gifts, clusters: Clusters) -> dict[str, int]:
    """Each project's match before it is fitted to a pool, in 10^-18 of the unit of the gifts."""
    donors = {who for each in gifts.values() for who, gift in each.items() if gift}
    crowd = _crowd({who: groups for who, groups in clusters.items() if who in donors})
    return {project: _match(each, crowd) // ONE for project, each in gifts.items()}


def _crowd(clusters: Clusters) -> _Crowd:
    members = {
        who: {group: whole(each, f"the weight of {who}") for group, each in groups.items() if each}
        for who, groups in clusters.items()
    }
    members = {who: groups for who, groups in members.items() if groups}
    names = tuple(sorted({group for groups in members.values() for group in groups}))
    weights = {who: _parts(groups) for who, groups in members.items()}
    steps = {group: _steps(group, members, weights) for group in names}
    far = {who: _far(members[who], weights[who], steps, names) for who in members}
    return _Crowd(weights, far, names)


def _parts(groups: Mapping[str, int]) -> dict[str, int]:
    """Made to sum to one."""
    everything = sum(groups.values())
    return {group: each * _PART // everything for group, each in groups.items()}


def _steps(
    group: str, members: Clusters, weights: Mapping[str, Mapping[str, int]]
) -> dict[str, int]:
    """The chance to get from a cluster to each one by way of a member."""
    inside = _parts({who: groups[group] for who, groups in members.items() if group in groups})
    found: dict[str, int] = {}
    for who, part in inside.items():
        for other, weight in weights[who].items():
            found[other] = found.get(other, 0) + part * weight
    return {other: each // _PART for other, each in found.items()}


def _far(
    own: Mapping[str, int],
    weights: Mapping[str, int],
    steps: Mapping[str, Mapping[str, int]],
    names: tuple[str, ...],
) -> dict[str, int]:
    """One less how near she is, for each cluster that is not her own."""
    near = {
        name: sum(weight * steps[group].get(name, 0) for group, weight in weights.items()) // _PART
        for name in names
        if name not in own
    }
    return {name: _PART - min(each, _PART) for name, each in near.items()}


def _match(donors: Mapping[str, int], crowd: _Crowd) -> int:
    table = {name: dict.fromkeys(crowd.clusters, 0) for name in crowd.clusters}
    for who, gift in donors.items():
        if not whole(gift, f"the gift of {who}") or who not in crowd.weights:
            continue
        for name, far in crowd.far[who].items():
            for group, weight in crowd.weights[who].items():
                table[name][group] += far * gift * weight // _PART
    return sum(
        isqrt(table[one][other] * table[other][one])
        for one in crowd.clusters
        for other in crowd.clusters
        if one != other
    )
