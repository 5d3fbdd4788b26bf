# SPDX-License-Identifier: AGPL-3.0-only
"""What a member reads of a spender: its installation, the terms of its earmark, its calls."""

import pytest

from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.coop import kind_of
from millpond.chain.governance import Action
from millpond.chain.wording import Told, strictest, told
from millpond.core.allocation_words import pack
from tests.chain.wording import (
    ADMISSION,
    ALICE,
    ALLOCATION,
    BOB,
    DOLLAR,
    HUB,
    POOL,
    Facts,
    call,
    one,
)

DAY = 86_400
KIND = kind_of("allocation")
GOOD = (DOLLAR, 1, 30 * DAY, 12, 5)
INSTALL = call(HUB, "Hub", "install", KIND, b"")
THERE = {ALLOCATION: ("Allocation", POOL)}
TERMS = (
    "The members divide it by standing ballots: every 30 days, 12 times, what it has in TUSD goes "
    "to the candidates in proportion to the points that all ballots give them. With fewer than 5 "
    "ballots a period passes without dividing."
)


def encoded(*terms: object) -> bytes:
    """As the Pool hands them over."""
    return encode_values(plain("address", *["uint256"] * 4), terms, "the terms")


def opening(params: bytes, spender: str = ALLOCATION) -> Action:
    """The call that opens earmark 1 for a spender."""
    purpose = ("ipfs://commons", b"\x01" * 32)
    return call(POOL, "Pool", "open_earmark", 1, *purpose, spender, False, 0, params)


def both(known: Facts, params: bytes = encoded(*GOOD), spender: str = ALLOCATION) -> list[Told]:
    """A proposal that installs one and opens its earmark."""
    return list(told([INSTALL, opening(params, spender)], known))


def test_told__an_installation__learns_its_work_from_its_earmark() -> None:
    found = one(INSTALL)
    assert found.sentence == (
        'Make a contract of the kind "allocation" for this pool, and make it a part of it. It '
        "learns what it is to do when an earmark is opened for it."
    )
    assert (found.warnings, found.class_name) == ((), "rules")


def test_told__an_installation_with_a_setup__cannot_be_carried_out() -> None:
    found = one(call(HUB, "Hub", "install", KIND, b"\x05"))
    assert "It is set up by the call 0x05." in found.sentence
    assert found.warnings == (
        "This cannot be carried out: the Hub takes no setup for a contract of this kind.",
    )


def test_told__the_earmark_of_a_round__by_its_terms() -> None:
    found = one(opening(encoded(*GOOD)), Facts(kinds=dict(THERE)))
    assert found.sentence == (
        f'Open earmark 1 for the purpose written at "ipfs://commons" (its hash is 0x{"01" * 32}). '
        f"Only the contract {ALLOCATION} can pay out of it. {TERMS} It has no end."
    )
    assert (found.warnings, found.class_name) == ((), "rules")
    once = one(opening(encoded(NO_ADDRESS, 2, DAY, 1, 1)), Facts(kinds=dict(THERE)))
    assert (
        "by standing ballots: once, after 1 day, what it has in ETH goes to the candidates in "
        "proportion to the square roots of the points that ballots give them, so that whoever "
        "stands twice gains: the members must know each candidate. With fewer than 1 ballot a "
        "period passes without dividing."
    ) in once.sentence


def test_told__an_earmark_for_what_the_same_proposal_installs__by_its_terms() -> None:
    made = both(Facts(coming={KIND: ALLOCATION}))
    assert TERMS in made[1].sentence
    assert made[1].warnings == ()
    assert strictest(made) == "rules"


def test_told__an_earmark_for_a_stranger_beside_an_installation__by_no_terms() -> None:
    """Whoever wants her own contract to be paid names it where the allocation is expected."""
    made = both(Facts(coming={KIND: ALLOCATION}), spender=BOB)
    assert "by standing ballots" not in made[1].sentence
    assert "The spender is given 160 bytes whose hash is" in made[1].sentence


