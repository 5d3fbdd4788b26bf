# SPDX-License-Identifier: AGPL-3.0-only
"""Open Collective's ways of saying no, each by a name of its own and with what to do about it."""

from millpond.core.errors import MillpondError, RateLimited, SourceRefused
from millpond.sources.opencollective.answers import Problem

_LONGEST = 200


class NotSignedIn(SourceRefused):
    """Without a token, or with one that counts for nothing here."""


class NotAllowed(SourceRefused):
    """The token's owner may not do this."""


class NotAccepted(SourceRefused):
    """Something in what was handed in is not as it must be."""


class NotThere(SourceRefused):
    """There is no such collective, account or expense."""


class SecondFactor(SourceRefused):
    """The service wants a second factor, which a token can only be exempted from."""


class TooOften(RateLimited):
    """Asked more often than the service allows; nothing was done."""


class Unknown(SourceRefused):
    """Another refusal."""


_ADMIN = (
    "make a personal token of an admin of the collective with the scopes account, expenses and "
    "transactions, and put it into MILLPOND_OPENCOLLECTIVE_TOKEN"
)
_ALLOWED = (
    "let an admin do it; to approve, perhaps somebody else must, who did not submit it (the policy "
    "EXPENSE_AUTHOR_CANNOT_APPROVE)"
)
_FACTOR = (
    "make the token anew with two-factor authentication authorised beforehand, or do this one step "
    "by hand in the browser"
)
_INPUT = "correct the payees or the plan by what the service says"
_NAMED: dict[str, tuple[type[MillpondError], str]] = {
    "Unauthorized": (NotSignedIn, _ADMIN),
    "InvalidToken": (NotSignedIn, _ADMIN),
    "Forbidden": (NotAllowed, _ALLOWED),
    "RateLimitExceeded": (TooOften, "wait ten seconds and run the same command again"),
    "ValidationFailed": (NotAccepted, _INPUT),
    "BadRequest": (NotAccepted, _INPUT),
    "NotFound": (NotThere, "look at the names of the collective and of the payees"),
    "2FA_REQUIRED": (SecondFactor, _FACTOR),
}
_OWN = "must be an admin of the account to submit an expense in its name"


def named(problem: Problem) -> MillpondError:
    """The error that a refusal is."""
    said = f"Open Collective says: {problem.message[:_LONGEST]}"
    if "not pre-authorized for 2FA" in problem.message:  # it comes without a code
        error, step = _NAMED["2FA_REQUIRED"]
    else:
        error, step = _NAMED.get(
            problem.code, (Unknown, "look at what the service says; nothing more was done")
        )
    if _OWN in problem.message:
        step = "take `own` away from this payee: others are invited, and submit it themselves"
    return error(said, step)
