# SPDX-License-Identifier: AGPL-3.0-only
"""What the reader of a refusal is told to do about it.

That every reason of our contracts has its sentence is tested in tests/house/test_next_steps.py.
"""

import pytest

from millpond.chain import reverts
from millpond.chain.next_steps import explained, next_step
from millpond.core.errors import Reverted

UNSENT = "nothing was sent or changed; "
FAILED = "it is on the chain as failed and cost its fee; "
FOREIGN = ["no pond", "pool: no such reason", "panic: division by zero", "error 0x556f1830", ""]


def test_reverted__a_reason_of_ours__says_what_happened_and_what_to_do() -> None:
    error = reverts.reverted("pool: unknown earmark", "Pool.give")
    assert error.message == 'Pool.give was refused by the contract: "pool: unknown earmark"'
    assert error.next_step == (
        "nothing was sent or changed; check the number of the earmark, "
        "or open it first: ape run pool propose open-earmark"
    )
    assert error.reason == "pool: unknown earmark"
    assert str(error) == f"{error.message}\nNext: {error.next_step}"
    assert isinstance(error, Reverted)


def test_reverted__mined_as_failed__says_so_and_the_same_step() -> None:
    error = reverts.reverted("distributor: already claimed", "CredDistributor.claim", mined=True)
    assert error.next_step == (
        "it is on the chain as failed and cost its fee; "
        "look where it went: millpond explain; a leaf is paid once"
    )


@pytest.mark.parametrize("reason", FOREIGN)
def test_reverted__a_reason_that_is_not_ours__has_the_general_step(reason: str) -> None:
    put_right = "put right what the reason names"
    assert reverts.reverted(reason, "the call").next_step == f"{UNSENT}{put_right}, then try again"
    assert reverts.reverted(reason, "the call", mined=True).next_step == f"{FAILED}{put_right}"


def test_reverted__no_reason__says_that_none_was_given() -> None:
    error = reverts.reverted("", "the trap")
    assert error.message == "the trap was refused by the contract: without giving a reason"
    assert error.reason == ""


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("governor: joined too late", "those vote who were members before it was made"),
        ("clerk: not a maintainer", "let a maintainer sign: ape run epoch sign"),
        ("clerk: signers unsorted", "each of them once"),
        ("clerk: bad signature", "for this chain and co-op: ape run epoch sign"),
        ("distributor: wrong proof", "the document that was posted for this epoch"),
        ("pool: gift of nothing", "give more than zero"),
    ],
)
def test_next_step__a_reason_that_people_meet__is_told(reason: str, says: str) -> None:
    assert says in (next_step(reason) or "")
    assert reverts.reverted(reason, "the call").next_step == f"{UNSENT}{next_step(reason)}"


@pytest.mark.parametrize("reason", ["", "pool", "pool: ", "Pool: unknown earmark", "no pond"])
def test_next_step__a_reason_that_is_not_ours__has_none(reason: str) -> None:
    assert next_step(reason) is None


def test_explained__a_reason_in_a_line__has_its_step_beside_it() -> None:
    assert explained("governor: cast five times") == (
        "governor: cast five times; leave the ballot as it stands: the fifth was the last"
    )
    assert explained("no pond") == "no pond"
