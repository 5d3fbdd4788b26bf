# SPDX-License-Identifier: AGPL-3.0-only
"""Each contract has one lock, and each function says in its source whether it asks for it.

Here the lock is held, by the contract's own hand, as it is while a stranger is called. Then each
function that is marked `@reentrant` does what it does at rest, and each other one refuses before it
looks at anything, without a text. Which are which is read from the sources, so a new function is in
by itself. Where strangers can really call from is tested beside the money (test_pool_reentrancy,
test_admission_odd_tokens, tests/attacks/test_t04_reentrancy).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyrevm
import pytest

from tests.contracts.compiled import artifact, source_of, sources_of
from tests.contracts.coop import DAY, FOR, ZERO, Coop, ascending, choice, values
from tests.contracts.evm import ETH, Contract, Reverted
from tests.contracts.grains import permit_data, vrs
from tests.contracts.pools import WHOLE
from tests.contracts.test_admission_join import inviting

FUNCTION = re.compile(r"^((?:@\w+\n)+)def (\w+)\(", re.MULTILINE)
GETTER = re.compile(r"^(\w+): public\((reentrant\()?", re.MULTILINE)
DEFAULT = "__default__"
# PUSH1 1, PUSH0, TSTORE: what Vyper's lock writes, and where. Run at the place of a contract it
# does what a call of a locked function does that is under way.
TAKES_THE_LOCK = bytes.fromhex("60015f5d")
LOCKED = ("refuses", "")

Call = tuple[Any, Contract, bytes]
"""Who calls, whom, and with what."""


def marks(name: str) -> dict[str, bool]:
    """The functions of a contract, and whether each is `@reentrant`."""
    found: dict[str, bool] = {}
    for path in [*sources_of(source_of(name)), source_of(name)]:  # the last word is the contract's
        text = path.read_text("utf-8") if path.suffix == ".vy" else ""
        for decorators, function in FUNCTION.findall(text):
            if "@external\n" in decorators:
                found[function] = "@reentrant\n" in decorators
        found |= {getter: bool(mark) for getter, mark in GETTER.findall(text)}
    abi = artifact(name).abi
    mine = {e.get("name", DEFAULT) for e in abi if e["type"] in ("function", "fallback")}
    return {function: found[function] for function in sorted(mine)}


@dataclass
class Scene:
    """A contract in use. Each function is called with arguments that fit their names, or their
    types, by anybody; or as is said here, perhaps by way of another contract."""

    contract: Contract
    named: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._code = self.contract.evm.code(self.contract)

    def outcome(self, function: str, *, locked: bool) -> tuple[str, Any]:
        """Whether it answers, and what; or the reason why it refuses."""
        evm = self.contract.evm
        point = evm.snapshot()
        caller, target, data = self.calls.get(function) or self._any_call(function)
        if locked:
            self._take_the_lock()
        try:
            value = 1 if function == DEFAULT else 0
            return "answers", (evm.call(caller, target, data, value=value), evm.logs)
        except Reverted as error:
            return "refuses", error.reason
        finally:
            evm.restore(point)

    def _take_the_lock(self) -> None:
        """For the next call: at its end the bench forgets what is transient."""
        machine, place = self.contract.evm._vm, self.contract.address  # noqa: SLF001  (no call ends with it taken)
        worth = self.contract.evm.balance(self.contract)
        for code in (TAKES_THE_LOCK, self._code):
            machine.insert_account_info(place, pyrevm.AccountInfo(nonce=1, code=code))
            machine.set_balance(place, worth)
            if code == TAKES_THE_LOCK:
                machine.message_call(ZERO, place)

    def _any_call(self, function: str) -> Call:
        abi = artifact(self.contract.contract_name).abi
        forms = [e["inputs"] for e in abi if e.get("name") == function and e["type"] == "function"]
        arguments = [self._some(item) for item in max(forms, key=len, default=[])]
        data = self.contract.calldata(function, *arguments) if forms else b""
        return self.contract.evm.reader, self.contract, data

    def _some(self, item: dict[str, Any]) -> Any:
        kind = item["type"]
        if item["name"] in self.named:
            return self.named[item["name"]]
        if kind.endswith("]"):
            size = kind[kind.rindex("[") + 1 : -1]
            inner = {**item, "type": kind[: kind.rindex("[")]}
            return [self._some(inner) for _ in range(int(size or 0))]
        if kind == "tuple":
            return tuple(self._some(part) for part in item["components"])
        if kind.startswith("bytes"):
            return bytes(int(kind.removeprefix("bytes") or 0))
        return {"bool": True, "string": "", "address": self.contract.evm.reader}.get(kind, 0)


# --- the five contracts in use ------------------------------------------------------------------


def by_vote(coop: Coop, contract: Contract, *calls: tuple[Any, ...]) -> Call:
    """The execution of a proposal that has passed: these functions with these arguments."""
    actions = [(contract, 0, contract.calldata(name, *arguments)) for name, *arguments in calls]
    proposal = coop.passed(*actions, text="by vote")
    return coop.relayer, coop.governor, coop.governor.calldata("execute", *proposal.content)


def governor(coop: Coop) -> Scene:
    """A proposal is ready, another is open and as good as decided, and a part has raised one."""
    evm, contract, (ada, bob, cleo) = coop.evm, coop.governor, coop.founders
    part, newcomer = coop.part("decide"), evm.actor("newcomer")
    coop.enact(coop.offering(newcomer), coop.asking(ada, evm.actor("new key")), text="in")
    several = by_vote(
        coop,
        contract,
        ("remove", bob),
        ("set_rules", values(coop.rules)),
        ("install", evm.deploy("Puppet"), bytes(4)),
    )
    vote = coop.opened((coop.patron, 0, b""), text="open", by=bob)
    coop.vote(vote, FOR, ada, bob)
    raised = coop.raised(part)
    evm.warp(1)
    until, end = evm.now + DAY, contract.proposalDeadline(raised.id)
    signed = cleo.sign(coop.ballot(vote, cleo, FOR, deadline=until))
    by_sig = (vote.id, FOR, cleo, cleo.sign(coop.oz_ballot(vote, cleo, FOR)))

    def by(caller: Any, name: str, *arguments: Any) -> dict[str, Call]:
        return {name: (caller, contract, contract.calldata(name, *arguments))}

    moved = coop.admission.calldata("complete_rebind", ada, 0, b"")
    return Scene(
        contract,
        {"proposalId": vote.id, "timepoint": evm.now - 1, "account": ada},
        dict.fromkeys(("execute", "remove", "set_rules", "install"), several)
        | by(cleo, "propose", [coop.patron], [0], [b""], "another")
        | by(bob, "cancel", *vote.content)
        | by(bob, "hashProposal", *vote.content)
        | by(part, "extend_consent", raised.id, end + DAY)
        | by(cleo, "castVote", vote.id, FOR)
        | by(cleo, "castVoteWithReason", vote.id, FOR, "why not")
        | by(bob, "castVoteBySig", *by_sig)
        | by(bob, "vote_by_signatures", vote.id, until, coop.signed(vote, cleo, FOR), [])
        | by(bob, "vote_by_wallets", vote.id, until, [choice(cleo, FOR)], [bytes(32)], [signed])
        | {
            "admit": (newcomer, coop.admission, coop.admission.calldata("accept")),
            "rebind": (evm.actor("new key"), coop.admission, moved),
        },
    )


def grain(coop: Coop) -> Scene:
    """The first founder has some, and a part of the pool mints."""
    evm, contract, (ada, bob, _) = coop.evm, coop.grain, coop.founders
    minter = coop.part()
    naming = contract.calldata("set_minter", minter, True)
    coop.enact((contract, 0, naming), text="a minter")
    naming_more = by_vote(coop, contract, ("set_minter", coop.pool, True))
    contract.mint(ada, 10, sender=minter)
    contract.approve(bob, 5, sender=ada)
    signed = ada.sign(permit_data(contract, ada, bob, 7, name=contract.name()))

    def by(caller: Any, name: str, *arguments: Any) -> dict[str, Call]:
        return {name: (caller, contract, contract.calldata(name, *arguments))}

    return Scene(
        contract,
        {},
        by(ada, "transfer", coop.patron, 3)
        | by(ada, "approve", coop.patron, 3)
        | by(bob, "transferFrom", ada, coop.patron, 3)
        | by(bob, "permit", ada, bob, 7, evm.now, *vrs(signed))
        | by(minter, "mint", ada, 3)
        | by(minter, "mint_many", [3 << 160 | int(ada.address, 16)])
        | {"set_minter": naming_more},
    )


def pool(coop: Coop) -> Scene:
    """With money in it, some of it a part's to reserve, and a token of which half is gone."""
    spender, token = coop.part(), coop.evm.deploy("OddToken")
    coop.enact(coop.opening(spender), text="open")
    coop.give(100)
    coop.give(100, earmark=1)
    coop.give(100, token)
    token.rebase(WHOLE // 2, sender=coop.relayer)
    reserving = coop.pool.calldata("reserve", 1, ETH, 10)
    calls = {
        "reserve": (spender, coop.pool, reserving),
        "accept_loss": by_vote(coop, coop.pool, ("accept_loss", token, 1)),
    }
    return Scene(coop.pool, {"asset": ETH}, calls)


def admission(coop: Coop) -> Scene:
    """Two members invite somebody."""
    coop.evm.warp(2 * DAY)
    candidate, sponsors = coop.evm.actor("candidate"), ascending(coop.founders)[:2]
    invitations = [each.sign(inviting(coop, candidate, each)) for each in sponsors]
    terms = (candidate, coop.evm.now + DAY, sponsors, invitations, b"")
    joining = (candidate, coop.admission, coop.admission.calldata("join", *terms))
    return Scene(coop.admission, {}, {"join": joining})


def hub(coop: Coop) -> Scene:
    """With a pool that it made."""
    setup = coop.distributor.calldata("setup", [], 1, 1)
    kind = coop.hub.kinds()[0]
    return Scene(coop.hub, {"pool": coop.pool, "kind": kind, "setup_call": setup})


SCENES: dict[str, Callable[[Coop], Scene]] = {
    "Governor": governor,
    "Admission": admission,
    "Pool": pool,
    "Grain": grain,
    "Hub": hub,
}
# It answers in the transaction alone that makes the Grain.
REFUSES_LATER = {"setup": ("refuses", "grain: only the hub sets it up")}


@pytest.mark.parametrize("name", SCENES)
def test_lock__taken__each_reentrant_function_does_what_it_does_at_rest(
    coop: Coop, name: str
) -> None:
    scene = SCENES[name](coop)
    for function in [each for each, is_reentrant in marks(name).items() if is_reentrant]:
        outcome = scene.outcome(function, locked=False)
        assert outcome[0] == "answers" or outcome == REFUSES_LATER.get(function), function
        assert (function, scene.outcome(function, locked=True)) == (function, outcome)


@pytest.mark.parametrize("name", [each for each in SCENES if each != "Grain"])
def test_lock__taken__each_other_function_refuses_before_anything_else(
    coop: Coop, name: str
) -> None:
    scene = SCENES[name](coop)
    locked = [each for each, is_reentrant in marks(name).items() if not is_reentrant]
    assert locked
    for function in locked:
        assert (function, scene.outcome(function, locked=False)) != (function, LOCKED)
        assert (function, scene.outcome(function, locked=True)) == (function, LOCKED)


def test_setup__of_a_grain__asks_for_no_lock(coop: Coop) -> None:
    """Named here by its reason, "grain: only the hub sets it up", since it never answers later."""
    scene = grain(coop)
    assert scene.outcome("setup", locked=True) == REFUSES_LATER["setup"]
