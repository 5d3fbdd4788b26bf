# SPDX-License-Identifier: AGPL-3.0-only
"""Cred history: who was given how much cred in which week, in integer micro-cred.

Each week of each person is rounded by itself, half to even, from the exact value of the double in
the source (`units.micro_cred`); from then on there are only integer sums. So a person's cred IS the
sum of her weeks, to the last unit. (Decision 0002 has the other order and its figures.)

A history holds the people to whom the source gave cred above zero in these weeks. Someone whose
every week rounds to nothing stays in it with cred 0: she has no leaf and is listed as such.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from millpond.core.errors import BadInput
from millpond.core.subjects import Subject, of_identity
from millpond.core.units import MicroCred, micro_cred
from millpond.core.weeks import Week, check_contiguous


@dataclass(frozen=True, slots=True)
class PersonCred:
    """One person's weeks. `identity` is the text whose hash the subject is; None for an address."""

    subject: Subject
    identity: str | None
    weekly: tuple[MicroCred, ...]

    @property
    def cred(self) -> MicroCred:
        """The sum of the weeks."""
        return MicroCred(sum(self.weekly))


@dataclass(frozen=True, slots=True)
class CredHistory:
    """People sorted by subject, each with one figure for each of the same contiguous weeks."""

    weeks: tuple[Week, ...]
    people: tuple[PersonCred, ...]

    def __post_init__(self) -> None:
        check_contiguous(self.weeks)
        last = b""
        for person in self.people:
            if person.subject <= last:
                raise BadInput(
                    f"subject 0x{person.subject.hex()} is out of order or there twice",
                    "sort the people by subject and merge duplicates before building a history",
                )
            if len(person.weekly) != len(self.weeks) or min(person.weekly) < 0:
                raise BadInput(
                    f"subject 0x{person.subject.hex()} lacks a week or has negative cred",
                    "give one figure of zero or more for each week",
                )
            last = person.subject

    @classmethod
    def from_doubles(cls, weeks: Sequence[Week], cred: Mapping[str, Sequence[float]]) -> Self:
        """The history of identity texts and their weekly doubles; people without any are left out.

        Refused: NaN, infinite or negative cred (`UnitError`), a bad identity (`SubjectError`).
        """
        people = (
            PersonCred(of_identity(identity), identity, tuple(map(micro_cred, weekly)))
            for identity, weekly in cred.items()
            if any(weekly)
        )
        return cls(tuple(weeks), sorted_people(people))


def sorted_people(people: Iterable[PersonCred]) -> tuple[PersonCred, ...]:
    """People in the order of the tree: by subject."""
    return tuple(sorted(people, key=lambda person: person.subject))
