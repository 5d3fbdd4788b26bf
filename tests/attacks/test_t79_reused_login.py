# SPDX-License-Identifier: AGPL-3.0-only
"""T79: a login is given up, and somebody else takes it the same day.

Who and what for: the new holder of a contributor's old login, who wants to be paid for her work.
In the world: logins of GitHub that were given up and taken for what was known by them
("repojacking").
The defence: accounts are numbers (`core/identity/accounts.py`); whatever is read by a login has to
say the number of its owner as well (`sources/identities.py`).
"""

import base64

import pytest

from millpond.core.errors import BadInput, MillpondError
from millpond.core.identity import Link, Log, appended, merged, posted
from millpond.core.identity.accounts import github_account, identity_of, parse_account
from millpond.sources import identities
from tests.attacks.scripts_weak import Change, weakened
from tests.core.identity.people import ALICE, BOB, link, said
from tests.sources.server import Asked, Reply, StoppedClock, as_json, running

HERS, NEW_HOLDER = 583231, 5
LOGIN = "alice"


def any_holder(*_: object) -> None:
    """Whoever has the login now."""


WHOEVER: Change = (identities, "_refuse", any_holder)


def proving() -> Link | str:
    """A profile under the login that the place still shows for her number, with his statement."""
    text = posted(said(github_account(HERS), BOB))
    readme = base64.encodebytes(text.encode()).decode()
    pages = {
        f"/user/{HERS}": {"id": HERS, "login": LOGIN},
        f"/repos/{LOGIN}/{LOGIN}": {"owner": {"id": NEW_HOLDER, "login": LOGIN}},
        f"/repos/{LOGIN}/{LOGIN}/readme": {"html_url": "https://x", "content": readme},
    }

    def answer(asked: Asked) -> Reply:
        return as_json(pages[asked.path])

    with running(answer) as place:
        try:
            access = StoppedClock().access()
            return identities.proven(github_account(HERS), "profile", access, place.url)
        except MillpondError as error:
            return error.name


def test_proven__by_whoever_has_her_login_now__links_nobody() -> None:
    assert proving() == "StatementError"
    with weakened(WHOEVER):
        found = proving()
    assert isinstance(found, Link)
    assert found.signed.statement.wallet == BOB.address


def test_merged__one_login_after_another__are_two_people_with_a_subject_each() -> None:
    log = appended(Log(), link(github_account(HERS), ALICE, name=LOGIN), 1, "maintainer")
    log = appended(log, link(github_account(NEW_HOLDER), BOB, name=LOGIN), 2, "maintainer")
    people = merged(log)
    assert {each.identity for each in people} == {f"github:{HERS}", f"github:{NEW_HOLDER}"}
    assert {each.identity: each.wallet for each in people} == {
        f"github:{HERS}": ALICE.address,
        f"github:{NEW_HOLDER}": BOB.address,
    }


@pytest.mark.parametrize("text", [f"github:{LOGIN}", "discourse:https://forum.example/alice"])
def test_parse__a_login__names_no_account(text: str) -> None:
    with pytest.raises(BadInput):
        parse_account(text)
    assert identity_of(github_account(HERS)) == f"github:{HERS}"
