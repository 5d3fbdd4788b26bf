# SPDX-License-Identifier: AGPL-3.0-only
"""T32: the same signature in another form.

Who and what for: a relayer, who turns a member's signature into its twin (n - s, the other
parity) and has it counted: whoever keeps a list of signatures that were seen has not seen this
one.
In the world: Mt. Gox blamed it (2014); OpenZeppelin's ECDSA took two forms of one signature until
4.7.3 (CVE-2022-35961).
The defence: 65 bytes with v 27 or 28, or 64 (ERC-2098), and s in the lower half, in the contracts
(`signatures._recover_bytes`) as in what reads them (`backend/millpond/core/signatures.py`); and
no form of a signature is ever a key.
"""

import random

from millpond.core import signatures, typed_data
from millpond.core.errors import SignatureError
from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import GULLIBLE
from tests.contracts.coop import FOR, Coop, Proposal
from tests.contracts.evm import Evm, Reverted

ORDER = signatures.ORDER


def signed(evm: Evm) -> tuple[Coop, Proposal, bytes]:
    """A ballot of the first founder, by the domain that the contract says."""
    coop = Coop(evm)
    proposal = coop.opened((coop.patron, 0, b""))
    domain = typed_data.Domain(*coop.governor.eip712Domain()[3:5])
    voter = coop.founders[0]
    return coop, proposal, voter.sign(coop.oz_ballot(proposal, voter, FOR, domain=domain))


def twin(signature: bytes) -> bytes:
    """The other one that ecrecover takes for the same."""
    s = int.from_bytes(signature[32:64])
    return signature[:32] + (ORDER - s).to_bytes(32) + bytes([55 - signature[64]])


def brings_the_twin(evm: Evm) -> Outcome:
    """`won` is whether it counted."""
    coop, proposal, signature = signed(evm)
    cast = coop.governor.castVoteBySig
    arguments = (proposal.id, FOR, coop.founders[0], twin(signature))
    refused = strike(evm, cast, *arguments, sender=coop.relayer)
    return Outcome(refused, coop.governor.proposalVotes(proposal.id)[FOR])


def test_castvotebysig__the_twin_of_her_signature__is_refused() -> None:
    shipped, weak = on_both(brings_the_twin, GULLIBLE)
    assert shipped == ("governor: not signed by her", 0)
    assert weak == ("", 1)


def mutants(signature: bytes, count: int) -> list[bytes]:
    """What may be on its way instead: bits, lengths, v, s and r of every kind."""
    chance = random.Random(32)  # noqa: S311  (the same mutants in every run)
    r, s, v = signature[:32], signature[32:64], signature[64]
    found = [signature, twin(signature), r + twin(signature)[32:64] + bytes([v])]
    found += [r + s + bytes([each]) for each in range(256)]
    found += [signature[:size] for size in range(65)] + [signature + bytes(n) for n in range(1, 4)]
    compact = r + (int.from_bytes(s) | (v - 27) << 255).to_bytes(32)
    found += [compact, compact + b"\0", r + s, s + r]
    for word in (0, 1, ORDER // 2, ORDER // 2 + 1, ORDER - 1, ORDER, 2**255, 2**256 - 1):
        found += [word.to_bytes(32) + s + bytes([v]), r + word.to_bytes(32) + bytes([v])]
    while len(found) < count:
        bits = int.from_bytes(signature) ^ 1 << chance.randrange(520)
        found.append(bits.to_bytes(65))
    return found


def test_castvotebysig__mutants_of_her_signature__count_as_the_backend_says() -> None:
    evm = Evm()
    coop, proposal, signature = signed(evm)
    voter = coop.founders[0]
    digest = typed_data.digest(coop.oz_ballot(proposal, voter, FOR))
    cast, verdicts = coop.governor.castVoteBySig, []
    for mutant in mutants(signature, 800):
        mark = evm.snapshot()
        try:
            cast(proposal.id, FOR, voter, mutant, sender=coop.relayer)
            heard = ""
        except Reverted as error:
            heard = error.reason
        assert heard in ("", "governor: not signed by her")
        counted = heard == ""
        evm.restore(mark)
        verdicts.append(counted)
        assert counted == backend_says(digest, mutant, voter.address), mutant.hex()
    assert 2 <= sum(verdicts) <= 6


def backend_says(digest: bytes, signature: bytes, signer: str) -> bool:
    """Whether our own reader takes it for hers; 64 bytes are the compact form."""
    try:
        if len(signature) == 64:
            signature = signatures.from_compact(signature[:32], signature[32:])
        return signatures.recover(digest, signature) == signer
    except SignatureError:
        return False
