# SPDX-License-Identifier: AGPL-3.0-only
"""A lost key, through the commands of its owner, of her sponsors and of anybody."""

import pytest

from tests.scripts.town import NEWCOMER, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
LOST = 7


def papers(town: Town) -> tuple[str, str]:
    return "--papers", str(town.papers / "papers")


def pair(town: Town) -> tuple[str, ...]:
    return "--old", town.address(LOST), "--new", town.address(NEWCOMER), *papers(town)


def signed(town: Town) -> None:
    for sponsor in (1, 2, 3):
        town.sign("pool rebind sign", *pair(town), by=sponsor)


def test_rebind__signed_by_three__moves_the_seat_after_a_week(town: Town) -> None:
    signed(town)
    town.dry("pool rebind start", *pair(town), by=NEWCOMER)
    town.do("pool rebind start", *pair(town), by=NEWCOMER)
    town.again("pool rebind start", *pair(town), by=NEWCOMER)
    old = ("--old", town.address(LOST), *papers(town))
    error = town.refused("pool rebind complete", *old, by=NEWCOMER)
    assert "can object until" in error.message
    town.wait(days=7)
    town.dry("pool rebind complete", *old, by=NEWCOMER)
    found = town.do("pool rebind complete", *old, by=NEWCOMER)
    assert found["new"] == town.address(NEWCOMER)
    seats = {each["account"]: each["seat"] for each in town.read("pool members")["members"]}
    assert seats[town.address(NEWCOMER)] == 7
    assert town.address(LOST) not in seats
    assert town.again("pool rebind complete", *old, by=NEWCOMER)["new"] == town.address(NEWCOMER)


def test_rebind__sent_by_anybody__takes_the_new_key_s_signature(town: Town) -> None:
    signed(town)
    error = town.refused("pool rebind start", *pair(town), by=RELAYER)
    assert "has not signed that it takes the seat" in error.message
    old = ("--old", town.address(LOST), *papers(town))
    town.sign("pool rebind accept", *old, by=NEWCOMER)
    town.do("pool rebind start", *pair(town), by=RELAYER)
    town.wait(days=7)
    town.do("pool rebind complete", *old, by=RELAYER)
    assert town.coop.governor.isMember(town.address(NEWCOMER))


def test_object__by_the_old_key__keeps_the_seat(town: Town) -> None:
    signed(town)
    town.do("pool rebind start", *pair(town), by=NEWCOMER)
    town.dry("pool rebind object", by=LOST)
    town.do("pool rebind object", by=LOST)
    town.again("pool rebind object", by=LOST)
    town.wait(days=7)
    old = ("--old", town.address(LOST), *papers(town))
    error = town.refused("pool rebind complete", *old, by=NEWCOMER)
    assert "nobody has asked for the seat" in error.message
    assert town.coop.governor.isMember(town.address(LOST))


def test_start__with_too_few_signatures__is_refused_by_the_contract(town: Town) -> None:
    error = town.refused("pool rebind start", *pair(town), by=NEWCOMER)
    assert "no member has signed it" in error.message
    town.sign("pool rebind sign", *pair(town), by=1)
    error = town.refused("pool rebind start", *pair(town), by=NEWCOMER)
    assert "admission: " in error.message


def test_sign__by_the_lost_key_a_stranger_or_for_a_member__is_refused(town: Town) -> None:
    error = town.refused_to_sign("pool rebind sign", *pair(town), by=LOST)
    assert "the lost key itself signs nothing" in error.message
    error = town.refused_to_sign("pool rebind sign", *pair(town), by=STRANGER)
    assert "is no member" in error.message
    taken = ("--old", town.address(LOST), "--new", town.address(6), *papers(town))
    assert "has a seat of its own" in town.refused_to_sign("pool rebind sign", *taken, by=1).message


def test_complete__signed_by_members_in_a_full_period__waits_for_the_next(town: Town) -> None:
    """One of seven may join in a period, and a seat that members move by signature counts."""
    signed(town)
    town.do("pool rebind start", *pair(town), by=NEWCOMER)
    town.enact("offer", "--candidate", town.address(STRANGER))
    town.do("pool join", by=STRANGER)
    town.wait(days=7)
    old = ("--old", town.address(LOST), *papers(town))
    error = town.refused("pool rebind complete", *old, by=NEWCOMER)
    assert "enough have joined in this period" in error.message
    assert "admission: " not in error.message
    town.wait(days=24)
    town.do("pool rebind complete", *old, by=NEWCOMER)
    assert town.coop.governor.isMember(town.address(NEWCOMER))
