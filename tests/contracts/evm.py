# SPDX-License-Identifier: AGPL-3.0-only
"""The bench for unit tests of contracts: an in-process EVM (Prague rules) with names for things.

    evm = Evm()
    pool = evm.clone("Pool", [hub])                 # as the Hub makes one
    pool.give(1, ETH, 100, "", sender=patron, value=100)
    assert evm.logs[-1].name == "Given"
    with evm.reverts("pool: unknown earmark"):      # this reason, and nothing changed
        pool.give(9, ETH, 100, "", sender=patron, value=100)

Calls of views are static, need no sender and leave `evm.logs` alone. An account that ran out of
gas or hit an invalid opcode raises `Reverted("halt: ...")`; a revert without a text raises
`Reverted("")` (that is how Vyper answers calldata that does not fit the types).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyrevm
from eth_abi.abi import decode, encode
from eth_account import Account
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.contracts.compiled import Abi, artifact, code_limit

ETH = "0x" + "00" * 20
START = 1_700_000_000
CHAIN_ID = 1337
GAS_LIMIT = 16_777_216
DOWRY = 10**24

CODE_PADDING = 33
NO_CODE = "0x" + keccak(b"").hex()
ERROR_STRING = keccak(text="Error(string)")[:4]
OUTPUT = re.compile(r"^Revert .*output: 0x([0-9a-f]*)", re.DOTALL)
HALT = re.compile(r"^Halt \{ reason: (\w+)")
ACCOUNT = re.compile(
    r"(0x[0-9a-f]{40}): Account \{ info: AccountInfo \{ balance: (\d+), nonce: \d+, "
    r"code_hash: (0x[0-9a-f]{64}),.*?storage: \{(.*?)\}, status:",
    re.DOTALL,
)
SLOT = re.compile(r"(\d+): StorageSlot \{ previous_or_original_value: \d+, present_value: (\d+) \}")

State = dict[str, tuple[int, str, dict[str, str]]]


class Reverted(Exception):
    """A call or deployment that the EVM undid. `reason` is its text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Actor:
    """Somebody with a key, named by role."""

    name: str
    address: str
    key: bytes

    def sign(self, typed: dict[str, Any]) -> bytes:
        """65 bytes over an EIP-712 message in the form of eth_signTypedData_v4."""
        return bytes(Account.sign_typed_data(self.key, full_message=typed).signature)


class Log(NamedTuple):
    """One decoded event. An indexed text or list is its hash, as on the chain."""

    name: str
    args: dict[str, Any]
    address: str


class Contract:
    """A deployed contract. Its functions are methods, told apart by their number of arguments."""

    def __init__(self, evm: "Evm", name: str, address: str, abi: Abi) -> None:
        # Not `name`, since tokens have a function of that name.
        self.evm, self.contract_name, self.address = evm, name, address
        self._functions = {(f["name"], len(f["inputs"])): f for f in abi if f["type"] == "function"}

    def __repr__(self) -> str:
        return f"{self.contract_name}@{self.address}"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or all(name != known for known, _ in self._functions):
            raise AttributeError(f"{self.contract_name} has no function {name}")

        def call(*args: Any, sender: Any = None, value: int = 0, gas: int = GAS_LIMIT) -> Any:
            function = self._functions.get((name, len(args)))
            if function is None:
                raise TypeError(f"{self.contract_name}.{name} does not take {len(args)} arguments")
            view = function["stateMutability"] in ("view", "pure")
            if sender is None and not view:
                raise TypeError(f"{self.contract_name}.{name} needs a sender")
            caller = self.evm.reader if sender is None else sender
            data = self.calldata(name, *args)
            answer = self.evm.call(caller, self, data, value=value, gas=gas, static=view)
            return _answer(function["outputs"], answer)

        return call

    def calldata(self, name: str, *args: Any) -> bytes:
        """The bytes that call a function, for proposals and raw calls."""
        function = self._functions[(name, len(args))]
        types = [_type(i) for i in function["inputs"]]
        values = [_plain(i, a) for i, a in zip(function["inputs"], args, strict=True)]
        return keccak(text=f"{name}({','.join(types)})")[:4] + encode(types, values)

    def at(self, address: Any) -> "Contract":
        """The same ABI at another address."""
        return self.evm.at(self.contract_name, address)


