# SPDX-License-Identifier: AGPL-3.0-only
"""The table of three columns: what it means, and that nothing wrong in it passes."""

from pathlib import Path

import pytest

from millpond.core.cred.compute import compute
from millpond.core.errors import ContributionsFileError
from millpond.sources.contributions import read_contributions
from millpond.sources.instances import read_instance
from millpond.sources.writing import write_found

TABLE = """person,weight,time
river,3,2024-05-02
"Sky, of the garden",0.5,2024-05-09T17:30:00Z
RIVER,1.25,2024-05-09
river,3,2024-05-02
"""


def _write(folder: Path, text: str | bytes) -> Path:
    path = folder / "contributions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_read_contributions__each_line__mints_for_its_person_in_its_week(tmp_path: Path) -> None:
    found = read_contributions(_write(tmp_path, TABLE))
    write_found(tmp_path, found)
    scores = compute(read_instance(tmp_path))
    cred = {person.name: each for person, each in zip(
        scores.contributions.people, scores.cred.tolist(), strict=True)}  # fmt: skip
    assert cred == pytest.approx({"RIVER": 7.25, "Sky-of-the-garden": 0.5}, rel=1e-9)
    assert sorted(node.time_ms or 0 for node in found.nodes) == [
        *(1_714_608_000_000, 1_714_608_000_000, 1_715_212_800_000, 1_715_275_800_000),
    ]


def test_read_contributions__lines_in_another_order__are_the_same(tmp_path: Path) -> None:
    first, *lines = TABLE.splitlines()
    one = write_found(tmp_path / "one", read_contributions(_write(tmp_path, TABLE)))
    turned = "\r\n".join([first, "", *lines[::-1], " , , "])
    two = write_found(tmp_path / "two", read_contributions(_write(tmp_path, turned)))
    assert one.read_bytes() == two.read_bytes()


def test_read_contributions__a_line_more__leaves_the_addresses_of_the_others(
    tmp_path: Path,
) -> None:
    before = read_contributions(_write(tmp_path, TABLE)).nodes
    more = read_contributions(_write(tmp_path, TABLE + "river,3,2024-05-02\n")).nodes
    assert {node.address for node in before} < {node.address for node in more}


def test_read_contributions__a_byte_order_mark__is_no_letter(tmp_path: Path) -> None:
    assert len(read_contributions(_write(tmp_path, b"\xef\xbb\xbf" + TABLE.encode())).nodes) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: there are no contributions"),
        ("person,weight,time\n", "line 1: there are no contributions"),
        ("name,weight,time\na,1,2024-05-02\n", "line 1: the first line is"),
        ("person,weight,time\na,1\n", "line 2: has 2 columns"),
        ("person,weight,time\na,1,2024-05-02,what\n", "line 2: has 4 columns"),
        ("person,weight,time\n\na,one,2024-05-02\n", "line 3: 'one' is not a weight"),
        ("person,weight,time\na,-1,2024-05-02\n", "line 2: '-1' is not a weight"),
        ("person,weight,time\na,nan,2024-05-02\n", "is not a weight"),
        ("person,weight,time\na,inf,2024-05-02\n", "is not a weight"),
        ("person,weight,time\na,1e3,2024-05-02\n", "is not a weight"),
        ("person,weight,time\na,1_0,2024-05-02\n", "is not a weight"),
        ("person,weight,time\na,\u0661,2024-05-02\n", "is not a weight"),
        ("person,weight,time\na,1,2024-02-30\n", "line 2: '2024-02-30' is not a time"),
        ("person,weight,time\na,1,1714608000\n", "is not a time"),
        ("person,weight,time\na,1,2024-05-02T17:30:00+02:00\n", "is not a time"),
        ("person,weight,time\na,1,1969-05-02\n", "too long ago"),
        ("person,weight,time\na,1,2100-01-01\n", "too far off"),
        ("person,weight,time\n,1,2024-05-02\n", "line 2: '' is not a person"),
        ('person,weight,time\n"a\nb",1,2024-05-02\n', "is not a person"),
        ("person,weight,time\na\x1b[2J,1,2024-05-02\n", "is not a person"),
        ('person,weight,time\n"a,1,2024-05-02\n', "line 2: unexpected end"),
        (b"person,weight,time\na,1,2024-05-02\n\xff,1,2024-05-02\n", "line 3: is not UTF-8"),
    ],
)
def test_read_contributions__something_wrong__names_the_line_and_what_to_do(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(ContributionsFileError) as refused:
        read_contributions(_write(tmp_path, text))
    assert said in refused.value.message
    assert refused.value.file == "contributions.csv"
    assert refused.value.position.startswith("line ")
    assert refused.value.next_step


def test_read_contributions__no_such_file__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContributionsFileError, match="cannot be read"):
        read_contributions(tmp_path / "contributions.csv")
