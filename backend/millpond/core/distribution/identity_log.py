# SPDX-License-Identifier: AGPL-3.0-only
"""The part of the identity log that a distribution's notes hold."""

from millpond.core.distribution.differences import Entered, LogPart
from millpond.core.errors import BadInput
from millpond.core.identity import Log, identity_of
from millpond.core.identity.log import FIRST, Entry, Link, Merge, Undo


def log_part(log: Log, before: bytes = FIRST) -> LogPart:
    """What was entered since the log had the head `before`; `BadInput` if it never had."""
    entries = entries_since(log, before)
    if entries is None:
        raise BadInput(
            "the identity log does not continue the one of the last distribution",
            "get the log again from where it was published; nothing in it may be changed by hand",
        )
    return LogPart(before, log.head, entries)


def entries_since(log: Log, before: bytes) -> tuple[Entered, ...] | None:
    """The entries behind a head of the log; None for a head that it never had."""
    if not log.continues(before):
        return None
    heads = [FIRST, *(entry.hash for entry in log.entries)]
    return tuple(map(_entered, log.entries[heads.index(before) :]))


def _entered(entry: Entry) -> Entered:
    match entry.what:
        case Link() as link:
            what = f"{identity_of(link.account)} and {link.signed.statement.wallet}"
            return Entered("link", what, f"her signed statement at {link.place}", entry.by)
        case Merge(base, other, reason):
            what = f"{identity_of(other)} is {identity_of(base)}"
            return Entered("merge", what, reason, entry.by)
        case Undo(number, reason):
            return Entered("undo", f"entry {number}", reason, entry.by)
