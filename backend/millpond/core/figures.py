# SPDX-License-Identifier: AGPL-3.0-only
"""Figures as people read them: amounts, shares, times, texts. Nothing is ever rounded up."""

from dataclasses import dataclass
from datetime import UTC, datetime

from millpond.core.units import MAX_DECIMALS, MAX_UINT256, format_amount

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_FEWEST_DECIMALS = 2
_AT_A_GLANCE = 4
_LATEST = 253_402_300_799  # the last second that a calendar of four-digit years has
_ADDRESS, _SHOWN = 42, 6


@dataclass(frozen=True)
class Asset:
    """ETH (the zero address) or a token, with what it says of itself."""

    address: str
    symbol: str | None
    decimals: int | None


@dataclass(frozen=True)
class Money:
    """An amount in the asset's smallest unit."""

    amount: int
    asset: Asset


def plural(count: int, noun: str) -> str:
    """1 day, 2 days; 1 person, 2 people."""
    irregular = {"person": "people", "leaf": "leaves", "entry": "entries"}
    return f"{count:,} {noun if count == 1 else irregular.get(noun, noun + 's')}"


def more(count: int, noun: str) -> str:
    """1 more day, 2 more people."""
    number, _, rest = plural(count, noun).partition(" ")
    return f"{number} more {rest}"


def name_of(asset: Asset) -> str:
    """ETH, or what the token calls itself, or its address."""
    return asset.symbol or asset.address


def are(count: int) -> str:
    """1 is, 2 are."""
    return f"{count:,} {'is' if count == 1 else 'are'}"


def digits(amount: int, decimals: int, places: int | None = None) -> str:
    """With all decimals that say something, at least two; or with exactly so many, rounded down."""
    text = format_amount(amount, decimals, grouped=True)
    if not decimals:
        return text
    high, _, low = text.partition(".")
    if places is not None:
        return f"{high}.{low[:places].ljust(places, '0')}" if places else high
    return f"{high}.{low.rstrip('0').ljust(min(_FEWEST_DECIMALS, decimals), '0')}"


def figure(money: Money, places: int | None = None) -> str:
    """An amount without its asset's name; in smallest units where its decimals are not known."""
    decimals = _decimals(money)
    sign, amount = ("-" if money.amount < 0 else ""), abs(money.amount)
    if decimals is None:
        return f"{sign}{amount:,}"
    return sign + digits(amount, decimals, places)


def money(found: Money) -> str:
    """1,957.159089 TUSD."""
    unit = "smallest units of " if _decimals(found) is None else ""
    return f"{figure(found)} {unit}{name_of(found.asset)}"


def _decimals(found: Money) -> int | None:
    """As many as can be written: a token may say any number, and a sum of wishes be any size."""
    decimals = found.asset.decimals
    fits = decimals is not None and decimals <= MAX_DECIMALS and abs(found.amount) <= MAX_UINT256
    return decimals if fits else None


def money_short(found: Money) -> str:
    """At a glance: at most four decimals, and a sign that there are more."""
    decimals = _decimals(found)
    if decimals is None or decimals <= _AT_A_GLANCE:
        return money(found)
    cut = 10 ** (decimals - _AT_A_GLANCE)
    rough = Money(found.amount // cut * cut, found.asset)
    return ("" if rough == found else "about ") + money(rough)


def places_for(amounts: list[Money]) -> int | None:
    """So many decimals that none of these amounts loses any, for a column of figures."""
    texts = [figure(each) for each in amounts if each.asset.decimals is not None]
    if not texts or len(texts) < len(amounts):
        return None
    return max(len(text.partition(".")[2]) for text in texts)


def percent(bps: int) -> str:
    """Basis points: 2,000 is 20 %."""
    return f"{digits(bps, 2).removesuffix('.00').removesuffix('0') if bps % 100 else bps // 100} %"


def part(amount: int, whole: int) -> str:
    """A share of a whole in per cent with two decimals, rounded down."""
    return f"{digits(amount * 10_000 // whole, 2, 2)} %" if whole else "0.00 %"


def duration(seconds: int) -> str:
    """The two largest units: 1 day 12 hours."""
    return _spoken(seconds, 2)


def span(seconds: int) -> str:
    """A duration to the second: 1 day 12 hours 5 minutes."""
    return _spoken(seconds, len(_UNITS))


def moment(second: int) -> str:
    """5 October 2019, 14:03 UTC."""
    when = _when(second)
    return f"{when.day} {when:%B %Y, %H:%M} UTC" if when else f"second {second}"


def instant(second: int) -> str:
    """A moment to the second: 5 October 2019, 14:03:07 UTC."""
    when = _when(second)
    return f"{when.day} {when:%B %Y, %H:%M:%S} UTC" if when and when.second else moment(second)


def day(second: int) -> str:
    """5 October 2019."""
    when = _when(second)
    return f"{when.day} {when:%B %Y}" if when else f"second {second}"


def machine_time(second: int) -> str:
    """For the `datetime` of a <time>."""
    when = _when(second)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""


def away(second: int, now: int) -> str:
    """In 3 days; 2 hours ago."""
    if second == now:
        return "now"
    return f"in {_roughly(second - now)}" if second > now else f"{_roughly(now - second)} ago"


def short(text: str) -> str:
    """An address or a hash, its beginning and its end."""
    return f"{text[:_SHOWN]}…{text[-4:]}" if len(text) >= _ADDRESS else text


def listing(parts: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def quoted(text: str) -> str:
    """A stranger's text on one line, in quotes, whole: what steers a reader is written as a code.

    No two texts look alike in it: each letter that is not printable, the backslash and the quote
    have a spelling of their own.
    """
    return f'"{"".join(map(_spelled, text))}"'


def _spelled(letter: str) -> str:
    if letter in '\\"':
        return "\\" + letter
    return letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}"


def _spoken(seconds: int, most: int) -> str:
    said, rest = [], seconds
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            said.append(plural(count, unit))
    return " ".join(said[:most]) or "no time"


def _roughly(seconds: int) -> str:
    """The largest unit alone."""
    size, unit = next((s, u) for s, u in _UNITS if seconds >= s)
    return plural(seconds // size, unit)


def _when(second: int) -> datetime | None:
    return datetime.fromtimestamp(second, UTC) if 0 <= second <= _LATEST else None
