# SPDX-License-Identifier: AGPL-3.0-only
"""A Pool's beginning, its earmarks and their terms, progress reports, and the lapse."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.evm import ETH, Actor, Contract, Evm, Log
from tests.contracts.pools import DAY, PURPOSE, ZERO, House, names

TEN_YEARS = 3_653 * DAY
LAPSE = 400 * DAY


# --- setup -----------------------------------------------------------------------------------


def test_setup__by_the_hub__names_governor_and_grain(evm: Evm) -> None:
    hub, governor, grain = evm.actor("hub"), evm.actor("governor"), evm.actor("grain")
    pool = evm.clone("Pool", [hub])
    assert (pool.hub(), pool.governor(), pool.grain()) == (hub.address, ZERO, ZERO)
    pool.setup(governor, grain, sender=hub)
    assert (pool.governor(), pool.grain()) == (governor.address, grain.address)
    assert pool.earmark_count() == 0


def test_setup__by_others__is_refused(evm: Evm, outsider: Actor) -> None:
    pool = evm.clone("Pool", [evm.actor("hub")])
    with evm.reverts("pool: not the Hub"):
        pool.setup(outsider, outsider, sender=outsider)


def test_setup__twice__is_refused(house: House) -> None:
    with house.evm.reverts("pool: set up already"):
        house.pool.setup(house.governor, house.grain, sender=house.hub)


@pytest.mark.parametrize("missing", [0, 1])
def test_setup__zero_part__is_refused(evm: Evm, missing: int) -> None:
    hub = evm.actor("hub")
    pool = evm.clone("Pool", [hub])
    parts = [evm.actor("governor").address, evm.actor("grain").address]
    parts[missing] = ZERO
    with evm.reverts("pool: part is missing"):
        pool.setup(*parts, sender=hub)


def test_setup__of_the_bare_implementation__is_refused(evm: Evm, outsider: Actor) -> None:
    # It carries no addresses: what stands where a clone has its Hub are bytes of its own code.
    bare = evm.implementation("Pool")
    assert bare.hub()[2:].lower() == evm.code(bare)[45:65].hex()
    with evm.reverts("pool: not the Hub"):
        bare.setup(outsider, outsider, sender=outsider)


def test_governor_functions__before_setup__serve_nobody(evm: Evm, outsider: Actor) -> None:
    pool = evm.clone("Pool", [evm.actor("hub")])
    pool.give(0, ETH, 5, "", sender=outsider, value=5)
    with evm.reverts("pool: only the Governor"):
        pool.spend(0, ETH, outsider, 5, sender=outsider)


# --- open_earmark ----------------------------------------------------------------------------


def test_open_earmark__plain__has_its_terms_and_event(house: House) -> None:
    number = house.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"", sender=house.governor)
    assert number == house.pool.earmark_count() == 1
    assert house.evm.logs == [
        Log(
            "EarmarkOpened",
            {
                "earmark_id": 1,
                "spender": ZERO,
                "uri": PURPOSE[0],
                "purpose_hash": PURPOSE[1],
                "restricted": False,
                "deadline": 0,
                "params": b"",
            },
            house.pool.address,
        )
    ]
    assert house.pool.earmark(1) == (ZERO, False, 0, house.evm.now)


def test_open_earmark__restricted__tells_the_spender(house: House) -> None:
    house.open()
    spender = house.spender()
    house.governor.add_hub_part(spender, sender=house.hub)
    deadline = house.evm.now + 30 * DAY
    params = b"p" * 512
    terms = (2, *PURPOSE, spender, True, deadline, params)
    assert house.pool.open_earmark(*terms, sender=house.governor) == 2
    assert names(house.evm.logs) == ["EarmarkOpened", "Opened"]
    opened = house.evm.logs[0].args
    assert (opened["spender"], opened["restricted"]) == (spender.address, True)
    assert (opened["deadline"], opened["params"]) == (deadline, params)
    assert house.evm.logs[1].args == {"earmark_id": 2, "params": params}
    assert house.pool.earmark(2) == (spender.address, True, deadline, house.evm.now)


def test_open_earmark__unrestricted_spender__need_not_be_a_hub_part(house: House) -> None:
    spender = house.spender()
    house.governor.add_part(spender, sender=house.hub)
    assert house.open(spender) == 1
    assert house.governor.is_hub_part(spender) is False
    assert house.pool.earmark(1).spender == spender.address
    assert house.pool.earmark(1).restricted is False


def test_open_earmark__spender_reads_the_pool__sees_the_new_terms(house: House) -> None:
    spender = house.spender()
    spender.call_back(house.pool, house.pool.calldata("earmark", 1), sender=house.hub)
    house.open(spender)
    assert names(house.evm.logs) == ["EarmarkOpened", "CalledBack", "Opened"]
    called = house.evm.logs[1].args
    assert called["ok"] is True
    assert called["answer"][:32] == bytes(12) + bytes.fromhex(spender.address[2:])


def test_open_earmark__calldata__has_the_spender_where_the_governor_looks(house: House) -> None:
    terms = (1, *PURPOSE, house.payee, True, 7, b"params")
    data = house.pool.calldata("open_earmark", *terms)
    assert data[4 + 32 * 3 :][:32] == bytes(12) + bytes.fromhex(house.payee.address[2:])


@dataclass(frozen=True)
class Making:
    """A pool that its Hub has not set up, and what it is about to be made of."""

    evm: Evm
    hub: Contract
    pool: Contract
    governor: Contract
    spender: Contract

    def make(self, *opened: tuple[Any, bool]) -> None:
        """Set it up and open earmarks for these spenders, restricted or not, at once."""
        calls = [self.pool.calldata("setup", self.governor, self.evm.reader)]
        for number, (spender, restricted) in enumerate(opened, 1):
            terms = (number, *PURPOSE, spender, restricted, 0, b"asset")
            calls.append(self.pool.calldata("open_earmark", *terms))
        self.hub.act_often(self.pool, calls, sender=self.evm.deployer)


@pytest.fixture
def making(evm: Evm) -> Making:
    hub, governor, spender = (
        evm.deploy(name) for name in ("MockHub", "MockGovernor", "MockSpender")
    )
    governor.add_hub_part(spender, sender=evm.deployer)
    return Making(evm, hub, evm.clone("Pool", [hub]), governor, spender)


def test_open_earmark__by_the_hub_while_it_makes_the_pool__is_the_first(making: Making) -> None:
    making.make((making.spender, False))
    assert names(making.evm.logs) == ["EarmarkOpened", "Opened"]
    assert making.evm.logs[1].args == {"earmark_id": 1, "params": b"asset"}
    assert making.pool.earmark(1) == (making.spender.address, False, 0, making.evm.now)
    with making.evm.reverts("pool: only the Governor"):
        making.pool.open_earmark(2, *PURPOSE, ZERO, False, 0, b"", sender=making.hub)


def test_open_earmark__by_the_hub_twice_or_for_a_stranger__is_refused(making: Making) -> None:
    stranger = making.evm.deploy("MockSpender")
    with making.evm.reverts("pool: only the Governor"):
        making.make((ZERO, False), (ZERO, False))
    with making.evm.reverts("pool: spender is no part"):
        making.make((stranger, False))
    with making.evm.reverts("pool: restricted needs a Hub part"):
        making.make((stranger, True))


def test_open_earmark__by_the_hub_in_a_later_transaction__is_refused(making: Making) -> None:
    making.make()
    with making.evm.reverts("pool: only the Governor"):
        making.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"", sender=making.hub)


def test_open_earmark__by_the_hub_before_it_set_the_pool_up__is_refused(making: Making) -> None:
    with making.evm.reverts("pool: only the Governor"):
        making.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"", sender=making.hub)


def test_open_earmark__wrong_number__is_refused(house: House) -> None:
    for number in (0, 2):
        with house.evm.reverts("pool: not the next earmark"):
            house.pool.open_earmark(number, *PURPOSE, ZERO, False, 0, b"", sender=house.governor)
    house.open()
    with house.evm.reverts("pool: not the next earmark"):
        house.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"", sender=house.governor)


def test_open_earmark__by_others__is_refused(house: House, outsider: Actor) -> None:
    for caller in (outsider, house.hub, house.patron):
        with house.evm.reverts("pool: only the Governor"):
            house.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"", sender=caller)


@pytest.mark.parametrize("offset", [0, -1, -DAY])
def test_open_earmark__deadline_is_over__is_refused(house: House, offset: int) -> None:
    deadline = house.evm.now + offset
    with house.evm.reverts("pool: deadline has passed"):
        house.pool.open_earmark(1, *PURPOSE, ZERO, False, deadline, b"", sender=house.governor)


def test_open_earmark__deadline_next_second_and_ten_years__are_taken(house: House) -> None:
    assert house.pool.earmark(house.open(deadline=house.evm.now + 1)).deadline == house.evm.now + 1
    last = house.evm.now + TEN_YEARS
    assert house.pool.earmark(house.open(deadline=last)).deadline == last


@pytest.mark.parametrize("deadline", [0, 1_700_000_000_000, 2**256 - 1])
def test_open_earmark__deadline_too_far__is_refused(house: House, deadline: int) -> None:
    until = deadline or house.evm.now + TEN_YEARS + 1
    with house.evm.reverts("pool: deadline over ten years off"):
        house.pool.open_earmark(1, *PURPOSE, ZERO, False, until, b"", sender=house.governor)


def test_open_earmark__restricted_without_hub_part__is_refused(house: House) -> None:
    installed = house.spender()
    house.governor.add_part(installed, sender=house.hub)
    for spender in (house.spender(), installed, ZERO, house.payee):
        with house.evm.reverts("pool: restricted needs a Hub part"):
            house.pool.open_earmark(1, *PURPOSE, spender, True, 0, b"", sender=house.governor)


def test_open_earmark__spender_is_no_part__is_refused(house: House) -> None:
    """Whatever the members spend by vote could otherwise be spent by anybody's contract, and a
    call to that contract would take no more than an ordinary vote."""
    for spender in (house.spender(), house.payee, house.pool, house.governor):
        with house.evm.reverts("pool: spender is no part"):
            house.pool.open_earmark(1, *PURPOSE, spender, False, 0, b"", sender=house.governor)


def test_open_earmark__part_that_lost_its_code__is_refused(house: House) -> None:
    house.governor.add_part(house.payee, sender=house.hub)
    with house.evm.reverts(""):
        house.pool.open_earmark(1, *PURPOSE, house.payee, False, 0, b"", sender=house.governor)


def test_open_earmark__spender_refuses__is_refused_as_a_whole(house: House) -> None:
    spender = house.spender()
    house.governor.add_part(spender, sender=house.hub)
    spender.refuse_terms(True, sender=house.hub)
    with house.evm.reverts("mock spender: not on these terms"):
        house.pool.open_earmark(1, *PURPOSE, spender, False, 0, b"", sender=house.governor)


def test_open_earmark__params_too_long__is_refused(house: House) -> None:
    with house.evm.reverts(""):
        house.pool.open_earmark(1, *PURPOSE, ZERO, False, 0, b"p" * 513, sender=house.governor)


def test_earmark__general_fund__is_all_zero(house: House) -> None:
    assert house.pool.earmark(0) == (ZERO, False, 0, 0)


def test_earmark_and_reclaimable__unknown__are_refused(house: House) -> None:
    house.open()
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.earmark(2)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.reclaimable(2, ETH, house.patron)


# --- update ----------------------------------------------------------------------------------


def test_update__by_member_spender_and_governor__is_an_event(house: House) -> None:
    spender = house.spender()
    earmark = house.open(spender)
    house.governor.admit(house.friend, sender=house.hub)
    for author in (house.friend, spender, house.governor):
        house.pool.update(earmark, "ipfs://report", b"\x07" * 32, sender=author)
        assert house.evm.logs == [
            Log(
                "Updated",
                {
                    "earmark_id": earmark,
                    "author": author.address,
                    "uri": "ipfs://report",
                    "content_hash": b"\x07" * 32,
                },
                house.pool.address,
            )
        ]


def test_update__general_fund__by_a_member(house: House) -> None:
    house.governor.admit(house.friend, sender=house.hub)
    house.pool.update(0, "", bytes(32), sender=house.friend)
    assert names(house.evm.logs) == ["Updated"]


def test_update__by_others__is_refused(house: House, outsider: Actor) -> None:
    earmark = house.open(house.spender())
    other_spender = house.spender()
    house.open(other_spender)
    for author in (outsider, house.patron, other_spender):
        with house.evm.reverts("pool: only members report"):
            house.pool.update(earmark, "x", bytes(32), sender=author)


def test_update__unknown_earmark__is_refused(house: House) -> None:
    house.governor.admit(house.friend, sender=house.hub)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.update(1, "x", bytes(32), sender=house.friend)


# --- lapse -----------------------------------------------------------------------------------


def test_lapse__after_400_days__ends_the_earmark(house: House, outsider: Actor) -> None:
    opened = house.evm.now
    earmark = house.open(house.spender(), restricted=True)
    house.evm.warp(LAPSE)
    house.give(earmark, ETH, 5)  # gifts do not stop the clock
    house.pool.lapse(earmark, sender=outsider)
    assert house.evm.logs == [Log("Lapsed", {"earmark_id": earmark}, house.pool.address)]
    terms = house.pool.earmark(earmark)
    assert (terms.deadline, terms.last_reserve, terms.restricted) == (opened + LAPSE, opened, True)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.give(earmark, ETH, 5, "", sender=house.patron, value=5)
    assert house.pool.reclaimable(earmark, ETH, house.patron) == 5


def test_lapse__a_second_early__is_refused(house: House, outsider: Actor) -> None:
    earmark = house.open(house.spender(), restricted=True)
    house.evm.warp(LAPSE - 1)
    with house.evm.reverts("pool: too early to lapse"):
        house.pool.lapse(earmark, sender=outsider)


def test_lapse__a_reserve_starts_the_clock_again(house: House, outsider: Actor) -> None:
    spender = house.spender()
    earmark = house.open(spender, restricted=True)
    house.give(earmark, ETH, 5)
    house.evm.warp(LAPSE - 1)
    house.pool.reserve(earmark, ETH, 1, sender=spender)
    reserved_at = house.evm.now
    assert house.pool.earmark(earmark).last_reserve == reserved_at
    house.evm.warp(LAPSE - 1)
    with house.evm.reverts("pool: too early to lapse"):
        house.pool.lapse(earmark, sender=outsider)
    house.evm.warp(1)
    house.pool.lapse(earmark, sender=outsider)
    assert house.pool.earmark(earmark).deadline == reserved_at + LAPSE


def test_lapse__not_restricted_or_with_a_deadline__is_refused(
    house: House, outsider: Actor
) -> None:
    plain = house.open(house.spender())
    ending = house.open(house.spender(), restricted=True, deadline=house.evm.now + 2 * LAPSE)
    house.evm.warp(LAPSE)
    for earmark in (0, plain, ending):
        with house.evm.reverts("pool: this earmark cannot lapse"):
            house.pool.lapse(earmark, sender=outsider)


def test_lapse__twice__is_refused(house: House, outsider: Actor) -> None:
    earmark = house.open(house.spender(), restricted=True)
    house.evm.warp(LAPSE)
    house.pool.lapse(earmark, sender=outsider)
    with house.evm.reverts("pool: this earmark cannot lapse"):
        house.pool.lapse(earmark, sender=outsider)


def test_lapse__unknown_earmark__is_refused(house: House, outsider: Actor) -> None:
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.lapse(1, sender=outsider)


@pytest.mark.parametrize("restricted", [False, True])
def test_earmark__opened_and_used_at_uneven_seconds__says_them(
    house: House, restricted: bool
) -> None:
    """Its times stand in one word with its spender and its flags."""
    evm, spender = house.evm, house.spender()
    evm.warp(1 - evm.now % 2)
    deadline = evm.now + 2 * DAY
    number = house.open(spender, restricted=restricted, deadline=deadline)
    terms = (spender.address, restricted, deadline, evm.now)
    assert tuple(house.pool.earmark(number)) == terms
    house.give(number, ETH, 10)
    evm.warp(2)
    house.pool.reserve(number, ETH, 1, sender=spender)
    assert tuple(house.pool.earmark(number)) == (*terms[:3], evm.now)
    evm.warp_to(deadline - 1)
    house.give(number, ETH, 10)
    evm.warp(1)
    with evm.reverts("pool: earmark has ended"):
        house.pool.give(number, ETH, 10, "", sender=house.patron, value=10)
