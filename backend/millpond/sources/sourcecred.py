# SPDX-License-Identifier: AGPL-3.0-only
"""Reads SourceCred's score files: `sourcecred/cli/scores` version 0.2.0, strictly.

The file is `[header, {intervals: [{startTimeMs, endTimeMs}], users: [{address: [parts],
intervalCred: [numbers], totalCred: number}]}]`, one number for each interval. Whatever is not
exactly that is refused with a `ScoreFileError` and nothing is returned. Extra keys count as wrong
too: a format we do not know is not guessed at.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.errors import ScoreFileError, UnitError, WeekError
from millpond.core.nesting import is_deeper
from millpond.core.subjects import sourcecred_identity
from millpond.core.units import Millis, micro_cred
from millpond.core.weeks import Week, check_contiguous, iso_date

FORMAT = "sourcecred/cli/scores 0.2.0"
_HEADER = {"type": "sourcecred/cli/scores", "version": "0.2.0"}
_TOTAL_TOLERANCE = 1e-9
_MAX_DEPTH = 16
_AGAIN = "get the file again from where it was published, or run `sourcecred scores` again"


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """A score file that passed every check. Cred is in doubles, exactly as written."""

    file_hash: bytes
    weeks: tuple[Week, ...]
    cred: dict[str, tuple[float, ...]]
    """Weekly cred by identity text ("sourcecred:" + address parts joined by "/"), in file order."""

    def history(self, weeks: Sequence[Week]) -> CredHistory:
        """The integer cred history of an epoch's weeks.

        Refused with `ScoreFileError` if the file does not cover every one of them.
        """
        missing = [week for week in weeks if week not in self.weeks]
        if missing or not weeks:
            covered = f"{iso_date(self.weeks[0].start_ms)} to {iso_date(self.weeks[-1].end_ms)}"
            wanted = iso_date(missing[0].start_ms) if missing else "none"
            raise ScoreFileError(
                f"the weeks do not cover the epoch: it needs the week of {wanted}, "
                f"the file has {covered}",
                "wait until the epoch is over and compute the scores again, or choose its weeks",
            )
        first = self.weeks.index(weeks[0])
        part = slice(first, first + len(weeks))
        if self.weeks[part] != tuple(weeks):
            raise ScoreFileError(
                "the weeks of the epoch are not in order", "give them oldest first, without gaps"
            )
        chosen = {identity: weekly[part] for identity, weekly in self.cred.items()}
        return CredHistory.from_doubles(weeks, chosen)


def read_scores(data: bytes) -> ScoreFile:
    """Check and read the bytes of a score file; `ScoreFileError` names the first thing wrong."""
    match _parse(data):
        case [dict(header), dict(body)]:
            pass
        case _:
            _refuse("it is not a pair of header and scores")
    if header != _HEADER:
        _refuse(
            f"its header is {str(header)[:120]}, not {FORMAT}",
            "this reader knows that format only; export the scores in it",
        )
    intervals, users = _fields(body, "the scores", "intervals", "users")
    weeks = _weeks(_list(intervals, "intervals"))
    cred: dict[str, tuple[float, ...]] = {}
    for number, user in enumerate(_list(users, "users")):
        identity, weekly = _user(user, f"user {number}", len(weeks))
        if identity in cred:
            _refuse(
                f"{identity} is there twice", "merge the two entries at the source and export again"
            )
        cred[identity] = weekly
    if not cred:
        _refuse("it has no users")
    return ScoreFile(keccak256(data), weeks, cred)


def _refuse(what: str, next_step: str = _AGAIN) -> NoReturn:
    raise ScoreFileError(f"the score file is refused: {what}", next_step)


def _parse(data: bytes) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            _refuse("an object has the same key twice")
        return dict(pairs)

    def undefined(word: str) -> NoReturn:
        _refuse(
            f"it holds {word}, which is no cred",
            "find out at the source why a score is undefined and compute the scores again",
        )

    if is_deeper(data, _MAX_DEPTH):
        _refuse(f"it is not a score file: its JSON is nested more than {_MAX_DEPTH} deep")
    try:
        parsed: object = json.loads(
            data.decode("utf-8"), object_pairs_hook=unique, parse_constant=undefined
        )
    except json.JSONDecodeError as error:
        text = error.doc.rstrip()
        cut = error.pos >= len(text) or not text.endswith("]")
        how = "it is cut short" if cut else "it is not JSON"
        _refuse(f"{how} (line {error.lineno}, column {error.colno}: {error.msg})")
    except ValueError as error:
        _refuse(f"it is not UTF-8 JSON ({error})")
    return parsed


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        _refuse(f"{what} is not a list")
    return value


def _fields(value: object, what: str, *names: str) -> list[object]:
    if not isinstance(value, dict) or sorted(value) != sorted(names):
        _refuse(f"{what} does not have exactly the keys {', '.join(names)}")
    return [value[name] for name in names]


def _weeks(intervals: list[object]) -> tuple[Week, ...]:
    weeks = []
    try:
        for number, interval in enumerate(intervals):
            start, end = _fields(interval, f"interval {number}", "startTimeMs", "endTimeMs")
            if not isinstance(start, int) or type(end) is not int:
                _refuse(f"interval {number} is not in whole milliseconds")
            week = Week(Millis(start))
            if end != week.end_ms:
                _refuse(f"interval {number} is not seven days long")
            weeks.append(week)
        check_contiguous(weeks)
    except WeekError as error:
        _refuse(f"its weeks are wrong: {error.message}", error.next_step)
    return tuple(weeks)


def _user(user: object, what: str, weeks: int) -> tuple[str, tuple[float, ...]]:
    address, weekly, total_cred = _fields(user, what, "address", "intervalCred", "totalCred")
    identity = _identity(_list(address, f"the address of {what}"), what)
    cred = tuple(_cred(value, identity) for value in _list(weekly, f"the cred of {identity}"))
    if len(cred) != weeks:
        _refuse(f"{identity} has cred for {len(cred)} weeks, the file has {weeks} weeks")
    again, total = math.fsum(cred), _cred(total_cred, identity)
    if abs(again - total) > _TOTAL_TOLERANCE * max(again, total):
        _refuse(f"the weeks of {identity} add up to {again!r}, its totalCred says {total!r}")
    return identity, cred


def _identity(parts: list[object], what: str) -> str:
    texts = [part for part in parts if isinstance(part, str) and part]
    if not texts or len(texts) != len(parts):
        _refuse(f"the address of {what} is not a list of texts")
    identity = sourcecred_identity(texts)
    if not identity.isprintable():
        _refuse(f"the address of {what} holds unprintable letters")
    return identity


def _cred(value: object, identity: str) -> float:
    if not isinstance(value, int | float):
        _refuse(f"{identity} has cred {value!r}, which is no number")
    try:
        micro_cred(value)
    except UnitError as error:
        _refuse(f"{identity}: {error.message}", error.next_step)
    return value
