# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond books patronage`: a year's surplus among the members who were paid in it.

Of the month of 2019-09 two members and one who is none were paid. What each gets is worked out
here from their cred alone, by the formula that the members read in docs/BOOKS.md.
"""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from millpond.chain.abi import Event
from millpond.chain.paid import past_paid_leaves, payment_of
from millpond.cli.base import HOLDS, NOT_DONE
from millpond.core.distribution import to_json
from millpond.core.units import parse_amount
from tests.chain.books_story import cooperative
from tests.chain.coop import DOLLAR, FOUNDERS, GRAIN_EACH, Story
from tests.cli.conftest import Ran
from tests.core import month

__all__ = ["cooperative"]

Books = Callable[..., Ran]
ONE, TWO = FOUNDERS[0].address, FOUNDERS[1].address


@pytest.fixture
def year(cooperative: Story) -> int:
    """In which the month was paid."""
    paid = past_paid_leaves(cooperative.coop.distributor, 0)[0].event
    moment = cooperative.coop.client.block(paid.log.block_number).timestamp
    return datetime.fromtimestamp(moment, UTC).year


@pytest.fixture
def patronage(millpond: Books, cooperative: Story, year: int) -> Books:
    """Run it for the year of the story; 30 % stay collective, 20 % are paid in cash."""
    where = ("--pool", "credsperiment", "--hub", cooperative.coop.hub.address)
    rules = ("--collective", "30", "--cash", "20", "--year", year)

    def run(*args: object) -> Ran:
        return millpond("books", "patronage", *where, "--rpc", cooperative.url, *rules, *args)

    return run


def cred_of(story: Story, name: str) -> int:
    """In micro-cred, as the document has it."""
    return dict(story.documents[0].leaves)[month.who(name)]


def expected(surplus: int, whole: int, own: int) -> tuple[str, str, str]:
    """Allocated, cash and capital: 70 % of the surplus, by one's part of all patronage."""
    allocated = surplus * 7_000 // 10_000 * own // whole
    cash = (allocated * 2_000 + 9_999) // 10_000
    return str(allocated), str(cash), str(allocated - cash)


