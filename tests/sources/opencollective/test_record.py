# SPDX-License-Identifier: AGPL-3.0-only
"""What was drafted, on disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from millpond.core.errors import BadInput, InputFileError
from millpond.sources.opencollective.record import Record
from tests.core.collective.plans import plan

PLAN = plan()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def _file(path: Path) -> Path:
    return path.with_name("plan.record.jsonl")


def test_record__what_was_made__is_there_in_another_run(path: Path) -> None:
    record = Record.beside(path, PLAN)
    assert record.made() == {}
    record.note("asked", 1_700_000_000, 7)
    record.note("made", 1_700_000_001, 7, "ex_1")
    record.note("made", 1_700_000_002, 7, "ex_2")
    record.note("asked", 1_700_000_003, 8)
    record.note("approved", 1_700_000_004, 7, "ex_1")
    assert Record.beside(path, PLAN).made() == {7: {"ex_1", "ex_2"}}


@pytest.mark.parametrize("cut", range(1, 40))
def test_record__cut_off_in_its_last_line__goes_on_behind_the_whole_ones(
    path: Path, cut: int
) -> None:
    record = Record.beside(path, PLAN)
    record.note("made", 1, 7, "ex_1")
    record.note("made", 2, 8, "ex_2")
    _file(path).write_bytes(_file(path).read_bytes()[:-cut])
    assert record.made() == {7: {"ex_1"}}
    record.note("made", 3, 9, "ex_3")
    assert record.made() == {7: {"ex_1"}, 9: {"ex_3"}}


def test_record__cut_off_in_its_first_line__begins_anew(path: Path) -> None:
    record = Record.beside(path, PLAN)
    _file(path).write_bytes(b'{"collective":"exa')
    assert record.made() == {}
    record.note("made", 1, 7, "ex_1")
    assert record.made() == {7: {"ex_1"}}


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[]",
        b'{"what":"made"}',
        b'{"at":"1","expense":"ex","leaf":"7","what":"paid"}',
        b'{"at":"1","expense":"ex","leaf":"-7","what":"made"}',
        b'{"at":1,"expense":"ex","leaf":"7","what":"made"}',
        b'{"at":"1","expense":null,"leaf":"7","what":"made"}',
    ],
)
def test_record__a_line_that_cannot_be_read__is_refused(path: Path, line: bytes) -> None:
    record = Record.beside(path, PLAN)
    record.note("made", 1, 7, "ex_1")
    with _file(path).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(InputFileError, match="line 3: cannot be read"):
        record.made()


def test_record__of_another_plan__is_refused(path: Path) -> None:
    Record.beside(path, PLAN).note("made", 1, 7, "ex_1")
    with pytest.raises(InputFileError, match="of another plan"):
        Record.beside(path, replace(PLAN, root=b"\x01" * 32)).made()


def test_record__while_one_run_holds_it__another_is_refused(path: Path) -> None:
    record = Record.beside(path, PLAN)
    with record.held(), pytest.raises(BadInput, match="another run"), record.held():
        pass
    with record.held():
        pass


def test_record__where_nothing_can_be_written__is_refused(tmp_path: Path) -> None:
    record = Record.beside(tmp_path / "nowhere" / "plan.json", PLAN)
    with pytest.raises(BadInput, match="cannot be written"):
        record.note("made", 1, 7, "ex_1")
    with pytest.raises(BadInput, match="cannot be written"), record.held():
        pass
