# SPDX-License-Identifier: AGPL-3.0-only
"""The chain as a walk drives it: the bench of the unit tests, with a short way in and raw answers.

Nothing is decoded here. What came back is compared as bytes with what the rules expect, so nothing
can hide in an answer or in an event, and a call costs little more than the engine takes.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pyrevm
from eth_abi.abi import decode
from eth_utils.address import to_checksum_address

from millpond.core.canonical import keccak256
from tests.contracts.compiled import artifact
from tests.contracts.evm import (
    ERROR_STRING,
    GAS_LIMIT,
    HALT,
    OUTPUT,
    Contract,
    Evm,
    address_of,
)
from tests.properties import codec

# A refusal that is no text is told as it is up to so many bytes, and a longer one by its length.
SHOWN = 64
LONG = re.compile(r"(\d+) bytes")

RawLog = tuple[str, tuple[bytes, ...], bytes]
"""Who logged it, the topics, the data."""


class Outcome(NamedTuple):
    """What a call did on the chain."""

    ok: bool
    data: bytes
    reason: str
    logs: list[RawLog]


@dataclass(frozen=True)
class Function:
    """One function of a contract."""

    name: str
    selector: bytes
    view: bool
    encode: Callable[[Sequence[Any]], bytes]
    encode_answer: Callable[[Sequence[Any]], bytes]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def calldata(self, args: Sequence[Any]) -> bytes:
        """The bytes that call it."""
        return self.selector + self.encode(args)

    def answer(self, value: Any) -> bytes:
        """A returned value as bytes: None, the one value, or a tuple of several."""
        if not self.outputs:
            assert value is None, f"{self.name} returns nothing, not {value!r}"
            return b""
        return self.encode_answer([value] if len(self.outputs) == 1 else value)

    def read(self, data: bytes) -> Any:
        """An answer as Python values, for people."""
        found = decode(self.outputs, data)
        return found[0] if len(found) == 1 else found


@dataclass(frozen=True)
class Event:
    """One event of a contract. Indexed fields are single words in all of ours."""

    name: str
    topic: bytes
    fields: tuple[str, ...]
    types: dict[str, str]
    indexed: tuple[tuple[str, Callable[[Sequence[Any]], bytes]], ...]
    plain: tuple[str, ...]
    encode: Callable[[Sequence[Any]], bytes]

    def raw(self, address: str, args: dict[str, Any]) -> RawLog:
        """As the chain logs it."""
        assert set(args) == set(self.fields), f"{self.name} has {self.fields}, not {tuple(args)}"
        topics = (self.topic, *(encode([args[name]]) for name, encode in self.indexed))
        return address, topics, self.encode([args[name] for name in self.plain])


@dataclass(frozen=True, eq=False)
class Handle:
    """A contract at an address. `name` is that of its source; pairs are counted under it.
    There is one for each contract (`handle_at`), also after it was pickled."""

    name: str
    address: str
    functions: dict[str, Function]
    events: dict[str, Event]

    def __reduce__(self) -> tuple[Any, ...]:
        return handle_at, (self.name, self.address)

    def calldata(self, function: str, *args: Any) -> bytes:
        """The bytes that call one of its functions."""
        return self.functions[function].calldata(args)


class Chain(Evm):
    """One fresh chain with a lean way to send transactions."""

    def __init__(self) -> None:
        super().__init__()
        self._reasons: dict[str, str] = {}
        self._codes: dict[str, bytes] = {}

    def handle(self, contract: Contract) -> Handle:
        """A contract of the bench, ready to be driven."""
        return handle_at(contract.contract_name, contract.address)

    def keep_code(self, source: Any) -> bytes:
        """The code of a contract, remembered for when it has none."""
        if address_of(source) not in self._codes:
            self._codes[address_of(source)] = self.code(source)
        return self._codes[address_of(source)]

    def put_code(self, account: Any, source: Any) -> None:
        """From now on an account runs the code of a contract that is there; with its own storage,
        as after a delegation or when a contract comes back to its place."""
        code = self.keep_code(source)
        balance = self.balance(account)
        nonce = self._vm.basic(address_of(account)).nonce
        info = pyrevm.AccountInfo(nonce=nonce, code=code)
        self._vm.insert_account_info(address_of(account), info)
        self.set_balance(account, balance)

    def send(
        self,
        sender: str,
        to: str,
        data: bytes,
        value: int = 0,
        static: bool = False,
        gas: int = GAS_LIMIT,
    ) -> Outcome:
        """One transaction, or a static call."""
        machine = self._vm
        try:
            answer = machine.message_call(sender, to, data, value, gas, None, static)
        except RuntimeError as error:
            return Outcome(False, b"", self._reason(str(error)), [])
        finally:
            machine.reset_transient_storage()
        if static:
            return Outcome(True, answer, "", [])
        result = machine.result
        assert result is not None
        logs = [(log.address, tuple(log.data[0]), log.data[1]) for log in result.logs]
        return Outcome(True, answer, "", logs)

    def _reason(self, error: str) -> str:
        """The text of a refusal; "" for one without, "halt: ..." for the engine's own."""
        output = OUTPUT.match(error)
        if output is None:
            halt = HALT.match(error)
            return f"halt: {halt.group(1) if halt else error}"
        found = output.group(1)
        if found not in self._reasons:
            data = bytes.fromhex(found)
            named = data[:4] == ERROR_STRING
            other = found if len(data) <= SHOWN else f"{len(data)} bytes"
            self._reasons[found] = decode(["string"], data[4:])[0] if named else other
        return self._reasons[found]


