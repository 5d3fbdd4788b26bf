# SPDX-License-Identifier: AGPL-3.0-only
"""Ways into a pool: admitted by vote, or invited by members."""

from collections.abc import Sequence

from bench.house import DAY, House
from bench.meter import Call, Meter
from bench.people import People, by_address
from millpond.chain import dev_time
from millpond.chain.answers import Address
from millpond.chain.coop import domain_of
from millpond.chain.governance import MAX_CALL, Action, Draft
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data

ADMITTED = 100
EACH = min(64, (MAX_CALL - 4 - 2 * 32) // 32)
"""How many addresses one call of `admit` holds: its list ends at 64, an action at 2,048 bytes."""


def addresses(people: Sequence[LocalSigner]) -> list[Address]:
    """Of these people."""
    return [person.address for person in people]


def admission(house: House, accounts: Sequence[Address], text: str) -> Draft:
    """One proposal that admits them all, in as many actions as it takes."""
    parts = [accounts[at : at + EACH] for at in range(0, len(accounts), EACH)]
    return Draft(tuple(Action.of(house.coop.governor.admit, part) for part in parts), text)


def measure(meter: Meter, house: House, people: People) -> None:
    """Three founders vote; the word of checkpoints has been begun each time."""
    governor, voters = house.coop.governor, people.founders
    one = admission(house, addresses(people.joiners[:1]), "Admit one")
    meter.measure(
        "execute_admit_1",
        "a passed proposal; 3 members, all For; the checkpoint's word is not new (3 times of 4)",
        house.execute(house.ready(one, voters)),
        (governor, "MemberAdmitted", 1),
    )
    newcomers = addresses(people.joiners[1 : 1 + ADMITTED])
    hundred = admission(house, newcomers, "Admit a hundred")
    meter.measure(
        "execute_admit_100",
        f"the same, 100 newcomers in {len(hundred.actions)} actions of at most {EACH}; 4 members",
        house.execute(house.ready(hundred, [*voters, people.joiners[0]])),
        (governor, "MemberAdmitted", ADMITTED),
    )
    dev_time.advance(house.client, DAY)
    _invited(house, people, people.joiners[1 + ADMITTED]).send()
    meter.measure(
        "join",
        "the candidate's own call with 3 members' invitations; later in its period",
        _invited(house, people, people.candidate),
        (house.coop.admission, "JoinedByInvitation", 1),
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
