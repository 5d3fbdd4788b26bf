# SPDX-License-Identifier: AGPL-3.0-only
"""Spenders, each for one earmark that a pool opens for it: their terms and their calls in words.

Each kind has its sentences here, and in `TERMS` how it reads what its earmark is opened with.
"""

from collections.abc import Callable
from dataclasses import dataclass

from millpond.chain import abi
from millpond.chain.abi import Param, Value, decode_values, plain
from millpond.chain.answers import BadAnswer
from millpond.chain.wording import crowds
from millpond.chain.wording.reader import Reader, Scene
from millpond.core.allocation_words import unpack
from millpond.core.errors import BadInput, UnitError
from millpond.core.figures import instant, listing, plural, span

_DAY = 86_400
_PERIODS = range(_DAY, 366 * _DAY + 1)
_ROUNDS = range(1, 1_200 + 1)
_QUORUMS = range(1, 2**18 + 1)
_RULES = {
    1: "in proportion to the points that all ballots give them",
    2: "in proportion to the square roots of the points that ballots give them, so that whoever "
    "stands twice gains: the members must know each candidate",
}
_ROUND = plain("address", "uint256", "uint256", "uint256", "uint256")


@dataclass(frozen=True)
class Spender:
    """How the terms of one kind are encoded, and how they are told."""

    form: tuple[Param, ...]
    tell: Callable[[tuple[Value, ...], Scene], str | None]
    """None for terms that the contract refuses."""


def terms_told(kind: str, params: bytes, scene: Scene) -> str | None:
    """What an earmark is opened with for a spender of this kind; None if it refuses that."""
    spender = TERMS[kind]
    try:
        values = decode_values(spender.form, params, "the terms")
    except BadAnswer:
        return None
    whole = abi.encode_values(spender.form, values, "the terms") == params
    return spender.tell(values, scene) if whole else None


def _round_told(values: tuple[Value, ...], scene: Scene) -> str | None:
    asset, rule, period, rounds, quorum = values
    if rule not in _RULES or period not in _PERIODS:
        return None
    if rounds not in _ROUNDS or quorum not in _QUORUMS:
        return None
    once = f"once, after {span(period)},"
    when = once if rounds == 1 else f"every {span(period)}, {rounds} times,"
    short = f"With fewer than {plural(quorum, 'ballot')} a period passes without dividing."
    return (
        f"The members divide it by standing ballots: {when} what it has in {scene.name_of(asset)} "
        f"goes to the candidates {_RULES[rule]}. {short}"
    )


TERMS: dict[str, Spender] = {
    "Allocation": Spender(_ROUND, _round_told),
    "Team": Spender(crowds.TEAM_FORM, crowds.team_told),
    "Matching": Spender(crowds.MATCHING_FORM, crowds.matching_told),
    "Crowdmatch": Spender(crowds.CROWDMATCH_FORM, crowds.crowdmatch_told),
}
_NAMES = {
    "Allocation": "allocation",
    "Team": "team",
    "Matching": "matching round",
    "Crowdmatch": "crowdmatch",
}
_DIVIDES = {
    "Allocation": "divides",
    "Team": "is paid from",
    "Matching": "has",
    "Crowdmatch": "has for its escrow",
}


# --- sentences ------------------------------------------------------------------------------------


def _at(r: Reader) -> str:
    return f"the allocation {r.call.target}"


def _opened(r: Reader) -> str:
    kind = r.call.contract
    where = f"the {_NAMES[kind]} {r.call.target}"
    told = f"Tell {where} that it {_DIVIDES[kind]} {r.earmark('earmark_id')}"
    terms = terms_told(kind, r.raw("params"), r.scene)
    return f"{told}. {terms}" if terms else f"{told}, with {r.hex('params')} as parameters."


def _ballot(r: Reader) -> str:
    """A packed ballot by its candidates; what is none, as the number that it is."""
    word = r.number("choices")
    try:
        choices = unpack(word)
    except (BadInput, UnitError):
        return f"{word} (which is no ballot)"
    given = [f"{points:,} to candidate {number}" for number, points in choices.items()]
    return f"the points {listing(given)}" if given else "nothing, which takes the last one back"


def _cast_for(r: Reader) -> str:
    return (
        f"Carry to {_at(r)} the ballot of {r.who('voter')}, signed after "
        f"{plural(r.number('casts_before'), 'earlier one')} and good until "
        f"{instant(r.number('deadline'))}: {_ballot(r)}."
    )


def _nominate(r: Reader) -> str:
    return (
        f"Nominate {r.who('candidate')} as a candidate of {_at(r)}, for what is written at "
        f"{r.text('uri')} (its hash is {r.hex('uri_hash')})."
    )


SENTENCES: dict[tuple[str, str], Callable[[Reader], str]] = {
    **{(kind, "on_open"): _opened for kind in TERMS},
    **crowds.SENTENCES,
    ("Allocation", "close_period"): lambda r: (
        f"Let {_at(r)} divide what its earmark has, now that a period is over."
    ),
    ("Allocation", "cast"): lambda r: f"Cast a ballot at {_at(r)}: {_ballot(r)}.",
    ("Allocation", "cast_for"): _cast_for,
    ("Allocation", "cast_by_signatures"): lambda r: (
        f"Carry to {_at(r)} signed ballots that are good until {instant(r.number('deadline'))}, "
        f"in {plural(r.count('signed'), 'word')}."
    ),
    ("Allocation", "drop"): lambda r: (
        f"Take out of {_at(r)} the ballots of {r.people('accounts')}, who have no seat any more."
    ),
    ("Allocation", "nominate"): _nominate,
    ("Allocation", "stand"): lambda r: f"Let the Governor itself be a candidate of {_at(r)}.",
    ("Allocation", "stand_for"): lambda r: (
        f"Make {r.who('candidate')} a candidate of {_at(r)}, by her signature that holds until "
        f"{instant(r.number('deadline'))}."
    ),
    ("Allocation", "withdraw"): lambda r: (
        f"Let the Governor itself be no candidate of {_at(r)} any more."
    ),
    ("Allocation", "strike"): lambda r: (
        f"Strike candidate {r.number('id')} out of {_at(r)}. What she was given until now stays "
        "hers; ballots that name her give her nothing more."
    ),
    ("Allocation", "pay"): lambda r: (
        f"Pay what waits at {_at(r)} to the candidates {listing([str(n) for n in r.raw('ids')])}."
    ),
    ("Allocation", "claim"): lambda r: (
        f"Take what waits at {_at(r)} for candidate {r.number('id')}, who must be the Governor, "
        f"and pay it to {r.who('to')}."
    ),
}
