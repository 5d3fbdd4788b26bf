# SPDX-License-Identifier: AGPL-3.0-only
"""What goes wrong between a member and the chain is said in words, with what to do next."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from millpond.chain import dev_time
from tests.browser.chromium import window
from tests.browser.scene import Scene, said
from tests.browser.wallet import NAME
from tests.chain.coop import FOUNDERS, STRANGER
from tests.chain.nodes import CHAIN_ID

SIGN, SEND = "Sign, free of charge", "Send it myself, for gas"


@pytest.fixture(scope="module")
def proposal(scene: Scene) -> int:
    """One that every test may vote on as somebody else."""
    return scene.propose("# Mend the roof\n\nIt rains in.")


def _press(page: Page, button: str, ballot: str = "For") -> None:
    page.get_by_label(ballot, exact=True).check()
    page.get_by_role("button", name=button).click()


def test_wallet__none_in_the_browser__says_what_to_do(scene: Scene, proposal: int) -> None:
    with window(scene.browser) as watched:
        page = watched.page(f"{scene.base}{scene.path(proposal)}")
        expect(page.get_by_text("No wallet was found in this browser.")).to_be_visible()
        page.get_by_text("From a terminal").click()
        expect(page.get_by_text("ape run pool ballot")).to_be_visible()


def test_wallet__injected_and_not_announced__is_the_last_resort(
    scene: Scene, proposal: int
) -> None:
    with scene.member(announced=False, injected=True) as seat:
        page = seat.open(scene.path(proposal))
        page.get_by_role("button", name="Connect Browser wallet").click()
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
    with scene.member(announced=True, injected=True) as seat:
        page = seat.open(scene.path(proposal))
        expect(page.get_by_role("button", name=f"Connect {NAME}")).to_be_visible()
        page.wait_for_timeout(600)
        expect(page.get_by_role("button", name="Connect")).to_have_count(1)


def test_wallet__connected_before__is_taken_up_again_without_asking(
    scene: Scene, proposal: int
) -> None:
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        page.reload()
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
        assert seat.wallet.asked.count("eth_requestAccounts") == 1
        page.get_by_role("button", name="Use another").click()
        page.reload()
        expect(page.get_by_role("button", name=f"Connect {NAME}")).to_be_visible()


@pytest.mark.parametrize("button", [SIGN, SEND])
def test_member__declines__nothing_is_sent_and_she_may_try_again(
    scene: Scene, proposal: int, button: str
) -> None:
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        seat.wallet.declines = True
        _press(page, button)
        expect(said(page)).to_contain_text("You declined in your wallet")
        expect(said(page)).to_contain_text("Press the button again")
        expect(page.get_by_role("button", name=button)).not_to_have_attribute(
            "aria-disabled", "true"
        )
        assert (seat.wallet.signed, seat.wallet.sent) == ([], [])


def test_member__declines_to_connect__is_told_so(scene: Scene, proposal: int) -> None:
    with scene.member() as seat:
        seat.wallet.declines = True
        page = seat.open(scene.path(proposal))
        page.get_by_role("button", name=f"Connect {NAME}").click()
        expect(said(page)).to_contain_text("You declined in your wallet")


def test_member__chooses_no_ballot__is_asked_to(scene: Scene, proposal: int) -> None:
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        page.get_by_role("button", name=SIGN).click()
        expect(said(page)).to_contain_text("Choose one of the three first.")


def test_account__changed_in_the_wallet__the_page_follows(scene: Scene, proposal: int) -> None:
    with scene.member(FOUNDERS[0]) as seat:
        page = seat.connected(scene.path(proposal))
        expect(page.get_by_text("You are the member at seat 1.")).to_be_visible()
        seat.wallet.becomes(page, FOUNDERS[1])
        expect(page.get_by_text("You are the member at seat 2.")).to_be_visible()
        seat.wallet.becomes(page, STRANGER)
        expect(page.get_by_text("This account is no member of the pool")).to_be_visible()


def test_chain__another_one__is_switched_and_nothing_signed_there(
    scene: Scene, proposal: int
) -> None:
    with scene.member() as seat:
        seat.wallet.chain_id = 1
        page = seat.connected(scene.path(proposal))
        expect(page.get_by_text(f"this pool is on chain {CHAIN_ID}")).to_be_visible()
        expect(page.get_by_role("button", name=SIGN)).to_be_hidden()
        page.get_by_role("button", name=f"Switch to chain {CHAIN_ID}").click()
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
        seat.wallet.goes_to(page, 1)
        expect(page.get_by_role("button", name=SIGN)).to_be_hidden()


def test_chain__that_the_wallet_does_not_know__is_added(scene: Scene, proposal: int) -> None:
    with scene.member() as seat:
        seat.wallet.chain_id, seat.wallet.known_chains = 1, {1}
        page = seat.connected(scene.path(proposal))
        page.get_by_role("button", name=f"Switch to chain {CHAIN_ID}").click()
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
        assert "wallet_addEthereumChain" in seat.wallet.asked


def test_node__down__is_said_before_anything_is_asked(scene: Scene, proposal: int) -> None:
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        expect(page.get_by_text("You have not voted yet.")).to_be_visible()
        seat.wallet.node_down = True
        _press(page, SEND)
        expect(said(page)).to_contain_text("The node that your wallet uses does not answer.")
        assert seat.wallet.sent == []
        seat.wallet.node_down = False
        _press(page, SIGN, "Abstain")
        expect(said(page)).to_contain_text("is counted")
        seat.wallet.node_down = True
        page.reload()
        expect(said(page)).to_contain_text("The node that your wallet uses does not answer.")
        seat.wallet.node_down = False
        page.get_by_role("button", name="Ask again").click()
        expect(page.get_by_text("Your ballot stands as “Abstain”")).to_be_visible()


def test_relay__down__is_said_and_the_ballot_is_kept(scene: Scene, proposal: int) -> None:
    with scene.relay_down() as base, scene.member(FOUNDERS[2]) as seat:
        page = seat.connected(scene.path(proposal), base)
        expect(page.get_by_text("The relay of this server is down.")).to_be_visible()
        _press(page, SIGN)
        expect(said(page)).to_contain_text("The relay is down just now; your ballot is kept")
        expect(page.get_by_role("link", name="Download it")).to_be_visible()


def test_relay__that_refuses__is_told_in_its_words_with_other_ways(
    scene: Scene, proposal: int
) -> None:
    with scene.member(FOUNDERS[2]) as seat:
        page = seat.connected(scene.path(proposal))
        seat.watched.expected.append("/v1/relay/ballots")
        page.route("**/v1/relay/ballots", lambda route: route.abort())
        _press(page, SIGN)
        expect(said(page)).to_contain_text("Your ballot is signed but was not handed in")
        page.unroute("**/v1/relay/ballots")
        page.get_by_role("button", name="Hand it in again").click()
        expect(said(page)).to_contain_text("Your ballot “For” is counted")
        assert len(seat.wallet.signed) == 1


def test_transaction__sped_up__counts_by_its_other_hash(scene: Scene) -> None:
    proposal = scene.propose("# Sped up")
    scene.ask("evm_setAutomine", False)
    try:
        with scene.member(FOUNDERS[3]) as seat:
            page = seat.connected(scene.path(proposal))
            _press(page, SEND)
            expect(said(page)).to_contain_text("It waits for a block.")
            [hash_] = seat.wallet.sent
            found = scene.ask("eth_getTransactionByHash", hash_)
            _again(scene, found, to=found["to"], data=found["input"])
            scene.ask("evm_mine")
            expect(said(page)).to_contain_text("Your ballot “For” is counted")
    finally:
        scene.ask("evm_setAutomine", True)
    assert scene.votes(proposal) == (0, 1, 0)


def test_transaction__cancelled__is_told_as_replaced(scene: Scene) -> None:
    proposal = scene.propose("# Cancelled")
    scene.ask("evm_setAutomine", False)
    try:
        with scene.member(FOUNDERS[3]) as seat:
            page = seat.connected(scene.path(proposal))
            _press(page, SEND)
            expect(said(page)).to_contain_text("It waits for a block.")
            [hash_] = seat.wallet.sent
            found = scene.ask("eth_getTransactionByHash", hash_)
            _again(scene, found, to=FOUNDERS[3].address, data="0x")
            scene.ask("evm_mine")
            expect(said(page)).to_contain_text("replaced by another one of yours")
    finally:
        scene.ask("evm_setAutomine", True)
    assert scene.votes(proposal) == (0, 0, 0)


def _again(scene: Scene, found: dict[str, str], to: str, data: str) -> None:
    """The same nonce at twice the price."""
    price = 2 * int(found["maxFeePerGas"], 16)
    fields = {"from": found["from"], "to": to, "data": data, "nonce": found["nonce"]}
    fees = {"maxFeePerGas": hex(price), "maxPriorityFeePerGas": hex(price), "gas": found["gas"]}
    scene.ask("eth_sendTransaction", fields | fees)


def test_transaction__dropped__is_said_and_can_be_sent_again(scene: Scene) -> None:
    proposal = scene.propose("# Dropped")
    scene.ask("evm_setAutomine", False)
    try:
        with scene.member(FOUNDERS[4]) as seat:
            page = seat.connected(scene.path(proposal))
            _press(page, SEND)
            expect(said(page)).to_contain_text("It waits for a block.")
            scene.ask("anvil_dropAllTransactions")
            expect(said(page)).to_contain_text("it was probably dropped")
            scene.ask("evm_setAutomine", True)
            page.get_by_role("button", name=SEND).click()
            expect(said(page)).to_contain_text("Your ballot “For” is counted")
    finally:
        scene.ask("evm_setAutomine", True)


def test_contract__that_would_refuse__is_told_with_the_next_step_before_asking(
    scene: Scene,
) -> None:
    proposal = scene.propose("# Late")
    with scene.member() as seat:
        page = seat.connected(scene.path(proposal))
        page.get_by_label("For", exact=True).check()
        point = scene.ask("evm_snapshot")
        dev_time.advance(scene.client, 40 * 86_400)
        try:
            page.get_by_role("button", name=SEND).click()
            expect(page.get_by_text("so no ballots are taken")).to_be_visible()
            assert seat.wallet.sent == []
        finally:
            scene.ask("evm_revert", point)


# --- a mirror that lies ---------------------------------------------------------------------------


def _less_votes(path: Path) -> None:
    with sqlite3.connect(path) as db:
        for table in ("cast_seats", "tally_sums"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608  two names of ours


def _other_calls(path: Path) -> None:
    asked = STRANGER.address[2:].lower()
    with sqlite3.connect(path) as db:
        db.execute(
            "UPDATE governor_proposal_created_calldatas SET value = replace(value, ?, ?)",
            (asked, "ee" * 20),
        )


@pytest.mark.parametrize(
    ("change", "lie"),
    [
        (_less_votes, "the chain counts 1 for, 0 against and 0 abstain"),
        (_other_calls, "its calls and its text are not the ones that its number stands for"),
    ],
)
def test_mirror__that_lies__is_caught_and_nothing_is_asked(
    scene: Scene, change: Callable[[Path], None], lie: str
) -> None:
    proposal = scene.propose(f"# Tampered: {lie[:20]}")
    scene.coop.governor.castVote.send(FOUNDERS[1], proposal, 1)
    with scene.tampered(change) as base, scene.member() as seat:
        page = seat.connected(scene.path(proposal), base)
        expect(page.get_by_text("this page does not say what the chain says")).to_be_visible()
        expect(page.locator("[data-part=lies]")).to_contain_text(lie)
        expect(page.get_by_role("button", name=SIGN)).to_be_hidden()
        assert (seat.wallet.signed, seat.wallet.sent) == ([], [])
