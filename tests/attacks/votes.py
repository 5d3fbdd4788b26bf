# SPDX-License-Identifier: AGPL-3.0-only
"""What the attacks on members, votes and signatures share: a co-op with money in it, and how to
see whether a thief has got it. `on_both` and `strike` are those of the attacks on money.
"""

from collections.abc import Sequence
from typing import Any

from tests.attacks.money import Outcome, strike
from tests.contracts.coop import CLASSES, DAY, FOR, Coop, Proposal, Rule, Ways
from tests.contracts.evm import Actor, Evm

FUND = 10**18


def funded(
    evm: Evm, founders: int = 3, rules: Sequence[Rule] = CLASSES, ways: Ways | None = None
) -> Coop:
    """A co-op with FUND in its general fund, whose founders may speak for others by now."""
    coop = Coop(evm, founders, rules, ways)
    coop.give(FUND)
    evm.actor("thief")  # he exists before he is refused anything
    evm.warp(2 * DAY)
    return coop


def thief_of(coop: Coop) -> Actor:
    """Whom the money must not reach."""
    return coop.evm.actor("thief")


def robbing(coop: Coop, *, text: str = "rob", by: Any = None) -> Proposal:
    """A proposal that pays the fund to the thief; its vote opens later."""
    return coop.propose(coop.spending(thief_of(coop), FUND), text=text, by=by)


def ready(coop: Coop, proposal: Proposal) -> None:
    """To the first second in which it may be executed, if it passes."""
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))


def carried_out(coop: Coop, proposal: Proposal, payee: Any = None) -> Outcome:
    """Somebody executes it now: the refusal, and what the payee (the thief) has won."""
    payee = payee or thief_of(coop)
    before = coop.evm.balance(payee)
    refused = strike(coop.evm, coop.execute, proposal)
    return Outcome(refused, coop.evm.balance(payee) - before)


def robbed(coop: Coop, proposal: Proposal, *voters: Any) -> Outcome:
    """These vote for it once its vote is open, and it is executed when its time has come."""
    coop.open(proposal)
    coop.vote(proposal, FOR, *voters)
    ready(coop, proposal)
    return carried_out(coop, proposal)
