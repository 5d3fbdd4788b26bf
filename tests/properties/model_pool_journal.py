# SPDX-License-Identifier: AGPL-3.0-only
"""What the models of money remember: a list of facts, and sums over them.

Such a model keeps no balance. It adds amounts under keys ("given to earmark 1 in dollars") and says
what follows from the sums ("what was given, less what was paid"). The sums are kept as the facts
come in, so asking is cheap; `audit` adds the whole list up again.

All of them in one world share one journal, so that a call that is refused half-way, however many
contracts it went through, leaves no trace in any of them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from tests.properties.chain import Handle
from tests.properties.model import Model, Msg, Refused

Key = tuple[Any, ...]
Mark = tuple[int, int]

NOTHING: Any = object()


class Journal:
    """Facts in order, with the sum under each key, and the last note under each key."""

    def __init__(self) -> None:
        self._facts: list[tuple[Key, int]] = []
        self.sums: dict[Key, int] = {}
        self.notes: dict[Key, Any] = {}
        self._overwritten: list[tuple[Key, Any]] = []

    def add(self, key: Key, amount: int) -> None:
        """One more fact: so much more under this key."""
        self._facts.append((key, amount))
        self.sums[key] = self.sums.get(key, 0) + amount

    def sum(self, key: Key) -> int:
        """All that was added under this key."""
        return self.sums.get(key, 0)

    def note(self, key: Key, worth: Any) -> None:
        """Something that is replaced and not added up: a time, a way to behave."""
        self._overwritten.append((key, self.notes.get(key, NOTHING)))
        self.notes[key] = worth

    def noted(self, key: Key, otherwise: Any = None) -> Any:
        """The last note under this key."""
        return self.notes.get(key, otherwise)

    def mark(self) -> Mark:
        """A point to come back to with `undo`."""
        return len(self._facts), len(self._overwritten)

    def undo(self, mark: Mark) -> None:
        """Forget what came after `mark`."""
        while len(self._facts) > mark[0]:
            key, amount = self._facts.pop()
            self.sums[key] -= amount
        while len(self._overwritten) > mark[1]:
            key, before = self._overwritten.pop()
            if before is NOTHING:
                del self.notes[key]
            else:
                self.notes[key] = before

    def audit(self) -> None:
        """Every sum is the sum of its facts."""
        again: dict[Key, int] = {}
        for key, amount in self._facts:
            again[key] = again.get(key, 0) + amount
        for key in self.sums.keys() | again.keys():
            assert self.sums.get(key, 0) == again.get(key, 0), f"the sum under {key} is wrong"

    def under(self, *head: Any) -> dict[Key, int]:
        """The sums, zeros left out, under keys that begin so. Looks at every key there is."""
        size = len(head)
        return {key[size:]: n for key, n in self.sums.items() if n and key[:size] == head}


class Bookkeeper(Model):
    """A model whose facts are in the journal, under its address."""

    def __init__(self, me: Handle, journal: Journal) -> None:
        super().__init__(me)
        self.journal, self.address = journal, me.address

    def mark(self) -> Mark:
        """The journal's; another model's mark is the same."""
        return self.journal.mark()

    def undo(self, mark: Mark) -> None:
        """The journal's."""
        self.journal.undo(mark)

    def receive(self, msg: Msg, data: bytes = b"") -> None:
        """Neither money nor a call of no function comes in, unless the contract has a door."""
        del data
        msg.need(False, "")

    def add(self, amount: int, *what: Any) -> None:
        """One more fact about this contract."""
        self.journal.add((self.address, *what), amount)

    def sum(self, *what: Any) -> int:
        """All of these facts."""
        return self.journal.sums.get((self.address, *what), 0)

    def note(self, worth: Any, *what: Any) -> None:
        """How something is from now on."""
        self.journal.note((self.address, *what), worth)

    def noted(self, otherwise: Any, *what: Any) -> Any:
        """How something is."""
        return self.journal.notes.get((self.address, *what), otherwise)


class Keeps(Protocol):
    """Whoever has the journal."""

    journal: Journal


Self = TypeVar("Self", bound=Keeps)
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def all_or_nothing(
    act: Callable[Concatenate[Self, Given], Answer],
) -> Callable[Concatenate[Self, Given], Answer]:
    """For a method that may refuse after it has written something: then it has written nothing."""

    @wraps(act)
    def guarded(self: Self, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        mark = self.journal.mark()
        try:
            return act(self, *args, **kwargs)
        except Refused:
            self.journal.undo(mark)
            raise

    return guarded
