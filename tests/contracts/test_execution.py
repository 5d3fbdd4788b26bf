# SPDX-License-Identifier: AGPL-3.0-only
"""Carrying out what passed: all or nothing, once, by anyone; the Governor keeps nothing."""

from typing import Any

import pytest

from tests.contracts.coop import (
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    ORDINARY,
    RULES,
    SUCCEEDED,
    ZERO,
    Coop,
    named,
)
from tests.contracts.evm import ETH, Actor, Contract, Reverted

FEE, NO_ANSWER, SAYS_NO, KEEPS_ALL = 32, 1, 2, 128
SLOW = 16


def told(coop: Coop) -> list[str]:
    """The names of the last call's events."""
    return [log.name for log in coop.evm.logs]


def test_execute__a_payment__is_made_told_and_done(coop: Coop, outsider: Actor) -> None:
    coop.give(100)
    before = coop.evm.balance(coop.patron)
    proposal = coop.passed(coop.spending(coop.patron, 30))
    assert coop.governor.execute(*proposal.content, sender=outsider) == proposal.id
    assert told(coop) == ["Spent", "ProposalExecuted"]
    assert coop.evm.logs[1].args == {"proposalId": proposal.id}
    assert coop.evm.logs[1].address == coop.governor.address
    assert coop.evm.balance(coop.patron) == before + 30
    assert coop.pool.balance_of(0, ETH) == 70
    assert coop.state(proposal) == EXECUTED
    word = coop.word(proposal)
    assert [word[flag] for flag in ("executed", "canceled", "has_end", "extended")] == [1, 0, 0, 0]


def test_execute__twice__is_refused(coop: Coop) -> None:
    coop.give(100)
    proposal = coop.enact(coop.spending(coop.patron, 30))
    for wait in (0, 1, 13 * DAY, 100 * DAY):
        coop.evm.warp(wait)
        assert coop.state(proposal) == EXECUTED
        with coop.evm.reverts("governor: not ready to execute"):
            coop.execute(proposal)


def test_execute__before_its_time_or_after_or_never_passed__is_refused(coop: Coop) -> None:
    coop.give(100)
    lost = coop.opened(coop.spending(coop.patron, 1), text="lost", by=coop.founders[1])
    proposal = coop.queued(coop.spending(coop.patron, 30))
    eta = coop.governor.proposalEta(proposal.id)
    assert coop.state(lost) == DEFEATED
    for refused in (lost, proposal):
        with coop.evm.reverts("governor: not ready to execute"):
            coop.execute(refused)
    coop.evm.warp_to(eta - 1)
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
    coop.evm.warp_to(eta + 14 * DAY)
    assert coop.state(proposal) == EXPIRED
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
    with coop.evm.reverts("governor: no such proposal"):
        coop.governor.execute([], [], [], bytes(32), sender=coop.relayer)


def test_execute__in_the_first_and_in_the_last_second__is_done(coop: Coop) -> None:
    coop.give(100)
    proposal = coop.passed(coop.spending(coop.patron, 30))
    for wait in (0, 14 * DAY - 1):
        mark = coop.evm.snapshot()
        coop.evm.warp(wait)
        coop.execute(proposal)
        coop.evm.restore(mark)


def test_execute__eight_calls__are_made_in_order(coop: Coop) -> None:
    puppet = coop.evm.deploy("Puppet")
    coop.enact(*((puppet, 0, puppet.calldata("decide", n)) for n in (5, 3, 8, 1, 9, 2, 7, 4)))
    assert [log.args["number"] for log in named(coop.evm, "Decided")] == [5, 3, 8, 1, 9, 2, 7, 4]
    assert {log.args["by"] for log in named(coop.evm, "Decided")} == {coop.governor.address}
    assert told(coop)[-1] == "ProposalExecuted"


# --- all or nothing ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(8))
def test_execute__one_call_fails__none_is_made_and_it_stays_ready(coop: Coop, place: int) -> None:
    coop.give(100)
    puppet = coop.evm.deploy("Puppet")
    actions = [coop.spending(coop.patron, n + 1) for n in range(7)]
    actions.insert(place, (puppet, 0, puppet.calldata("decide", 13)))
    proposal = coop.passed(*actions)
    with coop.evm.reverts("puppet: not thirteen"):
        coop.execute(proposal)
    assert coop.state(proposal) == SUCCEEDED


