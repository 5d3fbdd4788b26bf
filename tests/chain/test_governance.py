# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots: the same id and words as the Governor's, and as OpenZeppelin's."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from millpond.chain.answers import Address
from millpond.chain.governance import Action, Draft, Support, sheets, sign_ballot, wallet_sheets
from millpond.chain.signers import LocalSigner
from millpond.core import typed_data
from millpond.core.errors import BadInput
from millpond.core.typed_data import Domain

TARGET = Address(LocalSigner(20).address)
GOVERNOR = Domain(1337, LocalSigner(21).address)
MEMBER = LocalSigner(3)


def draft(text: str = "Pay Ann", salt: bytes = b"\x01" * 32) -> Draft:
    actions = [Action(TARGET, 7, b"\x12\x34"), Action(TARGET, 0, b"")]
    return Draft.of(actions, text, MEMBER.address, salt)


def test_draft__id__is_openzeppelin_s_hash() -> None:
    """Recomputed with eth_abi as the OpenZeppelin Governor writes it."""
    made = draft()
    content = encode(
        ["address[]", "uint256[]", "bytes[]", "bytes32"],
        [[TARGET, TARGET], [7, 0], [b"\x12\x34", b""], keccak(text=made.description)],
    )
    assert made.id == int.from_bytes(keccak(content))


def test_draft__same_content__same_id_and_salt_or_text_another() -> None:
    assert draft().id == draft().id
    assert len({draft().id, draft(text="Pay Bob").id, draft(salt=b"\x02" * 32).id}) == 3


def test_draft__description__ends_in_its_proposer() -> None:
    description = draft().description
    assert description.endswith(f"#proposer={MEMBER.address.lower()}")
    assert len(description.split("#proposer=")[-1]) == 42
    assert "salt: 0x" + "01" * 32 in description


@pytest.mark.parametrize(
    ("actions", "text", "what"),
    [
        ([], "x", "1 to 8 actions"),
        ([Action(TARGET, 0, b"")] * 9, "x", "1 to 8 actions"),
        ([Action(TARGET, 0, b"\0" * 2049)], "x", "at most 2048"),
        ([Action(TARGET, 0, b"")], "x" * 4096, "longer than 4096"),
        ([Action(TARGET, 0, b"")], "é" * 2000, "longer than 4096"),
    ],
)
def test_draft__more_than_the_governor_takes__refused(
    actions: list[Action], text: str, what: str
) -> None:
    with pytest.raises(BadInput, match=what):
        Draft.of(actions, text, MEMBER.address, bytes(32))


def test_draft__carried_out__names_the_description_by_its_hash() -> None:
    made = draft()
    *calls, digest = made.carried_out
    assert digest == keccak(text=made.description)
    assert (*calls, made.description) == made.arguments


def test_sign_ballot__words__are_voter_choice_and_compact_signature() -> None:
    ballot = sign_ballot(MEMBER, GOVERNOR, 5, Support.ABSTAIN, deadline=99, casts_before=3)
    choice, r, vs = ballot.words
    assert choice == int(MEMBER.address, 16) | 2 << 160 | 3 << 168
    assert r.to_bytes(32) == ballot.signature[:32]
    assert (vs & (2**255 - 1)).to_bytes(32) == ballot.signature[32:64]
    assert vs >> 255 == ballot.signature[64] - 27
    typed = typed_data.ballot(
        GOVERNOR, proposal_id=5, voter=MEMBER.address, support=2, casts_before=3, deadline=99
    )
    signable = encode_typed_data(full_message=dict(typed))
    assert Account.recover_message(signable, signature=ballot.signature) == MEMBER.address


def test_sign_ballot__reason__is_signed_as_its_hash() -> None:
    silent = sign_ballot(MEMBER, GOVERNOR, 5, Support.FOR, deadline=99)
    spoken = sign_ballot(MEMBER, GOVERNOR, 5, Support.FOR, deadline=99, reason="too much")
    assert silent.reason_hash == bytes(32)
    assert spoken.reason_hash == keccak(text="too much")
    assert spoken.signature != silent.signature


def test_sheets__many_ballots__one_for_each_proposal_and_deadline_of_at_most_128() -> None:
    one = sign_ballot(MEMBER, GOVERNOR, 5, Support.FOR, deadline=99)
    other = sign_ballot(MEMBER, GOVERNOR, 6, Support.FOR, deadline=99, reason="yes")
    made = sheets([one] * 130 + [other, one])
    assert [(sheet[0], len(sheet[2]) // 3, len(sheet[3])) for sheet in made] == [
        (5, 128, 0),
        (5, 3, 0),
        (6, 1, 1),
    ]
    assert made[0][2][:3] == list(one.words)
    assert made[2][3] == [keccak(text="yes")]
    assert sheets([]) == []


def test_sheets__some_with_a_reason__a_hash_for_each() -> None:
    silent = sign_ballot(MEMBER, GOVERNOR, 5, Support.FOR, deadline=99)
    spoken = sign_ballot(LocalSigner(4), GOVERNOR, 5, Support.FOR, deadline=99, reason="yes")
    ((_, _, _, reasons),) = sheets([silent, spoken])
    assert reasons == [bytes(32), keccak(text="yes")]


def test_wallet_sheets__ballots_of_wallets__go_apart_from_the_others_eight_at_a_time() -> None:
    plain = sign_ballot(MEMBER, GOVERNOR, 5, Support.FOR, deadline=99)
    wallet = replace(plain, by_wallet=True, signature=b"\x01" * 130, support=Support.AGAINST)
    found = wallet_sheets([plain, *[wallet] * 9])
    assert [len(sheet[2]) for sheet in found] == [8, 1]
    proposal, deadline, choices, reasons, signatures = found[1]
    assert (proposal, deadline, signatures) == (5, 99, [b"\x01" * 130])
    assert choices == [wallet.choice]
    assert reasons == [bytes(32)]
    assert [len(sheet[2]) for sheet in sheets([plain, wallet])] == [3]
