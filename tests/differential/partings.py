# SPDX-License-Identifier: AGPL-3.0-only
"""Where the two Governors part on purpose: which goes on, and how the other refuses."""

from typing import NamedTuple

from tests.differential.chambers import SIGNATURE, STATE, VOTED

OURS, THEIRS = True, False


class Parting(NamedTuple):
    """One reason why the two differ: which goes on, and the words in which the other refuses."""

    why: str
    ours: bool
    words: tuple[str, ...]


TWO_OPEN = Parting(
    "a member has two proposals open at a time", THEIRS, ("members: two proposals open",)
)
LEFT_NOW = Parting(
    "she has left in this second: votes of the second before count there",
    THEIRS,
    ("members: only members propose", "members: joined just now"),
)
TOO_MUCH = Parting("a proposal has up to eight calls of up to 2,048 bytes", THEIRS, ("",))
NOT_HEX = Parting(
    "a suffix #proposer=0x that is no address is for nobody",
    THEIRS,
    ("governor: another's description",),
)
CHANGED = Parting("a ballot may be changed, four times", OURS, (VOTED,))
STOPPED = Parting("Against is taken in the timelock", OURS, (STATE,))
NO_WEIGHT = Parting(
    "who has no vote cannot cast one, of weight 0", THEIRS, ("governor: not a member",)
)
LATE = Parting(
    "who joined after it was proposed has no vote in it",
    THEIRS,
    ("governor: joined too late",),
)
GONE = Parting("who has left has no vote", THEIRS, ("governor: not a member",))
SHORT = Parting("a signature may have 64 bytes (ERC-2098)", OURS, (SIGNATURE,))
LATE_CANCEL = Parting(
    "the proposer may withdraw until the vote closes", OURS, ("GovernorUnableToCancel",)
)
TIMING = Parting(
    "what has passed waits, expires, or has not passed here: see the states",
    THEIRS,
    ("governor: not ready to execute",),
)
PASSED_HERE = Parting(
    "what has passed by those who were members when it was proposed", OURS, (STATE,)
)
NO_CODE = Parting(
    "a call with data needs code to go to", THEIRS, ("governor: no code at the target",)
)
PARTINGS = (
    *(TWO_OPEN, LEFT_NOW, TOO_MUCH, NOT_HEX, CHANGED, STOPPED, NO_WEIGHT),
    *(LATE, GONE, SHORT, LATE_CANCEL, TIMING, PASSED_HERE, NO_CODE),
)
