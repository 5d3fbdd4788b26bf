# SPDX-License-Identifier: AGPL-3.0-only
"""The class that people are told a call takes is the one that the Governor gives it."""

import pytest

from millpond.chain.answers import Address
from millpond.chain.governance import Action
from millpond.chain.wording import CLASSES, Here, told
from tests.chain.wording import Facts
from tests.contracts.coop import ZERO, Coop
from tests.contracts.evm import ETH
from tests.contracts.test_classes import PARTS, class_of, parts, selector, selectors

ALICE = "0x" + "11" * 20


def _facts(coop: Coop) -> Facts:
    here = Here(
        *(coop.pool.address, coop.governor.address, coop.admission.address, coop.grain.address),
        *(coop.distributor.address, coop.hub.address, coop.identity.address),
    )
    words = {part: coop.governor.part_words(part) for part in here.kinds}
    installed = {p: (word >> 32 & 0xFFFF_FFFF).to_bytes(4) for p, word in words.items() if word}
    kinds = {address: (kind, here.pool) for address, kind in here.kinds.items()}
    return Facts(here=here, kinds=dict(kinds), parts=installed)


def _told(coop: Coop, target: str, data: bytes) -> str:
    [found] = told([Action(Address(target), 0, data)], _facts(coop))
    assert found.class_reason
    return found.class_name


@pytest.mark.parametrize("name", PARTS)
def test_class_of__every_function_on_every_part__is_the_governors(coop: Coop, name: str) -> None:
    target = parts(coop)[name]
    count = 0
    for signature in selectors():
        if signature.startswith("finalise("):
            continue  # no member can propose it: the next test
        data = selector(signature) + bytes(32 * 10)
        seen = CLASSES[class_of(coop, (target, 0, data))]
        assert _told(coop, target.address, data) == seen, (name, signature)
        count += 1
    assert count > 150


@pytest.mark.parametrize("size", range(4))
def test_class_of__a_call_too_short_for_a_selector__is_the_governors(coop: Coop, size: int) -> None:
    for target in parts(coop).values():
        data = selector("spend(uint256,address,address,uint256)")[:size]
        seen = CLASSES[class_of(coop, (target, 0, data))]
        assert _told(coop, target.address, data) == seen


def test_class_of__what_a_part_raises__is_consent(coop: Coop) -> None:
    data = coop.distributor.calldata("finalise", 1, 1)
    assert _told(coop, coop.distributor.address, data) == "consent"
    assert _told(coop, coop.grain.address, data) == "rules"


@pytest.mark.parametrize("spender", [False, True])
def test_class_of__an_earmark__by_whether_it_has_a_spender(coop: Coop, spender: bool) -> None:
    opening = coop.opening(coop.distributor if spender else ZERO)
    seen = CLASSES[class_of(coop, opening)]
    assert _told(coop, opening[0].address, opening[2]) == seen
    assert seen == ("rules" if spender else "ordinary")


def test_class_of__whatever_is_no_part__is_ordinary(coop: Coop) -> None:
    data = coop.pool.calldata("spend", 0, ETH, ALICE, 5)
    assert _told(coop, ALICE, data) == "ordinary"
