# SPDX-License-Identifier: AGPL-3.0-only
"""Long JSON in pieces: the same values as at once, wherever a piece ends, and exact places."""

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millpond.core.errors import CorruptFile, GraphFileError, InputFileError
from millpond.sources import json_stream
from millpond.sources.json_stream import JsonStream


class Item(msgspec.Struct):
    name: str
    parts: list[str]
    number: int


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of some letters, so that every kind of cut happens."""
    monkeypatch.setattr(json_stream, "PIECE", 24)


def outcome(path: Path, sound: list[Item]) -> str:
    try:
        return "sound" if items(path) == sound else "other values"
    except InputFileError as error:
        return error.name


def items(path: Path) -> list[Item]:
    stream = JsonStream(path, path.name)
    found = [each for piece in stream.pieces(list[Item], b"[]", b"}", "items") for each in piece]
    stream.end()
    return found


tricky = st.text(
    st.sampled_from(list('ab{}[],:"\\ é\n')) | st.characters(codec="utf-8"), max_size=9
)
values = st.fixed_dictionaries(
    {"name": tricky, "parts": st.lists(tricky, max_size=3), "number": st.integers(0, 9)}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(values, max_size=6), st.booleans(), st.sampled_from([None, 1]))
def test_pieces__any_values_however_written__are_those_of_a_plain_reader(
    tmp_path: Path, given_values: list[dict[str, Any]], ascii_only: bool, indent: int | None
) -> None:
    path = tmp_path / "items.json"
    text = json.dumps(given_values, ensure_ascii=ascii_only, indent=indent)
    path.write_text(text, encoding="utf-8")
    assert [msgspec.structs.asdict(each) for each in items(path)] == given_values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(tricky, st.floats(0, 1e9), max_size=9))
def test_pieces__an_object_of_numbers__is_that_of_a_plain_reader(
    tmp_path: Path, given_values: dict[str, float]
) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(given_values), encoding="utf-8")
    stream = JsonStream(path, path.name)
    found: dict[str, float] = {}
    for piece in stream.pieces(dict[str, float], b"{}", b"0123456789", "weights"):
        found.update(piece)
    assert found == given_values


ITEM = '{"name": "x", "parts": [], "number": 1}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"[{ITEM}, {ITEM}", "items is cut short"),
        (f"[{ITEM}, {ITEM[:-3]}", "items is cut short"),
        ('[{"name": "x', "items is cut short"),
        (f"[{ITEM}, {ITEM} {ITEM}]", "this is not JSON"),
        (f"[{ITEM}, nonsense, {ITEM}, {ITEM}]", "this is not JSON"),
        (f'[{ITEM}, {{"name": 1}}]', "items[1].name: Expected `str`, got `int`"),
        (f"[{ITEM}, {ITEM}, {{}}]", "items[2]: Object missing required field"),
        (f"[{ITEM}] x", "something follows behind the end"),
        ("{}", "'[' is missing: '{' stands there instead"),
        ("", "'[' is missing: 'the end of the file' stands there instead"),
    ],
)
def test_pieces__spoiled__refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "items.json"
    path.write_text(text)
    with pytest.raises(GraphFileError) as raised:
        items(path)
    assert says in raised.value.message
    assert raised.value.message.startswith("items.json, ")


def test_pieces__not_json__the_very_byte_is_named(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text(f"[{ITEM}, ?, {ITEM}, {ITEM}]")
    with pytest.raises(GraphFileError) as raised:
        items(path)
    assert raised.value.position == f"items, byte {len(ITEM) + 3}"


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_stream__packed__reads_the_same(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "items.json.gzip"
    path.write_bytes(pack(f"[{ITEM}]".encode()))
    assert [each.name for each in items(path)] == ["x"]


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_stream__any_byte_of_a_packed_file_changed__is_a_named_error(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "items"
    listed = ", ".join(ITEM.replace("x", f"name {number}") for number in range(20))
    whole = pack(f"[{listed}]".encode())
    path.write_bytes(whole)
    sound = items(path)
    ends = []
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        ends.append(outcome(path, sound))
    # Some bits mean nothing: the time in gzip's header, the filling of the last byte. Without its
    # first two bytes nobody sees that the file was packed.
    assert set(ends[2:]) <= {"CorruptFile", "sound"}
    assert ends.count("sound") < 9
    assert "other values" not in ends


@pytest.mark.parametrize("cut", [5, 1])
def test_stream__packed_and_cut_short_or_too_long__is_corrupt(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "items"
    whole = zlib.compress(f"[{ITEM}]".encode())
    path.write_bytes(whole[:-cut])
    with pytest.raises(CorruptFile, match=r"items, byte \d+: is cut short"):
        items(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(CorruptFile, match="something follows behind the packed data"):
        items(path)


def test_stream__no_such_file__named(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"none.json: cannot be read \(FileNotFoundError\)"):
        items(tmp_path / "none.json")


def test_stream__a_string_longer_than_any_piece__read(tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    long = '"},{' * 1000
    path.write_text(json.dumps([{"name": long, "parts": [], "number": 1}] * 3))
    assert [each.name for each in items(path)] == [long] * 3
