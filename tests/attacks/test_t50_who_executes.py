# SPDX-License-Identifier: AGPL-3.0-only
"""T50: whoever comes first has something of it.

Who and what for: a searcher who watches for proposals that are ready, and executes them in front
of everybody else for what is in it for him.
In the world: keepers' fees that were taken by whoever could order the block; Splits (H-01).
The defence: it makes no difference who executes, accepts, carries or closes, or in which order;
what a proposal leaves over goes to the general fund (`Governor.execute`). Of money:
test_t50_order_of_money.py.
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, funded
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import DAY, FOR, Ways
from tests.contracts.evm import ETH, Evm


def executes_first(evm: Evm) -> Outcome:
    """The vote spends half of the fund to the Governor and pays a tenth of that on."""
    coop = funded(evm)
    actions = (coop.spending(coop.governor, FUND // 2), (coop.patron, FUND // 20, b""))
    proposal = coop.passed(*actions, text="some of it")
    searcher = evm.actor("searcher")
    before = evm.balance(searcher)
    coop.governor.execute(*proposal.content, sender=searcher)
    return Outcome("", evm.balance(searcher) - before)


def test_execute__by_a_searcher__leaves_nothing_with_him() -> None:
    shipped, weak = on_both(executes_first, CARELESS)
    assert shipped == ("", 0)
    assert weak.won == FUND // 2 - FUND // 20


def test_governance__in_every_order_by_anybody__comes_to_the_same() -> None:
    """Two executions, an acceptance and a batch of ballots, in the same second."""
    evm = Evm()
    coop = funded(evm, founders=5, ways=Ways(joins_bps=10_000))
    newcomer, (first, second, *_) = evm.actor("newcomer"), coop.founders
    coop.enact(coop.offering(newcomer), text="offer")
    pays = coop.propose(coop.spending(coop.patron, 3), text="pays", by=first)
    moves = coop.propose(coop.opening(), text="opens", by=second)
    coop.open(moves)
    for proposal in (pays, moves):
        coop.vote(proposal, FOR, *coop.founders)
    evm.warp_to(coop.governor.proposalEta(moves.id) - 2 * DAY)
    later = coop.propose(coop.spending(coop.patron, 5), text="later", by=coop.founders[2])
    evm.warp_to(coop.governor.proposalEta(moves.id))
    words = [w for each in coop.founders for w in coop.signed(later, each, FOR)]
    anybody = evm.actor("anybody")
    deeds: list[Callable[[], Any]] = [
        lambda: coop.governor.execute(*pays.content, sender=anybody),
        lambda: coop.governor.execute(*moves.content, sender=first),
        lambda: coop.admission.accept(sender=newcomer),
        lambda: coop.carry(later, words),
    ]
    seen = []
    for order in permutations(deeds):
        mark = evm.snapshot()
        for deed in order:
            deed()
        seen.append(evm.state())
        assert coop.pool.balance_of(0, ETH) == FUND - 3
        evm.restore(mark)
    assert all(state == seen[0] for state in seen)
    assert len(seen) == 24
