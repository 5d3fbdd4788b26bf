# SPDX-License-Identifier: AGPL-3.0-only
"""Our own lint of the contracts: forms that compile and that we do not want.

A rule looks at one source as the compiler understands it (the tree of `vyper -f annotated_ast`),
so it knows a storage variable from a local one and a call that changes something from a mere read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from vyper.ast import nodes  # type: ignore[import-untyped]
from vyper.semantics.data_locations import DataLocation  # type: ignore[import-untyped]

from tests.house.vyper_tree import known

COMPILER = "0.4.3"
# What acts on the world by itself.
ACTS = {"raw_call", "raw_create", "raw_log", "selfdestruct", "send"}
ACTS |= {"create_copy_of", "create_from_blueprint", "create_minimal_proxy_to"}
# What a miner or a proposer chooses, or what counts blocks where we count seconds.
CHANCE_AND_BLOCKS = {"coinbase", "difficulty", "number", "prevhash", "prevrandao"}
HASHES_OF_BLOCKS = {"blobhash", "blockhash"}
KEPT = (DataLocation.STORAGE, DataLocation.TRANSIENT)


class Rule(NamedTuple):
    """What is forbidden, why, how it is found, and where it is right all the same."""

    name: str
    why: str
    broken: Callable[[Any], Iterator[Any]]
    excused: Mapping[str, str] = {}

    def findings(self, where: str, module: Any) -> dict[str, list[int]]:
        """`file function` -> the lines that break the rule; excuses are not asked here."""
        found: dict[str, list[int]] = {}
        for node in self.broken(module):
            found.setdefault(f"{where} {_function_of(node)}".rstrip(), []).append(node.lineno)
        return found


# --- reading a tree ---------------------------------------------------------------------------


def _function_of(node: Any) -> str:
    if not isinstance(node, nodes.FunctionDef):
        node = node.get_ancestor(nodes.FunctionDef)
    return "" if node is None else str(node.name)


def _calls(node: Any) -> Iterator[Any]:
    yield from node.get_descendants(nodes.Call, include_self=True)


def _builtin(call: Any) -> str:
    """Which function of the language a call calls."""
    return str(getattr(known(call.func, "type"), "_id", ""))


def _is_kept(node: Any) -> bool:
    """Whether an expression stands for storage, where writing changes the contract."""
    found = getattr(node, "_expr_info", None)
    return found is not None and found.location in KEPT


def _option(call: Any, name: str) -> Any:
    """A literal keyword argument's value; None if it is not given."""
    found = [each.value for each in call.keywords if each.arg == name]
    return getattr(found[0], "value", found[0]) if found else None


def _own(statement: Any) -> Iterator[Any]:
    """What a statement evaluates itself: not the statements inside an `if` or a `for`."""
    inner = {"body", "orelse"} if isinstance(statement, nodes.If | nodes.For) else set()
    for field in statement.get_fields():
        value = None if field in inner else getattr(statement, field, None)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, nodes.VyperNode):
                yield from child.get_descendants(include_self=True)


def _globals(module: Any, owner: str, names: set[str]) -> Iterator[Any]:
    """Uses of `owner.name`, such as block.number."""
    for node in module.get_descendants(nodes.Attribute):
        if node.attr in names and getattr(node.value, "id", None) == owner:
            yield node


# --- the rules --------------------------------------------------------------------------------


def other_pragmas(module: Any) -> Iterator[Any]:
    """A source that another compiler, EVM or code generator would do for, too."""
    wanted = module.settings
    others = (wanted.evm_version, wanted.experimental_codegen, wanted.enable_decimals)
    if wanted.compiler_version != COMPILER or any(each is not None for each in others):
        yield module


def unlocked_by_default(module: Any) -> Iterator[Any]:
    """A source without `pragma nonreentrancy on`; interfaces have no code to lock."""
    if not module.is_interface and module.settings.nonreentrancy_by_default is not True:
        yield module


def several_effects(module: Any) -> Iterator[Any]:
    """A statement that does two things to the world: their order is the compiler's choice."""
    for statement in module.get_descendants(nodes.Stmt):
        if sum(1 for node in _own(statement) if _acts(node)) + _stores(statement) > 1:
            yield statement


def _acts(node: Any) -> bool:
    if isinstance(node, nodes.ExtCall):
        return True
    if not isinstance(node, nodes.Call):
        return False
    if _builtin(node) in ACTS:
        return _option(node, "is_static_call") is not True
    called = known(node.func, "type")
    if getattr(called, "is_internal", False):
        return bool(called.is_mutable)
    # append and pop
    return getattr(called, "name", "") in {"append", "pop"} and _is_kept(node.func.value)


def _stores(statement: Any) -> int:
    if isinstance(statement, nodes.Log):
        return 1
    assigns = isinstance(statement, nodes.Assign | nodes.AugAssign)
    return int(assigns and _is_kept(statement.target))


