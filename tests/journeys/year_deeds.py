# SPDX-License-Identifier: AGPL-3.0-only
"""Who does what on which day of the year: a month's round, and what happens besides."""

from collections.abc import Callable

from millpond.chain.governance import State
from scripts._stage import DOLLAR
from tests.journeys.year import (
    BUYS_IN,
    BY_INVITATION,
    BY_OFFER,
    COMES_AND_GOES,
    DAY,
    ETH,
    EXPELLED,
    FOUND_BY_SPONSORS,
    FOUND_BY_VOTE,
    LOST_BY_SPONSORS,
    LOST_BY_VOTE,
    NOBODYS,
    ONE,
    PATRON,
    PAYEE,
    PEOPLE,
    ROUND,
    SCRIP,
    STILL_THERE,
    VOTERS,
    Year,
)
from tests.journeys.year_matters import MATTERS
from tests.scripts.town import RELAYER

EPOCHS = (
    *("2018-12", "2019-01", "2019-02", "2019-03", "2019-04"),
    *("2019-05", "2019-06", "2019-07", "2019-08", "2019-09"),
)
Deed = tuple[int, int, Callable[[Year], None]]
"""In which month, how many seconds into it, and what."""


# --- every month -------------------------------------------------------------------------------


def propose(number: int) -> Callable[[Year], None]:
    """One matter of each class, as long as there are any."""

    def do(year: Year) -> None:
        for proposer, (name, matters) in enumerate(MATTERS.items(), 1):
            if number <= len(matters):
                form, args = matters[number - 1](year)
                year.open[number, name] = form, year.propose(form, *args, by=proposer)

    return do


def vote(number: int) -> Callable[[Year], None]:
    """Three vote, by call or by signature; the eighth candidate is not wanted."""

    def do(year: Year) -> None:
        for name in MATTERS:
            if (number, name) in year.open:
                proposal = year.open[number, name][1]
                if name == "ordinary":
                    year.vote(proposal)
                else:
                    unwanted = (number, name) == (8, "membership")
                    year.sign(proposal, "against" if unwanted else "for")

    return do


def carry_out(number: int) -> Callable[[Year], None]:
    """Whatever passed."""

    def do(year: Year) -> None:
        for name in MATTERS:
            if (number, name) in year.open and (number != 8 or name == "rules"):
                year.execute(year.open[number, name][1])

    return do


def cred(number: int) -> list[Deed]:
    """A month's gifts to the earmark of cred, its review and its payday."""

    def give(year: Year) -> None:
        year.give(1, year.town.dollar.address, "500", by=PATRON)

    def post(year: Year) -> None:
        year.open[number, "consent"] = "review", year.post(EPOCHS[number - 2])

    def pay(year: Year) -> None:
        year.pay_epoch(number - 1)

    return [
        (number, 9 * DAY, give),
        (number, ROUND + 60, post),
        (number, ROUND + 7 * DAY + 600, pay),
    ]


# --- what happens besides ----------------------------------------------------------------------


def first_gifts(year: Year) -> None:
    """ETH and dollars for the general fund; each payment below is out of these."""
    town = year.town
    town.fund(PATRON, "10000")
    year.give(0, ETH, "5", by=PATRON)
    year.give(0, town.dollar.address, "1000", by=PATRON)


def two_accept(year: Year) -> None:
    """One by herself, one by a signature that somebody else brings."""
    year.town.do("pool join", by=EXPELLED)
    year.town.sign("pool accept-membership", *year.papers, by=BY_OFFER)
    newcomer = year.town.address(BY_OFFER)
    year.town.do("pool join", "--candidate", newcomer, *year.papers, by=RELAYER)


def link(year: Year) -> None:
    """Two contributors link their identities to accounts."""
    path = str(year.town.papers / "links.json")
    for number, name in enumerate(("wchargin", "decentralion"), PEOPLE):
        proof = ("--proof-uri", f"https://year.example/{name}", "--proof", f"It is me: {name}")
        asked = ("--identity", f"sourcecred:sourcecred/identity/{name}", *proof)
        year.town.sign("identity ask", path, *asked, by=number)
    for attester in (5, 6):
        year.town.sign("identity attest", path, by=attester)
    year.town.do("identity link", path, by=RELAYER)


def scrip_comes(year: Year) -> None:
    """A hundred of a token that its issuer can stop."""
    patron = year.town.wallet(PATRON)
    year.scrip.mint.send(patron, patron.address, 100 * SCRIP)
    year.give(0, year.scrip.address, "100", by=PATRON)


