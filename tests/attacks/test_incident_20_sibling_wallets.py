# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 20: one owner's signature for one of her wallets counts for the other too.

Who and what for: a relayer. A member's wallet and her association's wallet have the same owner
and a seat each; she signs for the one, he brings it for both.
In the world: Alchemy's light accounts and a dozen other wallets (2023-10-27): a signature under
ERC-1271 was good for every account of the same owner.
The defence: each message names its signer, here the voter (`casting._ballot_digest`), so that it
does not matter what the wallet itself adds.
"""

from millpond.core import typed_data
from tests.attacks.money import Outcome, on_both
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts.coop import DAY, FOR, ZERO, Coop, Proposal, Ways, choice, named
from tests.contracts.evm import Contract, Evm


def brings_it_for_both(evm: Evm) -> tuple[Outcome, str]:
    """She signs what her first wallet is asked for, whoever it names."""
    owner = evm.actor("owner")
    wallets = [evm.deploy("OddWallet", owner) for _ in range(2)]
    coop = Coop(evm, ways=Ways(joins_bps=10_000))
    coop.admit(*wallets)
    evm.warp(1)
    proposal = coop.opened((coop.patron, 0, b""))
    domain = typed_data.Domain(*coop.governor.eip712Domain()[3:5])
    for voter in (wallets[0].address, ZERO):
        signed = owner.sign(coop.ballot(proposal, voter, FOR, domain=domain))
        if bring(coop, proposal, wallets[0], signed):
            break
    bring(coop, proposal, wallets[1], signed)
    told = "".join(log.args["why"] for log in named(evm, "BallotSkipped"))
    return Outcome(told, coop.governor.proposalVotes(proposal.id)[FOR]), voter


def bring(coop: Coop, proposal: Proposal, wallet: Contract, signed: bytes) -> int:
    """How many count."""
    lists = ([choice(wallet, FOR)], [bytes(32)], [signed])
    until = coop.evm.now + DAY
    found: int = coop.governor.vote_by_wallets(proposal.id, until, *lists, sender=coop.relayer)
    return found


def test_vote_by_wallets__signed_for_another_wallet_of_hers__is_skipped() -> None:
    (shipped, named_one), (weak, named_none) = on_both(brings_it_for_both, GULLIBLE)
    assert shipped == ("governor: not the voter's hand", 1)
    assert weak == ("", 2)
    assert named_one != named_none == ZERO
