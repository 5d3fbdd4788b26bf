# SPDX-License-Identifier: AGPL-3.0-only
"""The identity log: only added to, every line checked, nothing changed without being seen."""

import json

import pytest

from millpond.core.canonical import encode, keccak256
from millpond.core.errors import BadInput, IdentityLogError
from millpond.core.identity import Link, Log, Merge, Undo, account_of, appended, read_log
from millpond.core.identity.accounts import discourse_account, github_account
from tests.core.identity.people import ALICE, BOB, NOON, link

HERS, HIS = github_account(583231), github_account(5)
FORUM = discourse_account("https://forum.example", 12)
OLD = account_of(["sourcecred", "github", "USERLIKE", "USER", "alice"])


def _log(*all_: Link | Merge | Undo) -> Log:
    log = Log()
    for at, what in enumerate(all_, 1):
        log = appended(log, what, at * 1000, "maintainer")
    return log


def _example() -> Log:
    return _log(
        link(HERS, ALICE, name="alice"),
        link(FORUM, ALICE),
        Merge(HERS, OLD, "the same login since 2018"),
        Undo(3, "somebody else had that login until 2020"),
    )


def test_read__what_was_written__is_the_same_log() -> None:
    log = _example()
    assert read_log(log.data) == log
    assert log.undone == {3}
    assert log.head == keccak256(log.data.splitlines()[-1])


def test_line__of_a_merge__is_canonical_json_with_the_hash_before() -> None:
    first, second = _log(Merge(HERS, OLD, "same"), Undo(1, "not the same")).data.splitlines()
    assert json.loads(second)["previous"] == "0x" + keccak256(first).hex()
    assert first == encode(
        {
            "at": 1000,
            "base": ["sourcecred", "github", "USERLIKE", "ID", "583231"],
            "by": "maintainer",
            "kind": "merge",
            "other": ["sourcecred", "github", "USERLIKE", "USER", "alice"],
            "previous": "0x" + "00" * 32,
            "reason": "same",
        }
    )


def test_read__empty__is_a_log_without_entries() -> None:
    assert read_log(b"") == Log()
    assert Log().head == bytes(32)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_read__any_line_changed__is_seen_at_the_next(line: int) -> None:
    lines = _example().data.splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"by":"maintainer"', b'"by":"somebody"')
    with pytest.raises(IdentityLogError, match=f"f, line {line + 2}: it follows on 0x"):
        read_log(b"".join(lines), "f")


@pytest.mark.parametrize("line", [0, 1, 2])
def test_read__a_line_taken_out__is_seen(line: int) -> None:
    lines = _example().data.splitlines(keepends=True)
    with pytest.raises(IdentityLogError, match=f"line {line + 1}: it follows on 0x"):
        read_log(b"".join(lines[:line] + lines[line + 1 :]), "f")


def test_continues__the_end_cut_off__is_seen_by_whoever_knows_the_head() -> None:
    log = _example()
    shorter = read_log(b"".join(log.data.splitlines(keepends=True)[:2]))
    assert log.continues(shorter.head)
    assert log.continues(bytes(32))
    assert not shorter.continues(log.head)


def test_read__last_line_torn__is_refused() -> None:
    with pytest.raises(IdentityLogError, match="the last line is cut off"):
        read_log(_example().data[:-1])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"kind":"link"', b'"kind":"gift"'),
        (b'"issued":"1600000000"', b'"issued":"1600000001"'),
        (b'"583231"', b'"583232"'),
        (b'"583231"', b'"alice"'),
        (b'"wallet":"0x7E', b'"wallet":"0x7e'),
        (b'"at":"1000"', b'"at":"01000"'),
        (b'"at":"1000"', b'"at":"-1000"'),
        (b'"by":"maintainer"', b'"by":" "'),
        (b'"by":"maintainer"', b'"bx":"maintainer"'),
        (b'"name":"alice"', b'"name":"alice","nome":"x"'),
        (b'"name":"alice"', b'"name":["alice"]'),
        (b'"signature":"0x', b'"signature":"0X'),
        (b'"account":[', b'"account":[true,'),
        (b'"account":["sourcecred","github","USERLIKE","ID","583231"]', b'"account":"x"'),
    ],
)
def test_read__a_field_that_is_wrong__is_refused_with_its_line(before: bytes, after: bytes) -> None:
    data = _log(link(HERS, ALICE, name="alice")).data
    assert before in data
    with pytest.raises(IdentityLogError, match=r"^f, line 1: ") as caught:
        read_log(data.replace(before, after), "f")
    assert caught.value.position == "line 1"


@pytest.mark.parametrize(
    "data", [b"\n", b"{}\n", b"[]\n", b'{"at":1}\n', b"\xff\n", b"[" * 9999 + b"\n"]
)
def test_read__no_entry__is_refused(data: bytes) -> None:
    with pytest.raises(IdentityLogError, match="line 1: "):
        read_log(data)


def test_append__an_older_statement_again__is_refused() -> None:
    log = _log(link(HERS, ALICE, NOON), link(HERS, BOB, NOON + 5))
    for late in (NOON, NOON + 5):
        with pytest.raises(BadInput, match="github:583231 was linked by a statement as new"):
            appended(log, link(HERS, ALICE, late), 9000, "maintainer")
    longer = appended(log, link(HERS, ALICE, NOON + 6), 9000, "maintainer")
    assert len(longer.entries) == 3


def test_append__a_statement_again_after_its_undo__is_refused() -> None:
    log = _log(link(HERS, ALICE), Undo(1, "stolen"))
    with pytest.raises(BadInput, match="as new as this one"):
        appended(log, link(HERS, ALICE), 9000, "maintainer")


@pytest.mark.parametrize("number", [0, 2, 3, 4, 10**9])
def test_append__undo_of_what_is_no_link_or_merge__is_refused(number: int) -> None:
    log = _log(link(HERS, ALICE), Merge(HERS, HIS, "same"), Undo(2, "not the same"))
    with pytest.raises(BadInput, match=f"entry {number} is"):
        appended(log, Undo(number, "wrong"), 9000, "maintainer")


def test_append__earlier_than_the_last__is_refused() -> None:
    log = _log(link(HERS, ALICE), link(FORUM, ALICE))
    with pytest.raises(BadInput, match="older than the one before"):
        appended(log, Merge(HERS, HIS, "same"), 1999, "maintainer")
    longer = appended(log, Merge(HERS, HIS, "same"), 2000, "maintainer")
    assert len(longer.entries) == 3


def test_append__merge_with_itself__is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be merged with itself"):
        _log(Merge(HERS, HERS, "same"))


@pytest.mark.parametrize("reason", ["", " ", "x" * 1001])
def test_append__without_a_reason_that_fits__is_refused(reason: str) -> None:
    with pytest.raises(BadInput, match="reason is not a text of 1 to 1000 letters"):
        _log(Merge(HERS, HIS, reason))


def test_read__entries_against_the_rules__are_refused_too() -> None:
    """Rules hold for what is read, not only for what this program writes."""
    first = _log(link(HERS, ALICE)).data
    forged = _log(link(FORUM, ALICE), link(HERS, ALICE)).data.splitlines()[1]
    previous = keccak256(first[:-1]).hex()
    other = json.loads(forged)["previous"]
    again = forged.replace(other.encode(), b"0x" + previous.encode())
    with pytest.raises(IdentityLogError, match="line 2: github:583231 was linked"):
        read_log(first + again + b"\n")
