# SPDX-License-Identifier: AGPL-3.0-only
"""An account of a source, and the text by which a person is named in distributions.

Accounts are known by the number that their source gave them. A login can be changed, and somebody
else can take it the next day; the number stays.

    github:583231                          N/sourcecred/github/USERLIKE/ID/583231
    discourse:https://forum.example/12     N/sourcecred/discourse/userId/https://forum.example/12
    sourcecred:a/b/...                     any other address, such as one of an old ledger
"""

import json
import re
from dataclasses import dataclass
from typing import NewType

from millpond.core.cred.addresses import NODE, NUL, joined, parts_of
from millpond.core.errors import BadInput, SubjectError
from millpond.core.subjects import github_identity, sourcecred_identity

Account = NewType("Account", str)
"""The address of an account's node in the graph: parts, each followed by NUL."""

GITHUB = ("sourcecred", "github", "USERLIKE", "ID")
DISCOURSE = ("sourcecred", "discourse", "userId")
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_HOST = r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]"
_FORUM = re.compile(rf"(https?)://((?:{_HOST})(?::[0-9]+)?)((?:/[\w.~-]+)*/?)", re.ASCII)
_WRITE = (
    'write "github:<number>", "discourse:<address of the forum>/<number>", '
    "or the parts of an address as a JSON list"
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class DiscourseUser:
    """A user of one forum: an account's place is the forum's address."""

    server: str
    number: int


def github_account(number: int) -> Account:
    """The account with this number at GitHub."""
    return Account(joined(NODE, (*GITHUB, github_identity(number).partition(":")[2])))


def discourse_account(server: str, number: int) -> Account:
    """The account with this number at a forum."""
    if type(number) is not int or not _NUMBER.fullmatch(str(number)):
        raise SubjectError(
            f"{number!r} is not the number of a forum's user",
            "look up the user's id; a username can be renamed and reused",
        )
    return Account(joined(NODE, (*DISCOURSE, forum(server), str(number))))


def forum(address: str) -> str:
    """The one spelling of a forum's address: lower case host, no slash at its end."""
    found = _FORUM.fullmatch(address)
    if not found:
        raise BadInput(
            f"{address[:80]!r} is not the address of a forum",
            'write it as "https://forum.example"',
        )
    scheme, host, path = found.groups()
    return f"{scheme}://{host.lower()}{path.rstrip('/')}"


def account_of(parts: list[str]) -> Account:
    """The account at an address that is given as its parts; `BadInput` if it can be none."""
    if not parts or not all(parts) or NUL in "".join(parts) or sum(map(len, parts)) > _LONGEST:
        raise BadInput("an account's address has parts, none of them empty", _WRITE)
    account = Account(joined(NODE, parts))
    known = _known(parts)
    if known is not None and known != account:
        raise BadInput(f"{'/'.join(parts)} is not how that account is written", _WRITE)
    return account


def parse_account(text: str) -> Account:
    """An account as people write it: its identity text, or the parts of its address as JSON."""
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError):
            parts = None
        if not isinstance(parts, list) or not all(isinstance(each, str) for each in parts):
            raise BadInput(f"{text[:80]!r} is not a list of texts", _WRITE)
        return account_of(parts)
    place, _, name = text.partition(":")
    if place == "github" and _NUMBER.fullmatch(name):
        return github_account(int(name))
    server, slash, number = name.rpartition("/")
    if place == "discourse" and slash and _NUMBER.fullmatch(number):
        return discourse_account(server, int(number))
    raise BadInput(f"{text[:80]!r} is not an account", _WRITE)


def identity_of(address: str) -> str:
    """The text whose hash is a person's subject, by the address of her node.

    That is "github:<number>" or "discourse:<forum>/<number>" where the address holds a number.
    """
    parts = parts_of(address)
    if (number := github_number(address)) is not None:
        return github_identity(number)
    if (user := discourse_user(address)) is not None:
        return f"discourse:{user.server}/{user.number}"
    return sourcecred_identity(parts)


def github_number(address: str) -> int | None:
    """The number of the GitHub account at an address, if it is one's."""
    parts = parts_of(address)
    fits = tuple(parts[:-1]) == GITHUB and _NUMBER.fullmatch(parts[-1])
    return int(parts[-1]) if fits else None


def discourse_user(address: str) -> DiscourseUser | None:
    """The forum's user at an address, if it is one's."""
    parts = parts_of(address)
    fits = tuple(parts[:-2]) == DISCOURSE and _NUMBER.fullmatch(parts[-1])
    return DiscourseUser(parts[-2], int(parts[-1])) if fits else None


def _known(parts: list[str]) -> Account | None:
    """How the account with these parts is written, if it is of a source that numbers them.

    Without this one account could stand in a log under two spellings.
    """
    if tuple(parts[: len(GITHUB)]) == GITHUB:
        number = parts[-1] if len(parts) == len(GITHUB) + 1 else ""
        return github_account(int(number)) if _NUMBER.fullmatch(number) else Account("")
    if tuple(parts[: len(DISCOURSE)]) == DISCOURSE:
        number = parts[-1] if len(parts) == len(DISCOURSE) + 2 else ""
        if not _NUMBER.fullmatch(number):
            return Account("")
        return discourse_account(parts[-2], int(number))
    return None
