# SPDX-License-Identifier: AGPL-3.0-only
"""The side of the models: calls from one to another, wei that moves, and undoing what failed.

It is a small chain without bytes: a call finds a model by its address, a refusal goes up to whoever
made the first call, and what happened on the way is taken back.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tests.contracts.evm import address_of
from tests.properties.chain import Handle, plain_name, refusal
from tests.properties.met import PAYEE, payee_label
from tests.properties.model import DEFAULT, Locked, Model, Msg, Refused, method_of

if TYPE_CHECKING:
    from tests.properties.world import World

# As much of what came back as the mocks that call back keep.
KEPT = 160


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
        # what was odd, and the functions that were under way when it was met (see met.py)
        self.touched: list[tuple[str, str, tuple[str, str]]] = []
        self.struck: list[tuple[str, tuple[str, str], str]] = []  # calls back: hook, entry, end
        self.recent: dict[tuple[str, str], tuple[Handle, str, Sequence[Any]]] = {}
        self.armed = False  # somebody may call back in the next call, and change something
        self._paid: list[tuple[str, str, int]] = []
        self._frames: list[tuple[str, str]] = []
        self._locked: list[str] = []
        self._known: dict[tuple[Handle, str], tuple[tuple[str, str], bool]] = {}
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
        self.way, self.touched, self.struck = [], [], []
        composite = self.armed or function in self.models[target.address].composite
        self._marks = {} if composite else None
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
        if function == DEFAULT and value and self._frames:
            self.touch(PAYEE, payee_label(self, address, value))
        if model is None:
            assert function == DEFAULT, f"nobody says what {address}.{function} does"
            return None
        if self._marks is not None and model not in self._marks:
            self._marks[model] = model.mark()
        frame, locks = self._frame_of(model, function)
        if locks:
            if address in self._locked:
                raise Locked(frame)
            self._locked.append(address)
        if model.ours:
            self.recent[frame] = (model.me, function, args)
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
            if locks:
                self._locked.pop()
        if self._frames:
            self.done.append(frame)
        return answer

    def _frame_of(self, model: Model, function: str) -> tuple[tuple[str, str], bool]:
        """How a function of a contract is called, and whether it closes the others."""
        key = model.me, function
        found = self._known.get(key)
        if found is None:
            frame = (model.me.name, plain_name(function))
            found = self._known[key] = (frame, model.locks(function))
        return found

    def attempted(
        self, sender: str, target: Handle, function: str, args: Sequence[Any]
    ) -> tuple[str, bytes]:
        """A call out of a hook: how it ended ("ok", "locked" or the reason), and the first bytes of
        what came back. Its refusal is the caller's to see; what it changed on its way is undone."""
        around, self._marks = self._marks, {}
        mark = self.mark_call()
        try:
            answer = self.inside(sender, target, function, args, 0)
        except Refused as refused:
            self.undo_call(mark)
            for model, before in self._marks.items():
                model.undo(before)
            self._marks = around
            locked = isinstance(refused, Locked)
            return "locked" if locked else refused.reason, refusal(refused.reason)[:KEPT]
        if around is not None:
            self._marks = self._marks | around
        else:
            self._marks = None
        found = b"" if function == DEFAULT else target.functions[function].answer(answer)
        return "ok", found[:KEPT]

    def touch(self, table: str, label: str) -> None:
        """Something odd is met, in all functions that are under way."""
        self.touched += [(table, label, frame) for frame in dict.fromkeys(self._frames)]

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
