# SPDX-License-Identifier: AGPL-3.0-only
"""Whoever a Pool calls may call it back: from every hook, each function and each view.

Vyper's lock refuses without a text, before anything else is looked at; the Pool's own refusals all
have one. So a nested call that fails without a text was stopped by the lock, provided that the same
call at rest goes through or fails with a text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.compiled import artifact
from tests.contracts.evm import ETH, Contract, Log, Reverted
from tests.contracts.pools import DAY, PURPOSE, ZERO, House

# They change nothing but the log, and take what is sent here during a payment too.
OPEN_DOORS = {"onERC721Received", "onERC1155Received", "onERC1155BatchReceived"}


@dataclass(frozen=True)
class Trap:
    """A pool in which everybody whom it may call can call back."""

    house: House
    token: Contract
    payee: Contract
    spender: Contract
    earmark: int
    ended: int

    def arm(self, data: bytes) -> None:
        """From now on everybody calls the pool with `data`, and tells in an event how it went."""
        for contract in (self.token, self.payee, self.spender):
            contract.call_back(self.house.pool, data, sender=self.house.hub)

    def disarm(self) -> None:
        """Everybody behaves again."""
        self.token.behave(0, sender=self.house.hub)
        self.payee.behave(0, sender=self.house.hub)
        self.spender.call_back(ZERO, b"", sender=self.house.hub)

    def changes(self) -> dict[str, bytes]:
        """One call of each function that is not a view."""
        token, permit = self.token, (2**200, 27, b"\x01" * 32, b"\x02" * 32)
        arguments: dict[str, tuple[Any, ...]] = {
            "give": (0, token, 1, "", False),
            "give_with_permit": (0, token, 1, "", False, *permit),
            "sync": (token,),
            "withdraw": (token, self.payee),
            "reclaim": (self.ended, token),
            "reclaim_for_general_fund": (self.ended, token),
            "lapse": (self.earmark,),
            "update": (0, "", bytes(32)),
            "reserve": (self.earmark, token, 1),
            "unreserve": (self.earmark, token, 1),
            "release": (self.earmark, token, self.payee, 1),
            "release_many": (self.earmark, token, []),
            "open_earmark": (3, *PURPOSE, ZERO, False, 0, b""),
            "spend": (0, token, self.payee, 1),
            "move": (0, self.earmark, token, 1),
            "put_back": (token, 1),
            "accept_loss": (token, 1),
            "set_patron_grain": (0, token, 1, 1, DAY),
            "send_nft": (token, self.payee, 1),
            "send_multi_token": (token, self.payee, 1, 1),
            "setup": (self.payee, self.payee),
        }
        assert set(arguments) == functions(view=False) - OPEN_DOORS
        return {name: self.house.pool.calldata(name, *a) for name, a in arguments.items()}

    def views(self) -> dict[str, bytes]:
        """One call of each view."""
        book = [(self.earmark, asset) for asset in (ETH, self.token)]
        arguments: dict[str, list[tuple[Any, ...]]] = {
            "balance_of": book,
            "received": book,
            "reserved": book,
            "unreserved": book,
            "earmark": [(self.earmark,)],
            "earmark_count": [()],
            "gift_of": [(self.ended, asset, self.payee) for asset in (ETH, self.token)],
            "reclaimable": [(self.ended, asset, self.payee) for asset in (ETH, self.token)],
            "held": [(ETH,), (self.token,)],
            "owed": [(ETH, self.payee), (self.token, self.payee)],
            "surplus": [(ETH,)],
            "factor_of": [(ETH,), (self.token,)],
            "patron_grain_of": book,
            "supportsInterface": [(bytes.fromhex("150b7a02"),)],
            "governor": [()],
            "grain": [()],
            "hub": [()],
        }
        assert set(arguments) == functions(view=True)
        return {
            f"{name}{n}": self.house.pool.calldata(name, *a)
            for name, several in arguments.items()
            for n, a in enumerate(several)
        }


def functions(*, view: bool) -> set[str]:
    """The Pool's functions by name."""
    kinds = {"view", "pure"} if view else {"nonpayable", "payable"}
    abi = artifact("Pool").abi
    return {e["name"] for e in abi if e["type"] == "function" and e["stateMutability"] in kinds}


@pytest.fixture
def trap(house: House) -> Trap:
    """1,000 of each asset in the general fund, an earmark with 500 reserved, and an ended one."""
    token, payee, spender = (
        house.evm.deploy(name) for name in ("OddToken", "OddPayee", "MockSpender")
    )
    earmark = house.open(spender, restricted=True)
    ended = house.open(spender, restricted=True, deadline=house.evm.now + DAY)
    for asset in (token, ETH):
        house.give(0, asset, 1000)
        house.give(earmark, asset, 1000)
        house.pool.reserve(earmark, asset, 500, sender=spender)
    token.mint(payee, 2000, sender=house.hub)
    token.approve(house.pool, 2000, sender=payee)
    house.pool.give(ended, token, 1000, "", sender=payee)
    house.pool.give(ended, ETH, 1000, "", sender=payee, value=1000)
    # A debt of 10 in each asset, to be withdrawn.
    token.freeze(payee, True, sender=house.hub)
    payee.behave(1, sender=house.hub)
    house.pool.spend(0, token, payee, 10, sender=house.governor)
    house.pool.spend(0, ETH, payee, 10, sender=house.governor)
    token.freeze(payee, False, sender=house.hub)
    house.evm.warp(DAY)
    found = Trap(house, token, payee, spender, earmark, ended)
    found.disarm()
    return found