def test_patronage__by_grain__members_parts_and_all_else_collective(
    patronage: Books, cooperative: Story
) -> None:
    found = patronage("--surplus", "10000", "--json").json
    names = ("decentralion", "Beanow", "wchargin")
    total = cooperative.documents[0].total
    grain = [GRAIN_EACH * cred_of(cooperative, name) // total for name in names]
    surplus = 10_000 * DOLLAR
    parts = {
        each["member"]: (each["allocated"], each["cash"], each["capital"])
        for each in found["members"]
    }
    assert parts == {
        ONE: expected(surplus, sum(grain), grain[0]),
        TWO: expected(surplus, sum(grain), grain[1]),
    }
    assert found["patronage"] == str(sum(grain))
    given = sum(int(each["allocated"]) for each in found["members"])
    assert int(found["collective"]) == surplus - given


def test_patronage__by_cred__everybody_in_the_document_counts(
    patronage: Books, cooperative: Story, tmp_path: Path
) -> None:
    document = tmp_path / "distribution.json"
    document.write_bytes(to_json(cooperative.documents[0]))
    found = patronage("--surplus", "10000", "--by", "cred", "--document", document, "--json").json
    total = cooperative.documents[0].total
    assert found["patronage"] == str(total)
    parts = {
        each["member"]: (each["allocated"], each["cash"], each["capital"])
        for each in found["members"]
    }
    surplus = 10_000 * DOLLAR
    assert parts == {
        ONE: expected(surplus, total, cred_of(cooperative, "decentralion")),
        TWO: expected(surplus, total, cred_of(cooperative, "Beanow")),
    }


def test_patronage__by_cred_without_its_documents__asked_for(
    patronage: Books, cooperative: Story, tmp_path: Path
) -> None:
    ran = patronage("--by", "cred")
    assert (ran.status, "the documents of epoch 1 are missing" in ran.err) == (NOT_DONE, True)
    other = cooperative.coop.document(exclusions=())
    changed = json.loads(to_json(other))
    changed["epoch"] = 2
    (tmp_path / "distribution.json").write_text(
        json.dumps(changed, sort_keys=True, separators=(",", ":"))
    )
    ran = patronage("--by", "cred", "--document", tmp_path)
    assert ran.status == NOT_DONE


def test_patronage__the_surplus_of_the_books__is_what_came_less_what_went(
    patronage: Books, cooperative: Story, year: int
) -> None:
    """Of the year alone: the gifts may have come in the year before the payday."""
    pool, client = cooperative.coop.pool, cooperative.coop.client

    def in_year(event: Event, amount: int) -> int:
        moment = client.block(event.log.block_number).timestamp
        return amount * (datetime.fromtimestamp(moment, UTC).year == year)

    came = sum(
        in_year(event, event.args["amount"])
        for name in ("Given", "Synced")
        for event in pool.past_events(name, 0)
    )
    went = sum(
        in_year(event, amount)
        for event in pool.past_events("ReleasedMany", 0)
        for _, amount in map(payment_of, event.args["batch"])
    )
    ran = patronage("--json")
    assert went > 0
    if came > went:
        assert ran.json["surplus"] == str(came - went)
    else:
        assert f"there is no surplus to divide: it is {came - went}" in ran.json["message"]


def test_patronage__written__table_statement_and_a_notice_each(
    patronage: Books, tmp_path: Path, year: int
) -> None:
    folder = tmp_path / "books"
    ran = patronage("--surplus", "10000", "--out", folder)
    assert ran.status == HOLDS
    table = (folder / "patronage.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["member"] for row in rows][-1] == "collective"
    assert sum(parse_amount(row["allocated"], 6) for row in rows) == 10_000 * DOLLAR
    assert {path.stem for path in (folder / "notices").iterdir()} == {ONE, TWO}
    text = (folder / "notices" / f"{ONE}.txt").read_text("utf-8")
    assert f"{year} (UTC)" in text
    assert rows[[row["member"] for row in rows].index(ONE)]["capital"] in text.replace(",", "")
    assert max(map(len, ran.out.splitlines())) <= 80 + len(str(folder))


def test_patronage__the_year_after__adds_to_capital(patronage: Books, tmp_path: Path) -> None:
    before = tmp_path / "before"
    patronage("--surplus", "10000", "--out", before)
    first = json.loads((before / "patronage.json").read_text("utf-8"))
    again = patronage("--surplus", "10000", "--previous", before / "patronage.json", "--json").json
    for old, new in zip(first["members"], again["members"], strict=True):
        assert new["capital_before"] == old["capital_after"]
        assert int(new["capital_after"]) == 2 * int(old["capital"])


def test_patronage__a_member_without_patronage_now__keeps_her_capital(
    patronage: Books, cooperative: Story, tmp_path: Path
) -> None:
    other = FOUNDERS[4].address
    before = {
        "asset": cooperative.coop.dollar.address,
        "members": [{"member": other, "capital_after": "77"}],
    }
    (tmp_path / "patronage.json").write_text(json.dumps(before))
    found = patronage(
        "--surplus", "10000", "--previous", tmp_path / "patronage.json", "--json"
    ).json
    kept = {each["member"]: (each["allocated"], each["capital_after"]) for each in found["members"]}
    assert kept[other] == ("0", "77")
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no statement of patronage"),
        ("[]", "is no statement of patronage"),
        ('{"asset": "0x", "members": [{}]}', "is no statement of patronage"),
        ('{"asset": "0x00", "members": []}', "is of another asset"),
    ],
)
def test_patronage__a_file_that_is_no_statement__said(
    patronage: Books, tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "patronage.json").write_text(content)
    ran = patronage("--surplus", "1", "--previous", tmp_path / "patronage.json")
    assert (ran.status, words in ran.err) == (NOT_DONE, True)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--surplus", "0"), "there is no surplus to divide"),
        (("--surplus", "1", "--asset", "EURO"), "no such asset is in the books"),
        (("--surplus", "1", "--cash", "100.1"), "the share"),
        (("--surplus", "1", "--year", "1999"), "no member has any patronage"),
    ],
)
def test_patronage__what_cannot_be__said(
    patronage: Books, args: tuple[object, ...], words: str
) -> None:
    ran = patronage(*args)
    assert ran.status == NOT_DONE
    assert words in ran.err
