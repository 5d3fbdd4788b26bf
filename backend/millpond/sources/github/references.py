# SPDX-License-Identifier: AGPL-3.0-only
"""What a text on GitHub refers to: "#12", "owner/name#12", addresses, hashes of commits, "@login".

What stands in code does not count. "Paired with @login" says who worked together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(`+)(?:(?!\1).)+\1")
_LOGIN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?![\w-])"
_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+"
_PAIRED = re.compile(rf"\bpaired[ -]with:? @({_LOGIN})", re.IGNORECASE)
_MENTION = re.compile(rf"(?<![\w@/.-])@({_LOGIN})")
_NUMBER = re.compile(rf"(?<![\w/#&.-])(?:({_REPOSITORY}))?#([1-9][0-9]{{0,9}})(?!\w)")
_HASH = re.compile(r"(?<![\w/#.-])([0-9a-f]{40})(?![\w-])")
_ADDRESS = re.compile(r"https?://github\.com/[\w./#-]+", re.IGNORECASE)
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class References:
    """What one text refers to, in lower case, each once, sorted."""

    addresses: tuple[str, ...] = ()
    """On GitHub, without the scheme and the host."""
    numbers: tuple[tuple[str, str], ...] = ()
    """(repository or "", number)"""
    hashes: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()


def references(text: str) -> References:
    """What a text refers to, outside of code."""
    plain = _INLINE.sub(" ", _FENCED.sub(" ", text[:_LONGEST]))
    paired = _each(_PAIRED, plain)
    plain = _PAIRED.sub(" ", plain)
    addresses = {_path(found[0]) for found in _ADDRESS.finditer(plain)}
    plain = _ADDRESS.sub(" ", plain)
    return References(
        addresses=tuple(sorted(addresses)),
        numbers=tuple(
            sorted({((one or "").lower(), number) for one, number in _NUMBER.findall(plain)})
        ),
        hashes=tuple(sorted(set(_each(_HASH, plain)))),
        logins=tuple(sorted(set(_each(_MENTION, plain)))),
        paired=tuple(sorted(set(paired))),
    )


def _each(form: re.Pattern[str], text: str) -> list[str]:
    return [found.lower() for found in form.findall(text)]


def _path(address: str) -> str:
    """An address without what does not tell things apart."""
    path = address.lower().partition("github.com/")[2].rstrip(".-/#")
    return path.replace("/issues/", "/pull/")


def path_of(url: str) -> str:
    """The path by which `references` would find the thing at this address."""
    return _path(url)


def paths(found: References, repository: str) -> Iterator[str]:
    """Where all that was found may be, numbers and hashes of this repository included."""
    yield from found.addresses
    for other, number in found.numbers:
        yield f"{other or repository.lower()}/pull/{number}"
    for hash_ in found.hashes:
        yield f"{repository.lower()}/commit/{hash_}"
