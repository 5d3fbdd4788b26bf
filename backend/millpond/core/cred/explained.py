# SPDX-License-Identifier: AGPL-3.0-only
"""One person's cred, from the total down to single contributions; and one contribution's flows."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from millpond.core.cred.addresses import EDGE, NODE, parts_of, shown
from millpond.core.cred.flows import Flow, Flows, contributions_of, flows
from millpond.core.cred.graph import NO_TIME
from millpond.core.cred.model import Person
from millpond.core.cred.overview import PASSED_ON, person_of, source_of
from millpond.core.cred.scores import Scores
from millpond.core.errors import CredError
from millpond.core.units import Millis
from millpond.core.weeks import Week, iso_date

_LINK = re.compile(r"\[(.*?)\]\((?:https?://|#|/)[^)\s]*\)", re.DOTALL)
_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """What one contribution gave to a person."""

    address: str
    description: str
    day: str
    source: str
    kind: str
    """What it is, as its source calls it: COMMIT, PULL, post, ..."""
    part: str
    """What tied her to it, as its source calls it: AUTHOR, REVIEWER, ..."""
    cred: float
    minted: float
    score: float
    """All that passed through the contribution."""


@dataclass(frozen=True, slots=True)
class Kind:
    """All contributions of one kind from one source."""

    source: str
    kind: str
    count: int
    cred: float


@dataclass(frozen=True, slots=True)
class Explained:
    """Where a person's cred comes from; the kinds add up to it, and so do the pieces."""

    person: Person
    cred: float
    share: float
    rank: int
    ranked: int
    """How many people have cred."""
    kinds: tuple[Kind, ...]
    pieces: tuple[Piece, ...]


def explained(scores: Scores, wanted: str, weeks: Sequence[Week] | None = None) -> Explained:
    """The person with this id or name, and all that her cred is made of, largest first; of some
    weeks alone, if they are given."""
    people = scores.contributions.people
    person = person_of(people, wanted)
    columns = None if weeks is None else scores.columns(weeks)
    sums_of = scores.cred if columns is None else scores.weekly[:, columns].sum(axis=1)
    cred = {each.id: float(one) for each, one in zip(people, sums_of, strict=True)}
    total = float(sums_of.sum())
    mine = cred[person.id]
    found = contributions_of(scores, person.id, columns)
    made = sum(flow.cred for flow in found)
    scale = mine / made if made > 0 else 0
    described = Described(scores)
    pieces = tuple(described.piece(flow, scale) for flow in found) if mine > 0 else ()
    counts = Counter((piece.source, piece.kind) for piece in pieces)
    sums: dict[tuple[str, str], float] = dict.fromkeys(counts, 0)
    for piece in pieces:
        sums[piece.source, piece.kind] += piece.cred
    ordered = sorted(counts, key=lambda each: (-sums[each], each))
    return Explained(
        person=person,
        cred=mine,
        share=mine / total if total > 0 else 0,
        rank=1 + sum(other > mine for other in cred.values()),
        ranked=sum(each > 0 for each in cred.values()),
        kinds=tuple(Kind(*each, counts[each], sums[each]) for each in ordered),
        pieces=pieces,
    )


class Described:
    """What contributions and people are called, by their addresses."""

    def __init__(self, scores: Scores) -> None:
        found = scores.contributions
        self._scores = scores
        self._numbers = {address: number for number, address in enumerate(found.addresses)}
        self._people: Mapping[str, Person] = {each.address: each for each in found.people}

    def name(self, address: str) -> str:
        """A person's name, or a contribution in the words of its source, or its address."""
        if address in self._people:
            return self._people[address].name
        number = self._numbers[address]
        texts = self._scores.contributions.descriptions
        text = _LINK.sub(r"\1", texts[number]) if texts else ""
        return " ".join(text.split()) or shown(address)

    def day(self, address: str) -> str:
        """The day of a contribution; nothing for people and what has no time."""
        number = self._numbers.get(address)
        time = NO_TIME if number is None else int(self._scores.contributions.times[number])
        return "" if time == NO_TIME else iso_date(Millis(time))

    def is_person(self, address: str) -> bool:
        """Whether it is a person's address."""
        return address in self._people

    def piece(self, flow: Flow, scale: float) -> Piece:
        """A flow to a person in words, and in cred that was paid."""
        number = self._numbers.get(flow.address)
        minted = 0 if number is None else float(self._scores.contributions.mint[number])
        score = 0 if number is None else float(self._scores.nodes[number])
        return Piece(
            address=flow.address,
            description=self.name(flow.address),
            day=self.day(flow.address),
            source=PASSED_ON if number is None else source_of(flow.address),
            kind="PERSON" if number is None else _third(flow.address, NODE),
            part=_third(flow.edge, EDGE) if flow.edge else "",
            cred=flow.cred * scale,
            minted=minted,
            score=score,
        )


def _third(address: str, kind: str) -> str:
    """The kind of a node or edge: by custom the third part of its address."""
    parts = parts_of(address, kind)
    return parts[2] if len(parts) > 2 else parts[-1]  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Traced:
    """A contribution and all that flowed into and out of it."""

    address: str
    flows: Flows


def traced(scores: Scores, wanted: str | None) -> Traced:
    """The contribution that is meant, by its address or a part that no other has.

    Without one, that through which most passed.
    """
    addresses = scores.contributions.addresses
    if wanted is None:
        address = addresses[int(np.argmax(scores.nodes))]
        return Traced(address, flows(scores, address))
    found = _meant(addresses, wanted)
    if len(found) != 1:
        raise CredError(
            f"{len(found) or 'no'} contributions have {wanted!r} in their address",
            "give more of the address, as `millpond cred explain` prints it",
        )
    return Traced(found[0], flows(scores, found[0]))


def _meant(addresses: Sequence[str], wanted: str) -> list[str]:
    """Those whose address this is; else those that end with it; else those that hold it."""
    texts = {address: shown(address) for address in addresses}
    whole = [address for address, text in texts.items() if wanted in (text, text[2:])]
    if whole or len(wanted) < _FEWEST_LETTERS:
        return whole
    ends = [address for address, text in texts.items() if text.endswith(f"/{wanted}")]
    return ends or [address for address, text in texts.items() if wanted in text]