def _spend(trap: Trap, asset: Any) -> None:
    trap.house.pool.spend(0, asset, trap.payee, 1, sender=trap.house.governor)


def _release(trap: Trap, asset: Any) -> None:
    trap.house.pool.release(trap.earmark, asset, trap.payee, 1, sender=trap.spender)


def _release_many(trap: Trap, asset: Any) -> None:
    batch = [2**160 + int(trap.payee.address, 16)]
    trap.house.pool.release_many(trap.earmark, asset, batch, sender=trap.spender)


def _reclaim(trap: Trap, asset: Any) -> None:
    trap.house.pool.reclaim(trap.ended, asset, sender=trap.payee)


def _withdraw(trap: Trap, asset: Any) -> None:
    trap.house.pool.withdraw(asset, trap.payee, sender=trap.payee)


def _give(trap: Trap, asset: Any) -> None:
    trap.house.pool.give(0, asset, 1, "", sender=trap.payee)


def _give_with_permit(trap: Trap, asset: Any) -> None:
    permit = (2**200, 27, b"\x01" * 32, b"\x02" * 32)
    trap.house.pool.give_with_permit(0, asset, 1, "", False, *permit, sender=trap.payee)


def _open(trap: Trap, _asset: Any) -> None:
    trap.house.open(trap.spender)


Hook = Callable[[Trap, Any], None]
PUSHES: list[Hook] = [_spend, _release, _release_many, _reclaim, _withdraw]
PULLS: list[Hook] = [_give, _give_with_permit]
HOOKS = [(hook, asset) for hook in PUSHES for asset in ("ETH", "token")]
ALL_HOOKS = [*HOOKS, *((hook, "token") for hook in PULLS), (_open, "token")]


def run(trap: Trap, hook: Hook, asset: str) -> Log:
    """What the called-back contract reports from inside."""
    hook(trap, ETH if asset == "ETH" else trap.token)
    [report] = [log for log in trap.house.evm.logs if log.name == "CalledBack"]
    return report


@pytest.mark.parametrize(("hook", "asset"), ALL_HOOKS)
def test_reentrancy__every_function_from_every_hook__is_locked_out(
    trap: Trap, hook: Hook, asset: str
) -> None:
    for name, data in trap.changes().items():
        point = trap.house.evm.snapshot()
        trap.arm(data)
        report = run(trap, hook, asset)
        assert (name, report.args) == (name, {"ok": False, "answer": b""})
        trap.house.evm.restore(point)


def test_reentrancy__the_same_calls_at_rest__never_fail_without_a_text(trap: Trap) -> None:
    went_through = set()
    for name, data in trap.changes().items():
        point = trap.house.evm.snapshot()
        for caller in (trap.payee, trap.spender, trap.house.governor):
            reason = "went through"
            try:
                trap.house.evm.call(caller, trap.house.pool, data)
                went_through.add(name)
            except Reverted as error:
                reason = error.reason
            assert reason, name
        trap.house.evm.restore(point)
    assert went_through >= {"give", "withdraw", "reclaim", "reserve", "release", "spend", "move"}


@pytest.mark.parametrize(("hook", "asset"), HOOKS)
def test_views__during_a_payment__show_the_final_books(trap: Trap, hook: Hook, asset: str) -> None:
    for name, data in trap.views().items():
        point = trap.house.evm.snapshot()
        trap.arm(data)
        report = run(trap, hook, asset)
        final = trap.house.evm.call(trap.house.hub, trap.house.pool, data, static=True)
        assert (name, report.args) == (name, {"ok": True, "answer": final})
        trap.house.evm.restore(point)


def test_views__while_an_earmark_is_opened__show_it(trap: Trap) -> None:
    for data in trap.views().values():
        point = trap.house.evm.snapshot()
        trap.arm(data)
        report = run(trap, _open, "token")
        final = trap.house.evm.call(trap.house.hub, trap.house.pool, data, static=True)
        assert report.args == {"ok": True, "answer": final}
        trap.house.evm.restore(point)


def test_receivers__a_collectible_from_a_payee__is_taken_during_a_payment(trap: Trap) -> None:
    pool, payee = trap.house.pool, trap.payee.address
    for name, what in (
        ("onERC721Received", (7, b"")),
        ("onERC1155Received", (7, 3, b"")),
        ("onERC1155BatchReceived", ([7], [3], b"")),
    ):
        trap.arm(pool.calldata(name, payee, payee, *what))
        assert run(trap, _spend, "ETH").args["ok"] is True
        assert "CollectibleReceived" in [log.name for log in trap.house.evm.logs]


def test_default__plain_eth_from_a_payee__is_taken_during_a_payment(trap: Trap) -> None:
    trap.arm(b"")
    report = run(trap, _spend, "ETH")
    assert report.args["ok"] is True
    trap.house.check_books(ETH, trap.payee)
