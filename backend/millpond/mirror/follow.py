# SPDX-License-Identifier: AGPL-3.0-only
"""Keep a mirror at the node's head, and say so when that cannot be done.

What may pass (a node that is down, lags or sends damaged answers) is noted for the readers and
tried again, ever more slowly. What no waiting mends is noted and raised. A writer that neither
moves nor says why is ended by its watchdog.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from millpond.core.errors import MillpondError
from millpond.mirror.stops import MAY_PASS, noted
from millpond.mirror.sync import Sync
from millpond.mirror.watch import Watchdog

_LONGEST_PAUSE = 15.0
_POLLS = 3
_QUESTIONS = 4
"""So many polls and so many questions that all take their whole time fit into one step."""


@dataclass(frozen=True)
class Pace:
    """Seconds between two looks at the head, and the clock to go by."""

    poll: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


def follow(
    sync: Sync,
    pace: Pace,
    on_progress: Callable[[int, int], None],
    on_problem: Callable[[MillpondError], None],
    at_head: Callable[[], None] = lambda: None,
) -> None:
    """Steps for ever; `on_progress(block, head)` after each, `at_head()` after those that leave
    nothing to do."""
    with Watchdog(_patience(sync, pace), sync.providers.reconnect) as watchdog:
        pause = pace.poll
        at = None
        while True:
            try:
                more = sync.step()
            except MAY_PASS as error:
                note(sync, pace, error)
                watchdog.alive()
                on_problem(error)
                pause = min(_LONGEST_PAUSE, pause * 2)
                pace.sleep(pause)
                continue
            except MillpondError as error:
                note(sync, pace, error)
                raise
            pause = pace.poll
            note(sync, pace, None)
            before, at = at, sync.store.cursor()
            if at != before or not more:
                watchdog.alive()
            on_progress(at.block_number, sync.head_number)
            if not more:
                at_head()
                watchdog.alive()
                pace.sleep(pause)


def note(sync: Sync, pace: Pace, problem: MillpondError | None) -> None:
    """Tell the readers how the writer is."""
    sync.store.say(sync.head_number, int(pace.now()), problem and noted(problem))


def _patience(sync: Sync, pace: Pace) -> float:
    timeouts = [each.source.client.rpc.budget.timeout for each in sync.providers.standings]
    return _POLLS * pace.poll + _QUESTIONS * sum(timeouts)
