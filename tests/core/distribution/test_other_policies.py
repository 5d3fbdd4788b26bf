# SPDX-License-Identifier: AGPL-3.0-only
"""A policy that is not plain cred: documents name it, checks apply it, explanations show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from millpond.core.distribution import NoLeaf, build, explain, read, to_json, verify
from millpond.core.distribution.model import SCORED_ZERO, UNDER_HALF
from millpond.core.errors import DocumentError
from millpond.core.policies import POLICIES, Given
from millpond.core.subjects import Subject
from millpond.core.units import MicroCred
from tests.core import month
from tests.core.month import who


@dataclass(frozen=True)
class Thresholded:
    """Cred less a threshold; below it nothing, or (wrongly) less than nothing."""

    floor_at: int
    name: str = "thresholded"
    parameters: Mapping[str, str] = field(default_factory=dict)

    looks_back: bool = False
    balances: bool = False

    def scores(self, given: Given) -> dict[Subject, MicroCred]:
        assert (given.earlier, given.past, given.budget) == (None, None, None)
        return {
            person.subject: MicroCred(max(self.floor_at, person.cred - 50_000_000))
            for person in given.history.people
        }


def build_with(policy: Thresholded) -> bytes:
    return to_json(
        build(
            chain_id=1,
            pool=month.POOL,
            distributor=month.DISTRIBUTOR,
            epoch=1,
            history=month.history(),
            policy=policy,
            inputs=month.inputs(),
            signer_cap_bps=10_000,
            signers={},
        )
    )


def test_verify__another_policy__is_applied_again(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = Thresholded(0)
    monkeypatch.setitem(POLICIES, policy.name, lambda _: policy)
    data = build_with(policy)
    document = verify(data)
    assert dict(document.leaves)[who("decentralion")] == 201_305_737 - 50_000_000
    # In 2019-09 five people had over 50 cred: those paid at least 170.80 of 2,000.
    assert document.leaf_count == 5
    assert {each.reason for each in document.no_leaf} == {SCORED_ZERO, UNDER_HALF}
    assert NoLeaf(who("mzargham"), SCORED_ZERO) in document.no_leaf
    steps = explain(document, who("decentralion"), month.POT, 0, 0).steps
    assert (steps[1].formula, steps[1].result) == ("thresholded(cred)", 151_305_737)
    monkeypatch.undo()
    with pytest.raises(DocumentError, match="no policy named 'thresholded'"):
        verify(data)
    assert read(data) == document


def test_build__a_policy_with_negative_scores__is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = Thresholded(-1)
    monkeypatch.setitem(POLICIES, policy.name, lambda _: policy)
    with pytest.raises(DocumentError, match="gives a negative score") as refusal:
        build_with(policy)
    assert refusal.value.step == "policy"
