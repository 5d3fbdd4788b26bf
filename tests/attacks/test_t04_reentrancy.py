# SPDX-License-Identifier: AGPL-3.0-only
"""T04: whoever is paid calls back.

Who and what for: a payee who is owed a debt and, while it is paid, asks for it again; a contributor
who claims her leaf again while it is paid; and whoever may be called tries every function there is,
from every place where we call strangers.
In the world: The DAO (2016); Cream (2021), by another function than the one that was locked;
Curve's pools (2023), where Vyper 0.2.15 to 0.3.0 gave each function a lock of its own.
The defence: all is in the books before a stranger is called (`payments._pay`, `payouts._book`); one
lock over all functions of a contract, whatever file they are in (`pragma nonreentrancy on` in
each); a payee gets 200,000 gas, too little for another payment. There are three, so the weakened
copy lacks all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.attacks.money import Outcome, Works, on_both
from tests.attacks.money_weak import UNLOCKED
from tests.contracts.compiled import artifact
from tests.contracts.coop import Coop
from tests.contracts.distributors import Epoch, subject_of
from tests.contracts.evm import ETH, Contract, Evm, Log, Reverted, State

REFUSES = 1  # way of contracts/mocks/OddPayee.vy
INCOME, FUND, DEBT = 1_000, 500, 100
VIEWS = ("view", "pure")
# Who calls these moves what is his own, or makes an event that is worth what he is.
OWN = {"transfer", "approve", "permit", "onERC721Received", "onERC1155Received"}


def asks_twice(evm: Evm) -> Outcome:
    """He is owed 100, and asks again while he is paid."""
    coop, thief = Coop(evm), evm.deploy("OddPayee")
    coop.give(FUND)
    thief.behave(REFUSES, sender=coop.relayer)
    coop.enact(coop.spending(thief, DEBT), text="pay")
    again = coop.pool.calldata("withdraw", ETH, thief)
    thief.call_back(coop.pool, again, sender=coop.relayer)
    coop.pool.withdraw(ETH, thief, sender=thief)
    return Outcome("", evm.balance(thief) - DEBT)


def claims_twice(evm: Evm) -> Outcome:
    """Half of the pot is his, and he claims it again while it is paid."""
    raid = raided(evm, ETH)
    works, thief = raid.works, raid.thief
    arguments = works.claim_arguments(subject_of(thief), [raid.epoch], thief)
    again = works.distributor.calldata("claim", *arguments)
    thief.call_back(works.distributor, again, sender=works.relayer)
    before = evm.balance(thief)
    works.distributor.claim(*arguments, sender=thief)
    return Outcome("", evm.balance(thief) - before - INCOME // 2)


def test_withdraw__again_from_the_payment__is_paid_once() -> None:
    shipped, weak = on_both(asks_twice, UNLOCKED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", FUND - DEBT)


def test_claim__again_from_the_payment__is_paid_once() -> None:
    shipped, weak = on_both(claims_twice, UNLOCKED)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", INCOME // 2)


# --- every function from every hook -------------------------------------------------------------


@dataclass(frozen=True)
class Raid:
    """A final epoch of which half is the thief's, a fund, and a debt to the thief."""

    works: Works
    asset: Any
    thief: Contract
    epoch: Epoch

    @property
    def hooked(self) -> Contract:
        """Who is called: the payee of ETH, or the token."""
        return self.thief if self.asset == ETH else self.asset

    def all_there_is(self) -> State:
        """Every account's money and storage, but for what the one who calls back remembers."""
        found = self.works.evm.state()
        mine = self.hooked.address.lower()
        found[mine] = (found[mine][0], found[mine][1], {} if self.asset == ETH else self.sums())
        return found

    def sums(self) -> dict[str, str]:
        """What the token says that people have."""
        people = (self.works.pool, self.thief, self.works.evm.actor("ada"), self.works.patron)
        return {who.address: str(self.asset.balanceOf(who)) for who in people}


def raided(evm: Evm, asset: Any) -> Raid:
    """Ready to be attacked."""
    thief, ada = evm.deploy("OddPayee"), evm.actor("ada")
    works = Works(evm, asset=asset, minimum=1)
    epoch = works.run({subject_of(thief): 1, subject_of(ada): 1}, INCOME, asset)
    works.give(FUND, asset, 0)
    hooked = thief if asset == ETH else asset
    hooked.behave(REFUSES if asset == ETH else 16, sender=works.relayer)
    works.coop.enact(works.coop.spending(thief, DEBT, asset), text="a debt")
    hooked.behave(0, sender=works.relayer)
    if asset != ETH:
        asset.mint(thief, INCOME, sender=works.relayer)
        asset.approve(works.pool, INCOME, sender=thief)
    assert works.pool.owed(asset, thief) == DEBT
    return Raid(works, asset, thief, epoch)


def _claim(raid: Raid) -> None:
    raid.works.claim(subject_of(raid.thief), [raid.epoch], raid.thief, raid.thief)


def _payday(raid: Raid) -> None:
    raid.works.payday(raid.epoch)


def _claim_many(raid: Raid) -> None:
    raid.works.claim_many([raid.epoch], [(subject_of(raid.thief), 0)])


