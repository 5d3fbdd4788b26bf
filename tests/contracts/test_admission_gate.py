# SPDX-License-Identifier: AGPL-3.0-only
"""Joining by a gate: who it lets in, once for each nullifier, and what a broken gate can do."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.coop import DAY, ZERO, Coop, ascending, named
from tests.contracts.evm import Actor, Contract, Evm
from tests.contracts.test_admission import accepting, setting
from tests.contracts.test_admission_join import join

# The ways of contracts/mocks/OddGate.vy, in its order.
NOTHING, REVERTS, EATS_GAS, SHORT, SAME, WRITES = (1 << n for n in range(6))


def naming(token_id: int) -> bytes:
    """The proof that NftGate takes."""
    return encode(["uint256"], [token_id])


def gated(coop: Coop, gate: Any, **fields: Any) -> None:
    """The members open this gate."""
    coop.enact(setting(coop, gate=gate.address, **fields), text=f"gate {gate.address}")


@pytest.fixture
def candidate(evm: Evm) -> Actor:
    """Somebody who would like to be a member."""
    return evm.actor("candidate")


@pytest.fixture
def nft(evm: Evm) -> Contract:
    """A collection of tokens."""
    return evm.deploy("TestNft")


@pytest.fixture
def gate(coop: Coop, nft: Contract) -> Contract:
    """Its holders may join."""
    made = coop.evm.deploy("NftGate", nft)
    gated(coop, made, joins_bps=10_000)
    return made


@pytest.fixture
def odd(coop: Coop) -> Contract:
    """A gate that the test tells what to do."""
    made = coop.evm.deploy("OddGate")
    gated(coop, made, joins_bps=10_000)
    return made


# --- the worked example ------------------------------------------------------------------------


def test_nft_gate__of_no_contract__is_refused(evm: Evm, outsider: Actor) -> None:
    for nobody in (ZERO, outsider):
        with evm.reverts("gate: the collection has no code"):
            evm.deploy("NftGate", nobody)


def test_nft_gate__the_holder__gets_a_nullifier_of_token_and_admission(
    evm: Evm, nft: Contract, candidate: Actor, outsider: Actor
) -> None:
    gate = evm.deploy("NftGate", nft)
    assert gate.collection() == nft.address
    nft.mint(candidate, 7, sender=candidate)
    found = gate.check(candidate, outsider, naming(7))
    kinds = ["address", "uint256", "address"]
    assert found == keccak(encode(kinds, [nft.address, 7, outsider.address]))
    nft.pass_on(outsider, 7, sender=candidate)
    assert gate.check(outsider, outsider, naming(7)) == found
    assert gate.check(outsider, candidate, naming(7)) != found
    with evm.reverts("gate: the token is not the candidate's"):
        gate.check(candidate, outsider, naming(7))


def test_nft_gate__no_token_named__is_refused(evm: Evm, nft: Contract, candidate: Actor) -> None:
    gate = evm.deploy("NftGate", nft)
    nft.mint(candidate, 7, sender=candidate)
    for proof in (b"", naming(7)[1:], naming(7) + b"\0", naming(7) * 2):
        with evm.reverts("gate: name one token"):
            gate.check(candidate, candidate, proof)
    with evm.reverts("nft: no such token"):
        gate.check(candidate, candidate, naming(8))


# --- join_by_gate ------------------------------------------------------------------------------


def test_join_by_gate__with_her_token__makes_a_member(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    nft.mint(candidate, 7, sender=candidate)
    coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    nullifier = gate.check(candidate, coop.admission, naming(7))
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        ("MemberAdmitted", {"account": candidate.address, "seat": 4, "times_joined": 1}),
        (
            "JoinedByGate",
            {"candidate": candidate.address, "gate": gate.address, "nullifier": nullifier},
        ),
    ]
    assert coop.governor.isMember(candidate)
    assert coop.admission.nullifier_used(nullifier)


def test_join_by_gate__closed__is_refused(coop: Coop, candidate: Actor) -> None:
    with coop.evm.reverts("admission: there is no gate"):
        coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)


def test_join_by_gate__closed_again_by_vote__is_refused(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    assert gate.address
    nft.mint(candidate, 7, sender=candidate)
    coop.enact(setting(coop), text="close")
    with coop.evm.reverts("admission: there is no gate"):
        coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)


def test_join_by_gate__without_the_credential__gates_own_reason(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor, outsider: Actor
) -> None:
    assert gate.address
    nft.mint(outsider, 7, sender=outsider)
    with coop.evm.reverts("gate: the token is not the candidate's"):
        coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    with coop.evm.reverts("gate: name one token"):
        coop.admission.join_by_gate(candidate, b"", 0, b"", sender=candidate)


def test_join_by_gate__brought_by_another__needs_her_acceptance(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    """Nobody becomes a member without her own call or signature, whatever she holds."""
    assert gate.address
    nft.mint(candidate, 7, sender=candidate)
    deadline = coop.evm.now + DAY
    wrong = [
        b"",
        coop.relayer.sign(accepting(coop, candidate)),
        candidate.sign(accepting(coop, coop.relayer)),
        candidate.sign(accepting(coop, candidate, deadline=deadline + 1)),
    ]
    for acceptance in wrong:
        with coop.evm.reverts("admission: not the candidate's signature"):
            arguments = (candidate, naming(7), deadline, acceptance)
            coop.admission.join_by_gate(*arguments, sender=coop.relayer)
    right = (candidate, naming(7), deadline, candidate.sign(accepting(coop, candidate)))
    coop.evm.warp_to(deadline + 1)
    with coop.evm.reverts("admission: the acceptance has expired"):
        coop.admission.join_by_gate(*right, sender=coop.relayer)


def test_join_by_gate__brought_with_her_acceptance__makes_a_member(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    assert gate.address
    nft.mint(candidate, 7, sender=candidate)
    deadline = coop.evm.now + DAY
    acceptance = candidate.sign(accepting(coop, candidate))
    coop.evm.warp_to(deadline)
    arguments = (candidate, naming(7), deadline, acceptance)
    coop.admission.join_by_gate(*arguments, sender=coop.relayer)
    assert coop.governor.isMember(candidate)


# --- once --------------------------------------------------------------------------------------


def test_join_by_gate__the_same_token_from_another_account__is_used_up(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor, outsider: Actor
) -> None:
    """She joins, passes the token on, and her friend or her second account brings it again."""
    assert gate.address
    nft.mint(candidate, 7, sender=candidate)
    coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    nft.pass_on(outsider, 7, sender=candidate)
    with coop.evm.reverts("admission: this proof was used"):
        coop.admission.join_by_gate(outsider, naming(7), 0, b"", sender=outsider)
    coop.admission.leave(sender=candidate)
    with coop.evm.reverts("admission: this proof was used"):
        coop.admission.join_by_gate(outsider, naming(7), 0, b"", sender=outsider)


def test_join_by_gate__the_same_token_in_another_pool__opens_that_one_too(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    nft.mint(candidate, 7, sender=candidate)
    coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    ways = (*coop.ways.values()[:-1], gate.address)
    order = coop.order("other", ways=ways)
    sibling = coop.hub.create_pool(*order, sender=coop.founders[0])
    admission = coop.evm.at("Admission", sibling.admission)
    assert not admission.nullifier_used(gate.check(candidate, coop.admission, naming(7)))
    admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    assert coop.evm.at("Governor", sibling.governor).isMember(candidate)


def test_join_by_gate__another_gate_with_the_same_answer__is_used_up_all_the_same(
    coop: Coop, odd: Contract, candidate: Actor, outsider: Actor
) -> None:
    """A vote that names the next gate over the same credentials opens nothing twice."""
    coop.admission.join_by_gate(candidate, b"passport", 0, b"", sender=candidate)
    again = coop.evm.deploy("OddGate")
    gated(coop, again)
    assert again.address != odd.address
    with coop.evm.reverts("admission: this proof was used"):
        coop.admission.join_by_gate(outsider, b"passport", 0, b"", sender=outsider)


def test_join_by_gate__who_was_a_member__needs_an_offer(
    coop: Coop, gate: Contract, nft: Contract, candidate: Actor
) -> None:
    """Whoever left, was expelled or lost her seat to another key: another token is no way back."""
    assert gate.address
    for token_id in (7, 8):
        nft.mint(candidate, token_id, sender=candidate)
    coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    with coop.evm.reverts("admission: who was a member needs an offer"):
        coop.admission.join_by_gate(candidate, naming(8), 0, b"", sender=candidate)
    coop.enact(coop.removing(candidate), text="expel")
    with coop.evm.reverts("admission: who was a member needs an offer"):
        coop.admission.join_by_gate(candidate, naming(8), 0, b"", sender=candidate)


def test_join_by_gate__more_than_the_share_of_a_period__counts_with_all_ways(
    coop: Coop, nft: Contract, candidate: Actor, outsider: Actor
) -> None:
    gated(coop, coop.evm.deploy("NftGate", nft))
    nft.mint(candidate, 7, sender=candidate)
    join(coop, outsider, ascending(coop.founders)[:2])
    with coop.evm.reverts("admission: enough have joined in this period"):
        coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    coop.evm.warp(7 * DAY)
    coop.admission.join_by_gate(candidate, naming(7), 0, b"", sender=candidate)
    assert coop.admission.joins_left() == 1


# --- broken gates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (NOTHING, "admission: the gate answered nothing"),
        (REVERTS, "odd: nobody comes in"),
        (EATS_GAS, ""),
        (SHORT, ""),
        (WRITES, ""),
    ],
)
def test_join_by_gate__broken_in_one_way__lets_nobody_in(
    coop: Coop, odd: Contract, candidate: Actor, way: int, reason: str
) -> None:
    odd.behave(way, sender=candidate)
    with coop.evm.reverts(reason):
        coop.admission.join_by_gate(candidate, b"proof", 0, b"", sender=candidate)


def test_join_by_gate__the_same_answer_for_everybody__lets_one_in(
    coop: Coop, odd: Contract, candidate: Actor, outsider: Actor
) -> None:
    odd.behave(SAME, sender=candidate)
    coop.admission.join_by_gate(candidate, b"one", 0, b"", sender=candidate)
    with coop.evm.reverts("admission: this proof was used"):
        coop.admission.join_by_gate(outsider, b"two", 0, b"", sender=outsider)


def test_join_by_gate__whose_code_is_gone__lets_nobody_in(
    coop: Coop, odd: Contract, candidate: Actor
) -> None:
    coop.evm.erase_code(odd)
    with coop.evm.reverts(""):
        coop.admission.join_by_gate(candidate, b"proof", 0, b"", sender=candidate)


def test_set_ways__a_gate_without_code__is_refused(coop: Coop, outsider: Actor) -> None:
    proposal = coop.passed(setting(coop, gate=outsider.address), text="no gate")
    with coop.evm.reverts("admission: the gate is no contract"):
        coop.execute(proposal)


def test_set_ways__a_gate__is_told(coop: Coop, odd: Contract) -> None:
    (log,) = named(coop.evm, "WaysSet")
    assert log.args["ways"].gate == odd.address == coop.admission.ways().gate
