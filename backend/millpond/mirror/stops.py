# SPDX-License-Identifier: AGPL-3.0-only
"""Why a mirror does not go on: each has a short name for programs, its `reason`, beside its text.

Most may pass: they are noted, readers see that the mirror is not ready, and the node is asked
again. A `Stopped` may not: rows that were written already are known to be wrong, and nothing of
them is served until somebody has looked.
"""

from millpond.chain.answers import BadAnswer
from millpond.chain.rlp import BadProof
from millpond.chain.rpc import Busy, RpcRefused, TooLong
from millpond.core.errors import MillpondError, NodeDown
from millpond.mirror.stores.errors import MirrorError

MAY_PASS = (NodeDown, BadAnswer, RpcRefused, TooLong)
"""What another node, or the same one later, may answer better."""


class GoneFromChain(BadAnswer):
    """A block that was on the chain a moment ago is not any more: look again."""


class Unsteady(BadAnswer):
    """The node has changed its mind too often within one look."""

    reason = "unsteady_node"


class Withheld(BadAnswer):
    """The node keeps back, or adds, what the chain itself proves otherwise."""

    reason = "missing_log"


class OtherChain(BadAnswer):
    """The node serves another chain than the one that is mirrored."""

    reason = "other_chain"


class Behind(NodeDown):
    """The node's head lies behind what is mirrored already, or stands still."""

    reason = "stale_head"


class Stopped(MirrorError):
    """What is mirrored is wrong, and no waiting mends it."""

    reason = "stopped"
    stops = True


class StoppedBefore(Stopped):
    """The mirror was stopped by an earlier run, and nobody has said since that it may go on."""

    def __init__(self, message: str, next_step: str, reason: str) -> None:
        super().__init__(message, next_step)
        self.reason = reason


class ReorgTooDeep(Stopped):
    """The chain changed deeper than can be undone, or past what was final."""

    reason = "reorg_past_final"


class Contradiction(Stopped):
    """Two nodes call different blocks final."""

    reason = "contradiction"


class Noted(MillpondError):
    """A problem as it is kept for readers: with its short name, and whether it may pass."""

    def __init__(self, message: str, next_step: str, reason: str, stops: bool) -> None:
        super().__init__(message, next_step)
        self.reason = reason
        self.stops = stops


_REASONS: tuple[tuple[type[MillpondError], str], ...] = (
    (BadProof, "false_proof"),
    (GoneFromChain, "unsteady_node"),
    (BadAnswer, "damaged_answer"),
    (Busy, "node_busy"),
    (NodeDown, "node_down"),
    (RpcRefused, "node_refuses"),
    (TooLong, "reply_too_long"),
)


def reason_of(error: MillpondError) -> str:
    """The short name of what went wrong."""
    own = getattr(error, "reason", None)
    if isinstance(error, (*MAY_PASS, MirrorError)) and isinstance(own, str):
        return own
    return next((name for kind, name in _REASONS if isinstance(error, kind)), "failed")


def noted(error: MillpondError) -> Noted:
    """An error for the store."""
    return Noted(error.message, error.next_step, reason_of(error), isinstance(error, Stopped))
