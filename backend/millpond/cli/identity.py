# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond identity`: who is who, proven by the people themselves, in a log that only grows.

A statement is made in two steps, as the wallet signs in between:

    millpond identity statement github:583231 --wallet 0x...
    millpond identity statement github:583231 --wallet 0x... --issued ... --signature 0x...
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from millpond.cli.base import DIFFERS, HOLDS, Run, Terminal
from millpond.cli.cred import with_numbers
from millpond.core.errors import BadInput
from millpond.core.identity import (
    Account,
    Entry,
    Link,
    Log,
    Merge,
    Statement,
    Undo,
    appended,
    identity_of,
    merged,
    parse_account,
    posted,
)
from millpond.core.identity.accounts import github_number
from millpond.core.identity.log import What
from millpond.core.identity.statement import signed
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex
from millpond.core.units import Millis
from millpond.core.weeks import iso_date

if TYPE_CHECKING:
    from millpond.sources.http import Access

_F = TypeVar("_F", bound=Callable[..., Any])
_DIRECTORY = click.Path(path_type=Path)
_by_option = click.option("--by", required=True, help="Who enters it, as people know you.")
_reason_option = click.option("--reason", required=True, help="Why, for everybody to read.")
_at_option = click.option(
    "--at",
    "place",
    required=True,
    help="Where it is posted: a gist, 'profile', or the address of a forum's post.",
)


def _json_option(command: _F) -> _F:
    """--json behind the command's name, as before it."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
    @click.pass_obj
    @wraps(command)
    def wrapped(run: Run, /, *args: Any, as_json: bool, **rest: Any) -> Any:
        run.terminal = Terminal(as_json or run.terminal.as_json)
        return command(run, *args, **rest)

    return wrapped  # type: ignore[return-value]  # the same call, with one option more


@click.group("identity")
def identity_group() -> None:
    """Prove that accounts and a wallet are one person's, and keep who is who."""


@identity_group.command(
    "statement",
    epilog="Example:  millpond identity statement github:583231 --wallet 0x7E5F...",
)
@click.argument("account")
@click.option("--wallet", required=True, help="Your address on the chain.")
@click.option("--issued", help="The moment that the text says; default: now.")
@click.option("--signature", help="What the wallet answered. Then the block to post is printed.")
@_json_option
def statement_command(
    run: Run, account: str, wallet: str, issued: str | None, signature: str | None
) -> int:
    """Make the statement that ACCOUNT and a wallet are held by one person.

    ACCOUNT is "github:<number>" or "discourse:<address of the forum>/<number>". First the text is
    printed: sign it with the wallet, as a plain message. Then give the signature, and post what is
    printed, by the account, whole: as a gist, in your profile's README, or in the forum.
    """
    address = checksum_address(address_bytes(wallet))
    statement = Statement(parse_account(account), address, _seconds(issued))
    text = statement.text if signature is None else posted(signed(statement, signature))
    if run.terminal.as_json:
        digest = to_hex(statement.digest)
        run.terminal.json({"text": text, "issued": _moment(statement), "digest": digest})
    for line in text.splitlines():
        run.terminal.line(line)
    return HOLDS


@identity_group.command(
    "check", epilog="Example:  millpond identity check github:583231 --at profile"
)
@click.argument("account")
@_at_option
@_json_option
def check_command(run: Run, account: str, place: str) -> int:
    """Look whether ACCOUNT posted a signed statement, and which wallet it names."""
    link = _proven(run, parse_account(account), place)
    statement = link.signed.statement
    said = {
        "account": identity_of(statement.account),
        "name": link.name,
        "wallet": statement.wallet,
        "issued": _moment(statement),
        "place": link.place,
        "proof_hash": to_hex(statement.proof_hash),
    }
    if run.terminal.as_json:
        run.terminal.json(said)
    for name, text in said.items():
        run.terminal.line(f"{name.replace('_', ' '):<12}{text}")
    return HOLDS


@identity_group.command(
    "link",
    epilog="Example:  millpond identity link ./instance github:583231 --at profile --by ann",
)
@click.argument("directory", type=_DIRECTORY)
@click.argument("account")
@_at_option
@_by_option
@_json_option
def link_command(run: Run, directory: Path, account: str, place: str, by: str) -> int:
    """Check what ACCOUNT posted, and enter it into the log of the instance in DIRECTORY."""
    return _enter(run, directory, _proven(run, parse_account(account), place), by)


