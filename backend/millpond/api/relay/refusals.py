# SPDX-License-Identifier: AGPL-3.0-only
"""Why the relay does not take something: each with what to do instead.

Whatever the relay does not take can be brought to the chain by anybody who pays its gas, so that is
often the next step.
"""

from millpond.core.errors import BadInput, MillpondError
from millpond.mirror.reads.refusals import Absent


class RelayError(MillpondError):
    """The relay cannot do its work now."""


class RelayOff(RelayError):
    """This server relays nothing."""


class NoMoney(RelayError):
    """The relay's account has too little ETH to pay for more."""


class BudgetSpent(RelayError):
    """The relay has spent what it may spend in a day."""


class QueueFull(RelayError):
    """The relay has more to do than it takes on."""


class TooManyItems(BadInput):
    """One person handed in more than the relay takes of her."""


class NoSuchItem(Absent):
    """Nobody handed this in."""


class Withheld(BadInput):
    """A later ballot of the same voter took this one's place."""


class WrongBody(BadInput):
    """The body of a request cannot be understood."""


class BodyTooLarge(BadInput):
    """The body of a request is larger than anything that can be handed in."""


class BadItem(BadInput):
    """What was handed in cannot count, whoever brings it."""


class BadKey(MillpondError):
    """The relay's key was asked for something else than paying for its calls."""
