# SPDX-License-Identifier: AGPL-3.0-only
"""Badges: the members as tokens that wallets can read and nobody can move."""

import json
from urllib.parse import unquote

import pytest
from eth_utils.crypto import keccak

from tests.contracts.compiled import artifact
from tests.contracts.coop import ZERO, Coop, named
from tests.contracts.evm import Actor, Contract, Reverted

STUCK = "badges: a badge cannot be moved"
NOBODYS = "badges: nobody has this badge"


@pytest.fixture
def badges(coop: Coop) -> Contract:
    """Of the coop "mill", made by somebody who has no part in it."""
    return coop.evm.at("Badges", coop.hub.make_badges("mill", sender=coop.evm.actor("anyone")))


def number(account: Actor | Contract | str) -> int:
    """The number of somebody's badge."""
    return int(getattr(account, "address", str(account)), 16)


# --- the Hub makes them -------------------------------------------------------------------------


def test_make_badges__by_anyone__makes_them_once(coop: Coop) -> None:
    hub, anyone = coop.hub, coop.evm.actor("anyone")
    assert hub.badges_of(coop.pool) == ZERO
    made = hub.make_badges("mill", sender=anyone)
    (log,) = named(coop.evm, "BadgesMade")
    assert log.args == {"pool": coop.pool.address, "badges": made}
    assert hub.badges_of(coop.pool) == made
    for caller in (anyone, coop.founders[0]):
        with coop.evm.reverts("hub: the badges are there already"):
            hub.make_badges("mill", sender=caller)


def test_make_badges__of_no_pool__is_refused(coop: Coop) -> None:
    for name in ("", "nobody", "MILL"):
        with coop.evm.reverts("hub: no pool of that name"):
            coop.hub.make_badges(name, sender=coop.patron)


def test_make_badges__of_two_pools__are_two(coop: Coop, badges: Contract) -> None:
    newcomer = coop.evm.actor("newcomer")
    parts = coop.hub.create_pool(*coop.order("rye", founders=[newcomer]), sender=newcomer)
    other = coop.evm.at("Badges", coop.hub.make_badges("rye", sender=newcomer))
    assert other.address != badges.address == coop.hub.badges_of(coop.pool)
    assert (other.pool(), other.governor()) == (parts.pool, parts.governor)
    assert (other.balanceOf(newcomer), badges.balanceOf(newcomer)) == (1, 0)
    assert other.name() == "rye members"


@pytest.mark.parametrize("name", ["abc", "a" * 31, "z" * 32])
def test_name__of_any_length__is_the_pools(coop: Coop, name: str) -> None:
    coop.hub.create_pool(*coop.order(name), sender=coop.patron)
    made = coop.evm.at("Badges", coop.hub.make_badges(name, sender=coop.patron))
    assert made.name() == f"{name} members"
    assert made.symbol() == "MEMBER"


# --- who has one --------------------------------------------------------------------------------


def test_badges__of_members__come_and_go_with_the_seat(
    coop: Coop, badges: Contract, outsider: Actor
) -> None:
    founder = coop.founders[0]
    assert badges.balanceOf(founder) == 1
    assert badges.ownerOf(number(founder)) == founder.address
    assert badges.locked(number(founder)) is True
    assert badges.getApproved(number(founder)) == ZERO
    assert badges.balanceOf(outsider) == 0
    coop.admit(outsider)
    coop.evm.warp(1)
    assert badges.balanceOf(outsider) == 1
    coop.enact(coop.removing(founder), text="out")
    assert badges.balanceOf(founder) == 0
    with coop.evm.reverts(NOBODYS):
        badges.ownerOf(number(founder))
    assert badges.ownerOf(number(outsider)) == outsider.address


def test_badges__that_nobody_has__are_refused(
    coop: Coop, badges: Contract, outsider: Actor
) -> None:
    founder = number(coop.founders[0])
    for wrong in (0, number(outsider), number(badges), founder + 2**160, 2**256 - 1, 2**160):
        for view in ("ownerOf", "locked", "getApproved", "tokenURI"):
            with coop.evm.reverts(NOBODYS):
                getattr(badges, view)(wrong)
    with coop.evm.reverts("badges: the zero address has none"):
        badges.balanceOf(ZERO)


