# SPDX-License-Identifier: AGPL-3.0-only
"""A proposal's content in words, for plans and for `ape run pool show`."""

from collections.abc import Mapping
from typing import Any

from millpond.chain import wording
from millpond.chain.abi import Abi
from millpond.chain.coop import Coop
from millpond.chain.governance import Draft
from millpond.chain.known import NodeKnown
from millpond.core.figures import quoted

Forms = Mapping[str, Abi]
"""ABIs that somebody gave for contracts that are none of ours, by address."""


def rows(
    coop: Coop, draft: Draft, forms: Forms | None = None, proposer: str | None = None
) -> list[tuple[str, object]]:
    """Text, actions and class as rows of a plan: words and amounts, never bytes."""
    told = wording.told(draft.actions, NodeKnown(coop), forms or {}, proposer)
    return [
        ("text", quoted(title_of(draft))),
        *(("would", line) for line in wording.lines(told)),
        ("class", wording.strictest(told)),
    ]


def fields(
    coop: Coop, draft: Draft, forms: Forms | None = None, proposer: str | None = None
) -> dict[str, Any]:
    """The same for scripts."""
    told = wording.told(draft.actions, NodeKnown(coop), forms or {}, proposer)
    return {"actions": wording.as_json(told), "class": wording.strictest(told)}


def title_of(draft: Draft) -> str:
    """The first line of its text."""
    return (draft.description.splitlines() or [""])[0]
