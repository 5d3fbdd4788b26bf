# SPDX-License-Identifier: AGPL-3.0-only
"""T10: somebody sees a proposal on its way, makes it first and cancels it.

Who and what for: a member who does not want it to be voted on. Its id is its content, so after his
copy it can never be proposed again.
In the world: CVE-2023-34234 in OpenZeppelin's Governor, and silo-contracts-v3#218.
The defence: under a description that ends in "#proposer=0x..." only that account proposes
(modules/proposer_suffix.vy; our commands always write it), and only a proposer cancels
(`Governor.cancel`).
"""

from eth_utils.crypto import keccak

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import funded
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.coop import ACTIVE, CANCELED, content_id
from tests.contracts.evm import Evm


def copies_and_cancels(evm: Evm) -> tuple[str, Outcome]:
    """What the griefer hears, and what the honest one: `won` is a proposal that can be voted on."""
    coop = funded(evm)
    honest, griefer = coop.founders[:2]
    actions = [coop.spending(coop.patron, 1)]
    text = f"thank her #proposer={honest.address.lower()}"
    heard = strike(evm, lambda: coop.propose(*actions, text=text, by=griefer))
    content = coop.propose(*actions, text="of the same length").content[:3]
    if not heard:
        coop.governor.cancel(*content, keccak(text=text), sender=griefer)
    refused = strike(evm, lambda: coop.propose(*actions, text=text, by=honest))
    evm.warp(2 * 86_400)
    found = coop.governor.state(content_id(actions, text))
    assert found in (ACTIVE, CANCELED)
    return heard, Outcome(refused, int(found == ACTIVE))


def test_propose__a_copy_of_anothers__is_refused_and_hers_is_voted_on() -> None:
    shipped, weak = on_both(copies_and_cancels, UNFROZEN)
    assert shipped == ("governor: another's description", ("", 1))
    assert weak == ("", ("governor: proposed already", 0))


def test_cancel__by_anybody_but_its_proposer__is_refused() -> None:
    evm = Evm()
    coop = funded(evm)
    proposal = coop.propose(coop.spending(coop.patron, 1), by=coop.founders[0])
    for other in (*coop.founders[1:], coop.maintainers[0], coop.relayer):
        with evm.reverts("governor: not the proposer"):
            coop.governor.cancel(*proposal.content, sender=other)