def test_execute__after_what_was_missing_came__is_done(coop: Coop) -> None:
    coop.give(10)
    proposal = coop.passed(coop.spending(coop.patron, 10), coop.spending(coop.relayer, 20))
    for _ in range(2):
        with coop.evm.reverts("pool: more than is unreserved"):
            coop.execute(proposal)
        coop.evm.warp(DAY)
        assert coop.state(proposal) == SUCCEEDED
    coop.give(20)
    coop.execute(proposal)
    assert coop.pool.balance_of(0, ETH) == 0


def test_execute__that_never_works__expires(coop: Coop) -> None:
    proposal = coop.passed(coop.spending(coop.patron, 10))
    coop.evm.warp(14 * DAY - 1)
    with coop.evm.reverts("pool: more than is unreserved"):
        coop.execute(proposal)
    coop.evm.warp(1)
    coop.give(10)
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)


def test_execute__two_that_passed_over_the_same_money__pay_only_once(coop: Coop) -> None:
    coop.give(10)
    first = coop.propose(coop.spending(coop.patron, 10), text="first")
    second = coop.propose(coop.spending(coop.patron, 1), text="second")
    coop.open(second)
    for proposal in (first, second):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(second.id))
    for done, stuck in ((first, second), (second, first)):
        mark = coop.evm.snapshot()
        coop.execute(done)
        with coop.evm.reverts("pool: more than is unreserved"):
            coop.execute(stuck)
        assert coop.state(stuck) == SUCCEEDED
        coop.evm.restore(mark)


@pytest.mark.parametrize("gas", [*range(60_000, 560_000, 20_000), 1_000_000, 16_000_000])
def test_execute__with_any_gas__is_done_whole_or_not_at_all(coop: Coop, gas: int) -> None:
    """The payee needs some 190,000 gas; a stingy caller must not turn his pay into a debt."""
    coop.give(10)
    payee = coop.evm.deploy("OddPayee")
    payee.behave(SLOW, sender=coop.relayer)
    proposal = coop.passed(coop.spending(payee, 4), coop.spending(coop.patron, 6))
    before = coop.evm.state()
    try:
        coop.execute(proposal, gas=gas)
    except Reverted:
        assert coop.evm.state() == before
        assert coop.state(proposal) == SUCCEEDED
        assert gas < 1_000_000
    else:
        assert told(coop) == ["Spent", "Took", "Spent", "ProposalExecuted"]
        assert coop.evm.balance(payee) == 4
        assert coop.pool.held(ETH) == 0


# --- where calls may go ------------------------------------------------------------------------


def test_execute__a_call_to_an_account_without_code__is_refused(
    coop: Coop, outsider: Actor
) -> None:
    """It would do nothing and look done. A plain payment needs no code."""
    for n, nobody in enumerate((outsider, ZERO, "0x" + "00" * 19 + "04")):
        proposal = coop.passed((nobody, 0, b"\1"), text=str(n))
        with coop.evm.reverts("governor: no code at the target"):
            coop.execute(proposal)
        assert coop.state(proposal) == SUCCEEDED
    coop.enact((outsider, 0, b""), text="nothing")


def test_execute__a_target_whose_code_came_later__is_called(coop: Coop) -> None:
    mark = coop.evm.snapshot()
    home = coop.evm.deploy("Puppet")
    coop.evm.restore(mark)
    assert coop.evm.code(home) == b""
    proposal = coop.passed((home, 0, home.calldata("decide", 4)))
    with coop.evm.reverts("governor: no code at the target"):
        coop.execute(proposal)
    assert coop.evm.deploy("Puppet").address == home.address
    coop.execute(proposal)
    assert named(coop.evm, "Decided")[0].args["number"] == 4


