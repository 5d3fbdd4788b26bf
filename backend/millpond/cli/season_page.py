# SPDX-License-Identifier: AGPL-3.0-only
"""A season as one page that needs nothing else: no script, no other file, no network.

The same chain and documents give the same bytes. Every drawing stands beside a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from markupsafe import Markup

from millpond.api.charts import Part, strip
from millpond.api.plots import Series, look_of
from millpond.cli.report_page import Plot, environment, over_time, style
from millpond.cli.season_tables import name_of
from millpond.core.books.commodities import Commodity
from millpond.core.figures import duration, instant, part, percent, plural
from millpond.core.season.facts import End, Leaf, Season
from millpond.core.season.figures import Figures, figures, times_to_claim, turnout
from millpond.core.season.gains import Reweighed, sureness
from millpond.core.season.standing import standings

_ENDS = {
    "paid": (End.PAYDAY, End.CLAIMED, End.OWED),
    "settled off chain": (End.OFF_CHAIN,),
    "can be claimed": (End.OPEN,),
    "no account yet": (End.NO_ACCOUNT,),
    "below the minimum": (End.BELOW,),
    "not claimed in time": (End.LATE,),
    "struck out": (End.STRUCK,),
}
_MOST_STRIPES = 40


@dataclass(frozen=True, slots=True)
class _Even:
    """How one pot was divided."""

    epoch: int
    gini: float
    half: int
    count: int
    drawn: Markup


def page(season: Season, gains: Sequence[Reweighed]) -> str:
    """The report of a season."""
    found = figures(season)
    final = [each.epoch for each in found if each.epoch.final]
    return (
        environment(
            moment=instant,
            duration=duration,
            share=part,
            percent=percent,
            name_of=name_of,
            sureness=sureness,
        )
        .get_template("season.html")
        .render(
            season=season,
            found=found,
            members=turnout(season),
            every=times_to_claim(season, final),
            gains=gains,
            commodities={e.number: e.money.commodity for e in season.epochs},
            review_plot=_review_plot(season),
            end_plot=_end_plot(found),
            newcomer_plot=_newcomer_plot(found),
            maintainer_plot=_maintainer_plot(found),
            pot_plots=_pot_plots(found),
            standing_plots=_standing_plots(season),
            evenness=[_evenness(each) for each in found if each.concentration is not None],
            missing=[each for each in (*season.earlier, *season.epochs) if each.missing],
            style=style(),
            version=version("millpond"),
        )
    )


# --- people ---------------------------------------------------------------------------------------


def _review_plot(season: Season) -> Plot:
    reviews = [(epoch, each) for epoch in season.epochs for each in epoch.reviews]
    labels = [
        f"{epoch.number}" if each.attempt == 1 else f"{epoch.number} ({each.attempt})"
        for epoch, each in reviews
    ]
    silent = [max(0, each.electorate - len(each.cast)) for _, each in reviews]
    parts = [
        Series("consented", "s0", [float(len(each.consented)) for _, each in reviews]),
        Series("objected", "s4", [float(len(each.objected)) for _, each in reviews]),
        Series("abstained", "s5", [float(len(each.abstained)) for _, each in reviews]),
        Series("said nothing", "rest", [float(count) for count in silent]),
    ]
    said = f"A bar for each of {plural(len(reviews), 'review')}, as high as members could vote."
    return over_time("reviews", "Who took part in each review", said, labels, parts, "{:,.0f}")


def _end_plot(found: Sequence[Figures]) -> Plot:
    rows = [(each.epoch.number, each.contributors) for each in found if each.contributors]
    parts = [
        Series(name, look_of(at), [float(sum(c.ends.get(e, 0) for e in ends)) for _, c in rows])
        for at, (name, ends) in enumerate(_ENDS.items())
    ]
    parts.append(Series("not paid, not known who", "rest", [float(c.unknown) for _, c in rows]))
    shown = [each for each in parts if any(each.values)]
    said = "A bar for each epoch, as high as it has leaves."
    labels = [str(number) for number, _ in rows]
    return over_time("ends", "What became of each leaf", said, labels, shown, "{:,.0f}")


def _newcomer_plot(found: Sequence[Figures]) -> Plot | None:
    rows = [(each, each.newcomers) for each in found if each.newcomers is not None]
    if not rows:
        return None
    new = [float(len(newcomers.who)) for _, newcomers in rows]
    whole = [float(len(each.epoch.leaves or ())) for each, _ in rows]
    known = [all_ - some for all_, some in zip(whole, new, strict=True)]
    parts = [Series("had a leaf before", "s0", known), Series("new", "s1", new)]
    said = "A bar for each epoch. New is whoever had no leaf in an earlier epoch."
    labels = [str(each.epoch.number) for each, _ in rows]
    return over_time("newcomers", "New contributors", said, labels, parts, "{:,.0f}")


def _maintainer_plot(found: Sequence[Figures]) -> Plot | None:
    rows = [(each.epoch, each.maintainers) for each in found if each.maintainers is not None]
    if not rows:
        return None
    due = [_percent(sum(e.due for e in all_), epoch.money.pot) for epoch, all_ in rows]
    kept = [_percent(sum(e.amount for e in all_), epoch.money.pot) for epoch, all_ in rows]
    over = [one - other for one, other in zip(due, kept, strict=True)]
    parts = [Series("theirs after the cap", "s1", kept), Series("taken by the cap", "s5", over)]
    said = "Per cent of each pot, for all maintainers together. What the cap takes is carried."
    labels = [str(epoch.number) for epoch, _ in rows]
    return over_time(
        "maintainers", "Maintainers' part of each pot, in per cent", said, labels, parts
    )


def _percent(amount: int, whole: int) -> float:
    return 100 * amount / whole if whole else 0


# --- money ----------------------------------------------------------------------------------------


def _assets(found: Sequence[Figures]) -> list[Commodity]:
    """What final pots are paid in, in order."""
    of = {e.epoch.money.commodity.address: e.epoch.money.commodity for e in found if e.epoch.final}
    return list(of.values())


def _units(amount: int, asset: Commodity) -> float:
    return float(amount / 10**asset.decimals)


def _pot_plots(found: Sequence[Figures]) -> list[tuple[str, Plot]]:
    """One drawing for each asset."""
    drawn = []
    for number, asset in enumerate(_assets(found)):
        money = [
            each.epoch.money
            for each in found
            if each.epoch.final and each.epoch.money.commodity == asset
        ]
        columns = {
            "paid": [each.paid for each in money],
            "settled off chain": [each.off_chain for each in money],
            "over the cap": [each.capped for each in money],
            "left over at the close": [each.left_over for each in money],
            "unclaimed": [each.waiting for each in money],
        }
        parts = [
            Series(name, look_of(at), [_units(amount, asset) for amount in amounts])
            for at, (name, amounts) in enumerate(columns.items())
            if any(amounts)
        ]
        title = f"What became of each pot, in {asset.code}"
        said = "A bar for each epoch, as high as its pot."
        labels = [str(each.epoch) for each in money]
        drawn.append((asset.code, over_time(f"pots{number}", title, said, labels, parts)))
    return drawn


def _standing_plots(season: Season) -> list[tuple[str, Plot]]:
    assets = {e.money.commodity.address: e.money.commodity for e in season.epochs if e.final}
    drawn = []
    for number, (address, asset) in enumerate(assets.items()):
        moments = standings(season, address)
        epochs = sorted({epoch for each in moments for epoch in each.unclaimed})
        parts = [
            Series(
                f"unclaimed of epoch {epoch}",
                look_of(at),
                [_units(each.unclaimed[epoch], asset) for each in moments],
            )
            for at, epoch in enumerate(epochs)
        ]
        carried = [_units(each.carry, asset) for each in moments]
        parts.append(Series("carried to the next pot", "rest", carried))
        title = f"Unclaimed and carried over time, in {asset.code}"
        said = f"{plural(len(moments), 'bar')}, from the first final epoch until now."
        labels = [each.day for each in moments]
        drawn.append((asset.code, over_time(f"standing{number}", title, said, labels, parts)))
    return drawn


def _evenness(found: Figures) -> _Even:
    even, leaves = found.concentration, found.epoch.leaves or ()
    gini, half, count = (even.gini, even.half, even.leaves) if even else (0.0, 0, 0)
    name = (
        f"The pot of epoch {found.epoch.number} divided among {plural(count, 'leaf')}, the largest "
        f"first; {half} have half of it"
    )
    return _Even(found.epoch.number, gini, half, count, _stripes(name, leaves))


def _stripes(name: str, leaves: Sequence[Leaf]) -> Markup:
    amounts = sorted((e.amount for e in leaves if e.end is not End.STRUCK), reverse=True)
    parts = [
        Part("even" if at % 2 == 0 else "odd", amount)
        for at, amount in enumerate(amounts[:_MOST_STRIPES])
    ]
    parts.append(Part("rest", sum(amounts[_MOST_STRIPES:])))
    whole = sum(amounts)
    return strip(name, parts, whole, whole // 2)
