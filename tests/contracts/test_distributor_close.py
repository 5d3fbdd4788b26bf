# SPDX-License-Identifier: AGPL-3.0-only
"""What goes to carry: leftovers of closed epochs, and what a cap takes off; and the books."""

from functools import cache

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.distributors import DAY, MONTH, Epoch, Mill, Policy, subject_of
from tests.contracts.evm import Actor, Contract, Evm, Log

GITHUB = keccak(text="github:7")
HALF = 2**128
CLAIMED_BEFORE, BELOW_MINIMUM = 1, 3


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open, minimum 1."""
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1))
    return mill


@pytest.fixture
def ada(evm: Evm) -> Actor:
    """A contributor."""
    return evm.actor("ada")


@pytest.fixture
def ben(evm: Evm) -> Actor:
    """Another."""
    return evm.actor("ben")


def close(mill: Mill, epoch: Epoch) -> None:
    """By anyone."""
    mill.distributor.close_epoch(epoch.previous, epoch.packed, sender=mill.relayer)


# --- close_epoch ------------------------------------------------------------------------------


def test_close_epoch__what_nobody_claimed__goes_to_carry_and_the_next_pot(
    mill: Mill, ada: Actor, ben: Actor
) -> None:
    epoch = mill.run({subject_of(ada): 1, subject_of(ben): 2}, 100)
    mill.claim(subject_of(ada), [epoch], ada, ada)
    mill.evm.warp_to(epoch.terms["closes_at"])
    close(mill, epoch)
    here = mill.distributor.address
    assert [log for log in mill.evm.logs if log.address == here] == [
        Log("EpochClosed", {"epoch": 1, "left_over": 67}, here),
        Log("CarryChanged", {"asset": mill.dollar.address, "carry": 67}, here),
    ]
    assert mill.distributor.paid_of(1) == 100
    assert mill.distributor.carry_of(mill.dollar) == 67
    assert mill.pool.reserved(1, mill.dollar) == 0
    mill.give(33)
    assert mill.distributor.next_pot() == (100, 67, 133)
    second = mill.post({subject_of(ben): 1})
    assert second.terms["pot"] == 100
    assert mill.distributor.open_distribution().carry_used == 67
    assert mill.distributor.carry_of(mill.dollar) == 67
    mill.finalise(second)
    carried = Log("CarryChanged", {"asset": mill.dollar.address, "carry": 0}, here)
    assert mill.events("CarryChanged") == [carried]
    assert mill.distributor.carry_of(mill.dollar) == 0


def test_close_epoch__carry_alone__makes_a_pot(mill: Mill, ada: Actor) -> None:
    epoch = mill.run({subject_of(ada): 1}, 100)
    mill.evm.warp_to(epoch.terms["closes_at"])
    close(mill, epoch)
    assert mill.post({subject_of(ada): 1}).terms["pot"] == 100


def test_close_epoch__withdrawn_post__keeps_the_carry(mill: Mill, ada: Actor) -> None:
    epoch = mill.run({subject_of(ada): 1}, 100)
    mill.evm.warp_to(epoch.terms["closes_at"])
    close(mill, epoch)
    mill.withdraw(mill.post({subject_of(ada): 1}))
    assert mill.distributor.carry_of(mill.dollar) == 100
    assert mill.distributor.next_pot() == (100, 100, 100)


def test_close_epoch__carry_that_grows_in_a_review__is_not_lost(mill: Mill, ada: Actor) -> None:
    first = mill.run({subject_of(ada): 1}, 100)
    second = mill.run({subject_of(ada): 1}, 50)
    mill.evm.warp_to(first.terms["closes_at"])
    close(mill, first)
    third = mill.post({subject_of(ada): 1})
    mill.evm.warp_to(second.terms["closes_at"])
    close(mill, second)
    mill.finalise(third)
    assert mill.distributor.carry_of(mill.dollar) == 50


def test_close_epoch__second_before_the_close__is_refused(mill: Mill, ada: Actor) -> None:
    epoch = mill.run({subject_of(ada): 1}, 100)
    mill.evm.warp_to(epoch.terms["closes_at"] - 1)
    with mill.evm.reverts("distributor: claims still open"):
        close(mill, epoch)


def test_close_epoch__twice_or_with_nothing_left__is_refused(
    mill: Mill, ada: Actor, ben: Actor
) -> None:
    first = mill.run({subject_of(ada): 1}, 100)
    second = mill.run({subject_of(ben): 1}, 100)
    mill.claim(subject_of(ben), [second], ben, ben)
    mill.evm.warp_to(second.terms["closes_at"])
    close(mill, first)
    for epoch in (first, second):
        with mill.evm.reverts("distributor: nothing left"):
            close(mill, epoch)


def test_close_epoch__with_other_terms__is_refused(mill: Mill, ada: Actor) -> None:
    epoch = mill.run({subject_of(ada): 1}, 100)
    mill.evm.warp_to(epoch.terms["closes_at"])
    for change in ({"pot": 101}, {"closes_at": 1}, {"epoch": 2}):
        packed = mill.clerk.pack_terms(tuple((epoch.terms | change).values()))
        with mill.evm.reverts("distributor: not a final epoch"):
            mill.distributor.close_epoch(epoch.previous, packed, sender=mill.relayer)


def test_pot__earmark_that_holds_less_than_the_carry__uses_what_is_there(
    evm: Evm, ada: Actor
) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=1), restricted=False)
    epoch = mill.run({subject_of(ada): 1}, 100)
    evm.warp_to(epoch.terms["closes_at"])
    close(mill, epoch)
    mill.pool.spend(1, mill.dollar, mill.patron, 70, sender=mill.governor)
    assert mill.distributor.next_pot() == (30, 30, 100)
    mill.finalise(mill.post({subject_of(ada): 1}))
    assert mill.distributor.carry_of(mill.dollar) == 70
    assert mill.distributor.next_pot() == (0, 0, 100)


# --- the cap on a maintainer's share ----------------------------------------------------------


def capped(evm: Evm, cap_bps: int) -> Mill:
    """The first maintainer also has the subject GITHUB."""
    mill = Mill(evm)
    members = [(m.address, [GITHUB] if n == 0 else []) for n, m in enumerate(mill.maintainers)]
    mill.distributor.setup(members, 2, 12, sender=mill.hub)
    mill.open(mill.policy(minimum=1, signer_cap_bps=cap_bps))
    return mill


def test_claim__maintainer_over_her_cap__gets_the_cap_and_the_rest_is_carried(
    evm: Evm, ada: Actor
) -> None:
    mill = capped(evm, 1_000)
    first = mill.maintainers[0]
    epoch = mill.run({subject_of(first): 30, subject_of(ada): 70}, 1_005)
    mill.claim(subject_of(first), [epoch], first, first)
    excess = 1_005 * 30 // 100 - 100
    args = {"subject": subject_of(first), "epoch": 1, "excess": excess}
    assert mill.events("ShareCapped") == [Log("ShareCapped", args, mill.distributor.address)]
    assert mill.events("Claimed")[0].args["shares"] == [100 << 128 | 3 * 10**20 << 32 | 1]
    assert mill.dollar.balanceOf(first) == 100
    assert mill.distributor.carry_of(mill.dollar) == excess
    assert mill.distributor.paid_of(1) == 100 + excess
    assert mill.pool.reserved(1, mill.dollar) == 1_005 - 100 - excess
    mill.claim(subject_of(ada), [epoch], ada, ada)
    assert mill.dollar.balanceOf(ada) == 1_005 * 70 // 100


def test_claim__maintainer_with_two_subjects__is_capped_over_both(evm: Evm, ada: Actor) -> None:
    mill = capped(evm, 1_000)
    first = mill.maintainers[0]
    mill.link(GITHUB, first)
    epoch = mill.run({subject_of(first): 8, GITHUB: 8, subject_of(ada): 84}, 1_000)
    mill.claim(subject_of(first), [epoch], first, first)
    mill.claim(GITHUB, [epoch], first, first)
    assert mill.dollar.balanceOf(first) == 100
    assert mill.distributor.carry_of(mill.dollar) == 60


def test_claim__each_maintainer_and_each_epoch__has_a_cap_of_its_own(evm: Evm) -> None:
    mill = capped(evm, 1_000)
    first, second, _ = mill.maintainers
    leaves = {subject_of(first): 1, subject_of(second): 1}
    epochs = [mill.run(leaves, 1_000) for _ in range(2)]
    mill.claim(subject_of(first), epochs, first, first)
    mill.claim(subject_of(second), epochs, second, second)
    assert [mill.dollar.balanceOf(m) for m in (first, second)] == [200, 200]


def test_claim__exactly_at_the_cap__loses_nothing(evm: Evm, ada: Actor) -> None:
    mill = capped(evm, 1_000)
    first = mill.maintainers[0]
    epoch = mill.run({subject_of(first): 10, subject_of(ada): 90}, 1_000)
    mill.claim(subject_of(first), [epoch], first, first)
    assert mill.dollar.balanceOf(first) == 100
    assert mill.distributor.carry_of(mill.dollar) == 0


def test_claim__maintainers_changed_after_the_post__cap_stays_with_those_of_the_post(
    evm: Evm, ada: Actor
) -> None:
    mill = capped(evm, 1_000)
    first = mill.maintainers[0]
    epoch = mill.run({subject_of(first): 50, subject_of(ada): 50}, 1_000)
    mill.distributor.set_maintainers([(ada, [])], 1, sender=mill.governor)
    mill.claim(subject_of(first), [epoch], first, first)
    mill.claim(subject_of(ada), [epoch], ada, ada)
    assert [mill.dollar.balanceOf(person) for person in (first, ada)] == [100, 500]


def test_payday__maintainer_over_her_cap__is_paid_the_cap(evm: Evm, ada: Actor) -> None:
    mill = capped(evm, 1_000)
    first = mill.maintainers[0]
    epoch = mill.run({subject_of(first): 50, subject_of(ada): 50}, 1_000)
    mill.payday(epoch)
    assert [mill.dollar.balanceOf(person) for person in (first, ada)] == [100, 500]
    assert mill.distributor.carry_of(mill.dollar) == 400
    assert mill.pool.reserved(1, mill.dollar) == 0


def test_payday__capped_below_the_minimum__is_skipped(evm: Evm, ada: Actor) -> None:
    mill = Mill(evm)
    mill.set_up()
    mill.open(mill.policy(minimum=101, signer_cap_bps=1_000))
    first = mill.maintainers[0]
    epoch = mill.run({subject_of(first): 50, subject_of(ada): 50}, 1_000)
    mill.payday(epoch)
    reasons = [log.args["reason"] for log in mill.events("LeafSkipped")]
    assert reasons == [BELOW_MINIMUM]
    assert mill.dollar.balanceOf(first) == 0


# --- the books --------------------------------------------------------------------------------


def test_add_paid__more_than_the_pot__is_refused(evm: Evm, outsider: Actor) -> None:
    bench = evm.deploy("EpochsBench")
    bench.add_paid(4, 100, 99, sender=outsider)
    with evm.reverts("distributor: over the pot"):
        bench.add_paid(4, 100, 2, sender=outsider)
    bench.add_paid(4, 100, 1, sender=outsider)
    assert bench.paid_of(4) == 100


def test_add_paid__two_epochs_in_one_word__do_not_touch_each_other(
    evm: Evm, outsider: Actor
) -> None:
    bench = evm.deploy("EpochsBench")
    for epoch, amount in ((2, HALF - 1), (3, HALF - 2), (4, 7)):
        bench.add_paid(epoch, HALF - 1, amount, sender=outsider)
    assert [bench.paid_of(epoch) for epoch in (1, 2, 3, 4, 5)] == [0, HALF - 1, HALF - 2, 7, 0]
    bench.add_paid(3, HALF - 1, 1, sender=outsider)
    for epoch in (2, 3):
        with evm.reverts("distributor: over the pot"):
            bench.add_paid(epoch, HALF - 1, 1, sender=outsider)


@given(st.binary(min_size=32, max_size=32))
def test_hex__any_word__is_what_python_writes(word: bytes) -> None:
    assert hex_bench().hex(word) == "0x" + word.hex()


@cache
def hex_bench() -> Contract:
    """One for all words."""
    return Evm().deploy("EpochsBench")


# --- money is neither made nor lost -----------------------------------------------------------

amounts = st.integers(1, 10**15)
creds = st.lists(st.integers(1, 2**64) | st.integers(1, 20), min_size=1, max_size=24)


@settings(max_examples=150, deadline=None)
@given(
    pot=amounts,
    creds=creds,
    minimum=st.integers(1, 2_000),
    cap=st.sampled_from([1, 500, 5_000, 10_000]),
    as_list=st.booleans(),
)
def test_payday__any_tree_and_pot__pays_what_fractions_say_and_no_more(
    pot: int, creds: list[int], minimum: int, cap: int, as_list: bool
) -> None:
    mill = ready()
    point = mill.evm.snapshot()
    try:
        _check_payday(mill, pot, creds, (minimum, cap, as_list))
    finally:
        mill.evm.restore(point)


def _check_payday(mill: Mill, pot: int, creds: list[int], how: tuple[int, int, bool]) -> None:
    minimum, cap, as_list = how
    mill.open(mill.policy(minimum=minimum, signer_cap_bps=cap))
    people = [mill.maintainers[0], *mill.people(24)][: len(creds)]
    leaves = {subject_of(p): cred for p, cred in zip(people, creds, strict=True)}
    epoch = mill.run(leaves, pot)
    if as_list:
        mill.payday(epoch)
    else:
        mill.claim_many([epoch], [(subject, 0) for subject, _ in epoch.tree.leaves])
    total, paid, excess = sum(creds), 0, 0
    for n, (person, cred) in enumerate(zip(people, creds, strict=True)):
        share = pot * cred // total
        due = min(share, pot * cap // 10_000) if n == 0 else share
        if due < minimum:
            assert mill.dollar.balanceOf(person) == mill.grain.balanceOf(person) == 0
            continue
        assert mill.dollar.balanceOf(person) == due
        assert mill.grain.balanceOf(person) == 10**21 * cred // total
        paid, excess = paid + due, excess + share - due
    assert paid + excess == mill.distributor.paid_of(1) <= pot
    assert mill.distributor.carry_of(mill.dollar) == excess
    assert mill.pool.reserved(1, mill.dollar) == pot - paid - excess
    assert mill.pool.balance_of(1, mill.dollar) == mill.dollar.balanceOf(mill.pool) == pot - paid
    assert mill.grain.totalSupply() <= 10**21


@cache
def ready() -> Mill:
    """One for all examples, each of which opens its own earmark and is undone."""
    mill = Mill(Evm())
    mill.set_up()
    return mill


def test_payday__a_whole_year__every_month_another_income__balances_to_the_unit(evm: Evm) -> None:
    """Twelve epochs with paydays, claims, a voided attempt and a close; the books by hand."""
    mill = Mill(evm)
    mill.set_up(season=20)
    policy: Policy = mill.policy(minimum=1_000, claim_window=400 * DAY)
    mill.open(policy)
    people = list(mill.people(5))
    leaves = {subject_of(person): 3**n for n, person in enumerate(people)}
    epochs, given_in_all = [], 0
    for month in range(12):
        income = 1_009 * (month + 1)
        given_in_all += income
        mill.give(income)
        evm.warp(MONTH)
        if month % 3 == 1:
            mill.withdraw(mill.post(leaves))
        epochs.append(mill.finalise(mill.post(leaves)))
        mill.payday(epochs[-1])
    mill.claim(subject_of(people[0]), epochs, people[0], people[0])
    third = [(subject_of(people[2]), n) for n in range(12)]
    mill.claim_many(epochs, third)
    first_due = sum(epoch.amount(subject_of(people[0])) for epoch in epochs)
    assert mill.dollar.balanceOf(people[0]) == first_due
    assert mill.dollar.balanceOf(people[2]) == sum(
        epoch.amount(subject_of(people[2])) for epoch in epochs
    )
    paid = sum(mill.distributor.paid_of(n) for n in range(1, 13))
    held = sum(mill.dollar.balanceOf(person) for person in people)
    assert paid == held
    assert mill.pool.reserved(1, mill.dollar) == given_in_all - paid
    evm.warp(400 * DAY)
    for epoch in epochs:
        close(mill, epoch)
    assert mill.pool.reserved(1, mill.dollar) == 0
    assert mill.distributor.carry_of(mill.dollar) == given_in_all - paid
    assert mill.distributor.next_pot() == (given_in_all - paid,) * 2 + (given_in_all,)
