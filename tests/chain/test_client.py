# SPDX-License-Identifier: AGPL-3.0-only
"""A client of a real node, and of one that lies: reads, trials, sending and waiting."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account import Account

from millpond.chain.answers import Address, BadAnswer, NotKept
from millpond.chain.client import (
    Client,
    FeeTooHigh,
    Limits,
    NotEnoughEther,
    NotMined,
    Transaction,
    TransactionPending,
    connect,
)
from millpond.chain.contracts import Contract
from millpond.chain.rpc import Budget, RpcRefused
from millpond.chain.signers import LocalSigner
from millpond.core.errors import NodeDown, Reverted, WrongChain
from tests.chain.nodes import (
    CHAIN_ID,
    QUICK,
    OddNode,
    Reply,
    error,
    free_port,
    odd_node,
    result,
    through,
)

NOBODY = Address("0x000000000000000000000000000000000000dEaD")


def lying(client: Client, url: str, limits: Limits | None = None) -> Client:
    """A client of another address, that has the same chain behind it."""
    return connect(url, client.chain_id, QUICK, limits or Limits(receipt_seconds=0.3))


def test_connect__right_chain__connected(node_url: str) -> None:
    assert connect(node_url, CHAIN_ID).chain_id == CHAIN_ID


def test_connect__another_chain__refused(node_url: str) -> None:
    with pytest.raises(WrongChain, match="serves chain 1337, not chain 1") as caught:
        connect(node_url, 1)
    assert "--rpc" in caught.value.next_step


def test_connect__node_down__refused() -> None:
    with pytest.raises(NodeDown):
        connect(f"http://127.0.0.1:{free_port()}", CHAIN_ID, QUICK)


@pytest.mark.parametrize("nonsense", [None, 1337, "1337", "0x", [], True])
def test_connect__chain_id_is_garbage__refused(nonsense: object) -> None:
    with odd_node(lambda _: result(nonsense)) as node, pytest.raises(BadAnswer, match="chain id"):
        connect(node.url, CHAIN_ID, QUICK)


def test_block__by_number__is_that_block(client: Client) -> None:
    head = client.block()
    assert client.block(head.number) == head
    assert client.genesis_hash() == client.block(0).hash
    assert client.now() >= head.timestamp > 1_600_000_000


def test_block__unknown_number__refused(client: Client) -> None:
    with pytest.raises(NotKept, match="no block 99999999"):
        client.block(99_999_999)
    with pytest.raises(NotKept, match="does not know transaction"):
        client.transaction(bytes(32))


def test_block__node_answers_with_another_block__refused(client: Client, node_url: str) -> None:
    def other_block(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getBlockByNumber" or question["params"][0] == "0x0":
            return None
        return through(node_url, lambda _: None)(question | {"params": ["0x0", False]})

    with odd_node(through(node_url, other_block)) as node:
        liar = lying(client, node.url)
        with pytest.raises(BadAnswer, match="block 1"):
            liar.block(1)


def test_send__plain_transfer__receipt_and_balances(
    client: Client, patron: LocalSigner, outsider: LocalSigner
) -> None:
    before = client.balance(outsider.address)
    receipt = patron.send(client, Transaction(outsider.address, b"", 5, "a gift"))
    assert client.balance(outsider.address) == before + 5
    assert receipt.gas_used == 21_000
    mined = client.transaction(receipt.transaction_hash)
    assert (mined.sender, mined.to, mined.value) == (patron.address, outsider.address, 5)
    assert mined.block_number == receipt.block_number


def test_send__contract_refuses__reason_before_anything_is_sent(
    client: Client, bench: Contract, patron: LocalSigner
) -> None:
    head, number = client.block().number, bench.number()
    with pytest.raises(
        Reverted, match=r'Bench\.fail was refused by the contract: "no pond"'
    ) as seen:
        bench.fail.send(patron, "no pond")
    assert seen.value.reason == "no pond"
    assert "nothing was sent" in seen.value.next_step
    assert client.block().number == head
    assert bench.number() == number


def test_send__contract_refuses_silently__named_without_a_reason(
    bench: Contract, patron: LocalSigner
) -> None:
    with pytest.raises(Reverted, match="without giving a reason") as caught:
        bench.fail_silently.send(patron)
    assert caught.value.reason == ""


def test_send__would_never_end__named(bench: Contract, patron: LocalSigner) -> None:
    with pytest.raises(RpcRefused, match="gas"):
        bench.burn_gas.send(patron)


def test_send__reverts_only_when_mined__named_with_the_reason(client: Client) -> None:
    """Two transactions pass their trial on one state; the second is mined after the first."""
    # runtime: revert with Error("late") once storage slot 0 is set, else set it
    runtime = bytes.fromhex(
        "5f54600b576001600055005b7f08c379a0" + "00" * 28 + "5f52"
        "602060045260046024527f6c617465" + "00" * 28 + "60445260645ffd"
    )
    init = bytes.fromhex(f"60{len(runtime):02x}600c5f3960{len(runtime):02x}5ff3").ljust(12, b"\0")
    trap = LocalSigner(0).send(client, Transaction(None, init + runtime)).contract_address
    call = Transaction(trap, b"", 0, "the trap")
    ready = [client.prepare(call, LocalSigner(index).address) for index in (1, 2)]
    raw = [
        Account.from_key(_key(index)).sign_transaction(one.fields()).raw_transaction
        for index, one in zip((1, 2), ready, strict=True)
    ]
    client.send_raw(bytes(raw[0]), ready[0])
    with pytest.raises(Reverted, match="the trap was refused") as caught:
        client.send_raw(bytes(raw[1]), ready[1])
    assert caught.value.reason == "late"
    assert "on the chain as failed" in caught.value.next_step


def _key(index: int) -> bytes:
    Account.enable_unaudited_hdwallet_features()
    words = "test test test test test test test test test test test junk"
    return bytes(Account.from_mnemonic(words, account_path=f"m/44'/60'/0'/0/{index}").key)


def test_send__empty_account__refused_with_the_missing_sum(client: Client) -> None:
    poor = LocalSigner(0, "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong")
    with pytest.raises(NotEnoughEther, match="has 0 wei") as caught:
        poor.send(client, Transaction(NOBODY, b"", 0, "nothing"))
    assert "send at least" in caught.value.next_step


def test_send__fee_above_the_limit__refused(node_url: str, patron: LocalSigner) -> None:
    thrifty = connect(node_url, CHAIN_ID, QUICK, Limits(max_fee_per_gas=10))
    with pytest.raises(FeeTooHigh, match="MILLPOND_MAX_FEE_GWEI"):
        patron.send(thrifty, Transaction(NOBODY, b"", 1))


def test_send__earlier_transaction_waiting__refused_and_nothing_sent(
    client: Client, node_url: str, patron: LocalSigner
) -> None:
    def one_waits(question: dict[str, Any]) -> Reply | None:
        if question["params"][1:] == ["pending"]:
            _, body = through(node_url, lambda _: None)(question)
            return result(hex(int(json.loads(body)["result"], 16) + 1))
        return None

    with odd_node(through(node_url, one_waits)) as node:
        with pytest.raises(TransactionPending, match="still waiting"):
            patron.send(lying(client, node.url), Transaction(NOBODY, b"", 1, "a gift"))
        assert node.count("eth_sendRawTransaction") == 0


def test_send__never_mined__unknown_end_with_the_hash(
    client: Client, node_url: str, patron: LocalSigner
) -> None:
    def unmined(question: dict[str, Any]) -> Reply | None:
        return result(None) if question["method"] == "eth_getTransactionReceipt" else None

    with odd_node(through(node_url, unmined)) as node:
        with pytest.raises(NotMined, match=r"not mined within 0\.3 seconds") as caught:
            patron.send(lying(client, node.url), Transaction(NOBODY, b"", 1, "a gift"))
        assert node.count("eth_sendRawTransaction") == 1
    assert "0x" + caught.value.transaction_hash.hex() in caught.value.message


def test_send__node_of_another_chain_by_now__refused(client: Client, node_url: str) -> None:
    replies = [result("0x539"), result("0x1")]
    with odd_node(through(node_url, lambda _: replies.pop(0))) as node:
        switched = lying(client, node.url)
        with pytest.raises(WrongChain):
            LocalSigner(0).send(switched, Transaction(NOBODY, b"", 1))
    assert replies == []


@pytest.fixture
def half_dead(client: Client, node_url: str) -> Iterator[tuple[Client, OddNode]]:
    """A node that swallows what it is sent: the transaction is mined, the answer never comes."""

    def swallow(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_sendRawTransaction":
            return None
        through(node_url, lambda _: None)(question)
        return 502, b""

    with odd_node(through(node_url, swallow)) as node:
        yield lying(client, node.url), node


def test_send__answer_lost_after_sending__unknown_end_and_one_try(
    client: Client, half_dead: tuple[Client, OddNode], patron: LocalSigner
) -> None:
    liar, node = half_dead
    before = client.balance(NOBODY)
    with pytest.raises(NotMined, match="its end is not known") as caught:
        patron.send(liar, Transaction(NOBODY, b"", 3, "a gift"))
    assert node.count("eth_sendRawTransaction") == 1
    # A busy node may mine it a little later.
    ends = time.monotonic() + 20
    while client.balance(NOBODY) == before and time.monotonic() < ends:
        time.sleep(0.05)
    assert client.balance(NOBODY) == before + 3
    assert client.transaction(caught.value.transaction_hash).to == NOBODY
    assert "look this hash up" in caught.value.next_step


def test_wait__receipt_of_another_transaction__refused(
    client: Client, node_url: str, patron: LocalSigner
) -> None:
    other = patron.send(client, Transaction(NOBODY, b"", 1)).transaction_hash.hex()

    def swap(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getTransactionReceipt":
            return None
        return through(node_url, lambda _: None)(question | {"params": ["0x" + other]})

    with odd_node(through(node_url, swap)) as node, pytest.raises(BadAnswer, match="another"):
        patron.send(lying(client, node.url), Transaction(NOBODY, b"", 1))


def test_wait__hash_invented_by_the_node__own_hash_used(
    client: Client, node_url: str, patron: LocalSigner
) -> None:
    def invent(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_sendRawTransaction":
            return None
        through(node_url, lambda _: None)(question)
        return result("0x" + "11" * 32)

    with odd_node(through(node_url, invent)) as node:
        receipt = patron.send(lying(client, node.url), Transaction(NOBODY, b"", 1))
        asked = [q for q in node.asked if q["method"] == "eth_getTransactionReceipt"]
    assert receipt.transaction_hash.hex() != "11" * 32
    assert {q["params"][0] for q in asked} == {"0x" + receipt.transaction_hash.hex()}


def test_prepare__gas_above_the_cap__refused(client: Client, node_url: str) -> None:
    def greedy(question: dict[str, Any]) -> Reply | None:
        return result("0x1000001") if question["method"] == "eth_estimateGas" else None

    with odd_node(through(node_url, greedy)) as node:
        liar = lying(client, node.url)
        with pytest.raises(Exception, match="more than one transaction may use") as caught:
            liar.prepare(Transaction(NOBODY), LocalSigner(0).address)
    assert getattr(caught.value, "next_step", "") == "split it into smaller parts"


def test_prepare__node_without_priority_fee__one_gwei(client: Client, node_url: str) -> None:
    def silent(question: dict[str, Any]) -> Reply | None:
        return error(-32601, "unknown") if "Priority" in question["method"] else None

    with odd_node(through(node_url, silent)) as node:
        prepared = lying(client, node.url).prepare(Transaction(NOBODY), LocalSigner(0).address)
    assert prepared.max_priority_fee_per_gas == 10**9
    assert prepared.max_fee_per_gas == 2 * client.block().base_fee + 10**9


def test_logs__in_pieces__all_of_them_in_order(
    client: Client, node_url: str, bench: Contract, patron: LocalSigner
) -> None:
    first = client.block().number + 1
    for number in range(7):
        bench.note.send(patron, number)
    small = connect(node_url, CHAIN_ID, QUICK, Limits(log_blocks=2))
    told: list[tuple[int, int]] = []
    logs = small.logs(
        bench.address, [], first, on_progress=lambda done, whole: told.append((done, whole))
    )
    assert [bench.abi.decode_log(log).args["amount"] for log in logs] == list(range(7))
    assert told == [(2, 7), (4, 7), (6, 7), (7, 7)]


def test_logs__node_that_limits_answers__asked_for_less(
    client: Client, node_url: str, bench: Contract, patron: LocalSigner
) -> None:
    first = client.block().number + 1
    for number in range(5):
        bench.note.send(patron, number)

    def limited(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getLogs":
            return None
        span = question["params"][0]
        wide = int(span["toBlock"], 16) - int(span["fromBlock"], 16) >= 2
        return error(-32005, "query returned more than 10000 results") if wide else None

    with odd_node(through(node_url, limited)) as node:
        logs = lying(client, node.url).logs(bench.address, [], first)
    assert [bench.abi.decode_log(log).args["amount"] for log in logs] == list(range(5))


@pytest.mark.parametrize(
    "change",
    [
        {"address": "0x" + "11" * 20},
        {"blockNumber": "0xffffff"},
        {"removed": True},
        {"topics": "0x"},
        {"logIndex": None},
    ],
)
def test_logs__forged__refused(
    client: Client, node_url: str, bench: Contract, patron: LocalSigner, change: dict[str, Any]
) -> None:
    first = bench.note.send(patron, 1).block_number

    def forge(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getLogs":
            return None
        _, body = through(node_url, lambda _: None)(question)
        answer = json.loads(body)
        answer["result"] = [log | change for log in answer["result"]]
        return 200, json.dumps(answer).encode()

    with odd_node(through(node_url, forge)) as node, pytest.raises(BadAnswer):
        lying(client, node.url).logs(bench.address, [], first)


def test_logs__same_log_twice__once(
    client: Client, node_url: str, bench: Contract, patron: LocalSigner
) -> None:
    first = bench.note.send(patron, 1).block_number

    def double(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_getLogs":
            return None
        _, body = through(node_url, lambda _: None)(question)
        answer = json.loads(body)
        answer["result"] *= 2
        return 200, json.dumps(answer).encode()

    with odd_node(through(node_url, double)) as node:
        assert len(lying(client, node.url).logs(bench.address, [], first)) == 1


def test_call__off_chain_look_up__never_followed(client: Client) -> None:
    """A contract that reverts with OffchainLookup (ERC-3668) must not make us call its address."""
    hits: list[dict[str, Any]] = []

    def gateway(question: dict[str, Any]) -> Reply:
        hits.append(question)
        return result("0x")

    with odd_node(gateway) as inner:
        lookup = _offchain_lookup(inner.url)
        with odd_node(
            lambda q: result("0x539") if q["method"] == "eth_chainId" else lookup
        ) as node:
            liar = lying(client, node.url)
            with pytest.raises(Reverted, match="error 0x556f1830"):
                liar.call(Transaction(NOBODY))
    assert hits == []


def _offchain_lookup(url: str) -> Reply:
    types = ["address", "string[]", "bytes", "bytes4", "bytes"]
    data = encode(types, [NOBODY, [url + "/{sender}/{data}"], b"", b"\x00" * 4, b""])
    return error(3, "execution reverted", "0x556f1830" + data.hex())


def test_code__account_without_code__empty(client: Client, bench: Contract) -> None:
    assert client.code(NOBODY) == b""
    assert len(client.code(bench.address)) > 100


def test_storage__slot__is_the_word(client: Client, bench: Contract, patron: LocalSigner) -> None:
    bench.note.send(patron, 77)
    assert int.from_bytes(client.storage(bench.address, 0)) == 77


def test_client__repr__holds_no_secret_of_the_address(node_url: str) -> None:
    client = connect(node_url + "/?key=canary", CHAIN_ID, Budget())
    assert "canary" not in repr(client)
