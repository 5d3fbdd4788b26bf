# SPDX-License-Identifier: AGPL-3.0-only
"""What local chains answer: every test runs on anvil and on ours, against the same literals."""

import json
import sys
from itertools import pairwise
from typing import Any

import pytest
import requests
from eth_account import Account
from eth_account.messages import encode_typed_data

from scripts.devchain import DevChain
from tests.scripts.conftest import Node

# The first account of the test mnemonic and the address of its first contract, as anvil's own
# documentation prints them.
FOUNDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
FIRST_CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FOUNDER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ETHER = 10**18
# Error(string) for "probe: zero": selector, offset 32, length 11, the text.
ZERO_DATA = "0x08c379a0" + f"{32:064x}" + f"{11:064x}" + b"probe: zero".hex().ljust(64, "0")


def test_answer__a_new_chain__is_1337_with_forty_funded_accounts(node: Node) -> None:
    assert node.founder == FOUNDER
    assert node.web3.eth.chain_id == 1337
    assert node.ask("net_version") == "1337"
    assert len(node.web3.eth.accounts) == 40
    assert {node.web3.eth.get_balance(who) for who in node.web3.eth.accounts} == {10_000 * ETHER}


def test_answer__the_same_web3_script__the_same_results(node: Node, probe: Any) -> None:
    eth, patron = node.web3.eth, node.web3.eth.accounts[1]
    assert probe.address == FIRST_CONTRACT
    sent = probe.functions.keep(7).transact({"from": patron, "value": 5})
    receipt = eth.wait_for_transaction_receipt(sent)
    assert (receipt["status"], receipt["blockNumber"], receipt["transactionIndex"]) == (1, 2, 0)
    assert receipt["from"] == patron
    assert receipt["to"] == FIRST_CONTRACT
    # 21,000 base, 16 x 5 + 4 x 31 calldata, 22,100 new slot, 375 + 375 x 2 + 8 x 32 log, and code.
    assert 44_685 < receipt["gasUsed"] < 45_000
    [event] = probe.events.Kept().process_receipt(receipt)
    assert dict(event["args"]) == {"who": patron, "number": 7}
    assert [dict(log)["data"].hex() for log in eth.get_logs({"fromBlock": 0})] == [f"{7:064x}"]
    assert eth.get_logs({"fromBlock": 0, "toBlock": 1}) == []
    assert probe.functions.kept().call() == 7
    assert int.from_bytes(eth.get_storage_at(FIRST_CONTRACT, 0)) == 7
    assert eth.get_balance(FIRST_CONTRACT) == 5
    assert eth.get_transaction_count(patron) == 1
    price = receipt["effectiveGasPrice"]
    assert eth.get_balance(patron) == 10_000 * ETHER - 5 - receipt["gasUsed"] * price
    found = eth.get_transaction(sent)
    assert (found["nonce"], found["value"], found["blockNumber"]) == (0, 5, 2)
    assert found["input"].hex() == probe.encode_abi("keep", [7])[2:]
    assert eth.get_block(2)["transactions"] == [sent]
    assert eth.get_block(receipt["blockHash"])["number"] == 2


def test_answer__gas_of_the_same_transaction__is_the_same_everywhere(
    node: Node, probe: Any
) -> None:
    sent = probe.functions.keep(7).transact({"from": node.founder, "gas": 100_000})
    first = node.web3.eth.wait_for_transaction_receipt(sent)["gasUsed"]
    sent = probe.functions.keep(8).transact({"from": node.founder, "gas": 100_000})
    second = node.web3.eth.wait_for_transaction_receipt(sent)["gasUsed"]
    # The slot exists now: 2,900 for a change instead of 20,000 for a new word (EIP-2200, 2929).
    assert first - second == 17_100


def test_call__refused_by_the_contract__reason_and_data_as_nodes_give_them(
    node: Node, probe: Any
) -> None:
    call = {"from": FOUNDER, "to": FIRST_CONTRACT, "data": probe.encode_abi("keep", [0])}
    refusal = {"code": 3, "message": "execution reverted: probe: zero", "data": ZERO_DATA}
    assert node.ask("eth_call", call, "latest") == refusal
    assert node.ask("eth_estimateGas", call) == refusal


def test_call__from_somebody_without_ether__works(node: Node, probe: Any) -> None:
    nobody = "0x" + "11" * 20
    number, time, chain, caller = probe.functions.surroundings().call({"from": nobody})
    assert (number, chain, caller) == (1, 1337, nobody)
    assert time == node.web3.eth.get_block(1)["timestamp"]
    assert probe.functions.surroundings().call({"from": FIRST_CONTRACT})[3] == FIRST_CONTRACT


def test_send_transaction__refused_by_the_contract__mined_as_failed_and_changes_nothing(
    node: Node, probe: Any
) -> None:
    sent = probe.functions.keep(0).transact({"from": node.founder, "gas": 100_000})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    assert (receipt["status"], receipt["logs"]) == (0, [])
    assert probe.functions.kept().call() == 0


