# SPDX-License-Identifier: AGPL-3.0-only
"""Settings of a forum in an instance, in the form of SourceCred's Discourse plugin.

    {"serverUrl": "https://forum.example",
     "weights": {"defaultTagWeight": 1, "tagWeights": {"help": 2},
                 "defaultCategoryWeight": 1, "categoryWeights": {"5//memo": 0}}}

What SourceCred's `mirrorOptions` say is about its own cache, and means nothing here.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from millpond.core.errors import BadInput, ConfigFileError
from millpond.core.identity.accounts import forum

PLUGIN = "sourcecred/discourse"
CONFIG = Path("config", "plugins", PLUGIN, "config.json")
_TRUST = {0: 0.0, 1: 0.1, 2: 1.0, 3: 1.25, 4: 1.5}


class LikeWeights(msgspec.Struct, rename="camel"):
    """How much a like counts, by tags and category of its topic."""

    default_tag_weight: float = 1.0
    tag_weights: dict[str, float] = {}
    default_category_weight: float = 1.0
    category_weights: dict[str, float] = {}

    def of(self, trust: int | None, category: int | None, tags: list[str]) -> float:
        """The weight of a like by somebody of this trust; of whom nothing is known, none."""
        weight = _TRUST.get(trust, 0.0) if trust is not None else 0.0
        if category is not None:
            by_id = {key.partition("//")[0]: value for key, value in self.category_weights.items()}
            weight *= by_id.get(str(category), self.default_category_weight)
        for tag in tags:
            weight *= self.tag_weights.get(tag, self.default_tag_weight)
        return weight


class Config(msgspec.Struct, rename="camel"):
    """One forum."""

    server_url: str
    weights: LikeWeights = msgspec.field(default_factory=LikeWeights)
    mirror_options: Mapping[str, Any] = {}


def read_config(directory: Path) -> Config:
    """The settings of an instance's forum, with its address in the one spelling."""
    try:
        found = msgspec.json.decode((directory / CONFIG).read_bytes(), type=Config)
        found.server_url = forum(found.server_url)
    except (OSError, msgspec.MsgspecError, BadInput) as error:
        why = error.message if isinstance(error, BadInput) else error
        raise ConfigFileError(
            f"cannot be used ({why})", 'write {"serverUrl": "https://forum.example"}', str(CONFIG)
        ) from None
    given = found.weights
    numbers = {
        "defaultTagWeight": given.default_tag_weight,
        "defaultCategoryWeight": given.default_category_weight,
        **{f"tagWeights.{key}": value for key, value in given.tag_weights.items()},
        **{f"categoryWeights.{key}": value for key, value in given.category_weights.items()},
    }
    for name, number in numbers.items():
        if not (math.isfinite(number) and number >= 0):
            raise ConfigFileError(
                f"{number} is no weight", "write a number of zero or more", str(CONFIG), name
            )
    return found
