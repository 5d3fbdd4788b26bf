# SPDX-License-Identifier: AGPL-3.0-only
"""Everybody's cred by week out of a file: SourceCred's form and ours."""

import json
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from millpond.core.errors import CorruptFile, CredFileError, InputFileError
from millpond.core.grain import Cred
from millpond.core.weeks import WEEK_MS
from millpond.sources.cred_files import cred_of, read_cred
from tests.core.grain.views import SUNDAY, real_cred, weeks
from tests.core.ledger.drafts import made, own
from tests.sourcecred import VECTORS, read

NAME = "output/credGrainView"
Change = Callable[[dict[str, Any]], object]


def sourcecreds() -> dict[str, Any]:
    """A credGrainView of two people and two weeks."""
    ends = [SUNDAY + number * WEEK_MS for number in range(3)]
    people = [(made("ann"), [1, 0.5]), (made("bob"), [0, 1e-9])]
    return {
        "intervals": [{"startTimeMs": a, "endTimeMs": b} for a, b in pairwise(ends)],
        "participants": [
            {
                "active": True,
                "identity": {"id": id_, "name": "n", "address": own("ann"), "aliases": []},
                "cred": sum(weekly),
                "credPerInterval": weekly,
                "grainEarned": "0",
                "grainEarnedPerInterval": ["0", "0"],
            }
            for id_, weekly in people
        ],
    }


def ours() -> dict[str, Any]:
    """The same as `millpond cred compute` writes it."""
    span = {"count": 2, "firstStartMs": SUNDAY, "lastEndMs": SUNDAY + 2 * WEEK_MS}
    people = [(made("ann"), {"0": 1, "1": 0.5}), (made("bob"), {"1": 1e-9})]
    return {
        "intervals": span,
        "participants": [{"id": id_, "name": "n", "weekly": weekly} for id_, weekly in people],
    }


WANTED = Cred(weeks(2), {made("ann"): [1, 0.5], made("bob"): [0, 1e-9]})


def written(folder: Path, value: object, pack: Callable[[bytes], bytes] = bytes) -> Path:
    path = folder / "cred"
    path.write_bytes(pack(json.dumps(value).encode()))
    return path


@pytest.mark.parametrize("value", [sourcecreds(), ours()], ids=["sourcecreds", "ours"])
@pytest.mark.parametrize("pack", [bytes, zlib.compress], ids=["plain", "packed"])
def test_read_cred__both_forms_plain_and_packed__say_the_same(
    value: object, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    assert read_cred(written(tmp_path, value, pack), NAME) == WANTED


def test_read_cred__doubles__are_those_of_the_file_to_the_last_bit(tmp_path: Path) -> None:
    (tmp_path / "cred").write_bytes(read("kurafire", "expected-cred.json"))
    assert read_cred(tmp_path / "cred", NAME) == real_cred("kurafire")


def test_read_cred__what_sourcecred_leaves_behind__says_the_same_as_its_scores() -> None:
    path = VECTORS / "synthetic-2k" / "output" / "credGrainView"
    assert read_cred(path, NAME) == real_cred("synthetic-2k")


def test_cred_of__somebody_in_no_ledger__goes_by_what_stands_there() -> None:
    value = ours()
    value["participants"][1]["id"] = "sourcecred/github/USERLIKE/USER/bob"
    assert list(cred_of(value, NAME).weekly) == [
        made("ann"),
        "sourcecred/github/USERLIKE/USER/bob",
    ]


def test_read_cred__a_corrupt_byte__is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ours(), zlib.compress)
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorruptFile, match=NAME):
        read_cred(path, NAME)


def test_read_cred__no_file_no_utf_8_no_json__are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be read"):
        read_cred(tmp_path / "none", NAME)
    (tmp_path / "cred").write_bytes(b"{\xff")
    with pytest.raises(CredFileError, match="byte 1 is not UTF-8"):
        read_cred(tmp_path / "cred", NAME)
    (tmp_path / "cred").write_bytes(b"{")
    with pytest.raises(CredFileError, match=f"{NAME}, line 1: it is not JSON"):
        read_cred(tmp_path / "cred", NAME)


def first(**changed: object) -> Change:
    return lambda value: value["participants"][0].update(changed)


SPOILT: dict[str, tuple[dict[str, Any], Change, str]] = {
    "no intervals": (ours(), lambda v: v.pop("intervals"), "'intervals' is missing"),
    "intervals of none": (sourcecreds(), lambda v: v.update(intervals=[]), "there are no weeks"),
    "a gap": (sourcecreds(), lambda v: v["intervals"][1].update(startTimeMs=SUNDAY + 1),
              "not weeks without a gap"),
    "half a week": (ours(), lambda v: v["intervals"].update(lastEndMs=SUNDAY + 5), "whole weeks"),
    "no Sunday": (ours(), lambda v: v["intervals"].update(firstStartMs=SUNDAY + 1), "a Sunday"),
    "another count": (ours(), lambda v: v["intervals"].update(count=3), "there are 2 intervals"),
    "no people": (ours(), lambda v: v.pop("participants"), "'participants' is missing"),
    "somebody twice": (ours(), first(id=made("bob")), "a person is there twice"),
    "a week that is not there": (ours(), first(weekly={"2": 1}), "there is no interval '2'"),
    "a week by another word": (ours(), first(weekly={"01": 1}), "there is no interval '01'"),
    "negative": (ours(), first(weekly={"0": -1}), "-1 is no cred"),
    "a text": (ours(), first(weekly={"0": "1"}), "'1' is no cred"),
    "a truth": (ours(), first(weekly={"0": True}), "True is no cred"),
    "too much": (ours(), first(weekly={"0": 10**30}), "is no cred"),
    "a week too few": (sourcecreds(), first(credPerInterval=[1]), "for 1 intervals of 2"),
    "no identity": (sourcecreds(), first(identity=5), "5 is no object"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "change", "why"), SPOILT.values(), ids=SPOILT)
def test_cred_of__what_is_wrong__is_refused_with_the_file(
    value: dict[str, Any], change: Change, why: str
) -> None:
    change(value)
    with pytest.raises(CredFileError) as caught:
        cred_of(value, NAME)
    assert why in caught.value.message
    assert caught.value.message.startswith(NAME)
    assert caught.value.next_step
