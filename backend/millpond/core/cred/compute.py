# SPDX-License-Identifier: AGPL-3.0-only
"""Cred of an instance, by a method, in a mode."""

from dataclasses import replace

import numpy as np

from millpond.core.cred.compatible import compatible
from millpond.core.cred.credrank import exact
from millpond.core.cred.model import Instance, Zeroed
from millpond.core.cred.prepare import prepared, with_bonuses
from millpond.core.cred.scores import COMPATIBLE, CREDRANK, EXACT, TIMELINE, Scores
from millpond.core.cred.timeline import timeline
from millpond.core.cred.weights import Floats, Weights
from millpond.core.errors import BadInput, CredError

METHODS, MODES = (CREDRANK, TIMELINE), (COMPATIBLE, EXACT)


def compute(instance: Instance, method: str = CREDRANK, mode: str = EXACT) -> Scores:
    """The scores of an instance."""
    if method not in METHODS or mode not in MODES:
        raise BadInput(
            f"there is no method {method!r} with a mode {mode!r}",
            f"choose of {', '.join(METHODS)} and of {', '.join(MODES)}",
        )
    scored = prepared(instance)
    if method == TIMELINE:
        return without(timeline(scored, instance.dependencies, mode), instance.zeroed)
    rank = compatible if mode == COMPATIBLE else exact
    whole = with_bonuses(scored, instance.dependencies)
    return without(rank(whole, instance.attributions), instance.zeroed)


def cred_with(
    instance: Instance, weights: Weights, method: str = CREDRANK, mode: str = EXACT
) -> dict[str, float]:
    """Each person's cred, by id, if the instance's own weights were these."""
    return compute(replace(instance, weights=weights), method, mode).by_person()


def without(scores: Scores, zeroed: tuple[Zeroed, ...]) -> Scores:
    """The scores with the cred of some people at zero, and all others' grown alike.

    What was theirs is nobody's in particular: the total stays, and the others keep their shares
    among themselves in all weeks together.
    """
    if not zeroed:
        return scores
    reasonless = next((each.person for each in zeroed if not each.reason.strip()), None)
    if reasonless is not None:
        raise BadInput(
            f"{reasonless} is to get no cred, without a reason",
            "write the reason, for everybody to read",
        )
    out = {each.person for each in zeroed}
    kept = np.array([person.id not in out for person in scores.contributions.people])
    before = scores.weekly.sum()
    weekly: Floats = scores.weekly * kept[:, None]
    after = weekly.sum()
    if not after > 0:
        raise CredError("nobody is left who has cred", "leave somebody in, or pay nobody this time")
    return replace(scores, weekly=weekly * (before / after), zeroed=zeroed)
