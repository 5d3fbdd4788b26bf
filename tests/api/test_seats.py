# SPDX-License-Identifier: AGPL-3.0-only
"""Requests for another key, and buy-ins: each with what became of it."""

from tests.api.site import POOL, Site
from tests.contracts.buy_ins import PRICE, allow, buying_in, offer
from tests.contracts.distributors import DAY

REBINDS, BUY_INS = f"{POOL}/rebinds", f"{POOL}/buy-ins"


def _states(site: Site) -> list[str]:
    site.story.tell()
    return [each["state"] for each in site.every(REBINDS, limit=1)]


def test_list_rebinds__from_the_vote_to_the_new_key__say_how_they_stand(young: Site) -> None:
    story, coop = young.story, young.story.coop
    old, new = coop.founders[4], story.evm.actor("her new key")
    coop.enact(coop.asking(old, new), text="another key")
    assert _states(young) == ["waiting"]
    story.evm.warp(7 * DAY)
    assert _states(young) == ["ready"]
    coop.admission.complete_rebind(old, 0, b"", sender=new)
    assert _states(young) == ["completed"]
    [found] = young.every(REBINDS)
    assert (found["old"], found["new"], found["sponsors"]) == (old.address, new.address, 0)
    assert found["ready_at"] == found["asked_at"] + 7 * DAY


def test_list_rebinds__the_old_key_objects__says_so(young: Site) -> None:
    story, coop = young.story, young.story.coop
    old, new = coop.founders[4], story.evm.actor("a thief")
    coop.enact(coop.asking(old, new), text="a theft")
    coop.admission.object_to_rebind(sender=old)
    assert _states(young) == ["objected"]


def test_list_rebinds__asked_again__the_first_is_replaced(young: Site) -> None:
    story, coop = young.story, young.story.coop
    old = coop.founders[4]
    for name in ("one key", "another key"):
        coop.enact(coop.asking(old, story.evm.actor(name)), text=name)
    assert _states(young) == ["replaced", "waiting"]


def test_list_rebinds__of_who_left_meanwhile__lapse(young: Site) -> None:
    story, coop = young.story, young.story.coop
    old = coop.founders[4]
    coop.enact(coop.asking(old, story.evm.actor("her new key")), text="another key")
    coop.admission.leave(sender=old)
    assert _states(young) == ["lapsed"]


def test_list_buy_ins__paid_and_given_back__say_both(young: Site) -> None:
    story, coop = young.story, young.story.coop
    newcomer = story.evm.actor("newcomer")
    coop.enact(buying_in(coop, coop.dollar, PRICE), text="buy-ins")
    offer(coop, newcomer)
    allow(coop, coop.dollar, newcomer, PRICE)
    coop.admission.accept(sender=newcomer)
    story.tell()
    [paid] = young.every(BUY_INS)
    assert (paid["account"], paid["payer"]) == (newcomer.address, newcomer.address)
    assert (paid["amount"]["amount"], paid["earmark_id"]) == (str(PRICE), 1)
    assert paid["refunded_at"] is None
    story.evm.warp(DAY)
    coop.admission.leave(sender=newcomer)
    story.tell()
    [back] = young.every(BUY_INS)
    assert back["refunded_at"] == story.evm.blocks[-2].timestamp
    assert back | {"refunded_at": None} == paid
