# SPDX-License-Identifier: AGPL-3.0-only
"""Which odd tokens, odd payees and calls back a walk has met, and in which functions.

Three tables beside the reach table. (money function x what the token does), (paying function x what
the payee does), (entry x the hook through which an attacker calls it). A cell says how often, and
how the call ended: "ok", "owed", or the reason. Nothing is said by the rules of a walk: the models
of tokens, payees and attackers say what they are when they are called, and it counts once the chain
has done the same. A call in which two odd things came together counts for neither.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tests.properties.reach_odd import HOOKS, PAYEES, TOKENS, entries

if TYPE_CHECKING:
    from tests.properties.among import Among

TOKEN, PAYEE, HOOK = "token", "payee", "hook"
ORDINARY = frozenset({"honest", "a person"})
SILENT = "refused without a word"

Met = tuple[str, str, str, str]
"""Table, "Contract.function", what was odd (or the hook), how it ended."""
Cell = tuple[str, str, str]
"""The same without the end."""


def met_in(world: "Among", ok: bool, reason: str) -> Iterator[Met]:
    """What a call has met that both sides agreed on."""
    owed = ok and any(what == "owed" for _, _, what in world.seen)
    end = "owed" if owed else "ok" if ok else reason
    found: dict[tuple[str, tuple[str, str]], set[str]] = {}
    for table, label, frame in world.touched:
        found.setdefault((table, frame), set()).add(label)
    for (table, (contract, function)), labels in found.items():
        odd = labels - ORDINARY or labels
        if len(odd) == 1:
            yield table, f"{contract}.{function}", odd.pop(), end
    for hook, (contract, function), ended in world.struck:
        yield HOOK, f"{contract}.{function}", hook, ended


def payee_label(world: "Among", address: str, value: int) -> str:
    """What an account is that is paid in ETH just now."""
    model = world.models.get(address)
    label = getattr(model, "payee_label", None)
    if label is not None:
        return str(label())
    handle = world.handles.get(address)
    if handle is None:
        return "an empty account" if world.wei[address] == value else "a person"
    return handle.name if "Wallet" not in handle.name or model else "a wallet"


def cells() -> set[Cell]:
    """All that must be met."""
    return {
        *((TOKEN, function, label) for function, labels in TOKENS.items() for label in labels),
        *((PAYEE, function, label) for function, labels in PAYEES.items() for label in labels),
        *((HOOK, entry, hook) for entry in entries() for hook in HOOKS),
    }


def holes(met: Mapping[Met, int]) -> list[Cell]:
    """Cells that no call has come to."""
    return sorted(cells() - {each[:3] for each, times in met.items() if times})


def table(met: Mapping[Met, int]) -> list[tuple[str, str, str, int, dict[str, int]]]:
    """Each cell with how often it was met and the ends; empty ones too."""
    ends: dict[Cell, dict[str, int]] = {cell: {} for cell in cells()}
    for (*cell, end), times in met.items():
        known = ends.get(tuple(cell))  # type: ignore[arg-type]  # three texts of four
        if known is not None:
            known[end or SILENT] = times
    return [(*cell, sum(found.values()), found) for cell, found in sorted(ends.items())]
