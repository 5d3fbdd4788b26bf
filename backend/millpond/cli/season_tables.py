# SPDX-License-Identifier: AGPL-3.0-only
"""A season as tables for a terminal of 80 columns."""

from collections.abc import Sequence
from textwrap import wrap

from millpond.cli.base import Terminal
from millpond.cli.tables import row, table
from millpond.core.figures import duration, instant, part, percent, plural, quoted
from millpond.core.season.facts import End, Epoch, Review, Season, Word, ZeroOut
from millpond.core.season.figures import Figures, figures, times_to_claim, turnout
from millpond.core.season.gains import Reweighed, sureness
from millpond.core.season.standing import standings
from millpond.core.season.waits import Waits
from millpond.core.units import Millis, format_cred
from millpond.core.weeks import iso_date

DAY = 86_400
_WIDE = 78
_MOST = 8


def tell(terminal: Terminal, season: Season, gains: Sequence[Reweighed]) -> None:
    """Everything, section by section."""
    found = figures(season)
    numbers = [epoch.number for epoch in season.epochs]
    span = f"epoch {numbers[0]}" if len(numbers) == 1 else f"epochs {numbers[0]} to {numbers[-1]}"
    terminal.line(f"{season.pool}, {span}, as of block {season.block}", "bold")
    _say(terminal, instant(season.as_of))
    _reviews(terminal, season)
    _zero_outs(terminal, season)
    _contributors(terminal, found)
    _waits(terminal, season, found)
    _concentration(terminal, found)
    _maintainers(terminal, season, found)
    _gains(terminal, season, gains)
    _money(terminal, season)
    _standings(terminal, season)
    _missing(terminal, season)


def _say(terminal: Terminal, text: str) -> None:
    for line in wrap(text, _WIDE, break_long_words=False, break_on_hyphens=False):
        terminal.line(line)


# --- the members ----------------------------------------------------------------------------------


def _reviews(terminal: Terminal, season: Season) -> None:
    shown = table(
        "Reviews",
        *(">epoch", "posted", ">days", "outcome", ">could", ">cast", ">share", ">against"),
    )
    for epoch in season.epochs:
        for review in epoch.reviews:
            shown.add_row(*row(*_review(season, epoch, review)))
    terminal.table(shown)
    found = turnout(season)
    _say(
        terminal,
        f"Of {plural(season.members, 'member')} of today and those who were, {found.in_any:,} took "
        f"part in at least one of {plural(found.reviews, 'review')}, {found.in_all:,} in each.",
    )
    terminal.line("")


def _review(season: Season, epoch: Epoch, review: Review) -> tuple[str, ...]:
    number = f"{epoch.number}" if review.attempt == 1 else f"{epoch.number} ({review.attempt})"
    ended = season.as_of if review.ended_at is None else review.ended_at
    return (
        number,
        iso_date(Millis(review.posted_at * 1000)),
        f"{(ended - review.posted_at) / DAY:.1f}",
        review.outcome,
        f"{review.electorate:,}",
        f"{len(review.cast):,}",
        part(len(review.cast), review.electorate),
        f"{len(review.objected):,}",
    )


def _zero_outs(terminal: Terminal, season: Season) -> None:
    found = [
        (epoch, review, each)
        for epoch in season.epochs
        for review in epoch.reviews
        for each in review.zero_outs
    ]
    if not found:
        _say(terminal, "Nobody was struck out of a review.")
        terminal.line("")
        return
    terminal.line("Struck out, and put back", "bold")
    for epoch, review, each in found:
        _zero_out(terminal, epoch, review, each)
    terminal.line("")


def _zero_out(terminal: Terminal, epoch: Epoch, review: Review, each: ZeroOut) -> None:
    attempt = f", attempt {review.attempt}" if review.attempt > 1 else ""
    cred = format_cred(each.cred)
    terminal.line(f"{name_of(each.who)}, {cred} cred of epoch {epoch.number}{attempt}")
    for what, word in (("struck out", each.struck), ("put back", each.restored)):
        if word is not None:
            for line in wrap(f"{what} on {instant(word.at)} {_why(word)}", _WIDE - 2):
                terminal.line(f"  {line}")


