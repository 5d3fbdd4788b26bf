# SPDX-License-Identifier: AGPL-3.0-only
"""Vyper sources as the compiler sees them: parsed, or understood (types, who calls whom)."""

from functools import cache
from pathlib import Path
from typing import Any

from vyper.ast import nodes, parse_to_ast  # type: ignore[import-untyped]
from vyper.compiler.input_bundle import FilesystemInputBundle  # type: ignore[import-untyped]
from vyper.compiler.phases import CompilerData  # type: ignore[import-untyped]

from tests.house.tree import CONTRACTS, deployables, named


@cache
def parsed(path: Path) -> Any:
    """A source as a tree."""
    where = named(path)
    return parse_to_ast(
        path.read_text("utf-8"),
        module_path=where,
        resolved_path=where,
        is_interface=path.suffix == ".vyi",
    )


def annotated(path: Path, root: Path) -> dict[Path, Any]:
    """A contract and each source under `root` it is made of, as in `vyper -f annotated_ast`."""
    bundle = FilesystemInputBundle([root])
    data = CompilerData(bundle.load_file(path), input_bundle=bundle)
    # This analyses the imports along with the contract.
    found = {path: data.annotated_vyper_module}
    for module in data.resolved_imports.compiler_inputs.values():
        source, whole = Path(module.resolved_path), root.resolve()
        if source.is_relative_to(whole):
            found.setdefault(root / source.relative_to(whole), module)
    return found


@cache
def sources_of(name: str) -> dict[Path, Any]:
    """A deployable contract and all it is made of, understood."""
    return annotated(CONTRACTS / f"{name}.vy", CONTRACTS)


@cache
def all_sources() -> dict[Path, Any]:
    """Whatever any deployable contract is made of, understood; each source once."""
    found: dict[Path, Any] = {}
    for name in deployables():
        for path, module in sources_of(name).items():
            found.setdefault(path, module)
    return found


def known(node: Any, what: str) -> Any:
    """What the compiler found out about a node of such a tree: its "type", its "func_type"."""
    return node._metadata.get(what)  # noqa: SLF001 (the compiler shows it in no other way)


def functions(path: Path) -> list[Any]:
    """The functions of a source."""
    found: list[Any] = parsed(path).get_children(nodes.FunctionDef)
    return found


def decorators(function: Any) -> set[str]:
    """external, view, nonreentrant, ..."""
    names = (getattr(each, "func", each) for each in function.decorator_list)
    return {name.id for name in names}


def docstring(node: Any) -> str:
    """A docstring, or nothing."""
    found = getattr(node, "doc_string", None)
    return "" if found is None else str(found.value)


def strings(path: Path) -> list[tuple[str, int]]:
    """Every string literal and its line; docstrings are no literals."""
    found = parsed(path).get_descendants(nodes.Str)
    return [(str(node.value), node.lineno) for node in found]
