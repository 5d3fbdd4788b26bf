# SPDX-License-Identifier: AGPL-3.0-only
"""A ballot over the candidates of an allocation in one word: contracts/modules/choices.vy.

Eight of id u17 << 14 | points u14 by ascending id, from the lowest bits up, unused ones zero. No
word is a ballot that is taken back.
"""

from collections.abc import Mapping

from millpond.core.errors import BadInput
from millpond.core.units import whole

POINTS = 10_000
"""What a ballot gives away in all."""
MOST_CHOICES = 8
MOST_CANDIDATES = 2**17 - 1
_POINTS_BITS = 14
_CHOICE_BITS = 31
_AGAIN = "give 10,000 points to one to eight candidates, each by her number"


def pack(choices: Mapping[int, int]) -> int:
    """Points by the numbers of candidates as the contract takes them; `BadInput` if ill-formed."""
    _require_ballot(choices)
    word = 0
    for place, (number, points) in enumerate(sorted(choices.items())):
        word |= (number << _POINTS_BITS | points) << _CHOICE_BITS * place
    return word


def unpack(word: int) -> dict[int, int]:
    """The points by candidate, in ascending order; `BadInput` for what is no ballot."""
    choices: dict[int, int] = {}
    rest = whole(word, "the ballot", 0, 2 ** (_CHOICE_BITS * MOST_CHOICES) - 1)
    last = 0
    while rest:
        number = rest >> _POINTS_BITS & 2 ** (_CHOICE_BITS - _POINTS_BITS) - 1
        if number <= last:
            raise BadInput(f"{word:#x} is no ballot: its candidates do not ascend", _AGAIN)
        choices[number] = rest & 2**_POINTS_BITS - 1
        last, rest = number, rest >> _CHOICE_BITS
    _require_ballot(choices)
    return choices


def _require_ballot(choices: Mapping[int, int]) -> None:
    if not choices:
        return
    if len(choices) > MOST_CHOICES:
        raise BadInput(f"the ballot names {len(choices)} candidates, at most 8 are counted", _AGAIN)
    for number, points in choices.items():
        whole(number, "the number of a candidate", 1, MOST_CANDIDATES)
        whole(points, f"the points of candidate {number}", 1, POINTS)
    if sum(choices.values()) != POINTS:
        raise BadInput(f"the ballot gives {sum(choices.values()):,} points, not 10,000", _AGAIN)
