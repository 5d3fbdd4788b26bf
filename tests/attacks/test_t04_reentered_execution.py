# SPDX-License-Identifier: AGPL-3.0-only
"""T04: whoever a proposal pays calls `execute` again from within.

Who and what for: a payee of ten, who has the same proposal carried out again while it pays him.
In the world: The DAO (2016); Orion and dForce, where the outer call had not been noted yet.
The defence: a proposal is executed before its first call, and while one is being carried out no
other is (`Governor.execute`). There are two, so the weakened copy lacks both. Payments of the
Pool and claims are attacked in test_t04_reentrancy.py.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, funded
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import named
from tests.contracts.evm import Evm


def asks_again_while_paid(evm: Evm) -> tuple[Outcome, bytes]:
    """A vote spends half the fund to the Governor and pays ten of it on."""
    coop, payee = funded(evm), evm.deploy("OddPayee")
    actions = (coop.spending(coop.governor, FUND // 2), (payee, 10, b""))
    proposal = coop.passed(*actions, text="ten")
    again = coop.governor.calldata("execute", *proposal.content)
    payee.call_back(coop.governor, again, sender=coop.relayer)
    # gas for two executions: each of them would call for two more
    coop.execute(proposal, gas=2_000_000)
    return Outcome("", evm.balance(payee)), bytes(named(evm, "CalledBack")[-1].args["answer"])


def test_execute__again_from_within__is_refused() -> None:
    (shipped, answer), (weak, _) = on_both(asks_again_while_paid, CARELESS)
    assert shipped == ("", 10)
    assert b"governor: not ready to execute" in answer
    assert weak.refused == ""
    assert weak.won >= 20
