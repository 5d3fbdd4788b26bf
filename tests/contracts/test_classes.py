# SPDX-License-Identifier: AGPL-3.0-only
"""The class of every (target, selector): a generated matrix, the strictest wins.

The table is written here a second time, from the words of the design: calls that the design does
not name take the rules class, whatever function a part may have.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import DAY, MEMBERSHIP, ORDINARY, PURPOSE, RULES, ZERO, Action, Coop
from tests.contracts.evm import ETH, Contract
from tests.contracts.test_parts import signatures

NAMED = {
    "remove(address)": MEMBERSHIP,
    "rebind(address,address)": MEMBERSHIP,
    "expel(address,uint256)": MEMBERSHIP,
    "offer(address[],uint256)": MEMBERSHIP,
    "spend(uint256,address,address,uint256)": ORDINARY,
    "move(uint256,uint256,address,uint256)": ORDINARY,
    "update(uint256,string,bytes32)": ORDINARY,
    "send_nft(address,address,uint256)": ORDINARY,
    "send_multi_token(address,address,uint256,uint256)": ORDINARY,
}
OWNER = {
    "remove(address)": "Governor",
    "rebind(address,address)": "Admission",
    "expel(address,uint256)": "Admission",
    "offer(address[],uint256)": "Admission",
    "spend(uint256,address,address,uint256)": "Pool",
    "move(uint256,uint256,address,uint256)": "Pool",
    "update(uint256,string,bytes32)": "Pool",
    "send_nft(address,address,uint256)": "Pool",
    "send_multi_token(address,address,uint256,uint256)": "Pool",
}
PARTS = ("Governor", "Pool", "Admission", "Grain", "CredDistributor", "Hub", "Identity")


def parts(coop: Coop) -> dict[str, Contract]:
    """Every part of a new pool by the name of its contract."""
    return {
        "Governor": coop.governor,
        "Pool": coop.pool,
        "Admission": coop.admission,
        "Grain": coop.grain,
        "CredDistributor": coop.distributor,
        "Hub": coop.hub,
        "Identity": coop.identity,
    }


def class_of(coop: Coop, *actions: Action) -> int:
    """The class that `propose` stores; nothing stays of the proposal."""
    mark = coop.evm.snapshot()
    proposal = coop.propose(*actions)
    kind = coop.word(proposal)["kind"]
    coop.evm.restore(mark)
    return kind


def selectors() -> Iterator[str]:
    """Every function of every deployable contract."""
    seen = set()
    for name in PARTS:
        for signature in signatures(name):
            if signature not in seen:
                seen.add(signature)
                yield signature


def selector(signature: str) -> bytes:
    """Its first four bytes."""
    return keccak(text=signature)[:4]


@pytest.mark.parametrize("name", PARTS)
def test_class__every_function_of_every_contract_on_this_part__is_the_tables(
    coop: Coop, name: str
) -> None:
    """All selectors on all targets: `spend` of the Pool called on the Grain is an unlisted call."""
    target = parts(coop)[name]
    count = 0
    for signature in selectors():
        if signature.startswith(("open_earmark(", "finalise(")):
            continue
        expected = NAMED[signature] if OWNER.get(signature) == name else RULES
        call = selector(signature) + bytes(32 * 10)
        assert class_of(coop, (target, 0, call)) == expected, (name, signature)
        assert class_of(coop, (target, 0, call[:4])) == expected, (name, signature)
        count += 1
    assert count > 150


@pytest.mark.parametrize("name", PARTS)
def test_class__a_call_too_short_for_a_selector__is_rules(coop: Coop, name: str) -> None:
    target = parts(coop)[name]
    for known in NAMED:
        for size in range(4):
            assert class_of(coop, (target, 0, selector(known)[:size])) == RULES
            assert class_of(coop, (target, 10**18, selector(known)[:size])) == RULES


def test_class__anything_outside__is_ordinary(coop: Coop) -> None:
    """Other pools' parts are outside too; so are the bare implementations."""
    other = coop.hub.create_pool(*coop.order("other"), sender=coop.patron)
    outside = [coop.patron, coop.dollar, ZERO, coop.founders[1], *other]
    outside += coop.hub.implementations()
    for target in outside:
        for call in (b"", b"\1\2\3", *(selector(s) + bytes(64) for s in NAMED)):
            assert class_of(coop, (target, 0, call)) == ORDINARY, (target, call)


# --- opening an earmark ------------------------------------------------------------------------


def opening(coop: Coop, spender: Any, restricted: bool = False) -> bytes:
    """The call of open_earmark as the Pool's ABI encodes it."""
    terms = (1, *PURPOSE, spender, restricted, 0, b"params")
    return coop.pool.calldata("open_earmark", *terms)


