# SPDX-License-Identifier: AGPL-3.0-only
"""Teams, matching rounds, crowdmatching: the terms of their earmarks and their calls in words."""

from collections.abc import Callable

from millpond.chain.abi import Value, plain
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.wording.reader import Reader, Scene
from millpond.core.figures import instant, listing, plural, span

_DAY = 86_400
_PERIODS = range(_DAY, 366 * _DAY + 1)
_ROUNDS = range(1, 1_200 + 1)
_WORD = 2**96
_BPS = 10_000
SHARE, GOAL = 1, 2

TEAM_FORM = plain("address", "uint256", "uint256", "uint256", "uint256")
MATCHING_FORM = plain("address", "uint256", "uint256", "uint256", "bool", "address")
CROWDMATCH_FORM = plain("address", *["uint256"] * 8, "bool", "uint256")


def team_told(values: tuple[Value, ...], scene: Scene) -> str | None:
    """What a team is opened with; None for what it refuses."""
    asset, period, paydays, inviters, throttle = values
    if period not in _PERIODS or paydays not in _ROUNDS:
        return None
    if inviters not in range(1, 65) or throttle >= 2**92:
        return None
    grows = "Takes may grow to anything."
    if throttle:
        grows = (
            f"A take grows in a period at most to the highest of {throttle:,} of its smallest "
            "units, twice her last take, that and what was left over, and the median."
        )
    return (
        f"It pays a team every {span(period)}, {plural(paydays, 'time')}, in "
        f"{scene.name_of(asset)}: each on it sets for herself the most she takes. "
        f"{plural(inviters, 'invitation')} of those on it let somebody in. {grows}"
    )


def matching_told(values: tuple[Value, ...], scene: Scene) -> str | None:
    """What the fund of a matching round is opened with; None for what it refuses."""
    asset, duration, credit, cap_bps, scale_up, gate = values
    if duration not in _PERIODS or cap_bps not in range(1, 10_001) or credit >= _WORD:
        return None
    rule = "the square of the sum of the roots of what members gave, less what they gave"
    if credit:
        rule += f" (in whole credits of {credit:,} of its smallest units, clr.fund's rule)"
    cap = "There is no cap."
    if cap_bps != _BPS:
        cap = f"No project gets more than {cap_bps / 100:g} % of the fund."
    more = "What the fund has above all matches is shared out as well." if scale_up else ""
    who = "" if gate == NO_ADDRESS else f" Donors are verified by the contract {gate}."
    return (
        f"It is the fund of a matching round in {scene.name_of(asset)}: gifts are taken for "
        f"{span(duration)}, and each project gets of it in proportion to {rule}. "
        f"{cap}{' ' if more else ''}{more}{who}"
    )


def crowdmatch_told(values: tuple[Value, ...], scene: Scene) -> str | None:
    """What the escrow of a crowdmatch is opened with; None for what it refuses."""
    asset, form, period, rounds, rate, most, first_cap, step_bps, levels, only, target = values
    if form not in (SHARE, GOAL) or period not in _PERIODS or rounds not in _ROUNDS:
        return None
    if not _in_bounds(form, rate, most, first_cap, step_bps, levels):
        return None
    named = scene.name_of(asset)
    how = (
        f"each pays in step with how much of the goal of {rate:,} smallest units of {named} is "
        f"pledged, and may pledge {most:,}"
        if form == GOAL
        else f"the value of a share grows by {rate:,} smallest units of {named} with each share, "
        f"nobody has more than {most:,}, and each says how far she goes along: there are "
        f"{plural(levels, 'cap')}, the lowest {first_cap:,}, each {step_bps / 100:g} % higher"
    )
    who = "Only members of the pool pledge." if only else "Anybody may pledge."
    return (
        f"It holds what patrons have put in for a crowdmatch: every {span(period)}, "
        f"{plural(rounds, 'time')}, {how}. {who} What is collected goes to {scene.earmark(target)}."
    )


def _in_bounds(form: int, rate: int, most: int, first_cap: int, step_bps: int, levels: int) -> bool:
    if not 0 < rate < _WORD or not 0 < first_cap < _WORD or levels not in range(1, 65):
        return False
    if form == GOAL and (levels, first_cap) != (1, 1):
        return False
    stepped = step_bps in range(100, 10_001) or (levels == 1 and step_bps == 0)
    return stepped and 0 < most <= (2**64 if form == GOAL else 1_000_000)


