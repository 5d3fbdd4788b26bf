# SPDX-License-Identifier: AGPL-3.0-only
"""The identity log: who was found to be whom, when and why, for good.

One entry a line, in canonical JSON. Each holds the hash of the line before it, so the hash of the
last line stands for the whole log: a distribution names it, and whoever has it sees any later
change to what came before. Entries are only added; a mistake is undone by another entry.

    link     an account and a wallet are held by one person: her own signed statement
    merge    two accounts are one person: somebody's finding, with a reason
    undo     a link or a merge was wrong: from then on it counts as never made
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from millpond.core import canonical
from millpond.core.canonical import Json, keccak256
from millpond.core.cred.addresses import parts_of
from millpond.core.errors import (
    BadInput,
    CanonicalError,
    IdentityLogError,
    SignatureError,
)
from millpond.core.identity.accounts import Account, account_of, identity_of
from millpond.core.identity.fields import Fields
from millpond.core.identity.statement import Signed, Statement
from millpond.core.subjects import to_hex

FIRST = bytes(32)
"""What the first entry names as the hash of the line before it."""
_RESTORE = "get the log again from where it was published; nothing in it may be changed by hand"
_LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Link:
    """Her statement, found at `place`, posted there by the account; `name` is its login then."""

    signed: Signed
    place: str
    name: str

    @property
    def account(self) -> Account:
        """The account that was linked."""
        return self.signed.statement.account


@dataclass(frozen=True, slots=True)
class Merge:
    """The person of `other` is that of `base`, whose identity she keeps."""

    base: Account
    other: Account
    reason: str


@dataclass(frozen=True, slots=True)
class Undo:
    """The entry with this number, counted from 1, was wrong."""

    number: int
    reason: str


What: TypeAlias = Link | Merge | Undo


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what, when it was entered, and by whom, as she calls herself."""

    what: What
    at_ms: int
    by: str
    previous: bytes

    @property
    def line(self) -> bytes:
        """Its bytes in the file, without the line's end."""
        common = {"at": self.at_ms, "by": self.by, "previous": to_hex(self.previous)}
        return canonical.encode({**common, **_as_json(self.what)})

    @property
    def hash(self) -> bytes:
        """What the next entry names."""
        return keccak256(self.line)


@dataclass(frozen=True, slots=True)
class Log:
    """All entries, each checked against those before it."""

    entries: tuple[Entry, ...] = ()

    @property
    def head(self) -> bytes:
        """The hash that stands for the whole log."""
        return self.entries[-1].hash if self.entries else FIRST

    @property
    def data(self) -> bytes:
        """The file."""
        return b"".join(entry.line + b"\n" for entry in self.entries)

    @property
    def undone(self) -> frozenset[int]:
        """The numbers of the entries that count as never made."""
        return frozenset(
            entry.what.number for entry in self.entries if isinstance(entry.what, Undo)
        )

    def continues(self, head: bytes) -> bool:
        """Whether the log that had this head is the beginning of this one."""
        return head == FIRST or any(entry.hash == head for entry in self.entries)


def read_log(data: bytes, file: str = "") -> Log:
    """The log in a file, every entry checked; `IdentityLogError` names the first line wrong."""
    if data and not data.endswith(b"\n"):
        raise IdentityLogError("the last line is cut off", _RESTORE, file)
    entries: list[Entry] = []
    checks = _Checks()
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        where = f"line {number}"
        try:
            entry = _read(canonical.decode(line))
        except (CanonicalError, BadInput, SignatureError) as error:
            raise IdentityLogError(error.message, _RESTORE, file, where) from None
        before = entries[-1].hash if entries else FIRST
        if entry.previous != before:
            raise IdentityLogError(
                f"it follows on {to_hex(entry.previous)}, and the line before it is "
                f"{to_hex(before)}",
                _RESTORE,
                file,
                where,
            )
        try:
            checks.take(entry)
        except BadInput as error:
            raise IdentityLogError(error.message, _RESTORE, file, where) from None
        entries.append(entry)
    return Log(tuple(entries))