def test_estimate_gas__what_it_says__is_enough_and_not_much_more(node: Node, probe: Any) -> None:
    call = probe.functions.keep(7)
    gas = call.estimate_gas({"from": node.founder})
    sent = call.transact({"from": node.founder, "gas": gas})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    assert receipt["status"] == 1
    assert receipt["gasUsed"] <= gas < receipt["gasUsed"] * 1.1


def _signed(nonce: int, chain_id: int = 1337, value: int = 1) -> str:
    fields = {"to": "0x" + "22" * 20, "value": value, "gas": 21_000, "nonce": nonce}
    fields |= {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 1, "chainId": chain_id}
    signed = Account.from_key(FOUNDER_KEY).sign_transaction(fields)
    return "0x" + bytes(signed.raw_transaction).hex()


def test_send_raw_transaction__signed_for_this_chain__mined(node: Node) -> None:
    sent = node.ask("eth_sendRawTransaction", _signed(0))
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    assert (receipt["status"], receipt["gasUsed"]) == (1, 21_000)
    assert node.web3.eth.get_balance("0x" + "22" * 20) == 1


def test_send_raw_transaction__another_chain_a_used_nonce_too_little_ether__refused(
    node: Node,
) -> None:
    first = node.ask("eth_sendRawTransaction", _signed(0))
    node.web3.eth.wait_for_transaction_receipt(first)
    other_chain = node.ask("eth_sendRawTransaction", _signed(1, chain_id=1))
    assert other_chain == {"code": -32003, "message": "invalid chain id for signer"}
    again = node.ask("eth_sendRawTransaction", _signed(0))
    assert isinstance(again, dict)
    assert again["message"].startswith("nonce too low")
    too_much = node.ask("eth_sendRawTransaction", _signed(1, value=10_001 * ETHER))
    assert too_much == {
        "code": -32003,
        "message": "Insufficient funds for gas * price + value",
    }
    assert node.web3.eth.block_number == 1


def test_clock__next_time_set__the_next_block_has_it_and_time_goes_on_from_there(
    node: Node, probe: Any
) -> None:
    month = node.web3.eth.get_block("latest")["timestamp"] + 30 * 86_400
    early = {"from": FOUNDER, "to": FIRST_CONTRACT, "data": probe.encode_abi("keep_after", [month])}
    assert isinstance(node.ask("eth_call", early, "latest"), dict)
    node.ask("evm_setNextBlockTimestamp", month)
    assert isinstance(node.ask("eth_estimateGas", early, "latest"), dict)
    assert isinstance(node.ask("eth_estimateGas", early), str)
    sent = probe.functions.keep_after(month).transact({"from": node.founder, "gas": 100_000})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    assert receipt["status"] == 1
    assert node.web3.eth.get_block(receipt["blockNumber"])["timestamp"] == month
    node.ask("evm_mine")
    assert 0 <= node.web3.eth.get_block("latest")["timestamp"] - month < 60


def test_clock__increased__the_next_block_is_that_much_later(node: Node) -> None:
    before = node.web3.eth.get_block("latest")["timestamp"]
    node.ask("evm_increaseTime", 7 * 86_400)
    node.ask("evm_mine")
    later = node.web3.eth.get_block("latest")["timestamp"] - before
    assert 7 * 86_400 <= later < 7 * 86_400 + 60


def test_clock__increased_after_many_blocks_in_one_second__counts_from_the_last_one(
    node: Node,
) -> None:
    node.ask("anvil_mine", "0x1e")
    before = node.web3.eth.get_block("latest")["timestamp"]
    node.ask("evm_increaseTime", 86_400)
    node.ask("evm_mine")
    assert node.web3.eth.get_block("latest")["timestamp"] - before >= 86_400


def test_clock__set_back__refused(node: Node) -> None:
    last = node.web3.eth.get_block("latest")["timestamp"]
    refusal = node.ask("evm_setNextBlockTimestamp", last - 1)
    assert isinstance(refusal, dict)
    assert refusal["code"] == -32602
    assert node.ask("evm_setNextBlockTimestamp", last) is None
    node.ask("evm_mine")
    assert node.web3.eth.get_block("latest")["timestamp"] - last in (0, 1)


def test_mine__many_blocks__have_the_seconds_asked_for_between_them(node: Node) -> None:
    node.ask("anvil_mine", "0x4", "0xa")
    times = [node.web3.eth.get_block(number)["timestamp"] for number in range(1, 5)]
    assert [later - earlier for earlier, later in pairwise(times)] == [10] * 3


def test_snapshot__gone_back_to__what_came_after_never_was(node: Node, probe: Any) -> None:
    snapshot = node.ask("evm_snapshot")
    sent = probe.functions.keep(7).transact({"from": node.founder})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    assert node.ask("evm_revert", snapshot) is True
    assert probe.functions.kept().call() == 0
    assert node.web3.eth.block_number == 1
    assert node.web3.eth.get_transaction_count(FOUNDER) == 1
    assert node.ask("eth_getTransactionReceipt", "0x" + sent.hex()) is None
    assert node.ask("eth_getBlockByHash", "0x" + receipt["blockHash"].hex(), False) is None
    assert node.web3.eth.get_logs({"fromBlock": 0}) == []
    assert node.ask("evm_revert", snapshot) is False


