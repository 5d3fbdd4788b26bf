# SPDX-License-Identifier: AGPL-3.0-only
"""Money that comes in, and money that goes back to its patrons."""

from bench.house import DAY, House
from bench.meter import Call, Meter
from bench.operations.deployment import Site
from bench.people import People
from bench.permits import permit
from millpond.chain import dev_time
from millpond.chain.contracts import Contract
from millpond.chain.coop import ETH
from millpond.chain.governance import Draft
from millpond.chain.signers import LocalSigner

OPEN, RESTRICTED = 1, 2
"""The earmarks: one that members spend by vote, one that only the distributor spends."""
WEI, UNITS = 1_234_567_890_123_456_789, 1_234_567_891
UNLIMITED = 2**256 - 1
DOLLARS_EACH = 10**15
LATER = "to an earmark that members spend, which has had a gift of this asset before"


def measure(meter: Meter, site: Site, house: House, people: People) -> None:
    """Every gift is a later one: patron and earmark have had a gift of this asset before."""
    pool, dollar, voters = house.coop.pool, site.dollar, people.founders
    house.carry(Draft((house.plain_opening(OPEN),), "Open the garden's earmark"), voters)
    for patron in (people.patron, people.second_patron):
        dollar.mint.send(patron, patron.address, DOLLARS_EACH)
        _allow(house, dollar, patron, UNLIMITED)
    _plain(meter, house, dollar, people)
    _permitted(meter, house, dollar, people)
    deadline = house.client.now() + 60 * DAY
    house.carry(
        Draft((house.opening(RESTRICTED, site.asset, deadline),), "Open the earmark cred"), voters
    )
    _gift(house, people.patron, dollar, RESTRICTED).send()
    _gift(house, people.second_patron, dollar, RESTRICTED).send()
    meter.measure(
        "give_erc20_restricted",
        "as give_erc20, to a restricted earmark, where it is kept what each patron gave",
        _gift(house, people.patron, dollar, RESTRICTED),
        (pool, "Given", 1),
    )
    dev_time.advance_to(house.client, deadline)
    _reclaim(house, people.second_patron, dollar).send()
    meter.measure(
        "reclaim",
        "ERC-20, after the deadline of a restricted earmark; another patron has reclaimed before",
        _reclaim(house, people.patron, dollar),
        (pool, "Reclaimed", 1),
        (pool, "Owed", 0),
    )


def _plain(meter: Meter, house: House, dollar: Contract, people: People) -> None:
    pool, patron = house.coop.pool, people.patron
    ether = Call(patron, pool.give, (OPEN, ETH, WEI, ""), WEI)
    ether.send()
    meter.measure("give_eth", f"{LATER}, no note", ether, (pool, "Given", 1))
    token = _gift(house, patron, dollar, OPEN)
    token.send()
    meter.measure(
        "give_erc20",
        f"{LATER}, no note; unlimited allowance",
        token,
        (pool, "Given", 1),
    )
    _allow(house, dollar, patron, 3 * UNITS)
    meter.measure(
        "give_erc20_finite",
        "as give_erc20; an allowance of which something is left",
        token,
        (pool, "Given", 1),
    )
    _allow(house, dollar, patron, UNITS)
    meter.measure(
        "give_erc20_exact",
        "as give_erc20; an allowance of exactly the gift, used up by it",
        token,
        (pool, "Given", 1),
    )


def _permitted(meter: Meter, house: House, dollar: Contract, people: People) -> None:
    pool, patron = house.coop.pool, people.second_patron
    _allow(house, dollar, patron, 0)
    for measured in (False, True):
        deadline = house.client.now() + DAY
        signed = permit(dollar, patron, pool.address, UNITS, deadline)
        words = (OPEN, dollar.address, UNITS, "", False, deadline, *signed)
        call = Call(patron, pool.give_with_permit, words)
        if measured:
            meter.measure(
                "give_with_permit",
                "as give_erc20; a permit of exactly the gift, not the patron's first",
                call,
                (pool, "Given", 1),
            )
        else:
            call.send()
    _allow(house, dollar, patron, UNLIMITED)
    _allow(house, dollar, people.patron, UNLIMITED)


def _gift(house: House, patron: LocalSigner, dollar: Contract, earmark: int) -> Call:
    return Call(patron, house.coop.pool.give, (earmark, dollar.address, UNITS, ""))


def _reclaim(house: House, patron: LocalSigner, dollar: Contract) -> Call:
    return Call(patron, house.coop.pool.reclaim, (RESTRICTED, dollar.address))


def _allow(house: House, dollar: Contract, patron: LocalSigner, amount: int) -> None:
    dollar.approve.send(patron, house.coop.pool.address, amount)