@cache
def handle_at(name: str, address: str) -> Handle:
    """The handle of a contract."""
    return Handle(name, address, *interface(name))


@cache
def interface(name: str) -> tuple[dict[str, Function], dict[str, Event]]:
    """The functions and events of a contract, by name."""
    functions: dict[str, Function] = {}
    events: dict[str, Event] = {}
    for entry in artifact(name).abi:
        if entry["type"] == "function":
            _enter(functions, _function(entry))
        if entry["type"] == "event":
            events[entry["name"]] = _event(entry)
    return functions, events


def _enter(functions: dict[str, Function], found: Function) -> None:
    """The longest form of a function has its plain name; one that leaves out a default argument
    is "give/4"."""
    known = functions.get(found.name)
    if known is not None and len(known.inputs) > len(found.inputs):
        functions[f"{found.name}/{len(found.inputs)}"] = found
        return
    functions[found.name] = found
    if known is not None:
        functions[f"{known.name}/{len(known.inputs)}"] = known


@cache
def plain_name(function: str) -> str:
    """Without the number of arguments of a shorter form."""
    return function.partition("/")[0]


def _signature(entry: dict[str, Any]) -> bytes:
    return keccak256(
        f"{entry['name']}({','.join(codec.type_of(i) for i in entry['inputs'])})".encode()
    )


def _function(entry: dict[str, Any]) -> Function:
    inputs, outputs = entry["inputs"], entry["outputs"]
    return Function(
        name=entry["name"],
        selector=_signature(entry)[:4],
        view=entry["stateMutability"] in ("view", "pure"),
        encode=codec.encoder(inputs),
        encode_answer=codec.encoder(outputs),
        inputs=tuple(codec.type_of(i) for i in inputs),
        outputs=tuple(codec.type_of(i) for i in outputs),
    )


def _event(entry: dict[str, Any]) -> Event:
    items = entry["inputs"]
    plain = [item for item in items if not item["indexed"]]
    return Event(
        name=entry["name"],
        topic=_signature(entry),
        fields=tuple(item["name"] for item in items),
        types={item["name"]: codec.type_of(item) for item in items},
        indexed=tuple((i["name"], codec.encoder([i])) for i in items if i["indexed"]),
        plain=tuple(item["name"] for item in plain),
        encode=codec.encoder(plain),
    )


@cache
def refusal(reason: str) -> bytes:
    """What comes back of a call that is refused with this text, or without one; "9 bytes" are so
    many zeros, as mocks answer."""
    long = LONG.fullmatch(reason)
    if long is not None:
        return bytes(int(long.group(1)))
    return ERROR_STRING + _text([reason]) if reason else b""


_text = codec.of_types("string")


@cache
def to_address(number: int) -> str:
    """An address by its number, as this room writes addresses."""
    return str(to_checksum_address(number.to_bytes(20)))


_content = codec.of_types("address[]", "uint256[]", "bytes[]", "bytes32")


def content_id(
    targets: Sequence[str], values: Sequence[int], calls: Sequence[bytes], text_hash: bytes
) -> int:
    """The number of a proposal: OpenZeppelin's hash of its whole content."""
    return int.from_bytes(keccak256(_content([targets, values, calls, text_hash])))
