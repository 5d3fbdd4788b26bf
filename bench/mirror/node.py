# SPDX-License-Identifier: AGPL-3.0-only
"""A node over a chain that lies ready in files: as fast an answer as a client can wish for.

    python -m bench.mirror.node FOLDER [PORT]       prints its port, serves until it is ended

JSON-RPC over HTTP/1.1 on 127.0.0.1, single questions and batches. What it answers was made by
`blocks.py` and is only put together here, so that what a run measures is the indexer.
"""

import asyncio
import json
import mmap
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.mirror.blocks import BLOBS, CHAIN_ID, INDEXES
from bench.mirror.story import HUB, IDENTITY, TOKEN, contracts
from millpond.chain.abi import encode_values, load, plain
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex

_SAFE, _FINAL = 32, 64
"""How far behind its head it calls blocks safe, and final."""
_UNKNOWN, _NO_BLOCK, _NO_METHOD = -32000, -32001, -32601


class Refusal(Exception):
    """What a node says no with."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Chain:
    """The files of a chain, and what can be looked up in them."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "chain.json").read_text("utf-8"))
        self._blob = {name: _mapped(folder / f"{name}.json") for name in BLOBS}
        self._at = {name: _array(folder / f"{name}.index") for name in INDEXES}
        self._kinds: list[tuple[str, str]] = [tuple(pair) for pair in about["kinds"]]
        self._numbers = {digest: number for number, digest in enumerate(about["hashes"])}
        self.head = len(about["hashes"]) - 1
        self.hashes: list[str] = about["hashes"]

    def number(self, said: object) -> int | None:
        """Of a block by number or tag; None if there is none such."""
        tags = {"latest": 0, "pending": 0, "safe": _SAFE, "finalized": _FINAL}
        if said in tags:
            return max(0, self.head - tags[str(said)])
        found = 0 if said == "earliest" else int(str(said), 16)
        return found if found <= self.head else None

    def number_of(self, digest: object) -> int | None:
        """Of a block by hash."""
        return self._numbers.get(str(digest).lower())

    def block(self, number: int, whole: bool) -> bytes:
        """With its transactions, or with their hashes."""
        at = self._at
        first, end = at["block_transaction"][number], at["block_transaction"][number + 1]
        head = self._piece("blocks", "block_at", number, number + 1)
        if whole:
            inside = self._piece("transactions", "transaction_at", first, end)[:-1]
        else:
            inside = b",".join(map(self._hash, range(first, end)))
        return b'%b,"transactions":[%b]}' % (head, inside)

    def _hash(self, transaction: int) -> bytes:
        text = self._piece("transactions", "transaction_at", transaction, transaction + 1)
        return b'"%b"' % text.partition(b'"hash":"')[2][:66]

    def receipts(self, number: int) -> bytes:
        """All receipts of a block."""
        at = self._at
        found = []
        for each in range(at["block_transaction"][number], at["block_transaction"][number + 1]):
            head = self._piece("receipts", "receipt_at", each, each + 1)
            logs = self._logs(at["transaction_log"][each], at["transaction_log"][each + 1])
            found.append(b"%b%b]}" % (head, logs[:-1]))
        return b"[%b]" % b",".join(found)

    def logs(self, first: int, last: int, addresses: object, topics: Sequence[object]) -> bytes:
        """Those that match, of all these blocks."""
        if any(topic is not None for topic in topics[1:]):
            raise Refusal(_UNKNOWN, "this node filters by the first topic only")
        wanted = self._wanted(addresses, topics[0] if topics else None)
        at = self._at
        pieces = []
        for number in range(first, last + 1):
            start, foreign = at["block_log"][number], at["block_foreign"][number]
            end = at["block_log"][number + 1]
            kinds = at["log_kind"]
            if all(wanted[kind] for kind in set(kinds[start:foreign])):
                pieces.append(self._logs(start, foreign))
                start = foreign
            pieces += [
                self._logs(each, each + 1) for each in range(start, end) if wanted[kinds[each]]
            ]
        return b"[%b]" % b"".join(pieces)[:-1]

    def _wanted(self, addresses: object, topic: object) -> list[bool]:
        """By kind of log."""
        places, kinds = _lower(addresses), _lower(topic)
        return [
            (places is None or where in places) and (kinds is None or said in kinds)
            for where, said in self._kinds
        ]

    def _logs(self, first: int, end: int) -> bytes:
        return self._piece("logs", "log_at", first, end)

    def _piece(self, blob: str, index: str, first: int, end: int) -> bytes:
        places = self._at[index]
        return self._blob[blob][places[first] : places[end]]


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _array(path: Path) -> "array[int]":
    found = array("Q")
    found.frombytes(path.read_bytes())
    return found


def _lower(said: object) -> set[str] | None:
    if said is None or said == []:
        return None
    return {str(each).lower() for each in (said if isinstance(said, list) else [said])}


