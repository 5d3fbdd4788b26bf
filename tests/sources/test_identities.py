# SPDX-License-Identifier: AGPL-3.0-only
"""A statement counts only where its account posted it; the log is put in place whole."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from millpond.core.errors import (
    BadInput,
    BadSourceAnswer,
    IdentityLogError,
    SourceRefused,
    StatementError,
)
from millpond.core.identity import Log, Merge, appended, posted
from millpond.core.identity.accounts import account_of, discourse_account, github_account
from millpond.sources.identities import proven, read_identities, write_identities
from tests.core.identity.people import ALICE, BOB, said
from tests.sources.server import Asked, Place, Reply, StoppedClock, as_json, running

HERS, HIS = github_account(583231), github_account(5)
GIST = "0123456789abcdef0123456789abcdef"


class Pages:
    """What is at each path; a test changes it."""

    def __init__(self) -> None:
        self.at: dict[str, Any] = {}

    def answer(self, asked: Asked) -> Reply:
        """The page, or none."""
        found = self.at.get(asked.path)
        return as_json({"message": "Not Found"}, 404) if found is None else as_json(found)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def place(pages: Pages) -> Iterator[Place]:
    with running(pages.answer) as found:
        yield found


def _gist(owner: int | None, *contents: str) -> dict[str, Any]:
    return {
        "html_url": f"https://gist.github.com/alice/{GIST}",
        "owner": None if owner is None else {"id": owner, "login": "alice"},
        "files": {f"{at}.md": {"content": text} for at, text in enumerate(contents)},
    }


def _prove(place: Place, account: Any, where: str) -> Any:
    return proven(account, where, StoppedClock().access(), place.url)


@pytest.mark.parametrize("where", [GIST, f"https://gist.github.com/alice/{GIST}"])
def test_proven__a_gist_of_hers__is_a_link(place: Place, pages: Pages, where: str) -> None:
    pages.at[f"/gists/{GIST}"] = _gist(583231, "notes", posted(said(HERS, ALICE)))
    link = _prove(place, HERS, where)
    assert link.signed == said(HERS, ALICE)
    assert (link.name, link.place) == ("alice", f"https://gist.github.com/alice/{GIST}")


@pytest.mark.parametrize("owner", [5, None])
def test_proven__a_gist_of_another__is_refused(
    place: Place, pages: Pages, owner: int | None
) -> None:
    """Anybody can copy her statement; the login is no proof, the number is."""
    pages.at[f"/gists/{GIST}"] = _gist(owner, posted(said(HERS, ALICE)))
    with pytest.raises(StatementError, match=r"was posted by .*, not by that account"):
        _prove(place, HERS, GIST)


@pytest.mark.parametrize(
    "contents", [(), ("",), ("hello",), (posted(said(HIS, ALICE)),), ("x", posted(said(HIS, BOB)))]
)
def test_proven__a_gist_without_her_statement__is_refused(
    place: Place, pages: Pages, contents: tuple[str, ...]
) -> None:
    pages.at[f"/gists/{GIST}"] = _gist(583231, *contents)
    with pytest.raises(StatementError):
        _prove(place, HERS, GIST)


def _profile(pages: Pages, user: int, owner: int, text: str) -> None:
    pages.at["/user/583231"] = {"id": user, "login": "alice"}
    pages.at["/repos/alice/alice"] = {"owner": {"id": owner, "login": "alice"}}
    content = base64.encodebytes(text.encode()).decode()
    pages.at["/repos/alice/alice/readme"] = {"html_url": "https://x", "content": content}


def test_proven__her_profile__is_a_link(place: Place, pages: Pages) -> None:
    _profile(pages, 583231, 583231, f"# Hi\n{posted(said(HERS, ALICE))}")
    assert _prove(place, HERS, "profile").signed == said(HERS, ALICE)


def test_proven__a_profile_whose_login_another_took__is_refused(place: Place, pages: Pages) -> None:
    _profile(pages, 583231, 5, posted(said(HERS, ALICE)))
    with pytest.raises(StatementError, match="was posted by github:5"):
        _prove(place, HERS, "profile")


def test_proven__no_profile__is_refused(place: Place) -> None:
    with pytest.raises(SourceRefused, match="404"):
        _prove(place, HERS, "profile")


@pytest.mark.parametrize("path", ["/p/77", "/t/hello/12/3", "/t/12/3/"])
def test_proven__a_forum_post_of_hers__is_a_link(place: Place, pages: Pages, path: str) -> None:
    account = discourse_account(place.url, 12)
    text = posted(said(account, ALICE))
    post = {"id": 77, "raw": text, "username": "alice", "user_id": 12}
    pages.at["/posts/77.json"] = pages.at["/posts/by_number/12/3.json"] = post
    link = _prove(place, account, place.url + path)
    assert link.signed == said(account, ALICE)
    assert link.place == f"{place.url}/p/77"
    post["user_id"] = 13
    with pytest.raises(StatementError, match="/13, not by that account"):
        _prove(place, account, place.url + path)


def test_proven__a_post_in_another_forum__is_refused(place: Place) -> None:
    account = discourse_account(place.url, 12)
    for where in ("https://elsewhere.example/p/77", f"{place.url}.example/p/77", place.url, GIST):
        with pytest.raises(BadInput, match="is not the address of a post in"):
            _prove(place, account, where)


def test_proven__no_place_or_account__is_refused(place: Place, pages: Pages) -> None:
    with pytest.raises(BadInput, match="is not the address of a gist"):
        _prove(place, HERS, "https://gist.example/1")
    with pytest.raises(BadInput, match="posts nowhere that is known"):
        _prove(place, account_of(["a", "b"]), "profile")
    pages.at[f"/gists/{GIST}"] = {"hello": "world"}
    with pytest.raises(BadSourceAnswer, match="in another form"):
        _prove(place, HERS, GIST)


def _longer(log: Log, reason: str = "same") -> Log:
    return appended(log, Merge(HERS, HIS, reason), 1000, "ann")


def test_write__a_longer_log__takes_the_place(tmp_path: Path) -> None:
    one = _longer(Log())
    write_identities(tmp_path, one)
    write_identities(tmp_path, _longer(one))
    assert read_identities(tmp_path) == _longer(one)


def test_write__over_another_log__is_refused(tmp_path: Path) -> None:
    write_identities(tmp_path, _longer(Log()))
    with pytest.raises(BadInput, match="was changed meanwhile"):
        write_identities(tmp_path, _longer(Log(), "another"))
    assert read_identities(tmp_path) == _longer(Log())


def test_read__a_torn_log__is_refused(tmp_path: Path) -> None:
    write_identities(tmp_path, _longer(Log()))
    path = tmp_path / "data" / "identities.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(IdentityLogError, match=r"data/identities\.jsonl: the last line is cut off"):
        read_identities(tmp_path)


def test_write__into_no_directory__is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        write_identities(tmp_path / "none", _longer(Log()))
