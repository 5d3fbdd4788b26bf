# SPDX-License-Identifier: AGPL-3.0-only
"""T51: a deed of a payout falls just beside its window.

Who and what for: a maintainer who holds a validator's clock and would post a month early, have a
distribution final before its review is over, or claim once claims are closed and the money is
somebody else's.
In the world: vesting and airdrop contracts whose last claims and first sweeps overlapped.
The defence: windows of days, weeks and a year, each bound to the second what it says
(`modules/postings.vy`, `modules/claims.vy`, `proposals._state`).
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import LAX
from tests.contracts.distributors import DAY, DOLLARS, MONTH, Epoch, subject_of
from tests.contracts.evm import Evm

INCOME = 1_000 * DOLLARS
# (the bound, whether it opens there or is the last second, how it is refused else, the deed)
Window = tuple[int, bool, str, Callable[[], Any]]


def posts_a_second_early(evm: Evm) -> Outcome:
    """`won` is whether a second month is under review before it is over."""
    works, thief = Works(evm), evm.actor("thief")
    works.run({subject_of(thief): 1}, INCOME)
    works.give(INCOME)
    evm.warp_to(works.distributor.head().last_post_at + MONTH - 1)
    draft = works.draft(works.tree({subject_of(thief): 1}))
    refused = strike(evm, works.clerk.post, works.distributor, *works.signed(draft), sender=thief)
    return Outcome(refused, int(works.distributor.head().open_version != 0))


def test_post__a_second_before_the_month_is_over__is_refused() -> None:
    shipped, weak = on_both(posts_a_second_early, LAX)
    assert shipped == Outcome("distributor: epoch not over", 0)
    assert weak == Outcome("", 1)


# --- every window -------------------------------------------------------------------------------


def posting(works: Works, **draft: Any) -> Callable[[], Any]:
    """The next post, signed."""
    leaves = {subject_of(works.evm.actor("ada")): 1}
    arguments = works.signed(works.draft(works.tree(leaves), **draft))
    return lambda: works.clerk.post(works.distributor, *arguments, sender=works.relayer)


def final(works: Works) -> Epoch:
    """A month that is final, and all of it ada's."""
    return works.run({subject_of(works.evm.actor("ada")): 1}, INCOME)


def first_month(works: Works) -> Window:
    """The first post comes a whole month after the earmark was opened."""
    works.give(INCOME)
    opened = works.distributor.head().last_post_at
    deed = posting(works, deadline=opened + 2 * MONTH)
    return opened + MONTH, True, "distributor: epoch not over", deed


def next_month(works: Works) -> Window:
    """And the next a whole month after the last that became final."""
    final(works)
    works.give(INCOME)
    posted = works.distributor.head().last_post_at
    deed = posting(works, deadline=posted + 2 * MONTH)
    return posted + MONTH, True, "distributor: epoch not over", deed


def end_of_signatures(works: Works) -> Window:
    """The last second that the maintainers signed for."""
    works.give(INCOME)
    works.evm.warp(MONTH)
    until = works.evm.now + DAY
    return until, False, "clerk: signed too late", posting(works, deadline=until)


def end_of_the_review(works: Works) -> Window:
    """Final from the second after its last."""
    epoch = works.month({subject_of(works.evm.actor("ada")): 1}, INCOME)
    consented = works.governor.proposalDeadline(epoch.proposal_id) + 1
    deed = works.consenting(epoch)
    return consented, True, "governor: not ready to execute", lambda: works.coop.execute(deed)


def last_claim(works: Works) -> Window:
    """Up to the second before claims are closed."""
    epoch, ada = final(works), works.evm.actor("ada")
    until = epoch.terms["closes_at"] - 1
    return (
        until,
        False,
        "distributor: claims are closed",
        lambda: works.claim(subject_of(ada), [epoch], ada, ada),
    )


def close_of_claims(works: Works) -> Window:
    """From the very second in which nobody can claim any more."""
    epoch = final(works)
    close = works.distributor.close_epoch
    return (
        epoch.terms["closes_at"],
        True,
        "distributor: claims still open",
        lambda: close(epoch.previous, epoch.packed, sender=works.relayer),
    )


def wait_of_a_link(works: Works) -> Window:
    """An identity's leaf is paid to its account from the end of the seventh day on."""
    identity, ada = b"\x17" * 32, works.evm.actor("ada")
    epoch = works.run({identity: 1}, INCOME)
    works.attesters = works.attesters[:2]
    works.link(identity, ada)
    linked = works.evm.now
    return (
        linked + 7 * DAY,
        True,
        "distributor: no account yet",
        lambda: works.claim(identity, [epoch], ada, works.relayer),
    )


WINDOWS = [
    first_month,
    next_month,
    end_of_signatures,
    end_of_the_review,
    last_claim,
    close_of_claims,
    wait_of_a_link,
]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.__name__)
def test_window__a_second_before_at_and_after_its_bound__is_as_stated(
    window: Callable[[Works], Window],
) -> None:
    evm = Evm()
    bound, opens, reason, deed = window(Works(evm))
    for shift in (-1, 0, 1):
        mark = evm.snapshot()
        evm.warp_to(bound + shift)
        if (shift >= 0) if opens else (shift <= 0):
            deed()
        else:
            with evm.reverts(reason):
                deed()
        evm.restore(mark)
