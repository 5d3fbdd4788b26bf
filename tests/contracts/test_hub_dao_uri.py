# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool says of itself (ERC-4824): first its charter's URI, then what its members set."""

import pytest

from tests.contracts.coop import ZERO, Action, Coop, named

CHARTER = "ipfs://charter"


def setting(coop: Coop, uri: str) -> Action:
    """The call that sets it."""
    return coop.hub, 0, coop.hub.calldata("set_dao_uri", uri)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 63, 64, 65, 66, 128, 223, 224, 225, 255, 256])
def test_dao_uri__at_first__is_the_charters_to_the_letter(coop: Coop, size: int) -> None:
    """It stands behind the Pool's code, and is read from there in words."""
    uri = "".join(chr(ord("a") + n % 26) for n in range(size))
    order = coop.order("other")
    order[1] = uri
    parts = coop.hub.create_pool(*order, sender=coop.patron)
    (log,) = named(coop.evm, "DAOURIUpdate")
    assert log.args == {"daoAddress": parts.pool, "daoURI": uri}
    assert coop.hub.daoURI(parts.pool) == uri


def test_set_dao_uri__by_vote__replaces_it_and_tells(coop: Coop) -> None:
    for uri in ("ipfs://about-us", "https://mill.example/dao.json" + "x" * 200):
        proposal = coop.passed(setting(coop, uri), text=uri)
        coop.execute(proposal)
        (log,) = named(coop.evm, "DAOURIUpdate")
        assert log.args == {"daoAddress": coop.pool.address, "daoURI": uri}
        assert coop.hub.daoURI(coop.pool) == uri


def test_set_dao_uri__by_pools_in_both_halves_of_all_addresses__is_taken(coop: Coop) -> None:
    """The first bit of an address is as good as any other."""
    found: dict[int, Coop] = {}
    for n in range(20):
        other = Coop(coop.evm) if n else coop
        found.setdefault(int(other.pool.address, 16) >> 159, other)
        if len(found) == 2:
            break
    for other in found.values():
        other.enact(setting(other, "ipfs://about-us"), text="about us")
        assert other.hub.daoURI(other.pool) == "ipfs://about-us"
    assert set(found) == {0, 1}


def test_set_dao_uri__to_nothing__is_the_charters_again(coop: Coop) -> None:
    coop.enact(setting(coop, "ipfs://about-us"), text="one")
    proposal = coop.passed(setting(coop, ""), text="none")
    coop.execute(proposal)
    (log,) = named(coop.evm, "DAOURIUpdate")
    assert log.args["daoURI"] == CHARTER == coop.hub.daoURI(coop.pool)


def test_set_dao_uri__by_anyone_else__is_refused(coop: Coop) -> None:
    liar = coop.evm.deploy("MockGovernor")
    liar.set_pool(coop.pool, sender=coop.patron)
    for caller in (coop.patron, coop.founders[0], liar, coop.evm.deploy("Puppet")):
        with coop.evm.reverts("hub: only a pool's Governor"):
            coop.hub.set_dao_uri("ipfs://mine", sender=caller)
    assert coop.hub.daoURI(coop.pool) == CHARTER


def test_dao_uri__of_no_pool__is_empty(coop: Coop) -> None:
    for stranger in (ZERO, coop.patron, coop.governor, coop.evm.implementation("Pool")):
        assert coop.hub.daoURI(stranger) == ""
