# SPDX-License-Identifier: AGPL-3.0-only
"""Adds events to a ledger at one moment."""

from millpond.core.canonical import keccak256
from millpond.core.ledger import actions as act
from millpond.core.ledger.fields import Place
from millpond.core.ledger.ids import made_id
from millpond.core.ledger.replay import Ledger
from millpond.core.units import Millis

_NEW = Place("what is to be added", "")


class Adding:
    """New events behind those of a ledger. Their ids follow from those before and the time."""

    def __init__(self, ledger: Ledger, now_ms: int) -> None:
        self.ledger = ledger
        # What belongs to a day in the past is written behind all that has happened since.
        last = ledger.events[-1].time_ms if ledger.events else 0
        self._time_ms = Millis(max(now_ms, last))
        before = "".join(event.uuid for event in ledger.events)
        self._seed = keccak256(f"{before} {now_ms}".encode())
        self._made = 0

    def add(self, action: act.Action) -> None:
        """One event more, by the rules of every other."""
        self.ledger.apply(act.Event(action, self._time_ms, self.new_id(), _NEW))

    def new_id(self) -> str:
        """An id that was not given before."""
        self._made += 1
        return made_id(self._seed + str(self._made).encode())