def own_balance(module: Any) -> Iterator[Any]:
    """`self.balance`: anybody can raise it without a call."""
    yield from _globals(module, "self", {"balance"})


def unbounded_loop(module: Any) -> Iterator[Any]:
    """A loop whose length no literal bounds, or over a list in storage, which may change."""
    for loop in module.get_descendants(nodes.For):
        if isinstance(loop.iter, nodes.Call):
            given = [each.value for each in loop.iter.keywords] or loop.iter.args
            if not all(isinstance(each.reduced(), nodes.Int) for each in given):
                yield loop
        elif any(_is_kept(node) for node in loop.iter.get_descendants(include_self=True)):
            yield loop


def call_in_loop_header(module: Any) -> Iterator[Any]:
    """A call of a contract, or of what changes something, where a loop says over what it goes."""
    for loop in module.get_descendants(nodes.For):
        for node in loop.iter.get_descendants(include_self=True):
            if isinstance(node, nodes.StaticCall) or _acts(node) or _builtin_call(node) in ACTS:
                yield loop


def _builtin_call(node: Any) -> str:
    return _builtin(node) if isinstance(node, nodes.Call) else ""


def who_began(module: Any) -> Iterator[Any]:
    """`tx.origin`: whoever is lured into any call would be taken for the caller."""
    yield from _globals(module, "tx", {"origin"})


def chance_or_blocks(module: Any) -> Iterator[Any]:
    """Block numbers, block hashes and the like, as a clock or as chance."""
    yield from _globals(module, "block", CHANCE_AND_BLOCKS)
    yield from (call for call in _calls(module) if _builtin(call) in HASHES_OF_BLOCKS)


def unchecked_arithmetic(module: Any) -> Iterator[Any]:
    """`unsafe_add` and the like: they wrap around where all else reverts."""
    yield from (call for call in _calls(module) if _builtin(call).startswith("unsafe_"))


def unread_outcome(module: Any) -> Iterator[Any]:
    """A raw_call that goes on after a failure, whose flag nobody looks at.

    The compiler itself sees to it that the flag is assigned, and that an answer is asked for.
    """
    for call in _calls(module):
        if _builtin(call) == "raw_call" and _option(call, "revert_on_failure") is False:
            name = _flag(call.get_ancestor(nodes.Stmt))
            if name and not _is_read(name, call.get_ancestor(nodes.FunctionDef)):
                yield call


def _flag(statement: Any) -> str:
    """The variable that a call's first answer goes to, if it goes to one."""
    if not isinstance(statement, nodes.Assign | nodes.AnnAssign):
        return ""
    target = statement.target
    if isinstance(target, nodes.Tuple):
        target = target.elements[0]
    return str(getattr(target, "id", ""))


def _is_read(name: str, function: Any) -> bool:
    for node in function.get_descendants(nodes.Name, {"id": name}):
        statement = node.get_ancestor(nodes.Stmt)
        targets = getattr(statement, "target", None)
        if targets is None or node not in targets.get_descendants(include_self=True):
            return True
    return False


def choice_of_nothing(module: Any) -> Iterator[Any]:
    """`empty(t) if condition else empty(t)`: this compiler fails on it."""
    for choice in module.get_descendants(nodes.IfExp):
        if {_builtin_call(choice.body), _builtin_call(choice.orelse)} == {"empty"}:
            yield choice


def open_to_reentry(module: Any) -> Iterator[Any]:
    """A function that changes something and may be entered while another one runs."""
    for function in module.get_children(nodes.FunctionDef):
        kind = known(function, "func_type")
        changes = kind.is_external and kind.is_mutable and not module.is_interface
        if changes and not kind.nonreentrant:
            yield function


def delegate_call(module: Any) -> Iterator[Any]:
    """Foreign code on our own storage."""
    for call in _calls(module):
        if _builtin(call) == "raw_call" and _option(call, "is_delegate_call") not in {None, False}:
            yield call


def self_destruction(module: Any) -> Iterator[Any]:
    """A contract that can go away with what it holds."""
    yield from (call for call in _calls(module) if _builtin(call) == "selfdestruct")


PAYMENTS = "contracts/modules/payments.vy"
PROPOSAL = "acts on a proposal, which runs inside `execute`; guarded by who may call"
LOCKLESS = "calls no other contract, so there is nothing that could enter in between"
ASKS_ONLY = "asks wallets in static calls, in which nothing can change, before it writes"

