# SPDX-License-Identifier: AGPL-3.0-only
"""T33: garbage is nobody's signature, and nobody has a seat.

Who and what for: whoever makes a co-op with the zero address among its founders: where ecrecover
answers zero for garbage, anybody would vote for that seat.
In the world: a dozen audits of "recovered == owner" with an owner that was never set; Nomad
(2022), whose unset root was good for every message.
The defence: the zero address never signs (`signatures._is_signed_by`,
`casting.vote_by_signatures`) and never has a seat (`members._admit`). There are two, so the
weakened copy lacks both.
"""

from typing import Any

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts.coop import FOR, ZERO, Coop, choice
from tests.contracts.evm import Evm

GARBAGE = [bytes(65), b"\x07" * 65, b"\x07" * 64 + b"\x1b", bytes(64), b""]


def votes_for_nobody(evm: Evm) -> Outcome:
    """A co-op with a seat that has no owner, or else one without."""
    coop = Coop(evm)
    order = coop.order("void", founders=[*coop.founders, ZERO])
    governors: list[Any] = [coop.governor]
    refused = strike(evm, lambda: governors.append(made(coop, order)))
    governor = coop.governor.at(governors[-1])
    evm.warp(1)
    proposal_id = governor.propose([ZERO], [0], [b""], "x", sender=coop.founders[0])
    evm.warp(3 * 86_400)
    cast = governor.castVoteBySig
    garbage = strike(evm, cast, proposal_id, FOR, ZERO, b"\x07" * 65, sender=coop.relayer)
    return Outcome(refused or garbage, governor.proposalVotes(proposal_id)[FOR])


def made(coop: Coop, order: list[Any]) -> Any:
    """The Governor of a new co-op."""
    return coop.hub.create_pool(*order, sender=coop.relayer).governor


def test_create_pool__nobody_among_the_founders__is_refused() -> None:
    shipped, weak = on_both(votes_for_nobody, GULLIBLE)
    assert shipped == ("members: the zero address", 0)
    assert weak == ("", 1)


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage__for_nobody_or_for_a_member__is_no_signature(garbage: bytes) -> None:
    evm = Evm()
    coop = Coop(evm)
    proposal = coop.opened((coop.patron, 0, b""))
    for voter in (ZERO, coop.founders[0], coop.relayer):
        with evm.reverts("governor: not signed by her"):
            arguments = (proposal.id, FOR, voter, garbage)
            coop.governor.castVoteBySig(*arguments, sender=coop.relayer)
        words = [choice(voter, FOR), *(int.from_bytes(garbage[n : n + 32]) for n in (0, 32))]
        assert coop.carry(proposal, words) == 0
    offer = coop.passed(coop.offering(ZERO), text="nobody")
    with evm.reverts("admission: no offer to the zero address"):
        coop.execute(offer)
