# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 36: zero, because nobody has set it, is enough.

Who and what for: whoever finds a distributor that has its earmark and no maintainers yet. Of
nobody, nobody has to sign.
In the world: Caravan's wallets, where an unset threshold was met by no signature; Nomad (2022,
$190M), where an unset root was the root of every message.
The defence: a set of maintainers that does not exist refuses whatever it is shown, and a season
that nobody has started has no epoch in it (`maintainers._require_signed`,
`postings._require_next`). There are two, so the weakened copy lacks both.
"""

from tests.attacks.money import Outcome, on_both, posting, strike
from tests.attacks.money_weak import LAX
from tests.contracts.distributors import DOLLARS, MONTH, Mill, subject_of
from tests.contracts.evm import Evm
from tests.contracts.pools import ZERO

INCOME = 1_000 * DOLLARS


def unset(evm: Evm) -> Mill:
    """With an earmark and money in it, but never set up."""
    mill = Mill(evm)
    mill.open()
    mill.give(INCOME)
    evm.warp(MONTH)
    return mill


def signed_by_nobody(evm: Evm) -> Outcome:
    """Everything is the thief's, signed by as many as must sign."""
    mill, thief = unset(evm), evm.actor("thief")
    refused, posted = posting(mill, {subject_of(thief): 1}, [])
    for epoch in posted:
        mill.finalise(epoch)
        mill.claim(subject_of(thief), [epoch], thief, thief)
    return Outcome(refused, mill.dollar.balanceOf(thief))


def test_post__by_nobody_where_nobody_was_named__is_refused() -> None:
    shipped, weak = on_both(signed_by_nobody, LAX)
    assert shipped == Outcome("clerk: too few signed", 0)
    assert weak == Outcome("", INCOME)


def test_post__a_season_and_no_maintainers__is_refused_too() -> None:
    evm = Evm()
    mill = unset(evm)
    mill.distributor.set_season(1, sender=mill.governor)
    leaves = {subject_of(evm.actor("thief")): 1}
    assert strike(evm, mill.post, leaves, []) == "clerk: too few signed"
    alone = [evm.actor("thief")]
    assert strike(evm, mill.post, leaves, alone) == "clerk: too few signed"


def test_pool__that_nobody_has_set_up__obeys_nobody() -> None:
    evm = Evm()
    pool = evm.clone("Pool", [evm.actor("hub")])
    pool.give(0, ZERO, 5, "", sender=evm.actor("patron"), value=5)
    thief = evm.actor("thief")
    for deed, reason in (
        (lambda: pool.spend(0, ZERO, thief, 5, sender=thief), "pool: only the Governor"),
        (lambda: pool.setup(thief, thief, sender=thief), "pool: not the Hub"),
        (lambda: pool.withdraw(ZERO, thief, sender=thief), "pool: nothing is owed"),
    ):
        assert strike(evm, deed) == reason