def _why(word: Word) -> str:
    by = f"by {plural(word.signers, 'signature')}"
    if word.reason is None:
        return f"{by}; the text of the reason is not at hand, its hash is {word.reason_hash}"
    return f"{by}: {quoted(word.reason)}"


# --- the contributors -----------------------------------------------------------------------------


def _contributors(terminal: Terminal, found: Sequence[Figures]) -> None:
    shown = table(
        "Contributors", ">epoch", ">leaves", ">paid", ">by payday", ">claimed", ">off chain",
        ">waiting", ">below min", ">new",
    )  # fmt: skip
    for each in found:
        counted = each.contributors
        if counted is None:
            continue
        ends = counted.ends
        waiting = ends.get(End.NO_ACCOUNT, 0) + ends.get(End.OPEN, 0)
        told = each.epoch.leaves is not None
        shown.add_row(
            *row(
                f"{each.epoch.number}",
                f"{counted.leaves:,}",
                f"{counted.paid:,}",
                f"{ends.get(End.PAYDAY, 0):,}",
                f"{ends.get(End.CLAIMED, 0):,}",
                f"{ends.get(End.OFF_CHAIN, 0):,}",
                f"{waiting:,}" if told else "?",
                f"{ends.get(End.BELOW, 0):,}" if told else "?",
                f"{len(each.newcomers.who):,}" if each.newcomers else "?",
            )
        )
    terminal.table(shown)
    for each in found:
        _others(terminal, each)
    _say(terminal, "Waiting: at least the minimum, and not sent yet. New: a first leaf of all.")
    terminal.line("")


def _others(terminal: Terminal, each: Figures) -> None:
    """What has no column."""
    if each.contributors is None:
        return
    ends = each.contributors.ends
    texts = {
        End.NO_ACCOUNT: "waiting without a linked account:",
        End.STRUCK: "struck out:",
        End.LATE: "not claimed in time:",
        End.OWED: "paid, and owed since the payment failed:",
    }
    said = [f"{text} {ends[end]:,}" for end, text in texts.items() if ends.get(end)]
    if each.contributors.unknown:
        said.append(f"not paid, who they are is not known: {each.contributors.unknown:,}")
    if said:
        _say(terminal, f"Epoch {each.epoch.number}: {'; '.join(said)}.")


def _waits(terminal: Terminal, season: Season, found: Sequence[Figures]) -> None:
    shown = table(
        "From final to paid",
        ">epoch",
        ">paid",
        ">not yet",
        ">a quarter",
        ">half",
        ">three quarters",
    )
    final = [each for each in found if each.waits is not None]
    for each in final:
        if each.waits is not None:
            shown.add_row(*row(f"{each.epoch.number}", *_wait(each.waits)))
    if len(final) > 1:
        every = times_to_claim(season, [each.epoch for each in final])
        shown.add_row(*row("all", *_wait(every)))
    terminal.table(shown)
    late = sum(each.waits.censored for each in final if each.waits is not None)
    if late:
        _say(
            terminal,
            f"{plural(late, 'leaf')} had not been paid: theirs counts as longer than they have "
            "waited so far, and is never left out. “Not reached” is a part of all that has not "
            "been paid yet.",
        )
    terminal.line("")


def _wait(found: Waits) -> tuple[str, ...]:
    quarters = (found.first_quarter, found.median, found.third_quarter)
    texts = ("not reached" if each is None else duration(each) for each in quarters)
    return (f"{found.claimed:,}", f"{found.censored:,}", *texts)


def _concentration(terminal: Terminal, found: Sequence[Figures]) -> None:
    known = [each for each in found if each.concentration is not None]
    if not known:
        return
    shown = table("How evenly", ">epoch", ">Gini", ">half is held by", ">of", ">new ones' part")
    for each in known:
        even = each.concentration
        if even is not None:
            new = each.newcomers
            pot = each.epoch.money.pot
            shown.add_row(
                *row(
                    f"{each.epoch.number}",
                    f"{even.gini:.3f}",
                    f"{even.half:,}",
                    f"{even.leaves:,}",
                    part(new.amount, pot) if new else "?",
                )
            )
    terminal.table(shown)
    _say(terminal, "Gini: 0 is even, near 1 all to one.")
    terminal.line("")


# --- the maintainers ------------------------------------------------------------------------------


