# SPDX-License-Identifier: AGPL-3.0-only
"""SourceCred score files: the real one is read, every damaged one is refused by name."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.canonical import keccak256
from millpond.core.errors import ScoreFileError
from millpond.core.weeks import iso_date, weeks_of_month
from millpond.sources.sourcecred import read_scores
from tests.core import month

WEEK_MS = 604_800_000
START = 1_567_296_000_000  # Sunday 2019-09-01


def small() -> Any:
    """A valid file of two people and six weeks from 2019-09-01."""
    weeks = [START + i * WEEK_MS for i in range(6)]
    return [
        {"type": "sourcecred/cli/scores", "version": "0.2.0"},
        {
            "intervals": [{"startTimeMs": at, "endTimeMs": at + WEEK_MS} for at in weeks],
            "users": [
                {"address": ["a", "b"], "intervalCred": [1, 2.5, 0, 0, 0, 0], "totalCred": 3.5},
                {"address": ["a", "c"], "intervalCred": [0, 0, 0, 0, 0, 0], "totalCred": 0},
            ],
        },
    ]


def raw(value: object) -> bytes:
    return json.dumps(value).encode()


def test_read_scores__the_real_file__has_89_people_and_87_weeks() -> None:
    scores = month.scores()
    assert (len(scores.cred), len(scores.weeks)) == (89, 87)
    assert iso_date(scores.weeks[0].start_ms) == "2018-02-04"
    assert iso_date(scores.weeks[-1].start_ms) == "2019-09-29"
    assert scores.cred["sourcecred:sourcecred/identity/decentralion"][82] == 43.89765422250668
    # The hash its SOURCE.md states.
    assert scores.file_hash == keccak256(month.score_bytes())
    assert scores.file_hash.hex().startswith("361a74c34dc78635")


def test_history__september_2019__has_the_79_people_with_cred() -> None:
    assert {each.identity for each in month.history().people} == set(month.expected_payouts())


def test_read_scores__a_small_file__keeps_doubles_and_order() -> None:
    scores = read_scores(raw(small()))
    assert scores.cred == {
        "sourcecred:a/b": (1, 2.5, 0, 0, 0, 0),
        "sourcecred:a/c": (0, 0, 0, 0, 0, 0),
    }
    history = scores.history(weeks_of_month("2019-09"))
    assert [(each.identity, each.weekly) for each in history.people] == [
        ("sourcecred:a/b", (1_000_000, 2_500_000, 0, 0))
    ]


def cred(value: object) -> Callable[[Any], None]:
    def damage(file: Any) -> None:
        file[1]["users"][0]["intervalCred"][1] = value

    return damage


def user(key: str, value: object) -> Callable[[Any], None]:
    def damage(file: Any) -> None:
        file[1]["users"][0][key] = value

    return damage


def interval(number: int, key: str, value: object) -> Callable[[Any], None]:
    def damage(file: Any) -> None:
        file[1]["intervals"][number][key] = value

    return damage


DAMAGED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another type": (lambda f: f[0].update(type="sourcecred/graph"), "its header is"),
    "another version": (lambda f: f[0].update(version="0.1.0"), "its header is"),
    "header with more": (lambda f: f[0].update(more=1), "its header is"),
    "no body": (lambda f: f.pop(), "not a pair of header and scores"),
    "three parts": (lambda f: f.append({}), "not a pair of header and scores"),
    "body a list": (lambda f: f.__setitem__(1, []), "not a pair of header and scores"),
    "no users key": (lambda f: f[1].pop("users"), "exactly the keys intervals, users"),
    "unknown key": (lambda f: f[1].update(x=1), "exactly the keys intervals, users"),
    "no users": (lambda f: f[1].update(users=[]), "it has no users"),
    "users an object": (lambda f: f[1].update(users={}), "users is not a list"),
    "intervals a text": (lambda f: f[1].update(intervals="x"), "intervals is not a list"),
    "no intervals": (lambda f: f[1].update(intervals=[]), "there are no weeks"),
    "a user a list": (lambda f: f[1]["users"].append([]), "user 2 does not have exactly the keys"),
    "a user with more": (user("name", "x"), "user 0 does not have exactly the keys"),
    "duplicate person": (
        lambda f: f[1]["users"].append(copy.deepcopy(f[1]["users"][0])),
        "sourcecred:a/b is there twice",
    ),
    "same person in other parts": (
        lambda f: f[1]["users"][1].update(address=["a/b"]),
        "sourcecred:a/b is there twice",
    ),
    "negative cred": (cred(-0.5), "cred is -0.5, not a finite number of zero or more"),
    "minus zero": (cred(-0.0), "cred is -0.0"),
    "NaN": (cred(float("nan")), "it holds NaN"),
    "Infinity": (cred(float("inf")), "it holds Infinity"),
    "minus Infinity": (cred(-float("inf")), "it holds -Infinity"),
    "a number beyond all doubles": (cred(10**400), "not a whole number|cred in millionths"),
    "cred too large": (cred(1e300), "cred in millionths is"),
    "cred a text": (cred("2.5"), "sourcecred:a/b has cred '2.5', which is no number"),
    "cred true": (cred(True), "cred is True, not a number"),
    "cred null": (cred(None), "which is no number"),
    "a week of cred too few": (
        lambda f: f[1]["users"][0]["intervalCred"].pop(),
        "has cred for 5 weeks, the file has 6 weeks",
    ),
    "a week of cred too many": (
        lambda f: f[1]["users"][0]["intervalCred"].append(0),
        "has cred for 7 weeks, the file has 6 weeks",
    ),
    "cred no list": (user("intervalCred", 5), "the cred of sourcecred:a/b is not a list"),
    "total that does not add up": (user("totalCred", 3.6), "its totalCred says 3.6"),
    "total negative": (user("totalCred", -3.5), "cred is -3.5"),
    "address a text": (user("address", "a/b"), "the address of user 0 is not a list"),
    "address an object": (user("address", {}), "the address of user 0 is not a list"),
    "address empty": (user("address", []), "is not a list of texts"),
    "address with a number": (user("address", ["a", 1]), "is not a list of texts"),
    "address with an empty part": (user("address", ["a", ""]), "is not a list of texts"),
    "address with NUL": (user("address", ["a", "b\0"]), "unprintable letters"),
    "address with half a pair": (user("address", ["a", "\ud800"]), "unprintable letters"),
    "week not on Sunday": (interval(0, "startTimeMs", START + 86_400_000), "not a Sunday"),
    "week of six days": (interval(5, "endTimeMs", START + 6 * WEEK_MS - 1), "not seven days long"),
    "week start a float": (interval(0, "startTimeMs", float(START)), "whole milliseconds"),
    "week end a float": (interval(0, "endTimeMs", float(START + WEEK_MS)), "whole milliseconds"),
    "week start true": (interval(0, "startTimeMs", True), "not a time in milliseconds"),
    "week start negative": (interval(0, "startTimeMs", -WEEK_MS), "not a time in milliseconds"),
    "week with more": (interval(0, "x", 1), "interval 0 does not have exactly the keys"),
    "gap between weeks": (
        lambda f: f[1]["intervals"].pop(2),
        "its weeks are wrong: the week after",
    ),
    "weeks out of order": (
        lambda f: f[1]["intervals"].reverse(),
        "its weeks are wrong: the week after",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_read_scores__a_damaged_file__is_refused_by_name(name: str) -> None:
    damage, says = DAMAGED[name]
    file = small()
    read_scores(raw(file))
    damage(file)
    with pytest.raises(ScoreFileError, match=says) as refusal:
        read_scores(raw(file))
    assert "the score file is refused: " in refusal.value.message
    assert refusal.value.next_step


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is cut short"),
        (b"null", "not a pair of header and scores"),
        (b"\xff\xfe", "it is not UTF-8 JSON"),
        (b"\xef\xbb\xbf[]", "it is not"),
        (b"[" * 100_000, "it is"),
        (b'[{"type": "x", "type": "x"}, {}]', "the same key twice"),
        (b"[{}, {}] x", "it is"),
        (b"[1" + b"0" * 5000 + b"]", "it is not UTF-8 JSON"),
    ],
)
def test_read_scores__bytes_that_are_no_score_file__are_refused(data: bytes, says: str) -> None:
    with pytest.raises(ScoreFileError, match=says):
        read_scores(data)


@given(st.data())
def test_read_scores__the_real_file_cut_anywhere__is_refused(data: st.DataObject) -> None:
    whole = month.score_bytes().rstrip()
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ScoreFileError, match="it is cut short"):
        read_scores(whole[:length])


def test_history__weeks_the_file_does_not_have__are_refused() -> None:
    scores = read_scores(raw(small()))
    with pytest.raises(ScoreFileError) as refusal:
        scores.history(weeks_of_month("2019-10"))
    assert refusal.value.message == (
        "the weeks do not cover the epoch: it needs the week of 2019-10-13, "
        "the file has 2019-09-01 to 2019-10-13"
    )
    with pytest.raises(ScoreFileError, match="it needs the week of 2019-07-28"):
        scores.history(weeks_of_month("2019-08"))
    with pytest.raises(ScoreFileError, match="do not cover the epoch"):
        scores.history([])


def test_history__weeks_out_of_order__are_refused() -> None:
    weeks = weeks_of_month("2019-09")
    with pytest.raises(ScoreFileError, match="not in order"):
        read_scores(raw(small())).history(weeks[::-1])
