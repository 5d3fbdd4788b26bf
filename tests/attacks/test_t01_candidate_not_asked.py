# SPDX-License-Identifier: AGPL-3.0-only
"""T01: an account is put up that never said yes.

Who and what for: an outsider, who brings a made-up signature for an organisation that was
nominated and wants no money from here, so that ballots name it and its part lies there.
In the world: foundations that were "raised for" and never asked; Gittip's unclaimed accounts.
The defence: it stands by its own call or its own signature only (`nominations._require_signed`).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.allocations import Round
from tests.contracts.coop import DAY
from tests.contracts.evm import Evm


def puts_her_up(evm: Evm) -> Outcome:
    """Won is whether she stands."""
    crowd, unasked = Round(evm), evm.actor("unasked")
    outsider, until = evm.actor("outsider"), evm.now + DAY
    crowd.nominate(unasked)
    forged = outsider.sign(crowd.candidacy(unasked))
    call = crowd.allocation.stand_for
    refused = strike(evm, call, unasked, until, forged, sender=outsider)
    return Outcome(refused, int(crowd.allocation.candidacy_of(unasked)[3]))


def test_stand_for__without_her_word__is_refused() -> None:
    shipped, weak = on_both(puts_her_up, CARELESS)
    assert shipped == ("nomination: not her signature", 0)
    assert weak == ("", 1)
