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

from typing import Any

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes_weak import OWNED
from tests.contracts.coop import CLASSES, Coop, Ways, values
from tests.contracts.evm import ETH, Actor, Contract, Evm

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
    for maker in (evm.deployer, coop.founders[0]):
        for target, function, arguments in deeds(coop, maker, code):
            refused = strike(evm, getattr(target, function), *arguments, sender=maker)
            assert refused, f"a maker's key opens {function}"


def deeds(coop: Coop, maker: Actor, code: Contract) -> list[tuple[Contract, str, tuple[Any, ...]]]:
    """What a thief of that key would do first."""
    rules, ways = values(CLASSES), Ways().values()
    return [
        (coop.pool, "setup", (maker, maker)),
        (coop.pool, "spend", (0, ETH, maker, 10)),
        (coop.governor, "admit", ([maker],)),
        (coop.governor, "set_rules", (rules,)),
        (coop.governor, "add_hub_part", (code, bytes(4), True)),
        (coop.governor, "install", (code, bytes(4))),
        (coop.admission, "setup", (ways,)),
        (coop.admission, "set_ways", (ways,)),
        (coop.grain, "setup", (maker,)),
        (coop.grain, "set_minter", (code, True)),
        (coop.distributor, "setup", ([(maker, [])], 1, 1)),
        (coop.distributor, "set_maintainers", ([(maker, [])], 1)),
        (coop.identity, "set_attesters", (coop.pool, [maker], 1)),
        (coop.hub, "install", (bytes(32), b"\1\2\3\4")),
        (coop.hub, "set_dao_uri", ("ipfs://mine",)),
    ]