class Node:
    """The methods."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._known = {to_hex(where) for where in (*contracts(), TOKEN)}
        self._calls = _calls()
        self._methods: Mapping[str, Callable[..., bytes]] = {
            "eth_chainId": lambda *_: _json(hex(CHAIN_ID)),
            "net_version": lambda *_: _json(str(CHAIN_ID)),
            "web3_clientVersion": lambda *_: _json("bench"),
            "eth_blockNumber": lambda *_: _json(hex(chain.head)),
            "eth_syncing": lambda *_: b"false",
            "eth_getBlockByNumber": self._block_by_number,
            "eth_getBlockByHash": self._block_by_hash,
            "eth_getBlockReceipts": self._receipts,
            "eth_getLogs": self._logs,
            "eth_getCode": self._code,
            "eth_call": self._call,
        }

    def answer(self, request: bytes) -> bytes:
        """To one question, or to a batch."""
        asked = json.loads(request)
        if isinstance(asked, list):
            return b"[%b]" % b",".join(map(self._one, asked))
        return self._one(asked)

    def _one(self, asked: Mapping[str, Any]) -> bytes:
        key = _json(asked.get("id"))
        try:
            method = self._method(asked["method"])
            return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (
                key,
                method(*asked.get("params", ())),
            )
        except Refusal as no:
            error = {"code": no.code, "message": str(no)}
            return b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (key, _json(error))

    def _method(self, name: str) -> Callable[..., bytes]:
        if name not in self._methods:
            raise Refusal(_NO_METHOD, f"the method {name} is not served")
        return self._methods[name]

    def _block_by_number(self, said: object, whole: bool = False) -> bytes:
        number = self._chain.number(said)
        return b"null" if number is None else self._chain.block(number, whole)

    def _block_by_hash(self, digest: object, whole: bool = False) -> bytes:
        number = self._chain.number_of(digest)
        return b"null" if number is None else self._chain.block(number, whole)

    def _receipts(self, said: object) -> bytes:
        digest = said.get("blockHash") if isinstance(said, dict) else said
        by_hash = self._chain.number_of(digest)
        number = by_hash if by_hash is not None else self._chain.number(said)
        return b"null" if number is None else self._chain.receipts(number)

    def _logs(self, question: Mapping[str, Any]) -> bytes:
        chain = self._chain
        if "blockHash" in question:
            first = last = chain.number_of(question["blockHash"])
        else:
            first = chain.number(question.get("fromBlock", "latest"))
            last = chain.number(question.get("toBlock", "latest"))
        if first is None or last is None:
            raise Refusal(_NO_BLOCK, "unknown block")
        return chain.logs(first, last, question.get("address"), question.get("topics") or [])

    def _code(self, where: str, _: object = None) -> bytes:
        return _json("0x5f5ffd" if where.lower() in self._known else "0x")

    def _call(self, call: Mapping[str, str], _: object = None) -> bytes:
        data = call.get("data") or call.get("input") or "0x"
        found = self._calls.get((call["to"].lower(), data[:10].lower()))
        if found is None:
            raise Refusal(3, "execution reverted")
        return _json(to_hex(found))


def _calls() -> dict[tuple[str, str], bytes]:
    """What contracts answer to the few calls that the mirror makes."""
    hub = load("Hub").function("identity", 0)
    dollar = load("TestDollar")
    decimals, symbol = dollar.function("decimals", 0), dollar.function("symbol", 0)
    return {
        (to_hex(HUB), to_hex(hub.selector)): bytes(12) + IDENTITY,
        (to_hex(TOKEN), to_hex(decimals.selector)): (6).to_bytes(32),
        (to_hex(TOKEN), to_hex(symbol.selector)): encode_values(
            plain("string"), ["TUSD"], "a symbol"
        ),
    } | {
        (to_hex(where), to_hex(keccak256(b"decimals()")[:4])): (18).to_bytes(32)
        for where, kind in contracts().items()
        if kind == "Grain"
    }


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


class _Connection(asyncio.Protocol):
    """HTTP/1.1, kept alive: as much of it as JSON-RPC clients use."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for request in self._requests():
            body = self._node.answer(request)
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            self._transport.write(head % len(body) + body)

    def _requests(self) -> Iterator[bytes]:
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            lines = bytes(self._buffer[:end]).lower().split(b"\r\n")
            lengths = [line[15:] for line in lines if line.startswith(b"content-length:")]
            size = end + 4 + (int(lengths[0]) if lengths else 0)
            if len(self._buffer) < size:
                return
            request = bytes(self._buffer[end + 4 : size])
            del self._buffer[:size]
            yield request


async def _serve(folder: Path, port: int) -> None:
    node = Node(Chain(folder))
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(node), "127.0.0.1", port
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int((*sys.argv, "0")[2])))