def appended(log: Log, what: What, at_ms: int, by: str) -> Log:
    """The log with one more entry; `BadInput` if it cannot follow on those before."""
    checks = _Checks()
    for entry in log.entries:
        checks.take(entry)
    entry = Entry(what, at_ms, by, log.head)
    checks.take(entry)
    # What cannot be read back must not get in: the log would be broken for good.
    return Log((*log.entries, _read(canonical.decode(entry.line))))


class _Checks:
    """Whether an entry can follow on those before it."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._undone: set[int] = set()
        self._issued: dict[Account, int] = {}

    def take(self, entry: Entry) -> None:
        """The next entry; `BadInput` if it cannot stand here."""
        if self._entries and entry.at_ms < self._entries[-1].at_ms:
            raise BadInput(
                "the entry is older than the one before it", "look at the clock of this machine"
            )
        match entry.what:
            case Link() as link:
                self._link(link)
            case Undo() as undo:
                self._undo(undo)
        self._entries.append(entry)

    def _link(self, link: Link) -> None:
        issued = link.signed.statement.issued_s
        if issued <= self._issued.get(link.account, 0):
            raise BadInput(
                f"{identity_of(link.account)} was linked by a statement as new as this one before",
                "ask for a statement that is issued today",
            )
        self._issued[link.account] = issued

    def _undo(self, undo: Undo) -> None:
        known = 1 <= undo.number <= len(self._entries)
        if not known or isinstance(self._entries[undo.number - 1].what, Undo):
            raise BadInput(
                f"entry {undo.number} is no link or merge that could be undone",
                "look up its number with `millpond identity log`",
            )
        if undo.number in self._undone:
            raise BadInput(f"entry {undo.number} is undone already", "nothing is left to do")
        self._undone.add(undo.number)


# --- entries as JSON ------------------------------------------------------------------------------


def _as_json(what: What) -> dict[str, object]:
    match what:
        case Link(signed, place, name):
            statement = signed.statement
            return {
                "kind": "link",
                "account": parts_of(statement.account),
                "wallet": statement.wallet,
                "issued": statement.issued_s,
                "signature": to_hex(signed.signature),
                "place": place,
                "name": name,
            }
        case Merge(base, other, reason):
            parts = {"base": parts_of(base), "other": parts_of(other)}
            return {"kind": "merge", **parts, "reason": reason}
        case Undo(number, reason):
            return {"kind": "undo", "number": number, "reason": reason}


def _read(value: Json) -> Entry:
    fields = Fields.of(value)
    kinds: dict[str, Callable[[Fields], What]] = {"link": _link, "merge": _merge, "undo": _undo}
    kind = fields.text("kind", _LONGEST_TEXT)
    if kind not in kinds:
        raise BadInput(f"there is no entry of the kind {kind[:40]!r}", _RESTORE)
    entry = Entry(
        kinds[kind](fields),
        fields.whole("at"),
        fields.text("by", _LONGEST_TEXT),
        fields.bytes("previous", 32),
    )
    fields.no_more()
    return entry


def _link(fields: Fields) -> Link:
    statement = Statement(
        account_of(fields.texts("account")),
        fields.text("wallet", _LONGEST_TEXT),
        fields.whole("issued"),
    )
    return Link(
        Signed(statement, fields.bytes("signature", 65)),
        fields.text("place", _LONGEST_TEXT),
        fields.text("name", _LONGEST_TEXT),
    )


def _merge(fields: Fields) -> Merge:
    base, other = account_of(fields.texts("base")), account_of(fields.texts("other"))
    if base == other:
        raise BadInput(f"{identity_of(base)} cannot be merged with itself", "name two accounts")
    return Merge(base, other, fields.text("reason", _LONGEST_TEXT))


def _undo(fields: Fields) -> Undo:
    return Undo(fields.whole("number"), fields.text("reason", _LONGEST_TEXT))


def chosen(entries: Sequence[Entry], undone: frozenset[int]) -> list[Link | Merge]:
    """What counts: neither undone, nor a link in whose place the same account put a later one."""
    last = {
        entry.what.account: number
        for number, entry in enumerate(entries, 1)
        if isinstance(entry.what, Link) and number not in undone
    }
    return [
        entry.what
        for number, entry in enumerate(entries, 1)
        if number not in undone
        and (
            isinstance(entry.what, Merge)
            or (isinstance(entry.what, Link) and last[entry.what.account] == number)
        )
    ]
