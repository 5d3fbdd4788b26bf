# SPDX-License-Identifier: AGPL-3.0-only
"""What a model is: the rules of one contract, said once more in Python.

A model has one method for each external function of its contract, in snake case (`castVote` is
`cast_vote`, `__default__` is `receive`). It is given a `Msg` and the arguments, and says what must
happen: it refuses with the contract's reason (`msg.need`), or changes what it knows, names the
events (`msg.emit`), calls other contracts (`msg.call`) and returns what the contract returns.

A method checks everything before it changes anything. Where that cannot be, because what it calls
may refuse after it has changed something, its function is listed in `composite`, and the world
undoes what all models did when such a call is refused.
"""

import pickle
import re
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from tests.properties.chain import Handle, plain_name

if TYPE_CHECKING:
    from tests.properties.world import World

INNER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
DEFAULT = "__default__"


class Refused(Exception):
    """The rules say no. `way` are the functions that it went through, from the one that said so,
    which a call may lie deep inside, to the one that was called."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way: list[tuple[str, str]] = []


class Locked(Refused):
    """A function that changes something was called while another of the same contract was under
    way. It says no without a word."""

    def __init__(self, frame: tuple[str, str]) -> None:
        super().__init__("")
        self.way.append(frame)


class Model:
    """The rules of one contract. All that may change is in `facts`, which can be pickled."""

    composite: ClassVar[frozenset[str]] = frozenset()
    # One of ours, whose calls somebody may try once more out of a hook.
    ours: ClassVar[bool] = False
    # While one of its functions that change something is under way no other is let in, but these
    # and views. None: nothing is locked.
    doors: ClassVar[frozenset[str] | None] = None

    def __init__(self, me: Handle, facts: Any = None) -> None:
        self.me = me
        self.facts = facts

    def locks(self, function: str) -> bool:
        """Whether this function closes the others, and is closed by them."""
        if self.doors is None or plain_name(function) in self.doors:
            return False
        found = self.me.functions.get(function)  # none: a call of no function
        return found is not None and not found.view

    def mark(self) -> Any:
        """A point to come back to with `undo`."""
        if self.facts is None:
            return None
        return pickle.dumps(self.facts, pickle.HIGHEST_PROTOCOL)

    def undo(self, mark: Any) -> None:
        """As it was at `mark`. Only these models' own bytes are read."""
        self.facts = mark and pickle.loads(mark)  # noqa: S301  (written by `mark`, in this process)


class Msg:
    """What a function is told by its call, and how it acts on the world of the models."""

    __slots__ = ("function", "me", "sender", "value", "world")

    def __init__(self, world: "World", me: Handle, function: str, sender: str, value: int) -> None:
        self.world, self.me, self.function = world, me, function
        self.sender, self.value = sender, value

    @property
    def now(self) -> int:
        """The block's time."""
        return self.world.now

    def need(self, holds: object, reason: str) -> None:
        """The call is refused unless this holds."""
        if not holds:
            raise Refused(reason)

    def emit(self, event: str, **args: Any) -> None:
        """The contract must log this event now."""
        self.world.expect(self.me, event, args)

    def call(self, target: Any, function: str = DEFAULT, *args: Any, value: int = 0) -> Any:
        """The contract calls another one, or pays an account; a refusal there is one here."""
        return self.world.inside(self.me.address, target, function, args, value)

    def attempt(self, target: Any, function: str = DEFAULT, *args: Any, value: int = 0) -> bool:
        """The same, but a refusal only means that nothing happened. The called model must check
        before it changes anything."""
        mark = self.world.mark_call()
        try:
            self.call(target, function, *args, value=value)
        except Refused:
            self.world.undo_call(mark)
            return False
        return True


@cache
def method_of(function: str) -> str:
    """The name of a function's method in its model."""
    if function == DEFAULT:
        return "receive"
    return INNER.sub("_", plain_name(function)).lower()


def signing_domain(msg: Msg) -> tuple[bytes, str, str, int, str, bytes, list[int]]:
    """What each of our contracts that checks signatures answers to `eip712Domain` (EIP-5267)."""
    chain_id = msg.world.chain.chain_id
    return b"\x0f", "Millpond", "1", chain_id, msg.me.address, bytes(32), []