RULES = (
    Rule("other_pragmas", "every source pins the compiler and leaves the EVM alone", other_pragmas),
    Rule("unlocked_by_default", "every source locks its functions", unlocked_by_default),
    Rule("several_effects", "one side effect a statement", several_effects),
    Rule(
        "own_balance",
        "books decide, never the balance",
        own_balance,
        {
            f"{PAYMENTS} _real_balance": "finds surplus and measures gifts, the one place that may",
            "contracts/Governor.vy execute": "returns to the Pool all that a proposal left behind",
            "contracts/modules/settling.vy _held": "passes on what a release brought",
        },
    ),
    Rule("unbounded_loop", "a loop ends by a literal", unbounded_loop),
    Rule("call_in_loop_header", "no foreign code where a loop begins", call_in_loop_header),
    Rule("who_began", "the caller counts, not who began", who_began),
    Rule("chance_or_blocks", "time is in seconds, and nothing is left to chance", chance_or_blocks),
    Rule(
        "unchecked_arithmetic",
        "arithmetic reverts where it overflows",
        unchecked_arithmetic,
        {
            "contracts/modules/claims.vy claim": "a place in a list of at most 128",
            "contracts/modules/paydays.vy claim_many": "a place in a list of at most 1,024",
            "contracts/modules/paydays.vy payday": "at most 512 amounts of 96 bits",
            "contracts/modules/promises.vy release_many": "at most 128 amounts of 96 bits",
            "contracts/Grain.vy mint_many": "at most 128 amounts of 96 bits",
            "contracts/modules/payments.vy _pay_many": "a part of what was held",
            "contracts/modules/lists.vy root_of_list": "at most 512 times less than 2^128",
            "contracts/modules/epochs.vy _part": "a product of two numbers below 2^128",
            "contracts/modules/epochs.vy _add_paid": "both halves were held against the pot",
            "contracts/modules/ballots.vy _count_nibbles": "the overflow is how bytes are summed",
            "contracts/modules/ballots.vy _next": "a ballot of four bits, support of at most 2",
            "contracts/modules/casting.vy vote_by_signatures": "a place in a list of at most 384",
            "contracts/modules/proposals.vy _opens_at": "36 bits, and 10 bits of hours",
            "contracts/modules/proposals.vy _closes_at": "and 11 bits of hours more",
            "contracts/modules/proposals.vy _open": "a place in a word, of one of four classes",
            "contracts/Governor.vy propose": "a place in a text that is known to reach there; now, "
            "and at most 2^21 hours",
            "contracts/modules/candidates.vy _place": "a place in a word, of four",
            "contracts/modules/candidates.vy _gone": "a bit of a word, of four",
            "contracts/modules/choices.vy _fault": "at most eight numbers of 14 bits",
            "contracts/modules/choices.vy _give": "places in a word; tallies of at most 2^18 seats",
            "contracts/modules/choices.vy _take_back": "what the same ballot has added before",
            "contracts/modules/clone_args.vy _address_at": "a place in the code; every index is a "
            "literal",
        },
    ),
    Rule(
        "unread_outcome",
        "who goes on after a failure knows of it",
        unread_outcome,
        {
            "contracts/modules/gifts.vy give_with_permit": "a permit may be used already; the "
            "transfer that follows is what must succeed",
        },
    ),
    Rule("choice_of_nothing", "no ternary of two empty()", choice_of_nothing),
    Rule(
        "open_to_reentry",
        "what changes something is locked",
        open_to_reentry,
        {
            "contracts/Pool.vy __default__": "takes ETH, also while the Pool pays; writes nothing",
            **{
                f"contracts/modules/collectibles.vy {name}": "as plain ETH; writes nothing"
                for name in ("onERC721Received", "onERC1155Received", "onERC1155BatchReceived")
            },
            "contracts/Crowdmatch.vy __default__": "takes ETH of the Pool alone; writes nothing",
            "contracts/Governor.vy __default__": "takes ETH while a proposal runs; writes nothing",
            "contracts/Governor.vy execute": "its actions call back; the proposal is marked "
            "executed before the first of them",
            **{
                f"contracts/modules/changes.vy {name}": PROPOSAL
                for name in ("admit", "remove", "rebind", "set_rules", "install")
            },
            **{
                f"contracts/Governor.vy {name}": LOCKLESS
                for name in ("propose", "cancel", "close", "extend_consent")
            },
            **{
                f"contracts/modules/casting.vy {name}": LOCKLESS
                for name in ("castVote", "castVoteWithReason", "vote_by_signatures")
            },
            **{
                f"contracts/modules/casting.vy {name}": ASKS_ONLY
                for name in ("castVoteBySig", "vote_by_wallets")
            },
            **{
                f"contracts/Grain.vy {name}": LOCKLESS
                for name in ("transfer", "approve", "transferFrom", "permit")
            },
            **{
                f"contracts/Grain.vy {name}": LOCKLESS
                for name in ("mint", "mint_many", "setup", "set_minter")
            },
        },
    ),
    Rule("delegate_call", "no foreign code on our storage", delegate_call),
    Rule("self_destruction", "no contract goes away", self_destruction),
)
