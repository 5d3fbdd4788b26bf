# SPDX-License-Identifier: AGPL-3.0-only
"""What a distributor says of the leaves that it paid, and who of a batch is owed."""

from collections.abc import Callable
from typing import Any

import pytest

from millpond.chain import abi
from millpond.chain.abi import Event, encode_values
from millpond.chain.answers import Address, Log
from millpond.chain.entries import Known, entry_of
from millpond.chain.journal import Bookkeeping
from millpond.chain.paid import PaidLeaf, amount_of, paid_leaves, past_paid_leaves, payment_of
from millpond.chain.payments import Payments
from millpond.core.books import accounts
from millpond.core.books.payees import How, Share
from millpond.core.books.payees import Payment as Found
from millpond.core.subjects import address_bytes
from tests.chain.books_story import Eventful, eventful, events, kept
from tests.core.books.pages import place

__all__ = ["eventful", "events", "kept"]

POOL, GOVERNOR, ADMISSION, GRAIN, DISTRIBUTOR, COIN = (
    Address(f"0x{number:040x}") for number in range(1, 7)
)
ANN, BOB, CID = (Address(f"0x{number:040x}") for number in (0x11, 0x12, 0x13))
EARMARK = 3


def word(account: str, amount: int) -> int:
    return amount << 160 | int(account, 16)


def said(name: str, of: Address = POOL, **args: Any) -> Event:
    return Event(name, args, Log(of, (), b"", 7, bytes(32), 0, bytes(32)))


def paid_out(*leaves: tuple[int, int, str, int, int]) -> Event:
    """Of (subject, epoch, payee, amount, grain): as the chain's bytes are read."""
    form = abi.load("CredDistributor").event("PaidOut")
    rows = [
        (bytes([who]) * 32, word(payee, amount), grain << 160 | epoch)
        for who, epoch, payee, amount, grain in leaves
    ]
    data = encode_values(form.inputs, [rows], "PaidOut")
    log = Log(DISTRIBUTOR, (form.topic,), data, 7, bytes(32), 0, bytes(32))
    return abi.load("CredDistributor").decode_log(log)


@pytest.fixture
def known() -> Known:
    found = Known(POOL, GOVERNOR, ADMISSION, GRAIN)
    found.spenders[EARMARK] = DISTRIBUTOR
    found.earmarks[DISTRIBUTOR] = EARMARK
    found.assets = {(DISTRIBUTOR, epoch): COIN for epoch in (1, 2)}
    return found


# --- the words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, 1, 2**96 - 1])
@pytest.mark.parametrize("account", [b"\0" * 19 + b"\1", b"\xff" * 20, address_bytes(ANN)])
def test_payment_of__a_word__whom_and_how_much(account: bytes, amount: int) -> None:
    to, found = payment_of(amount << 160 | int.from_bytes(account))
    assert amount_of(amount << 160 | int.from_bytes(account)) == amount
    assert (address_bytes(to), found) == (account, amount)


def test_paid_leaves__of_a_payday__each_with_its_epoch_amount_and_grain() -> None:
    most = 2**96 - 1
    event = paid_out((7, 1, ANN, 5, 9), (7, 2**32 - 1, ANN, most, most), (8, 2, BOB, 0, 1))
    assert list(paid_leaves([said("LeafSkipped", DISTRIBUTOR), event])) == [
        PaidLeaf(b"\7" * 32, 1, ANN, ANN, 5, 9, event),
        PaidLeaf(b"\7" * 32, 2**32 - 1, ANN, ANN, most, most, event),
        PaidLeaf(b"\10" * 32, 2, BOB, BOB, 0, 1, event),
    ]


def test_past_paid_leaves__of_the_year__paydays_and_claims_in_order(
    eventful: Eventful, kept: Bookkeeping
) -> None:
    found = past_paid_leaves(eventful.coop.distributor, 0)
    assert [leaf.event.name for leaf in found] == ["PaidOut", "PaidOut", "Claimed"]
    by_cred = [each for each in kept.payments.found if each.shares]
    assert [(leaf.payee, leaf.to, leaf.amount, leaf.epoch) for leaf in found] == [
        (each.payee, each.to, share.amount, share.epoch)
        for each in by_cred
        for share in each.shares
    ]


# --- who was paid ---------------------------------------------------------------------------------


