# SPDX-License-Identifier: AGPL-3.0-only
"""The bench must bite: a test that uses it wrongly, or a contract that misbehaves, has to fail."""

from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from tests.contracts import compiled
from tests.contracts.evm import START, Actor, Contract, Evm, Reverted


@pytest.fixture
def founder(evm: Evm) -> Actor:
    return evm.actor("founder")


@pytest.fixture
def bench(evm: Evm, founder: Actor) -> Contract:
    return evm.deploy("Bench", founder)


def test_reverts__the_named_reason__passes(evm: Evm, bench: Contract, founder: Actor) -> None:
    with evm.reverts("out of flour"):
        bench.fail("out of flour", sender=founder)
    assert bench.number() == 0


def test_reverts__another_reason__fails(evm: Evm, bench: Contract, founder: Actor) -> None:
    with (
        pytest.raises(AssertionError, match="reverted with 'out of flour', not 'out'"),
        evm.reverts("out"),
    ):
        bench.fail("out of flour", sender=founder)


def test_reverts__nothing_reverts__fails(evm: Evm, bench: Contract, founder: Actor) -> None:
    with pytest.raises(AssertionError, match="nothing reverted"), evm.reverts("out of flour"):
        bench.note(1, sender=founder)


def test_reverts__storage_changed_before__fails(evm: Evm, bench: Contract, founder: Actor) -> None:

    def change_and_fail() -> None:
        bench.note(1, sender=founder)
        bench.fail("out of flour", sender=founder)

    with pytest.raises(AssertionError, match="state changed"), evm.reverts("out of flour"):
        change_and_fail()


def test_reverts__balance_changed_before__fails(
    evm: Evm, bench: Contract, founder: Actor, outsider: Actor
) -> None:

    def change_and_fail() -> None:
        evm.call(founder, outsider, value=1)
        bench.fail("out of flour", sender=founder)

    with pytest.raises(AssertionError, match="state changed"), evm.reverts("out of flour"):
        change_and_fail()


def test_reverts__contract_made_before__fails(evm: Evm, bench: Contract, founder: Actor) -> None:

    def change_and_fail() -> None:
        evm.deploy("Bench", founder)
        bench.fail("out of flour", sender=founder)

    with pytest.raises(AssertionError, match="state changed"), evm.reverts("out of flour"):
        change_and_fail()


def test_reverts__slot_set_to_zero_before__fails(evm: Evm, bench: Contract, founder: Actor) -> None:
    bench.note(5, sender=founder)

    def change_and_fail() -> None:
        bench.note(0, sender=founder)
        bench.fail("out of flour", sender=founder)

    with pytest.raises(AssertionError, match="state changed"), evm.reverts("out of flour"):
        change_and_fail()


def test_reverts__no_text__is_the_empty_reason(evm: Evm, bench: Contract, founder: Actor) -> None:
    with evm.reverts(""):
        bench.fail_silently(sender=founder)
    with evm.reverts(""):
        evm.call(founder, bench, b"\x12\x34\x56\x78")


def test_call__out_of_gas__is_a_halt(evm: Evm, bench: Contract, founder: Actor) -> None:
    with evm.reverts("halt: OutOfGas"):
        bench.burn_gas(sender=founder, gas=500_000)


def test_deploy__refused__raises_the_reason(evm: Evm) -> None:
    with evm.reverts("bench: no owner"):
        evm.deploy("Bench", "0x" + "00" * 20)


def test_call__without_sender__is_refused_unless_a_view(bench: Contract) -> None:
    with pytest.raises(TypeError, match="needs a sender"):
        bench.note(1)
    assert bench.number() == 0


def test_call__unknown_name_or_count__is_refused(bench: Contract, founder: Actor) -> None:
    with pytest.raises(AttributeError, match="no function nothing"):
        bench.nothing()
    with pytest.raises(TypeError, match="does not take 3 arguments"):
        bench.note(1, "x", 3, sender=founder)


def test_logs__both_overloads__are_decoded(evm: Evm, bench: Contract, founder: Actor) -> None:
    bench.note(7, sender=founder)
    [log] = evm.logs
    assert (log.name, log.address) == ("Noted", bench.address)
    assert log.args == {
        "who": founder.address,
        "tag": keccak(text="plain"),  # an indexed text is on the chain as its hash
        "amount": 7,
        "text": "plain",
    }
    bench.note(8, "other", sender=founder)
    assert evm.logs[0].args["text"] == "other"


