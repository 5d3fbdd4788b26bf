# SPDX-License-Identifier: AGPL-3.0-only
"""Twelve people and a year: everything they do goes through the commands, on a real node.

Ten found the co-op, two join in its first month. Each month they decide on an ordinary matter, on a
member and on a rule, and review a month's cred: ten of each. Somebody is expelled, two lose their
keys, a payment is stopped in its timelock, a token stops being paid and later loses value. At the
end the books are balanced.

Expected amounts are those of the gifts and payments themselves, kept by hand beside the commands.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from ape.logging import logger

from millpond.chain.books import PoolBooks, differences
from millpond.chain.client import connect
from millpond.core.units import parse_amount
from millpond.mirror.store import connect as open_database
from scripts._demo_story import REALLY
from scripts._devchain_chain import CHAIN_ID
from scripts._funder import verified
from scripts._local_chain import local_chain
from scripts._stage import Cast, Stage
from tests.journeys.year import (
    BY_INVITATION,
    BY_OFFER,
    DAY,
    ETH,
    FOUND_BY_SPONSORS,
    FOUND_BY_VOTE,
    FOUNDERS,
    LOST_BY_SPONSORS,
    LOST_BY_VOTE,
    MONTH,
    NEVER_PAID,
    ONE,
    PAYEE,
    PEOPLE,
    SCRIP,
    START,
    Year,
    issue,
    parameters,
)
from tests.journeys.year_deeds import DEEDS
from tests.scripts.town import Town, install

# ape leaves the sockets open with which it looks for a node's IPC file before it uses our URL.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The whole of it."""
    logger.set_level(logging.ERROR)  # ape tells of every connection; a year makes hundreds
    folder = tmp_path_factory.mktemp("year")
    with local_chain() as url:
        stage = Stage(url, folder, connect(url, CHAIN_ID), Cast())
        install(stage)
        papers = folder / "papers"
        papers.mkdir()
        params, town = parameters(papers), Town(stage, papers)
        stage.run("pool create", "--params", str(params), *REALLY, by=1, loud=False)
        town.wait(days=2)
        found = Year(town, params, stage.client.now() + DAY, issue(town, "Scrip"))
        for month, seconds, deed in sorted(DEEDS, key=lambda each: each[0] * MONTH + each[1]):
            found.until(month, seconds)
            deed(found)
        yield found


# --- what is there at its end ------------------------------------------------------------------


def test_year__ten_matters_of_each_class__ended_as_they_should(year: Year) -> None:
    listed = year.town.read("pool list", "--all")["proposals"]
    shown = [year.shown(entry["proposal"]) for entry in listed]
    ends = Counter((each["class"], each["state"]) for each in shown)
    assert ends == {
        ("ordinary", "EXECUTED"): 11,
        ("ordinary", "DEFEATED"): 1,
        ("ordinary", "CANCELED"): 1,
        ("membership", "EXECUTED"): 9,
        ("membership", "DEFEATED"): 1,
        ("rules", "EXECUTED"): 10,
        ("consent", "EXECUTED"): 10,
    }


def test_year__the_members__are_twelve_less_who_left(year: Year) -> None:
    found = {entry["account"] for entry in year.town.read("pool members")["members"]}
    kept = {*FOUNDERS, BY_OFFER, BY_INVITATION} - {LOST_BY_VOTE, LOST_BY_SPONSORS}
    there = {year.town.address(each) for each in {*kept, FOUND_BY_VOTE, FOUND_BY_SPONSORS}}
    assert len(there) == 12
    assert found == there


def test_year__the_books__are_those_kept_by_hand(year: Year) -> None:
    pool = year.town.coop.pool
    assert len(year.books) == 6
    for (earmark, asset), amount in year.books.items():
        assert pool.balance_of(earmark, asset) == amount, (earmark, asset)
    events = PoolBooks(pool.address)
    for event in pool.past_events(None, year.town.coop.since):
        events.add(event)
    assert differences(events, pool) == []
    held = {asset: 0 for _, asset in year.books}
    for (_, asset), amount in year.books.items():
        held[asset] += amount
    assert {asset: pool.held(asset) for asset in held} == held


def test_year__the_money__is_there(year: Year) -> None:
    pool, client = year.town.coop.pool, year.town.stage.client
    dollar, scrip = year.town.dollar, year.scrip
    assert client.balance(pool.address) == pool.held(ETH)
    assert dollar.balanceOf(pool.address) == pool.held(dollar.address)
    assert (pool.held(scrip.address), scrip.balanceOf(pool.address)) == (40 * SCRIP, 20 * SCRIP)
    assert pool.factor_of(scrip.address) == ONE // 2
    assert client.balance(year.town.coop.governor.address) == 0
    told = year.town.read("pool treasury")
    assert {each["symbol"] for each in told["assets"]} == {"ETH", "TUSD", "SCRIP"}


def test_year__the_payee__got_what_was_decided(year: Year) -> None:
    payee = year.town.address(PAYEE)
    given = ONE * 4 // 10 + ONE // 20 + ONE // 10 + ONE // 50 + ONE // 100
    # she has paid the gas of one call herself
    assert START + given - ONE // 100 < year.ether(PAYEE) < START + given
    assert year.ether(NEVER_PAID) == START
    assert year.town.dollar.balanceOf(payee) == parse_amount("30", 6)
    # forty were owed and fetched; twenty were worth half
    assert year.scrip.balanceOf(payee) == 50 * SCRIP


def test_year__every_epoch__paid_who_has_an_account(year: Year) -> None:
    assert sorted(year.paid) == list(range(1, 11))
    dollar = year.town.dollar
    got = sum(dollar.balanceOf(year.town.address(each)) for each in (PEOPLE, PEOPLE + 1))
    assert got == sum(year.paid.values())
    assert all(amount > 0 for amount in year.paid.values())


def test_year__the_journal__has_a_line_for_each_deed(year: Year) -> None:
    lines = year.town.journal.lines()
    assert all(line["what"] and line["by"] for line in lines)
    sent = [line for line in lines if "transactionHash" in line]
    votes = year.town.coop.governor.past_events("VoteCast", year.town.coop.since)
    assert len(sent) > 150
    # three calls for each of eleven ordinary matters; twenty others by signature, and two more
    assert len({vote.log.transaction_hash for vote in votes}) == 11 * 3 + 20 + 2


def test_year__the_mirror__has_the_same_books(year: Year, tmp_path: Path) -> None:
    database = tmp_path / "year.db"
    hub = ("--hub", year.town.coop.hub.address, "--rpc", year.town.stage.url)
    assert verified(["sync", *hub, "--database", str(database), "--once"], quiet=True)
    with closing(open_database(database, writes=False)) as db:
        found = db.execute("SELECT earmark_id, asset, balance FROM accounts").fetchall()
        states = Counter(row["state"] for row in db.execute("SELECT state FROM proposals"))
    assert {(row[0], row[1]): int(row[2]) for row in found} == dict(year.books)
    assert states == {"executed": 40, "defeated": 2, "canceled": 1}
