# SPDX-License-Identifier: AGPL-3.0-only
"""What real nodes answer holds under their own hashes; an answer that was changed once does not."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from eth_account import Account
from rlp import decode as their_decode  # type: ignore[import-untyped]
from trie import HexaryTrie  # type: ignore[import-untyped]

from millpond.chain import headers, receipts, state_proofs
from millpond.chain.answers import Address, BadAnswer, entries, log
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.contracts import Contract
from millpond.chain.headers import FullHeader
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.core.subjects import checksum_address, to_hex
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import STRANGER, deploy
from tests.chain.made_blocks import Json, at, paths
from tests.chain.nodes import CHAIN_ID

GWEI = 10**9
WALLET = Account.from_key(b"\7" * 32)
NOBODY = Address(checksum_address(b"\x12" * 20))


def _engines() -> Iterator[Any]:
    yield "in-process"
    yield pytest.param(
        "anvil",
        marks=pytest.mark.skipif(find_anvil() is None, reason="anvil comes with Node (make setup)"),
    )


@pytest.fixture(scope="module", params=_engines())
def story(request: pytest.FixtureRequest) -> Iterator[tuple[Client, Contract]]:
    """A chain with a token, and a transaction of each type that a wallet can send."""
    anvil = find_anvil() if request.param == "anvil" else None
    with local_chain(anvil=anvil) as url:
        client = connect(url, CHAIN_ID)
        dollar = deploy(client, "TestDollar")
        LocalSigner(0).send(client, Transaction(Address(WALLET.address), b"", 10**18, "money"))
        for nonce, fields in enumerate(_types(dollar.address)):
            call: Any = {
                "to": dollar.address,
                "data": to_hex(dollar.encode("mint", STRANGER.address, 5 + nonce)),
                "nonce": nonce,
                "gas": 200_000,
                "chainId": CHAIN_ID,
                **fields,
            }
            signed = WALLET.sign_transaction(call)
            client.rpc.tell("eth_sendRawTransaction", [to_hex(signed.raw_transaction)])
        yield client, dollar


def _types(token: str) -> Iterator[Any]:
    fees = {"maxFeePerGas": 10 * GWEI, "maxPriorityFeePerGas": GWEI}
    access = [{"address": token, "storageKeys": ["0x" + "00" * 32]}]
    yield {"gasPrice": 10 * GWEI}
    yield {"type": 1, "gasPrice": 10 * GWEI, "accessList": access}
    yield {"type": 2, "accessList": access, **fees}
    delegation = {"chainId": CHAIN_ID, "address": token, "nonce": 4}
    yield {"type": 4, "authorizationList": [WALLET.sign_authorization(delegation)], **fees}


def _header(client: Client, number: int) -> FullHeader:
    return headers.read(client.rpc.ask("eth_getBlockByNumber", [hex(number), False]))


def test_read__every_block__hashes_to_what_the_node_says(story: tuple[Client, Contract]) -> None:
    client, _ = story
    last = client.block().number
    assert last >= 5
    parent = _header(client, 0)
    for number in range(1, last + 1):
        header = _header(client, number)
        assert (header.number, header.parent_hash) == (number, parent.hash)
        parent = header


def test_proven_logs__every_block__the_logs_of_the_node(story: tuple[Client, Contract]) -> None:
    client, dollar = story
    kinds, found = set(), []
    for number in range(client.block().number + 1):
        told = client.rpc.ask("eth_getBlockReceipts", [hex(number)])
        kinds |= {entry["type"] for entry in told}  # type: ignore[attr-defined]
        found += receipts.proven_logs(told, _header(client, number))
    assert kinds >= {"0x0", "0x1", "0x2", "0x4"}
    everything = [{"fromBlock": "0x0", "toBlock": "latest"}]
    assert found == [log(e) for e in entries(client.rpc.ask("eth_getLogs", everything), "logs")]
    assert len(found) >= 4
    topic = dollar.abi.event("Transfer").topic
    token = bytes.fromhex(dollar.address[2:])
    number = found[-1].block_number
    assert _header(client, number).may_have(token, topic)
    assert not _header(client, number).may_have(token, keccak256(b"never said"))
    assert not _header(client, 1).may_have(token)


# --- state ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def state() -> Iterator[tuple[Client, Contract, FullHeader]]:
    """A token that many hold, on anvil: it alone answers eth_getProof."""
    if find_anvil() is None:
        pytest.skip("anvil is not installed: it comes with Node (make setup)")
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        dollar = deploy(client, "TestDollar")
        for number in range(12):
            dollar.mint.send(STRANGER, checksum_address(keccak256(b"%d" % number)[:20]), 7)
        yield client, dollar, _header(client, client.block().number)


def _told(client: Client, address: str, slots: list[int], number: int) -> Any:
    asked = [to_hex(slot.to_bytes(32)) for slot in slots]
    return client.rpc.ask("eth_getProof", [address, asked, hex(number)])


def _slots(client: Client, dollar: Contract) -> list[int]:
    """Some that hold something, and one that does not."""
    filled = [slot for slot in range(8) if any(client.storage(dollar.address, slot))]
    assert filled
    return [*filled[:2], 0xDEAD]


def test_check__accounts_and_words__are_what_the_node_serves_without_a_proof(
    state: tuple[Client, Contract, FullHeader],
) -> None:
    client, dollar, header = state
    slots = _slots(client, dollar)
    told = _told(client, dollar.address, slots, header.number)
    found = state_proofs.check(told, header.state_root, dollar.address, slots)
    assert found.code_hash == keccak256(client.code(dollar.address))
    assert found.balance == client.balance(dollar.address)
    words = {slot: int.from_bytes(client.storage(dollar.address, slot)) for slot in slots}
    assert found.slots == words
    assert any(words.values())
    assert words[0xDEAD] == 0
    wallet = STRANGER.address
    account = state_proofs.check(
        _told(client, wallet, [], header.number), header.state_root, wallet, []
    )
    assert account.balance == client.balance(wallet)
    assert (account.nonce, account.code_hash) == (12, state_proofs.NO_CODE)


def test_check__an_account_that_nobody_has_used__is_proven_to_be_nothing(
    state: tuple[Client, Contract, FullHeader],
) -> None:
    client, _, header = state
    told = _told(client, NOBODY, [3], header.number)
    found = state_proofs.check(told, header.state_root, NOBODY, [3])
    assert (found.nonce, found.balance, found.slots) == (0, 0, {3: 0})
    nothing = {"storageHash": "0x" + "00" * 32, "codeHash": "0x" + "00" * 32}
    assert state_proofs.check(told | nothing, header.state_root, NOBODY, [3]) == found
    with pytest.raises(BadAnswer, match="beside it"):
        state_proofs.check(told | {"balance": "0x1"}, header.state_root, NOBODY, [3])


def test_check__a_past_block__holds_under_its_own_root_only(
    state: tuple[Client, Contract, FullHeader],
) -> None:
    client, dollar, header = state
    early = _header(client, header.number - 5)
    told = _told(client, dollar.address, [], early.number)
    state_proofs.check(told, early.state_root, dollar.address, [])
    with pytest.raises(BadAnswer, match="the hash"):
        state_proofs.check(told, header.state_root, dollar.address, [])


def test_check__the_proof__is_read_alike_by_another_implementation(
    state: tuple[Client, Contract, FullHeader],
) -> None:
    client, dollar, header = state
    slots = _slots(client, dollar)
    told = _told(client, dollar.address, slots, header.number)
    key = keccak256(bytes.fromhex(dollar.address[2:]))
    account = _theirs(header.state_root, key, told["accountProof"])
    ours = state_proofs.check(told, header.state_root, dollar.address, slots)
    assert their_decode(account)[2:] == [ours.storage_root, ours.code_hash]
    for entry, slot in zip(told["storageProof"], slots, strict=True):
        word = _theirs(ours.storage_root, keccak256(slot.to_bytes(32)), entry["proof"])
        assert int.from_bytes(their_decode(word) if word else b"") == ours.slots[slot]


def _theirs(root: bytes, key: bytes, nodes: list[str]) -> bytes:
    proof = [their_decode(bytes.fromhex(node[2:])) for node in nodes]
    return bytes(HexaryTrie.get_from_proof(root, key, proof))


def test_check__changed_once__refused(state: tuple[Client, Contract, FullHeader]) -> None:
    """Each value of the answer changed at a few places, and each list cut, doubled or turned."""
    client, dollar, header = state
    slots = _slots(client, dollar)
    told = _told(client, dollar.address, slots, header.number)
    tried = 0
    for changed in _changed(told):
        tried += 1
        with pytest.raises(BadAnswer):
            state_proofs.check(changed, header.state_root, dollar.address, slots)
    assert tried > 120


def test_check__other_slots_or_another_account__refused(
    state: tuple[Client, Contract, FullHeader],
) -> None:
    client, dollar, header = state
    slots = _slots(client, dollar)
    told = _told(client, dollar.address, slots, header.number)
    for others in (slots[:-1], [*slots, 99], []):
        with pytest.raises(BadAnswer, match="of other slots"):
            state_proofs.check(told, header.state_root, dollar.address, others)
    with pytest.raises(BadAnswer, match="of another account"):
        state_proofs.check(told, header.state_root, NOBODY, slots)
    renamed = told | {"address": NOBODY}
    with pytest.raises(BadAnswer):  # an account's true proof, under another's name
        state_proofs.check(renamed, header.state_root, NOBODY, slots)


def _changed(told: Json) -> Iterator[Any]:
    for path in paths(told):
        *way, last = path
        for other in _instead(at(told, path)):
            changed = copy.deepcopy(told)
            at(changed, way)[last] = other
            yield changed
    for name in told:
        yield {key: value for key, value in told.items() if key != name}
    proofs: list[tuple[Any, ...]] = [("accountProof",), ("storageProof",)]
    proofs += [("storageProof", n, "proof") for n in range(len(told["storageProof"]))]
    for place in proofs:
        nodes = at(told, place)
        for other in (nodes[1:], nodes[:-1], [*nodes, nodes[0]], [], None):
            changed = copy.deepcopy(told)
            at(changed, place[:-1])[place[-1]] = other
            if changed != told:
                yield changed
    yield from (None, [], "0x")


def _instead(text: str) -> Iterator[object]:
    """Another text in a node's spelling: a digit changed here and there, too long, nothing."""
    for place in sorted({2, len(text) // 3, len(text) // 2, 2 * len(text) // 3, len(text) - 1}):
        digit = "1" if text[place] != "1" else "2"
        yield text[:place] + digit + text[place + 1 :]
    yield text + "11"
    yield "0x"
    yield None
