# SPDX-License-Identifier: AGPL-3.0-only
"""T14: a proposal is carried out a second time.

Who and what for: its payee, who was paid half of the fund and has it executed again.
In the world: governors that checked "passed" and not "done"; bridges that replayed a message.
The defence: a proposal is marked as executed before its first call, and what is executed is never
ready again (`Governor.execute`, `proposals._state`).
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, carried_out, funded, thief_of
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import EXECUTED
from tests.contracts.evm import Evm


def executes_again(evm: Evm) -> Outcome:
    """Once is right."""
    coop = funded(evm)
    proposal = coop.passed(coop.spending(thief_of(coop), FUND // 2), text="half")
    assert carried_out(coop, proposal) == ("", FUND // 2)
    return carried_out(coop, proposal)


def test_execute__again__is_refused() -> None:
    shipped, weak = on_both(executes_again, CARELESS)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND // 2)


def test_execute__again_whenever__is_refused_for_ever() -> None:
    evm = Evm()
    coop = funded(evm)
    proposal = coop.enact(coop.spending(thief_of(coop), 1), text="once")
    for wait in (0, 1, 86_400, 40 * 86_400, 10**9):
        evm.warp(wait)
        assert coop.state(proposal) == EXECUTED
        assert carried_out(coop, proposal) == ("governor: not ready to execute", 0)
