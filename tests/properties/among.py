# SPDX-License-Identifier: AGPL-3.0-only
"""The side of the models: calls from one to another, wei that moves, and undoing what failed.

It is a small chain without bytes: a call finds a model by its address, a refusal goes up to whoever
made the first call, and what happened on the way is taken back.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tests.contracts.evm import address_of
from tests.properties.chain import Handle, plain_name
from tests.properties.model import DEFAULT, Model, Msg, Refused, method_of

if TYPE_CHECKING:
    from tests.properties.world import World


class Sent(NamedTuple):
    """What a call did, in both."""

    ok: bool
    answer: Any
    reason: str


class Among:
    """What the models know of each other, and of the call that is under way."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}
        self.handles: dict[str, Handle] = {}  # every contract, with a model or without
        self.wei: dict[str, int] = {}
        self.expected: list[tuple[Handle, str, dict[str, Any]]] = []  # events, in order
        self.done: list[tuple[str, str]] = []  # functions that were called inside
        self.seen: list[tuple[str, str, str]] = []  # refusals that are only reported
        self.way: list[tuple[str, str]] = []  # the functions that a refusal went through
        self._paid: list[tuple[str, str, int]] = []
        self._frames: list[tuple[str, str]] = []
        self._marks: dict[Model, Any] | None = None  # of each model that a composite call touched

    def ruled(
        self,
        sender: str,
        target: Handle,
        function: str,
        args: Sequence[Any],
        value: int = 0,
        payer: str = "",
    ) -> Sent:
        """What the models say; they have done it afterwards."""
        self.expected, self.done, self._frames, self._paid, self.seen = [], [], [], [], []
        self.way = []
        self._marks = {} if function in self.models[target.address].composite else None
        try:
            answer = self.inside(sender, target, function, args, value, payer or sender)
        except Refused as refused:
            self.undo_call((0, 0, 0))
            for model, mark in (self._marks or {}).items():
                model.undo(mark)
            self.way = refused.way
            return Sent(False, None, refused.reason)
        return Sent(True, answer, "")

    def expect(self, me: Handle, event: str, args: dict[str, Any]) -> None:
        """The call that is under way must log this."""
        self.expected.append((me, event, args))

    def inside(
        self,
        sender: str,
        target: Any,
        function: str,
        args: Sequence[Any],
        value: int,
        payer: str | None = None,
    ) -> Any:
        """A call among the models. An account without a model just takes the money."""
        address = address_of(target)
        self.pay(payer or sender, address, value)
        model = self.models.get(address)
        if model is None:
            assert function == DEFAULT, f"nobody says what {address}.{function} does"
            return None
        if self._marks is not None and model not in self._marks:
            self._marks[model] = model.mark()
        frame = (model.me.name, plain_name(function))
        self._frames.append(frame)
        try:
            answer = getattr(model, method_of(function))(
                Msg(cast("World", self), model.me, function, sender, value), *args
            )
        except Refused as refused:
            refused.way.append(frame)
            raise
        finally:
            self._frames.pop()
        if self._frames:
            self.done.append(frame)
        return answer

    def saw(self, me: Handle, function: str, what: str) -> None:
        """Counted with the call if both agree on it: a refusal that is only reported."""
        self.seen.append((me.name, function, what))

    def pay(self, payer: str, payee: str, amount: int) -> None:
        """Wei from one account to another; who has too little refuses without a word."""
        if amount == 0:
            return
        if self.wei.get(payer, 0) < amount:
            raise Refused("")
        self.wei[payer] -= amount
        self.wei[payee] = self.wei.get(payee, 0) + amount
        self._paid.append((payer, payee, amount))

    def mark_call(self) -> tuple[int, int, int]:
        """A point within a call to come back to with `undo_call`."""
        return len(self._paid), len(self.expected), len(self.done)

    def undo_call(self, mark: tuple[int, int, int]) -> None:
        """Take back payments, events and counts since `mark`."""
        while len(self._paid) > mark[0]:
            payer, payee, amount = self._paid.pop()
            self.wei[payer] += amount
            self.wei[payee] -= amount
        del self.expected[mark[1] :]
        del self.done[mark[2] :]
