# SPDX-License-Identifier: AGPL-3.0-only
"""Which contributions somebody's cred of an epoch came from, for reviews on a server.

The instance must be the very one that the document names, by its hashes; then its cred is computed
again, once for each document, when somebody first asks.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

from millpond.core.cred.explained import Piece, explained
from millpond.core.cred.scores import Scores
from millpond.core.distribution import Distribution
from millpond.core.errors import MillpondError
from millpond.core.subjects import of_identity, to_hex
from millpond.core.units import micro_cred
from millpond.core.weeks import Week
from millpond.mirror.reads.review import Contribution
from millpond.sources.pins import computed_again

MOST = 5
_KEPT = 2
"""So many documents: the one under review and the last one."""


class InstanceWhy:
    """The largest contributions by document and subject, for any number of threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._known: dict[bytes, _Epoch | None] = {}

    def __call__(self, document: Distribution, subject: str) -> tuple[Contribution, ...] | None:
        """None where the instance is another one than the document names."""
        with self._lock:
            if document.root not in self._known:
                while len(self._known) >= _KEPT:
                    self._known.pop(next(iter(self._known)))
                self._known[document.root] = self._computed(document)
            epoch = self._known[document.root]
            return None if epoch is None else epoch.of(subject)

    def _computed(self, document: Distribution) -> "_Epoch | None":
        graph = next(each for each in document.inputs if each.name == "graph")
        if graph.hash is None:
            return None
        try:
            scores = computed_again(document, self._directory, descriptions=True).scores
        except MillpondError:
            return None
        return _Epoch(scores, document.weeks)


class _Epoch:
    """The scores behind one document, and what was asked of them."""

    def __init__(self, scores: Scores, weeks: Sequence[Week]) -> None:
        self._scores, self._weeks = scores, weeks
        people = scores.contributions.people
        self._ids = {to_hex(of_identity(each.identity)): each.id for each in people}
        self._told: dict[str, tuple[Contribution, ...]] = {}

    def of(self, subject: str) -> tuple[Contribution, ...]:
        """Nothing for somebody whom the instance does not know."""
        if subject not in self._ids:
            return ()
        if subject not in self._told:
            found = explained(self._scores, self._ids[subject], self._weeks)
            self._told[subject] = tuple(map(_contribution, found.pieces[:MOST]))
        return self._told[subject]


def _contribution(piece: Piece) -> Contribution:
    return Contribution(
        cred=micro_cred(max(piece.cred, 0)),
        day=piece.day or None,
        source=piece.source,
        kind=piece.kind,
        part=piece.part,
        description=piece.description,
    )
