# SPDX-License-Identifier: AGPL-3.0-only
"""The book of signatures: what it makes is what the formats say, what it says is what was meant."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from millpond.core import typed_data
from millpond.core.signatures import check_signature
from tests.contracts.evm import CHAIN_ID, Actor, Evm
from tests.properties.chain import to_address
from tests.properties.signing import Meaning, Signatures, message

CONTRACT = to_address(0xC0)
STRUCTS = list(typed_data.STRUCTS.values())


@pytest.fixture
def book() -> Signatures:
    """An empty one."""
    return Signatures()


@pytest.fixture
def member() -> Actor:
    """Somebody with a key."""
    return Evm().actor("member")


def filled(struct: typed_data.Struct) -> dict[str, Any]:
    """Some values for a message."""
    random = Random(struct.type_string)  # noqa: S311  (the same values in every run)
    made: dict[str, Callable[[], Any]] = {
        "uint8": lambda: random.randrange(3),
        "uint256": lambda: random.getrandbits(200),
        "uint256[]": lambda: [random.getrandbits(200) for _ in range(random.randint(0, 3))],
        "address": lambda: to_address(random.getrandbits(160)),
        "bytes32": lambda: random.randbytes(32),
        "string": lambda: "ipfs://ü",
    }
    return {field.name: made[field.type]() for field in struct.fields}


@pytest.mark.parametrize("struct", STRUCTS, ids=list(typed_data.STRUCTS))
def test_digest__every_message__is_that_of_the_formats(
    book: Signatures, struct: typed_data.Struct
) -> None:
    values = filled(struct)
    domain = typed_data.Domain(CHAIN_ID, CONTRACT)
    expected = typed_data.digest(typed_data.message(struct, domain, values))
    assert book.digest(message(struct, CONTRACT, values)) == expected


def ballot(**other: Any) -> Meaning:
    """A message."""
    return message(typed_data.BALLOT, CONTRACT, filled(typed_data.BALLOT) | other)


def test_sign__a_person__is_in_normal_form_and_holds(book: Signatures, member: Actor) -> None:
    signature = book.sign(member, ballot())
    assert check_signature(signature) == signature
    assert book.holds(member.address, ballot(), signature)


def test_holds__another_message_or_person__does_not(book: Signatures, member: Actor) -> None:
    signature = book.sign(member, ballot())
    assert not book.holds(member.address, ballot(support=1 - ballot().values[2] % 2), signature)
    assert not book.holds(to_address(1), ballot(), signature)
    elsewhere = ballot()._replace(contract=to_address(0xC1))
    assert not book.holds(member.address, elsewhere, signature)


def test_compact__both_forms__hold(book: Signatures, member: Actor) -> None:
    signature = book.sign(member, ballot())
    short = book.compact(signature)
    assert len(short) == 64
    assert book.holds(member.address, ballot(), short)
    assert book.holds(member.address, ballot(), signature)


def test_malleable__the_curves_other_form__does_not_hold(book: Signatures, member: Actor) -> None:
    other = book.malleable(book.sign(member, ballot()))
    assert not book.holds(member.address, ballot(), other)


def test_holds__wallet_of_two__needs_both_in_order(book: Signatures) -> None:
    evm = Evm()
    first, second = evm.actor("first"), evm.actor("second")
    wallet = to_address(0x3A)
    book.owners[wallet] = (first.address, second.address)
    one, two = book.sign(first, ballot()), book.sign(second, ballot())
    assert book.holds(wallet, ballot(), one + two)
    assert not book.holds(wallet, ballot(), two + one)
    assert not book.holds(wallet, ballot(), one)
