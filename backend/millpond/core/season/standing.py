# SPDX-License-Identifier: AGPL-3.0-only
"""What of each pot nobody had claimed, and what was carried, at the end of each of some periods."""

from collections.abc import Sequence
from dataclasses import dataclass

from millpond.core.season.facts import Carry, Epoch, Season
from millpond.core.units import Millis
from millpond.core.weeks import iso_date

_MOST = 24
_WEEK = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Standing:
    """At one moment: epoch -> what of its pot waits to be claimed; and the carry."""

    at: int
    unclaimed: dict[int, int]
    carry: int

    @property
    def day(self) -> str:
        """The UTC day."""
        return iso_date(Millis(self.at * 1000))


def standings(season: Season, asset: str) -> tuple[Standing, ...]:
    """From the first final epoch that pays in this asset until now, in whole weeks between."""
    epochs = [e for e in season.epochs if e.final and e.money.commodity.address == asset]
    starts = [e.money.final_at for e in epochs if e.money.final_at is not None]
    if not starts:
        return ()
    return tuple(
        Standing(
            at,
            {epoch.number: unclaimed(epoch, at) for epoch in epochs},
            _carry(season.carries, asset, at),
        )
        for at in _moments(min(starts), season.as_of)
    )


def unclaimed(epoch: Epoch, at: int) -> int:
    """What of a pot waited to be claimed at a moment: nothing before it was final."""
    final_at = epoch.money.final_at
    if final_at is None or at < final_at:
        return 0
    return epoch.money.pot - sum(flow.amount for flow in epoch.flows if flow.at <= at)


def _carry(carries: Sequence[Carry], asset: str, at: int) -> int:
    known = [each.amount for each in carries if each.asset == asset and each.at <= at]
    return known[-1] if known else 0


def _moments(first: int, last: int) -> list[int]:
    """At most so many, the last one now."""
    weeks = max(1, -(-(last - first) // (_WEEK * (_MOST - 1))))
    return [*range(first, last, weeks * _WEEK), last]
