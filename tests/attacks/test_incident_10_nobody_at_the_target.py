# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 10: a call to an address without code does nothing, and the proposal counts as done.

Who and what for: a proposer, whose vote moves something at a contract that is not there yet, or
not any more: it is "executed", nothing has happened, and it cannot be done again.
In the world: Galxe's governor (gravity-audit #571); Qubit's bridge (2022, $80M), where a call to
nothing succeeded.
The defence: whoever is called with data must have code when the proposal is carried out; else all
of it is refused and it stays ready (`Governor.execute`).
"""

from tests.attacks.money import on_both, strike
from tests.attacks.votes import funded
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import SUCCEEDED, named
from tests.contracts.evm import Evm


def calls_nobody(evm: Evm) -> tuple[str, int]:
    """The partner's contract was there when it was voted on; how often it is said to be done."""
    coop, partner = funded(evm), evm.deploy("Puppet")
    proposal = coop.passed((partner, 0, partner.calldata("decide", 1)), text="at the partner's")
    evm.erase_code(partner)
    refused = strike(evm, coop.execute, proposal)
    assert (coop.state(proposal) == SUCCEEDED) or not refused
    return refused, len(named(evm, "ProposalExecuted"))


def test_execute__with_nobody_at_the_target__is_refused_and_stays_ready() -> None:
    shipped, weak = on_both(calls_nobody, CARELESS)
    assert shipped == ("governor: no code at the target", 0)
    assert weak == ("", 1)
