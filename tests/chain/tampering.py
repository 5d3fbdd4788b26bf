# SPDX-License-Identifier: AGPL-3.0-only
"""Ways to tamper with a distribution once: in the document, in the files behind it, on the node.

A document is changed at one place; a node passes everything on but one kind of answer. What it is
asked is kept, since the chain stands still, so a lie costs a few milliseconds.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from millpond.chain import abi
from millpond.chain.abi import EventForm, Param
from millpond.chain.paid import share_of
from millpond.core.canonical import keccak256
from millpond.core.subjects import checksum_address
from tests.chain.nodes import OddNode, Reply, odd_node

Json = Any
Path = tuple[str | int, ...]
Lie = Callable[[Mapping[str, Any], Any], Any]
"""(question, result) -> the result that is told."""
Change = Callable[[dict[str, Any]], None]
"""Changes the arguments of an event or of a call where they stand."""
STRANGER = checksum_address(b"\x57" * 20)


# --- documents ----------------------------------------------------------------------------------


def kind_of(path: Path) -> str:
    """A place without its numbers, such as `people[].weekly[]`."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def first_places(document: Json) -> dict[str, Path]:
    """The first place of each kind at which the document has a text or nothing."""
    found: dict[str, Path] = {}
    for path, value in _walk(document, ()):
        if not isinstance(value, dict | list):
            found.setdefault(kind_of(path), path)
    return found


def first_lists(document: Json, least: int = 1) -> dict[str, Path]:
    """The first list of each kind that has so many items."""
    found: dict[str, Path] = {}
    for path, value in _walk(document, ()):
        if isinstance(value, list) and len(value) >= least:
            found.setdefault(kind_of(path), path)
    return found


def first_objects(document: Json) -> dict[str, Path]:
    """The first object of each kind."""
    found: dict[str, Path] = {}
    for path, value in _walk(document, ()):
        if isinstance(value, dict):
            found.setdefault(kind_of(path), path)
    return found


def _walk(value: Json, at: Path) -> Iterator[tuple[Path, Json]]:
    yield at, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _walk(each, (*at, key))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _walk(each, (*at, number))


def at(document: Json, path: Path) -> Json:
    """What stands at a place."""
    for step in path:
        document = document[step]
    return document


def changed(document: Json, path: Path, change: Callable[[Json], Json]) -> Json:
    """A copy of the document with another value at one place."""
    copy = json.loads(json.dumps(document))
    if not path:
        return change(copy)
    holder = at(copy, path[:-1])
    holder[path[-1]] = change(holder[path[-1]])
    return copy


def put_at(document: Json, path: Path, value: Json) -> Json:
    """A copy of the document with this at one place."""
    return changed(document, path, lambda _: value)


def another(value: str | None) -> str:
    """A value of the same form that is another: the next number, another account, one more sign."""
    if value is None:
        return "something"
    if value.isdecimal():
        return str(int(value) + 1)
    if value.startswith("0x") and len(value) == len(STRANGER):
        return STRANGER
    if value.startswith("0x") and len(value) == 66:
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + "!"


# --- nodes --------------------------------------------------------------------------------------


@dataclass
class Liar:
    """A node that tells the truth but for one lie at a time."""

    truth: str
    lie: Lie = lambda _, result: result
    node: OddNode = field(init=False)
    _known: dict[str, Reply] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.node.url

    def reply(self, question: dict[str, Any]) -> Reply:
        """The truth, or the lie."""
        asked = json.dumps([question["method"], question["params"]])
        if asked not in self._known:
            answer = requests.post(self.truth, json=question, timeout=30)
            self._known[asked] = answer.status_code, answer.content
        status, body = self._known[asked]
        answer_ = json.loads(body)
        if "result" in answer_:
            answer_["result"] = self.lie(question, answer_["result"])
        return status, json.dumps(answer_ | {"id": question["id"]}).encode()

    @contextmanager
    def telling(self, lie: Lie) -> Iterator["Liar"]:
        """Lie for as long as this lasts."""
        before, self.lie = self.lie, lie
        try:
            yield self
        finally:
            self.lie = before


@contextmanager
def liar(truth: str) -> Iterator[Liar]:
    """A node in front of a true one."""
    made = Liar(truth)
    with odd_node(made.reply) as made.node:
        yield made