def test_execute__a_target_that_became_a_part__takes_a_stricter_vote(coop: Coop) -> None:
    puppet = coop.evm.deploy("Puppet")
    action = (puppet, 0, puppet.calldata("decide", 4))
    one, two, three = coop.founders
    install = coop.opened(coop.installing(puppet), text="install", by=one)
    coop.vote(install, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(install.id) - 8 * DAY)
    # ready when it is: six days for the vote, two in the timelock
    ordinary = coop.propose(action, text="call", by=two)
    plain = coop.propose((puppet, 5, b""), text="plain", by=two)
    mixed = coop.propose(action, coop.ruling(coop.rules), text="both", by=three)
    coop.open(ordinary)
    coop.vote(ordinary, FOR, *coop.founders)
    coop.vote(plain, FOR, *coop.founders)
    coop.open(mixed)
    coop.vote(mixed, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(install.id))
    assert [coop.state(p) for p in (install, ordinary, plain)] == [SUCCEEDED] * 3
    coop.execute(install)
    for stale in (ordinary, plain):
        with coop.evm.reverts("governor: stricter class by now"):
            coop.execute(stale, value=5)
        assert coop.state(stale) == SUCCEEDED
    coop.evm.warp_to(coop.governor.proposalEta(mixed.id))
    coop.execute(mixed)
    assert named(coop.evm, "Decided")[0].args["number"] == 4


@pytest.mark.parametrize("size", [4, 36])
def test_execute__a_call_that_became_a_parts_consent_call__is_the_parts_alone(
    coop: Coop, size: int
) -> None:
    """Not even a rules vote from before may make it: only what the part itself raises."""
    puppet = coop.evm.deploy("Puppet")
    call = puppet.calldata("decide", 4)[:size]
    install = coop.propose(coop.installing(puppet, call[:4]), text="install")
    rules = coop.propose((puppet, 0, call), coop.ruling(coop.rules), text="rules")
    coop.open(rules)
    for proposal in (install, rules):
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(rules.id))
    coop.execute(install)
    with coop.evm.reverts("governor: stricter class by now"):
        coop.execute(rules)


def test_execute__the_opening_of_an_earmark_cut_short_or_dirty__is_left_to_the_pool(
    coop: Coop,
) -> None:
    """Without a spender it is ordinary; whether it is whole and clean only the Pool says."""
    pool, _, call = coop.opening()
    dirty = bytearray(call)
    dirty[132] = 1  # the first byte behind the spender
    shorter = coop.propose((pool, 0, call[:131]), text="cut within the spender")
    assert coop.word(shorter)["kind"] == RULES
    broken = {"cut behind the spender": call[:132], "dirt in the next word": bytes(dirty)}
    for text, data in broken.items():
        proposal = coop.passed((pool, 0, data), text=text)
        assert coop.word(proposal)["kind"] == ORDINARY
        with coop.evm.reverts(""):
            coop.execute(proposal)
    coop.enact((pool, 0, call), text="whole")
    assert coop.pool.earmark_count() == 1


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\2\3", bytes(3), bytes(4), b"\0\0\0\1"])
def test_execute__a_call_of_a_few_bytes__is_made_and_never_taken_for_another(
    coop: Coop, data: bytes
) -> None:
    """The part's consent function has the selector 0x00000001; what is shorter has none."""
    part = coop.evm.deploy("Puppet")
    coop.enact(coop.installing(part, b"\0\0\0\1"), text="install")
    if data == b"\0\0\0\1":
        with coop.evm.reverts("governor: a consent call"):
            coop.propose((part, 0, data), text="consent")
        return
    proposal = coop.passed((part, 0, data), text="short")
    assert coop.word(proposal)["kind"] == RULES
    coop.execute(proposal)
    assert coop.state(proposal) == EXECUTED


def test_put_back__one_wei_that_is_left__returns_too(coop: Coop) -> None:
    coop.give(10)
    coop.enact(coop.spending(coop.governor, 1))
    assert named(coop.evm, "PutBack")[0].args == {"asset": ETH, "amount": 1}
    assert coop.pool.balance_of(0, ETH) == 10
    assert coop.evm.balance(coop.governor) == 0


