# SPDX-License-Identifier: AGPL-3.0-only
"""Weights: how much a node mints, and how strongly an edge carries cred each way.

A weight on a prefix applies to every address below it; an address's weight is the product of all
that apply, 1 without any. The weights of an instance's own file replace what its sources gave to
the same prefix; they do not multiply it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from millpond.core.cred.addresses import shown, span
from millpond.core.errors import WeightsFileError

Floats = NDArray[np.float64]


def added(figures: Floats) -> float:
    """The sum of figures, made from the first to the last; 0 of none.

    `sum` of numpy adds in pairs, which rounds otherwise than adding one after another.
    """
    return float(np.cumsum(figures)[-1]) if len(figures) else float(0)


def added_by(groups: NDArray[np.int64], figures: Floats, count: int) -> Floats:
    """The sum of the figures of each group, from its first to its last."""
    return np.asarray(np.bincount(groups, figures, count), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by prefix; an edge's are (forwards, backwards)."""

    nodes: Mapping[str, float] = field(default_factory=dict)
    edges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def replaced_by(self, other: Self) -> "Weights":
        """These, with what the other says about the same prefixes in their place."""
        return Weights({**self.nodes, **other.nodes}, {**self.edges, **other.edges})

    def of_nodes(self, addresses: Sequence[str]) -> Floats:
        """The weight of each node; the addresses are sorted."""
        return _products(self.nodes, addresses)

    def of_shrunk(self, addresses: Sequence[str], mint: Floats, shares: Floats) -> Floats:
        """What each node mints of `mint`, its weight, if it keeps a share.

        The share goes to a weight that is the node's own before it goes to those of its prefixes:
        SourceCred multiplies in this order.
        """
        result = mint * shares
        own = [at for at in np.flatnonzero(shares != 1).tolist() if addresses[at] in self.nodes]
        if own:
            theirs = [addresses[at] for at in own]
            among = set(theirs)
            others = Weights({key: value for key, value in self.nodes.items() if key not in among})
            figures = np.array([self.nodes[address] for address in theirs])
            result[own] = others.of_nodes(theirs) * (figures * shares[own])
        return result

    def of_edges(self, addresses: Sequence[str]) -> tuple[Floats, Floats]:
        """The weights of each edge, forwards and backwards; the addresses are sorted."""
        forwards = {prefix: weight for prefix, (weight, _) in self.edges.items()}
        backwards = {prefix: weight for prefix, (_, weight) in self.edges.items()}
        return _products(forwards, addresses), _products(backwards, addresses)


def together(given: Sequence[tuple[str, Weights]]) -> Weights:
    """The weights of several sources, each with the file it stands in.

    `WeightsFileError` if two give a weight to one prefix: which of them counts would depend on
    their order.
    """
    nodes: dict[str, float] = {}
    edges: dict[str, tuple[float, float]] = {}
    for file, weights in given:
        twice = (nodes.keys() & weights.nodes.keys()) | (edges.keys() & weights.edges.keys())
        if twice:
            raise WeightsFileError(
                f"gives a weight to {shown(min(twice))}, as another source does",
                "leave the prefix to one of the sources, or set it in config/weights.json alone",
                file,
            )
        nodes.update(weights.nodes)
        edges.update(weights.edges)
    return Weights(nodes, edges)


def _products(weights: Mapping[str, float], addresses: Sequence[str]) -> Floats:
    result = np.ones(len(addresses))
    # In sorted order a shorter prefix multiplies first, whatever the order in the files.
    for prefix in sorted(weights):
        first, last = span(addresses, prefix)
        result[first:last] *= weights[prefix]
    return result
