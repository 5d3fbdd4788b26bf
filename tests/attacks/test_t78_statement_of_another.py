# SPDX-License-Identifier: AGPL-3.0-only
"""T78: a statement of identity stands where her account has not posted it.

Who and what for: somebody who wants a contributor's payouts: he says that her account and his
wallet are one person, signs that, and posts it himself; or he posts a copy of hers as his own.
In the world: Keybase proofs, which counted only at the account that they named.
The defence: the place has to say by its number that this very account posted there
(`sources/identities.py`), and the text has to name that account (`core/identity/statement.py`).
"""

from typing import Any

import pytest

from millpond.core.errors import MillpondError
from millpond.core.identity import Account, Link, find_statement, posted
from millpond.core.identity.accounts import github_account
from millpond.core.identity.statement import Signed
from millpond.sources import identities
from tests.attacks.scripts_weak import Change, weakened
from tests.core.identity.people import ALICE, BOB, said
from tests.sources.server import Asked, Reply, StoppedClock, as_json, running

HERS, HIS = github_account(583231), github_account(5)
GIST = "0123456789abcdef0123456789abcdef"


def any_poster(*_: object) -> None:
    """Whoever posted it."""


def any_account(document: str, _: Account) -> Signed:
    """Whomever it is about."""
    return find_statement(document, HERS)


WHOEVER: Change = (identities, "_refuse", any_poster)
WHOMEVER: Change = (identities, "find_statement", any_account)


def proving(account: Account, text: str) -> Link | str:
    """What comes of a gist of his that holds this text: a link, or the name of the error."""
    gist: dict[str, Any] = {
        "html_url": f"https://gist.github.com/mallory/{GIST}",
        "owner": {"id": 5, "login": "mallory"},
        "files": {"proof.md": {"content": text}},
    }

    def answer(_: Asked) -> Reply:
        return as_json(gist)

    with running(answer) as place:
        try:
            return identities.proven(account, GIST, StoppedClock().access(), place.url)
        except MillpondError as error:
            return error.name


@pytest.mark.parametrize(
    ("signer", "wallet"), [(BOB, BOB.address), (ALICE, ALICE.address)], ids=["his", "a copy"]
)
def test_proven__posted_by_another_account__links_nobody(signer: Any, wallet: str) -> None:
    """With his own wallet it would bring him her payouts."""
    text = posted(said(HERS, signer))
    assert proving(HERS, text) == "StatementError"
    with weakened(WHOEVER):
        found = proving(HERS, text)
    assert isinstance(found, Link)
    assert (found.account, found.signed.statement.wallet) == (HERS, wallet)


def test_proven__a_copy_of_hers_under_his_own_account__links_nobody() -> None:
    text = posted(said(HERS, ALICE))
    assert proving(HIS, text) == "StatementError"
    with weakened(WHOMEVER):
        found = proving(HIS, text)
    assert isinstance(found, Link)
