# SPDX-License-Identifier: AGPL-3.0-only
"""T54: the chain splits, and what was signed on one side is brought to the other.

Who and what for: a relayer on the side that goes on under another chain id, with the ballots of
the side on which people voted.
In the world: Ethereum's splits of 2016 and 2022; SlowMist's finding N1 on Coordinape (a domain
computed once, at deployment).
The defence: the domain is computed in each call, from the chain id of the moment
(`signatures._domain_separator`); a command works only on the chain whose id and first block are on
record (`chain/deployments.py`).
"""

import json

import pytest

from millpond.core import typed_data
from tests.attacks import scripts_weak
from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts.coop import FOR, Coop, Proposal
from tests.contracts.evm import Evm
from tests.contracts.grains import permit_data, vrs
from tests.scripts.town import PATRON, Town

FORK = 7331


def begun(evm: Evm) -> tuple[Coop, Proposal]:
    """The same history on every chain."""
    coop = Coop(evm)
    return coop, coop.opened((coop.patron, 0, b""))


def votes_on_the_other_side(evm: Evm) -> Outcome:
    """`won` are the ballots that count on the fork, where nobody has signed anything."""
    (here, proposal), (there, same) = begun(evm), begun(Evm(FORK))
    assert (here.governor.address, proposal) == (there.governor.address, same)
    voter = here.founders[0]
    domain = typed_data.Domain(*here.governor.eip712Domain()[3:5])
    signature = voter.sign(here.oz_ballot(proposal, voter, FOR, domain=domain))
    cast = there.governor.castVoteBySig
    refused = strike(there.evm, cast, same.id, FOR, voter, signature, sender=there.relayer)
    return Outcome(refused, there.governor.proposalVotes(same.id)[FOR])


def test_castvotebysig__signed_on_the_other_side__is_refused() -> None:
    shipped, weak = on_both(votes_on_the_other_side, GULLIBLE)
    assert shipped == ("governor: not signed by her", 0)
    assert weak == ("", 1)


def test_permit__signed_on_the_other_side__is_refused() -> None:
    here, there = Coop(Evm()), Coop(Evm(FORK))
    owner, spender = here.evm.actor("owner"), here.evm.actor("spender")
    there.evm.actor("owner")
    signed = vrs(owner.sign(permit_data(here.grain, owner, spender, 5, name="Mill Grain")))
    arguments = (owner, spender, 5, here.evm.now, *signed)
    with there.evm.reverts("grain: not the owner's signature"):
        there.grain.permit(*arguments, sender=there.relayer)
    here.grain.permit(*arguments, sender=here.relayer)


def test_domains__of_every_contract__name_the_chain_of_the_moment() -> None:
    for chain_id in (1, FORK):
        coop = Coop(Evm(chain_id))
        for part in (coop.governor, coop.admission, coop.distributor, coop.identity, coop.grain):
            assert part.eip712Domain()[3:5] == (chain_id, part.address)


# --- commands -----------------------------------------------------------------------------------


def recorded_as(town: Town, **other: object) -> None:
    """The record of deployment is of another chain in this."""
    path = town.stage.folder / "deployments" / "1337.json"
    text = json.dumps(json.loads(path.read_bytes()) | other, sort_keys=True, separators=(",", ":"))
    path.write_text(text + "\n", "utf-8")


GIFT = ("pool give", "--earmark", "0", "--amount", "1")


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)
def test_command__with_the_record_of_the_other_side__sends_nothing(town: Town) -> None:
    """The chain has the same id, the pool the same address, and the first block is another."""
    recorded_as(town, genesis_hash="0x" + "11" * 32)
    assert town.refused(*GIFT, by=PATRON).name == "WrongChain"
    with scripts_weak.weakened(scripts_weak.ANY_HISTORY):
        assert town.do(*GIFT, by=PATRON)["sent"] is True
    recorded_as(town, chain_id="1338")
    assert town.refused(*GIFT, "--again", by=PATRON).name == "WrongChain"