@identity_group.command(
    "merge",
    epilog="Example:  millpond identity merge ./instance github:583231 "
    "discourse:https://forum.example/12 --reason 'said so in the call of 3 May' --by ann",
)
@click.argument("directory", type=_DIRECTORY)
@click.argument("base")
@click.argument("other")
@_reason_option
@_by_option
@_json_option
def merge_command(run: Run, directory: Path, base: str, other: str, reason: str, by: str) -> int:
    """Enter into the log in DIRECTORY that OTHER is the same person as BASE.

    She keeps the identity of BASE. Each is an account, or the parts of an address in the graph as
    a JSON list.
    """
    what = Merge(parse_account(base), parse_account(other), reason)
    return _enter(run, directory, what, by)


@identity_group.command(
    "undo",
    epilog="Example:  millpond identity undo ./instance 3 --reason 'two people' --by ann",
)
@click.argument("directory", type=_DIRECTORY)
@click.argument("number", type=click.IntRange(1))
@_reason_option
@_by_option
@_json_option
def undo_command(run: Run, directory: Path, number: int, reason: str, by: str) -> int:
    """Enter into the log in DIRECTORY that entry NUMBER was wrong: it counts as never made."""
    return _enter(run, directory, Undo(number, reason), by)


@identity_group.command("log", epilog="Example:  millpond identity log ./instance --head 0x5d1c...")
@click.argument("directory", type=_DIRECTORY)
@click.option("--head", help="A hash that the log once had: does it still begin as it did then?")
@_json_option
def log_command(run: Run, directory: Path, head: str | None) -> int:
    """Check every line of the log in DIRECTORY, and show it, and who is who by it."""
    log = _read(directory)
    holds = head is None or log.continues(from_hex(head, 32))
    if run.terminal.as_json:
        run.terminal.json(_as_json(log, holds))
    for number, entry in enumerate(log.entries, 1):
        undone = " (undone)" if number in log.undone else ""
        day = iso_date(Millis(entry.at_ms))
        run.terminal.line(f"{number:>5}  {day}  {_told(entry)}, by {entry.by}{undone}")
    for person in merged(log):
        others = ", ".join(identity_of(each) for each in person.aliases)
        run.terminal.line(f"{person.name}: {person.identity}{f' = {others}' if others else ''}")
    run.terminal.line(f"head {to_hex(log.head)}", "bold")
    if not holds:
        run.terminal.line("the log that had this head is not the beginning of this one", "bold red")
    return HOLDS if holds else DIFFERS


def _read(directory: Path) -> Log:
    with with_numbers():
        from millpond.sources.identities import read_identities  # noqa: PLC0415  an extra
    return read_identities(directory)


def _enter(run: Run, directory: Path, what: What, by: str) -> int:
    with with_numbers():
        from millpond.sources.identities import write_identities  # noqa: PLC0415  an extra
    log = appended(_read(directory), what, time.time_ns() // 1_000_000, by)
    write_identities(directory, log)
    if run.terminal.as_json:
        run.terminal.json({"number": len(log.entries), "head": to_hex(log.head)})
    run.terminal.line(f"entry {len(log.entries)}: {_told(log.entries[-1])}")
    run.terminal.line(f"head {to_hex(log.head)}", "bold")
    return HOLDS


def _proven(run: Run, account: Account, place: str) -> Link:
    with with_numbers():
        from millpond.sources.identities import proven  # noqa: PLC0415  an extra
    return proven(account, place, _access(run, account))


def _access(run: Run, account: Account) -> "Access":
    from millpond.cli.access import discourse_access, github_access  # noqa: PLC0415  as above

    if github_number(account) is not None:
        return github_access(run.settings, needed=False)
    return discourse_access(run.settings)


def _told(entry: Entry) -> str:
    match entry.what:
        case Link(found, place, name):
            statement = found.statement
            who = f"{identity_of(statement.account)} ({name})"
            return f"{who} holds {statement.wallet}, as posted at {place}"
        case Merge(base, other, reason):
            return f"{identity_of(other)} is {identity_of(base)}: {reason}"
        case Undo(number, reason):
            return f"entry {number} is undone: {reason}"


def _as_json(log: Log, holds: bool) -> dict[str, object]:
    people = [
        {
            "identity": each.identity,
            "name": each.name,
            "wallet": each.wallet,
            "accounts": [identity_of(account) for account in (each.address, *each.aliases)],
        }
        for each in merged(log)
    ]
    undone = sorted(log.undone)
    entries = [entry.line.decode() for entry in log.entries]
    return {
        "head": to_hex(log.head),
        "holds": holds,
        "entries": entries,
        "undone": undone,
        "people": people,
    }


def _moment(statement: Statement) -> str:
    return datetime.fromtimestamp(statement.issued_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(issued: str | None) -> int:
    if issued is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(issued)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            f"{issued[:40]!r} is not a moment", "copy it from the text: 2026-01-31T12:00:00Z"
        )
    return int(moment.timestamp())
