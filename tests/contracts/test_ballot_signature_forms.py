# SPDX-License-Identifier: AGPL-3.0-only
"""One ballot in every form that its signature may have, by each function that takes bytes."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tests.contracts.coop import ABSTAIN, AGAINST, DAY, FOR, Coop, Proposal, choice
from tests.contracts.evm import Actor

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

Form = Callable[[bytes], bytes]


def compact(signature: bytes) -> bytes:
    """r and vs (ERC-2098)."""
    parity = signature[64] - 27
    return signature[:32] + bytes([signature[32] | parity << 7]) + signature[33:64]


def high_s(signature: bytes) -> bytes:
    """The other form of the same signature: n - s, and the other parity."""
    s = ORDER - int.from_bytes(signature[32:64])
    return signature[:32] + s.to_bytes(32) + bytes([55 - signature[64]])


def with_v(v: int) -> Form:
    """Another last byte."""
    return lambda signature: signature[:64] + bytes([v])


def parity_as_v(signature: bytes) -> bytes:
    """v is 0 or 1, as some devices write it."""
    return signature[:64] + bytes([signature[64] - 27])


def eip_155(signature: bytes) -> bytes:
    """v as in an old transaction."""
    return signature[:64] + bytes([(signature[64] - 27 + 35 + 2 * 1337) & 255])


def other_parity(signature: bytes) -> bytes:
    """Of somebody else."""
    return signature[:64] + bytes([55 - signature[64]])


def compact_other_parity(signature: bytes) -> bytes:
    """Of somebody else, in 64 bytes."""
    short = compact(signature)
    return short[:32] + bytes([short[32] ^ 128]) + short[33:]


def high_s_compact(signature: bytes) -> bytes:
    """A high s in 64 bytes: its top bit, where it has one, is read as the parity."""
    return compact(high_s(signature))


TAKEN: dict[str, Form] = {"r, s, v": bytes, "r, vs": compact}
REFUSED: dict[str, Form] = {
    "v 0 or 1": parity_as_v,
    "v of EIP-155": eip_155,
    **{f"v {v}": with_v(v) for v in (2, 26, 29, 255)},
    "the other parity": other_parity,
    "the other parity in 64 bytes": compact_other_parity,
    "high s": high_s,
    "high s in 64 bytes": high_s_compact,
    "zeros": lambda _: bytes(65),
    "zeros with a v": lambda _: bytes(64) + b"\x1b",
    "zeros in 64 bytes": lambda _: bytes(64),
    "r of zero": lambda signature: bytes(32) + signature[32:],
    "s of zero": lambda signature: signature[:32] + bytes(32) + signature[64:],
    "nothing": lambda _: b"",
    "one byte too few": lambda signature: compact(signature)[:63],
    "one byte too many": lambda signature: signature + b"\0",
    "twice": lambda signature: signature * 2,
}


@pytest.fixture
def proposal(coop: Coop) -> Proposal:
    """A payment, in the first second of its vote."""
    return coop.opened(coop.spending(coop.patron, 5))


def by_sig(coop: Coop, proposal: Proposal, voter: Actor, form: Form) -> None:
    """OpenZeppelin's ballot, alone."""
    signature = form(voter.sign(coop.oz_ballot(proposal, voter, FOR)))
    coop.governor.castVoteBySig(proposal.id, FOR, voter, signature, sender=coop.relayer)


def by_bytes(coop: Coop, proposal: Proposal, voter: Actor, form: Form) -> list[Any]:
    """Our ballot, in a batch of those that come in bytes, between two good ones of others."""
    first, last = coop.founders[1:]
    forms: list[Form] = [bytes, form, bytes]
    people = [first, voter, last]
    signatures = [
        shape(person.sign(coop.ballot(proposal, person, FOR)))
        for person, shape in zip(people, forms, strict=True)
    ]
    choices, no_reasons = [choice(person, FOR) for person in people], [bytes(32)] * 3
    coop.governor.vote_by_wallets(
        proposal.id, coop.evm.now + DAY, choices, no_reasons, signatures, sender=coop.relayer
    )
    return [(log.args["voter"], log.args.get("why", log.name)) for log in coop.evm.logs]


@pytest.mark.parametrize("form", TAKEN.values(), ids=TAKEN)
def test_cast_vote_by_sig__in_this_form__counts(coop: Coop, proposal: Proposal, form: Form) -> None:
    by_sig(coop, proposal, coop.founders[0], form)
    assert coop.governor.proposalVotes(proposal.id) == (0, 1, 0)


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_cast_vote_by_sig__in_this_form__is_refused(
    coop: Coop, proposal: Proposal, form: Form
) -> None:
    with coop.evm.reverts("governor: not signed by her"):
        by_sig(coop, proposal, coop.founders[0], form)


def test_cast_vote_by_sig__the_parity_in_s_beside_a_v__is_refused(
    coop: Coop, proposal: Proposal
) -> None:
    """65 bytes say it in v alone, or a signature had one more form that holds."""
    signed = [
        (who, support, who.sign(coop.oz_ballot(proposal, who, support)))
        for who, support in product(coop.founders, (AGAINST, FOR, ABSTAIN))
    ]
    who, support, signature = next(each for each in signed if each[2][64] == 28)
    cast = coop.governor.castVoteBySig
    with coop.evm.reverts("governor: not signed by her"):
        cast(proposal.id, support, who, compact(signature) + b"\x1b", sender=coop.relayer)
    cast(proposal.id, support, who, signature, sender=coop.relayer)


@pytest.mark.parametrize("form", TAKEN.values(), ids=TAKEN)
def test_vote_by_wallets__a_persons_ballot_in_this_form__counts(
    coop: Coop, proposal: Proposal, form: Form
) -> None:
    told = by_bytes(coop, proposal, coop.founders[0], form)
    assert [what for _, what in told] == ["VoteCast"] * 3
    assert coop.governor.proposalVotes(proposal.id) == (0, 3, 0)


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_vote_by_wallets__a_persons_ballot_in_this_form__is_skipped_and_the_others_count(
    coop: Coop, proposal: Proposal, form: Form
) -> None:
    voter, first, last = coop.founders
    assert by_bytes(coop, proposal, voter, form) == [
        (first.address, "VoteCast"),
        (voter.address, "governor: not the voter's hand"),
        (last.address, "VoteCast"),
    ]
    assert coop.governor.proposalVotes(proposal.id) == (0, 2, 0)
    assert not coop.governor.hasVoted(proposal.id, voter)
