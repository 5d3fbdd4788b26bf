# SPDX-License-Identifier: AGPL-3.0-only
"""T13: a proposal calls into the pool's own parts, as if that were a payment like any other.

Who and what for: six of ten, more than half and less than two thirds, who name a thief the only
maintainer by a vote of the kind that pays bills.
In the world: Build Finance (2022), where the token's `mint` was a target like any other.
The defence: as chosen here, a proposal may call anything, and holds nothing; a call to a part of
the pool takes a rules vote unless a short list says otherwise (`parts._class_of`), and the class
is looked at again when it is carried out (`Governor.execute`). Every pair of target and selector
is in tests/contracts/test_classes.py.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded, ready, thief_of
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import AGAINST, FOR, ORDINARY, RULES
from tests.contracts.evm import Evm


def names_a_maintainer(evm: Evm) -> Outcome:
    """The four others are against it; `won` is whether the thief signs payouts from now on."""
    coop = funded(evm, founders=10)
    thief, six, four = thief_of(coop), coop.founders[:6], coop.founders[6:]
    call = coop.distributor.calldata("set_maintainers", [(thief, [])], 1)
    proposal = coop.propose((coop.distributor, 0, call), text="bills")
    coop.open(proposal)
    coop.vote(proposal, FOR, *six)
    coop.vote(proposal, AGAINST, *four)
    ready(coop, proposal)
    refused = strike(evm, coop.execute, proposal)
    return Outcome(refused, int(coop.distributor.is_maintainer(thief)))


def test_execute__maintainers_by_a_vote_for_bills__is_refused() -> None:
    shipped, weak = on_both(names_a_maintainer, CARELESS)
    assert shipped == ("governor: not ready to execute", 0)
    assert weak == ("", 1)


def test_execute__the_target_was_made_a_part_meanwhile__is_refused() -> None:
    """An ordinary vote was open for a call to an outsider's contract; then it was installed."""
    evm = Evm()
    coop = funded(evm)
    puppet = evm.deploy("Puppet")
    rules = coop.passed(coop.installing(puppet), text="install")
    call = coop.propose((puppet, 0, puppet.calldata("decide", 1)), by=coop.founders[1])
    assert (coop.word(call)["kind"], coop.word(rules)["kind"]) == (ORDINARY, RULES)
    coop.open(call)
    coop.vote(call, FOR, *coop.founders)
    coop.execute(rules)
    ready(coop, call)
    with evm.reverts("governor: stricter class by now"):
        coop.execute(call)


def test_propose__what_a_part_raises_itself__is_for_no_member() -> None:
    """Nobody takes the place of a posted distribution's own proposal, nor hides its call."""
    evm = Evm()
    coop = funded(evm)
    finalise = (coop.distributor, 0, coop.distributor.calldata("finalise", 1, 1))
    for actions in ([finalise], [finalise, coop.spending(coop.patron, 1)]):
        with evm.reverts("governor: a consent call"):
            coop.propose(*actions)
