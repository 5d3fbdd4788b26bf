# SPDX-License-Identifier: AGPL-3.0-only
"""Keep a mirror at the node's head, and say so when that cannot be done.

What may pass (a node that is down or sends damaged answers) is noted for the readers and tried
again, ever more slowly. What no waiting mends is noted and raised.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from millpond.chain.answers import BadAnswer
from millpond.chain.rpc import RpcRefused
from millpond.core.errors import MillpondError, NodeDown
from millpond.mirror.sync import Sync

MAY_PASS = (NodeDown, BadAnswer, RpcRefused)
_LONGEST_PAUSE = 15.0


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
) -> None:
    """Steps for ever; `on_progress(block, head)` after each."""
    pause = pace.poll
    while True:
        try:
            more = sync.step()
        except MAY_PASS as error:
            _note(sync, pace, error)
            on_problem(error)
            pause = min(_LONGEST_PAUSE, pause * 2)
            pace.sleep(pause)
            continue
        except MillpondError as error:
            _note(sync, pace, error)
            raise
        pause = pace.poll
        _note(sync, pace, None)
        on_progress(sync.store.cursor().block_number, sync.head_number)
        if not more:
            pace.sleep(pause)


def _note(sync: Sync, pace: Pace, problem: MillpondError | None) -> None:
    sync.store.say(sync.head_number, int(pace.now()), problem)
