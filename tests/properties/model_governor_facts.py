# SPDX-License-Identifier: AGPL-3.0-only
"""All that a Governor's model knows."""

from dataclasses import dataclass, field

from tests.contracts.coop import Rule
from tests.properties.model_governor_members import Membership
from tests.properties.model_governor_motions import Motion

NO_SELECTOR = bytes(4)


@dataclass
class Part:
    """A contract that belongs to the pool, and what it may raise for consent."""

    by_hub: bool
    admits: bool
    consent: bytes = NO_SELECTOR


@dataclass
class GovernorFacts:
    """Members, proposals by their number, every version of the rules, and the parts."""

    membership: Membership = field(default_factory=Membership)
    motions: dict[int, Motion] = field(default_factory=dict)
    versions: list[tuple[Rule, ...]] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
