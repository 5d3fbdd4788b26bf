# SPDX-License-Identifier: AGPL-3.0-only
"""What can go wrong between a program and an API."""

from dataclasses import dataclass

from millpond.core.errors import MillpondError


class Unreachable(MillpondError):
    """No server answers at that address."""


class NotUnderstood(MillpondError):
    """Something answers that is no Millpond, or one of another version."""


@dataclass(frozen=True)
class Said:
    """A problem document (RFC 9457)."""

    status: int
    kind: str
    """The last word of its type, such as "no-such-pool"; explained at /problems."""
    title: str
    detail: str
    next_step: str


class Refused(MillpondError):
    """The server understood the question and said no: why is in `said`."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.detail, said.next_step)
        self.said = said

    @property
    def status(self) -> int:
        """Of the HTTP reply."""
        return self.said.status

    @property
    def kind(self) -> str:
        """Which kind of refusal: "no-such-pool", "not-ready", ..."""
        return self.said.kind
