# SPDX-License-Identifier: AGPL-3.0-only
"""What the co-op of the year decides: ten matters of each class, as forms of `pool propose`."""

from collections.abc import Callable

from scripts._stage import DOLLAR
from tests.journeys.year import (
    BUYS_IN,
    BY_OFFER,
    COMES_AND_GOES,
    EXPELLED,
    FOUND_BY_VOTE,
    LOST_BY_VOTE,
    NEVER_JOINS,
    NEVER_PAID,
    PAYEE,
    Year,
)

Matter = Callable[[Year], tuple[str, tuple[str, ...]]]
"""The form and its arguments, once it is time to propose it."""


# --- ordinary ----------------------------------------------------------------------------------


def _pay(amount: str, *more: str, to: int = PAYEE) -> Matter:
    return lambda year: ("spend", ("--amount", amount, "--to", year.town.address(to), *more))


def _report(year: Year) -> tuple[str, tuple[str, ...]]:
    path = year.town.papers / "report.md"
    path.write_text("All servers are paid.\n", encoding="utf-8")
    where = ("--uri", "https://year.example/report", "--report", str(path))
    return "report", ("--earmark", "0", *where)


def _pay_scrip(amount: str) -> Matter:
    return lambda year: _pay(amount, "--asset", year.scrip.address)(year)


def _travel(_: Year) -> tuple[str, tuple[str, ...]]:
    return "open-earmark", ("--uri", "https://year.example/travel", "--purpose", "Trains")


def _two_payments(year: Year) -> tuple[str, tuple[str, ...]]:
    to = year.town.address(PAYEE)
    ether = {"earmark": 0, "asset": "ETH", "amount": "0.1", "to": to}
    dollars = {"earmark": 0, "asset": DOLLAR, "amount": "5", "to": to}
    actions = [{"spend": ether}, {"spend": dollars}]
    return "actions", (year.file("two.yaml", text="Two payments at once", actions=actions),)


def _by_way_of_the_governor(year: Year) -> tuple[str, tuple[str, ...]]:
    actions = [
        {"spend": {"amount": "0.03", "to": year.town.coop.governor.address}},
        {"send": {"target": year.town.address(PAYEE), "value": "0.02"}},
    ]
    return "actions", (year.file("onward.yaml", text="ETH goes onward", actions=actions),)


ORDINARY: list[Matter] = [
    _pay("0.4"),
    _pay("25", "--asset", DOLLAR),
    _report,
    _pay_scrip("40"),  # transfers are stopped when it is carried out
    _travel,
    lambda _: ("move", ("--from", "0", "--to", "3", "--amount", "0.2")),
    _pay("0.05", "--earmark", "3"),
    _pay("1", to=NEVER_PAID),  # stopped in its timelock
    _two_payments,
    _by_way_of_the_governor,
    _pay_scrip("20"),  # worth half by then
]


# --- membership --------------------------------------------------------------------------------


def _offer(*candidates: int, salt: str = "") -> Matter:
    def matter(year: Year) -> tuple[str, tuple[str, ...]]:
        who = [arg for each in candidates for arg in ("--candidate", year.town.address(each))]
        return "offer", (*who, "--salt", salt)

    return matter


def _expel(who: int, salt: str = "") -> Matter:
    return lambda year: ("expel", ("--member", year.town.address(who), "--salt", salt))


def _new_key(year: Year) -> tuple[str, tuple[str, ...]]:
    old, new = year.town.address(LOST_BY_VOTE), year.town.address(FOUND_BY_VOTE)
    return "rebind", ("--old", old, "--new", new)


MEMBERSHIP: list[Matter] = [
    _offer(EXPELLED, BY_OFFER),
    _offer(NEVER_JOINS),
    _expel(EXPELLED),
    _new_key,
    _offer(EXPELLED, salt="a second chance"),
    _expel(EXPELLED, salt="once more"),
    _offer(BUYS_IN),
    _offer(COMES_AND_GOES),  # defeated
    _expel(BUYS_IN),
    _offer(COMES_AND_GOES, salt="after all"),
]


# --- rules -------------------------------------------------------------------------------------


def _cred(year: Year) -> tuple[str, tuple[str, ...]]:
    return "open-earmark", ("--label", "cred", "--params", str(year.params))


def _two_sponsors(year: Year) -> tuple[str, tuple[str, ...]]:
    ways = {**year.parameter("ways"), "sponsors": 2}
    return "set-ways", ("--params", year.file("ways.yaml", ways=ways))


def _larger_quorum(year: Year) -> tuple[str, tuple[str, ...]]:
    rules = year.parameter("rules")
    rules["ordinary"]["quorum_bps"] = 2200
    return "set-rules", ("--params", year.file("rules.yaml", rules=rules))


def _buy_in(_: Year) -> tuple[str, tuple[str, ...]]:
    amount = ("--asset", "ETH", "--amount", "0.01")
    return "open-buy-in", (*amount, "--uri", "https://year.example/buy-ins")


def _patron_grain(year: Year) -> tuple[str, tuple[str, ...]]:
    actions = [
        {"set-minter": {"minter": year.town.coop.pool.address}},
        {"patron-grain": {"earmark": 0, "rate": "10", "cap": "15", "period": "30 days"}},
    ]
    return "actions", (year.file("grain.yaml", text="Thank patrons", actions=actions),)


def _attesters(year: Year) -> tuple[str, tuple[str, ...]]:
    who = [arg for each in (6, 7, 8) for arg in ("--attester", year.town.address(each))]
    return "set-attesters", (*who, "--needed", "3")


RULES: list[Matter] = [
    _cred,
    _two_sponsors,
    _buy_in,
    _larger_quorum,
    _patron_grain,
    _attesters,
    lambda _: ("set-buy-in", ("--amount", "0.02")),
    lambda year: ("set-maintainers", ("--params", str(year.params))),
    lambda _: ("set-season", ("--epochs", "12")),
    lambda year: ("accept-loss", ("--asset", year.scrip.address, "--least", "0.5")),
]

MATTERS = {"ordinary": ORDINARY, "membership": MEMBERSHIP, "rules": RULES}