def test_class__open_earmark__depends_on_its_spender_alone(coop: Coop) -> None:
    pool = coop.pool
    for restricted in (False, True):
        assert class_of(coop, (pool, 0, opening(coop, ZERO, restricted))) == ORDINARY
        for spender in (coop.distributor, coop.patron, "0x" + "00" * 19 + "01"):
            assert class_of(coop, (pool, 0, opening(coop, spender, restricted))) == RULES


@pytest.mark.parametrize("bit", [0, 1, 7, 8, 80, 159, 160, 161, 200, 255])
def test_class__any_bit_of_the_spenders_word__makes_it_rules(coop: Coop, bit: int) -> None:
    call = bytearray(opening(coop, ZERO))
    call[100:132] = (1 << bit).to_bytes(32)
    assert class_of(coop, (coop.pool, 0, bytes(call))) == RULES


@pytest.mark.parametrize("size", [4, 36, 68, 100, 131])
def test_class__open_earmark_cut_before_its_spender__is_rules(coop: Coop, size: int) -> None:
    call = opening(coop, ZERO)
    assert class_of(coop, (coop.pool, 0, call[:size])) == RULES
    assert class_of(coop, (coop.pool, 0, call[:132])) == ORDINARY


def test_class__open_earmark_elsewhere__is_what_that_target_takes(coop: Coop) -> None:
    call = opening(coop, ZERO)
    for name, target in parts(coop).items():
        expected = ORDINARY if name == "Pool" else RULES
        assert class_of(coop, (target, 0, call)) == expected
    assert class_of(coop, (coop.patron, 0, opening(coop, coop.patron))) == ORDINARY


def test_open_earmark__without_a_spender_until_a_day__is_carried_out_as_ordinary(
    coop: Coop,
) -> None:
    """The Governor looks at the spender's word again, and not at the deadline behind it."""
    until = coop.evm.now + 100 * DAY
    call = coop.pool.calldata("open_earmark", 1, *PURPOSE, ZERO, False, until, b"")
    coop.enact((coop.pool, 0, call), text="until a day")
    assert coop.pool.earmark(1).deadline == until


def test_open_earmark__the_spender_that_the_governor_sees__is_the_one_the_pool_takes(
    coop: Coop,
) -> None:
    """The same call, carried out: the Pool reads the same word."""
    spender = coop.evm.deploy("MockSpender")
    action = (coop.pool, 0, opening(coop, spender))
    assert class_of(coop, action) == RULES
    coop.enact(coop.installing(spender), text="a part")
    coop.enact(action)
    assert coop.pool.earmark(1).spender == spender.address
    assert action[2][100:132] == bytes(12) + bytes.fromhex(spender.address[2:])


# --- parts that came later, and mixtures -------------------------------------------------------


def test_class__an_installed_part__is_rules_from_then_on(coop: Coop) -> None:
    puppet = coop.evm.deploy("Puppet")
    action = (puppet, 0, puppet.calldata("decide", 1))
    assert class_of(coop, action) == ORDINARY
    coop.enact(coop.installing(puppet))
    assert class_of(coop, action) == RULES
    assert class_of(coop, (puppet, 5, b"")) == RULES
    # the offer of a part that is no Admission
    assert class_of(coop, (puppet, 0, selector("offer(address[],uint256)") + bytes(96))) == RULES


def test_class__of_a_mixture__is_the_strictest_in_any_order(coop: Coop) -> None:
    samples: list[tuple[int, Action]] = [
        (ORDINARY, coop.spending(coop.patron, 1)),
        (ORDINARY, (coop.patron, 1, b"")),
        (ORDINARY, coop.opening()),
        (MEMBERSHIP, coop.offering(coop.patron)),
        (MEMBERSHIP, coop.removing(coop.founders[1])),
        (MEMBERSHIP, (coop.admission, 0, selector("offer(address[],uint256)"))),
        (RULES, coop.ruling(coop.rules)),
        (RULES, (coop.grain, 0, b"")),
        (RULES, coop.opening(coop.distributor)),
    ]
    for one, other in combinations(samples, 2):
        expected = max(one[0], other[0])
        assert class_of(coop, one[1], other[1]) == expected
        assert class_of(coop, other[1], one[1]) == expected
    seven = [(coop.patron, 0, bytes([n])) for n in range(7)]
    for kind, action in samples:
        for place in range(8):
            assert class_of(coop, *seven[:place], action, *seven[place:]) == kind


def test_class__decides_the_times__of_the_proposal(coop: Coop) -> None:
    now = coop.evm.now
    for by, (kind, action) in enumerate(
        (
            (ORDINARY, coop.spending(coop.patron, 1)),
            (MEMBERSHIP, coop.offering(coop.patron)),
            (RULES, (coop.pool, 0, coop.pool.calldata("sync", ETH))),
        )
    ):
        rule = coop.rules[kind]
        proposal = coop.propose(action, by=coop.founders[by])
        deadline = coop.governor.proposalDeadline(proposal.id)
        assert deadline == now + rule.delay + rule.period
        assert coop.governor.proposalEta(proposal.id) == deadline + rule.timelock