class Evm:
    """One fresh chain. Everything happens at once unless `warp` moves the clock."""

    def __init__(self, chain_id: int = CHAIN_ID) -> None:
        cfg = pyrevm.CfgEnv(chain_id=chain_id, limit_contract_code_size=code_limit())
        env = pyrevm.Env(cfg=cfg)
        self.chain_id = chain_id
        self.logs: list[Log] = []
        self.gas_used = 0
        self._vm = pyrevm.EVM(env=env, gas_limit=2**63, spec_id="PRAGUE")
        self._events: dict[bytes, dict[str, Any]] = {}
        self._implementations: dict[str, Contract] = {}
        self._blueprints: dict[str, Contract] = {}
        self._block = 0
        self.now = START
        self.warp(0)
        self.reader = self.actor("reader")
        self.deployer = self.actor("deployer")

    # --- accounts and time ----------------------------------------------------------------

    def actor(self, name: str) -> Actor:
        """The account of that role, the same in every run; rich when first asked for."""
        key = keccak(text=f"millpond test actor {name}")
        actor = Actor(name, Account.from_key(key).address, key)
        if self.balance(actor) == 0:
            self.set_balance(actor, DOWRY)
        return actor

    def balance(self, account: Any) -> int:
        """Wei."""
        return self._vm.get_balance(address_of(account))

    def set_balance(self, account: Any, amount: int) -> None:
        """Out of nothing, as a self-destruct or a block reward would."""
        self._vm.set_balance(address_of(account), amount)

    def warp(self, seconds: int) -> None:
        """Let time pass: one more block, so many seconds later."""
        self.now += seconds
        self._block += 1
        self._vm.set_block_env(
            pyrevm.BlockEnv(
                number=self._block,
                timestamp=self.now,
                gas_limit=30_000_000,
                prevrandao=bytes(32),
                excess_blob_gas=0,
            )
        )

    def warp_to(self, timestamp: int) -> None:
        """Let time pass up to this second."""
        assert timestamp >= self.now, "time does not run backwards"
        self.warp(timestamp - self.now)

    def snapshot(self) -> tuple[Any, int]:
        """A point to come back to with `restore`."""
        return self._vm.snapshot(), self.now

    def restore(self, point: tuple[Any, int]) -> None:
        """Undo everything since `point`, time included; a point serves once."""
        self._vm.revert(point[0])
        self.now = point[1]
        self.warp(0)

    # --- contracts ------------------------------------------------------------------------

    def deploy(self, name: str, *args: Any, sender: Any = None, value: int = 0) -> Contract:
        """A new contract with these constructor arguments."""
        built = artifact(name)
        constructors = (e["inputs"] for e in built.abi if e["type"] == "constructor")
        inputs: list[dict[str, Any]] = next(constructors, [])
        values = [_plain(i, a) for i, a in zip(inputs, args, strict=True)]
        data = encode([_type(i) for i in inputs], values)
        return self.at(name, self.create(built.creation + data, sender, value))

    def clone(self, what: str | Contract, args: Sequence[Any] = (), tail: bytes = b"") -> Contract:
        """An EIP-1167 clone with 20-byte addresses and `tail` behind it, as the Hub makes them."""
        original = what if isinstance(what, Contract) else self.implementation(what)
        runtime = bytes.fromhex("363d3d373d3d3d363d73") + _bytes(original)
        runtime += bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
        runtime += b"".join(_bytes(a) for a in args) + tail
        # PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN: put the rest on the chain.
        creation = b"\x61" + len(runtime).to_bytes(2, "big") + bytes.fromhex("80600a5f395ff3")
        return self.at(original.contract_name, self.create(creation + runtime))

    def blueprint(self, name: str) -> Contract:
        """What every `name` is made from (ERC-5202), deployed when first asked for."""
        if name not in self._blueprints:
            code = b"\xfe\x71\x00" + artifact(name).creation
            # the same few bytes as above: put the rest on the chain
            creation = b"\x61" + len(code).to_bytes(2, "big") + bytes.fromhex("80600a5f395ff3")
            made = self.create(creation + code)
            self._blueprints[name] = self.at(name, made)
        return self._blueprints[name]

    def implementation(self, name: str) -> Contract:
        """What the clones of `name` run, deployed when first asked for."""
        if name not in self._implementations:
            args = [self.implementation("Clerk")] if name == "CredDistributor" else []
            self._implementations[name] = self.deploy(name, *args)
        return self._implementations[name]

    def at(self, name: str, address: Any) -> Contract:
        """A handle on what stands at an address, with the ABI of `name`."""
        abi = artifact(name).abi
        for entry in abi:
            if entry["type"] == "event":
                types = ",".join(_type(i) for i in entry["inputs"])
                self._events[keccak(text=f"{entry['name']}({types})")] = entry
        return Contract(self, name, to_checksum_address(address_of(address)), abi)

    def code(self, account: Any) -> bytes:
        """The runtime code at an address."""
        # The engine hands out its padded copy; the hash says whether the padding is what we think.
        padded = self._vm.get_code(address_of(account)) or b""
        code = padded[:-CODE_PADDING]
        assert keccak(code) == self._vm.basic(address_of(account)).code_hash
        return code

    def erase_code(self, account: Any) -> None:
        """Leave an account without code, as a self-destruct may on some chains."""
        balance = self.balance(account)
        self._vm.insert_account_info(address_of(account), pyrevm.AccountInfo(nonce=1, code=b""))
        self.set_balance(account, balance)

    def create(self, code: bytes, sender: Any = None, value: int = 0) -> str:
        """What this creation code puts on the chain; its address."""
        try:
            address = self._vm.deploy(address_of(sender or self.deployer), code, value)
        except RuntimeError as error:
            raise Reverted(_reason(str(error))) from None
        finally:
            self._vm.reset_transient_storage()
        self._record()
        return address

    # --- calls ----------------------------------------------------------------------------

    def call(
        self,
        sender: Any,
        to: Any,
        data: bytes = b"",
        value: int = 0,
        gas: int = GAS_LIMIT,
        static: bool = False,
    ) -> bytes:
        """One raw transaction (or static call); its events are in `logs` afterwards.

        A contract can be the sender if it is a mock with `act(target, data)` that passes it on.
        """
        if isinstance(sender, Contract):
            data = sender.calldata("act", to, data)
            answer = self.call(self.reader, sender, data, value, gas, static)
            return bytes(_decode_one("bytes", answer))
        if not static:
            self.logs = []
        try:
            answer = self._vm.message_call(
                address_of(sender), address_of(to), data, value, gas, None, static
            )
        except RuntimeError as error:
            raise Reverted(_reason(str(error))) from None
        finally:
            self._vm.reset_transient_storage()
        if not static:
            self._record()
        return answer

    @contextmanager
    def reverts(self, reason: str) -> Iterator[None]:
        """The block must fail with exactly this reason and leave every account as it was."""
        before = self.state()
        try:
            yield
        except Reverted as error:
            if error.reason != reason:
                wrong = f"reverted with {error.reason!r}, not {reason!r}"
                raise AssertionError(wrong) from error
        else:
            raise AssertionError(f"nothing reverted with {reason!r}")
        after = self.state()
        changed = [a for a in {*before, *after} if before.get(a) != after.get(a)]
        assert not changed, f"state changed although the call was refused: {changed}"

    def state(self) -> State:
        """Balance, code hash and non-zero storage of every account that has any."""
        accounts = {}
        for address, balance, code_hash, slots in ACCOUNT.findall(self._vm.journal_str):
            storage = {slot: worth for slot, worth in SLOT.findall(slots) if worth != "0"}
            accounts[address] = (int(balance), code_hash, storage)
        return {a: s for a, s in accounts.items() if s[0] or s[1] != NO_CODE or s[2]}

    def _record(self) -> None:
        result = self._vm.result
        assert result is not None
        self.gas_used = result.gas_used
        self.logs = [self._log(log) for log in result.logs]

    def _log(self, log: Any) -> Log:
        topics, data = log.data
        event = self._events.get(topics[0]) if topics else None
        address = to_checksum_address(log.address)
        if event is None:
            return Log("", {"topics": topics, "data": data}, address)
        indexed = [i for i in event["inputs"] if i["indexed"]]
        plain = [i for i in event["inputs"] if not i["indexed"]]
        found = dict(zip((i["name"] for i in plain), _decode(plain, data), strict=True))
        for item, topic in zip(indexed, topics[1:], strict=True):
            dynamic = item["type"] in ("string", "bytes") or item["type"].endswith("]")
            found[item["name"]] = topic if dynamic else _decode([item], topic)[0]
        return Log(event["name"], {i["name"]: found[i["name"]] for i in event["inputs"]}, address)


