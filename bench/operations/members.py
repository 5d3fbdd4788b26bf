# SPDX-License-Identifier: AGPL-3.0-only
"""Ways into a pool: by an offer of the members, or by their invitation."""

from collections.abc import Callable, Sequence

from bench.house import DAY, House
from bench.meter import Call, Meter
from bench.people import People, by_address
from millpond.chain import dev_time
from millpond.chain.answers import Address
from millpond.chain.coop import domain_of
from millpond.chain.governance import Action, Draft
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.typed_data import TypedData

ADMITTED = 100
EACH = 32
"""How many addresses one call of `offer` holds."""

Newcomer = tuple[Address, Callable[[TypedData], bytes]]
"""An account, and how it signs."""


def addresses(people: Sequence[LocalSigner]) -> list[Address]:
    """Of these people."""
    return [person.address for person in people]


def signing(people: Sequence[LocalSigner]) -> list[Newcomer]:
    """These people, each with her own key."""
    return [(person.address, person.sign_typed) for person in people]


def offers(house: House, accounts: Sequence[Address], text: str) -> Draft:
    """One proposal that offers membership to them all, in as many actions as it takes."""
    offer, until = house.coop.admission.offer, house.client.now() + 300 * DAY
    parts = [accounts[at : at + EACH] for at in range(0, len(accounts), EACH)]
    return Draft(tuple(Action.of(offer, part, until) for part in parts), text)


def seat(house: House, newcomers: Sequence[Newcomer]) -> None:
    """Whom the members made an offer: her signed acceptance is brought, as soon as she may join."""
    admission = house.coop.admission
    for account, sign in newcomers:
        if not admission.joins_left():
            dev_time.advance(house.client, house.params.ways.period)
        deadline = house.client.now() + DAY
        acceptance = typed_data.acceptance(
            domain_of(admission), candidate=account, times_joined=0, deadline=deadline
        )
        admission.accept_for.send(house.relayer, account, deadline, sign(acceptance))


def measure(meter: Meter, house: House, people: People) -> None:
    """The members vote; nothing is the first of its kind in the pool."""
    admission, voters = house.coop.admission, [*people.founders, people.joiners[0]]
    house.carry(offers(house, [people.joiners[0].address], "The first"), people.founders)
    seat(house, signing(people.joiners[:1]))
    one = offers(house, [people.offered.address], "Offer membership to one")
    meter.measure(
        "execute_offer_1",
        "a passed proposal; 4 members, all For",
        house.execute(house.ready(one, voters)),
        (admission, "MembershipOffered", 1),
    )
    meter.measure(
        "accept",
        "the candidate's own call; the checkpoint's word is not new (3 times of 4)",
        Call(people.offered, admission.accept, ()),
        (admission, "OfferAccepted", 1),
    )
    newcomers = people.joiners[1 : 1 + ADMITTED]
    hundred = offers(house, addresses(newcomers), "Offer membership to a hundred")
    meter.measure(
        "execute_offer_100",
        f"a passed proposal, 100 candidates in {len(hundred.actions)} actions; 5 members",
        house.execute(house.ready(hundred, voters)),
        (admission, "MembershipOffered", ADMITTED),
    )
    meter.prepare("a hundred newcomers accept")
    seat(house, signing(newcomers))
    dev_time.advance(house.client, DAY)
    _invited(house, people, people.joiners[1 + ADMITTED]).send()
    meter.measure(
        "join",
        "the candidate's own call with 3 members' invitations; later in its period",
        _invited(house, people, people.candidate),
        (admission, "JoinedByInvitation", 1),
    )


def _invited(house: House, people: People, candidate: LocalSigner) -> Call:
    """Whoever has no ETH lets the relayer bring her signed acceptance."""
    admission_, sponsors = house.coop.admission, by_address(people.founders)
    domain, deadline = domain_of(admission_), house.client.now() + DAY
    invitations = [
        who.sign_typed(
            typed_data.invitation(
                domain,
                candidate=candidate.address,
                times_joined=0,
                sponsor=who.address,
                deadline=deadline,
            )
        )
        for who in sponsors
    ]
    comes_herself = candidate is people.candidate
    acceptance = typed_data.acceptance(
        domain, candidate=candidate.address, times_joined=0, deadline=deadline
    )
    signed = b"" if comes_herself else candidate.sign_typed(acceptance)
    words = (candidate.address, deadline, addresses(sponsors), invitations, signed)
    return Call(candidate if comes_herself else people.relayer, admission_.join, words)