def test_logs__of_a_view_or_a_revert__keep_and_clear(
    evm: Evm, bench: Contract, founder: Actor
) -> None:
    bench.note(7, sender=founder)
    bench.number()
    assert len(evm.logs) == 1
    with pytest.raises(Reverted):
        bench.fail("x", sender=founder)
    assert evm.logs == []


def test_call__structs__by_dict_tuple_and_name(bench: Contract, founder: Actor) -> None:
    given = {"x": 1, "owner": founder}
    point, others = bench.point(given, [(2, founder), given])
    assert (point.x, point.owner, others) == (2, founder.address, 2)


def test_call__transient_storage__ends_with_the_transaction(
    bench: Contract, founder: Actor
) -> None:
    assert [bench.count(sender=founder), bench.count(sender=founder)] == [1, 1]


def test_warp__chain_and_clock__are_what_the_contract_sees(evm: Evm, founder: Actor) -> None:
    bench = Evm(chain_id=5).deploy("Bench", founder)
    assert bench.chain()[0] == 5
    bench = evm.deploy("Bench", founder)
    evm.warp(60)
    assert bench.chain() == (1337, START + 60, 2)
    evm.warp_to(START + 90)
    assert bench.chain()[1] == evm.now == START + 90
    with pytest.raises(AssertionError, match="backwards"):
        evm.warp_to(START)


def test_snapshot__restore__undoes_state_and_time(
    evm: Evm, bench: Contract, founder: Actor
) -> None:
    bench.note(1, sender=founder)
    point = evm.snapshot()
    evm.warp(10)
    bench.note(2, sender=founder)
    evm.restore(point)
    assert (bench.number(), evm.now, bench.chain()[1]) == (1, START, START)


def test_clone__appended_addresses_and_own_storage(
    evm: Evm, bench: Contract, founder: Actor, outsider: Actor
) -> None:
    first = evm.clone(bench, [founder, outsider], tail=b"\x07" * 20)
    second = evm.clone(bench, [outsider])
    first.note(4, sender=founder)
    assert (first.number(), second.number(), bench.number()) == (4, 0, 0)
    assert first.appended(20) == outsider.address
    assert first.appended(40) == "0x" + "07" * 20
    assert evm.code(first)[10:30].hex() == bench.address[2:].lower()
    assert len(evm.code(first)) == 45 + 60
    assert evm.code(founder) == b""


def test_call__a_contract_as_sender__acts_itself(evm: Evm, bench: Contract, founder: Actor) -> None:
    other = evm.deploy("Bench", founder)
    other.note(3, sender=bench, value=5)
    assert (other.number(), evm.balance(other)) == (3, 5)
    assert evm.logs[0].args["who"] == bench.address
    assert other.point((1, founder), [], sender=bench) == ((2, founder.address), 0)
    with evm.reverts("out of flour"):
        other.fail("out of flour", sender=bench)


def test_actor__same_key_each_time__signs_typed_data(founder: Actor) -> None:
    typed: dict[str, Any] = {
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"}],
            "Mail": [{"name": "text", "type": "string"}],
        },
        "primaryType": "Mail",
        "domain": {"name": "Millpond"},
        "message": {"text": "hello"},
    }
    signature = Evm().actor("founder").sign(typed)
    signable = encode_typed_data(full_message=typed)
    assert Account.recover_message(signable, signature=signature) == founder.address


def test_artifact__imported_module_changes__fingerprint_changes(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    (tmp_path / "modules").mkdir()
    (tmp_path / "A.vy").write_text("from .modules import books\n")
    (tmp_path / "modules" / "books.vy").write_text("from . import packing as p\n")
    (tmp_path / "modules" / "packing.vy").write_text("X: constant(uint256) = 1\n")
    first = compiled.fingerprint(tmp_path / "A.vy")
    (tmp_path / "modules" / "packing.vy").write_text("X: constant(uint256) = 2\n")
    assert compiled.fingerprint(tmp_path / "A.vy") != first
