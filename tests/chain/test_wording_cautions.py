# SPDX-License-Identifier: AGPL-3.0-only
"""What is easily overlooked is said, and nothing is cried where there is nothing to see."""

import pytest
from eth_utils.crypto import keccak

from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.governance import Action
from millpond.chain.wording import Earmark, told
from tests.chain.wording import (
    ADMISSION,
    ALICE,
    BOB,
    CLERK,
    DISTRIBUTOR,
    DOLLAR,
    GOVERNOR,
    GRAIN,
    HUB,
    OTHER_POOL,
    POOL,
    Facts,
    call,
    one,
)

ETH = NO_ADDRESS
SPEND = call(POOL, "Pool", "spend", 0, ETH, ALICE, 10**18)
TRANSFER = call(GRAIN, "Grain", "transfer", ALICE, 5).data


def _warned(action: Action, known: Facts | None = None) -> str:
    return "\n".join(one(action, known).warnings)


@pytest.mark.parametrize(
    "action",
    [
        SPEND,
        call(POOL, "Pool", "move", 0, 1, ETH, 5),
        call(ADMISSION, "Admission", "offer", [ALICE], 1_800_000_000),
        Action(Address(DOLLAR), 0, TRANSFER),
    ],
)
def test_cautions__everyday_calls__have_none(action: Action) -> None:
    known = Facts(earmarks={0: Earmark(None, None, False, None)})
    assert one(action, known).warnings == ()


def test_cautions__bytes_that_nobody_can_read__by_selector_length_and_hash() -> None:
    found = one(Action(Address(BOB), 0, TRANSFER), Facts(code={BOB: True}))
    assert found.call is None
    selector, data = found.warnings
    assert selector == (
        "Its selector 0xa9059cbb is that of transfer(address,uint256) here; the contract may do "
        "anything else."
    )
    assert data == (
        "Not decoded, because the contract is none of this Hub's and no token that is known here: "
        f"68 bytes with the hash 0x{keccak(TRANSFER).hex()}. Find out what this call does before "
        "you vote."
    )


def test_cautions__a_selector_that_is_none_here__is_said_to_be() -> None:
    assert "Its selector 0xdeadbeef is none that is known here" in _warned(
        Action(Address(BOB), 0, b"\xde\xad\xbe\xef")
    )


def test_cautions__bytes_to_an_account_without_code__do_nothing() -> None:
    assert _warned(Action(Address(BOB), 0, TRANSFER), Facts(code={BOB: False})) == (
        f"There is no contract at {BOB}: the call does nothing, and succeeds."
    )


def test_cautions__bytes_behind_the_arguments__are_told() -> None:
    longer = Action(SPEND.target, 0, SPEND.data + bytes(32))
    assert _warned(longer) == (
        "Its bytes hold more than, or other than, these arguments: read them before you vote."
    )


def test_cautions__a_policy_with_bytes_behind_it__is_shown_as_bytes() -> None:
    params = encode_values(plain(*["uint256"] * 9), range(1, 10), "")
    terms = (1, "", bytes(32), DISTRIBUTOR, True, 0)
    found = one(call(POOL, "Pool", "open_earmark", *terms, params))
    assert found.call is not None
    assert found.call.policy is None
    assert "288 bytes whose hash is" in found.sentence


def test_cautions__a_contract_of_another_pool__is_named() -> None:
    known = Facts(kinds={OTHER_POOL: ("Pool", OTHER_POOL)})
    action = Action(Address(OTHER_POOL), 0, SPEND.data)
    assert f"This is a contract of another pool, {OTHER_POOL}." in _warned(action, known)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (call(GOVERNOR, "Governor", "admit", [ALICE]), "it is for the Admission, for whoever"),
        (call(GOVERNOR, "Governor", "rebind", ALICE, BOB), "it is for the Admission, after"),
        (call(POOL, "Pool", "reserve", 1, ETH, 5), "it is for the earmark's spender"),
        (call(GRAIN, "Grain", "mint", ALICE, 5), "it is for whoever was made a minter"),
        (call(GRAIN, "Grain", "mint_many", [5]), "it is for whoever was made a minter"),
        (call(DISTRIBUTOR, "CredDistributor", "finalise", 1, 1), "No member can propose this"),
        (call(POOL, "Pool", "sync", ETH, value=5), "the function takes no ETH"),
    ],
)
def test_cautions__what_no_vote_can_carry_out__says_so(action: Action, why: str) -> None:
    assert why in _warned(action)


@pytest.mark.parametrize(
    ("action", "what"),
    [
        (call(POOL, "Pool", "sync", ETH), "Anybody can do this before"),
        (call(ADMISSION, "Admission", "refund_buy_in", ALICE), "Anybody can do this before"),
        (call(GOVERNOR, "Governor", "remove", ALICE), "seat has moved to another key"),
    ],
)
def test_cautions__what_others_can_forestall__says_so(action: Action, what: str) -> None:
    assert what in _warned(action)
    assert "nothing else in this proposal" not in _warned(action)