def _team(r: Reader) -> str:
    return f"the team {r.call.target}"


def _round(r: Reader) -> str:
    return f"the matching round {r.call.target}"


def _crowd(r: Reader) -> str:
    return f"the crowdmatch {r.call.target}"


def _gift(r: Reader) -> str:
    proof = f", with the proof {r.hex('proof')}" if r.has("proof") else ""
    return (
        f"Give {r.number('amount'):,} smallest units to project {r.number('project')} of "
        f"{_round(r)}{proof}."
    )


def _pledge(r: Reader) -> str:
    return (
        f"Pledge {r.number('amount'):,} at level {r.number('level')} of {_crowd(r)} for "
        f"{plural(r.number('periods_'), 'period')}, putting in {r.number('put_in'):,} of the "
        "smallest units."
    )


def _numbers(r: Reader, name: str) -> str:
    return listing([str(number) for number in r.raw(name)])


SENTENCES: dict[tuple[str, str], Callable[[Reader], str]] = {
    ("Team", "close_period"): lambda r: f"Hold the payday of {_team(r)} that is due.",
    ("Team", "drop"): lambda r: (
        f"Take {r.people('accounts')} off {_team(r)}, who have left the pool."
    ),
    ("Team", "set_take"): lambda r: (
        f"Let the Governor itself take {r.number('take'):,} smallest units from {_team(r)}."
    ),
    ("Team", "invite"): lambda r: f"Invite {r.who('account')} onto {_team(r)}.",
    ("Team", "leave"): lambda r: f"Let the Governor itself leave {_team(r)}.",
    ("Team", "admit"): lambda r: (
        f"Put {r.people('accounts')} on {_team(r)}. Each of them sets her own take."
    ),
    ("Team", "remove"): lambda r: (
        f"Take seat {r.number('seat')} off {_team(r)}, whoever has it by then. What it was "
        "promised stays its own; only another vote puts it on again."
    ),
    ("Team", "pay"): lambda r: f"Pay what waits at {_team(r)} to {r.people('accounts')}.",
    ("Team", "claim"): lambda r: (
        f"Take what waits at {_team(r)} for the Governor itself, and pay it to {r.who('to')}."
    ),
    ("Matching", "give"): _gift,
    ("Matching", "close"): lambda r: f"Divide the fund of {_round(r)}, now that giving is over.",
    ("Matching", "pay"): lambda r: (
        f"Pay the projects {_numbers(r, 'numbers')} of {_round(r)} their gifts and their match."
    ),
    ("Matching", "claim"): lambda r: (
        f"Take what waits at {_round(r)} for project {r.number('project')}, which must be the "
        f"Governor, and pay it to {r.who('to')}."
    ),
    ("Matching", "refund"): lambda r: (
        f"Give {r.who('giver')} back what she gave to project {r.number('project')} of {_round(r)}."
    ),
    ("Matching", "cancel"): lambda r: (
        f"Cancel {_round(r)}: all gifts go back to their givers, and the fund stays where it is."
    ),
    ("Matching", "strike"): lambda r: (
        f"Strike project {r.number('project')} out of {_round(r)}. Its gifts go back to their "
        "givers; only another vote nominates it again."
    ),
    ("Matching", "nominate"): lambda r: (
        f"Nominate {r.who('candidate')} as a project of {_round(r)}, for what is written at "
        f"{r.text('uri')} (its hash is {r.hex('uri_hash')})."
    ),
    ("Matching", "stand"): lambda r: f"Let the Governor itself be a project of {_round(r)}.",
    ("Matching", "stand_for"): lambda r: (
        f"Make {r.who('candidate')} a project of {_round(r)}, by her signature that holds until "
        f"{instant(r.number('deadline'))}."
    ),
    ("Matching", "withdraw"): lambda r: (
        f"Let the Governor itself be no project of {_round(r)} any more."
    ),
    ("Crowdmatch", "settle"): lambda r: f"Settle the oldest period of {_crowd(r)} that is over.",
    ("Crowdmatch", "pledge"): _pledge,
    ("Crowdmatch", "stop"): lambda r: f"Stop the pledge of the Governor itself at {_crowd(r)}.",
    ("Crowdmatch", "withdraw"): lambda r: (
        f"Take back what the Governor itself has put into {_crowd(r)} and cannot be billed for, "
        f"and pay it to {r.who('to')}."
    ),
}