def _maintainers(terminal: Terminal, season: Season, found: Sequence[Figures]) -> None:
    shown = table("Maintainers", ">epoch", "~who", ">by cred", ">after the cap", ">cap")
    rows = 0
    for each in found:
        pot, cap = each.epoch.money.pot, percent(each.epoch.signer_cap_bps)
        for one in each.maintainers or ():
            who = ", ".join(map(name_of, one.who)) or one.account
            shown.add_row(
                *row(f"{each.epoch.number}", who, part(one.due, pot), part(one.amount, pot), cap)
            )
            rows += 1
    if rows:
        terminal.table(shown)
        for each in found:
            all_ = each.maintainers
            if all_:
                pot = each.epoch.money.pot
                due, amount = sum(e.due for e in all_), sum(e.amount for e in all_)
                _say(
                    terminal,
                    f"Epoch {each.epoch.number}, all together: {part(due, pot)} by cred, "
                    f"{part(amount, pot)} after the cap.",
                )
        terminal.line("")
    elif season.epochs:
        _say(terminal, "What maintainers get is not known: see the documents below.")
        terminal.line("")


def _gains(terminal: Terminal, season: Season, gains: Sequence[Reweighed]) -> None:
    if not gains:
        return
    money = {epoch.number: epoch.money.commodity for epoch in season.epochs}
    terminal.line("What changes of weights were worth to maintainers, before the cap", "bold")
    for each in gains:
        if each.untold:
            _say(terminal, f"Epoch {each.since} to {each.epoch}: not computed: {each.untold}.")
            continue
        _say(
            terminal,
            f"Epoch {each.since} to {each.epoch}: {plural(each.weights, 'weight')} changed, "
            f"{each.moved:.2%} of all cred changed hands. {sureness(each)}",
        )
        text = money[each.epoch].text
        for gain in each.gains:
            verb = "gains" if gain.gain > 0 else "loses" if gain.gain < 0 else "keeps"
            change = text(abs(gain.gain)) if gain.gain else text(gain.after)
            terminal.line(f"  {gain.account} {verb} {change}")
    terminal.line("")


# --- the money ------------------------------------------------------------------------------------


def _money(terminal: Terminal, season: Season) -> None:
    terminal.line("Money", "bold")
    for epoch in season.epochs:
        found, text = epoch.money, epoch.money.commodity.text
        label = f" ({epoch.label})" if epoch.label else ""
        terminal.line(f"Epoch {epoch.number}{label}: {found.outcome}, a pot of {text(found.pot)}")
        if not epoch.final:
            continue
        rows = (
            ("carried in from earlier pots", found.carry),
            ("paid", found.paid),
            ("settled off chain, freed", found.off_chain),
            ("over the cap, carried", found.capped),
            ("left over at the close, carried", found.left_over),
            ("unclaimed", found.waiting),
        )
        for name, amount in rows:
            if amount or name in ("paid", "unclaimed"):
                terminal.line(f"  {name:<34}{text(amount):>{_WIDE - 36}}")
    terminal.line("")


def _standings(terminal: Terminal, season: Season) -> None:
    assets = {e.money.commodity.address: e.money.commodity for e in season.epochs if e.final}
    for address, commodity in assets.items():
        found = standings(season, address)
        step = max(1, -(-len(found) // _MOST))
        chosen = sorted({*range(0, len(found), step), len(found) - 1})
        shown = table("Unclaimed and carried, over time", "day", ">unclaimed", ">carried")
        for at in chosen:
            each = found[at]
            unclaimed = sum(each.unclaimed.values())
            shown.add_row(*row(each.day, commodity.text(unclaimed), commodity.text(each.carry)))
        terminal.table(shown)
        terminal.line("")


def _missing(terminal: Terminal, season: Season) -> None:
    untold = [epoch for epoch in (*season.earlier, *season.epochs) if epoch.missing]
    if untold:
        terminal.line("Not known", "bold")
    for epoch in untold:
        _say(terminal, f"Epoch {epoch.number}, who the leaves are: {epoch.missing}.")


# --- words ----------------------------------------------------------------------------------------


def name_of(who: str) -> str:
    """The last part of an identity, which people know; an account as it is."""
    return who.rpartition("/")[2] if ":" in who else who
