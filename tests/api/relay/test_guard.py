# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's key can do nothing but pay for the relay's calls: whoever takes it has taken gas."""

import pickle

import pytest

from millpond.api.relay.guard import ALLOWED, PayingKey
from millpond.api.relay.refusals import BadKey
from millpond.chain import abi
from millpond.chain.answers import Address
from millpond.chain.sending import Prices, Transaction
from millpond.core.errors import SignerError
from tests.api.relay.yard import RELAY, Yard
from tests.chain.coop import FOUNDERS

TARGET = Address("0x" + "11" * 20)
PRICES = Prices(10**9, 10**9)
KEY = PayingKey(RELAY)


def _sign(transaction: Transaction) -> bytes:
    return KEY.sign(1337, transaction, 0, 100_000, PRICES)


def _selectors(kind: str, names: tuple[str, ...]) -> list[bytes]:
    return [f.selector for name in names for f in abi.load(kind).functions[name]]


def test_sign__the_calls_of_a_relay__are_signed() -> None:
    for kind, names in ALLOWED.items():
        for selector in _selectors(kind, names):
            assert _sign(Transaction(TARGET, selector + b"whatever"))
    assert _sign(Transaction(KEY.address)), "a nonce that is given up"


def test_sign__any_other_call_of_any_contract__is_not_signed() -> None:
    allowed = {s for kind, names in ALLOWED.items() for s in _selectors(kind, names)}
    others = {
        function.selector
        for kind in abi.names()
        for overloads in abi.load(kind).functions.values()
        for function in overloads
    } - allowed
    assert len(others) > 150
    for selector in others:
        with pytest.raises(BadKey):
            _sign(Transaction(TARGET, selector))


def test_sign__ether_sent_along_or_a_new_contract__is_not_signed() -> None:
    call = abi.load("Admission").functions["join"][0].selector
    for transaction in (
        Transaction(TARGET, call, 1),
        Transaction(KEY.address, b"", 1),
        Transaction(None, call),
        Transaction(TARGET, b""),
        Transaction(KEY.address, call),
    ):
        with pytest.raises(BadKey, match="signs nothing like"):
            _sign(transaction)


def test_key__it_has_no_way_to_sign_a_message_and_shows_nothing() -> None:
    assert {name for name in dir(KEY) if not name.startswith("_")} == {"address", "sign"}
    assert repr(KEY) == f"PayingKey({RELAY.address})"
    with pytest.raises(SignerError, match="cannot be copied or stored"):
        pickle.dumps(KEY)


def test_account__in_the_co_op__is_nobody(yard: Yard) -> None:
    """Not a member, no maintainer, no attester: no signature of it would count for anything."""
    coop, account = yard.coop, RELAY.address
    assert not coop.governor.isMember(account)
    assert not coop.distributor.is_maintainer(account)
    assert coop.governor.member_words(account) == 0
    (proposal,) = yard.propose()
    yard.hand_in(*(yard.ballot(founder, proposal) for founder in FOUNDERS))
    before = yard.client.balance(account)
    relay = yard.relay()
    relay.round()
    relay.round()
    paid = before - yard.client.balance(account)
    assert paid == relay.sender.outbox.spent_since(0) > 0, "gas, to the last wei, and nothing else"
