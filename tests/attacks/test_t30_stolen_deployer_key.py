# SPDX-License-Identifier: AGPL-3.0-only
"""T30: the key of whoever deployed it all, or made the pool, is stolen.

Who and what for: a thief with the deployer's key, the creator's and a founder's that was not
asked, who would mint grain, set himself up as a part and take money.
In the world: Ronin and Harmony (2022), Multichain (2023): the keys of the makers were the keys of
the money; PAID Network (2021), whose deployer could mint.
The defence: no contract keeps an owner. The Hub sets a pool up in one transaction and has no
power left (`Hub.create_pool`, `Grain.setup`, `Pool.setup`); what is left to it is at the pool's
own call. The weakened copy has an owner's key in the Grain.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import OWNED
from tests.contracts.coop import CLASSES, Coop, Ways, values
from tests.contracts.evm import ETH, Evm, Reverted

MUCH = 10**24


def mints(evm: Evm) -> Outcome:
    """With the key that made the pool."""
    coop, thief = Coop(evm), evm.actor("thief")
    refused = strike(evm, coop.grain.mint, thief, MUCH, sender=coop.founders[0])
    return Outcome(refused, coop.grain.balanceOf(thief))


def test_mint__with_the_key_that_made_the_pool__is_refused() -> None:
    shipped, weak = on_both(mints, OWNED)
    assert shipped == ("grain: only a minter", 0)
    assert weak == ("", MUCH)


def test_roles__of_a_new_pool__are_held_by_contracts_and_votes_alone() -> None:
    """Every role there is, read from the chain, and every door tried with the makers' keys."""
    evm = Evm()
    coop, code = Coop(evm), evm.deploy("Puppet")
    coop.give(10)
    hub, governor = coop.hub.address, coop.governor.address
    for part in (coop.pool, coop.governor, coop.admission, coop.grain, coop.distributor):
        assert part.hub() == hub
    for part in (coop.pool, coop.admission, coop.grain, coop.distributor):
        assert part.governor() == governor
    minters = (coop.distributor, coop.pool, coop.governor, coop.hub, *coop.founders, evm.deployer)
    assert [coop.grain.can_mint(each, 1) for each in minters] == [True] + [False] * 7
    implementations = [evm.implementation(n) for n in ("Pool", "Governor", "Admission")]
    assert [tuple(i.address for i in implementations)] == [tuple(coop.hub.implementations())[:3]]
    makers = (evm.deployer, coop.founders[0])
    for maker in makers:
        for deed in (
            lambda m: coop.pool.setup(m, m, sender=m),
            lambda m: coop.pool.spend(0, ETH, m, 10, sender=m),
            lambda m: coop.governor.admit([m], sender=m),
            lambda m: coop.governor.set_rules(values(CLASSES), sender=m),
            lambda m: coop.governor.add_hub_part(code, bytes(4), True, sender=m),
            lambda m: coop.governor.install(code, bytes(4), sender=m),
            lambda m: coop.admission.setup(Ways().values(), sender=m),
            lambda m: coop.admission.set_ways(Ways().values(), sender=m),
            lambda m: coop.grain.setup(m, sender=m),
            lambda m: coop.grain.set_minter(code, True, sender=m),
            lambda m: coop.distributor.setup([(m, [])], 1, 1, sender=m),
            lambda m: coop.distributor.set_maintainers([(m, [])], 1, sender=m),
            lambda m: coop.identity.set_attesters(coop.pool, [m], 1, sender=m),
            lambda m: coop.hub.install(bytes(32), b"\1\2\3\4", sender=m),
            lambda m: coop.hub.set_dao_uri("ipfs://mine", sender=m),
        ):
            before = evm.state()
            try:
                deed(maker)
            except Reverted as error:
                assert error.reason.split(":")[0] in (
                    "pool",
                    "governor",
                    "admission",
                    "grain",
                    "distributor",
                    "identity",
                    "hub",
                )
            else:
                raise AssertionError("a maker's key opens something")
            assert evm.state() == before