def test_badges__by_anybody__cannot_be_moved(coop: Coop, badges: Contract, outsider: Actor) -> None:
    founder = coop.founders[0]
    mine = number(founder)
    for caller in (founder, outsider, coop.relayer):
        for call in (
            ("transferFrom", founder, outsider, mine),
            ("safeTransferFrom", founder, outsider, mine),
            ("safeTransferFrom", founder, outsider, mine, b"take it"),
            ("approve", outsider, mine),
            ("setApprovalForAll", outsider, True),
        ):
            with coop.evm.reverts(STUCK):
                getattr(badges, call[0])(*call[1:], sender=caller)
    assert badges.isApprovedForAll(founder, outsider) is False


# --- what they say ------------------------------------------------------------------------------


def test_token_uri__of_a_member__is_json_with_pool_and_address(
    coop: Coop, badges: Contract
) -> None:
    for founder in coop.founders:
        uri = badges.tokenURI(number(founder))
        head, _, body = uri.partition(",")
        assert head == "data:application/json"
        assert all(letter not in body for letter in ' "{}<>')
        said = json.loads(unquote(body))
        assert said == {"name": "mill member", "member": founder.address.lower()}


def test_supports_interface__of_what_it_keeps__is_true(badges: Contract) -> None:
    """ERC-165: the exclusive or of the selectors; computed here from the signatures."""
    erc721 = (
        *("balanceOf(address)", "ownerOf(uint256)", "approve(address,uint256)"),
        *("getApproved(uint256)", "setApprovalForAll(address,bool)"),
        *("isApprovedForAll(address,address)", "transferFrom(address,address,uint256)"),
        "safeTransferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256,bytes)",
    )
    kept = {
        "ERC-165": ("supportsInterface(bytes4)",),
        "ERC-721": erc721,
        "ERC-721 metadata": ("name()", "symbol()", "tokenURI(uint256)"),
        "ERC-5192": ("locked(uint256)",),
        "ERC-4824": ("daoURI()",),
    }
    for standard, signatures in kept.items():
        assert badges.supportsInterface(interface_id(*signatures)), standard
        for signature in signatures:
            selector = keccak(text=signature)[:4]
            assert selector in artifact("Badges").runtime, signature
    for other in (b"\xff" * 4, bytes(4), interface_id("totalSupply()")):
        assert not badges.supportsInterface(other)


def interface_id(*signatures: str) -> bytes:
    """As ERC-165 computes it."""
    found = 0
    for signature in signatures:
        found ^= int.from_bytes(keccak(text=signature)[:4])
    return found.to_bytes(4)


def test_dao_uri__of_the_badges__is_what_the_hub_says(coop: Coop, badges: Contract) -> None:
    """ERC-4824's own function, without an argument, on a contract of the pool."""
    assert badges.daoURI() == coop.hub.daoURI(coop.pool) == "ipfs://charter"
    coop.enact((coop.hub, 0, coop.hub.calldata("set_dao_uri", "ipfs://about-us")), text="about")
    assert badges.daoURI() == "ipfs://about-us"


def test_views__of_the_badges__name_their_pool(coop: Coop, badges: Contract) -> None:
    assert badges.hub() == coop.hub.address
    assert badges.pool() == coop.pool.address
    assert badges.governor() == coop.governor.address


def test_badges__bare_or_with_money__do_nothing(coop: Coop, badges: Contract) -> None:
    bare = coop.evm.implementation("Badges")
    with coop.evm.reverts(STUCK):
        bare.approve(coop.patron, 1, sender=coop.patron)
    with pytest.raises(Reverted):  # its own code is no Governor
        bare.balanceOf(coop.patron)
    with coop.evm.reverts(""):
        coop.evm.call(coop.patron, badges, value=1)
