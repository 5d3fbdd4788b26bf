# SPDX-License-Identifier: AGPL-3.0-only
"""What the Admission does beside letting in: buy-ins and their refund, another key for a seat."""

from bench.house import DAY, House, creation, parameters
from bench.meter import Call, Meter
from bench.operations.deployment import Site
from bench.operations.members import addresses, offers
from bench.people import People, by_address
from millpond.chain import dev_time
from millpond.chain.abi import Param, encode_values
from millpond.chain.coop import ETH, domain_of
from millpond.chain.governance import Action, Draft
from millpond.core import typed_data
from millpond.core.canonical import keccak256

BUY_IN = 10**17
TERMS = (Param("asset", "address", (), False), Param("amount", "uint256", (), False))


def measure(meter: Meter, site: Site, people: People) -> None:
    """A pool of three asks a buy-in of 0.1 ETH; two have paid before; a founder loses her key."""
    house, voters = _founded(site, people), people.founders
    admission = house.coop.admission
    house.carry(Draft((_opening(house),), "Ask a buy-in"), voters)
    house.carry(offers(house, addresses(people.buyers), "Offer membership to three"), voters)
    for buyer in people.buyers[:2]:
        Call(buyer, admission.accept, (), BUY_IN).send()
    meter.measure(
        "accept_buy_in",
        "the candidate's own call with a buy-in in ETH; two have paid before",
        Call(people.buyers[2], admission.accept, (), BUY_IN),
        (admission, "BuyInPaid", 1),
    )
    meter.measure(
        "leave_refund",
        "a member's own call; her buy-in in ETH comes back in it",
        Call(people.buyers[2], admission.leave, ()),
        (admission, "BuyInRefunded", 1),
    )
    _rebind(meter, house, people)


def _founded(site: Site, people: People) -> House:
    params = parameters("with-buy-ins", people.founders, {})
    creator = people.founders[0]
    receipt = creation(site.hub, creator, params).send()
    return House.made(site.record, site.hub, receipt, params, creator, people.relayer)


def _opening(house: House) -> Action:
    pool, admission = house.coop.pool, house.coop.admission
    purpose = "https://credsperiment.example/earmarks/buy-ins"
    number, terms = pool.earmark_count() + 1, encode_values(TERMS, [ETH, BUY_IN], "the buy-in")
    words = (number, purpose, keccak256(purpose.encode()), admission.address, False, 0, terms)
    return Action.of(pool.open_earmark, *words)


def _rebind(meter: Meter, house: House, people: People) -> None:
    admission, (old, *others) = house.coop.admission, people.founders
    sponsors, deadline = by_address([*others, people.buyers[0]]), house.client.now() + 3 * DAY
    dev_time.advance(house.client, DAY)
    signed = [
        who.sign_typed(
            typed_data.rebinding(
                domain_of(admission),
                old=old.address,
                new=people.new_key.address,
                sponsor=who.address,
                deadline=deadline,
            )
        )
        for who in sponsors
    ]
    words = (old.address, people.new_key.address, deadline, addresses(sponsors), signed, b"")
    meter.measure(
        "rebind_by_sponsors",
        "the new key's own call with 3 members' signatures",
        Call(people.new_key, admission.rebind_by_sponsors, words),
        (admission, "RebindAsked", 1),
    )
    dev_time.advance(house.client, 7 * DAY)
    meter.measure(
        "complete_rebind",
        "the new key's own call, seven days later",
        Call(people.new_key, admission.complete_rebind, (old.address, 0, b"")),
        (house.coop.governor, "MemberRebound", 1),
    )
