# SPDX-License-Identifier: AGPL-3.0-only
"""Reports of cred as tables for a terminal of 80 columns."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from millpond.cli.base import Terminal
from millpond.cli.tables import row, table
from millpond.core.cred.addresses import shown
from millpond.core.cred.compared import Change, Compared
from millpond.core.cred.explained import Described, Explained, Traced
from millpond.core.cred.flows import Flow
from millpond.core.cred.model import Person
from millpond.core.cred.overview import Overview, Standing
from millpond.core.figures import more, plural
from millpond.core.units import Millis
from millpond.core.weeks import iso_date

MOST_ROWS = 15
_PERIODS = 8
_FLOWS = 8
_HAIR = 1e-9
"""Shares that differ by less are the same, but for the last digits of doubles."""


def tell_overview(terminal: Terminal, found: Overview) -> None:
    """Who has cred, from what, and how it was spread over time."""
    first, last = (iso_date(Millis(each)) for each in (found.first_ms, found.end_ms - 1))
    terminal.line(
        f"{found.total:,.2f} cred of {plural(found.contributions, 'contribution')}, "
        f"{first} to {last}",
        "bold",
    )
    terminal.line(
        f"{plural(len(found.people), 'person')} have cred; {found.half:,} of them "
        f"{'has' if found.half == 1 else 'have'} half of it. Gini {found.gini:.3f}."
        if len(found.people) > 1
        else f"{found.people[0].person.name} has all cred."
    )
    if any(each.maintains for each in found.people):
        terminal.line(f"The maintainers have {found.maintainers_share:.2%}.")
    terminal.line("")
    _people(terminal, found)
    _sources(terminal, found)
    _turnout(terminal, found)


def _people(terminal: Terminal, found: Overview) -> None:
    recent = f"last {plural(found.recent_weeks, 'week')}"
    made = table("", "~person", ">cred", ">share", f">{recent}", "since")
    for each in found.people[:MOST_ROWS]:
        made.add_row(*_person_row(each))
    terminal.table(made)
    _rest(terminal, len(found.people) - MOST_ROWS, "person")


def _person_row(each: Standing) -> tuple[Text, ...]:
    name = each.person.name + (" (maintains)" if each.maintains else "")
    return row(name, f"{each.cred:,.2f}", f"{each.share:.2%}", f"{each.recent:.2%}", each.since)


def _sources(terminal: Terminal, found: Overview) -> None:
    made = table("", "~source", ">cred", ">share")
    for source, cred in zip(found.sources, found.source_cred, strict=True):
        made.add_row(*row(source, f"{cred:,.2f}", f"{cred / found.total:.2%}"))
    terminal.table(made)


def _turnout(terminal: Terminal, found: Overview) -> None:
    rows = list(zip(found.periods.labels, found.turnout, strict=True))
    maintained = any(each.maintains for each in found.people)
    columns = [found.periods.noun, ">took part", ">new", ">cred of the new"]
    made = table(
        "Newcomers, and those who took part", *columns, *([">of maintainers"] if maintained else ())
    )
    for label, each in rows[-_PERIODS:]:
        cells = [label, f"{each.active:,}", f"{each.new:,}", f"{each.new_share:.2%}"]
        made.add_row(*row(*cells, *([f"{each.maintainers_share:.2%}"] if maintained else ())))
    terminal.table(made)
    if len(rows) > _PERIODS:
        terminal.line(f"and {plural(len(rows) - _PERIODS, found.periods.noun)} before")


def tell_compared(terminal: Terminal, found: Compared, proposer: Person | None) -> None:
    """Who gains and who loses."""
    if not found.weights:
        terminal.line("The two files give the same weights.", "bold")
    else:
        made = table("Weights that differ", "~below", ">before", ">after")
        for weight in found.weights[:MOST_ROWS]:
            made.add_row(*row(weight.prefix, weight.before or "none", weight.after or "none"))
        terminal.table(made)
        _rest(terminal, len(found.weights) - MOST_ROWS, "weight")
    gainers = [each for each in found.changes if each.gain > _HAIR]
    losers = [each for each in reversed(found.changes) if each.gain < -_HAIR]
    terminal.line(
        f"{found.moved:.2%} of all cred changes hands: {_they(gainers, 'gain')}, "
        f"{_they(losers, 'lose')}."
    )
    _changes(terminal, "Who gains", gainers)
    _changes(terminal, "Who loses", losers)
    if proposer is not None:
        terminal.line(_proposers_gain(found.of(proposer), len(gainers)), "bold")


def _they(people: Sequence[Change], verb: str) -> str:
    """1 person gains, 2 people gain."""
    return f"{plural(len(people), 'person')} {verb}{'s' if len(people) == 1 else ''}"


def _proposers_gain(change: Change, gainers: int) -> str:
    """What every reader of a proposal should see first."""
    name = change.person.name
    shares = f"from {change.share_before:.2%} to {change.share_after:.2%} of all cred"
    if abs(change.gain) <= _HAIR:
        return f"The proposer, {name}, gains nothing and loses nothing."
    if change.gain < 0:
        return f"The proposer, {name}, loses: {shares}."
    grown = f", {change.grows_by:.1%} more than now" if change.grows_by is not None else ""
    place = f"{change.rank:,} of {gainers:,} who gain"
    return f"The proposer, {name}, gains: {shares}{grown}. By that she is number {place}."


def _changes(terminal: Terminal, title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    made = table(title, "~person", ">share before", ">after", ">change", ">of her own")
    for each in changes[:MOST_ROWS]:
        own = f"{each.grows_by:+.1%}" if each.grows_by is not None else "new"
        made.add_row(
            *row(
                each.person.name,
                f"{each.share_before:.2%}",
                f"{each.share_after:.2%}",
                f"{each.gain:+.2%}",
                own,
            )
        )
    terminal.table(made)
    _rest(terminal, len(changes) - MOST_ROWS, "person")


def tell_explained(terminal: Terminal, found: Explained, most: int) -> None:
    """From the total to single contributions."""
    terminal.line(
        f"{found.person.name}: {found.cred:,.6f} cred, {found.share:.2%} of all, "
        f"number {found.rank:,} of {found.ranked:,}",
        "bold",
    )
    if not found.pieces:
        terminal.line("Nothing that mints leads to this person.")
        return
    made = table("What it is made of", "~source", "~kind", ">how many", ">cred", ">share of it")
    for kind in found.kinds:
        share = f"{kind.cred / found.cred:.2%}"
        made.add_row(*row(kind.source, kind.kind, f"{kind.count:,}", f"{kind.cred:,.6f}", share))
    terminal.table(made)
    made = table("Contribution by contribution", ">cred", "day", "part", "~contribution")
    for piece in found.pieces[:most]:
        made.add_row(*row(f"{piece.cred:,.6f}", piece.day, piece.part, piece.description))
    rest = found.pieces[most:]
    if rest:
        left = sum(piece.cred for piece in rest)
        made.add_row(*row(f"{left:,.6f}", "", "", f"and {len(rest):,} more (--most shows them)"))
    whole = sum(piece.cred for piece in found.pieces)
    made.add_row(*row(f"{whole:,.6f}", "", "", "together"))
    terminal.table(made)


def tell_traced(terminal: Terminal, found: Traced, described: Described) -> None:
    """What flowed into and out of a contribution."""
    passed = found.flows
    terminal.line(described.name(found.address), "bold")
    terminal.line(f"  {shown(found.address)}")
    for amount, what in (
        (passed.score, "passed through it"),
        (passed.minted, "of that from minting, the rest from others"),
        (passed.returned, "went back to be minted again"),
    ):
        terminal.line(f"{amount:>14,.6f} cred {what}")
    for title, streams in (("In", passed.ins), ("Out", passed.outs)):
        made = table(title, ">cred", "~from" if title == "In" else "~to")
        for flow in streams[:_FLOWS]:
            made.add_row(*row(f"{flow.cred:,.6f}", described.name(flow.address)))
        _rest_of_flows(made, streams[_FLOWS:])
        terminal.table(made)


def _rest_of_flows(made: Table, rest: Sequence[Flow]) -> None:
    if rest:
        made.add_row(*row(f"{sum(flow.cred for flow in rest):,.6f}", f"and {len(rest):,} more"))


def _rest(terminal: Terminal, count: int, noun: str) -> None:
    if count > 0:
        terminal.line(f"and {more(count, noun)}")
    terminal.line("")
