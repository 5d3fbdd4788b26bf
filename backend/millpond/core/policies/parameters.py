# SPDX-License-Identifier: AGPL-3.0-only
"""Parameters of a policy as a document records them: texts, each in its one spelling."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NoReturn

from millpond.core.errors import BadInput, ParameterError
from millpond.core.subjects import Subject, check_subject, from_hex, to_hex

_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")
_PART = re.compile(r"0|1|0\.[0-9]{0,29}[1-9]")


class Parameters:
    """The parameters given to one policy; `ParameterError` for any that is wrong."""

    def __init__(
        self,
        policy: str,
        given: Mapping[str, str],
        needed: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
    ) -> None:
        self._policy = policy
        self._given = given
        unknown = sorted(given.keys() - {*needed, *optional})
        missing = [name for name in needed if name not in given]
        known = f"it takes: {', '.join((*needed, *optional)) or 'none'}"
        if unknown:
            raise ParameterError(f"the {policy} policy has no parameter {unknown[0]!r}", known)
        if missing:
            raise ParameterError(f"the {policy} policy lacks its parameter {missing[0]!r}", known)

    def text(self, name: str) -> str:
        """Any text but an empty one."""
        if not self._given[name].strip():
            self._refuse(name, "empty", "write a text")
        return self._given[name]

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number."""
        value = self._given[name]
        if _DIGITS.fullmatch(value) is None or not low <= int(value) <= high:
            self._refuse(name, repr(value), f"write a whole number from {low} to {high}")
        return int(value)

    def part(self, name: str) -> Fraction:
        """A part of one, from 0 to 1."""
        value = self._given[name]
        if _PART.fullmatch(value) is None:
            self._refuse(name, repr(value), 'write a number from 0 to 1, such as "0.5"')
        return Fraction(value)

    def subjects(self, name: str) -> tuple[Subject, ...]:
        """Subjects in hex with a space between, ascending; none if the parameter is not given."""
        texts = self._given[name].split(" ") if name in self._given else []
        try:
            found = tuple(check_subject(from_hex(text, 32)) for text in texts)
        except BadInput as error:
            self._refuse(name, f"no list of subjects: {error.message}", error.next_step)
        if list(found) != sorted(set(found)) or [to_hex(each) for each in found] != texts:
            self._refuse(name, "not in its one spelling", "write them in lower case, ascending")
        return found

    def _refuse(self, name: str, what: str, next_step: str) -> NoReturn:
        raise ParameterError(
            f"the parameter {name!r} of the {self._policy} policy is {what}", next_step
        )
