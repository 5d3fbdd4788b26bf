# SPDX-License-Identifier: AGPL-3.0-only
"""What a repository's history says: its commits, their authors, and those whom trailers name.

People are told apart by their e-mail, in small letters, after .mailmap. A name alone is not enough
to be somebody: two people may have one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from millpond.core.errors import RepositoryError
from millpond.sources.git.command import Repository
from millpond.sources.graphs import EARLIEST_MS

AUTHOR, CO_AUTHOR, REVIEWER, HELPER = "AUTHOR", "CO_AUTHOR", "REVIEWER", "HELPER"
TRAILERS: Mapping[str, str] = {
    "co-authored-by": CO_AUTHOR,
    "co-developed-by": CO_AUTHOR,
    "reviewed-by": REVIEWER,
    "acked-by": REVIEWER,
    "tested-by": REVIEWER,
    "helped-by": HELPER,
    "mentored-by": HELPER,
    "reported-by": HELPER,
    "suggested-by": HELPER,
}
"""Whom a trailer names, by its key in small letters. Signed-off-by says nothing of work."""

_FIELDS = ("%H", "%P", "%at", "%ct", "%aN", "%aE", "%s", "%(trailers:only=true,unfold=true)")
_IDENT = re.compile(r"\s*(?P<name>[^<]*?)\s*<(?P<mail>[^<>]*)>")
_LATEST_NUMBER = 10**12
_MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Ident:
    """Somebody as git names her."""

    name: str
    mail: str

    @property
    def key(self) -> str:
        """What tells her apart: her e-mail, or her name where there is none."""
        return self.mail.lower() or self.name.lower()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and who had part in it: each person once, in the part that counts most."""

    hash: str
    parents: tuple[str, ...]
    time_ms: int
    subject: str
    people: Mapping[str, str]
    """AUTHOR, CO_AUTHOR, REVIEWER or HELPER by the person's key."""

    @property
    def is_merge(self) -> bool:
        """Whether it brings lines of work together."""
        return len(self.parents) > 1


@dataclass(frozen=True, slots=True)
class History:
    """All commits that lead to one, by hash, and the name that each person uses most."""

    head: str
    commits: Mapping[str, Commit]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Raw:
    hash: str
    parents: tuple[str, ...]
    written: int
    committed: int
    author: Ident
    subject: str
    named: tuple[tuple[str, Ident], ...]


def read_history(
    repository: Repository, revision: str, told: Callable[[int, int], None]
) -> History:
    """The history of a revision. `told` hears how many commits of how many are read."""
    repository.require_whole()
    head = repository.head(revision)
    whole = int(repository.text("rev-list", "--count", head))
    raws: list[_Raw] = []
    for raw in _logged(repository, head):
        raws.append(raw)
        if len(raws) % 1000 == 0:
            told(len(raws), whole)
    told(whole, whole)
    mapped = _mapped(repository, head, {ident for raw in raws for _, ident in raw.named})
    ends = next(raw.committed for raw in raws if raw.hash == head)
    if not EARLIEST_MS <= ends * 1000 < _LATEST_NUMBER * 1000:
        raise RepositoryError(
            f"the last commit of {repository.name} says that it was made at second {ends}",
            "name a revision before it whose time is right",
        )
    names: dict[str, Counter[str]] = {}
    commits = {raw.hash: _commit(raw, mapped, ends, names) for raw in raws}
    # The most used; of two that are used alike the first in order.
    chosen = {key: min(used, key=lambda name: (-used[name], name)) for key, used in names.items()}
    return History(head, commits, chosen)


def _commit(
    raw: _Raw, mapped: Mapping[Ident, Ident], ends: int, names: dict[str, Counter[str]]
) -> Commit:
    people: dict[str, str] = {}
    for part, ident in ((AUTHOR, raw.author), *((p, mapped[i]) for p, i in raw.named)):
        if ident.key:
            names.setdefault(ident.key, Counter())[ident.name or ident.mail] += 1
            if _ORDER[part] < _ORDER.get(people.get(ident.key, ""), len(_ORDER)):
                people[ident.key] = part
    return Commit(raw.hash, raw.parents, _moment(raw, ends) * 1000, raw.subject, people)


_ORDER = {part: at for at, part in enumerate((AUTHOR, CO_AUTHOR, REVIEWER, HELPER))}


def _moment(raw: _Raw, ends: int) -> int:
    """When the work was done: the author's time, else the committer's, else that of the head.

    A clock that was wrong gives a time before git or after the head; one such commit would stretch
    the weeks by years.
    """
    for second in (raw.written, raw.committed):
        if EARLIEST_MS <= second * 1000 <= ends * 1000:
            return second
    return ends


def _logged(repository: Repository, head: str) -> Iterator[_Raw]:
    """The commits as git lists them: fields that end with NUL, which no field can hold."""
    shape = "--format=tformat:" + "%x00".join(_FIELDS)
    asked = (
        *_mailmap(head),
        "log",
        "-z",
        "--encoding=UTF-8",
        "--no-color",
        "--no-notes",
        shape,
        head,
        "--",
    )
    fields: list[str] = []
    for field in _split(repository.pieces(*asked)):
        fields.append(field)
        if len(fields) == len(_FIELDS):
            yield _parsed(fields)
            fields = []


def _split(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from (field.decode("utf-8", "replace") for field in whole)


def _parsed(fields: list[str]) -> _Raw:
    hash_, parents, written, committed, name, mail, subject, trailers = fields
    return _Raw(
        hash=hash_,
        parents=tuple(parents.split()),
        written=_second(written),
        committed=_second(committed),
        author=Ident(_cleaned(name), _cleaned(mail)),
        subject=_cleaned(subject)[:_MOST_LETTERS],
        named=tuple(_named(trailers)),
    )


def _second(text: str) -> int:
    """A time of git; -1 for what is none (a broken commit has no time, or one of 20 digits)."""
    return int(text) if text.isascii() and text.isdigit() and int(text) < _LATEST_NUMBER else -1


def _named(trailers: str) -> Iterator[tuple[str, Ident]]:
    for line in trailers.splitlines():
        key, _, value = line.partition(":")
        part, ident = TRAILERS.get(key.strip().lower()), _IDENT.match(value)
        if part is not None and ident is not None and _cleaned(ident["mail"]):
            yield part, Ident(_cleaned(ident["name"]), _cleaned(ident["mail"]))


def _cleaned(text: str) -> str:
    """One line without letters that steer a terminal, and without surrogates."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _mailmap(head: str) -> tuple[str, str]:
    return "-c", f"mailmap.blob={head}:.mailmap"


def _mapped(repository: Repository, head: str, idents: set[Ident]) -> dict[Ident, Ident]:
    """Those whom trailers name, after the .mailmap of the head. (git did it for authors.)"""
    ordered = sorted(idents, key=lambda ident: (ident.mail, ident.name))
    sent = "".join(f"{ident.name} <{ident.mail}>\n" for ident in ordered).encode()
    said = repository.text(*_mailmap(head), "check-mailmap", "--stdin", sent=sent)
    found = [_IDENT.match(line) for line in said.splitlines()]
    if len(found) != len(ordered) or None in found:
        raise RepositoryError(
            f"git check-mailmap in {repository.name} said what is no list of people",
            "install git 2.32 or newer",
        )
    return {
        ident: Ident(_cleaned(each["name"]), _cleaned(each["mail"]))
        for ident, each in zip(ordered, found, strict=True)
        if each is not None
    }