def logs_lie(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Lie:
    """Other logs than there are."""

    def lie(question: Mapping[str, Any], result: Any) -> Any:
        return change(result) if question["method"] == "eth_getLogs" else result

    return lie


def event_lie(contract: str, name: str, change: Change) -> Lie:
    """The same logs, but each event of this name says something else."""
    form = abi.load(contract).event(name)

    def retold(logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        topic = "0x" + form.topic.hex()
        return [_retold(form, log, change) if log["topics"][0] == topic else log for log in logs]

    return logs_lie(retold)


def without_event(contract: str, name: str) -> Lie:
    """The logs without any event of this name."""
    topic = "0x" + abi.load(contract).event(name).topic.hex()
    return logs_lie(lambda logs: [log for log in logs if log["topics"][0] != topic])


def view_lie(contract: str, name: str, change: Callable[[Any], Any]) -> Lie:
    """A view of this name answers something else."""
    functions = abi.load(contract).functions[name]

    def lie(question: Mapping[str, Any], result: Any) -> Any:
        if question["method"] != "eth_call":
            return result
        data = bytes.fromhex(question["params"][0]["data"][2:])
        for function in functions:
            if function.selector == data[:4]:
                said = function.decode_output(bytes.fromhex(result[2:]))
                told = change(said)
                values = list(told) if len(function.outputs) > 1 else [told]
                return "0x" + abi.encode_values(function.outputs, values, name).hex()
        return result

    return lie


def call_lie(contract: str, name: str, change: Change, address: str = "") -> Lie:
    """The transactions that call this function had other arguments, or went to another address."""
    known = abi.load(contract)

    def lie(question: Mapping[str, Any], result: Any) -> Any:
        if question["method"] != "eth_getTransactionByHash":
            return result
        function, args = known.decode_call(bytes.fromhex(result["input"][2:]))
        if function.name != name:
            return result
        given = dict(zip([p.name for p in function.inputs], map(_plain, args), strict=True))
        change(given)
        told = result | {"input": "0x" + function.encode(list(given.values())).hex()}
        return told | {"to": address} if address else told

    return lie


def _retold(form: EventForm, log: Mapping[str, Any], change: Change) -> dict[str, Any]:
    plain = [param for param in form.inputs if not param.indexed]
    indexed = [param for param in form.inputs if param.indexed]
    data = bytes.fromhex(log["data"][2:])
    args = dict(
        zip([p.name for p in plain], abi.decode_values(plain, data, form.name), strict=True)
    )
    for param, topic in zip(indexed, log["topics"][1:], strict=True):
        (args[param.name],) = abi.decode_values([param], bytes.fromhex(topic[2:]), form.name)
    told = {name: _plain(value) for name, value in args.items()}
    change(told)
    return dict(log) | {
        "topics": [log["topics"][0], *(_encoded([param], told) for param in indexed)],
        "data": _encoded(plain, told),
    }


def _encoded(params: Sequence[Param], told: Mapping[str, Any]) -> str:
    return "0x" + abi.encode_values(params, [told[p.name] for p in params], "a lie").hex()


def _plain(value: Any) -> Any:
    """Structs as dictionaries, so that they can be changed."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


# --- what a lie changes -------------------------------------------------------------------------


def flipped(digest: bytes) -> bytes:
    """Another hash."""
    return keccak256(digest)


def more(*path: str | int, by: int = 1) -> Change:
    """A number somewhere in the arguments is larger."""
    return put(lambda number: number + by, *path)


def put(value: Any, *path: str | int) -> Change:
    """Something else stands somewhere in the arguments; a function makes it of what stood there."""

    def change(args: dict[str, Any]) -> None:
        holder = at(args, path[:-1])
        holder[path[-1]] = value(holder[path[-1]]) if callable(value) else value

    return change


def of_epoch(epoch: int, change: Change) -> Change:
    """Only in the events of one epoch."""

    def chosen(args: dict[str, Any]) -> None:
        if args["epoch"] == epoch:
            change(args)

    return chosen


def claimed(epoch: int, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Lie:
    """The claims of one epoch: `change` has the event's arguments and its share of that epoch."""

    def chosen(args: dict[str, Any]) -> None:
        words = args["shares"]
        told = [dict(zip(("epoch", "amount", "grain"), share_of(w), strict=True)) for w in words]
        for share in [share for share in told if share["epoch"] == epoch]:
            change(args, share)
        if args["shares"] is words:
            args["shares"] = [s["amount"] << 128 | s["grain"] << 32 | s["epoch"] for s in told]

    return event_lie("CredDistributor", "Claimed", chosen)


def paid_out(epoch: int, change: Change) -> Lie:
    """What paydays paid of one epoch: each leaf as subject, payee, amount, grain and epoch."""

    def chosen(args: dict[str, Any]) -> None:
        args["leaves"] = [_leaf_told(leaf, epoch, change) for leaf in args["leaves"]]

    return event_lie("CredDistributor", "PaidOut", chosen)


def batches(change: Change) -> Lie:
    """The first payment of each batch that the Pool paid: its payee and amount."""

    def first(args: dict[str, Any]) -> None:
        amount, payee = _apart(args["batch"][0])
        told: dict[str, Any] = {"amount": amount}
        told["payee"] = checksum_address(payee.to_bytes(20, "big"))
        change(told)
        args["batch"] = [told["amount"] << 160 | int(told["payee"], 16), *args["batch"][1:]]

    return event_lie("Pool", "ReleasedMany", first)


def _leaf_told(leaf: dict[str, Any], epoch: int, change: Change) -> dict[str, Any]:
    (amount, payee), (grain, of) = _apart(leaf["payment"]), _apart(leaf["grain"])
    account = checksum_address(payee.to_bytes(20, "big"))
    told = {"subject": leaf["subject"], "payee": account, "amount": amount, "grain": grain}
    told["epoch"] = of
    if of == epoch:
        change(told)
    return {
        "subject": told["subject"],
        "payment": told["amount"] << 160 | int(told["payee"], 16),
        "grain": told["grain"] << 160 | told["epoch"],
    }


def _apart(word: int) -> tuple[int, int]:
    return word >> 160, word & (1 << 160) - 1
