# SPDX-License-Identifier: AGPL-3.0-only
"""What the pages say: the figures of the contracts, in words that need no other page."""

import pytest

from millpond.api.pages import epoch
from millpond.core import figures
from millpond.core.distribution import Exclusion
from millpond.core.figures import Asset, Money
from millpond.core.subjects import of_identity
from tests.api.site import POOL, Site
from tests.api.story import GRAIN
from tests.contracts.coop import FOR
from tests.contracts.distributors import DAY, MONTH
from tests.contracts.evm import ETH
from tests.web.html import Element, parsed


def _page(site: Site, path: str) -> Element:
    return parsed(site.page(path))


def _dollars(site: Site, amount: int) -> str:
    return figures.figure(Money(amount, Asset(site.story.dollar.address, "TUSD", 6)))


def _rows(table: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def test_home__every_pool__is_a_card_with_what_it_is_like(site: Site) -> None:
    page = _page(site, "/")
    [card] = page.one("main").classed("sheet")
    assert card.one("h2").text == "mill"
    assert "5 members, one vote each" in card.text
    assert "4 open proposals" in card.text
    assert "Epoch 2" in card.text
    assert "Under review" in card.text


def test_home__no_pool_yet__says_how_to_make_one(young: Site) -> None:
    young.story.feed.store._db.execute("DELETE FROM hub_pool_created")  # noqa: SLF001
    assert "No pool has been made" in young.page("/")


def test_frame__each_page__says_of_which_block_it_is_and_how_sure(site: Site) -> None:
    block = site.story.feed.store.cursor().block_number
    safe = "in a block that the node calls safe"
    # all that the page of a settled epoch shows is final
    for path, sure in {"/": safe, "/pools/mill": safe, "/pools/mill/epochs/1": "final"}.items():
        foot = _page(site, path).one("footer").text
        assert f"at block {block}" in foot
        assert "no block behind the node" in foot
        assert "which was asked just now" in foot
        assert f"The newest event on this page is {sure}." in foot


def test_pool__its_money__is_what_the_pool_says(site: Site) -> None:
    page, pool = _page(site, "/pools/mill"), site.story.coop.pool
    tables = [t for t in page.all("table") if t.text.startswith("Asset")]
    assert len(tables) == 2
    eth = [figures.digits(amount, 18) for amount in (
        pool.balance_of(0, ETH), pool.reserved(0, ETH), pool.unreserved(0, ETH),
        pool.received(0, ETH),
    )]  # fmt: skip
    assert _rows(tables[0])[0][1:] == eth
    dollar = site.story.dollar
    place = (1, dollar)
    cred = [_dollars(site, amount) for amount in (
        pool.balance_of(*place), pool.reserved(*place), pool.unreserved(*place),
        pool.received(*place),
    )]  # fmt: skip
    assert _rows(tables[1])[0][1:] == cred


def test_pool__rules__are_told_in_words_for_each_class(site: Site) -> None:
    text = _page(site, "/pools/mill").one("main").text
    for said in (
        "Each has one vote, whatever she gave or earned",
        "Announced 1 day before. Open for 5 days.",
        "at least 20 % of the members (1 of 5) take part and more are for it than against it.",
        "at least 66.67 % of those for or against are for it",
        "It passes unless 10 % of the members (1 of 5) object within 7 days.",
        "by the signed invitation of 2 members",
        "2 of 3 sign each distribution",
        "no vote can take it away",
    ):
        assert said in text, said


def test_pool__patrons__are_thanked_by_what_they_gave_unless_they_asked_not_to(site: Site) -> None:
    page = _page(site, "/pools/mill")
    [table] = [t for t in page.all("table") if t.text.startswith("Patron")]
    rows = {row[0]: row[1] for row in _rows(table) if "TUSD" in row[1]}
    assert rows["Patrons who asked not to be named"] == "600.00 TUSD"
    assert rows[site.story.patrons[0].address] == "800.00 TUSD"
    assert rows[site.story.patrons[2].address] == "1,684.567891 TUSD"
    assert "by a patron who asked not to be named" in page.text


def test_pool__by_its_address__is_the_same_page(site: Site) -> None:
    address = site.story.coop.pool.address
    assert site.page(f"/pools/{address}") == site.page("/pools/mill")


@pytest.mark.parametrize(
    ("state", "chip", "said"),
    [
        ("executed", "Carried out", "It passed and was carried out on"),
        ("defeated", "Did not pass", "It did not pass:"),
        ("canceled", "Withdrawn", "Its proposer withdrew it on"),
        ("queued", "Passed, waiting", "members can still stop it by voting against"),
        ("active", "Open for votes", "Members vote until"),
        ("pending", "Opens soon", "Members can vote from"),
    ],
)
def test_proposal__in_each_state__says_what_that_means(
    site: Site, state: str, chip: str, said: str
) -> None:
    for proposal in site.every(f"{POOL}/proposals?state={state}"):
        page = _page(site, f"/pools/mill/proposals/{proposal['id']}")
        assert page.one("main").classed("chip")[0].text == chip
        assert said in page.one("main").classed("lead")[0].text


def test_proposal__stopped_by_objections__says_how_many_there_were(site: Site) -> None:
    [stopped] = [p for p in site.every(f"{POOL}/proposals?state=defeated") if p["raised_by"]]
    page = _page(site, f"/pools/mill/proposals/{stopped['id']}")
    assert "It did not pass: 4 members objected, and 1 is enough." in page.text
    assert "Of 5 who may vote: 4 members objected, 1 would stop it." in page.text
    assert page.one("h1").text == "Consent to the payout of epoch 1"


def test_proposal__ready_and_expired__say_what_that_means(young: Site) -> None:
    story, coop = young.story, young.story.coop
    proposal = coop.passed(coop.spending(coop.patron, 1))
    story.tell()
    path = f"/pools/mill/proposals/{proposal.id}"
    assert "Anyone may carry it out until" in _page(young, path).text
    story.evm.warp(20 * DAY)
    story.tell()
    assert "It passed, but nobody carried it out" in _page(young, path).text


def test_proposal__its_count__is_the_governors(site: Site) -> None:
    for proposal in site.every(f"{POOL}/proposals"):
        page = _page(site, f"/pools/mill/proposals/{proposal['id']}")
        against, in_favour, abstain = site.story.coop.governor.proposalVotes(int(proposal["id"]))
        table = page.one("main").all("table")[0]
        assert [row[:2] for row in _rows(table)] == [
            ["For", str(in_favour)],
            ["Against", str(against)],
            ["Abstain", str(abstain)],
            ["Not voted", str(5 - against - in_favour - abstain)],
        ]
        bar = page.by_id("tally")
        assert bar.text == "The count"
        [strip] = [s for s in page.all("svg") if "aria-label" in s.attributes]
        assert strip.attributes["aria-label"].startswith(f"{in_favour} for, {against} against")


def test_proposal__its_actions__are_told_with_the_bytes_beside(site: Site) -> None:
    for proposal in site.every(f"{POOL}/proposals"):
        full = site.data(f"{POOL}/proposals/{proposal['id']}")
        page = _page(site, f"/pools/mill/proposals/{proposal['id']}")
        for action in full["actions"]:
            assert action["sentence"] in page.text
            assert action["calldata"] in page.text
            if action["undecoded"] and action["calldata"] != "0x":
                assert "Not decoded" in page.text


def test_proposal__who_voted_and_who_did_not__are_both_there(site: Site) -> None:
    [queued] = site.every(f"{POOL}/proposals?state=queued")
    page = _page(site, f"/pools/mill/proposals/{queued['id']}")
    ballots = next(t for t in page.all("table") if t.text.startswith("Member"))
    founders = [founder.address for founder in site.story.coop.founders]
    assert [founders.index(row[0]) for row in _rows(ballots)] == [1, 2, 3]
    assert "changed her mind; cast 2 times" in ballots.text
    silent = next(d for d in page.all("details") if "Who has not voted (2)" in d.text)
    assert founders[0] in silent.text
    assert founders[4] in silent.text


def test_proposal__what_programs_append__is_not_in_the_words_but_in_the_exact_text(
    young: Site,
) -> None:
    coop = young.story.coop
    proposer = coop.founders[0]
    tail = f"\n\nsalt: 0x{'ab' * 32}\n#proposer={proposer.address.lower()}"
    proposal = coop.propose(coop.spending(coop.patron, 1), text=f"Pay the printer{tail}")
    young.story.tell()
    page = _page(young, f"/pools/mill/proposals/{proposal.id}")
    assert page.one("h1").text == "Pay the printer"
    assert page.by_id("why").tag == "h2"
    [said] = [e for e in page.classed("said") if e.tag == "p"]
    assert said.text == "Pay the printer"
    assert any("salt: 0xabab" in e.text for e in page.all("pre"))


def test_proposal__without_a_word__is_still_called_something(young: Site) -> None:
    coop = young.story.coop
    proposal = coop.propose(coop.spending(coop.patron, 1), text="\n \n")
    young.story.tell()
    page = _page(young, f"/pools/mill/proposals/{proposal.id}")
    assert page.one("h1").text == "A proposal without a title"


# --- epochs ---------------------------------------------------------------------------------------


def test_epoch__every_leaf__is_a_row_with_what_the_contract_gives_it(site: Site) -> None:
    page = _page(site, "/pools/mill/epochs/1")
    [table] = page.all("table")
    leaves = site.every(f"{POOL}/distributions/1/leaves")
    rows = _rows(table)
    assert len(rows) == len(leaves) == 43
    amounts = sorted((int(leaf["amount"]["amount"]) for leaf in leaves), reverse=True)
    assert [row[1] for row in rows] == [f"{a // 10**6:,}.{a % 10**6:06}" for a in amounts]
    states = [row[2].split()[0] for row in rows]
    assert (states.count("Paid"), states.count("Waiting"), states.count("Carried")) == (16, 1, 26)
    foot = [[cell.text for cell in row.all("th", "td")] for row in table.one("tfoot").all("tr")]
    assert foot[0][:2] == ["Left by rounding down", "0.000022"]
    assert foot[1][:2] == ["The whole pot", "2,000.000000"]


def test_epoch__more_people_than_fit__says_how_many_and_where_they_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch, "_MOST", 40)
    monkeypatch.setattr(epoch, "_STRIPES", 5)
    page = _page(site, "/pools/mill/epochs/1")
    [table] = page.all("table")
    assert len(_rows(table)) == 40
    assert table.one("tfoot").text.startswith("3 people more")
    assert len(page.all("svg")[-1].all("rect")) <= 6