def scrip_stops(year: Year) -> None:
    """From now on every transfer reverts."""
    year.scrip.stop.send(year.town.wallet(RELAYER), True)


def scrip_goes_on(year: Year) -> None:
    """What could not be paid has been owed since; its owner fetches it."""
    year.scrip.stop.send(year.town.wallet(RELAYER), False)
    payee = year.town.address(PAYEE)
    owed = year.town.read("pool owed", "--of", payee)["owed"]
    assert owed == [{"asset": year.scrip.address, "amount": str(40 * SCRIP)}]
    year.town.do("pool withdraw", "--asset", year.scrip.address, by=PAYEE)
    assert year.scrip.balanceOf(payee) == 40 * SCRIP


def scrip_shrinks(year: Year) -> None:
    """Its issuer burns half of what the Pool has: until a vote accepts the loss, none is paid."""
    pool = year.town.coop.pool
    year.scrip.burn.send(year.town.wallet(RELAYER), pool.address, 30 * SCRIP)


def invitation(year: Year) -> None:
    """Two members invite somebody, who joins."""
    newcomer = ("--candidate", year.town.address(BY_INVITATION))
    for sponsor in (2, 3):
        year.town.sign("pool invite", *newcomer, *year.papers, by=sponsor)
    year.town.do("pool join", *year.papers, by=BY_INVITATION)


def found_again(year: Year) -> None:
    """A week after the vote the new key takes the seat."""
    old = ("--old", year.town.address(LOST_BY_VOTE))
    year.town.do("pool rebind complete", *old, *year.papers, by=FOUND_BY_VOTE)


def second_chance(year: Year) -> None:
    """She was expelled, was offered a seat again, and pays a buy-in for it."""
    year.town.do("pool join", by=EXPELLED)
    year.books[2, ETH] += ONE // 100


