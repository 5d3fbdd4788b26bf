# SPDX-License-Identifier: AGPL-3.0-only
"""The Governor's packed words, taken apart: fields from the lowest bits up, with their widths.

Written down from the comments in contracts/modules; a test makes each field as large as it gets.
"""

from collections.abc import Mapping

PROPOSAL = {
    "proposer": 160,
    "created_at": 36,
    "electorate": 19,
    "version": 14,
    "kind": 2,
    "executed": 1,
    "canceled": 1,
    "has_end": 1,
    "extended": 1,
    "delay": 10,
    "period": 11,
}
HEAD = {
    "seats": 24,
    "count": 24,
    "checkpoints": 32,
    "version": 16,
    "changed_at": 40,
    "count_before": 24,
    **{
        f"{what} {kind}": 10 if what == "delay" else 11
        for kind in range(4)
        for what in ("delay", "period")
    },
}


def apart(word: int, widths: Mapping[str, int]) -> dict[str, int]:
    """Each field of a word; nothing may stand above the last."""
    found = {}
    for name, width in widths.items():
        found[name] = word & ((1 << width) - 1)
        word >>= width
    assert word == 0, "something stands above the last field"
    return found


def together(fields: Mapping[str, int], widths: Mapping[str, int]) -> int:
    """The word with these fields; those left out are 0."""
    word, place = 0, 0
    for name, width in widths.items():
        assert 0 <= fields.get(name, 0) < 1 << width, name
        word |= fields.get(name, 0) << place
        place += width
    return word


def changed(word: int, widths: Mapping[str, int], **fields: int) -> int:
    """The same word but for some fields."""
    return together(apart(word, widths) | fields, widths)
