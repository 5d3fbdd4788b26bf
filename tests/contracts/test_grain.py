# SPDX-License-Identifier: AGPL-3.0-only
"""Grain as an ERC-20 with minters: each function, its event, and refusals that change nothing."""

import pytest

from tests.contracts.compiled import artifact
from tests.contracts.evm import Actor, Contract, Evm, Log
from tests.contracts.grains import (
    MAX_SUPPLY,
    NAME,
    SYMBOL,
    UNLIMITED,
    ZERO,
    governor_of,
    grain_in_use,
    maker_of,
    new_grain,
    padded,
)

TO_NOBODY = "grain: it would be lost there"
TOO_LITTLE = "grain: the balance is too small"
OWNER_HAS_LESS = "grain: the owner has too little"
NOT_ALLOWED = "grain: more than is allowed"
NOT_A_MINTER = "grain: only a minter"
NOT_THE_HUB = "grain: only the hub sets it up"
TOO_LATE = "grain: it is set up already"
NO_PART = "grain: not a part of the pool"


@pytest.fixture
def grain(evm: Evm) -> Contract:
    return grain_in_use(evm)


@pytest.fixture
def hub(evm: Evm) -> Contract:
    return maker_of(evm)


@pytest.fixture
def governor(evm: Evm) -> Contract:
    return governor_of(evm)


@pytest.fixture
def distributor(evm: Evm) -> Actor:
    return evm.actor("distributor")


@pytest.fixture
def gardener(evm: Evm) -> Actor:
    """Somebody who earned grain."""
    return evm.actor("gardener")


@pytest.fixture
def baker(evm: Evm) -> Actor:
    """Somebody the gardener knows."""
    return evm.actor("baker")


@pytest.fixture
def shop(evm: Evm) -> Actor:
    """A spender."""
    return evm.actor("shop")


def transferred(grain: Contract, sender: Actor | str, to: Actor | str, amount: int) -> Log:
    addresses = {"sender": sender, "receiver": to}
    args = {k: getattr(a, "address", a) for k, a in addresses.items()}
    return Log("Transfer", {**args, "value": amount}, grain.address)