def address_of(account: Any) -> str:
    """The address of an actor or contract, or the address itself."""
    return str(getattr(account, "address", account))


def _bytes(account: Any) -> bytes:
    return bytes.fromhex(address_of(account)[2:])


def _type(item: dict[str, Any]) -> str:
    if not item["type"].startswith("tuple"):
        return str(item["type"])
    inner = ",".join(_type(c) for c in item["components"])
    return f"({inner}){item['type'][5:]}"


def _plain(item: dict[str, Any], given: Any) -> Any:
    """What eth_abi takes: actors and contracts become addresses, hex becomes bytes."""
    kind = item["type"]
    if kind.endswith("]"):
        inner = {**item, "type": kind[: kind.rindex("[")]}
        return [_plain(inner, g) for g in given]
    if kind == "tuple":
        members = given.values() if isinstance(given, dict) else given
        return tuple(_plain(c, g) for c, g in zip(item["components"], members, strict=True))
    if kind == "address":
        return address_of(given)
    if kind.startswith("bytes") and isinstance(given, str):
        return bytes.fromhex(given.removeprefix("0x"))
    return given


def _named(item: dict[str, Any], found: Any) -> Any:
    """What a test reads: checksummed addresses, structs with names."""
    kind = item["type"]
    if kind.endswith("]"):
        inner = {**item, "type": kind[: kind.rindex("[")]}
        return [_named(inner, f) for f in found]
    if kind == "tuple":
        fields = [(c["name"], Any) for c in item["components"]]
        struct = NamedTuple("struct", fields)  # type: ignore[misc]
        return struct(*(_named(c, f) for c, f in zip(item["components"], found, strict=True)))
    return to_checksum_address(found) if kind == "address" else found


def _decode(items: list[dict[str, Any]], data: bytes) -> list[Any]:
    found = decode([_type(i) for i in items], data)
    return [_named(i, f) for i, f in zip(items, found, strict=True)]


def _decode_one(kind: str, data: bytes) -> Any:
    return decode([kind], data)[0]


def _answer(outputs: list[dict[str, Any]], data: bytes) -> Any:
    found = _decode(outputs, data)
    if len(found) == 1:
        return found[0]
    return tuple(found) if found else None


def _reason(error: str) -> str:
    halt = HALT.match(error)
    if halt:
        return f"halt: {halt.group(1)}"
    output = OUTPUT.match(error)
    if output is None:
        return f"halt: {error}"
    data = bytes.fromhex(output.group(1))
    if data[:4] == ERROR_STRING:
        return str(_decode_one("string", data[4:]))
    return "" if not data else f"0x{data.hex()}"
