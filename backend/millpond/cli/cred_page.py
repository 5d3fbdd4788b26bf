# SPDX-License-Identifier: AGPL-3.0-only
"""A report of cred as one page that needs nothing else: no script, no other file, no network.

The same instance gives the same bytes. Every drawing stands beside a table of its figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from markupsafe import Markup

from millpond.api.charts import Part, strip
from millpond.api.plots import SERIES, Series, Stream, look_of, streams
from millpond.cli.report_page import Plot, environment, over_time, style
from millpond.core.cred.addresses import shown
from millpond.core.cred.explained import Described, Traced
from millpond.core.cred.flows import Flow
from millpond.core.cred.overview import Overview
from millpond.core.cred.scores import Scores
from millpond.core.figures import more, plural
from millpond.core.units import Millis
from millpond.core.weeks import iso_date

_FIRST_ROWS = 20
_STREAMS = 7
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class _Streams:
    """Flows on one side, as rows of a table."""

    title: str
    rows: Sequence[tuple[str, str, str]]
    rest: int


def page(name: str, scores: Scores, found: Overview, flow: Traced) -> str:
    """The report of the instance with this name."""
    described = Described(scores)
    return (
        environment(cred=_cred, share=_share)
        .get_template("cred.html")
        .render(
            name=name,
            found=found,
            scores=scores,
            style=style(),
            version=version("millpond"),
            first=iso_date(Millis(found.first_ms)),
            last=iso_date(Millis(found.end_ms - 1)),
            first_rows=_FIRST_ROWS,
            maintained=any(each.maintains for each in found.people),
            even=_evenness(found),
            people_plot=_people_plot(found),
            source_plot=_source_plot(found),
            newcomer_plot=_newcomer_plot(found),
            maintainer_plot=_maintainer_plot(found),
            flow=flow,
            flow_name=described.name(flow.address),
            flow_day=described.day(flow.address),
            flow_address=shown(flow.address),
            flow_plot=_flow_plot(flow, described),
            sides=[
                _side("What came in", flow.flows.ins, described),
                _side("Where it went", flow.flows.outs, described),
            ],
        )
    )


def _cred(value: float) -> str:
    return f"{value:,.2f}"


def _share(value: float) -> str:
    return f"{value:.1%}"


# --- over time ------------------------------------------------------------------------------------


def _people_plot(found: Overview) -> Plot:
    parts = [
        Series(each.person.name, look_of(at), each.by_period)
        for at, each in enumerate(found.people[:SERIES])
    ]
    rest = [each.by_period for each in found.people[SERIES:]]
    if rest:
        parts.append(Series(more(len(rest), "person"), "rest", _sums(rest)))
    said = f"Bars by {found.periods.noun}. Most cred over all: {found.people[0].person.name}."
    return _over_time(found, "people", "Cred over time, by person", said, parts)


def _source_plot(found: Overview) -> Plot:
    rows = list(zip(found.sources, found.source_by_period, strict=True))
    parts = [Series(name, look_of(at), values) for at, (name, values) in enumerate(rows[:SERIES])]
    if rows[SERIES:]:
        parts.append(Series("other sources", "rest", _sums([row for _, row in rows[SERIES:]])))
    said = f"Bars by {found.periods.noun}. Most cred comes from {found.sources[0]}."
    return _over_time(found, "sources", "Cred over time, by source", said, parts)


def _newcomer_plot(found: Overview) -> Plot:
    new = [float(each.new) for each in found.turnout]
    known = [float(max(each.active - each.new, 0)) for each in found.turnout]
    parts = [Series("took part before", "s0", known), Series("new", "s1", new)]
    everybody = plural(int(sum(new)), "person")
    said = f"People who took part, by {found.periods.noun}. {everybody} in all."
    return _over_time(found, "newcomers", "Who took part, and who was new", said, parts, "{:,.0f}")


def _maintainer_plot(found: Overview) -> Plot | None:
    """Their cred beside that of all others; None if nobody is named as one."""
    maintainers = [each.by_period for each in found.people if each.maintains]
    if not maintainers:
        return None
    others = [each.by_period for each in found.people if not each.maintains]
    parts = [Series("maintainers", "s1", _sums(maintainers))]
    if others:
        parts.append(Series("all others", "s0", _sums(others)))
    said = f"Bars by {found.periods.noun}. They have {found.maintainers_share:.1%} of all cred."
    return _over_time(found, "maintainers", "Cred of maintainers over time", said, parts)


def _sums(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)]


def _over_time(
    found: Overview,
    name: str,
    title: str,
    said: str,
    parts: Sequence[Series],
    figure: str = "{:,.2f}",
) -> Plot:
    return over_time(name, title, said, found.periods.labels, parts, figure)


# --- how evenly -----------------------------------------------------------------------------------


def _evenness(found: Overview) -> Markup:
    """Everybody's share side by side, the largest first; the dashed line is at half."""
    parts = [
        Part("even" if at % 2 == 0 else "odd", round(each.share * _MILLION))
        for at, each in enumerate(found.people)
    ]
    said = (
        f"The shares of {plural(len(found.people), 'person')}, the largest first; "
        f"{found.half} reach half"
    )
    return strip(said, parts, _MILLION, _MILLION // 2)


# --- one contribution -----------------------------------------------------------------------------


def _flow_plot(flow: Traced, described: Described) -> Markup:
    passed = flow.flows
    ins = _streams(passed.ins, described)
    if passed.minted > 0:
        ins = [Stream("from minting", "s1", passed.minted), *ins]
    outs = _streams(passed.outs, described)
    if passed.returned > 0:
        outs = [*outs, Stream("back to be minted again", "rest", passed.returned)]
    said = (
        f"{passed.score:,.4g} cred passed: {plural(len(passed.ins), 'flow')} in, "
        f"{plural(len(passed.outs), 'flow')} out."
    )
    return streams("flows", f"Flows of {described.name(flow.address)}", said, ins, outs)


def _streams(flows: Sequence[Flow], described: Described) -> list[Stream]:
    made = [
        Stream(
            described.name(flow.address),
            "s0" if described.is_person(flow.address) else "s2",
            flow.cred,
        )
        for flow in flows[:_STREAMS]
    ]
    rest = flows[_STREAMS:]
    if rest:
        left = sum(flow.cred for flow in rest)
        made.append(Stream(more(len(rest), "flow"), "rest", left))
    return made


def _side(title: str, flows: Sequence[Flow], described: Described) -> _Streams:
    rows = [
        (described.name(flow.address), described.day(flow.address), f"{flow.cred:,.4f}")
        for flow in flows[: _STREAMS * 3]
    ]
    return _Streams(title, rows, len(flows) - len(rows))