def refund_to_expelled(year: Year) -> None:
    """Anyone may send it back to her."""
    year.town.do("pool refund-buy-in", "--of", year.town.address(EXPELLED), by=RELAYER)
    year.pay(2, ETH, ONE // 100)


def false_alarm(year: Year) -> None:
    """Two say that a member has lost her key; she has not."""
    pair = _pair(year, STILL_THERE, NOBODYS)
    for sponsor in (1, 2):
        year.town.sign("pool rebind sign", *pair, *year.papers, by=sponsor)
    year.town.do("pool rebind start", *pair, *year.papers, by=NOBODYS)
    year.town.do("pool rebind object", by=STILL_THERE)
    error = year.town.refused("pool rebind complete", *pair[:2], *year.papers, by=NOBODYS)
    assert error.next_step


def patron_is_thanked(year: Year) -> None:
    """Ten grain for the first ETH; five more are left of the month's fifteen."""
    for grain in (10, 15):
        year.give(0, ETH, "1", by=PATRON)
        assert year.town.coop.grain.balanceOf(year.town.address(PATRON)) == grain * ONE


def buys_in(year: Year) -> None:
    """The buy-in is two hundredths by now."""
    year.town.do("pool join", by=BUYS_IN)
    year.books[2, ETH] += ONE // 50


def stopped(year: Year) -> None:
    """In its timelock five learn whom the payment would go to."""
    payment = year.open[8, "ordinary"][1]
    assert year.state(payment) is State.QUEUED
    year.sign(payment, "against", by=(6, 8, 9, *VOTERS[1:]))
    assert year.state(payment) is State.DEFEATED
    year.town.refused("pool execute", "--proposal", payment, by=RELAYER)


def sponsors_ask(year: Year) -> None:
    """Three members know that somebody has lost her key; the new one signs that it is hers."""
    pair = _pair(year, LOST_BY_SPONSORS, FOUND_BY_SPONSORS)
    for sponsor in (1, 2, 3):
        year.town.sign("pool rebind sign", *pair, *year.papers, by=sponsor)
    year.town.sign("pool rebind accept", *pair[:2], *year.papers, by=FOUND_BY_SPONSORS)
    year.town.do("pool rebind start", *pair, *year.papers, by=RELAYER)


def sponsors_are_heard(year: Year) -> None:
    """A week later anyone completes it."""
    old = ("--old", year.town.address(LOST_BY_SPONSORS))
    year.town.do("pool rebind complete", *old, *year.papers, by=RELAYER)


def refund_to_buyer(year: Year) -> None:
    """She was expelled like the other one."""
    year.town.do("pool refund-buy-in", "--of", year.town.address(BUYS_IN), by=RELAYER)
    year.pay(2, ETH, ONE // 50)


def comes(year: Year) -> None:
    """The second offer is accepted."""
    year.town.do("pool join", by=COMES_AND_GOES)
    year.books[2, ETH] += ONE // 50


def goes(year: Year) -> None:
    """And she leaves: her buy-in is with her in the same transaction."""
    before = year.ether(COMES_AND_GOES)
    year.town.do("pool leave", by=COMES_AND_GOES)
    # less the gas of her own call
    assert year.ether(COMES_AND_GOES) > before + ONE // 50 - ONE // 100
    year.pay(2, ETH, ONE // 50)


def withdrawn(year: Year) -> None:
    """Somebody thinks better of it."""
    proposal = year.propose("spend", "--amount", "3", "--to", year.town.address(7), by=7)
    year.town.do("pool cancel", "--proposal", proposal, by=7)
    year.open[11, "canceled"] = "spend", proposal


def certain(year: Year) -> None:
    """More than half of all members are for it: the vote ends after a day."""
    to = ("--to", year.town.address(PAYEE))
    proposal = year.propose("spend", "--amount", "0.01", *to, "--salt", "soon", by=9)
    year.town.wait(seconds=60)
    year.sign(proposal, by=(6, *VOTERS, STILL_THERE, 8, 9))
    year.town.do("pool close", "--proposal", proposal, by=RELAYER)
    year.open[12, "closed"] = "spend", proposal


def soon(year: Year) -> None:
    """Two days of timelock later it is paid."""
    year.execute(year.open[12, "closed"][1])
    year.pay(0, ETH, ONE // 100)


def report(year: Year) -> None:
    """A member tells what became of it all."""
    path = year.town.papers / "year.md"
    path.write_text("A good year.\n", encoding="utf-8")
    told = ("--earmark", "1", "--uri", "https://year.example/year", str(path))
    year.town.do("pool update", *told, by=6)


def _pair(year: Year, old: int, new: int) -> tuple[str, ...]:
    return "--old", year.town.address(old), "--new", year.town.address(new)


def booked(earmark: int, asset: str, amount: int) -> Callable[[Year], None]:
    """A vote's payment, once it is carried out, in the books kept by hand."""

    def do(year: Year) -> None:
        which = {"ETH": ETH, DOLLAR: year.town.dollar.address, "SCRIP": year.scrip.address}[asset]
        year.pay(earmark, which, amount)

    return do


def moved(year: Year) -> None:
    """From the general fund to travel."""
    year.pay(0, ETH, ONE // 5)
    year.books[3, ETH] += ONE // 5


PAID = ROUND + 1
DEEDS: list[Deed] = [
    *((number, 0, propose(number)) for number in range(1, 12)),
    *((number, DAY + 60, vote(number)) for number in range(1, 12)),
    *((number, ROUND, carry_out(number)) for number in range(1, 12)),
    *(deed for number in range(2, 12) for deed in cred(number)),
    (1, -1, first_gifts),
    (1, PAID, booked(0, "ETH", 4 * ONE // 10)),
    (1, 12 * DAY, two_accept),
    (1, 20 * DAY, link),
    (2, PAID, booked(0, DOLLAR, 25_000_000)),
    (3, 2 * DAY, scrip_comes),
    (3, 3 * DAY, invitation),
    (4, 2 * DAY, scrip_stops),
    (4, PAID, booked(0, "SCRIP", 40_000_000)),
    (4, 18 * DAY, found_again),
    (5, DAY, scrip_goes_on),
    (5, 12 * DAY, second_chance),
    (6, DAY, false_alarm),
    (6, 2 * DAY, patron_is_thanked),
    (6, PAID, moved),
    (6, 12 * DAY, refund_to_expelled),
    (7, PAID, booked(3, "ETH", ONE // 20)),
    (7, 12 * DAY, buys_in),
    (8, 4 * DAY, stopped),
    (9, DAY, sponsors_ask),
    (9, 9 * DAY, sponsors_are_heard),
    (9, PAID, booked(0, "ETH", ONE // 10)),
    (9, PAID, booked(0, DOLLAR, 5_000_000)),
    (9, 12 * DAY, refund_to_buyer),
    (10, 2 * DAY, scrip_shrinks),
    (10, PAID, booked(0, "ETH", ONE // 50)),
    (10, 12 * DAY, comes),
    (11, 2 * DAY, withdrawn),
    (11, PAID, booked(0, "SCRIP", 20_000_000)),
    (12, DAY, goes),
    (12, 2 * DAY, certain),
    (12, 5 * DAY, soon),
    (12, 6 * DAY, report),
]