@pytest.fixture
def payday(known: Known) -> Callable[..., list[Found]]:
    """Ann in two epochs at once, Bob twice the same, Cid; then what the Pool says."""

    def run(*owed: tuple[str, int], block: int = 7) -> list[Found]:
        payments = Payments(known)
        leaves = [
            *((1, 1, ANN, 2, 1), (1, 2, ANN, 3, 0)),
            *((2, 1, BOB, 4, 1), (3, 1, BOB, 4, 1), (4, 1, CID, 5, 1)),
        ]
        payments.add(paid_out(*leaves), place(7, 1, event="PaidOut", contract="CredDistributor"))
        batch = [word(ANN, 5), word(BOB, 4), word(BOB, 4), word(CID, 5)]
        released = said("ReleasedMany", earmark_id=EARMARK, asset=COIN, batch=batch)
        payments.add(released, place(7, 2, event="ReleasedMany"))
        for index, (account, amount) in enumerate(owed):
            event = said("Owed", account=account, asset=COIN, amount=amount)
            payments.add(event, place(block, 3 + index, event="Owed"))
        return payments.found

    return run


def test_payments__of_a_payday__leaves_of_a_subject_together(
    payday: Callable[..., list[Found]],
) -> None:
    found = payday()
    assert [(each.payee, each.amount, each.grain, each.how) for each in found] == [
        (ANN, 5, 1, How.PAYDAY),
        (BOB, 4, 1, How.PAYDAY),
        (BOB, 4, 1, How.PAYDAY),
        (CID, 5, 1, How.PAYDAY),
    ]
    assert found[0].shares == (Share(1, 2, 1), Share(2, 3, 0))


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        ([(CID, 5)], [3]),
        ([(ANN, 5), (CID, 5)], [0, 3]),
        ([(BOB, 4)], [1]),
        ([(BOB, 4), (BOB, 4)], [1, 2]),
        ([(ANN, 5), (BOB, 4), (BOB, 4), (CID, 5)], [0, 1, 2, 3]),
        ([(CID, 4)], []),
    ],
)
def test_payments__some_of_a_batch_fail__those_are_owed(
    payday: Callable[..., list[Found]], owed: list[tuple[str, int]], expected: list[int]
) -> None:
    found = payday(*owed)
    assert [n for n, each in enumerate(found) if each.how is How.OWED] == expected


def test_payments__owed_in_another_transaction__is_none_of_this_batch(
    payday: Callable[..., list[Found]],
) -> None:
    assert {each.how for each in payday((CID, 5), block=8)} == {How.PAYDAY}


# --- the books ------------------------------------------------------------------------------------


def test_entry__of_a_payday__each_leaf_and_each_payee_for_itself(known: Known) -> None:
    event = paid_out((1, 1, ANN, 2, 1), (1, 2, ANN, 3, 0), (2, 1, BOB, 4, 6))
    at = place(7, 1, event="PaidOut", contract="CredDistributor")
    entry = entry_of(known, "CredDistributor", event, at)
    assert entry is not None
    assert entry.text == "Cred of epoch 1, 2"
    ann, bob = f"subject 0x{'01' * 32}", f"subject 0x{'02' * 32}"
    assert [(p.account, p.asset, p.amount, p.about) for p in entry.postings] == [
        (accounts.cred(EARMARK, 1), COIN, 2, ann),
        (accounts.cred(EARMARK, 2), COIN, 3, ann),
        (accounts.cred(EARMARK, 1), COIN, 4, bob),
        (accounts.cred_passing(EARMARK), COIN, -9, ""),
        (accounts.grain_cred(EARMARK, 1), GRAIN, 1, ann),
        (accounts.grain_cred(EARMARK, 1), GRAIN, 6, bob),
        (accounts.GRAIN_OTHER, GRAIN, -7, ""),
    ]
    batch = [word(ANN, 5), word(BOB, 4)]
    released = said("ReleasedMany", earmark_id=EARMARK, asset=COIN, batch=batch)
    sent = entry_of(known, "Pool", released, place(7, 2, event="ReleasedMany"))
    assert sent is not None
    assert sent.text == "Paid by cred"
    assert [(p.account, p.amount, p.about) for p in sent.postings] == [
        (accounts.cred_passing(EARMARK), 5, f"to {ANN}"),
        (accounts.cred_passing(EARMARK), 4, f"to {BOB}"),
        (accounts.reserved(EARMARK), -9, ""),
    ]
