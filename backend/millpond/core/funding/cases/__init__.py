# SPDX-License-Identifier: AGPL-3.0-only
"""What would have been: a case of some rule, read from a file, and the answers to it.

A case is one object of a file of vectors, without its answers. Each rule reads some shapes; a shape
is known by its fields. Fields that a shape does not read are repeated as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from millpond.core.errors import UnknownShape
from millpond.core.figures import listing
from millpond.core.funding.cases import (
    allocations,
    crowds,
    goals,
    liberapay_teams,
    matching,
    teams,
)
from millpond.core.funding.cases.reading import Case, Value
from millpond.core.funding.cases.shapes import Answers, Shape

__all__ = ["RULES", "Answered", "Value", "simulate"]

RULES: dict[str, tuple[Shape, ...]] = {
    "takes": teams.TAKES,
    "gratipay": teams.GRATIPAY,
    "gittip": teams.GITTIP,
    "liberapay": liberapay_teams.LIBERAPAY,
    "linear": allocations.LINEAR,
    "root": allocations.ROOT,
    "quadratic": matching.QUADRATIC,
    "alpha": matching.ALPHA,
    "pairwise": matching.PAIRWISE,
    "cocm": matching.COCM,
    "crowdmatch": crowds.CROWDMATCH,
    "goal": goals.GOAL,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """Which shape a case had, the answers, and the whole case with them."""

    shape: str
    answers: Answers
    whole: dict[str, Value]


def simulate(rule: str, value: Value) -> Answered:
    """Work a case out; `UnknownShape` where the rule reads no such case."""
    case = Case.of(value)
    shape = next((each for each in RULES[rule] if each.fits(case)), None)
    if shape is None:
        raise UnknownShape(
            f"the rule {rule!r} reads no case with the fields {_fields(case.fields)}",
            f"give it one of: {'; '.join(each.told for each in RULES[rule])} "
            "(docs/SIMULATE.md has an example of each)",
        )
    answers = shape.answer(case)
    return Answered(shape.name, answers, {**case.fields, **answers})


def _fields(fields: Mapping[str, Value]) -> str:
    names = [repr(name[:40]) for name in fields]
    most = 8
    return listing(names[:most]) + (" and more" if len(names) > most else "") or "(none)"