def test_epoch__its_pot__is_told_as_income_times_share(site: Site) -> None:
    text = _page(site, "/pools/mill/epochs/1").text
    assert (
        "Since payouts by cred began, earmark 1 received 2,000.00 TUSD. 100 % of that is to be "
        "paid out: 2,000.00 TUSD. The pot is 2,000.00 TUSD." in text
    )
    later = _page(site, "/pools/mill/epochs/2").text
    assert "Since the distribution before, earmark 1 received 1,234.567891 TUSD." in later


def test_epoch__how_to_check_it__names_document_and_command(site: Site) -> None:
    page = _page(site, "/pools/mill/epochs/1")
    digest = site.data(f"{POOL}/distributions/1")["data_hash"]
    [command] = [each.text for each in page.all("pre") if " verify " in each.text]
    assert command.startswith(f"millpond verify distribution {site.http.base_url}")
    assert f"v1/documents/{digest} --rpc URL --from-block " in command
    assert any(a.attributes["href"] == f"/v1/documents/{digest}" for a in page.all("a"))


def test_epoch__under_review__says_until_when_and_that_nothing_is_paid(site: Site) -> None:
    lead = _page(site, "/pools/mill/epochs/2").one("main").classed("lead")[0].text
    assert "Members can object until" in lead
    assert "Nothing is paid before that" in lead


