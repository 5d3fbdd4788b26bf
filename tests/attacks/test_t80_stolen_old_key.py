# SPDX-License-Identifier: AGPL-3.0-only
"""T80: the key of a wallet that she has replaced is stolen, and speaks for her once more.

Who and what for: whoever finds the old key, to have her account linked to it again.
In the world: keys left on sold laptops and in old repositories, ever since there are keys.
The defence: of an account the newest statement counts, an old one cannot be entered again, not even
after the newer one was undone (`core/identity/log.py`); a new one has to be posted by her account.
"""

import pytest

from millpond.core.errors import BadInput
from millpond.core.identity import Link, Log, Undo, appended, merged, read_log
from millpond.core.identity.accounts import github_account
from millpond.core.identity.log import _Checks
from tests.attacks.scripts_weak import Change, weakened
from tests.core.identity.people import ALICE, BOB, NOON, link

HERS = github_account(583231)
OLD, NEW = link(HERS, ALICE, NOON), link(HERS, BOB, NOON + 1)


def any_age(*_: object) -> None:
    """However old it is."""


AS_OLD_AS_YOU_LIKE: Change = (_Checks, "_link", any_age)


def rotated() -> Log:
    """Her account, first with the wallet that is stolen, then with the one she has now."""
    log = appended(Log(), OLD, 1, "maintainer")
    return appended(log, NEW, 2, "maintainer")


def wallet_of(log: Log) -> str | None:
    """Where her payouts go."""
    (person,) = merged(log)
    return person.wallet


def entering(log: Log, what: Link) -> str | None:
    """What becomes of her wallet when a maintainer is brought this."""
    try:
        return wallet_of(appended(log, what, 9, "maintainer"))
    except BadInput:
        return "refused"


@pytest.mark.parametrize("issued", [NOON, NOON - 1, NOON + 1], ids=["again", "older", "as new"])
def test_append__by_the_old_key__is_refused(issued: int) -> None:
    stolen = link(HERS, ALICE, issued)
    assert wallet_of(rotated()) == BOB.address
    assert entering(rotated(), stolen) == "refused"
    with weakened(AS_OLD_AS_YOU_LIKE):
        assert entering(rotated(), stolen) == ALICE.address


def test_append__after_the_new_link_was_undone__the_old_statement_is_refused() -> None:
    undone = appended(rotated(), Undo(1, "the key was stolen"), 3, "maintainer")
    assert entering(undone, OLD) == "refused"
    with weakened(AS_OLD_AS_YOU_LIKE):
        assert entering(undone, OLD) == ALICE.address


def test_read__a_log_with_the_old_statement_again__is_refused_by_everybody() -> None:
    with weakened(AS_OLD_AS_YOU_LIKE):
        forged = appended(rotated(), OLD, 9, "thief").data
        assert wallet_of(read_log(forged)) == ALICE.address
    with pytest.raises(BadInput, match="as new as this one before"):
        read_log(forged)
