# SPDX-License-Identifier: AGPL-3.0-only
"""Every call has its sentence, and nothing that a call says is passed over."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from millpond.chain import abi
from millpond.chain.abi import Function, encode_values, plain
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.governance import Action
from millpond.chain.wording import SENTENCES, Earmark, as_json, lines, strictest, told
from millpond.chain.wording.calls import TOKEN
from millpond.core.figures import Asset
from tests.chain import wording
from tests.chain.wording import (
    ADMISSION,
    ALICE,
    AT,
    BOB,
    CLERK,
    DISTRIBUTOR,
    DOLLAR,
    GOVERNOR,
    GRAIN,
    HUB,
    OTHER_POOL,
    PINS,
    POOL,
    Facts,
    call,
    one,
    words,
)

ETH, DAY = NO_ADDRESS, 86_400
POLICY = (DOLLAR, 2, 2_500, 5_000_000, 1_000 * 10**18, 1_000, 28 * DAY, 365 * DAY, 2_000, 2, False)
CHANGING = [
    (name, function)
    for name in abi.names()
    for overloads in abi.load(name).functions.values()
    for function in overloads
    # a pin changes nothing, but a proposal that calls it depends on it
    if function.mutability not in {"view", "pure"} or name == "Pins"
]


# without shrinking, which would take minutes where one argument of a large call is missing
QUICK = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


def test_sentences__every_function_that_changes_something__has_one_and_no_other() -> None:
    told_of = {(name, function.name) for name, function in CHANGING}
    token = {(TOKEN, name) for name in ("transfer", "transferFrom", "approve")}
    assert told_of | token == set(SENTENCES)


def _known() -> Facts:
    at = {address: (kind, POOL) for address, kind in AT.items()}
    return Facts(kinds=dict(at))


def _target(name: str) -> Address:
    return Address(next(address for address, kind in AT.items() if kind == name))


@pytest.mark.parametrize(
    ("name", "function"), CHANGING, ids=[f"{name}.{f.signature}" for name, f in CHANGING]
)
@settings(QUICK, max_examples=4)
@given(data=st.data())
def test_told__another_value_of_any_argument__is_told_in_other_words(
    name: str, function: Function, data: st.DataObject
) -> None:
    """The words alone, so that whoever reads only them is never shown the same for two calls."""
    target, known = _target(name), _known()
    args = data.draw(wording.arguments(function))
    mine = one(Action(target, 0, function.encode(args)), known)
    assert mine.call is not None
    assert mine.call.function == function.name
    for at, param in enumerate(function.inputs):
        other = data.draw(wording.values_of(param))
        changed = function.encode([*args[:at], other, *args[at + 1 :]])
        if changed == function.encode(args):
            continue
        theirs = one(Action(target, 0, changed), known)
        assert words(theirs) != words(mine), param.name
        assert as_json([theirs]) != as_json([mine])


@pytest.mark.parametrize(
    ("name", "function"), CHANGING, ids=[f"{name}.{f.signature}" for name, f in CHANGING]
)
@settings(QUICK, max_examples=2)
@given(data=st.data())
def test_told__the_smallest_change_anywhere_in_a_call__is_told_in_other_words(
    name: str, function: Function, data: st.DataObject
) -> None:
    """Member by member and entry by entry: nothing in a struct or a list is passed over."""
    target, known = _target(name), _known()
    args = data.draw(wording.arguments(function))
    mine = words(one(Action(target, 0, function.encode(args)), known))
    for at, param in enumerate(function.inputs):
        for other in wording.one_change(param, args[at]):
            changed = function.encode([*args[:at], other, *args[at + 1 :]])
            assert words(one(Action(target, 0, changed), known)) != mine, (param.name, other)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(sorted(AT)), st.integers(0, 2**256 - 1))
def test_told__any_bytes__are_told_and_never_shown(data: bytes, target: str, value: int) -> None:
    found = one(Action(Address(target), value, data), _known())
    assert found.sentence
    if len(data) > 32 and found.call is None:
        assert data.hex() not in words(found)
    assert json.loads(json.dumps(as_json([found])))[0]["calldata"] == f"0x{data.hex()}"
    assert (found.call is None) == (found.undecoded is not None)


# --- sentences ------------------------------------------------------------------------------------


CALLS = {
    "spend": call(POOL, "Pool", "spend", 0, DOLLAR, GOVERNOR, 1_500_000),
    "buy-in earmark": call(
        *(POOL, "Pool", "open_earmark", 1, "ipfs://in", b"\x01" * 32, ADMISSION, False, 0),
        encode_values(plain("address", "uint256"), [DOLLAR, 20_000_000], ""),
    ),
    "update": call(POOL, "Pool", "update", 3, "ipfs://report", b"\x02" * 32),
    "patron grain": call(POOL, "Pool", "set_patron_grain", 0, DOLLAR, 10**30, 5 * 10**21, 30 * DAY),
    "no patron grain": call(POOL, "Pool", "set_patron_grain", 2, ETH, 0, 0, 0),
    "loss": call(POOL, "Pool", "accept_loss", DOLLAR, 45 * 10**16),
    "collectible": call(POOL, "Pool", "send_multi_token", BOB, ALICE, 7, 3),
    "no buy-in": call(ADMISSION, "Admission", "set_buy_in", 0),
    "buy-in": call(ADMISSION, "Admission", "set_buy_in", 5_000_000),
    "rebind": call(ADMISSION, "Admission", "rebind", ALICE, BOB),
    "policy": call(DISTRIBUTOR, "CredDistributor", "set_policy", POLICY),
    "payment": Action(Address(ALICE), 10**18, b""),
}
TOLD = {
    "spend": f"Pay 1.50 TUSD out of the general fund to {GOVERNOR} (this pool's Governor).",
    "buy-in earmark": (
        f'Open earmark 1 for the purpose written at "ipfs://in" (its hash is 0x{"01" * 32}). Only '
        f"the contract {ADMISSION} (this pool's Admission) can pay out of it. Whoever joins from "
        "then on puts 20.00 TUSD into it, and gets it back. It has no end."
    ),
    "update": (
        f'Publish the report at "ipfs://report" (its hash is 0x{"02" * 32}) on the progress of '
        "earmark 3."
    ),
    "patron grain": (
        "Thank patrons of the general fund with 1.00 MILL for each 1.00 TUSD, at most 5,000.00 "
        "MILL in 30 days."
    ),
    "no patron grain": (
        "Thank patrons of earmark 2 with no more grain for ETH (at most 0.00 MILL in no time)."
    ),
    "loss": (
        "Accept the loss of TUSD: whatever the pool owes or holds in it is from then on paid in "
        "the same smaller share, so that nobody gains by being first. It is carried out only if "
        "at least 45 % of what is booked is there then."
    ),
    "collectible": f"Send 3 of number 7 of the collection {BOB} to {ALICE}.",
    "no buy-in": "Ask no buy-in of whoever joins from then on.",
    "buy-in": (
        "Ask a buy-in of 5.00 TUSD of whoever joins from then on; it is returned on leaving."
    ),
    "rebind": (
        f"Begin to move the seat of {ALICE} to {BOB}, an account of the same person. The old key "
        "has seven days to object; then the new one completes it."
    ),
    "policy": (
        "Change how the distributor pays, from the next epoch on. It is paid out by cred: every 28 "
        "days 25 % of what earmark 2 received in TUSD, and 1,000.00 MILL; nobody is sent less than "
        "5.00 TUSD unless she asks; claims stay open for 365 days. A maintainer gets at most 10 % "
        "of a pot. In a review maintainers may strike out 20 % of all cred at most; 2 members can "
        "put it back."
    ),
    "payment": f"Send 1.00 ETH to {ALICE}.",
}


@pytest.mark.parametrize("which", CALLS)
def test_told__a_call__in_a_sentence(which: str) -> None:
    assert one(CALLS[which]).sentence == TOLD[which]


def test_told__grain_of_another_pool__has_that_grain_s_name() -> None:
    facts = Facts(kinds={BOB: ("Grain", OTHER_POOL)})
    facts.assets[BOB] = Asset(BOB, "OAK", 18)
    word = 5 * 10**18 << 160 | int(ALICE, 16)
    found = one(call(BOB, "Grain", "mint_many", [word]), facts)
    assert found.sentence == f"Create 5.00 OAK for {ALICE}."
    assert f"This is a contract of another pool, {OTHER_POOL}." in found.warnings
    assert one(call(GRAIN, "Grain", "mint_many", [word])).sentence == (
        f"Create 5.00 MILL for {ALICE}."
    )


def test_told__a_call_of_the_clerk__is_none_of_a_stranger() -> None:
    root, leaf = (bytes(32), 0, 0, 1 << 96, 3 << 32 | 1), (b"\x07" * 32, 0, 9)
    deed: tuple[object, ...] = (DISTRIBUTOR, 3, root, leaf, [], b"\x08" * 32, 10**9, [ALICE], [b""])
    found = one(call(CLERK, "Clerk", "zero_out", *deed))
    assert (found.target_kind, found.target_pool, found.class_name) == ("Clerk", None, "ordinary")
    assert found.sentence.startswith(
        f"Strike the leaf of 0x{'07' * 32} with 9 micro-cred out of the distribution of epoch 3"
    )
    stranger = one(Action(Address(BOB), 0, call(CLERK, "Clerk", "zero_out", *deed).data))
    assert stranger.call is None


def test_told__a_text_with_letters_that_steer_a_reader__is_written_with_codes() -> None:
    found = one(call(POOL, "Pool", "give", 0, ETH, 5, "ok\u202e\n1. Pay nobody"))
    assert '"ok\\u{202e}\\u{a}1. Pay nobody"' in found.sentence
    assert found.sentence.isprintable()


@pytest.mark.parametrize("symbol", ["eth", "ETH to nobody", "\u202eHTE", "X" * 17, ""])
def test_told__a_symbol_that_could_mislead__is_not_used(symbol: str) -> None:
    facts = Facts()
    facts.assets[DOLLAR] = Asset(DOLLAR, symbol, 6)
    found = one(call(POOL, "Pool", "spend", 0, DOLLAR, ALICE, 10**6), facts)
    assert found.sentence == f"Pay 1.00 {DOLLAR} out of the general fund to {ALICE}."
    assert found.notes == ()


def test_told__patron_grain_at_a_rate_beyond_all_numbers__is_still_told() -> None:
    facts = Facts()
    facts.assets[DOLLAR] = Asset(DOLLAR, "ODD", 36)
    action = call(POOL, "Pool", "set_patron_grain", 0, DOLLAR, 2**256 - 1, 1, DAY)
    assert f"{2**256 - 1:,} / {10**18:,} smallest units of grain" in one(action, facts).sentence


def test_told__a_symbol__is_explained_by_its_address() -> None:
    found = one(call(POOL, "Pool", "spend", 4, DOLLAR, ALICE, 5), Facts(earmarks={
        4: Earmark("ipfs://rent", None, False, None)
    }))  # fmt: skip
    assert found.notes == (
        f"TUSD is the token {DOLLAR}.",
        'Earmark 4 is for the purpose at "ipfs://rent".',
    )


def test_told__a_foreign_call_with_a_given_abi__is_a_table_and_says_so() -> None:
    form = abi.parse(
        "Vault",
        [
            {
                "type": "function",
                "name": "deposit",
                "inputs": [
                    {"name": "assets", "type": "uint256"},
                    {"name": "receiver", "type": "address"},
                ],
                "outputs": [],
                "stateMutability": "nonpayable",
            }
        ],
    )
    action = Action(Address(BOB), 0, form.function("deposit", 2).encode([7, ALICE]))
    [found] = told([action], Facts(), {BOB: form})
    assert (
        found.sentence == f"Call deposit of the Vault at {BOB} with assets 7 and receiver {ALICE}."
    )
    assert any("given beside it" in each for each in found.warnings)
    [bare] = told([action], Facts())
    assert bare.call is None


def test_lines__a_proposal__is_numbered_with_its_class_and_warnings() -> None:
    calls = [
        call(POOL, "Pool", "spend", 0, ETH, ALICE, 10**18),
        call(POOL, "Pool", "spend", 0, DOLLAR, BOB, 10**6),
    ]
    found = told(calls, Facts())
    assert lines(found) == [
        f"1. Pay 1.00 ETH out of the general fund to {ALICE}.",
        "   Class of vote: ordinary, because it pays out what no restriction protects.",
        "   ! This is one of 2 payments in this proposal, in all 1.00 ETH and 1.00 TUSD.",
        f"2. Pay 1.00 TUSD out of the general fund to {BOB}.",
        f"   TUSD is the token {DOLLAR}.",
        "   Class of vote: ordinary, because it pays out what no restriction protects.",
        "   ! This is one of 2 payments in this proposal, in all 1.00 ETH and 1.00 TUSD.",
    ]
    assert strictest(found) == "ordinary"
    assert strictest([*found, one(call(GRAIN, "Grain", "set_minter", BOB, True))]) == "rules"


def test_as_json__a_call__holds_every_argument_with_its_money() -> None:
    [found] = as_json([one(call(POOL, "Pool", "spend", 0, DOLLAR, ALICE, 25))])
    spend: Any = found["call"]
    assert [each["name"] for each in spend["arguments"]] == ["earmark_id", "asset", "to", "amount"]
    assert spend["arguments"][3]["value"] == "25"
    assert spend["arguments"][3]["money"] == {
        "amount": "25",
        "asset": {"address": DOLLAR, "symbol": "TUSD", "decimals": 6},
    }


def test_told__a_pin__says_what_the_rest_depends_on() -> None:
    found = one(
        call(PINS, "Pins", "require_code", BOB, b"\x05" * 32), Facts(kinds={PINS: ("Pins", None)})
    )
    assert found.sentence == (
        f"Only if the code at {BOB} has the hash 0x{'05' * 32}; otherwise nothing of this proposal "
        "happens."
    )


def test_told__an_installation__tells_the_call_that_sets_it_up() -> None:
    setup = abi.load("CredDistributor").function("setup", 3).encode([[(ALICE, [])], 1, 3])
    kind = b"cred-distributor".ljust(32, b"\0")
    found = one(call(HUB, "Hub", "install", kind, setup))
    assert found.sentence == (
        'Make another "cred-distributor" for this pool, and make it a part of it. It is set up so: '
        f"Make {ALICE} the maintainers; 1 of them must sign a distribution. Start another season: "
        "3 epochs may be paid."
    )