def test_cautions__anybodys_call_among_others__puts_all_of_them_at_risk() -> None:
    found = told([call(POOL, "Pool", "sync", ETH), SPEND], Facts())
    assert any("nothing else in this proposal is done then" in each for each in found[0].warnings)


def test_cautions__eth_along__has_to_be_spent_to_the_governor_before() -> None:
    spend = call(POOL, "Pool", "spend", 0, ETH, GOVERNOR, 5)
    pay = Action(Address(ALICE), 5, b"")
    late, early = told([pay, spend], Facts()), told([spend, pay], Facts())
    assert any("no earlier call here spends these 0.000000000000000005 ETH" in w
               for w in late[0].warnings)  # fmt: skip
    assert not any("no earlier call" in each for found in early for each in found.warnings)
    [twice] = told([spend, pay, pay], Facts())[2:]
    assert any("no earlier call" in each for each in twice.warnings)


@pytest.mark.parametrize(
    ("payee", "why"),
    [
        (NO_ADDRESS, "It goes to nobody"),
        (GRAIN, "The payee is a part of this pool, its Grain"),
        (POOL, "The payee is a part of this pool, its Pool"),
        (GOVERNOR, "returns to the general fund"),
        (CLERK, "The payee is the Clerk, which all pools share; it is no account of a person."),
        (HUB, "The payee is the Hub, which all pools share; it is no account of a person."),
        (DOLLAR, "It goes to the asset's own contract"),
    ],
)
def test_cautions__a_payee_that_cannot_give_back__is_named(payee: str, why: str) -> None:
    assert why in _warned(call(POOL, "Pool", "spend", 0, DOLLAR, payee, 5))


def test_cautions__a_restricted_or_missing_earmark__cannot_be_spent() -> None:
    known = Facts(earmarks={2: Earmark("ipfs://x", DISTRIBUTOR, True, None)})
    assert "earmark 2 is restricted" in _warned(
        call(POOL, "Pool", "spend", 2, ETH, ALICE, 5), known
    )
    assert "There is no earmark 9 yet." in _warned(call(POOL, "Pool", "move", 9, 0, ETH, 5), known)


def test_cautions__an_earmark_that_an_earlier_call_opens__is_there() -> None:
    terms = (9, "", bytes(32), NO_ADDRESS, False, 0, b"")
    opening = call(POOL, "Pool", "open_earmark", *terms)
    spend = call(POOL, "Pool", "spend", 9, ETH, ALICE, 5)
    assert told([opening, spend], Facts())[1].warnings == ()
    assert told([spend, opening], Facts())[0].warnings == ("There is no earmark 9 yet.",)


def test_cautions__a_token_that_no_pool_ever_had__is_named() -> None:
    assert f"No pool here has ever had money in the token {BOB}" in _warned(
        call(POOL, "Pool", "spend", 0, BOB, ALICE, 5)
    )


def test_cautions__an_allowance__stays_and_may_have_no_limit() -> None:
    def approve(amount: int) -> Action:
        data = call(GRAIN, "Grain", "approve", BOB, amount).data
        return Action(Address(DOLLAR), 0, data)

    assert "without a limit" in _warned(approve(2**256 - 1))
    assert _warned(approve(5)) == "The allowance stays until it is used or taken back."
    assert _warned(approve(0)) == ""


def test_cautions__a_second_payment__is_counted_beside_the_first() -> None:
    rent = call(POOL, "Pool", "spend", 0, DOLLAR, ALICE, 10**6)
    hidden = call(POOL, "Pool", "spend", 0, DOLLAR, BOB, 9 * 10**6)
    other = call(ADMISSION, "Admission", "offer", [ALICE], 1_800_000_000)
    first, middle, last = told([rent, other, hidden], Facts())
    said = "This is one of 2 payments in this proposal, in all 10.00 TUSD."
    assert said in first.warnings
    assert said in last.warnings
    assert middle.warnings == ()


def test_cautions__payments_beyond_all_numbers__are_still_told() -> None:
    """Whoever proposes such a thing must not take the page away from the others."""
    most = call(POOL, "Pool", "spend", 0, ETH, ALICE, 2**256 - 1)
    first, _ = told([most, most], Facts())
    assert f"in all {2 * (2**256 - 1):,} smallest units of ETH." in "".join(first.warnings)


def test_cautions__a_payee_that_the_members_installed__is_a_part_too() -> None:
    known = Facts(parts={BOB: bytes(4)})
    found = _warned(call(POOL, "Pool", "spend", 0, ETH, BOB, 5), known)
    assert found == "The payee is a part of this pool; it is no account of a person."