# --- transfer -----------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, 1, 99, 100])
def test_transfer__up_to_the_balance__moves(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor, amount: int
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    assert grain.transfer(baker, amount, sender=gardener) is True
    assert evm.logs == [transferred(grain, gardener, baker, amount)]
    assert grain.balanceOf(gardener) == 100 - amount
    assert grain.balanceOf(baker) == amount
    assert grain.totalSupply() == 100


def test_transfer__to_oneself__changes_no_balance(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    grain.transfer(gardener, 60, sender=gardener)
    assert evm.logs == [transferred(grain, gardener, gardener, 60)]
    assert (grain.balanceOf(gardener), grain.totalSupply()) == (100, 100)


@pytest.mark.parametrize("amount", [101, 2**128, 2**128 + 1, 2**255, 2**256 - 1])
def test_transfer__more_than_the_balance__is_refused(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor, amount: int
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    with evm.reverts(TOO_LITTLE):
        grain.transfer(baker, amount, sender=gardener)
    with evm.reverts(TOO_LITTLE):
        grain.transfer(gardener, amount, sender=gardener)


def test_transfer__to_zero_or_the_token__is_refused(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    for nobody in (ZERO, grain):
        for amount in (0, 1):
            with evm.reverts(TO_NOBODY):
                grain.transfer(nobody, amount, sender=gardener)


def test_transfer__the_whole_supply__moves(
    grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    grain.mint(gardener, MAX_SUPPLY, sender=distributor)
    grain.transfer(baker, MAX_SUPPLY, sender=gardener)
    assert (grain.balanceOf(gardener), grain.balanceOf(baker)) == (0, MAX_SUPPLY)


# --- approve and transferFrom -------------------------------------------------------------


def test_approve__twice__replaces(
    evm: Evm, grain: Contract, gardener: Actor, shop: Actor, baker: Actor
) -> None:
    for amount in (5, UNLIMITED, 0):
        assert grain.approve(shop, amount, sender=gardener) is True
        args = {"owner": gardener.address, "spender": shop.address, "value": amount}
        assert evm.logs == [Log("Approval", args, grain.address)]
        assert grain.allowance(gardener, shop) == amount
    assert grain.allowance(shop, gardener) == grain.allowance(gardener, baker) == 0


def test_approve__zero_spender__is_refused(evm: Evm, grain: Contract, gardener: Actor) -> None:
    with evm.reverts("grain: nobody to allow it to"):
        grain.approve(ZERO, 1, sender=gardener)


@pytest.mark.parametrize("amount", [0, 1, 40])
def test_transfer_from__up_to_the_allowance__moves_and_uses_it(
    evm: Evm,
    grain: Contract,
    distributor: Actor,
    gardener: Actor,
    baker: Actor,
    shop: Actor,
    amount: int,
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    grain.approve(shop, 40, sender=gardener)
    assert grain.transferFrom(gardener, baker, amount, sender=shop) is True
    assert evm.logs == [transferred(grain, gardener, baker, amount)]
    assert grain.allowance(gardener, shop) == 40 - amount
    assert (grain.balanceOf(gardener), grain.balanceOf(baker)) == (100 - amount, amount)
    assert grain.balanceOf(shop) == 0


def test_transfer_from__by_a_contract__uses_the_contracts_allowance(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    shop = evm.deploy("Puppet")
    grain.mint(gardener, 100, sender=distributor)
    grain.approve(shop, 40, sender=gardener)
    grain.transferFrom(gardener, baker, 30, sender=shop)
    assert grain.allowance(gardener, shop) == 10
    with evm.reverts(NOT_ALLOWED):
        grain.transferFrom(gardener, baker, 30, sender=shop)


def test_transfer_from__more_than_allowed__is_refused(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor, shop: Actor
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    with evm.reverts(NOT_ALLOWED):
        grain.transferFrom(gardener, baker, 1, sender=shop)
    grain.approve(shop, 40, sender=gardener)
    for amount in (41, 2**255, 2**256 - 1):
        with evm.reverts(NOT_ALLOWED):
            grain.transferFrom(gardener, baker, amount, sender=shop)
    with evm.reverts(NOT_ALLOWED):  # not even the owner, who has `transfer`
        grain.transferFrom(gardener, baker, 1, sender=gardener)


@pytest.mark.parametrize("allowed", [101, 2**256 - 2, UNLIMITED])
def test_transfer_from__more_than_the_balance__is_refused(
    evm: Evm,
    grain: Contract,
    distributor: Actor,
    gardener: Actor,
    baker: Actor,
    shop: Actor,
    allowed: int,
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    grain.approve(shop, allowed, sender=gardener)
    with evm.reverts(OWNER_HAS_LESS):
        grain.transferFrom(gardener, baker, 101, sender=shop)


def test_transfer_from__unlimited_allowance__is_not_used_up(
    grain: Contract, distributor: Actor, gardener: Actor, baker: Actor, shop: Actor
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    grain.approve(shop, UNLIMITED, sender=gardener)
    grain.transferFrom(gardener, baker, 30, sender=shop)
    assert grain.allowance(gardener, shop) == UNLIMITED
    grain.approve(shop, UNLIMITED - 1, sender=gardener)
    grain.transferFrom(gardener, baker, 30, sender=shop)
    assert grain.allowance(gardener, shop) == UNLIMITED - 31


def test_transfer_from__to_zero_or_the_token__is_refused(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, shop: Actor
) -> None:
    grain.mint(gardener, 100, sender=distributor)
    grain.approve(shop, 40, sender=gardener)
    for nobody in (ZERO, grain):
        with evm.reverts(TO_NOBODY):
            grain.transferFrom(gardener, nobody, 1, sender=shop)


def test_transfer_from__the_zero_address__is_refused(
    evm: Evm, grain: Contract, baker: Actor, shop: Actor
) -> None:
    for amount in (0, 1):  # even nothing: the event would look like a creation
        with evm.reverts("grain: not from the zero address"):
            grain.transferFrom(ZERO, baker, amount, sender=shop)


# --- mint ---------------------------------------------------------------------------------


def test_mint__by_the_minter__creates(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    for account, amount, supply in [(gardener, 7, 7), (baker, 5, 12), (gardener, 0, 12)]:
        assert grain.mint(account, amount, sender=distributor) is None
        assert evm.logs == [transferred(grain, ZERO, account, amount)]
        assert grain.totalSupply() == supply
    assert (grain.balanceOf(gardener), grain.balanceOf(baker)) == (7, 5)


def test_mint__by_anyone_else__is_refused(
    evm: Evm, grain: Contract, hub: Contract, governor: Contract, gardener: Actor, outsider: Actor
) -> None:
    for caller in (hub, governor, gardener, outsider):
        with evm.reverts(NOT_A_MINTER):
            grain.mint(gardener, 1, sender=caller)


def test_mint__up_to_the_cap__creates_and_beyond_is_refused(
    evm: Evm, grain: Contract, distributor: Actor, gardener: Actor, baker: Actor
) -> None:
    full = "grain: the supply is full"
    for amount in (2**128, 2**128 + 1, 2**255, 2**256 - 1):
        with evm.reverts(full):
            grain.mint(gardener, amount, sender=distributor)
    grain.mint(gardener, MAX_SUPPLY - 1, sender=distributor)
    with evm.reverts(full):
        grain.mint(baker, 2, sender=distributor)
    grain.mint(baker, 1, sender=distributor)
    assert grain.totalSupply() == MAX_SUPPLY == 340282366920938463463374607431768211455
    for amount in (1, MAX_SUPPLY, 2**256 - 1):
        with evm.reverts(full):
            grain.mint(baker, amount, sender=distributor)
    grain.mint(baker, 0, sender=distributor)
    assert (grain.balanceOf(gardener), grain.balanceOf(baker)) == (MAX_SUPPLY - 1, 1)


def test_mint__to_zero_or_the_token__is_refused(
    evm: Evm, grain: Contract, distributor: Actor
) -> None:
    for nobody in (ZERO, grain):
        with evm.reverts(TO_NOBODY):
            grain.mint(nobody, 1, sender=distributor)


# --- setup and set_minter -----------------------------------------------------------------


def test_setup__by_the_hub__names_the_first_minter(
    evm: Evm, governor: Contract, distributor: Actor, gardener: Actor
) -> None:
    grain = new_grain(evm, governor, distributor)
    args = {"minter": distributor.address, "allowed": True}
    assert evm.logs == [Log("MinterSet", args, grain.address)]
    assert (grain.is_minter(distributor), grain.is_minter(gardener)) == (True, False)
    assert grain.totalSupply() == 0


def test_setup__by_anyone_else__is_refused(
    evm: Evm, governor: Contract, distributor: Actor, outsider: Actor
) -> None:
    for grain in (new_grain(evm, governor), new_grain(evm, governor, distributor)):
        for caller in (governor, distributor, outsider):
            with evm.reverts(NOT_THE_HUB):
                grain.setup(distributor, sender=caller)


def test_setup__twice_in_one_transaction__is_refused(
    evm: Evm, governor: Contract, distributor: Actor, outsider: Actor
) -> None:
    new_grain(evm, governor, distributor)  # once is good
    for second in (outsider, distributor):
        with evm.reverts(TOO_LATE):
            new_grain(evm, governor, distributor, second)


def test_setup__in_a_later_transaction__is_refused(
    evm: Evm, governor: Contract, hub: Contract, distributor: Actor, outsider: Actor
) -> None:
    """Also of one that was never set up: from then on only a vote names minters."""
    grain = new_grain(evm, governor, distributor)
    for minter in (distributor, outsider):
        with evm.reverts(TOO_LATE):
            grain.setup(minter, sender=hub)
    never = new_grain(evm, governor)
    with evm.reverts(TOO_LATE):
        never.setup(distributor, sender=hub)
    governor.add_part(distributor, sender=outsider)
    never.set_minter(distributor, True, sender=governor)
    assert never.is_minter(distributor)


def test_blueprint__of_the_grain__is_no_contract_to_call(evm: Evm, outsider: Actor) -> None:
    """ERC-5202: 0xfe stops every call, and what follows is the code that makes a Grain."""
    blueprint = evm.blueprint("Grain")
    assert evm.code(blueprint) == b"\xfe\x71\x00" + artifact("Grain").creation
    with evm.reverts("halt: InvalidFEOpcode"):
        blueprint.mint(outsider, 1, sender=outsider)


def test_set_minter__by_the_governor__adds_and_takes_away(
    evm: Evm, grain: Contract, governor: Contract, distributor: Actor, gardener: Actor, shop: Actor
) -> None:
    governor.add_part(shop, sender=gardener)
    governor.add_part(distributor, sender=gardener)
    grain.set_minter(shop, True, sender=governor)
    args = {"minter": shop.address, "allowed": True}
    assert evm.logs == [Log("MinterSet", args, grain.address)]
    grain.mint(gardener, 3, sender=shop)
    grain.mint(gardener, 4, sender=distributor)
    grain.set_minter(distributor, False, sender=governor)
    args = {"minter": distributor.address, "allowed": False}
    assert evm.logs == [Log("MinterSet", args, grain.address)]
    assert (grain.is_minter(shop), grain.is_minter(distributor)) == (True, False)
    with evm.reverts(NOT_A_MINTER):
        grain.mint(gardener, 1, sender=distributor)
    assert grain.balanceOf(gardener) == 7


def test_set_minter__by_anyone_else__is_refused(
    evm: Evm, grain: Contract, hub: Contract, distributor: Actor, gardener: Actor, outsider: Actor
) -> None:
    for caller in (hub, distributor, gardener, outsider):
        with evm.reverts("grain: only the governor"):
            grain.set_minter(outsider, True, sender=caller)
        with evm.reverts("grain: only the governor"):
            grain.set_minter(distributor, False, sender=caller)


def test_set_minter__for_who_is_no_part__is_refused(
    evm: Evm, grain: Contract, governor: Contract, distributor: Actor, outsider: Actor
) -> None:
    """A minter acts only as the votes of the pool let it; nobody else, however well meant."""
    pool = evm.actor("pool")
    governor.set_pool(pool, sender=outsider)
    for stranger in (ZERO, outsider, distributor, governor, grain):
        for allowed in (True, False):
            with evm.reverts(NO_PART):
                grain.set_minter(stranger, allowed, sender=governor)
    governor.add_part(outsider, sender=outsider)
    for minter in (outsider, pool):
        grain.set_minter(minter, True, sender=governor)
        assert grain.is_minter(minter)
        grain.set_minter(minter, False, sender=governor)
        assert not grain.is_minter(minter)


# --- views --------------------------------------------------------------------------------


def test_views__of_a_grain__are_what_the_hub_gave(
    grain: Contract, hub: Contract, governor: Contract
) -> None:
    assert (grain.name(), grain.symbol(), grain.decimals()) == (NAME, SYMBOL, 18)
    assert (grain.hub(), grain.governor()) == (hub.address, governor.address)


def test_code__of_a_grain__is_the_sources_and_what_it_was_given(
    evm: Evm, grain: Contract, hub: Contract, governor: Contract
) -> None:
    addresses = b"".join(bytes(12) + bytes.fromhex(each.address[2:]) for each in (hub, governor))
    texts = [len(text).to_bytes(32) + padded(text) for text in (NAME, SYMBOL)]
    assert evm.code(grain) == artifact("Grain").runtime + addresses + b"".join(texts)


@pytest.mark.parametrize("size", range(33))
def test_name__of_any_length__comes_back(evm: Evm, governor: Contract, size: int) -> None:
    text = "abcdefghijklmnopqrstuvwxyz-01234"[:size]
    grain = new_grain(evm, governor, name=text, symbol=text[::-1])
    assert (grain.name(), grain.symbol()) == (text, text[::-1])


@pytest.mark.parametrize("text", ["Mühlenteich Körnchen", "穀物", "a b", "0"])
def test_name__beyond_ascii__comes_back(evm: Evm, governor: Contract, text: str) -> None:
    assert new_grain(evm, governor, name=text).name() == text


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9, 17, 32])
def test_name__that_ends_in_the_smallest_character__comes_back(
    evm: Evm, governor: Contract, size: int
) -> None:
    name = "x" * (size - 1) + "\1"
    assert new_grain(evm, governor, name=name).name() == name


def test_can_mint__up_to_the_cap__says_what_mint_does(
    grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    grain.mint(gardener, 10, sender=distributor)
    left = MAX_SUPPLY - 10
    assert [grain.can_mint(distributor, each) for each in (left, left + 1)] == [True, False]
    assert not grain.can_mint(gardener, 1)
    grain.mint(gardener, left, sender=distributor)
    assert [grain.can_mint(distributor, each) for each in (0, 1)] == [True, False]


def test_grains__of_one_blueprint__share_nothing(
    evm: Evm, governor: Contract, grain: Contract, distributor: Actor, gardener: Actor
) -> None:
    other = new_grain(evm, governor, name="another", symbol="OTHER")
    grain.mint(gardener, 9, sender=distributor)
    assert (other.name(), other.symbol()) == ("another", "OTHER")
    assert (other.balanceOf(gardener), other.totalSupply()) == (0, 0)
    assert other.is_minter(distributor) is False
    assert other.DOMAIN_SEPARATOR() != grain.DOMAIN_SEPARATOR()


def test_abi__is_exactly_this__so_nobody_pauses_burns_or_owns() -> None:
    functions = {e["name"] for e in artifact("Grain").abi if e["type"] == "function"}
    erc20 = {"transfer", "transferFrom", "approve", "allowance", "balanceOf", "totalSupply"}
    metadata = {"name", "symbol", "decimals"}
    signing = {"permit", "nonces", "DOMAIN_SEPARATOR", "eip712Domain"}
    ours = {"setup", "set_minter", "mint", "mint_many", "is_minter", "can_mint", "hub", "governor"}
    assert functions == erc20 | metadata | signing | ours


def test_money__sent_along__is_refused(evm: Evm, grain: Contract, gardener: Actor) -> None:
    with evm.reverts(""):
        grain.approve(gardener, 1, sender=gardener, value=1)
    with evm.reverts(""):
        evm.call(gardener, grain, value=1)
