# SPDX-License-Identifier: AGPL-3.0-only
"""Who is who: the ledger, then the identity log, then whom sources saw."""

from pathlib import Path

import pytest

from millpond.core.cred.model import Person
from millpond.core.errors import ConfigFileError, InputFileError
from millpond.core.identity import Log, Merge, Undo, appended
from millpond.core.identity.accounts import github_account
from millpond.core.identity.log import What
from millpond.sources.people import read_people
from tests.core.cred.small import node
from tests.core.identity.people import ALICE, link
from tests.sources.graph_files import write

ONE, TWO, THREE = map(github_account, (101, 102, 103))
IDS = ("YVZbmKhBvmYsVI0MHmZ8Xg", "dc9IqJ4GAPwLzu09Tz1WTQ")


def ledger(folder: Path, *aliases: str) -> None:
    """A ledger in which the first person has the first alias, and so on."""
    event = {"ledgerTimestamp": 1_577_700_000_000, "version": "1"}
    events = []
    for id_, name, alias in zip(IDS, ("ada", "bob"), aliases, strict=False):
        identity = {
            "id": id_, "name": name, "subtype": "USER", "aliases": [],
            "address": node("sourcecred", "core", "IDENTITY", id_),
        }  # fmt: skip
        more = {"type": "ADD_ALIAS", "identityId": id_,
                "alias": {"address": alias, "description": name}}  # fmt: skip
        events.append({"action": {"type": "CREATE_IDENTITY", "identity": identity}} | event)
        events.append({"action": more} | event)
    uuids = ("hpMBjJTkSQP7jk9MfDpCXg", "jXFzAvTBzs2D5G9bGQTPCA", "wH6wXM7TQfLSlmZTAC4WAw",
             "GBDIxIzVwzS2PseQhbQN4A")  # fmt: skip
    stamped = [each | {"uuid": uuid} for each, uuid in zip(events, uuids, strict=False)]
    write(folder / "data" / "ledger.json", stamped)


def log(folder: Path, *entries: What) -> None:
    found = Log(())
    for number, entry in enumerate(entries):
        found = appended(found, entry, 1_700_000_000_000 + number, "maintainer")
    path = folder / "data" / "identities.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(each.line + b"\n" for each in found.entries))


def people(folder: Path) -> tuple[Person, ...]:
    return read_people(folder, [Path("seen")]).all


def proposed(folder: Path, *addresses: str) -> None:
    write(
        folder / "seen" / "identityProposals.json",
        [{"name": f"seen {at}", "alias": {"address": each}} for at, each in enumerate(addresses)],
    )


def test_read_people__nothing_there__nobody(tmp_path: Path) -> None:
    assert people(tmp_path) == ()


def test_read_people__seen_by_a_source__by_address_and_named_by_number(tmp_path: Path) -> None:
    proposed(tmp_path, TWO, ONE)
    assert [(each.name, each.identity) for each in people(tmp_path)] == [
        ("seen 1", "github:101"),
        ("seen 0", "github:102"),
    ]


def test_read_people__accounts_that_the_log_links__are_one_person(tmp_path: Path) -> None:
    proposed(tmp_path, ONE, TWO, THREE)
    log(tmp_path, link(ONE, ALICE), Merge(ONE, TWO, "the same keys"))
    alice, third = people(tmp_path)
    assert (alice.id, alice.identity) == ("github:101", "github:101")
    assert (alice.address, alice.aliases) == (ONE, (TWO,))
    assert third.address == THREE


def test_read_people__a_merge_undone_in_the_log__are_two_again(tmp_path: Path) -> None:
    proposed(tmp_path, ONE, TWO)
    log(tmp_path, Merge(ONE, TWO, "the same keys"), Undo(1, "they are not"))
    assert [each.address for each in people(tmp_path)] == [ONE, TWO]


def test_read_people__an_account_of_somebody_in_the_ledger__adds_to_her(tmp_path: Path) -> None:
    proposed(tmp_path, ONE, TWO)
    ledger(tmp_path, ONE)
    log(tmp_path, Merge(ONE, TWO, "the same keys"))
    (ada,) = people(tmp_path)
    assert (ada.id, ada.name, ada.aliases) == (IDS[0], "ada", (ONE, TWO))


def test_read_people__two_of_the_ledger_who_are_one_in_the_log__are_the_first(
    tmp_path: Path,
) -> None:
    ledger(tmp_path, ONE, TWO)
    assert [each.name for each in people(tmp_path)] == ["ada", "bob"]
    log(tmp_path, Merge(TWO, ONE, "the same keys"), Merge(TWO, THREE, "and this"))
    (ada,) = people(tmp_path)
    assert ada.name == "ada"
    assert set(ada.aliases) == {ONE, TWO, THREE, node("sourcecred", "core", "IDENTITY", IDS[1])}


def test_read_people__a_line_of_the_log_changed__is_refused_by_file_and_line(
    tmp_path: Path,
) -> None:
    log(tmp_path, Merge(ONE, TWO, "the same keys"), Merge(ONE, THREE, "and these"))
    path = tmp_path / "data" / "identities.jsonl"
    path.write_bytes(path.read_bytes().replace(b"the same keys", b"another word."))
    with pytest.raises(InputFileError, match=r"data/identities.jsonl, line 2"):
        people(tmp_path)


def test_read_people__a_name_that_nobody_has__is_refused(tmp_path: Path) -> None:
    found = read_people(tmp_path, [])
    with pytest.raises(ConfigFileError, match=r"f, p: there is nobody called 'eve'"):
        found.named(None, "eve", "f", "p")
