# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 22: a person's account has code, and is no person any more.

Who and what for: the friends of a payment. A member who is against it has let her account run a
wallet's code (EIP-7702), one that does not speak ERC-1271; her signed ballot is said to be
nobody's.
In the world: since Prague (2025) every check of "is this a contract" can be wrong either way;
tokens and governors that asked the code first have locked such accounts out.
The defence: a signature is tried as one of the account's key first, code or no code, and then as
its wallet's (`signatures._is_signed_by`). On a real node:
tests/journeys/test_delegated_accounts.py.
"""

import pytest

from millpond.core import typed_data
from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts.coop import AGAINST, FOR
from tests.contracts.evm import Evm
from tests.contracts.test_wallets import delegate


def silences_her(evm: Evm) -> Outcome:
    """One for it, and her against it."""
    coop = funded(evm)
    thief, honest, _ = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    coop.vote(proposal, FOR, thief)
    domain = typed_data.Domain(*coop.governor.eip712Domain()[3:5])
    signature = honest.sign(coop.oz_ballot(proposal, honest, AGAINST, domain=domain))
    delegate(evm, honest, evm.deploy("Puppet"))
    cast = coop.governor.castVoteBySig
    refused = strike(evm, cast, proposal.id, AGAINST, honest, signature, sender=coop.relayer)
    ready(coop, proposal)
    return Outcome(refused, carried_out(coop, proposal).won)


def test_castvotebysig__of_a_member_whose_account_has_code__counts() -> None:
    shipped, weak = on_both(silences_her, GULLIBLE)
    assert shipped == ("", 0)
    assert weak == ("governor: not signed by her", FUND)


@pytest.mark.parametrize("code", ["Puppet", "OddPayee", "TwoOwnerWallet"])
def test_castvotebysig__by_others_for_an_account_with_code__is_refused(code: str) -> None:
    """Her wallet's code gives her key's ballot to nobody else."""
    evm = Evm()
    coop = funded(evm)
    thief, honest, _ = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    owners = (honest, honest) if code == "TwoOwnerWallet" else ()
    delegate(evm, honest, evm.deploy(code, *owners))
    signature = thief.sign(coop.oz_ballot(proposal, honest, FOR))
    with evm.reverts("governor: not signed by her"):
        coop.governor.castVoteBySig(proposal.id, FOR, honest, signature, sender=coop.relayer)
