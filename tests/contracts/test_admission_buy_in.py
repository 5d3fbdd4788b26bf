# SPDX-License-Identifier: AGPL-3.0-only
"""The buy-in: who pays what into which earmark.

What tokens do on the way there is in test_admission_odd_tokens.py, what is paid back in
test_admission_refund.py.
"""

import pytest

from millpond.core import typed_data
from tests.contracts.buy_ins import PRICE, allow, books, buying_in, kept, offer, setting, terms
from tests.contracts.coop import DAY, PURPOSE, Coop, Ways, ascending, named
from tests.contracts.evm import ETH, Actor, Contract, Evm
from tests.contracts.test_admission import accepting
from tests.contracts.test_admission_join import inviting, join


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders three; as many may join as there are members."""
    return Coop(evm, ways=Ways(joins_bps=10_000))


@pytest.fixture
def candidate(evm: Evm) -> Actor:
    """Somebody who would like to be a member."""
    return evm.actor("candidate")


@pytest.fixture
def token(coop: Coop, candidate: Actor) -> Contract:
    """A token that behaves, for now; the buy-in is paid in it. She has an offer."""
    made = coop.evm.deploy("OddToken")
    coop.enact(buying_in(coop, made, PRICE), text="buy-in")
    offer(coop, candidate)
    return made


@pytest.fixture
def wei(coop: Coop, candidate: Actor) -> int:
    """The buy-in is paid in ETH. She has an offer."""
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    offer(coop, candidate)
    return PRICE


# --- on_open -----------------------------------------------------------------------------------


def test_on_open__by_a_rules_vote__is_told(coop: Coop) -> None:
    assert tuple(coop.admission.buy_in()) == (0, ETH, 0)
    coop.enact(buying_in(coop, coop.dollar, PRICE))
    (log,) = named(coop.evm, "BuyInSet")
    told = {"earmark_id": 1, "asset": coop.dollar.address, "amount": PRICE}
    assert (log.args, log.address) == (told, coop.admission.address)
    assert tuple(coop.admission.buy_in()) == (1, coop.dollar.address, PRICE)


def test_on_open__by_anybody_but_the_pool__is_refused(coop: Coop, outsider: Actor) -> None:
    coop.enact(buying_in(coop, ETH, PRICE))
    for caller in (outsider, coop.founders[0]):
        with coop.evm.reverts("admission: only the pool opens it"):
            coop.admission.on_open(1, terms(ETH, 1), sender=caller)
    call = coop.admission.calldata("on_open", 1, terms(ETH, 1))
    proposal = coop.passed((coop.admission, 0, call), text="by vote")
    with coop.evm.reverts("admission: only the pool opens it"):
        coop.execute(proposal)


@pytest.mark.parametrize(
    ("restricted", "ahead", "reason"),
    [
        (True, 0, "admission: not an earmark for buy-ins"),
        (True, 99 * DAY, "admission: not an earmark for buy-ins"),
        (False, 99 * DAY, "admission: buy-ins have no deadline"),
    ],
)
def test_on_open__an_earmark_that_ends_or_is_restricted__is_refused(
    coop: Coop, restricted: bool, ahead: int, reason: str
) -> None:
    """A deadline would stop the reserve of each later buy-in, a restriction the refunds."""
    deadline = coop.evm.now + ahead if ahead else 0
    opening = (1, *PURPOSE, coop.admission, restricted, deadline, terms(ETH, 1))
    action = coop.pool, 0, coop.pool.calldata("open_earmark", *opening)
    proposal = coop.passed(action)
    with coop.evm.reverts(reason):
        coop.execute(proposal)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (b"", "admission: bad buy-in parameters"),
        (terms(ETH, 1)[1:], "admission: bad buy-in parameters"),
        (terms(ETH, 1) + b"\0", "admission: bad buy-in parameters"),
        (b"\xff" * 64, ""),
        (terms("0x" + "11" * 20, 1), "admission: the asset has no code"),
        (terms(ETH, 2**128), "admission: a buy-in stays below 2^128"),
        (terms(ETH, 2**255), "admission: a buy-in stays below 2^128"),
    ],
)
def test_on_open__bad_parameters__are_refused(coop: Coop, params: bytes, reason: str) -> None:
    proposal = coop.passed(coop.opening(coop.admission, params=params))
    with coop.evm.reverts(reason):
        coop.execute(proposal)


def test_on_open__the_largest_and_no_amount__are_taken(coop: Coop) -> None:
    coop.enact(buying_in(coop, ETH, 2**128 - 1), text="largest")
    assert tuple(coop.admission.buy_in()) == (1, ETH, 2**128 - 1)
    coop.enact(buying_in(coop, coop.dollar, 0), text="none")
    assert tuple(coop.admission.buy_in()) == (2, coop.dollar.address, 0)
    join(coop, coop.patron, ascending(coop.founders)[:2])
    assert coop.governor.isMember(coop.patron)


# --- set_buy_in --------------------------------------------------------------------------------


def test_set_buy_in__by_a_rules_vote__is_told(coop: Coop) -> None:
    coop.enact(buying_in(coop, coop.dollar, PRICE), text="open")
    coop.enact(setting(coop, 7), text="seven")
    (log,) = named(coop.evm, "BuyInSet")
    assert log.args == {"earmark_id": 1, "asset": coop.dollar.address, "amount": 7}
    assert tuple(coop.admission.buy_in()) == (1, coop.dollar.address, 7)


def test_set_buy_in__by_anybody_else__is_refused(coop: Coop, outsider: Actor) -> None:
    for caller in (outsider, coop.founders[0]):
        with coop.evm.reverts("admission: by proposal only"):
            coop.admission.set_buy_in(1, sender=caller)


def test_set_buy_in__before_there_is_an_earmark__is_refused(coop: Coop) -> None:
    proposal = coop.passed(setting(coop, 1))
    with coop.evm.reverts("admission: no earmark for buy-ins"):
        coop.execute(proposal)


@pytest.mark.parametrize(("amount", "fits"), [(2**128 - 1, True), (2**128, False)])
def test_set_buy_in__at_its_edge__below_2_128(coop: Coop, amount: int, fits: bool) -> None:
    coop.enact(buying_in(coop, ETH, 1), text="open")
    proposal = coop.passed(setting(coop, amount), text="edge")
    if fits:
        coop.execute(proposal)
        assert tuple(coop.admission.buy_in()) == (1, ETH, amount)
    else:
        with coop.evm.reverts("admission: a buy-in stays below 2^128"):
            coop.execute(proposal)


def test_set_buy_in__to_nothing__lets_in_for_nothing(coop: Coop, candidate: Actor) -> None:
    coop.enact(buying_in(coop, ETH, PRICE), text="open")
    offer(coop, candidate)
    coop.enact(setting(coop, 0), text="none")
    with coop.evm.reverts("admission: no ETH is due"):
        coop.admission.accept(sender=candidate, value=PRICE)
    coop.admission.accept(sender=candidate)
    assert coop.governor.isMember(candidate)
    assert tuple(coop.admission.buy_in_of(candidate)) == (0, ETH, 0)


# --- paying ------------------------------------------------------------------------------------


def test_accept__in_eth__goes_to_the_earmark_reserved(
    coop: Coop, candidate: Actor, wei: int
) -> None:
    coop.admission.accept(sender=candidate, value=wei)
    assert [log.name for log in coop.evm.logs] == [
        *("MemberAdmitted", "Given", "Reserved", "BuyInPaid", "OfferAccepted")
    ]
    (given,), (paid,) = named(coop.evm, "Given"), named(coop.evm, "BuyInPaid")
    assert (given.args["patron"], given.args["note"]) == (coop.admission.address, "buy-in")
    assert given.args["anonymous"] is False
    assert paid.args == {
        "account": candidate.address,
        "seat": 4,
        "payer": candidate.address,
        "earmark_id": 1,
        "asset": ETH,
        "amount": wei,
    }
    assert books(coop, ETH) == (wei, wei)
    assert kept(coop, ETH) == 0
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, ETH, wei)


def test_accept__in_a_token__goes_to_the_earmark_reserved(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    allow(coop, token, candidate, PRICE)
    coop.admission.accept(sender=candidate)
    assert books(coop, token) == (PRICE, PRICE)
    assert kept(coop, token) == token.balanceOf(candidate) == 0
    assert token.allowance(coop.admission, coop.pool) == 0
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, token.address, PRICE)


def test_accept__unreserved_by_no_vote__the_members_cannot_spend_it(
    coop: Coop, candidate: Actor, wei: int
) -> None:
    coop.admission.accept(sender=candidate, value=wei)
    coop.give(5, earmark=1)
    spend = coop.pool.calldata("spend", 1, ETH, coop.patron, 6)
    proposal = coop.passed((coop.pool, 0, spend), text="spend")
    with coop.evm.reverts("pool: more than is unreserved"):
        coop.execute(proposal)


@pytest.mark.parametrize("value", [0, PRICE - 1, PRICE + 1, 2 * PRICE])
def test_accept__another_value__is_refused(
    coop: Coop, candidate: Actor, wei: int, value: int
) -> None:
    assert wei == PRICE
    with coop.evm.reverts("admission: the value is not the buy-in"):
        coop.admission.accept(sender=candidate, value=value)


def test_join__any_way_with_eth_where_none_is_due__is_refused(coop: Coop, candidate: Actor) -> None:
    offer(coop, candidate)
    deadline, pair = coop.evm.now + DAY, ascending(coop.founders)[:2]
    acceptance = candidate.sign(accepting(coop, candidate))
    signed = [s.sign(inviting(coop, candidate, s)) for s in pair]
    door = coop.admission
    with coop.evm.reverts("admission: no ETH is due"):
        door.accept(sender=candidate, value=1)
    with coop.evm.reverts("admission: no ETH is due"):
        door.accept_for(candidate, deadline, acceptance, sender=coop.relayer, value=1)
    with coop.evm.reverts("admission: no ETH is due"):
        door.join(candidate, deadline, pair, signed, b"", sender=candidate, value=1)
    door.accept(sender=candidate)


def test_accept__eth_beside_a_token__is_refused(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    allow(coop, token, candidate, PRICE)
    with coop.evm.reverts("admission: ETH with a token's buy-in"):
        coop.admission.accept(sender=candidate, value=1)


def test_leave__with_eth__is_refused(coop: Coop) -> None:
    for name, args in (("leave", ()), ("object_to_rebind", ()), ("refund_buy_in", (ETH,))):
        data = coop.admission.calldata(name, *args)
        with coop.evm.reverts(""):
            coop.evm.call(coop.founders[0], coop.admission, data, value=1)


def test_admission__plain_eth__is_refused(coop: Coop) -> None:
    with coop.evm.reverts(""):
        coop.evm.call(coop.patron, coop.admission, b"", value=1)


# --- who pays ----------------------------------------------------------------------------------


def test_accept_for__in_a_token__the_relayer_pays_for_her_seat(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    allow(coop, token, coop.relayer, PRICE)
    token.mint(candidate, PRICE, sender=candidate)
    deadline = coop.evm.now + DAY
    acceptance = candidate.sign(accepting(coop, candidate))
    coop.admission.accept_for(candidate, deadline, acceptance, sender=coop.relayer)
    (paid,) = named(coop.evm, "BuyInPaid")
    assert (paid.args["account"], paid.args["payer"]) == (
        candidate.address,
        coop.relayer.address,
    )
    assert (token.balanceOf(candidate), token.balanceOf(coop.relayer)) == (PRICE, 0)
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, token.address, PRICE)


def test_join__by_invitation_in_eth__the_caller_pays(coop: Coop, candidate: Actor) -> None:
    coop.enact(buying_in(coop, ETH, PRICE))
    deadline, pair = coop.evm.now + DAY, ascending(coop.founders)[:2]
    signed = [s.sign(inviting(coop, candidate, s)) for s in pair]
    acceptance = candidate.sign(accepting(coop, candidate))
    arguments = (candidate, deadline, pair, signed, acceptance)
    coop.admission.join(*arguments, sender=coop.relayer, value=PRICE)
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, ETH, PRICE)


def test_set_buy_in__between_signing_and_relaying__takes_nothing_from_the_candidate(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    """Her allowance, even an endless one, is of no use to whoever brings her signature."""
    allow(coop, token, candidate, 2**255)
    deadline = coop.evm.now + 90 * DAY
    acceptance = candidate.sign(accepting(coop, candidate, deadline=deadline))
    coop.enact(setting(coop, 100 * PRICE), text="dearer")
    with coop.evm.reverts("odd: not allowed so much"):
        coop.admission.accept_for(candidate, deadline, acceptance, sender=coop.relayer)
    allow(coop, token, coop.relayer, 100 * PRICE)
    coop.admission.accept_for(candidate, deadline, acceptance, sender=coop.relayer)
    assert token.balanceOf(candidate) == 2**255
    assert tuple(coop.admission.buy_in_of(candidate))[2] == 100 * PRICE


def test_accept__without_the_means__is_refused_with_the_tokens_word(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    with coop.evm.reverts("odd: not allowed so much"):
        coop.admission.accept(sender=candidate)
    token.approve(coop.admission, PRICE, sender=candidate)
    with coop.evm.reverts("odd: too little"):
        coop.admission.accept(sender=candidate)


# --- another asset or amount later -------------------------------------------------------------


def test_on_open__again_in_another_asset__seats_keep_what_they_paid(
    coop: Coop, candidate: Actor, wei: int
) -> None:
    coop.admission.accept(sender=candidate, value=wei)
    coop.enact(buying_in(coop, coop.dollar, 9), text="another asset")
    other = coop.patron
    offer(coop, other)
    with coop.evm.reverts("admission: ETH with a token's buy-in"):
        coop.admission.accept(sender=other, value=wei)
    coop.dollar.mint(other, 9, sender=other)
    coop.dollar.approve(coop.admission, 9, sender=other)
    coop.admission.accept(sender=other)
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, ETH, wei)
    assert tuple(coop.admission.buy_in_of(other)) == (2, coop.dollar.address, 9)
    assert books(coop, ETH) == (wei, wei)
    assert books(coop, coop.dollar, 2) == (9, 9)


def test_buy_in_of__founders_and_strangers__is_none(coop: Coop, wei: int, outsider: Actor) -> None:
    assert wei
    for account in (*coop.founders, outsider, ETH):
        assert tuple(coop.admission.buy_in_of(account)) == (0, ETH, 0)


def test_acceptance__of_another_pool__pays_nothing_here(
    coop: Coop, candidate: Actor, wei: int
) -> None:
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    domain = typed_data.Domain(coop.evm.chain_id, sibling.admission)
    acceptance = candidate.sign(accepting(coop, candidate, domain=domain))
    with coop.evm.reverts("admission: not the candidate's signature"):
        arguments = (candidate, coop.evm.now + DAY, acceptance)
        coop.admission.accept_for(*arguments, sender=coop.relayer, value=wei)