def test_execute__two_in_one_transaction__are_both_done(coop: Coop) -> None:
    """One after the other: only one within another is refused."""
    coop.give(100)
    two = [coop.propose(coop.spending(coop.patron, n), text=str(n)) for n in (30, 20)]
    coop.open(two[0])
    for proposal in two:
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(two[0].id))
    carrier = coop.evm.deploy("MockHub")
    both = [coop.governor.calldata("execute", *proposal.content) for proposal in two]
    carrier.act_often(coop.governor, both, sender=coop.relayer)
    assert [coop.state(proposal) for proposal in two] == [EXECUTED] * 2
    assert coop.pool.balance_of(0, ETH) == 50


# --- what is left goes back --------------------------------------------------------------------


def to_governor(coop: Coop, amount: int, asset: Any = ETH) -> Any:
    """The call that spends to the Governor itself."""
    return coop.spending(coop.governor, amount, asset)


def odd_token(coop: Coop, amount: int) -> Contract:
    """A token that will misbehave, given to the general fund."""
    token: Contract = coop.evm.deploy("OddToken")
    coop.give(amount, token)
    return token


def test_put_back__eth_that_is_left__returns_and_counts_as_nothing_received(coop: Coop) -> None:
    coop.give(100)
    puppet = coop.evm.deploy("Puppet")
    coop.enact(to_governor(coop, 60), (puppet, 25, puppet.calldata("decide", 1)))
    assert told(coop) == ["Spent", "Decided", "PutBack", "ProposalExecuted"]
    assert named(coop.evm, "PutBack")[0].args == {"asset": ETH, "amount": 35}
    assert coop.evm.balance(coop.governor) == 0
    assert coop.evm.balance(puppet) == 25
    assert coop.pool.balance_of(0, ETH) == 75
    assert coop.pool.received(0, ETH) == 100
    assert coop.pool.held(ETH) == 75 == coop.evm.balance(coop.pool)


def test_put_back__tokens_that_are_left__return_and_count_as_nothing_received(
    coop: Coop,
) -> None:
    dollar = coop.dollar
    coop.give(100, dollar)
    pay = dollar.calldata("transfer", coop.patron, 30)
    coop.enact(to_governor(coop, 80, dollar), to_governor(coop, 10, dollar), (dollar, 0, pay))
    assert [log.args for log in named(coop.evm, "PutBack")] == [
        {"asset": dollar.address, "amount": 60}
    ]
    assert dollar.balanceOf(coop.governor) == 0
    assert dollar.balanceOf(coop.patron) == 30
    assert coop.pool.balance_of(0, dollar) == 70
    assert coop.pool.received(0, dollar) == 100


def test_put_back__the_last_unit_of_a_token__returns_too(coop: Coop) -> None:
    coop.give(100, coop.dollar)
    pay = coop.dollar.calldata("transfer", coop.patron, 79)
    coop.enact(to_governor(coop, 80, coop.dollar), (coop.dollar, 0, pay))
    assert coop.dollar.balanceOf(coop.governor) == 0
    assert coop.pool.balance_of(0, coop.dollar) == 21


def test_execute__plain_eth_to_the_pool__arrives(coop: Coop) -> None:
    """A call without data to the Pool: no function, no spending, just money."""
    coop.give(100)
    coop.enact(to_governor(coop, 30), (coop.pool, 20, b""))
    assert named(coop.evm, "PutBack")[0].args["amount"] == 10
    assert (coop.pool.balance_of(0, ETH), coop.pool.surplus(ETH)) == (80, 20)


def test_put_back__two_assets_and_eth__all_return(coop: Coop) -> None:
    other = coop.evm.deploy("TestDollar")
    for asset in (ETH, coop.dollar, other):
        coop.give(50, asset)
    coop.enact(*(to_governor(coop, 20, asset) for asset in (ETH, coop.dollar, other)))
    assert [(log.args["asset"], log.args["amount"]) for log in named(coop.evm, "PutBack")] == [
        (coop.dollar.address, 20),
        (other.address, 20),
        (ETH, 20),
    ]
    assert all(coop.pool.balance_of(0, asset) == 50 for asset in (ETH, coop.dollar, other))
    assert all(coop.pool.received(0, asset) == 50 for asset in (ETH, coop.dollar, other))


