# SPDX-License-Identifier: AGPL-3.0-only
"""One node as a witness at one block: calls of getters, and storage words proven by its header.

The questions are put in batches. A word is taken only with a proof that ends in the state root of
the header, whose hash was recomputed; the answer of a getter is the node's word and no more.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import msgspec

from millpond.chain import answers, headers, state_proofs
from millpond.chain.answers import Address, NotKept
from millpond.chain.headers import FullHeader
from millpond.chain.layouts import Word
from millpond.chain.rpc import Rpc, RpcRefused
from millpond.core.errors import BadInput
from millpond.core.subjects import to_hex
from millpond.mirror.audit.expected import Getter, number
from millpond.mirror.batches import Batches, Question, read

Told = Callable[[int, int], None]
_SLOTS = 32
_BATCH = 100
_T = TypeVar("_T")
_any: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder()


@dataclass(frozen=True)
class Refused:
    """What a getter said instead of an answer."""

    why: str


class Witness:
    """A node, and the block that it is asked about."""

    def __init__(self, rpc: Rpc, header: FullHeader) -> None:
        self.header = header
        self.no_proofs: str | None = None
        """Why there are no proofs, if the node serves none."""
        self._batches = Batches(rpc)
        self._said: dict[tuple[str, bytes], object] = {}
        self._words: dict[tuple[str, int], int] = {}

    @classmethod
    def of(cls, rpc: Rpc, block_number: int, hub: str) -> "Witness":
        """At this block. `NotKept` where the node has not the block or not its state any more,
        `BadInput` where the Hub is not there yet."""
        found = cls(rpc, _header(rpc, block_number))
        tag = hex(block_number)
        try:
            code = rpc.ask("eth_getCode", [hub, tag])
        except RpcRefused as error:
            raise NotKept(
                f"the node does not know the state of block {block_number}: {error.text[:120]}",
                "let the mirror catch up and ask again at once, or ask a node with old states",
            ) from None
        if code == "0x":
            raise BadInput(
                f"the Hub {hub} is not there at block {block_number}, so there is nothing to "
                "compare: it was put on the chain later",
                "audit a later block (--block latest), or wait until a final block has the Hub",
            )
        try:
            told = rpc.ask("eth_getProof", [hub, [], tag])
            state_proofs.check(told, found.header.state_root, Address(hub), [])
        except RpcRefused as error:
            found.no_proofs = f"the node serves no proofs: {error.text[:120]}"
        return found

    # --- questions --------------------------------------------------------------------------------

    def ask(self, getters: Iterable[Getter], words: Iterable[Word], told: Told) -> None:
        """Put all questions, each once; `told(done, all)` is told after each batch."""
        calls = dict.fromkeys((getter.address, getter.data) for getter in getters)
        slots: dict[str, set[int]] = {}
        for word in words if self.no_proofs is None else ():
            slots.setdefault(word.address, set()).add(word.slot)
        proofs = [
            (address, part)
            for address, wanted in slots.items()
            for part in pieces(sorted(wanted), _SLOTS)
        ]
        whole, done = len(calls) + len(proofs), 0
        for part in pieces(list(calls), _BATCH):
            self._call(part)
            done += len(part)
            told(done, whole)
        for asked in pieces(proofs, _BATCH):
            self._prove(asked)
            done += len(asked)
            told(done, whole)

    def said(self, getter: Getter) -> int | Refused:
        """What a getter answered, as a number."""
        found = self._said[getter.address, getter.data]
        if isinstance(found, Refused):
            return found
        value: Any = getter.form.decode_output(answers.octets(found, str(getter)))
        for step in getter.part:
            if isinstance(step, int) and step >= len(value):
                return Refused(f"an answer without a place {step}")
            value = value[step] if isinstance(step, int) else getattr(value, step)
        return len(value) if isinstance(value, list) else number(value)

    def proven(self, words: Sequence[Word]) -> int:
        """The sum of proven fields."""
        return sum(word.read(self._words[word.address, word.slot]) for word in words)

    def many(self, questions: Sequence[Question]) -> Iterator[object]:
        """The answers to some questions in their order; a refusal stands for its answer."""
        for (method, _), reply in zip(questions, self._batches.ask(questions), strict=True):
            yield reply if isinstance(reply, RpcRefused) else read(reply, _any, method)

    def _call(self, calls: Sequence[tuple[str, bytes]]) -> None:
        tag = hex(self.header.number)
        questions: list[Question] = [
            ("eth_call", [{"to": address, "data": to_hex(data)}, tag]) for address, data in calls
        ]
        for call, found in zip(calls, self.many(questions), strict=True):
            refused = Refused(found.text) if isinstance(found, RpcRefused) else None
            self._said[call] = refused or (found if found != "0x" else Refused("nothing"))

    def _prove(self, proofs: Sequence[tuple[str, Sequence[int]]]) -> None:
        tag = hex(self.header.number)
        questions: list[Question] = [
            ("eth_getProof", [address, [to_hex(slot.to_bytes(32)) for slot in slots], tag])
            for address, slots in proofs
        ]
        for (address, slots), found in zip(proofs, self.many(questions), strict=True):
            if isinstance(found, RpcRefused):
                raise found
            account = state_proofs.check(found, self.header.state_root, Address(address), slots)
            self._words.update({(address, slot): account.slots[slot] for slot in slots})


def pieces(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    """So many at a time."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def _header(rpc: Rpc, block_number: int) -> FullHeader:
    found = rpc.ask("eth_getBlockByNumber", [hex(block_number), False])
    if found is None:
        raise NotKept(
            f"the node has no block {block_number}", "wait until it has caught up, or ask another"
        )
    header = headers.read(found)
    if header.number != block_number:
        raise answers.bad(f"block {block_number}", header.number)
    return header
