# SPDX-License-Identifier: AGPL-3.0-only
"""Protocol Guild's weights: five teams declared a total that their members do not add up to.

Each team is a distribution of its own. The numbers are the guild's; the members have no addresses
there, so each gets one made from the places of team and member. A weight of 1 is 1,000,000 cred.
"""

import json
from decimal import Decimal
from typing import Any

import pytest
from eth_utils.crypto import keccak

from millpond.core import canonical
from millpond.core.distribution import Distribution, to_json, verify
from millpond.core.errors import DocumentError
from tests.contracts.coop import Coop
from tests.contracts.evm import Evm, Reverted
from tests.rounds.published import Round, guild_teams, merged
from tests.rounds.replay import Replay, document_of

UNIT = 10**6
# place in the file: the declared total and the sum, both by hand.
WRONG = {
    0: ("5.5", "4.5"),  #   0.5 + 4 * 1
    4: ("4", "2"),  #       2 * 1
    7: ("5", "6"),  #       6 * 1
    17: ("14.5", "13.5"),  # 10 * 1 + 7 * 0.5
    18: ("8", "4"),  #      4 * 1
}


def cred(weight: str) -> int:
    """A weight as micro-cred."""
    found = Decimal(weight) * UNIT
    assert found == int(found)
    return int(found)


def team(place: int) -> Round:
    """A team's members and their weights, at addresses of our own making."""
    weights = guild_teams()[place]["members"]
    rows = [
        ("0x" + keccak(text=f"guild team {place} member {number}")[12:].hex(), cred(weight))
        for number, weight in enumerate(weights)
    ]
    return merged(f"team {place}", rows)


def declared(place: int) -> int:
    """The total that the team declared, as micro-cred."""
    return cred(guild_teams()[place]["declared"])


def with_total(document: Distribution, total: int) -> bytes:
    """The same document with another total, in canonical bytes."""
    found: dict[str, Any] = json.loads(to_json(document))
    return canonical.encode(found | {"total": str(total)})


def test_weights__of_the_guild__are_the_numbers_that_we_took() -> None:
    teams = guild_teams()
    assert (len(teams), sum(len(each["members"]) for each in teams)) == (29, 190)
    differing = {
        place: (each["declared"], str(sum(map(Decimal, each["members"]))))
        for place, each in enumerate(teams)
        if sum(map(Decimal, each["members"])) != Decimal(each["declared"])
    }
    assert differing == WRONG


def test_document__declared_total_that_does_not_re_add__is_refused_at_the_total(evm: Evm) -> None:
    coop = Coop(evm)
    refused = {}
    for place in range(len(guild_teams())):
        document = document_of(coop, team(place))
        assert document.total == team(place).total
        data = with_total(document, declared(place))
        try:
            verify(data)
        except DocumentError as error:
            refused[place] = error.step, error.message
    assert refused == {
        place: ("total", f"the leaves add up to {cred(added)}, the total says {cred(said)}")
        for place, (said, added) in WRONG.items()
    }


@pytest.mark.parametrize("place", WRONG)
def test_contract__posted_with_the_declared_total__pays_nobody(place: int) -> None:
    """Maintainers who sign it all the same gain nothing by it: no list and no proof ends in it."""
    published = team(place)
    replay = Replay(published, published.total, declared_total=declared(place))
    assert replay.terms.total_cred == declared(place) != replay.document.total
    with pytest.raises(Reverted, match="distributor: not the full list"):
        replay.payday()
    for subject, _ in replay.document.leaves:
        with pytest.raises(Reverted, match="distributor: wrong proof"):
            replay.claim(subject)
    assert replay.received() == {}
    assert replay.left()["paid"] == 0
