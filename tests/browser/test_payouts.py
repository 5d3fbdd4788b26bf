# SPDX-License-Identifier: AGPL-3.0-only
"""A payout in the browser: members object in its review, a payee claims when it is final."""

import pytest
from playwright.sync_api import expect

from millpond.chain import dev_time
from millpond.core.canonical import keccak256
from millpond.core.distribution import to_json
from millpond.core.subjects import to_hex
from tests.browser.scene import POOL, Scene, said
from tests.chain.coop import DAY, FOUNDERS, MAINTAINERS, STRANGER
from tests.core import month

EPOCH = f"/pools/{POOL}/epochs/1"


@pytest.fixture(scope="module")
def posted(scene: Scene) -> Scene:
    """An epoch under review, its document on the shelf; decentralion is the first maintainer."""
    coop = scene.coop
    coop.open_cred_earmark()
    coop.give_all()
    dev_time.advance(scene.client, 28 * DAY)
    coop.link(month.who("decentralion"), MAINTAINERS[0])
    document = coop.document()
    data = to_json(document)
    (scene.documents / f"{to_hex(keccak256(data))}.json").write_bytes(data)
    coop.post(document)
    dev_time.advance(scene.client, 1)
    scene.mirrored()
    return scene


def test_review__a_member__objects_on_its_page(posted: Scene) -> None:
    coop = posted.coop
    with posted.member(FOUNDERS[0]) as seat:
        page = seat.connected(EPOCH)
        page.get_by_label("I object").check()
        page.get_by_label("Why, if you want to say it").fill("The weights are off")
        page.get_by_role("button", name="Sign, free of charge").click()
        expect(said(page)).to_contain_text("Your ballot “Against” is counted")
        assert posted.votes(coop.proposal().id) == (1, 0, 0)
        page.get_by_label("I agree").check()
        page.get_by_role("button", name="Send it myself, for gas").click()
        expect(said(page)).to_contain_text("Your ballot “For” is counted")
    assert posted.votes(coop.proposal().id) == (0, 1, 0)


def test_claim__by_its_payee__is_paid_and_shown(posted: Scene) -> None:
    coop = posted.coop
    draft = coop.proposal()
    dev_time.advance(posted.client, 8 * DAY)
    coop.governor.execute.send(STRANGER, *draft.carried_out)
    posted.mirrored()
    with posted.member(STRANGER) as seat:
        page = seat.connected(EPOCH)
        expect(page.get_by_text("No share of this epoch is linked")).to_be_visible()
    with posted.member(MAINTAINERS[0]) as seat:
        page = seat.connected(EPOCH)
        expect(page.get_by_text("One share is yours to claim.")).to_be_visible()
        before = int(coop.dollar.balanceOf(MAINTAINERS[0].address))
        page.get_by_role("button", name="Claim ").click()
        expect(said(page)).to_contain_text("You are paid, and this page shows it.")
        expect(page.get_by_text("Nothing is left for you to claim here.")).to_be_visible()
    got = int(coop.dollar.balanceOf(MAINTAINERS[0].address)) - before
    leaves = posted.get(f"/v1/pools/{POOL}/distributions/1/leaves?limit=1000")["data"]
    [mine] = [leaf for leaf in leaves if leaf["payee"] == MAINTAINERS[0].address]
    assert got == int(mine["amount"]["amount"]) > 0
    assert mine["state"] == "paid"
