# SPDX-License-Identifier: AGPL-3.0-only
"""One nonce, one transaction: replaced when it is stuck, given up when another took its place, and
never two for one ballot. Prices rise, blocks go, the node goes; nothing is lost."""

import pytest
from eth_account import Account

from millpond.chain.answers import NO_ADDRESS
from millpond.chain.client import connect
from millpond.chain.signers import TEST_MNEMONIC
from millpond.core.errors import NodeDown
from millpond.core.subjects import from_hex, to_hex
from tests.api.relay.yard import RELAY, Yard
from tests.chain.coop import DAY, FOUNDERS
from tests.chain.nodes import CHAIN_ID, QUICK, OddNode, Reply, odd_node, result, through

GWEI = 10**9
MOST_GWEI = 200


def _key() -> str:
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(TEST_MNEMONIC, account_path="m/44'/60'/0'/0/30")
    assert account.address == RELAY.address
    return to_hex(bytes(account.key))


def _foreign(yard: Yard, nonce: int, gwei: int = 50) -> str:
    """Somebody uses the relay's key elsewhere: a plain payment with this nonce."""
    fields = {
        "type": 2,
        "chainId": CHAIN_ID,
        "nonce": nonce,
        "gas": 21_000,
        "maxFeePerGas": gwei * GWEI,
        "maxPriorityFeePerGas": gwei * GWEI,
        "to": NO_ADDRESS,
        "value": 1,
        "data": b"",
    }
    signed = Account.sign_transaction(fields, _key())
    return str(yard.ask("eth_sendRawTransaction", to_hex(bytes(signed.raw_transaction))))


def _all_in(yard: Yard) -> tuple[int, list[str]]:
    (proposal,) = yard.propose()
    return proposal, yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))


def _once_each(yard: Yard, proposal: int) -> None:
    assert yard.tally(proposal) == (0, 5, 0)
    assert sorted(yard.casts(proposal)) == sorted(founder.address for founder in FOUNDERS)


# --- prices ---------------------------------------------------------------------------------------