def test_put_back__nothing_left__is_not_told(coop: Coop) -> None:
    coop.give(50)
    coop.give(50, coop.dollar)
    pay = coop.dollar.calldata("transfer", coop.patron, 50)
    coop.enact(
        to_governor(coop, 50),
        (coop.patron, 50, b""),
        to_governor(coop, 50, coop.dollar),
        (coop.dollar, 0, pay),
    )
    assert named(coop.evm, "PutBack") == []


def test_put_back__eth_of_the_caller_or_sent_before__goes_to_the_general_fund(
    coop: Coop,
) -> None:
    """Whoever lends the ETH for a call loses what is left of it: it is the Pool's by then."""
    coop.evm.call(coop.patron, coop.governor, value=7)
    puppet = coop.evm.deploy("Puppet")
    proposal = coop.passed((puppet, 30, b""))
    with coop.evm.reverts(""):
        coop.execute(proposal)
    coop.execute(proposal, value=100)
    assert coop.pool.balance_of(0, ETH) == 77
    assert coop.pool.received(0, ETH) == 0
    assert coop.evm.balance(coop.governor) == 0


def test_put_back__a_token_sent_before__goes_with_it(coop: Coop) -> None:
    coop.give(50, coop.dollar)
    coop.dollar.mint(coop.governor, 9, sender=coop.patron)
    # nothing of that asset was spent to the Governor: it stays where it is
    coop.enact(coop.spending(coop.patron, 10, coop.dollar), text="outside")
    assert coop.dollar.balanceOf(coop.governor) == 9
    coop.enact(to_governor(coop, 1, coop.dollar), text="inside")
    assert coop.dollar.balanceOf(coop.governor) == 0
    assert coop.pool.balance_of(0, coop.dollar) == 49
    assert coop.pool.received(0, coop.dollar) == 50


@pytest.mark.parametrize(("way", "left"), [(0, 200), (NO_ANSWER, 200), (FEE, 197)])
def test_put_back__odd_tokens__return_what_arrives(coop: Coop, way: int, left: int) -> None:
    """200 with a fee of one in a hundred: 198 reach the Governor, 197 the Pool again."""
    token = odd_token(coop, 200)
    proposal = coop.passed(to_governor(coop, 200, token))
    token.behave(way, sender=coop.patron)
    coop.execute(proposal)
    assert token.balanceOf(coop.governor) == 0
    assert coop.pool.balance_of(0, token) == left == token.balanceOf(coop.pool)
    assert coop.pool.received(0, token) == 200


@pytest.mark.parametrize("way", [SAYS_NO, KEEPS_ALL])
def test_put_back__a_token_that_does_not_return__undoes_nothing(coop: Coop, way: int) -> None:
    """What the token refuses or burns is the token's affair; the rest of the proposal stands."""
    token = odd_token(coop, 100)
    behave = (token, 0, token.calldata("behave", way))
    proposal = coop.passed(to_governor(coop, 100, token), behave, coop.opening())
    coop.execute(proposal)
    assert coop.pool.earmark_count() == 1
    assert coop.pool.balance_of(0, token) == 0


def test_put_back__two_units_of_dust_at_the_governor__do_not_stop_a_proposal(coop: Coop) -> None:
    """A token that loses a unit on the way would return nothing of them: anybody could block it."""
    token = odd_token(coop, 1_000)
    token.mint(coop.governor, 2, sender=coop.patron)
    pays_on = (token, 0, token.calldata("transfer", coop.patron, 100))
    keeps = (token, 0, token.calldata("behave", KEEPS_ALL))
    proposal = coop.passed(to_governor(coop, 100, token), pays_on, keeps)
    coop.execute(proposal)
    assert coop.state(proposal) == EXECUTED


def test_put_back__a_spend_to_the_governor_that_fails__undoes_everything(coop: Coop) -> None:
    """No debt to the Governor: its next call would run without the money."""
    token = odd_token(coop, 100)
    token.freeze(coop.governor, True, sender=coop.patron)
    proposal = coop.passed(to_governor(coop, 100, token))
    with coop.evm.reverts("pool: the Governor was not paid"):
        coop.execute(proposal)
