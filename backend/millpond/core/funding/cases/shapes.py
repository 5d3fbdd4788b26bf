# SPDX-License-Identifier: AGPL-3.0-only
"""A shape: which fields a case has, and how the answers to it are worked out."""

from collections.abc import Callable
from dataclasses import dataclass

from millpond.core.funding.cases.reading import Case, Value

Answers = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Shape:
    """Known by the fields that it needs, and where two would fit by the kind of one of them."""

    name: str
    needs: tuple[str, ...]
    answer: Callable[[Case], Answers]
    kinds: tuple[tuple[str, type], ...] = ()

    def fits(self, case: Case) -> bool:
        """Whether the case has this shape."""
        return case.has(*self.needs) and all(
            isinstance(case.fields[field], kind) for field, kind in self.kinds
        )

    @property
    def told(self) -> str:
        """As a reader has to write it."""
        return f"{self.name} ({', '.join(self.needs)})"


def table(amounts: dict[str, int]) -> dict[str, Value]:
    """Amounts as an answer."""
    return dict(amounts)
