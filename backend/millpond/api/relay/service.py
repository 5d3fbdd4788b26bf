# SPDX-License-Identifier: AGPL-3.0-only
"""The relay as the API's processes see it: the queue, one connection for each thread."""

import threading
from dataclasses import dataclass, field

from millpond.api.relay.items import Item, Kept
from millpond.api.relay.queue import Bounds, Queue, Status
from millpond.api.relay.refusals import BudgetSpent, NoMoney
from millpond.mirror.stores.kept import keeping
from millpond.mirror.stores.places import Place

_SILENT_SECONDS = 120
_DAY = 86_400
_SLACK_SECONDS = 3_600
"""After midnight, for the first transactions of a day."""


@dataclass(frozen=True)
class Relaying:
    """A queue beside the mirror at `place`, out of which a relay works."""

    place: Place
    bounds: Bounds = field(default_factory=Bounds)
    _kept: threading.local = field(default_factory=threading.local, repr=False)

    @property
    def queue(self) -> Queue:
        """This thread's own; a new one where the database was replaced."""
        found: Queue | None = getattr(self._kept, "queue", None)
        if found is None or not found.db.is_current():
            if found is not None:
                found.db.close()
            found = self._kept.queue = Queue(keeping(self.place))
        return found

    def add(self, item: Item, now: int, reason: tuple[str, str] | None = None) -> tuple[Kept, bool]:
        """As `Queue.add`; `NoMoney` or `BudgetSpent` where the relay could not bring it."""
        if self.queue.find(item.id) is None:
            _require_means(self.queue.status(), item, now)
        return self.queue.add(item, now, self.bounds, reason)


def is_working(status: Status | None, now: int) -> bool:
    """Whether the relay's process was heard of lately and nothing keeps it from its work."""
    return (
        status is not None and status.problem is None and now - status.checked_at <= _SILENT_SECONDS
    )


def _require_means(status: Status | None, item: Item, now: int) -> None:
    """What waits for tomorrow's money is taken if there is a tomorrow for it."""
    if status is None or status.detail is None or status.next_step is None:
        return
    if status.problem == NoMoney.__name__:
        raise NoMoney(status.detail, status.next_step)
    tomorrow = now - now % _DAY + _DAY + _SLACK_SECONDS
    if status.problem == BudgetSpent.__name__ and item.deadline < tomorrow:
        raise BudgetSpent(status.detail, status.next_step)
