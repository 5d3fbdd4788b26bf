# SPDX-License-Identifier: AGPL-3.0-only
"""A member votes in a real browser: by signature through the relay, by her own transaction."""

import json

import httpx
from playwright.sync_api import Page, expect

from millpond.chain import papers
from millpond.chain.governance import Support
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from tests.browser.scene import Scene, said, steps, until
from tests.browser.wallet import NAME
from tests.chain.coop import FOUNDERS, STRANGER


def _choose(page: Page, ballot: str, reason: str = "") -> None:
    page.get_by_label(ballot, exact=True).check()
    page.get_by_label("Why, if you want to say it").fill(reason)


def _sign(page: Page) -> None:
    page.get_by_role("button", name="Sign, free of charge").click()


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send it myself, for gas").click()


def test_vote__by_signature__is_relayed_counted_and_shown(scene: Scene) -> None:
    proposal = scene.propose()
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
        expect(page.get_by_text("The relay works")).to_be_visible()
        _choose(page, "For", "Good for the mill — gut so")
        _sign(page)
        expect(said(page)).to_contain_text("Your ballot “For” is counted, and this page shows it.")
        assert scene.votes(proposal) == (0, 1, 0)
        expect(page.get_by_role("row", name="For 1 20.00 %")).to_be_visible()
        expect(page.locator("#voices")).to_contain_text(FOUNDERS[0].address)
        expect(page.locator("#voices")).to_contain_text("Good for the mill — gut so")
        expect(page.get_by_text("Your ballot stands as “For”")).to_be_visible()
        # what she signed is what the Governor's own definition says, and nothing was sent
        [typed] = seat.wallet.signed
        domain = scene.coop.domain(scene.coop.governor)
        assert typed == typed_data.ballot(
            domain,
            proposal_id=proposal,
            voter=FOUNDERS[0].address,
            support=1,
            casts_before=0,
            reason_hash=keccak256("Good for the mill — gut so".encode()),
            deadline=int(scene.coop.governor.proposalEta(proposal)),
        )
        assert seat.wallet.sent == []


def test_vote__changed_by_signature__follows_the_first_ballot(scene: Scene) -> None:
    proposal = scene.propose()
    with scene.member(FOUNDERS[1]) as seat:
        page = seat.connected(scene.path(proposal))
        _choose(page, "For")
        _sign(page)
        expect(page.get_by_text("Your ballot stands as “For”")).to_be_visible()
        _choose(page, "Against")
        _sign(page)
        expect(page.get_by_text("Your ballot stands as “Against”")).to_be_visible()
        expect(page.locator("#voices")).to_contain_text("cast 2 times")
        assert [each["message"]["castsBefore"] for each in seat.wallet.signed] == ["0", "1"]
    assert scene.votes(proposal) == (1, 0, 0)


def test_vote__by_transaction__goes_through_all_its_states(scene: Scene) -> None:
    proposal = scene.propose()
    scene.ask("evm_setAutomine", False)
    try:
        with scene.member(FOUNDERS[2]) as seat:
            page = seat.connected(scene.path(proposal))
            _choose(page, "Abstain", "I was away")
            _send(page)
            expect(said(page)).to_contain_text("It waits for a block.")
            expect(page.locator("[aria-current=step]")).to_contain_text("Sent")
            scene.ask("evm_mine")
            expect(said(page)).to_contain_text("Your ballot “Abstain” is counted")
            expect(page.locator("#voices")).to_contain_text("I was away")
            scene.ask("anvil_mine", hex(70))
            expect(said(page)).to_contain_text("Your ballot is counted, and final.")
            expect(steps(page).last).to_have_class("done")
    finally:
        scene.ask("evm_setAutomine", True)
    assert scene.votes(proposal) == (0, 0, 1)


def test_vote__signed_where_nobody_relays__is_a_file_that_anybody_can_bring(scene: Scene) -> None:
    proposal = scene.propose()
    with scene.without_relay() as base, scene.member(FOUNDERS[3]) as seat:
        page = seat.connected(scene.path(proposal), base)
        expect(page.get_by_text("This server has no relay")).to_be_visible()
        _choose(page, "For", 'by hand: “é” \\ "')
        _sign(page)
        expect(said(page)).to_contain_text("this server has no relay to bring it")
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Download it").click()
        ballot, reason = papers.read_ballot(downloading.value.path().read_bytes())
    assert downloading.value.suggested_filename == f"{proposal:x}-{ballot.voter.lower()}.json"
    assert (ballot.support, reason) == (Support.FOR, 'by hand: “é” \\ "')
    body = {"pool": scene.coop.pool.address, "ballot": json.loads(papers.ballot_json(ballot))}

    httpx.post(f"{scene.base}/v1/relay/ballots", json=body).raise_for_status()
    until(lambda: scene.votes(proposal) == (0, 1, 0), "the file's ballot")


def test_vote__by_a_stranger__is_not_offered(scene: Scene) -> None:
    proposal = scene.propose()
    with scene.member(STRANGER) as seat:
        page = seat.connected(scene.path(proposal))
        expect(page.get_by_text("This account is no member of the pool")).to_be_visible()
        expect(page.get_by_role("button", name="Sign, free of charge")).to_be_hidden()


def test_vote__by_keyboard_alone__is_counted(scene: Scene) -> None:
    proposal = scene.propose()
    with scene.member(FOUNDERS[4]) as seat:
        page = seat.open(scene.path(proposal))
        button = page.get_by_role("button", name=f"Connect {NAME}")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=account-line]")).to_be_focused()
        page.keyboard.press("Tab")  # Use another
        page.keyboard.press("Tab")  # the ballot
        page.keyboard.press("Space")
        expect(page.get_by_label("For", exact=True)).to_be_checked()
        for _ in range(2):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(said(page)).to_contain_text("Your ballot “For” is counted")
        expect(page.get_by_role("button", name="Sign, free of charge")).to_be_focused()
    assert scene.votes(proposal) == (0, 1, 0)