def test_told__where_nobody_can_tell_what_comes__on_a_condition_and_with_a_caution() -> None:
    found = both(Facts())[1]
    assert f"If that is the Allocation which this proposal installs: {TERMS}" in found.sentence
    (warning,) = found.warnings
    assert warning == (
        "Nobody here can tell whether this spender is what the proposal installs before: compare "
        "it with next_install of the Hub before you vote."
    )
    # another part of the pool is known, whatever is installed
    known = both(Facts(), spender=ADMISSION)[1]
    assert "If that is" not in known.sentence


def test_told__an_earmark_opened_before_the_installation__is_for_nobody_known() -> None:
    first, _ = told([opening(encoded(*GOOD)), INSTALL], Facts(coming={KIND: ALLOCATION}))
    assert "by standing ballots" not in first.sentence


@pytest.mark.parametrize(
    "params",
    [
        b"",
        encoded(*GOOD)[:-1],
        encoded(*GOOD) + bytes(32),
        encoded(DOLLAR, 0, 30 * DAY, 12, 5),
        encoded(DOLLAR, 3, 30 * DAY, 12, 5),
        encoded(DOLLAR, 1, DAY - 1, 12, 5),
        encoded(DOLLAR, 1, 366 * DAY + 1, 12, 5),
        encoded(DOLLAR, 1, DAY, 0, 5),
        encoded(DOLLAR, 1, DAY, 1_201, 5),
        encoded(DOLLAR, 1, DAY, 12, 0),
        encoded(DOLLAR, 1, DAY, 12, 2**18 + 1),
    ],
)
def test_told__terms_that_the_allocation_refuses__cannot_be_carried_out(params: bytes) -> None:
    found = one(opening(params), Facts(kinds=dict(THERE)))
    assert "by standing ballots" not in found.sentence
    assert found.warnings == (
        "This cannot be carried out: the Allocation takes no such parameters.",
    )


CALLS = {
    "strike": call(ALLOCATION, "Allocation", "strike", 7),
    "cast": call(ALLOCATION, "Allocation", "cast", pack({3: 2_500, 9: 7_500})),
    "back": call(ALLOCATION, "Allocation", "cast", 0),
    "ill-formed": call(ALLOCATION, "Allocation", "cast", 5),
    "pay": call(ALLOCATION, "Allocation", "pay", [3, 9]),
    "nominate": call(ALLOCATION, "Allocation", "nominate", ALICE, "ipfs://her", b"\x02" * 32),
}
TOLD = {
    "strike": (
        f"Strike candidate 7 out of the allocation {ALLOCATION}. What she was given until now "
        "stays hers; ballots that name her give her nothing more."
    ),
    "cast": (
        f"Cast a ballot at the allocation {ALLOCATION}: the points 2,500 to candidate 3 and 7,500 "
        "to candidate 9."
    ),
    "back": (
        f"Cast a ballot at the allocation {ALLOCATION}: nothing, which takes the last one back."
    ),
    "ill-formed": f"Cast a ballot at the allocation {ALLOCATION}: 5 (which is no ballot).",
    "pay": f"Pay what waits at the allocation {ALLOCATION} to the candidates 3 and 9.",
    "nominate": (
        f"Nominate {ALICE} as a candidate of the allocation {ALLOCATION}, for what is written at "
        f'"ipfs://her" (its hash is 0x{"02" * 32}).'
    ),
}
WARNED = {
    "strike": "When she has withdrawn by then this cannot be carried out.",
    "cast": "This cannot be carried out: it is for members.",
    "back": "This cannot be carried out: it is for members.",
    "ill-formed": "This cannot be carried out: it is for members.",
    "pay": "Anybody can do this before: then this proposal cannot be carried out.",
}


@pytest.mark.parametrize("which", CALLS)
def test_told__a_call_of_an_allocation__in_a_sentence_with_its_caution(which: str) -> None:
    known = Facts(kinds=dict(THERE), parts={**Facts().parts, ALLOCATION: bytes(4)})
    found = one(CALLS[which], known)
    assert found.sentence == TOLD[which]
    assert found.warnings == ((WARNED[which],) if which in WARNED else ())
    assert found.class_name == "rules"