def test_push__after_a_spike_of_the_base_fee__pays_more_with_the_same_nonce(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    yard.ask("anvil_setNextBlockBaseFeePerGas", hex(40 * GWEI))
    yard.mine()
    yard.clock += 59
    relay.round()
    assert len(relay.sender.outbox.attempts(batch)) == 1, "not stuck for long enough yet"
    yard.clock += 2
    assert relay.round() is None
    first, second = relay.sender.outbox.attempts(batch)
    assert second.prices.fee >= 80 * GWEI > first.prices.fee * 9 // 8
    assert second.prices.tip > first.prices.tip * 9 // 8
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    assert yard.kept(ids[0]).transaction_hash == to_hex(second.hash)
    assert yard.client.nonce(RELAY.address) == batch.nonce + 1
    _once_each(yard, proposal)


def test_push__while_gas_costs_more_than_it_may__waits_and_says_so(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    yard.ask("anvil_setNextBlockBaseFeePerGas", hex(MOST_GWEI * GWEI))
    yard.mine()
    yard.clock += 61
    problem = relay.round()
    assert problem is not None
    assert problem.name == "FeeTooHigh"
    status = yard.queue().status()
    assert status is not None
    assert status.problem == "FeeTooHigh"
    assert yard.states(ids) == ["sent"] * 5
    yard.ask("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    yard.mine()
    assert relay.round() is None
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


def test_push__a_transaction_of_no_use_any_more__gives_its_nonce_up_cheaply(yard: Yard) -> None:
    """The vote closes while the ballots wait: what is mined then calls nothing."""
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    yard.ask("anvil_dropTransaction", to_hex(relay.sender.outbox.attempts(batch)[0].hash))
    yard.ask("evm_setNextBlockTimestamp", int(yard.coop.governor.proposalEta(proposal)) + 1)
    yard.mine()
    yard.clock += 61
    relay.round()
    last = relay.sender.outbox.attempts(batch)[-1]
    assert last.empty
    assert last.gas == 21_000
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["refused"] * 5
    assert yard.kept(ids[0]).reason in {
        "governor: ballots expired",
        "governor: no ballots taken now",
    }


# --- nonces ---------------------------------------------------------------------------------------


def test_settle__another_transaction_took_the_nonce__the_ballots_go_out_with_the_next(
    yard: Yard,
) -> None:
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    yard.ask("anvil_dropTransaction", to_hex(relay.sender.outbox.attempts(batch)[0].hash))
    _foreign(yard, batch.nonce)
    yard.mine()
    relay.round()
    relay.round()
    assert yard.states(ids) == ["sent"] * 5
    assert relay.sender.outbox.open()[0].id == batch.id, "not believed at once"
    yard.clock += 6
    relay.round()
    assert yard.states(ids) == ["sent"] * 5
    [again] = relay.sender.outbox.open()
    assert again.nonce == batch.nonce + 1
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


def test_push__a_gap_below_its_nonce__is_filled(yard: Yard) -> None:
    """Something was sent with the key elsewhere and got lost: whatever is behind it would wait for
    ever."""
    proposal, ids = _all_in(yard)
    yard.by_hand()
    nonce = yard.client.nonce(RELAY.address)
    foreign = _foreign(yard, nonce)
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    assert batch.nonce == nonce + 1
    yard.ask("anvil_dropTransaction", foreign)
    yard.mine()
    relay.round()
    assert yard.client.nonce(RELAY.address) == nonce
    yard.clock += 11
    relay.round()
    filler, same = relay.sender.outbox.open()
    assert (filler.nonce, filler.kind, same.id) == (nonce, "filler", batch.id)
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    assert yard.client.nonce(RELAY.address) == nonce + 2
    _once_each(yard, proposal)


def test_send__what_the_node_lost__is_sent_again_as_it_was(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    [batch] = relay.sender.outbox.open()
    [attempt] = relay.sender.outbox.attempts(batch)
    yard.ask("anvil_dropTransaction", to_hex(attempt.hash))
    relay.round()
    assert len(relay.sender.outbox.attempts(batch)) == 1
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


# --- blocks that go -------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_both")
def test_settle__the_block_is_taken_back__the_same_transaction_waits_again(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    relay = yard.relay()
    relay.round()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    yard.by_hand()
    yard.ask("anvil_reorg", 1, [])
    assert yard.tally(proposal) == (0, 0, 0)
    relay.round()
    assert yard.states(ids) == ["sent"] * 5
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


def test_settle__a_block_that_is_deep__is_final(yard: Yard) -> None:
    _, ids = _all_in(yard)
    relay = yard.relay()
    relay.round()
    relay.round()
    yard.ask("anvil_mine", hex(70))
    relay.round()
    assert yard.states(ids) == ["final"] * 5
    assert relay.sender.outbox.mined() == []
    yard.clock += 31 * DAY
    relay.round()
    batches = "SELECT count(*) AS n FROM relay_batches"
    assert relay.queue.db.execute(batches).fetchone()["n"] == 0, "how it was sent is forgotten"
    assert yard.kept(ids[0]).transaction_hash, "that it counted is not"


# --- refusals -------------------------------------------------------------------------------------


def test_settle__a_transaction_that_fails_on_the_chain__is_explained(yard: Yard) -> None:
    """It was good when it was tried; the block that took it came after the deadline."""
    proposal, ids = _all_in(yard)
    yard.by_hand()
    relay = yard.relay()
    relay.round()
    yard.ask("evm_setNextBlockTimestamp", int(yard.coop.governor.proposalEta(proposal)) + 1)
    yard.mine()
    relay.round()
    assert yard.states(ids) == ["refused"] * 5
    kept = yard.kept(ids[0])
    assert kept.reason == "governor: ballots expired"
    assert kept.next_step
    spent = relay.sender.outbox.spent_since(0)
    assert spent > 0, "a failure costs its fee, and counts"


# --- the node -------------------------------------------------------------------------------------


def test_round__the_node_is_down_and_comes_back__nothing_is_lost(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    down = False

    def answer(_: dict[str, object]) -> Reply | None:
        return (502, b"") if down else None

    with odd_node(through(yard.url, answer)) as node:
        relay = yard.relay(connect(node.url, CHAIN_ID, QUICK))
        down = True
        problem = relay.round()
        assert isinstance(problem, NodeDown)
        status = yard.queue().status()
        assert status is not None
        assert (status.problem, status.detail) == (problem.name, problem.message)
        assert yard.states(ids) == ["received"] * 5
        down = False
        assert relay.round() is None
        down = True
        assert relay.round() is not None
        down = False
        assert relay.round() is None
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


def test_send__the_node_breaks_off_after_it_took_it__it_is_not_sent_as_another(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    node: OddNode

    def deny(question: dict[str, object]) -> Reply | None:
        if question["method"] != "eth_sendRawTransaction":
            return None
        through(yard.url, lambda _: None)(question)
        return 502, b""

    with odd_node(through(yard.url, deny)) as node:
        relay = yard.relay(connect(node.url, CHAIN_ID, QUICK))
        assert relay.round() is not None
        assert relay.round() is None
        assert node.count("eth_sendRawTransaction") == 1
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)


def test_send__the_node_takes_it_and_forgets_it__it_is_sent_until_it_is_mined(yard: Yard) -> None:
    proposal, ids = _all_in(yard)
    swallowed: list[str] = []

    def swallow(question: dict[str, object]) -> Reply | None:
        if question["method"] != "eth_sendRawTransaction" or len(swallowed) == 3:
            return None
        params = question["params"]
        assert isinstance(params, list)
        swallowed.append(params[0])
        return result(to_hex(bytes(32)))

    with odd_node(through(yard.url, swallow)) as node:
        relay = yard.relay(connect(node.url, CHAIN_ID, QUICK))
        for _ in range(5):
            relay.round()
    assert len(set(swallowed)) == 1, "the very same bytes each time"
    assert from_hex(swallowed[0], len(swallowed[0]) // 2 - 1)
    assert yard.states(ids) == ["done"] * 5
    _once_each(yard, proposal)
