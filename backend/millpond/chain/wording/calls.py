# SPDX-License-Identifier: AGPL-3.0-only
"""Bytes of a call back to its function and its arguments by name.

Calls of this project's contracts are decoded by their frozen ABIs, calls of tokens by ERC-20,
others by an ABI that is given. Whatever cannot be decoded says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from millpond.chain import abi
from millpond.chain.abi import Abi, Function, Param, Value, decode_values, plain
from millpond.chain.answers import NO_ADDRESS, BadAnswer
from millpond.chain.governance import Action
from millpond.chain.wording.known import Known
from millpond.core.errors import BadInput
from millpond.core.figures import Money, quoted
from millpond.core.subjects import to_hex

Plain: TypeAlias = str | bool | list["Plain"] | dict[str, "Plain"]
"""A decoded value: whole numbers as decimal digits, bytes as 0x-hex, a struct by its members."""

TOKEN = "ERC-20 token"  # noqa: S105  a kind of contract
_ERC20 = ("transfer", "transferFrom", "approve")
_SELECTOR = 4
_POLICY = "CredDistributor", "set_policy"
_BUY_IN = plain("address", "uint256")
_GRAIN_AMOUNTS = {("Pool", "set_patron_grain", "cap")}
_AMOUNTS = {"amount", "least"}


@dataclass(frozen=True)
class PolicyTerms:
    """How an earmark is paid out by cred."""

    income_earmark: int
    payout_bps: int
    minimum: Money
    grain_per_epoch: Money
    signer_cap_bps: int
    epoch_length: int
    claim_window: int
    zero_out_bps: int
    restorers: int
    fixed_portion: bool


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
    policy: PolicyTerms | None
    """The payout policy that the call carries, if it carries one."""
    params: tuple[Param, ...] = field(repr=False, compare=False)
    values: tuple[Value, ...] = field(repr=False, compare=False)
    mutability: str = field(repr=False, compare=False)
    target: str = field(repr=False, compare=False)
    exact: bool = field(repr=False, compare=False)
    """Whether the bytes are these arguments and nothing else."""

    @property
    def named(self) -> dict[str, Value]:
        """The arguments as they were decoded."""
        return dict(zip((param.name for param in self.params), self.values, strict=True))


def decoded(
    action: Action, known: Known, given: Abi | None = None
) -> tuple[str | None, Call | None, str | None]:
    """The kind of contract that is called, the call, and why there is none."""
    form = _form(action.target, known, given)
    kind = form.name if form else None
    if not action.data:
        return kind, None, "it calls no function; it only sends ETH"
    if form is None:
        return kind, None, "the contract is none of this Hub's and no token that is known here"
    if len(action.data) < _SELECTOR:
        return kind, None, f"{len(action.data)} bytes are too few to name a function"
    try:
        function, values = form.decode_call(action.data)
    except BadInput:
        return kind, None, f"{kind} has no function with selector {to_hex(action.data[:4])}"
    except BadAnswer:
        return kind, None, "its arguments are not what the function takes"
    return kind, call_of(form.name, function, values, action, known), None


def call_of(
    kind: str, function: Function, values: tuple[Value, ...], action: Action, known: Known
) -> Call:
    """A decoded call with its amounts as money."""
    named = dict(zip((param.name for param in function.inputs), values, strict=True))
    arguments = tuple(
        Argument(
            param.name,
            param.form,
            plain_value(param, value),
            _money(param.name, kind, function.name, named, action.target, known),
        )
        for param, value in zip(function.inputs, values, strict=True)
    )
    return Call(
        kind,
        function.name,
        function.signature,
        arguments,
        _policy_in(kind, function.name, named, action.target, known),
        function.inputs,
        values,
        function.mutability,
        action.target,
        function.encode(values) == action.data,
    )


@cache
def signatures_of(selector: bytes) -> tuple[str, ...]:
    """The functions of this project's contracts that a selector could name."""
    return tuple(
        sorted(
            {
                function.signature
                for name in abi.names()
                for overloads in abi.load(name).functions.values()
                for function in overloads
                if function.selector == selector
            }
        )
    )


def buy_in_of(params: bytes, known: Known) -> Money | None:
    """The buy-in in the parameters of an earmark whose spender is the Admission."""
    try:
        asset, amount = decode_values(_BUY_IN, params, "a buy-in")
    except BadAnswer:
        return None
    return Money(amount, known.asset(asset)) if params == _encoded(asset, amount) else None


