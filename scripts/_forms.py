# SPDX-License-Identifier: AGPL-3.0-only
"""A form: one kind of action that a proposal can hold, with its fields and how it becomes a call.

The same forms make the commands of `ape run pool propose` and read the files of several actions;
the forms themselves are in _forms_money, _forms_members, _forms_rules and _forms_spenders.
"""

from collections.abc import Callable
from dataclasses import dataclass

from millpond.chain.governance import Action
from millpond.core.errors import BadInput
from scripts._given import Given


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    name: str
    text: str
    example: str = ""
    """As it stands in the command's example; left out there if empty."""
    default: str | None = None
    needed: bool = True
    many: bool = False
    flag: bool = False


@dataclass(frozen=True)
class Form:
    """One kind of action."""

    name: str
    text: str
    fields: tuple[Field, ...]
    build: Callable[[Given], list[Action]]
    done: Callable[[Given], str | None] = lambda _: None
    """Why nothing has to be proposed any more; None when it has."""

    def filled(self, given: Given) -> Given:
        """With the defaults; `BadInput` names a field that the form has not or that is missing."""
        known = {field.name: field for field in self.fields}
        strange = sorted(set(given.values) - set(known))
        if strange:
            raise BadInput(
                f"{self.name} has no field {strange[0]!r}", f"use some of: {', '.join(known)}"
            )
        defaults = {f.name: f.default for f in self.fields if f.default is not None}
        full = given.with_values({**defaults, **given.values})
        for field in self.fields:
            if field.needed and not field.flag and not full.has(field.name):
                full.text(field.name)
        return full

    @property
    def example(self) -> str:
        """How one types it."""
        parts = [f"ape run pool propose {self.name} --pool NAME"]
        parts += [f"--{f.name}" if f.flag else f"--{f.name} {f.example}" for f in self.shown]
        return " ".join([*parts, '--text "Why"'])

    @property
    def shown(self) -> list[Field]:
        """The fields of the example."""
        return [field for field in self.fields if field.example]
