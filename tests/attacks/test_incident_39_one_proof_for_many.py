# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 39: one proof of being somebody lets many in.

Who and what for: the holder of one token that opens the gate, who passes it on to his next
account each time it has let one in; or who brings a proof that he saw on its way.
In the world: GoodDollar's and other personhood gates (Gardens' triage), which looked at a root
and not at who brought it.
The defence: a gate answers with a nullifier for this pool, which serves once whoever holds the
token (`gates.join_by_gate`), and it looks at who the candidate is (`NftGate.check`).
"""

from eth_abi.abi import encode

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded
from tests.attacks.votes_weak import CROWDED
from tests.contracts.coop import Coop, Ways
from tests.contracts.evm import Contract, Evm
from tests.contracts.test_admission_gate import gated

TOKEN = encode(["uint256"], [7])


def gate_of(evm: Evm) -> tuple[Coop, Contract]:
    """A co-op that lets in whoever holds a token of a collection."""
    coop, nft = funded(evm, ways=Ways(joins_bps=10_000)), evm.deploy("TestNft")
    gated(coop, evm.deploy("NftGate", nft), joins_bps=10_000)
    return coop, nft


def passes_it_on(evm: Evm) -> Outcome:
    """Three accounts and one token; `won` is how many are in."""
    coop, nft = gate_of(evm)
    mine = [evm.actor(f"sock {n}") for n in range(3)]
    nft.mint(mine[0], 7, sender=mine[0])
    refused = ""
    for sock, after in zip(mine, [*mine[1:], mine[0]], strict=True):
        join = coop.admission.join_by_gate
        refused = strike(evm, join, sock, TOKEN, 0, b"", sender=sock)
        nft.pass_on(after, 7, sender=sock)
    return Outcome(refused, sum(map(coop.governor.isMember, mine)))


def test_join_by_gate__with_a_token_that_was_used__is_refused() -> None:
    shipped, weak = on_both(passes_it_on, CROWDED)
    assert shipped == ("admission: this proof was used", 1)
    assert weak == ("", 3)


def test_join_by_gate__with_anothers_proof__is_refused() -> None:
    evm = Evm()
    coop, nft = gate_of(evm)
    honest, thief = evm.actor("honest"), evm.actor("thief")
    nft.mint(honest, 7, sender=honest)
    with evm.reverts("gate: the token is not the candidate's"):
        coop.admission.join_by_gate(thief, TOKEN, 0, b"", sender=thief)
    with evm.reverts("admission: not the candidate's signature"):
        arguments = (honest, TOKEN, evm.now + 60, bytes(65))
        coop.admission.join_by_gate(*arguments, sender=thief)
