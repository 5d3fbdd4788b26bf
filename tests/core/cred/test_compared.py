# SPDX-License-Identifier: AGPL-3.0-only
"""Two weights files: who gains, who loses, what the proposer gains."""

import pytest

from millpond.core.cred.compared import compared
from millpond.core.cred.compute import cred_with
from millpond.core.cred.model import Instance
from millpond.core.cred.weights import Weights
from millpond.core.errors import CredError
from tests.core.cred.small import at, edge, instance, node

FLAT = Weights({}, {edge(): (0, 1)})
MORE = Weights({node("b"): 3, node("gone"): 2}, {edge(): (0, 1)})


@pytest.fixture
def pond() -> Instance:
    """Ada and Bob have made one thing each; Cyd nothing."""
    return instance(
        {"a": at(0), "b": at(0)},
        [("made a", "ada", "a", at(0)), ("made b", "bob", "b", at(0))],
        ("ada", "bob", "cyd"),
    )


def test_compared__a_thing_counts_three_times__its_maker_gains_what_the_other_loses(
    pond: Instance,
) -> None:
    before, after = cred_with(pond, FLAT), cred_with(pond, MORE)
    found = compared(pond.people, before, after, (FLAT, MORE))
    assert [change.person.id for change in found.changes] == ["bob", "cyd", "ada"]
    bob = found.of(pond.people[1])
    assert [bob.share_before, bob.share_after] == pytest.approx([0.5, 0.75])
    assert [bob.gain, bob.grows_by, bob.rank] == pytest.approx([0.25, 0.5, 1])
    ada = found.of(pond.people[0])
    assert [ada.gain, ada.rank] == pytest.approx([-0.25, 3])
    assert found.of(pond.people[2]).grows_by is None
    assert found.moved == pytest.approx(0.25)
    assert [found.total_before, found.total_after] == pytest.approx([2, 4])


def test_compared__weights_that_differ__are_listed_with_both(pond: Instance) -> None:
    same = dict.fromkeys(("ada", "bob", "cyd"), 1.0)
    other = Weights({node("b"): 3}, {edge(): (0.5, 1), edge("x"): (0, 0)})
    found = compared(pond.people, same, same, (MORE, other))
    listed = [(each.prefix, each.before, each.after) for each in found.weights]
    assert listed == [
        ("E", "0 / 1", "0.5 / 1"),
        ("E/x", None, "0 / 0"),
        ("N/gone", "2", None),
    ]
    assert found.moved == 0


def test_compared__the_gains__add_up_to_nothing(pond: Instance) -> None:
    before, after = cred_with(pond, FLAT), cred_with(pond, MORE)
    found = compared(pond.people, before, after, (FLAT, MORE))
    assert sum(change.gain for change in found.changes) == pytest.approx(0, abs=1e-12)


def test_compared__nobody_has_cred_by_one__is_refused(pond: Instance) -> None:
    some, none = {"ada": 1.0, "bob": 0.0, "cyd": 0.0}, dict.fromkeys(("ada", "bob", "cyd"), 0.0)
    with pytest.raises(CredError, match="by one of the two"):
        compared(pond.people, some, none, (FLAT, MORE))
