# SPDX-License-Identifier: AGPL-3.0-only
"""What the proofs are for: changes of the sources that some property must not let through."""

from dataclasses import dataclass

from tests.contracts.changed import Change


@dataclass(frozen=True)
class Mutant:
    """One change, and the file of properties that it is shown to."""

    name: str
    file: str
    change: Change


MUTANTS = (
    Mutant(
        "a minter is not asked for",
        "GrainSupply",
        ("Grain.vy", 'assert self.is_minter[msg.sender], "grain: only a minter"', "pass"),
    ),
    Mutant(
        "a transfer takes nothing away",
        "GrainSupply",
        ("Grain.vy", "    self.accounts[msg.sender] = word - amount\n", ""),
    ),
    Mutant(
        "a permit uses up no nonce",
        "GrainSupply",
        ("Grain.vy", "    self.accounts[owner] = word + ONE_NONCE\n", ""),
    ),
    Mutant(
        "who joined in the second of the proposal votes",
        "GovernorVotes",
        (
            "modules/members.vy",
            "return since != 0 and since < second",
            "return since != 0 and since <= second",
        ),
    ),
    Mutant(
        "the timelock takes more than Against",
        "GovernorVotes",
        (
            "modules/casting.vy",
            "        return 0 if support == ballots.AGAINST else 7\n",
            "        return 0\n",
        ),
    ),
    Mutant(
        "the executed flag is not set",
        "GovernorState",
        (
            "Governor.vy",
            "    proposals.proposal_words[id] = word | proposals.IS_EXECUTED\n",
            "",
        ),
    ),
    Mutant(
        "a proposal is ready a second early",
        "GovernorState",
        ("modules/proposals.vy", "if block.timestamp < eta:", "if block.timestamp + 1 < eta:"),
    ),
    Mutant(
        "anybody cancels",
        "GovernorState",
        ("Governor.vy", 'checks._refuse("governor: not the proposer")', "pass"),
    ),
    Mutant(
        "ballots are taken a second longer",
        "GovernorState",
        (
            "modules/proposals.vy",
            "if block.timestamp <= closes_at:",
            "if block.timestamp <= closes_at + 1:",
        ),
    ),
    Mutant(
        "anybody admits",
        "GovernorMembers",
        (
            "modules/changes.vy",
            "    self._require_door(parts._hub() if founding else NOBODY)\n",
            "",
        ),
    ),
    Mutant(
        "the last member can be removed",
        "GovernorMembers",
        ("modules/members.vy", "if seats_and_count >> COUNT == 0:", "if False:"),
    ),
    Mutant(
        "a release leaves the reserve as it was",
        "PoolMoney",
        ("modules/promises.vy", "    books._pay_out(earmark_id, asset, amount)\n", ""),
    ),
    Mutant(
        "a withdrawal stays owed",
        "PoolMoney",
        ("modules/payments.vy", "    holdings.owed[asset][msg.sender] = 0\n", ""),
    ),
    Mutant(
        "a move creates money",
        "PoolMoney",
        ("Pool.vy", "    books._debit(from_id, asset, amount)\n", ""),
    ),
    Mutant(
        "whoever calls offers membership",
        "AdmissionRoles",
        (
            "modules/offers.vy",
            "    seats._require_governor()\n    assert ways_in",
            "    assert ways_in",
        ),
    ),
    Mutant(
        "the payee does not sign a settlement",
        "ClerkSignatures",
        ("Clerk.vy", "signing._is_signed_by(payee, digest, signature)", "True"),
    ),
    Mutant(
        "one maintainer is enough",
        "ClerkSignatures",
        (
            "modules/cosigned.vy",
            "needed > 0 and len(signers) >= needed",
            "needed > 0",
        ),
    ),
    Mutant(
        "one attester is enough",
        "IdentitySignatures",
        (
            "Identity.vy",
            'assert needed != 0 and len(signers) >= needed, "identity: too few attesters signed"',
            'assert needed != 0, "identity: too few attesters signed"',
        ),
    ),
    Mutant(
        "whoever objects is a member",
        "IdentitySignatures",
        ("Identity.vy", "staticcall governor.isMember(signers[i])", "True"),
    ),
)