def _withdraw(raid: Raid) -> None:
    raid.works.pool.withdraw(raid.asset, raid.thief, sender=raid.thief)


def _give(raid: Raid) -> None:
    raid.works.pool.give(0, raid.asset, 1, "", sender=raid.thief)


Hook = Callable[[Raid], None]
HOOKS: list[Hook] = [_claim, _payday, _withdraw]
EVERYWHERE = [*((hook, asset) for hook in HOOKS for asset in ("ETH", "token")), (_give, "token")]


def raid_of(asset: str) -> Raid:
    evm = Evm()
    return raided(evm, ETH if asset == "ETH" else evm.deploy("OddToken"))


def dummy(item: dict[str, Any], raid: Raid) -> Any:
    """Something of that type: the thief, the earmark, the asset."""
    kind = item["type"]
    if kind.endswith("]"):
        size = kind[kind.rindex("[") + 1 : -1]
        inner = {**item, "type": kind[: kind.rindex("[")]}
        return [dummy(inner, raid) for _ in range(int(size or 0))]
    if kind == "tuple":
        return tuple(dummy(part, raid) for part in item["components"])
    plain: dict[str, Any] = {"bool": True, "string": "", "bytes": b"", "bytes4": bytes(4)}
    if kind == "address":
        return raid.asset if item["name"] == "asset" else raid.thief
    if kind == "bytes32":
        return subject_of(raid.thief) if item["name"] == "subject" else bytes(32)
    return plain.get(kind, 1)


def meant(raid: Raid) -> dict[str, tuple[Any, ...]]:
    """Calls that would pay somebody, if they went through."""
    works, epoch, ada = raid.works, raid.epoch, raid.works.evm.actor("ada")
    subject = subject_of(ada)
    leaf = (subject, 0, epoch.tree.index(subject), 1)
    return {
        "claim": works.claim_arguments(subject_of(raid.thief), [epoch], raid.thief),
        "claim_many": (epoch.previous, [epoch.packed], [leaf], epoch.proof(subject)),
        "payday": (epoch.previous, epoch.packed, epoch.tree.leaves, 0, 2),
        "withdraw": (raid.asset, raid.thief),
        "give": (0, raid.asset, 1, "", False),
    }


def calls(raid: Raid, *, views: bool) -> Iterator[tuple[str, Contract, bytes]]:
    """One call of each function of the three contracts that have or pay something."""
    for contract in (raid.works.pool, raid.works.distributor, raid.works.grain):
        for entry in artifact(contract.contract_name).abi:
            if entry["type"] != "function" or (entry["stateMutability"] in VIEWS) is not views:
                continue
            name = entry["name"]
            arguments = tuple(dummy(item, raid) for item in entry["inputs"])
            special = meant(raid).get(name, ())
            if len(special) == len(arguments):
                arguments = special
            yield name, contract, contract.calldata(name, *arguments)


def run(raid: Raid, hook: Hook, target: Contract, data: bytes) -> Log:
    """What the one who called back first met."""
    raid.hooked.call_back(target, data, sender=raid.works.relayer)
    hook(raid)
    return next(log for log in raid.works.evm.logs if log.name == "CalledBack")


@pytest.mark.parametrize(("hook", "asset"), EVERYWHERE)
def test_hooks__any_function_of_any_contract__changes_nobodys_money(hook: Hook, asset: str) -> None:
    raid = raid_of(asset)
    evm, pool = raid.works.evm, raid.works.pool
    point = evm.snapshot()
    run(raid, hook, pool, pool.calldata("hub"))
    quiet = raid.all_there_is()
    evm.restore(point)
    tried = 0
    for name, contract, data in calls(raid, views=False):
        point = evm.snapshot()
        report = run(raid, hook, contract, data)
        found = raid.all_there_is()
        if name in OWN and contract is raid.works.grain:
            found[contract.address.lower()] = quiet[contract.address.lower()]
        changed = [who for who in {*found, *quiet} if found.get(who) != quiet.get(who)]
        assert (name, changed) == (name, [])
        if contract is pool and name not in (*OWN, "onERC1155BatchReceived"):
            # the lock refuses before anything is looked at, and without a text
            assert (name, report.args) == (name, {"ok": False, "answer": b""})
        evm.restore(point)
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("asset", ["ETH", "token"])
@pytest.mark.parametrize("hook", [_claim, _claim_many, _withdraw])
def test_hooks__any_view_of_any_contract__says_what_is_true_at_the_end(
    hook: Hook, asset: str
) -> None:
    raid = raid_of(asset)
    evm = raid.works.evm
    for name, contract, data in calls(raid, views=True):
        # A token that calls before it moves has not moved yet, so the Pool has more of it than it
        # will need: nothing acts on that but `sync`, which is locked.
        if name == "surplus" and asset == "token":
            continue
        point = evm.snapshot()
        report = run(raid, hook, contract, data)
        try:
            final = evm.call(raid.works.relayer, contract, data, static=True)[:160]
        except Reverted:
            assert (name, report.args["ok"]) == (name, False)
        else:
            assert (name, report.args) == (name, {"ok": True, "answer": final})
        evm.restore(point)
