# SPDX-License-Identifier: AGPL-3.0-only
"""Which seat stood behind each cast, and the word that this seat takes back by it: `cast_seats`.

The view `settled_cast_seats` says the same of the events alone, cast by cast. Here it is worked out
for a whole batch. What earlier blocks say is asked for one by one where it is little, and for a
whole governor or proposal where it is much: both are look-ups in an index, on either store.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from millpond.mirror.decoding import Tables
from millpond.mirror.stores import Database

_Place: TypeAlias = tuple[int, int]
_CASTS, _MADE = "governor_vote_cast", "governor_proposal_created"
_FEW = 50
_SEATS = """
    SELECT account, seat, block_number, log_index FROM account_seats
    WHERE governor = ?{} ORDER BY account, block_number, log_index
"""
_WORDS = """
    SELECT seat, support FROM cast_seats
    WHERE governor = ? AND proposal_id = ?{} ORDER BY seat, block_number, log_index
"""


def write(database: Database, rows: Tables) -> None:
    """The seats of a batch's casts, whose `account_seats` are there already."""
    made = {row[2:4] for row in rows.get(_MADE, ())}
    by_governor: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for row in sorted(rows.get(_CASTS, ())):
        by_governor[row[2]].append(row)
    found: list[tuple[Any, ...]] = []
    for governor, casts in by_governor.items():
        held = _held(database, governor, {cast[3] for cast in casts})
        by_proposal: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
        for block, index, _, voter, proposal, support, *_ in casts:
            seat = _at((block, index), held.get(voter, ()))
            by_proposal[proposal].append((block, index, governor, proposal, seat, support))
        for proposal, words in by_proposal.items():
            seats = {word[4] for word in words}
            # before a proposal is made nobody votes on it
            is_new = (governor, proposal) in made
            last = {} if is_new else _before(database, governor, proposal, seats)
            for word in words:
                found.append((*word, last.get(word[4])))
                last[word[4]] = word[5]
    found.sort(key=_place)
    database.insert("cast_seats", found)


def _place(row: tuple[Any, ...]) -> Any:
    return row[:2]


def _held(
    database: Database, governor: str, accounts: set[str]
) -> dict[str, list[tuple[_Place, int]]]:
    """From where on each account had which seat, in order."""
    found: dict[str, list[tuple[_Place, int]]] = defaultdict(list)
    for row in _asked(database, _SEATS, (governor,), ("account", accounts)):
        found[row[0]].append(((row[2], row[3]), row[1]))
    return found


def _at(place: _Place, seats: Iterable[tuple[_Place, int]]) -> int:
    """The seat of an account before that place; 0 for none."""
    found = 0
    for since, seat in seats:
        if since >= place:
            break
        found = seat
    return found


def _before(database: Database, governor: str, proposal: str, seats: set[int]) -> dict[int, int]:
    """What each seat has last said on a proposal in the blocks before."""
    return {
        row[0]: row[1] for row in _asked(database, _WORDS, (governor, proposal), ("seat", seats))
    }


def _asked(
    database: Database, query: str, key: Sequence[object], wanted: tuple[str, set[Any]]
) -> Iterable[Any]:
    """All rows with that key, or those with each of a few values of one column."""
    column, values = wanted
    if len(values) > _FEW:
        return database.execute(query.format(""), key)
    each = query.format(f" AND {column} = ?")
    return [row for value in values for row in database.execute(each, (*key, value))]
