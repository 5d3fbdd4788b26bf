# SPDX-License-Identifier: AGPL-3.0-only
"""What the chain adds to one person's arithmetic: the pot, who was struck out, what is left."""

from dataclasses import replace

import pytest

from millpond.chain.answers import Address
from millpond.chain.explain import OnChain, as_json, explain_on_chain, on_chain, pot_step, told
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex
from millpond.core.units import floor_share
from tests.chain.coop import DOLLAR, GRAIN_EACH, MINIMUM, Story
from tests.core import month

REASON = "a second account of hers"
DIGEST = keccak256(REASON.encode())


@pytest.fixture(scope="module")
def found(long: Story) -> OnChain:
    """What the chain knows about somebody who was not paid."""
    return on_chain(long.documents[0], month.who("s_ben"), long.coop.client)


def test_explain_on_chain__struck_out__says_why_and_has_no_amount(
    long: Story, found: OnChain
) -> None:
    document, who = long.documents[0], month.who("s_ben")
    out = replace(found, struck={who: DIGEST})
    texts = {DIGEST: REASON}
    explained = explain_on_chain(document, who, out, texts.get)
    assert (explained.status, explained.amount) == ("zeroed", 0)
    assert explained.reason == f'maintainers struck her out: "{REASON}"'
    assert to_hex(DIGEST) in explain_on_chain(document, who, out).reason
    assert told(document, explained, out.asset)[-1].startswith("struck out in the review (")


def test_explain_on_chain__somebody_else_struck_out__the_others_share_the_pot(
    long: Story, found: OnChain
) -> None:
    document, who, other = long.documents[0], month.who("s_ben"), month.who("Beanow")
    out = replace(found, struck={other: DIGEST})
    cred = dict(document.leaves)
    shared = document.total - cred[other]
    explained = explain_on_chain(document, who, out)
    assert explained.amount == floor_share(2_000 * DOLLAR, cred[who], shared)
    before = explain_on_chain(document, who, found)
    assert explained.amount > before.amount
    grain = next(step.result for step in explained.steps if step.name == "grain")
    assert grain == floor_share(GRAIN_EACH, cred[who], shared)


def test_pot_step__is_the_pot_that_the_chain_has(found: OnChain) -> None:
    step = pot_step(found.posting)
    assert step.result == found.posting.terms.pot == 2_000 * DOLLAR
    assert [name for name, _, _ in step.values] == ["income", "share", "carried in", "unreserved"]


def test_as_json__amount_and_what_rounding_leaves(long: Story, found: OnChain) -> None:
    document, who = long.documents[0], month.who("s_ben")
    explained = explain_on_chain(document, who, found)
    said = as_json(document, explained, found.asset, [pot_step(found.posting)])
    assert said["amount"] == str(explained.amount)
    rest, whole = explained.dropped
    assert said["dropped"] == {"numerator": str(rest), "denominator": str(whole)}
    assert 0 < rest < whole == document.total


def test_standing__each_end__in_words(found: OnChain) -> None:
    payee = Address("0x" + "12" * 20)
    assert "no account is linked" in found.standing
    assert replace(found, payee=payee).standing == f"not claimed yet; it would be paid to {payee}"
    assert "settled outside of the chain" in replace(found, settled=True).standing
    assert replace(found, settled=True).paid
    assert "too late" in replace(found, closed=True).standing
    under = replace(found.posting, outcome="under review")
    assert "the distribution is under review" in replace(found, posting=under).standing
    assert found.posting.terms.minimum == MINIMUM
