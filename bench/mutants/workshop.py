# SPDX-License-Identifier: AGPL-3.0-only
# ruff: noqa: SLF001  (the compiler keeps under private names what a second compilation can share)
"""A contract compiled once, and each of its mutants in a sixth of the time.

A mutant differs from its contract inside one function. So the compiler's work on all other
functions is kept: the types of all modules, where everything is stored, and the intermediate code
of each function that neither is the changed one nor calls it, however far away. What is left to do
is to read the changed function, to check it, and to assemble the whole.

This leans on the insides of one pinned version of the compiler. Two things keep it honest: what it
cannot do raises `NotHere` and is compiled as a whole, and tests/bench/test_mutants_workshop.py
compares its code with that of the compiler as it is, byte for byte.

A bench is used up by one mutant: fork first.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
from vyper import ast as vy_ast  # type: ignore[import-untyped]
from vyper.codegen import core  # type: ignore[import-untyped]
from vyper.codegen import module as codegen
from vyper.compiler.phases import (  # type: ignore[import-untyped]
    CompilerData,
    generate_assembly,
    generate_bytecode,
)
from vyper.compiler.settings import (  # type: ignore[import-untyped]
    OptimizationLevel,
    Settings,
    anchor_settings,
)
from vyper.exceptions import ExceptionList, VyperException  # type: ignore[import-untyped]
from vyper.semantics.analysis import local, module  # type: ignore[import-untyped]
from vyper.semantics.analysis.constant_folding import (  # type: ignore[import-untyped]
    ConstantFolder,
)
from vyper.semantics.namespace import (  # type: ignore[import-untyped]
    override_global_namespace,
)

from tests.contracts.changed import QUICK, Bundle
from tests.contracts.compiled import Artifact, source_of

FIRST_NEW_ID = 1_000_000  # of labels and functions, so that none has the name of one that is kept


class NotHere(Exception):
    """A change that is not inside one function: the whole contract must be compiled."""


class Workshop:
    """One contract, compiled and kept open."""

    def __init__(self, name: str, texts: Mapping[Path, str] | None = None) -> None:
        self.name = name
        bundle = Bundle(texts or {}, QUICK)
        settings = Settings(optimize=OptimizationLevel.NONE)
        self._data = CompilerData(bundle.load_file(source_of(name)), bundle, settings)
        self._kept: dict[Any, Any] = {}
        with quiet(), self._remembering(lambda _: True):
            self._ir = self._data.ir_nodes
        self._modules = {Path(each.resolved_path): each for each in self._all_modules()}
        self.artifact = self._assembled()

    def _all_modules(self) -> list[Any]:
        imported = self._data.resolved_imports.compiler_inputs.values()
        modules = (each for each in imported if isinstance(each, vy_ast.Module))
        return [self._data.annotated_vyper_module, *(m for m in modules if not m.is_interface)]

    @property
    def sources(self) -> set[Path]:
        """The files that it is made of, without interfaces."""
        return set(self._modules)

    def mutant(self, path: Path, function: str, text: str) -> Artifact:
        """The contract with another text in that file, which differs in that function alone."""
        tree = self._modules[path]
        old = _function(tree, function)
        new = _function(self._parsed(tree, text), function)
        with quiet(), anchor_settings(self._data.settings):
            self._swap(tree, old, new)
            changed = old._metadata["func_type"]
            self._check(tree, old, changed)
            stale = {f for f in self._functions() if changed in f.reachable_internal_functions}
            with self._remembering((stale | {changed}).__contains__):
                codegen.IDGenerator.__init__ = _late_ids
                core._label = FIRST_NEW_ID
                self._ir, _ = codegen.generate_ir_for_module(self._data.global_ctx)
        return self._assembled()

    def _parsed(self, tree: Any, text: str) -> Any:
        return vy_ast.parse_to_ast(
            text, tree.source_id, module_path=tree.path, resolved_path=tree.resolved_path
        )

    def _swap(self, tree: Any, old: Any, new: Any) -> None:
        """Give the known function the body of the new one."""
        body = {id(each) for each in old.body}
        kept = [each for each in old._children if id(each) not in body]
        old.body, old._children = new.body, [*kept, *new.body]
        for each in new.body:
            each.set_parent(old)
        old._cache_descendants = tree._cache_descendants = None
        with override_global_namespace(_inside(tree)):
            folder = ConstantFolder(tree)
            folder._get_constants()
            for each in new.body:
                folder.visit(each)

    def _check(self, tree: Any, node: Any, changed: Any) -> None:
        """All that the compiler would refuse in the changed module."""
        changed._analysed = False
        for known in ("_variable_reads", "_variable_writes", "_used_modules"):
            setattr(changed, known, type(getattr(changed, known))())
        with override_global_namespace(_inside(tree)):
            self._draw_calls(node, changed)
            wrong = ExceptionList()
            local._analyze_function_r(tree, node, wrong)
            wrong.raise_if_not_empty()
            rules = module.ModuleAnalyzer(tree, _inside(tree))
            rules.validate_used_modules()
            rules.validate_initialized_modules()

    def _draw_calls(self, node: Any, changed: Any) -> None:
        """Who calls whom, and who must not."""
        changed.called_functions = type(changed.called_functions)()
        for call in node.get_descendants(vy_ast.Call):
            # a wrong one is told by the analysis
            with suppress(VyperException):
                called = module.get_exact_type_from_node(call.func)
                if isinstance(called, type(changed)) and (
                    called.is_internal or called.is_constructor
                ):
                    changed.called_functions.add(called)
        everyone = self._functions()
        for each in everyone:
            each.reachable_internal_functions = type(each.reachable_internal_functions)()
        for each in everyone:
            module._compute_reachable_set(each)
            if each.nonreentrant and any(f.nonreentrant for f in each.reachable_internal_functions):
                raise NotHere(f"{each.name} would lock twice")

    def _functions(self) -> list[Any]:
        return [
            each._metadata["func_type"]
            for tree in self._modules.values()
            for each in tree.get_children(vy_ast.FunctionDef)
        ]

    @contextmanager
    def _remembering(self, stale: Callable[[Any], bool]) -> Iterator[None]:
        """Functions are taken as they were made, but for the stale ones."""
        inner, outer = codegen._ir_for_internal_function, codegen.generate_ir_for_external_function

        def internal(node: Any, owner: Any, is_ctor_context: bool) -> Any:
            key = node._metadata["func_type"], is_ctor_context
            if key not in self._kept or stale(key[0]):
                self._kept[key] = inner(node, owner, is_ctor_context)
            return self._kept[key]

        def external(node: Any, owner: Any) -> Any:
            key = node._metadata["func_type"]
            if key not in self._kept or stale(key):
                self._kept[key] = outer(node, owner)
            found = self._kept[key]
            # the caller writes into the entry points that it gets
            entries = {name: replace(each) for name, each in found.entry_points.items()}
            return replace(found, entry_points=entries)

        codegen._ir_for_internal_function, codegen.generate_ir_for_external_function = (
            internal,
            external,
        )
        try:
            yield
        finally:
            codegen._ir_for_internal_function, codegen.generate_ir_for_external_function = (
                inner,
                outer,
            )

    def _assembled(self) -> Artifact:
        data = self._data
        with quiet(), anchor_settings(data.settings):
            assembly = generate_assembly(self._ir, data.settings.optimize)
            creation = generate_bytecode(assembly, bytes.fromhex(data.integrity_sum))
        return Artifact(self.name, abi_of(data), creation, runtime_in(creation))


def runtime_in(creation: bytes) -> bytes:
    """The runtime code inside creation code. The compiler leaves behind it how long it is."""
    length = int.from_bytes(creation[-2:])
    _, runtime, data, _, _ = cbor2.loads(creation[-length:-2])
    if data:
        raise ValueError("code without optimisation has no tables; this has")
    code = creation[:-length]
    return code[len(code) - runtime :]


def code_of(artifact: Artifact) -> bytes:
    """What a contract does, without the compiler's note on its sources."""
    length = int.from_bytes(artifact.creation[-2:])
    return artifact.creation[:-length]


@contextmanager
def quiet() -> Iterator[None]:
    """Code without optimisation may be large."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _late_ids(self: Any) -> None:
    self._id = FIRST_NEW_ID


def abi_of(data: Any) -> list[Any]:
    whole = data.annotated_vyper_module._metadata["type"]
    constructor = whole.init_function
    made = constructor.to_toplevel_abi_dict() if constructor else []
    return [*whole.interface.to_toplevel_abi_dict(), *made]


def _function(tree: Any, name: str) -> Any:
    for each in tree.get_children(vy_ast.FunctionDef):
        if each.name == name:
            return each
    raise NotHere(f"no function {name}")


def _inside(tree: Any) -> Any:
    """The names of a module, ready for those of a function."""
    names = copy(tree._metadata["namespace"])
    names._scopes = [set()]
    return names