def policy_of(policy: Value, known: Known) -> PolicyTerms:
    """A payout policy with its amounts as money."""
    return PolicyTerms(
        income_earmark=policy.income_earmark,
        payout_bps=policy.payout_bps,
        minimum=Money(policy.minimum, known.asset(policy.asset)),
        grain_per_epoch=Money(policy.grain_per_epoch, known.asset(known.here.grain)),
        signer_cap_bps=policy.signer_cap_bps,
        epoch_length=policy.epoch_length,
        claim_window=policy.claim_window,
        zero_out_bps=policy.zero_out_bps,
        restorers=policy.restorers,
        fixed_portion=policy.fixed_portion,
    )


def plain_value(param: Param, value: Value) -> Plain:
    """A decoded value as data."""
    if param.type.endswith("]"):
        inner = Param("", param.type[: param.type.rindex("[")], param.parts, False)
        return [plain_value(inner, each) for each in value]
    if param.type == "tuple":
        parts = zip(param.parts, value, strict=True)
        return {part.name: plain_value(part, each) for part, each in parts}
    if isinstance(value, bool):
        return value
    return to_hex(value) if isinstance(value, bytes) else str(value)


def plain_text(value: Plain) -> str:
    """Data as text, for a table of arguments; a stranger's text stands in it as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"[{', '.join(map(plain_text, value))}]"
    if isinstance(value, dict):
        return f"({', '.join(f'{name} {plain_text(each)}' for name, each in value.items())})"
    return value


def shown(param: Param, value: Value) -> str:
    """A decoded value as text; a stranger's text in quotes."""
    if param.type.endswith("]"):
        inner = Param("", param.type[: param.type.rindex("[")], param.parts, False)
        return f"[{', '.join(shown(inner, each) for each in value)}]"
    if param.type == "tuple":
        parts = zip(param.parts, value, strict=True)
        return f"({', '.join(f'{part.name} {shown(part, each)}' for part, each in parts)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if param.type == "string":
        return quoted(value)
    return to_hex(value) if isinstance(value, bytes) else str(value)


# --- the pieces -----------------------------------------------------------------------------------


def _form(target: str, known: Known, given: Abi | None) -> Abi | None:
    """The ABI to read a call by."""
    kind, _ = known.kind_of(target)
    if kind is not None:
        return abi.load(kind)
    if target != NO_ADDRESS and known.is_token(target):
        return _token()
    return given


@cache
def _token() -> Abi:
    # Grain is an ERC-20, so its ABI has the standard's functions with names for their arguments.
    return Abi(TOKEN, {name: abi.load("Grain").functions[name] for name in _ERC20}, {}, ())


def _encoded(*values: object) -> bytes:
    return abi.encode_values(_BUY_IN, values, "a buy-in")


def _money(
    name: str, kind: str, function: str, named: Mapping[str, Value], target: str, known: Known
) -> Money | None:
    """An amount beside the asset that it is of, or of the token that is called."""
    if (kind, function, name) in _GRAIN_AMOUNTS:
        return Money(named[name], known.asset(known.here.grain))
    if name not in _AMOUNTS or function == "send_multi_token":
        return None
    if (kind, function) == ("Admission", "set_buy_in"):
        paid_in = known.buy_in_asset()
        return Money(named[name], known.asset(paid_in)) if paid_in else None
    return Money(named[name], known.asset(named.get("asset", named.get("token", target))))


def _policy_in(
    kind: str, function: str, named: Mapping[str, Value], target: str, known: Known
) -> PolicyTerms | None:
    """Its argument `policy`, or the parameters of an earmark that a distributor is to pay out."""
    if (kind, function) == _POLICY:
        return policy_of(named["policy"], known) if known.kind_of(target)[0] == kind else None
    if (kind, function) != ("Pool", "open_earmark"):
        return None
    if known.kind_of(named["spender"])[0] != "CredDistributor":
        return None
    form = abi.load("CredDistributor").function("set_policy", 1).inputs
    try:
        [policy] = decode_values(form, named["params"], "a policy")
    except BadAnswer:
        return None
    whole = abi.encode_values(form, [policy], "a policy") == named["params"]
    return policy_of(policy, known) if whole else None
