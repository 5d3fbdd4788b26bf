# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 3: what had failed is proposed again the next day, when nobody is told.

Who and what for: one of ten, whose proposal to mint grain for himself has failed; he makes it
again, and once more under another text, while the others are away.
In the world: Build Finance (2022-02, $470k): the second attempt passed, with the bot muted,
without a quorum, and the token's mint was its target.
The defence: the same content is never proposed twice (`proposals._open`); under another text it
needs a quorum of all again (`proposals._passes`); and minting takes a rules vote and a part of
the pool (`parts._class_of`, `Grain.set_minter`). Repetition itself is not prevented, only what it
can win.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import AGAINST, DEFEATED, FOR, RULES
from tests.contracts.evm import Evm


def again_when_nobody_looks(evm: Evm) -> Outcome:
    """Nine are against it; then none of them comes."""
    coop = funded(evm, founders=10)
    stubborn, *others = coop.founders
    first = robbing(coop, by=stubborn)
    coop.open(first)
    coop.vote(first, FOR, stubborn)
    coop.vote(first, AGAINST, *others)
    ready(coop, first)
    evm.warp(86_400)
    same = strike(evm, lambda: robbing(coop, by=stubborn))
    assert same == "governor: proposed already"
    second = robbing(coop, text="rob again", by=stubborn)
    coop.open(second)
    coop.vote(second, FOR, stubborn)
    ready(coop, second)
    return carried_out(coop, second)


def test_execute__the_second_attempt_of_one_alone__is_refused() -> None:
    shipped, weak = on_both(again_when_nobody_looks, HASTY)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)


def test_mint__as_the_target_of_a_proposal__is_a_rules_vote_and_refused_even_then() -> None:
    evm = Evm()
    coop = funded(evm)
    mint = (coop.grain, 0, coop.grain.calldata("mint", coop.founders[0], 10**24))
    minter = (coop.grain, 0, coop.grain.calldata("set_minter", coop.founders[0], True))
    for action, reason in (
        (mint, "grain: only a minter"),
        (minter, "grain: not a part of the pool"),
    ):
        proposal = coop.passed(action, text=reason)
        assert coop.word(proposal)["kind"] == RULES
        with evm.reverts(reason):
            coop.execute(proposal)
    lost = coop.opened(mint, text="by one", by=coop.founders[1])
    coop.vote(lost, FOR, coop.founders[1])
    coop.vote(lost, AGAINST, coop.founders[2])
    ready(coop, lost)
    assert coop.state(lost) == DEFEATED
