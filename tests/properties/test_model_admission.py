# SPDX-License-Identifier: AGPL-3.0-only
"""The Admission's model by itself: how many may join when, and how long an offer counts."""

from dataclasses import replace

import pytest

from tests.contracts.coop import DAY, Ways
from tests.properties.chain import handle_at, to_address
from tests.properties.model_admission import AdmissionModel, Offer, Period
from tests.properties.model_governor import GovernorModel

HUB, ANN = to_address(1), to_address(2)
WAYS = Ways(joins_bps=5000, period=DAY)


@pytest.fixture
def door() -> AdmissionModel:
    """Of a co-op of four, in which nobody has joined."""
    governor = GovernorModel(handle_at("Governor", to_address(3)), HUB, HUB, HUB)
    for seat in range(1, 5):
        governor.membership().begin(seat, 100)
    made = AdmissionModel(handle_at("Admission", to_address(4)), HUB, governor)
    made.facts.ways = WAYS
    return made


def test_places__nobody_joined_yet__share_of_the_members(door: AdmissionModel) -> None:
    assert door.places(1000) == 2


def test_places__tiny_share__is_one(door: AdmissionModel) -> None:
    door.facts.ways = replace(WAYS, joins_bps=1)
    assert door.places(1000) == 1


def test_places__within_a_period__counts_who_joined(door: AdmissionModel) -> None:
    door.facts.period = Period(last=1000, members=4, joined=1)
    assert door.places(1000 + DAY - 1) == 1


def test_places__nobody_for_a_whole_period__begins_anew(door: AdmissionModel) -> None:
    door.facts.period = Period(last=1000, members=4, joined=2)
    assert [door.places(1000 + DAY + late) for late in (-1, 0)] == [0, 2]


def test_places__smaller_share_by_vote__counts_at_once(door: AdmissionModel) -> None:
    door.facts.period = Period(last=1000, members=4, joined=1)
    door.facts.ways = replace(WAYS, joins_bps=2500)
    assert door.places(1001) == 0


def test_offer__joined_in_another_way_since__is_void(door: AdmissionModel) -> None:
    known = door.members.membership()
    door.facts.offers[ANN] = Offer(until=5000, made_at=300)
    assert door.holds_until(ANN) == 5000
    known.seat_of[ANN] = 5
    known.begin(5, 400)
    assert door.holds_until(ANN) == 0
    known.latest[5].until = 500
    assert door.holds_until(ANN) == 0
    door.facts.offers[ANN] = Offer(until=5000, made_at=500)
    assert door.holds_until(ANN) == 0
    door.facts.offers[ANN] = Offer(until=5000, made_at=501)
    assert door.holds_until(ANN) == 5000


def test_offer__offers_switched_off__is_asleep(door: AdmissionModel) -> None:
    door.facts.offers[ANN] = Offer(until=5000, made_at=300)
    door.facts.ways = replace(WAYS, by_offer=False)
    assert door.holds_until(ANN) == 0
