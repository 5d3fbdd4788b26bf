# SPDX-License-Identifier: AGPL-3.0-only
"""The identity log of an instance, and what people posted to prove who they are.

A proof counts only where the account itself posts, and the place says by its number whose it is:
a gist of hers, the README of her profile, a post of hers in the forum.
"""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from millpond.core.errors import BadInput, BadSourceAnswer, StatementError
from millpond.core.identity import Account, Link, Log, find_statement, identity_of, read_log
from millpond.core.identity.accounts import discourse_user, github_number
from millpond.sources.http import Access, Site
from millpond.sources.people import LOG
from millpond.sources.whole import write_whole

GITHUB_API = "https://api.github.com"
PROFILE = "profile"
_GIST = re.compile(r"(?:https://gist\.github\.com/(?:[A-Za-z0-9-]+/)?)?([0-9a-f]{20,64})")
_POST = re.compile(r"/(?:p/(?P<id>[0-9]+)|t/(?:[^/]+/)??(?P<topic>[0-9]+)/(?P<number>[0-9]+))")
_PLACES = (
    'name the gist by its address, write "profile" for the README of her profile, '
    "or give the address of the forum's post (https://forum.example/t/topic/12/3)"
)


@dataclass(frozen=True, slots=True)
class _Posted:
    """What somebody posted, where, and by which name she goes there now."""

    texts: tuple[str, ...]
    place: str
    name: str


class _Owner(msgspec.Struct):
    id: int
    login: str


class _GistFile(msgspec.Struct):
    content: str = ""


class _Gist(msgspec.Struct):
    html_url: str
    files: dict[str, _GistFile]
    owner: _Owner | None = None


class _Repository(msgspec.Struct):
    owner: _Owner


class _Readme(msgspec.Struct):
    html_url: str
    content: str


class _ForumPost(msgspec.Struct):
    id: int
    raw: str
    username: str | None = None
    user_id: int | None = None


def read_identities(directory: Path) -> Log:
    """The log of an instance; an empty one if it has none yet."""
    try:
        data = (directory / LOG).read_bytes()
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise BadInput(
            f"{directory / LOG} cannot be read ({type(error).__name__})", "look at its permissions"
        ) from None
    return read_log(data, str(LOG))


def write_identities(directory: Path, log: Log) -> None:
    """Put a longer log in the place of the one before; what is there must be its beginning."""
    if not log.continues(read_identities(directory).head):
        raise BadInput(
            f"{directory / LOG} was changed meanwhile", "look at it, then give the command again"
        )
    try:
        (directory / LOG).parent.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"{directory} cannot be written to ({type(error).__name__})",
            "give the directory of an instance",
        ) from None
    write_whole(directory / LOG, log.data)


def proven(account: Account, place: str, access: Access, github_api: str = GITHUB_API) -> Link:
    """The statement that an account posted at a place; `StatementError` if it posted none there."""
    if (number := github_number(account)) is not None:
        site = Site(github_api, access)
        found = _profile(site, number) if place == PROFILE else _gist(site, number, place)
    elif (user := discourse_user(account)) is not None:
        found = _forum_post(Site(user.server, access), user.server, user.number, place)
    else:
        raise BadInput(f"{identity_of(account)} posts nowhere that is known", _PLACES)
    error: StatementError | None = None
    for text in found.texts:
        try:
            return Link(find_statement(text, account), found.place, found.name)
        except StatementError as wrong:
            error = wrong
    raise error or StatementError(f"nothing is posted at {found.place}", _PLACES)


def _gist(site: Site, number: int, place: str) -> _Posted:
    name = _GIST.fullmatch(place)
    if name is None:
        raise BadInput(f"{place[:80]!r} is not the address of a gist", _PLACES)
    gist: _Gist = _read(site, f"/gists/{name[1]}", _Gist)
    if gist.owner is None or gist.owner.id != number:
        _refuse(gist.html_url, f"github:{gist.owner.id}" if gist.owner else "nobody")
    texts = tuple(gist.files[file].content for file in sorted(gist.files))
    return _Posted(texts, gist.html_url, gist.owner.login)


def _profile(site: Site, number: int) -> _Posted:
    """The repository that has its owner's login as its name: GitHub shows its README of her."""
    user: _Owner = _read(site, f"/user/{number}", _Owner)
    if user.id != number or not re.fullmatch(r"[A-Za-z0-9-]+", user.login):
        _refuse(f"github.com/{user.login[:40]}", f"github:{user.id}")
    path = f"/repos/{user.login}/{user.login}"
    repository: _Repository = _read(site, path, _Repository)
    if repository.owner.id != number:
        _refuse(f"github.com/{user.login}", f"github:{repository.owner.id}")
    readme: _Readme = _read(site, f"{path}/readme", _Readme)
    try:
        text = base64.b64decode(readme.content).decode()
    except ValueError:
        raise StatementError(f"{readme.html_url} is not a text", _PLACES) from None
    return _Posted((text,), readme.html_url, user.login)


def _forum_post(site: Site, server: str, number: int, place: str) -> _Posted:
    path = place[len(server) :] if place.startswith(f"{server}/") else ""
    found = _POST.fullmatch(path.rstrip("/"))
    if found is None:
        raise BadInput(f"{place[:80]!r} is not the address of a post in {server}", _PLACES)
    where = f"/posts/{found['id']}.json"
    if found["id"] is None:
        where = f"/posts/by_number/{found['topic']}/{found['number']}.json"
    post: _ForumPost = _read(site, where, _ForumPost)
    if post.user_id != number:
        _refuse(place, f"discourse:{server}/{post.user_id}" if post.user_id else "nobody")
    return _Posted((post.raw,), f"{server}/p/{post.id}", post.username or str(number))


def _refuse(place: str, owner: str) -> NoReturn:
    raise StatementError(
        f"{place} was posted by {owner}, not by that account",
        "ask her to post the statement by the account that it names",
    )


def _read(site: Site, path: str, type_: Any) -> Any:
    try:
        return msgspec.json.decode(site.get(path).data, type=type_)
    except msgspec.MsgspecError as error:
        raise BadSourceAnswer(
            f"{site.host}{path} answers in another form than expected ({error})",
            "look at the address",
        ) from None
