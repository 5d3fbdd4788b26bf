# SPDX-License-Identifier: AGPL-3.0-only
"""Matches that are computed off chain, posted as a distribution like any other."""

import json
from typing import Any

import pytest

from millpond.core.canonical import encode
from millpond.core.cred import CredHistory
from millpond.core.distribution import build, payouts, to_json, verify
from millpond.core.errors import DocumentError
from millpond.core.policies import policy_named
from millpond.core.policies.gift_texts import text_of
from millpond.core.subjects import of_address, to_hex
from tests.core import month
from tests.core.funding.vectors import vectors

UNIT = 10**6
CASE = vectors("qf")["cases"][0]
SUBJECTS = {name: of_address("0x" + f"{at:02x}" * 20) for at, name in enumerate("ABC", 1)}
GIFTS = text_of(
    {
        to_hex(SUBJECTS[name]): {donor: gift * UNIT for donor, gift in donors.items()}
        for name, donors in CASE["donations"].items()
    }
)
RULES = [
    ("pairwise", {"bound": str(25 * UNIT)}, CASE["pairwise_M25"]),
    ("cocm", {"clusters": text_of(CASE["clusters"])}, CASE["cocm_markov_harsh"]),
]


def document_of(rule: str, more: dict[str, str]) -> bytes:
    return to_json(
        build(
            chain_id=1,
            pool=month.POOL,
            distributor=month.DISTRIBUTOR,
            epoch=1,
            history=CredHistory(month.history().weeks, ()),
            policy=policy_named(rule, {"gifts": GIFTS, **more}),
            inputs=month.inputs(),
            signer_cap_bps=10_000,
            signers={},
        )
    )


@pytest.mark.parametrize(("rule", "more", "published"), RULES)
def test_verify__a_document_of_matched_gifts__computes_the_matches_again(
    rule: str, more: dict[str, str], published: dict[str, float]
) -> None:
    document = verify(document_of(rule, more))
    # The published figures in millionths, rounded down: far from a whole number, all of them.
    expected = {SUBJECTS[name]: int(match * UNIT) for name, match in published.items()}
    assert dict(document.leaves) == expected
    paid = {each.subject: each.amount for each in payouts(document, 100 * UNIT, 0, 0).rows}
    whole = sum(expected.values())
    assert paid == {who: 100 * UNIT * match // whole for who, match in expected.items()}


@pytest.mark.parametrize(("rule", "more"), [each[:2] for each in RULES])
def test_verify__a_smaller_gift_in_the_document__is_seen(rule: str, more: dict[str, str]) -> None:
    said: dict[str, Any] = json.loads(document_of(rule, more))
    gifts = said["policy"]["parameters"]["gifts"]
    said["policy"]["parameters"]["gifts"] = gifts.replace(":d4:9000000", ":d4:8000000", 1)
    with pytest.raises(DocumentError, match="policy and exclusions give"):
        verify(encode(said))
