# SPDX-License-Identifier: AGPL-3.0-only
"""The mistakes themselves, by kind. Whether one compiles is for the compiler to say."""

import ast
from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import NamedTuple

from bench.mutants.reading import Reading

RELATIONS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "in": ("not in",),
    "not in": ("in",),
}
ARITHMETIC = {
    "+": "-",
    "-": "+",
    "*": "//",
    "//": "*",
    "%": "*",
    "&": "|",
    "|": "&",
    "^": "|",
    "<<": ">>",
    ">>": "<<",
}
BUILT_IN = {
    "unsafe_add": "unsafe_sub",
    "unsafe_sub": "unsafe_add",
    "unsafe_mul": "unsafe_div",
    "unsafe_div": "unsafe_mul",
    "min": "max",
    "max": "min",
}
ENVIRONMENT = {
    "msg.sender": "tx.origin",
    "tx.origin": "msg.sender",
    "block.timestamp": "block.number",
    "block.number": "block.timestamp",
}
DECORATORS = ("nonreentrant", "reentrant", "payable", "view", "pure")
# Built-in functions that take types, and how many values come before those.
TYPED = {"empty": 0, "convert": 1, "max_value": 0, "min_value": 0, "abi_decode": 1}
EITHER_WAY = ("unsafe_add", "unsafe_mul", "min", "max")  # their arguments may change places
LOGIC = {"and": "or", "or": "and"}
DROPPED = {
    ast.Assert: "assert",
    ast.Assign: "assign",
    ast.AugAssign: "assign",
    ast.Raise: "raise",
    ast.Continue: "continue",
    ast.Break: "continue",
}


class Edit(NamedTuple):
    """One place and what stands there instead."""

    kind: str
    begin: int
    end: int
    new: str


def of_constant(reading: Reading, value: ast.expr) -> Iterator[Edit]:
    """Numbers one up and one down, and the other mistakes of an expression."""
    for edit in _in_expression(reading, value):
        yield edit._replace(kind="constant")


def of_function(reading: Reading, node: ast.FunctionDef) -> Iterator[Edit]:
    """All of a function."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id in DECORATORS:
            begin, end = reading.span(decorator)
            yield Edit("decorator", begin - 1, end, "")
    for each in node.args.defaults:
        yield from _in_expression(reading, each)
    returns = reading.said(node.returns) if node.returns else ""
    for statement in _living(node.body):
        yield from _of_statement(reading, statement, returns)


def _of_statement(reading: Reading, node: ast.stmt, returns: str) -> Iterator[Edit]:
    yield from _dropped(reading, node)
    if isinstance(node, ast.Assert | ast.If):
        kind = "assert" if isinstance(node, ast.Assert) else "condition"
        yield _negated(reading, node.test, kind)
    if isinstance(node, ast.AugAssign):
        yield from _of_change(reading, node)
    if isinstance(node, ast.Return) and node.value is not None:
        yield _emptied(reading, node.value, returns)
    for each in _expressions(node):
        yield from _in_expression(reading, each)
    for inner in ("body", "orelse"):
        for statement in _living(getattr(node, inner, [])):
            yield from _of_statement(reading, statement, returns)


def _living(body: list[ast.stmt]) -> list[ast.stmt]:
    """Without first values that are never read: Vyper wants one before `a, b = f()`."""
    dead: list[ast.stmt] = []
    for number, each in enumerate(body):
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Tuple):
            before = takewhile(_is_first, reversed(body[:number]))
            given = {ast.unparse(target) for target in each.targets[0].elts}
            read = {n.id for n in ast.walk(each.value) if isinstance(n, ast.Name)}
            dead += [known for known in before if known.target.id in given - read]  # type: ignore[attr-defined]  # see _is_first
    return [each for each in body if each not in dead]


def _is_first(node: ast.stmt) -> bool:
    """`name: type = 0` and the like."""
    return isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant)


def _expressions(node: ast.stmt) -> list[ast.expr]:
    """What is written in a statement itself, but for types and messages."""
    found: list[ast.expr | None] = []
    match node:
        case ast.Assert() | ast.If():
            found = [node.test]
        case ast.For():
            found = [node.iter]
        case ast.Assign():
            found = [*node.targets, node.value]
        case ast.AugAssign():
            found = [node.target, node.value]
        case ast.Expr(ast.UnaryOp() as log):
            found = [log.operand]  # the event: `log` is read as `not`
        case ast.Return() | ast.AnnAssign() | ast.Expr():
            found = [node.value]
    return [each for each in found if each is not None]


def _dropped(reading: Reading, node: ast.stmt) -> Iterator[Edit]:
    """The statement left out."""
    kind = DROPPED.get(type(node))
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):  # no NatSpec
        kind = "log" if isinstance(node.value, ast.UnaryOp) else "call"
    if isinstance(node, ast.Return) and node.value is None:
        kind = "return"
    if kind is not None:
        yield Edit(kind, *reading.span(node), "pass")


def _negated(reading: Reading, node: ast.expr, kind: str) -> Edit:
    return Edit(kind, *reading.span(node), f"not ({reading.said(node)})")


def _emptied(reading: Reading, value: ast.expr, returns: str) -> Edit:
    """`return` of nothing: zero, false, an empty list."""
    kinds = ast.parse(returns, mode="eval").body
    if isinstance(kinds, ast.Tuple):
        nothing = ", ".join(f"empty({ast.unparse(each)})" for each in kinds.elts)
        return Edit("return", *reading.span(value), f"({nothing})")
    return Edit("return", *reading.span(value), f"empty({returns})")


def _of_change(reading: Reading, node: ast.AugAssign) -> Iterator[Edit]:
    begin, end = reading.operator(reading.span(node.target)[1], reading.span(node.value)[0])
    other = ARITHMETIC.get(reading.text[begin : end - 1])
    if other:
        yield Edit("arithmetic", begin, end - 1, other)


def _in_expression(reading: Reading, node: ast.AST) -> Iterator[Edit]:
    """The mistakes inside an expression, at any depth."""
    match node:
        case ast.Compare():
            yield from _of_comparison(reading, node)
        case ast.BinOp():
            yield from _between(reading, node.left, node.right, "arithmetic", ARITHMETIC)
        case ast.BoolOp():
            for left, right in pairwise(node.values):
                yield from _between(reading, left, right, "logic", LOGIC)
        case ast.UnaryOp():
            yield Edit("logic", *reading.span(node), reading.said(node.operand))
        case ast.IfExp():
            yield _negated(reading, node.test, "condition")
        case ast.Call():
            yield from _of_call(reading, node)
        case ast.Constant() | ast.Attribute():
            yield from _of_value(reading, node)
    for each in _parts(node):
        yield from _in_expression(reading, each)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What is in an expression, but for types, and how often a loop may run at most."""
    name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if isinstance(node, ast.Call) and name in TYPED:
        yield from node.args[: TYPED[name]]
        return
    for each in ast.iter_child_nodes(node):
        if not (isinstance(each, ast.keyword) and each.arg == "bound"):
            yield each


