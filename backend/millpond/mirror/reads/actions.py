# SPDX-License-Identifier: AGPL-3.0-only
"""What a proposal would do: each call with its contract, its function and its arguments by name.

Calls of this project's contracts are decoded by their frozen ABIs, calls of tokens that a pool has
had money in by ERC-20. Whatever cannot be decoded says so; the raw bytes are always beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Abi, Param, Value, decode_values
from millpond.chain.answers import NO_ADDRESS, BadAnswer
from millpond.core.errors import BadInput
from millpond.core.figures import Money
from millpond.core.subjects import to_hex
from millpond.mirror.reads.pools import CLASSES, PolicyTerms, Pool
from millpond.mirror.reads.snapshot import Row, Snapshot
from millpond.mirror.words import readable

Plain: TypeAlias = str | bool | list["Plain"] | dict[str, "Plain"]
"""A decoded value: whole numbers as decimal digits, bytes as 0x-hex, a struct by its members."""

_ERC20_KIND = "ERC-20 token"
_SELECTOR = 4
_ERC20 = ("transfer", "transferFrom", "approve")
_POLICY = abi.load("CredDistributor").function("set_policy", 1).inputs


@dataclass(frozen=True)
class Argument:
    """One argument of a call."""

    name: str
    type: str
    value: Plain
    money: Money | None
    """Where it is an amount of an asset that the call names."""


@dataclass(frozen=True)
class Call:
    """A call that could be decoded."""

    contract: str
    """Its kind, such as Pool."""
    function: str
    signature: str
    arguments: tuple[Argument, ...]
    policy: PolicyTerms | None = None
    """The payout policy that the call carries, if it carries one."""

    def value(self, name: str) -> Plain:
        """One argument by name."""
        return next(each.value for each in self.arguments if each.name == name)

    def money(self, name: str) -> Money | None:
        """One argument by name, as money."""
        return next(each.money for each in self.arguments if each.name == name)


@dataclass(frozen=True)
class Action:
    """One call that a proposal would make."""

    position: int
    target: str
    target_kind: str | None
    """The kind of contract that stands there, if the mirror knows it."""
    target_pool: str | None
    """The address of the pool it belongs to."""
    value: Money
    """ETH that goes along."""
    class_name: str
    """The class of vote that this call takes."""
    calldata: str
    call: Call | None
    undecoded: str | None
    """Why there is no `call`."""


def actions_of(now: Snapshot, pool: Pool, proposal: str) -> tuple[Action, ...]:
    """The calls of a proposal, in order."""
    query = """
        SELECT a.*, k.class FROM actions a
        JOIN action_classes k USING (governor, proposal_id, position)
        WHERE a.governor = ? AND a.proposal_id = ? ORDER BY a.position
    """
    return tuple(_action(now, row) for row in now.rows(query, pool.parts.governor, proposal))


def _action(now: Snapshot, row: Row) -> Action:
    target, data = row["target"], bytes.fromhex(row["calldata"][2:])
    kind, owner = now.kind_of(target)
    form, name = _form(now, target, kind)
    call, undecoded = _decoded(now, name, form, target, data)
    return Action(
        position=row["position"],
        target=target,
        target_kind=name,
        target_pool=owner,
        value=now.money(row["value"], NO_ADDRESS),
        class_name=CLASSES[row["class"]],
        calldata=row["calldata"],
        call=call,
        undecoded=undecoded,
    )


def _form(now: Snapshot, target: str, kind: str | None) -> tuple[Abi | None, str | None]:
    """The ABI to read a call by."""
    if kind is not None:
        return abi.load(kind), kind
    if target == NO_ADDRESS or not now.knows(target):
        return None, None
    # Grain is an ERC-20, so its ABI has the standard's functions with names for their arguments.
    standard = {name: abi.load("Grain").functions[name] for name in _ERC20}
    return Abi(_ERC20_KIND, standard, {}, ()), _ERC20_KIND


def _decoded(
    now: Snapshot, kind: str | None, form: Abi | None, target: str, data: bytes
) -> tuple[Call | None, str | None]:
    if not data:
        return None, "it calls no function; it only sends ETH"
    if form is None or kind is None:
        return None, "the contract is none of this Hub's and no token that is known here"
    if len(data) < _SELECTOR:
        return None, f"{len(data)} bytes are too few to name a function"
    try:
        function, values = form.decode_call(data)
    except BadInput:
        return None, f"{kind} has no function with selector {to_hex(data[:_SELECTOR])}"
    except BadAnswer:
        return None, "its arguments are not what the function takes"
    named = dict(zip((param.name for param in function.inputs), values, strict=True))
    arguments = tuple(
        Argument(param.name, param.form, _plain(param, value), _money(now, param, target, named))
        for param, value in zip(function.inputs, values, strict=True)
    )
    policy = _policy(now, target, named)
    return Call(kind, function.name, function.signature, arguments, policy), None


def _money(now: Snapshot, param: Param, target: str, named: dict[str, Value]) -> Money | None:
    """An amount beside an `asset`, or of the token that is called."""
    if param.name != "amount":
        return None
    return now.money(named["amount"], named.get("asset", target))


def _plain(param: Param, value: Value) -> Plain:
    if param.type.endswith("]"):
        inner = Param("", param.type[: param.type.rindex("[")], param.parts, False)
        return [_plain(inner, each) for each in value]
    if param.type == "tuple":
        parts = zip(param.parts, value, strict=True)
        return {part.name: _plain(part, each) for part, each in parts}
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return to_hex(value)
    return readable(value) if param.type == "string" else str(value)


def _policy(now: Snapshot, target: str, named: Mapping[str, Value]) -> PolicyTerms | None:
    """Its argument `policy`, or the parameters of an earmark that a distributor is to pay out."""
    distributor = str(named.get("spender", target))
    row = now.row("SELECT grain FROM pools WHERE distributor = ?", distributor)
    if row is None:
        return None
    policy = named.get("policy")
    if "params" in named:
        try:
            [policy] = decode_values(_POLICY, named["params"], "a policy")
        except BadAnswer:
            return None
    if policy is None:
        return None
    return PolicyTerms(
        income_earmark=policy.income_earmark,
        payout_bps=policy.payout_bps,
        minimum=now.money(policy.minimum, policy.asset),
        grain_per_epoch=now.money(policy.grain_per_epoch, row["grain"]),
        signer_cap_bps=policy.signer_cap_bps,
        epoch_length=policy.epoch_length,
        claim_window=policy.claim_window,
    )
