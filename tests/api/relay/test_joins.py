# SPDX-License-Identifier: AGPL-3.0-only
"""Invitations and an acceptance: somebody joins without a wei of her own."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from millpond.api.relay import reading
from millpond.api.relay.items import Item
from millpond.chain import dev_time
from millpond.chain.abi import encode_values, plain
from millpond.chain.governance import Action
from millpond.chain.papers import Paper
from millpond.chain.signers import LocalSigner
from millpond.core import canonical, typed_data
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from tests.api.relay.yard import OTHERS, RELAY, Yard
from tests.chain.coop import DAY, ETH, FOUNDERS

CANDIDATE = OTHERS[2]


def papers_of(
    yard: Yard, sponsors: Sequence[LocalSigner], candidate: LocalSigner, days: int = 7
) -> tuple[Paper, list[Paper]]:
    """Her acceptance, and their invitations, as the commands write them."""
    domain, deadline = yard.coop.domain(yard.coop.admission), yard.client.now() + days * DAY
    invited = [
        Paper(
            sponsor.address,
            deadline,
            sponsor.sign_typed(
                typed_data.invitation(
                    domain,
                    candidate=candidate.address,
                    times_joined=0,
                    sponsor=sponsor.address,
                    deadline=deadline,
                )
            ),
        )
        for sponsor in sponsors
    ]
    accepted = candidate.sign_typed(
        typed_data.acceptance(
            domain, candidate=candidate.address, times_joined=0, deadline=deadline
        )
    )
    return Paper(candidate.address, deadline, accepted), invited


def item_of(yard: Yard, acceptance: Paper, invitations: Sequence[Paper]) -> Item:
    plain = [canonical.decode(paper.to_json()) for paper in invitations]
    return reading.joining(yard.where, canonical.decode(acceptance.to_json()), plain)


def test_round__enough_invitations__let_her_in(yard: Yard) -> None:
    item = item_of(yard, *papers_of(yard, FOUNDERS[:2], CANDIDATE))
    assert item.proved
    id_ = yard.add(item)
    relay = yard.relay()
    relay.round()
    assert yard.kept(id_).state == "sent"
    relay.round()
    assert yard.kept(id_).state == "done"
    assert yard.coop.governor.isMember(CANDIDATE.address)
    assert yard.add(item) == id_, "handed in twice, it is the same"


def test_item__papers_in_another_order__are_the_same(yard: Yard) -> None:
    acceptance, invitations = papers_of(yard, FOUNDERS[:3], CANDIDATE)
    assert item_of(yard, acceptance, invitations) == item_of(yard, acceptance, invitations[::-1])


def test_check__a_wrong_signature__names_whose(yard: Yard) -> None:
    acceptance, invitations = papers_of(yard, FOUNDERS[:2], CANDIDATE)
    forged = replace(invitations[0], signature=invitations[1].signature)
    id_ = yard.add(item_of(yard, acceptance, [forged, invitations[1]]))
    yard.relay().round()
    kept = yard.kept(id_)
    assert kept.state == "refused"
    assert f"invitation of {FOUNDERS[0].address}" in str(kept.reason)


def test_check__too_few_sponsors__is_refused_as_the_admission_says(yard: Yard) -> None:
    id_ = yard.add(item_of(yard, *papers_of(yard, FOUNDERS[:1], CANDIDATE)))
    yard.relay().round()
    kept = yard.kept(id_)
    assert (kept.state, kept.reason) == ("refused", "admission: too few sponsors")
    assert kept.next_step
    assert yard.client.nonce(RELAY.address) == 0


def test_check__enough_have_joined_in_this_period__waits_for_the_next(yard: Yard) -> None:
    first = yard.add(item_of(yard, *papers_of(yard, FOUNDERS[:2], OTHERS[3], days=30)))
    second = yard.add(item_of(yard, *papers_of(yard, FOUNDERS[:2], CANDIDATE, days=30)))
    relay = yard.relay()
    relay.round()
    relay.round()
    yard.clock += 20
    relay.round()
    assert yard.kept(first).state == "done"
    kept = yard.kept(second)
    assert (kept.state, kept.reason) == (
        "received",
        "admission: enough have joined in this period",
    )
    dev_time.advance(yard.client, 8 * DAY)
    yard.clock += 8 * DAY
    relay.round()
    relay.round()
    assert yard.kept(second).state == "done"


def test_check__a_pool_that_takes_a_buy_in__is_left_to_who_pays_it(yard: Yard) -> None:
    """The relay sends no ETH and allows no token: its key pays for gas alone."""
    coop = yard.coop
    params = encode_values(plain("address", "uint256"), [ETH, 10**15], "a buy-in")
    purpose = ("https://credsperiment.example/buy-ins", keccak256(b"buy-ins"))
    opened = Action.of(
        coop.pool.open_earmark, 1, *purpose, coop.admission.address, False, 0, params
    )
    coop.carry([opened], "Whoever joins pays something in")
    id_ = yard.add(item_of(yard, *papers_of(yard, FOUNDERS[:2], CANDIDATE)))
    yard.relay().round()
    kept = yard.kept(id_)
    assert kept.state == "refused"
    assert "takes a buy-in" in str(kept.reason)
    assert "ape run pool join" in str(kept.next_step)


@pytest.mark.parametrize("change", ["twice", "deadlines", "none"])
def test_item__papers_that_do_not_belong_together__are_none(yard: Yard, change: str) -> None:
    acceptance, invitations = papers_of(yard, FOUNDERS[:2], CANDIDATE)
    wrong = {
        "twice": [invitations[0], invitations[0]],
        "deadlines": [invitations[0], replace(invitations[1], deadline=1)],
        "none": [],
    }
    with pytest.raises(BadInput):
        item_of(yard, acceptance, wrong[change])
