# SPDX-License-Identifier: AGPL-3.0-only
"""What a change of weights was worth to the maintainers, in the money of the later pot."""

from dataclasses import replace

from millpond.core.cred.compared import compared
from millpond.core.cred.model import Person
from millpond.core.cred.weights import Weights
from millpond.core.season.gains import reweighed, unknown
from millpond.core.subjects import of_identity, to_hex
from tests.core.season.made import ADA, BOB

PEOPLE = [Person(name, name, f"N\0git\0AUTHOR\0{name}\0") for name in ("ada", "bob", "cyd")]
OLD, NEW = Weights(), replace(Weights(), nodes={"N\0git\0MERGE\0": 2})


def _owned(*people: Person) -> frozenset[str]:
    return frozenset(to_hex(of_identity(each.identity)) for each in people)


def test_reweighed__who_merges_gains__to_the_unit_of_the_pot() -> None:
    before = dict(zip(("ada", "bob", "cyd"), (1_000_000.0, 2_000_000.0, 3_000_000.0), strict=True))
    after = before | {"ada": 4_000_000.0}
    found = compared(PEOPLE, before, after, (OLD, NEW))
    told = reweighed((1, 2), found, {ADA: _owned(PEOPLE[0]), BOB: _owned(PEOPLE[1])}, 1_000, True)
    ada, bob = told.gains
    # 1 of 6 of 1,000; then 4 of 9.
    assert (ada.before, ada.after, ada.gain) == (166, 444, 278)
    # 2 of 6; then 2 of 9.
    assert (bob.before, bob.after, bob.gain) == (333, 222, -111)
    assert (told.since, told.epoch, told.weights, told.untold) == (1, 2, 1, "")


def test_reweighed__two_leaves_of_one__count_together() -> None:
    cred = dict.fromkeys(("ada", "bob", "cyd"), 1_000_000.0)
    found = compared(PEOPLE, cred, cred, (OLD, OLD))
    [both] = reweighed((1, 2), found, {ADA: _owned(*PEOPLE[:2])}, 999, False).gains
    assert (both.before, both.after) == (666, 666)


def test_unknown__says_why_and_nothing_else() -> None:
    told = unknown((1, 2), "no instance")
    assert (told.epoch, told.since, told.gains, told.untold) == (2, 1, (), "no instance")
