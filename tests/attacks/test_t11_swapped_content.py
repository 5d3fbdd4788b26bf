# SPDX-License-Identifier: AGPL-3.0-only
"""T11: something else is carried out than what was voted.

Who and what for: whoever executes, who brings the content and would bring another payee.
In the world: Tornado Cash (2023), where what was read was not what ran; Snapshot votes
carried out by a multisig that may sign what it likes.
The defence: a proposal's id is the hash of its whole content, which execution hashes anew
(`Governor.execute`).
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, funded, thief_of
from tests.attacks.votes_weak import CARELESS
from tests.contracts.coop import SUCCEEDED
from tests.contracts.evm import Evm


def swaps_the_payee(evm: Evm) -> Outcome:
    """The members voted for the patron; the thief executes, under the same description."""
    coop = funded(evm)
    thief = thief_of(coop)
    proposal = coop.passed(coop.spending(coop.patron, FUND), text="thanks")
    targets, amounts, _, text = proposal.content
    _, _, call = coop.spending(thief, FUND)
    before = evm.balance(thief)
    execute = coop.governor.execute
    refused = strike(evm, execute, targets, amounts, [call], text, sender=thief)
    return Outcome(refused, evm.balance(thief) - before)


def test_execute__with_another_payee__is_refused() -> None:
    shipped, weak = on_both(swaps_the_payee, CARELESS)
    assert shipped == ("governor: no such proposal", 0)
    assert weak == ("", FUND)


@pytest.mark.parametrize("part", ["targets", "values", "calldatas", "order", "more", "description"])
def test_execute__with_any_part_of_the_content_changed__finds_no_proposal(part: str) -> None:
    evm = Evm()
    coop = funded(evm)
    actions = (coop.spending(coop.governor, 5), (coop.patron, 3, b""), (coop.relayer, 2, b""))
    proposal = coop.passed(*actions, text="three calls")
    targets, amounts, calls, text = proposal.content
    changed = {
        "targets": ([targets[0], coop.relayer.address, targets[2]], amounts, calls, text),
        "values": (targets, [0, 4, 1], calls, text),
        "calldatas": (targets, amounts, [calls[0], b"", b"\0"], text),
        "order": ([targets[0], targets[2], targets[1]], [0, 2, 3], calls, text),
        "more": ([*targets, targets[1]], [*amounts, 0], [*calls, b""], text),
        "description": (targets, amounts, calls, text[:-1] + bytes([text[-1] ^ 1])),
    }[part]
    with evm.reverts("governor: no such proposal"):
        coop.governor.execute(*changed, sender=coop.relayer)
    assert coop.state(proposal) == SUCCEEDED