def _of_comparison(reading: Reading, node: ast.Compare) -> Iterator[Edit]:
    right = node.comparators[0]
    begin, end = reading.operator(reading.span(node.left)[1], reading.span(right)[0])
    said = " ".join(reading.text[begin:end].split())
    for other in RELATIONS[said]:
        yield Edit("relation", begin, end, other)


def _between(
    reading: Reading, left: ast.AST, right: ast.AST, kind: str, others: dict[str, str]
) -> Iterator[Edit]:
    begin, end = reading.operator(reading.span(left)[1], reading.span(right)[0])
    said = reading.text[begin:end]
    if said in others:
        yield Edit(kind, begin, end, others[said])


def _of_value(reading: Reading, node: ast.Constant | ast.Attribute) -> Iterator[Edit]:
    begin, end = reading.span(node)
    said = reading.text[begin:end]
    if said in ENVIRONMENT:
        yield Edit("environment", begin, end, ENVIRONMENT[said])
    elif said in ("True", "False"):
        yield Edit("bool", begin, end, "False" if said == "True" else "True")
    elif isinstance(node, ast.Constant) and type(node.value) is int and said[:2] != "0x":
        for other in (node.value + 1, node.value - 1):  # 0x... is an address or a word
            if other >= 0:
                yield Edit("number", begin, end, str(other))


def _of_call(reading: Reading, node: ast.Call) -> Iterator[Edit]:
    name = reading.said(node.func)
    if name in BUILT_IN:
        yield Edit("arithmetic", *reading.span(node.func), BUILT_IN[name])
    if name not in TYPED and name not in EITHER_WAY:
        values = [*node.args] if node.args else [k.value for k in node.keywords if k.arg != "bound"]
        for left, right in pairwise(values):
            begin, end = reading.span(left)[0], reading.span(right)[1]
            middle = reading.text[reading.span(left)[1] : reading.span(right)[0]]
            if reading.said(left) != reading.said(right):
                yield Edit("swap", begin, end, reading.said(right) + middle + reading.said(left))
