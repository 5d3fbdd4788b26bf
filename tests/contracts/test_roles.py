# SPDX-License-Identifier: AGPL-3.0-only
"""Who may call what: every privileged function of a new pool, by everybody who may not.

And the bare implementations, which the clones share: there nobody may do anything.
"""

from typing import Any

import pytest

from tests.contracts.coop import CLASSES, SPENDERS, Coop, Ways, kind_of, values
from tests.contracts.evm import Actor, Contract, Reverted, address_of
from tests.contracts.test_parts import signatures

# name of a contract's function -> arguments that would be fine from the right caller
Calls = dict[str, tuple[Any, ...]]


def at_the_door(coop: Coop, someone: Actor) -> Calls:
    """Of the Admission."""
    return {
        "setup": (Ways().values(),),
        "set_ways": (Ways().values(),),
        "offer": ([someone], coop.evm.now + 1),
        "rebind": (coop.founders[1], someone),
        "set_buy_in": (1,),
        "on_open": (1, bytes(64)),
    }


def privileged(coop: Coop) -> dict[str, Calls]:
    """By contract: what only the Hub, the Governor or a part may call."""
    someone, code = coop.relayer, coop.evm.deploy("Puppet")
    policy = (coop.dollar, 1, 10_000, 0, 0, 10_000, 28 * 86_400, 365 * 86_400, 2_000, 2, False)
    maintainers: list[Any] = [(m, []) for m in coop.maintainers]
    payee = int(address_of(someone), 16)
    return {
        "Governor": {
            "add_hub_part": (code, bytes(4), True),
            "admit": ([someone],),
            "remove": (coop.founders[1],),
            "rebind": (coop.founders[1], someone),
            "set_rules": (values(CLASSES),),
            "install": (code, b"\1\2\3\4"),
            "extend_consent": (1, coop.evm.now + 1),
        },
        "Admission": at_the_door(coop, someone),
        "Pool": {
            "setup": (someone, someone),
            "open_earmark": (1, "ipfs://x", bytes(32), code, False, 0, b""),
            "spend": (0, "0x" + "00" * 20, someone, 1),
            "move": (0, 1, "0x" + "00" * 20, 1),
            "put_back": (coop.dollar, 1),
            "reserve": (0, coop.dollar, 1),
            "unreserve": (0, coop.dollar, 1),
            "release": (0, coop.dollar, someone, 1),
            "release_many": (0, coop.dollar, [payee << 96 | 1]),
        },
        "Grain": {
            "setup": (someone,),
            "set_minter": (someone, True),
            "mint": (someone, 1),
        },
        "CredDistributor": {
            "setup": (maintainers, 1, 1),
            "on_open": (1, b""),
            "finalise": (1, 1),
            "set_policy": (policy,),
            "set_maintainers": (maintainers, 1),
            "set_season": (3,),
        },
        **spending(someone),
    }


def spending(someone: Actor) -> dict[str, Calls]:
    """Of what pays out an earmark of its own."""
    terms, opened = bytes(160), "on_open"
    return {
        "Allocation": {opened: (1, terms), "strike": (1,), "claim": (1, someone)},
        "Team": {opened: (1, terms), "admit": ([someone],), "remove": (1,)},
        "Matching": {opened: (1, terms), "strike": (1,), "cancel": ()},
        "Crowdmatch": {opened: (1, terms)},
    }


def clones(coop: Coop) -> dict[str, Contract]:
    """The pool's own."""
    return {
        "Governor": coop.governor,
        "Admission": coop.admission,
        "Pool": coop.pool,
        "Grain": coop.grain,
        "CredDistributor": coop.distributor,
    }


def the_pools(coop: Coop, name: str) -> Contract:
    """The pool's contract of that kind; a spender is installed first."""
    if name not in SPENDERS:
        return clones(coop)[name]
    kind = kind_of(name)
    at = coop.hub.next_install(coop.pool, kind, b"")
    coop.enact((coop.hub, 0, coop.hub.calldata("install", kind, b"")))
    return coop.evm.at(name, at)


@pytest.mark.parametrize(
    "name", ["Governor", "Admission", "Pool", "Grain", "CredDistributor", *SPENDERS]
)
@pytest.mark.parametrize("bare", [False, True])
def test_privileged__by_everybody_who_may_not__is_refused(
    coop: Coop, outsider: Actor, name: str, bare: bool
) -> None:
    """Outsiders, members, maintainers, attesters, the deployer; the pool's own and the original."""
    bared = coop.evm.blueprint if name == "Grain" else coop.evm.implementation
    target = bared(name) if bare else the_pools(coop, name)
    callers = [outsider, coop.founders[0], coop.maintainers[0], coop.attesters[0], coop.relayer]
    coop.give(10)
    coop.give(10, coop.dollar)
    calls = privileged(coop)[name]
    before = coop.evm.state()
    for function, arguments in calls.items():
        for caller in [*callers, coop.evm.deployer]:
            with pytest.raises(Reverted):
                getattr(target, function)(*arguments, sender=caller)
    assert coop.evm.state() == before


def test_bare_implementations__members_and_money__are_not_to_be_had(
    coop: Coop, outsider: Actor
) -> None:
    governor, admission, pool = (
        coop.evm.implementation(name) for name in ("Governor", "Admission", "Pool")
    )
    founder = coop.founders[0]
    assert governor.member_count() == 0
    attempts: list[tuple[Contract, str, tuple[Any, ...]]] = [
        (governor, "propose", ([outsider], [0], [b""], "")),
        (governor, "castVote", (1, 1)),
        (governor, "execute", ([outsider], [0], [b""], bytes(32))),
        (governor, "close", (1,)),
        (admission, "accept", ()),
        (admission, "leave", ()),
        (admission, "accept_for", (founder, coop.evm.now + 1, bytes(65))),
        (admission, "join", (founder, coop.evm.now + 1, [], [], b"")),
        (admission, "join_by_gate", (founder, b"", 0, b"")),
        (admission, "refund_buy_in", (founder,)),
        (admission, "rebind_by_sponsors", (founder, outsider, coop.evm.now, [], [], b"")),
        (admission, "complete_rebind", (founder, 0, b"")),
        (admission, "object_to_rebind", ()),
        (pool, "give", (0, "0x" + "00" * 20, 0, "")),
    ]
    for target, function, arguments in attempts:
        for caller in (outsider, founder):
            before = coop.evm.state()
            with pytest.raises(Reverted):
                getattr(target, function)(*arguments, sender=caller)
            assert coop.evm.state() == before


def test_setup__of_a_pool_that_is_made__is_over_even_for_a_hub(coop: Coop) -> None:
    """Anyone may let the Hub make new contracts; what it does to a pool that is there takes that
    pool's own Governor, and no key of anybody."""
    changing = [
        name.split("(")[0]
        for name, entry in signatures("Hub").items()
        if entry["stateMutability"] not in ("view", "pure")
    ]
    assert sorted(changing) == ["create_pool", "install", "make_badges", "set_dao_uri"]
    for caller in (coop.relayer, coop.founders[0], coop.maintainers[0], coop.evm.deployer):
        for function, arguments in (
            ("install", (b"cred-distributor".ljust(32, b"\0"), b"\1\2\3\4")),
            ("set_dao_uri", ("ipfs://mine",)),
        ):
            with coop.evm.reverts("hub: only a pool's Governor"):
                getattr(coop.hub, function)(*arguments, sender=caller)
    for part in clones(coop).values():
        assert part.hub() == coop.hub.address
