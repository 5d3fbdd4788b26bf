# SPDX-License-Identifier: AGPL-3.0-only
"""What to do about a contract's refusal: one sentence for every reason that our contracts give.

The sentences are in next_steps.toml; tests/house/test_next_steps.py holds them to the sources.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def table() -> Mapping[str, str]:
    """Every reason of ours, and what to do about it."""
    found = tomllib.loads((files("millpond.chain") / "next_steps.toml").read_text("utf-8"))
    return {reason: str(sentence) for reason, sentence in found.items()}


def next_step(reason: str) -> str | None:
    """What to do about this reason; None when it is not one of ours."""
    return table().get(reason)


def explained(reason: str) -> str:
    """A reason and what to do about it in one line; a foreign one stands alone."""
    step = next_step(reason)
    return f"{reason}; {step}" if step else reason
