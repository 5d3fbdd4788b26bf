# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the mirror can be relied on: it has caught up, its writer is alive and has no problem."""

from dataclasses import dataclass

from millpond.mirror.reads.snapshot import AsOf, Snapshot
from millpond.mirror.store import MirrorError

_SLACK_BLOCKS = 2
"""A writer that follows is for a moment this far behind the head that it has just seen."""
_SILENT_SECONDS = 60
"""A writer says how it is at least every few seconds, also when nothing happens."""


class NotReady(MirrorError):
    """The mirror answers, but what it says may be old."""


class NotSound(MirrorError):
    """What is mirrored may be wrong, so it is not shown."""


def require_sound(now: Snapshot) -> None:
    """`NotSound` where the writer found that its rows do not hold, until somebody has looked."""
    worker = now.worker()
    if worker.stopped:
        raise NotSound(
            worker.problem or "the mirror was stopped", worker.next_step or "ask who runs it"
        )


@dataclass(frozen=True)
class Health:
    """How the mirror stands to its node. `trouble` is None when all is well."""

    as_of: AsOf
    node_head: int
    checked_at: int | None
    lag_blocks: int
    lag_seconds: int
    """Age of the mirrored block, if it is not the node's newest."""
    trouble: NotReady | None
    reason: str | None
    """The writer's trouble in one word, for programs."""
    stopped: bool
    """What is mirrored may be wrong; nothing is shown until somebody has looked."""


def health(now: Snapshot, clock: int) -> Health:
    """By the writer's last word; `clock` is this second by the reader's own clock."""
    worker, as_of = now.worker(), now.as_of
    lag = max(0, worker.node_head - as_of.block_number)
    return Health(
        as_of=as_of,
        node_head=worker.node_head,
        checked_at=worker.checked_at or None,
        lag_blocks=lag,
        lag_seconds=max(0, clock - as_of.block_timestamp) if lag else 0,
        trouble=_trouble(now, lag, clock),
        reason=worker.reason,
        stopped=worker.stopped,
    )


def _trouble(now: Snapshot, lag: int, clock: int) -> NotReady | None:
    worker = now.worker()
    if worker.problem is not None:
        return NotReady(worker.problem, worker.next_step or "see the log of `millpond sync`")
    if not worker.checked_at:
        return NotReady("nothing has been mirrored yet", "let `millpond sync` run, or wait")
    silent = clock - worker.checked_at
    if silent > _SILENT_SECONDS:
        return NotReady(
            f"the mirror's writer has said nothing for {silent} seconds",
            "start it again: millpond sync, or millpond serve --rpc URL",
        )
    if silent < -_SILENT_SECONDS:
        return NotReady(
            f"the mirror's writer spoke {-silent} seconds from now, so one of the clocks is wrong",
            "set the clock of this machine right",
        )
    if lag > _SLACK_BLOCKS:
        return NotReady(
            f"the mirror is {lag} blocks behind its node", "wait: it is catching up; ask again"
        )
    return None
