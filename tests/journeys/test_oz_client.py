# SPDX-License-Identifier: AGPL-3.0-only
"""A client that knows OpenZeppelin's interfaces and nothing of ours drives a pool on a real node.

The ABIs are those of the npm package @openzeppelin/contracts; the library is web3.py. All that
this client is told of the pool is the Governor's address, and where the time goes.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3.exceptions import ContractLogicError

from millpond.chain.signers import LocalSigner
from millpond.core.errors import Reverted
from tests.chain.coop import DAY, STRANGER, Coop
from tests.contracts.compiled import artifact
from tests.journeys.node import DELAY, accept, funded_coop, offer, real_node, undone
from tests.journeys.oz import Client, Motion, bare_call, entries, signature_of
from tests.journeys.published import openzeppelin

PENDING, ACTIVE, CANCELED, DEFEATED, SUCCEEDED, QUEUED, EXPIRED, EXECUTED = range(8)
AGAINST, FOR, ABSTAIN = range(3)
PERIOD, TIMELOCK, EXPIRY = 3 * DAY, 2 * DAY, 14 * DAY
DOCUMENT = Path(__file__).parents[2] / "docs" / "GOVERNOR-CLIENTS.md"
NO_SUCH_FUNCTION = "governor: no such function"

# Every function of OpenZeppelin's Governor with simple counting, and of IVotes, is in one of these.
ANSWERED = {
    *("CLOCK_MODE()", "COUNTING_MODE()", "clock()", "name()", "version()", "eip712Domain()"),
    *("votingDelay()", "votingPeriod()", "proposalThreshold()", "quorum(uint256)"),
    *("propose(address[],uint256[],bytes[],string)", "castVote(uint256,uint8)"),
    *("castVoteWithReason(uint256,uint8,string)", "castVoteBySig(uint256,uint8,address,bytes)"),
    *(
        "execute(address[],uint256[],bytes[],bytes32)",
        "cancel(address[],uint256[],bytes[],bytes32)",
    ),
    *("hashProposal(address[],uint256[],bytes[],bytes32)", "state(uint256)", "nonces(address)"),
    *("proposalVotes(uint256)", "proposalSnapshot(uint256)", "proposalDeadline(uint256)"),
    *("proposalEta(uint256)", "proposalProposer(uint256)", "proposalNeedsQueuing(uint256)"),
    *("hasVoted(uint256,address)", "delegates(address)", "getVotes(address)"),
    *("getPastVotes(address,uint256)", "getPastTotalSupply(uint256)"),
}
REFUSED = {
    "queue(address[],uint256[],bytes[],bytes32)": "the timelock starts by itself",
    "castVoteWithReasonAndParams(uint256,uint8,string,bytes)": "there are no params",
    "castVoteWithReasonAndParamsBySig(uint256,uint8,address,string,bytes,bytes)": "there are none",
    "getVotesWithParams(address,uint256,bytes)": "there are none",
    "getVotes(address,uint256)": "ask getPastVotes",
    "getProposalId(address[],uint256[],bytes[],bytes32)": "ask hashProposal",
    "supportsInterface(bytes4)": "the whole of IGovernor is not there, so nothing claims it is",
    "relay(address,uint256,bytes)": "a proposal calls whatever it wants itself",
    "delegate(address)": "everybody votes for herself",
    "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)": "everybody votes for herself",
    "BALLOT_TYPEHASH()": "the type string is OpenZeppelin's",
    "EXTENDED_BALLOT_TYPEHASH()": "there are no params",
    "onERC721Received(address,address,uint256,bytes)": "the Pool holds things, not the Governor",
    "onERC1155Received(address,address,uint256,uint256,bytes)": "the Pool holds things",
    "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)": "the Pool holds things",
}
SAID = {"ProposalCreated", "VoteCast", "ProposalExecuted", "ProposalCanceled"}
NEVER_SAID = {
    "ProposalQueued": "there is no queue",
    "VoteCastWithParams": "there are no params",
    "EIP712DomainChanged": "the domain never changes",
    "DelegateChanged": "everybody votes for herself",
    "DelegateVotesChanged": "members are told by MemberAdmitted, MemberRemoved and MemberRebound",
}


@pytest.fixture(scope="module")
def founded() -> Iterator[tuple[Client, Coop]]:
    """A co-op of five whose Hub made it, and a client of its Governor."""
    with real_node() as url:
        coop = funded_coop(url)
        yield Client(url, coop.governor.address), coop


@pytest.fixture
def client(founded: tuple[Client, Coop]) -> Iterator[Client]:
    """The client; what a test does to the chain is undone."""
    with undone(founded[1].client):
        yield founded[0]


@pytest.fixture
def motion(client: Client, founded: tuple[Client, Coop]) -> Motion:
    """A payment that nobody has proposed yet."""
    return Motion(client, founded[1], "Pay the stranger five wei")


# --- the whole life of a proposal --------------------------------------------------------------


def vote_in_three_ways(client: Client, motion: Motion) -> None:
    """Ann by call, Bob by call with a reason, Eve by a signature that anyone brings."""
    call = client.governor.functions
    assert not call.hasVoted(motion.id, client.ann).call()
    cast = client.heard(client.send(call.castVote(motion.id, FOR), client.ann), "VoteCast")
    told = {"voter": client.ann, "proposalId": motion.id, "support": FOR, "weight": 1, "reason": ""}
    assert cast == told
    reasoned = call.castVoteWithReason(motion.id, ABSTAIN, "not my field")
    cast = client.heard(client.send(reasoned, client.bob), "VoteCast")
    assert cast == {**told, "voter": client.bob, "support": ABSTAIN, "reason": "not my field"}
    signature = client.sign(client.wallet_of(client.eve), motion.id, FOR)
    by_sig = call.castVoteBySig(motion.id, FOR, client.eve, signature)
    cast = client.heard(client.send(by_sig, client.anyone), "VoteCast")
    assert cast == {**told, "voter": client.eve}
    assert call.proposalVotes(motion.id).call() == [0, 2, 1]
    assert all(call.hasVoted(motion.id, who).call() for who in (client.ann, client.bob, client.eve))


def test_proposal__by_openzeppelins_abi__is_proposed_voted_and_executed(
    client: Client, motion: Motion
) -> None:
    call = client.governor.functions
    created = client.heard(motion.propose(client.ann), "ProposalCreated")
    born = client.now()
    targets, values, calldatas = motion.calls
    assert created == {
        "proposalId": motion.id,
        "proposer": client.ann,
        "targets": targets,
        "values": values,
        "signatures": [""],
        "calldatas": calldatas,
        "voteStart": born + DELAY,
        "voteEnd": born + DELAY + PERIOD,
        "description": motion.description,
    }
    assert motion.state() == PENDING
    assert call.proposalProposer(motion.id).call() == client.ann
    assert call.proposalNeedsQueuing(motion.id).call() is False
    assert call.proposalSnapshot(motion.id).call() == born
    assert call.proposalDeadline(motion.id).call() == created["voteEnd"]
    eta = created["voteEnd"] + TIMELOCK
    assert call.proposalEta(motion.id).call() == eta

    motion.wait(created["voteStart"] + 1)
    assert motion.state() == ACTIVE
    vote_in_three_ways(client, motion)
    assert call.quorum(born).call() == 1

    motion.wait(created["voteEnd"] + 1)
    assert motion.state() == QUEUED
    with pytest.raises(ContractLogicError, match="governor: not ready to execute"):
        client.send(call.execute(*motion.content), client.anyone)
    motion.wait(eta)
    assert motion.state() == SUCCEEDED
    before = client.web3.eth.get_balance(STRANGER.address)
    receipt = client.send(call.execute(*motion.content), client.anyone)
    assert client.heard(receipt, "ProposalExecuted") == {"proposalId": motion.id}
    assert client.web3.eth.get_balance(STRANGER.address) == before + 5
    assert motion.state() == EXECUTED


def test_cancel__by_the_proposer__is_told_and_nobody_else_may(
    client: Client, motion: Motion
) -> None:
    call = client.governor.functions
    motion.propose(client.ann)
    with pytest.raises(ContractLogicError, match="governor: not the proposer"):
        client.send(call.cancel(*motion.content), client.bob)
    receipt = client.send(call.cancel(*motion.content), client.ann)
    assert client.heard(receipt, "ProposalCanceled") == {"proposalId": motion.id}
    assert motion.state() == CANCELED
    with pytest.raises(ContractLogicError, match="governor: proposed already"):
        motion.propose(client.ann)


def test_state__of_a_vote_without_ballots__is_defeated(client: Client, motion: Motion) -> None:
    motion.opened(client.ann)
    motion.wait(client.now() + PERIOD)
    assert motion.state() == DEFEATED


def test_state__of_what_nobody_executes__is_expired(client: Client, motion: Motion) -> None:
    motion.opened(client.ann)
    client.send(client.governor.functions.castVote(motion.id, FOR), client.bob)
    eta = client.governor.functions.proposalEta(motion.id).call()
    motion.wait(eta + EXPIRY - 1)
    assert motion.state() == SUCCEEDED
    motion.wait(eta + EXPIRY)
    assert motion.state() == EXPIRED
    with pytest.raises(ContractLogicError, match="governor: not ready to execute"):
        client.send(client.governor.functions.execute(*motion.content), client.anyone)


def test_state__of_an_id_that_nobody_proposed__is_refused(motion: Motion) -> None:
    with pytest.raises(ContractLogicError, match="governor: no such proposal"):
        motion.state()


def test_hash_proposal__is_openzeppelins(motion: Motion) -> None:
    forms = ["address[]", "uint256[]", "bytes[]", "bytes32"]
    assert motion.id == int.from_bytes(keccak(encode(forms, motion.content)))


def test_governor__its_fixed_answers__are_those_that_clients_read(client: Client) -> None:
    call = client.governor.functions
    assert (call.name().call(), call.version().call()) == ("Millpond", "1")
    assert call.COUNTING_MODE().call() == "support=bravo&quorum=for,abstain"
    assert call.CLOCK_MODE().call() == "mode=timestamp"
    assert call.clock().call() == client.now()
    assert (call.votingDelay().call(), call.votingPeriod().call()) == (DELAY, PERIOD)
    assert call.proposalThreshold().call() == 0
    assert call.nonces(client.ann).call() == 0


def test_votes__of_members_and_others__are_one_and_none(client: Client) -> None:
    call, now = client.votes.functions, client.now()
    for who, votes in ((client.ann, 1), (client.anyone, 0)):
        assert call.getVotes(who).call() == votes
        assert call.getPastVotes(who, now - 1).call() == votes
        assert call.delegates(who).call() == who
    assert call.getPastTotalSupply(now - 1).call() == 5
    with pytest.raises(ContractLogicError, match="members: not in the past yet"):
        call.getPastVotes(client.ann, now + DAY).call()


def test_cast_vote_by_sig__again_or_altered__is_refused_and_the_nonce_stays(
    client: Client, motion: Motion
) -> None:
    call = client.governor.functions
    motion.opened(client.ann)
    signature = client.sign(client.wallet_of(client.bob), motion.id, FOR)
    altered = call.castVoteBySig(motion.id, AGAINST, client.bob, signature)
    with pytest.raises(ContractLogicError, match="governor: not signed by her"):
        client.send(altered, client.anyone)
    by_sig = call.castVoteBySig(motion.id, FOR, client.bob, signature)
    client.send(by_sig, client.anyone)
    assert call.nonces(client.bob).call() == 0
    with pytest.raises(ContractLogicError, match="governor: not the ballot's turn"):
        client.send(by_sig, client.anyone)
    # in OpenZeppelin's Governor a ballot is final; here she may think again, by her own call
    client.send(call.castVote(motion.id, AGAINST), client.bob)
    assert call.proposalVotes(motion.id).call() == [1, 0, 0]


def test_weight__is_that_of_the_snapshot_and_not_of_vote_start(
    client: Client, motion: Motion, founded: tuple[Client, Coop]
) -> None:
    """OpenZeppelin says the same second twice; here the vote opens later than it is frozen."""
    coop, newcomer = founded[1], LocalSigner(20)
    offer(coop, newcomer)
    created = client.heard(motion.propose(client.ann), "ProposalCreated")
    accept(coop, newcomer)
    call, votes = client.governor.functions, client.votes.functions
    snapshot = call.proposalSnapshot(motion.id).call()
    assert created["voteStart"] == snapshot + DELAY
    motion.wait(created["voteStart"] + 1)
    assert votes.getVotes(newcomer.address).call() == 1
    assert votes.getPastVotes(newcomer.address, snapshot).call() == 0
    with pytest.raises(Reverted, match="governor: joined too late"):
        coop.governor.castVote.send(newcomer, motion.id, FOR)


# --- the whole ABI, so that nothing is forgotten -----------------------------------------------


def test_functions__every_one_that_openzeppelin_has__is_answered_or_refused(
    client: Client,
) -> None:
    functions = entries("function", "IGovernor", "GovernorCountingSimple", "IVotes")
    assert set(functions) == ANSWERED | set(REFUSED)
    assert not ANSWERED & set(REFUSED)
    for signature, entry in functions.items():
        fields = {"from": client.ann, "to": client.address, "data": bare_call(signature)}
        try:
            client.web3.eth.call(fields)
            reason = ""
        except ContractLogicError as error:
            reason = str(error)
        assert (NO_SUCH_FUNCTION in reason) == (signature in REFUSED), (signature, reason)
        if entry["stateMutability"] in ("view", "pure") and signature in ANSWERED:
            assert "no such proposal" in reason or not reason, (signature, reason)


def test_events__every_one_that_openzeppelin_has__is_said_in_its_form_or_never() -> None:
    theirs = entries("event", "IGovernor", "GovernorCountingSimple", "IVotes")
    assert {entry["name"] for entry in theirs.values()} == SAID | set(NEVER_SAID)
    ours = {signature_of(e): e for e in artifact("Governor").abi if e["type"] == "event"}
    for signature, entry in theirs.items():
        assert (signature in ours) == (entry["name"] in SAID), signature
        if signature in ours:
            forms = [
                [(i["name"], i["type"], i["indexed"]) for i in each["inputs"]]
                for each in (entry, ours[signature])
            ]
            assert forms[0] == forms[1]


def test_document__for_the_writers_of_clients__names_every_function() -> None:
    text = DOCUMENT.read_text("utf-8")
    names = {signature.partition("(")[0] for signature in (*ANSWERED, *REFUSED)}
    assert {name for name in names if not re.search(rf"`{name}\b", text)} == set()
    assert {name for name in SAID if f"`{name}`" not in text} == set()


# --- the same in a wallet's page ---------------------------------------------------------------


def test_page__ethers_with_openzeppelins_abi__drives_a_proposal_to_its_end(
    client: Client, motion: Motion
) -> None:
    openzeppelin("IGovernor")
    node, page = shutil.which("node"), Path(__file__).with_name("oz_client.mjs")
    assert node is not None, "Node has installed the packages and is gone"
    (target,), _, (call,) = motion.calls
    order = [node, str(page), client.url, client.address, target, "0x" + call.hex()]
    ran = subprocess.run(order, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert [int(state) for state in seen["states"]] == [
        PENDING, ACTIVE, QUEUED, SUCCEEDED, EXECUTED,
    ]  # fmt: skip
    told = [(client.ann, "1", ""), (client.bob, "2", "not my field"), (client.eve, "1", "")]
    id_ = seen["proposal"]
    created, *casts, executed = seen["events"]
    assert created[:3] == ["ProposalCreated", id_, client.ann]
    assert casts == [["VoteCast", who, id_, what, "1", why] for who, what, why in told]
    assert executed == ["ProposalExecuted", id_]
    assert seen["votes"] == ["0", "2", "1"]
    assert seen["refused"] == {
        "altered": "governor: not signed by her",
        "again": "governor: not the ballot's turn",
        "early": "governor: not ready to execute",
        "queue": NO_SUCH_FUNCTION,
    }
