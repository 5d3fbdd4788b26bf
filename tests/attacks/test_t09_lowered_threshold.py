# SPDX-License-Identifier: AGPL-3.0-only
"""T09: the rules are made easier, and what was defeated has passed.

Who and what for: two of ten whose payment has failed for want of a quorum; once everybody has
agreed to lower the quorum, the old vote would be enough.
In the world: CVE-2022-31198 in OpenZeppelin's Governor: a past proposal was judged by today's
quorum.
The defence: rules are versions that never change, and a proposal keeps the one it was made under
(`proposals._rule`).
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, carried_out, funded, robbing
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.coop import CLASSES, DAY, DEFEATED, FOR, ORDINARY, stricter
from tests.contracts.evm import Evm

STRICT = stricter(CLASSES, ORDINARY, quorum_bps=4000, expiry=60 * DAY)


def lowers_the_quorum(evm: Evm) -> Outcome:
    """Two of ten were for it, four were needed; then two of ten are enough for new proposals."""
    coop = funded(evm, founders=10, rules=STRICT)
    old = robbing(coop)
    coop.open(old)
    coop.vote(old, FOR, *coop.founders[:2])
    evm.warp_to(coop.governor.proposalDeadline(old.id) + 1)
    assert coop.state(old) == DEFEATED
    easier = stricter(STRICT, ORDINARY, quorum_bps=2000)
    coop.enact(coop.ruling(easier), text="easier")
    return carried_out(coop, old)


def test_execute__defeated_under_stricter_rules__stays_defeated() -> None:
    shipped, weak = on_both(lowers_the_quorum, UNFROZEN)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", FUND)
