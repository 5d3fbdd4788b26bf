# SPDX-License-Identifier: AGPL-3.0-only
"""How a signature or a call is shown on a small screen: what it does, and each value with its name.

A line names a value by its path in the struct or the call, what it is called, and how it is shown.
Whatever is not shown is left out on purpose, and listed.
"""

from typing import NamedTuple

RAW, DATE, SPAN, PERCENT, CRED, ETH = "raw", "date", "duration", "percent", "cred", "eth"
WHO, CONTRACT, TOKEN = "who", "contract", "token"
SUPPORT = "support"
OF_ASSET = "of the asset"
"""An amount of what the argument `asset` names; the zero address is ETH."""
OF_ITSELF = "of the token itself"
"""An amount of the token that is called, or that checks the signature."""
CALLS = "calls"
"""Calls to the contracts in `targets`, each by a file of its own."""


class Line(NamedTuple):
    """One value that is shown."""

    path: str
    label: str
    how: str = RAW


class Shown(NamedTuple):
    """One struct or function: what it does, what is shown of it, and what is not."""

    intent: str
    lines: tuple[Line, ...]
    left_out: tuple[str, ...] = ()


def shown(
    intent: str, *lines: tuple[str, str] | tuple[str, str, str], left_out: tuple[str, ...] = ()
) -> Shown:
    """A `Shown` in short."""
    return Shown(intent, tuple(Line(*line) for line in lines), left_out)


UNTIL = ("deadline", "Valid until", DATE)