def test_logs__asked_by_topic_and_by_contract__only_those(node: Node, probe: Any) -> None:
    accounts = node.web3.eth.accounts
    for number, who in ((1, accounts[1]), (2, accounts[2])):
        sent = probe.functions.keep(number).transact({"from": who})
        node.web3.eth.wait_for_transaction_receipt(sent)
    of_first = probe.events.Kept().get_logs(from_block=0, argument_filters={"who": accounts[1]})
    assert [log["args"]["number"] for log in of_first] == [1]
    either = node.ask(
        "eth_getLogs",
        {
            "fromBlock": "0x0",
            "address": [FIRST_CONTRACT],
            "topics": [None, ["0x" + who[2:].lower().zfill(64) for who in accounts[1:3]]],
        },
    )
    assert isinstance(either, list)
    assert [(log["blockNumber"], log["logIndex"], log["removed"]) for log in either] == [
        ("0x2", "0x0", False),
        ("0x3", "0x0", False),
    ]
    other = {"fromBlock": "0x0", "address": "0x" + "33" * 20}
    assert node.ask("eth_getLogs", other) == []


def test_sign_typed_data__by_an_account_of_the_node__recovers_to_it(node: Node) -> None:
    typed = {
        "types": {
            "EIP712Domain": [{"name": "chainId", "type": "uint256"}],
            "Vote": [{"name": "proposal", "type": "uint256"}],
        },
        "primaryType": "Vote",
        "domain": {"chainId": 1337},
        "message": {"proposal": 1},
    }
    signature = node.ask("eth_signTypedData_v4", FOUNDER, typed)
    signable = encode_typed_data(full_message=typed)
    assert Account.recover_message(signable, signature=signature) == FOUNDER


def test_answer__unknown_block_transaction_and_method__null_or_a_named_refusal(
    node: Node,
) -> None:
    assert node.ask("eth_getBlockByNumber", "0x999", False) is None
    assert node.ask("eth_getBlockByHash", "0x" + "44" * 32, False) is None
    assert node.ask("eth_getTransactionByHash", "0x" + "44" * 32) is None
    assert node.ask("eth_getTransactionReceipt", "0x" + "44" * 32) is None
    codes = {
        ("eth_getBalance", FOUNDER, "0x999"): -32602,
        ("eth_getCode", "0x12"): -32602,
        ("eth_getBalance",): -32602,
        ("millpond_nothing",): -32601,
    }
    for question, code in codes.items():
        refusal = node.ask(*question)
        assert isinstance(refusal, dict)
        assert refusal["code"] == code


def test_answer__fees__are_what_a_wallet_needs(node: Node) -> None:
    history = node.web3.eth.fee_history(1, "latest", [50.0])
    assert len(history["baseFeePerGas"]) == 2
    assert len(history["gasUsedRatio"]) == len(history["reward"]) == 1
    base_fee = node.web3.eth.get_block("pending")["baseFeePerGas"]
    assert node.web3.eth.gas_price >= base_fee
    assert node.web3.eth.max_priority_fee > 0


def test_server__several_questions_in_one_request__answered_in_order(node: Node) -> None:
    questions = [
        {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []},
        {"jsonrpc": "2.0", "id": "b", "method": "eth_blockNumber", "params": []},
    ]
    replies = requests.post(node.url, json=questions, timeout=10).json()
    assert [(reply["id"], reply["result"]) for reply in replies] == [(1, "0x539"), ("b", "0x0")]


def test_server__a_wallet_on_a_page__is_let_in(node: Node) -> None:
    asked = {"Origin": "http://localhost:8000", "Access-Control-Request-Method": "POST"}
    reply = requests.options(
        node.url, headers=asked | {"Access-Control-Request-Headers": "content-type"}, timeout=10
    )
    assert reply.ok
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in reply.headers["Access-Control-Allow-Methods"] or (
        reply.headers["Access-Control-Allow-Methods"] == "*"
    )


def test_server__a_body_that_is_no_question__refused_and_the_server_goes_on() -> None:
    with DevChain() as url:
        broken = requests.post(url, data=b"{", timeout=10).json()
        assert broken["error"] == {"code": -32700, "message": "the body is not JSON"}
        for body in ("7", '{"id": 1}', '{"id": 1, "method": 5}'):
            assert requests.post(url, data=body, timeout=10).json()["error"]["code"] == -32600
        named = '{"id": 1, "method": "eth_chainId", "params": {"a": 1}}'
        assert requests.post(url, data=named, timeout=10).json()["error"]["code"] == -32602
        good = '{"id": 1, "method": "eth_chainId"}'
        assert requests.post(url, data=good, timeout=10).json()["result"] == "0x539"


def test_chain__in_this_process__leaves_deep_json_refused_and_not_deadly() -> None:
    with DevChain():
        assert sys.getrecursionlimit() < 20_000
        with pytest.raises(RecursionError):
            json.loads("[" * 100_000)
