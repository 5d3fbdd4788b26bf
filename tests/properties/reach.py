# SPDX-License-Identifier: AGPL-3.0-only
"""The reach table: every external function of every deployable contract x every way it can end.

The pairs are read from the sources by the compiler's own tree: "ok", each reason that stands in
the function or in anything it calls inside the contract, and each reason of the functions that it
calls on another contract of ours, since a refusal there is one here. What cannot happen all the
same is in `reach_governance.py`, `reach_admission.py` and `reach_money.py`, each with its why. A
pair that is in neither a walk's counts nor those lists is a hole, and a walk with a hole proves
less than it says.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from vyper.ast import nodes  # type: ignore[import-untyped]
from vyper.compiler.input_bundle import FilesystemInputBundle  # type: ignore[import-untyped]
from vyper.compiler.phases import CompilerData  # type: ignore[import-untyped]

from tests.contracts.compiled import CONTRACTS
from tests.properties import reach_admission, reach_governance, reach_money
from tests.properties.world import OK

REASON = re.compile(r"^[a-z]+: .")
DEPLOYABLES = (
    *("Governor", "Admission", "Hub", "Pool", "Grain", "CredDistributor", "Identity"),
    *("Clerk", "NftGate", "Badges", "Pins"),
)
# Which of ours stands behind an interface. Tokens and wallets are anybody's.
BEHIND = {
    "IAdmission": ("Admission",),
    "IClerk": ("Clerk",),
    "ICredDistributor": ("CredDistributor",),
    "IDistributor": ("CredDistributor",),
    "IGate": ("NftGate",),
    "IGovernor": ("Governor",),
    "IGrain": ("Grain",),
    "IIdentity": ("Identity",),
    "IPool": ("Pool",),
    "ISpender": ("CredDistributor", "Admission"),
}

Pair = tuple[str, str, str]
"""Contract, function, reason or "ok"."""


class Reach(NamedTuple):
    """What one function says itself, and whom of ours it calls."""

    own: frozenset[str]
    calls: frozenset[tuple[str, str]]


@cache
def functions() -> dict[tuple[str, str], Reach]:
    """Every external function of every deployable contract."""
    found = {}
    for contract in DEPLOYABLES:
        for function in _exposed(contract):
            bodies = [function.ast_def]
            bodies += [each.ast_def for each in function.reachable_internal_functions]
            bodies = [body for body in bodies if isinstance(body, nodes.FunctionDef)]
            own = frozenset(reason for body in bodies for reason in _reasons(body))
            calls = frozenset(call for body in bodies for call in _calls(body))
            found[contract, function.name] = Reach(own, calls)
    return found


@cache
def pairs() -> frozenset[Pair]:
    """Everything that the sources allow for."""
    return frozenset(
        (contract, function, end)
        for contract, function in functions()
        for end in (OK, *_all_reasons(contract, function))
    )


def cannot() -> dict[Pair, str]:
    """What the sources allow for and nothing can bring about, with the why."""
    return {
        pair: why
        for listed in (reach_governance.CANNOT, reach_admission.CANNOT, reach_money.CANNOT)
        for why, group in listed.items()
        for pair in group
    }


def holes(counts: Mapping[Pair, int]) -> list[Pair]:
    """What should have been seen and was not."""
    return sorted(pairs() - {pair for pair, seen in counts.items() if seen} - cannot().keys())


def wrong(counts: Mapping[Pair, int]) -> list[Pair]:
    """What was said to be impossible and was seen, or what the sources do not even allow for."""
    listed = cannot().keys()
    return sorted({pair for pair in listed if counts.get(pair)} | (listed - pairs()))


def table(counts: Mapping[Pair, int]) -> list[tuple[str, str, str, int]]:
    """The whole table, with how often each was seen; -1 for what cannot be."""
    excused = cannot()
    return [(*pair, counts.get(pair, 0) if pair not in excused else -1) for pair in sorted(pairs())]


def _exposed(contract: str) -> list[Any]:
    root = CONTRACTS.parent
    bundle = FilesystemInputBundle([root])
    source = bundle.load_file(str((CONTRACTS / f"{contract}.vy").relative_to(root)))
    data = CompilerData(source, bundle)
    found: list[Any] = data.annotated_vyper_module._metadata["type"].exposed_functions  # noqa: SLF001
    return found


def _reasons(body: Any) -> Iterator[str]:
    for text in body.get_descendants(nodes.Str):
        if REASON.match(text.value):
            yield str(text.value)


def _calls(body: Any) -> Iterator[tuple[str, str]]:
    for call in body.get_descendants((nodes.ExtCall, nodes.StaticCall)):
        callee = call.value.func
        if not isinstance(callee, nodes.Attribute):
            continue  # a call by an expression; there is none in our contracts
        interface = str(callee.value._metadata["type"])  # noqa: SLF001
        name = interface.rpartition(" ")[2].rpartition("/")[2].removesuffix(".vyi")
        for contract in BEHIND.get(name, ()):
            yield contract, str(callee.attr)


@cache
def _all_reasons(contract: str, function: str) -> frozenset[str]:
    """Its own, and those of whom it calls."""
    reach = functions().get((contract, function))
    if reach is None:
        return frozenset()  # a getter of an interface that another contract implements
    passed = [_all_reasons(*call) for call in reach.calls]
    return reach.own.union(*passed)