def test_epoch__void__says_that_nothing_is_paid(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    story.refuse(story.post())
    story.tell()
    page = _page(young, "/pools/mill/epochs/1")
    assert "The members stopped it. Nothing of it is paid" in page.text


def test_epoch__after_the_close__tells_who_was_too_late(grown: Site) -> None:
    grown.story.evm.warp_to(grown.story.posts[0].terms["closes_at"])
    grown.story.tell()
    text = _page(grown, "/pools/mill/epochs/1").text
    assert "Claims were taken until" in text
    assert "it was not claimed in time" in text


def test_epoch__without_its_document__says_so_and_shows_what_the_chain_says(grown: Site) -> None:
    grown.story.payday()
    grown.story.tell()
    for path in grown.story.folder.iterdir():
        path.unlink()
    page = _page(grown, "/pools/mill/epochs/1")
    assert "The document is not here" in page.text
    [table] = page.all("table")
    assert len(_rows(table)) == 16


def test_epoch__a_document_that_the_chain_contradicts__is_called_wrong(young: Site) -> None:
    story = young.story
    story.open_earmark()
    story.give_all()
    story.evm.warp(MONTH)
    unfair = story.document(1, None, [Exclusion(of_identity(story.people()[0]), "no reason")])
    story.post(unfair, published=story.document(1, None))
    story.tell()
    page = _page(young, "/pools/mill/epochs/1")
    [notice] = page.by_id("table").classed("notice")
    assert "bad" in notice.attributes["class"].split()
    assert "root" in notice.text
    assert page.all("table") == []


def test_epoch__people__are_named_where_the_document_names_them(site: Site) -> None:
    rows = _rows(_page(site, "/pools/mill/epochs/1").all("table")[0])
    assert rows[0][0] == "decentralion sourcecred"
    assert any(row[0].endswith("Discourse, discourse.sourcecred.io") for row in rows)
    assert any(row[0].endswith("GitHub") for row in rows)
    grain = sum(
        int(leaf["grain"]["amount"]) for leaf in site.every(f"{POOL}/distributions/1/leaves")
    )
    assert GRAIN - grain < 43


def test_pool__a_vote_in_the_last_second__is_on_the_page_with_the_next_block(young: Site) -> None:
    coop = young.story.coop
    proposal = coop.opened(coop.spending(coop.patron, 1), text="Quick")
    young.story.tell()
    assert "0 for, 0 against, 0 abstain, of 5" in young.page("/pools/mill")
    coop.vote(proposal, FOR, coop.founders[0])
    young.story.tell()
    assert "1 for, 0 against, 0 abstain, of 5" in young.page("/pools/mill")
