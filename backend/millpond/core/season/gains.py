# SPDX-License-Identifier: AGPL-3.0-only
"""What a change of weights between two epochs was worth to the maintainers.

The weeks of the later epoch are scored twice, by its weights and by those of the epoch before; all
else stays. So the difference is the change alone, in the money of the later pot.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.cred.compared import Compared
from millpond.core.subjects import of_identity, to_hex
from millpond.core.units import floor_share


@dataclass(frozen=True, slots=True)
class Gain:
    """One maintainer: her part of the pot by the weights of before and by those in force."""

    account: str
    before: int
    after: int

    @property
    def gain(self) -> int:
        """Below zero if she lost."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Reweighed:
    """One change of weights. `moved` is the share of all cred that changed hands."""

    epoch: int
    since: int
    """The epoch whose weights it was before."""
    gains: tuple[Gain, ...]
    moved: float
    weights: int
    """How many weights differ."""
    same: bool
    """Whether the instance gives the very cred of the document; else the gains are estimates."""
    untold: str
    """Why nothing is known; then the rest is empty."""


def reweighed(
    epochs: tuple[int, int],
    compared: Compared,
    maintainers: Mapping[str, frozenset[str]],
    pot: int,
    same: bool,
) -> Reweighed:
    """The gains before the cap; `compared` is in micro-cred of the later epoch's weeks.
    `maintainers` are accounts and their subjects."""
    return Reweighed(
        epoch=epochs[1],
        since=epochs[0],
        gains=tuple(_gain(compared, *each, pot) for each in maintainers.items()),
        moved=compared.moved,
        weights=len(compared.weights),
        same=same,
        untold="",
    )


def unknown(epochs: tuple[int, int], why: str) -> Reweighed:
    """A change of which nothing can be told."""
    return Reweighed(epochs[1], epochs[0], (), 0, 0, False, why)


def _gain(compared: Compared, account: str, subjects: frozenset[str], pot: int) -> Gain:
    own = [
        each for each in compared.changes if to_hex(of_identity(each.person.identity)) in subjects
    ]
    before = int(sum(each.cred_before for each in own))
    after = int(sum(each.cred_after for each in own))
    return Gain(
        account,
        floor_share(pot, before, int(compared.total_before)),
        floor_share(pot, after, int(compared.total_after)),
    )


def sureness(found: Reweighed) -> str:
    """In words, how far the gains can be relied on."""
    if found.same:
        return "The instance gives the very cred of the document."
    return "The instance gives other cred than the document by now, so these are estimates."
