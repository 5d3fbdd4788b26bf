# SPDX-License-Identifier: AGPL-3.0-only
"""Policies by name, and the proportional one."""

import pytest

from millpond.core.errors import ParameterError
from millpond.core.policies import POLICIES, policy_named
from millpond.core.units import Amount
from tests.core import month


def test_policy_named__every_policy__says_its_own_name() -> None:
    for name in POLICIES:
        policy = policy_named(name, {})
        assert (policy.name, dict(policy.parameters)) == (name, {})


def test_policy_named__an_unknown_name__is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"no policy named 'fair'\nNext: .*proportional"):
        policy_named("fair", {})


def test_policy_named__a_parameter_it_does_not_have__is_refused() -> None:
    with pytest.raises(ParameterError, match="has no parameter 'decay'"):
        policy_named("proportional", {"decay": "1"})


def test_proportional__scores__are_the_cred_of_the_epoch() -> None:
    scores = policy_named("proportional", {}).scores(month.history(), {}, Amount(0))
    assert len(scores) == 79
    # 43.897654 + 46.823762 + 49.405726 + 61.178595, each rounded from the file's own figure
    assert scores[month.who("decentralion")] == 201_305_737
