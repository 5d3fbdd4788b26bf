# SPDX-License-Identifier: AGPL-3.0-only
"""The generated decoders: current, complete, and equal to eth_abi on random values."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode

from millpond.chain import abi
from millpond.chain.abi import EventForm, Param
from millpond.chain.answers import Address, BadAnswer, Log
from millpond.core.subjects import checksum_address, to_hex
from millpond.mirror import words
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.decoding import Decoder
from scripts import _mirror_events
from tests.mirror.made import rows_of

EVENTS = [
    (contract, form)
    for contract in _mirror_events.contracts()
    for form in abi.load(contract).events.values()
]
events = pytest.mark.parametrize(
    ("contract", "form"), EVENTS, ids=[f"{contract}.{form.name}" for contract, form in EVENTS]
)
SOMEBODY = Address("0x" + "11" * 20)
PACKED = {
    ("ReleasedMany", "batch"): "account",
    ("PaidOut", "payment"): "account",
    ("PaidOut", "grain"): "number",
    ("Claimed", "shares"): "share",
}
"""Words of several values, by event and field: an amount of 96 bits and what stands below it; or a
share, an amount of 128 bits, then grain of 96, then an epoch of 32."""


class Dice:
    """Random values of any type of the ABI."""

    def __init__(self, seed: int, event: str) -> None:
        self.chance = random.Random(seed)  # noqa: S311  not for keys
        self.event = event

    def value(self, param: Param) -> Any:
        """One value, as eth_abi takes it."""
        if param.type.endswith("]"):
            inner, _, count = param.type[:-1].rpartition("[")
            one = Param(param.name, inner, param.parts, False)
            return [self.value(one) for _ in range(int(count or self.chance.randrange(4)))]
        if param.type == "tuple":
            return tuple(self.value(part) for part in param.parts)
        return self._elementary(param)

    def _elementary(self, param: Param) -> str | bytes | int:
        if param.type == "address":
            return checksum_address(self.chance.randbytes(20))
        if param.type == "bool":
            return self.chance.random() < 0.5
        if param.type == "string":
            return "".join(self.chance.choices("abc é\u20ac\U0001f33e<&", k=self._length()))
        if param.type.startswith("bytes"):
            return self.chance.randbytes(int(param.type[5:] or self._length()))
        bits = 63 if _mirror_events.snake(param.name) in _mirror_events.SMALL else 256
        bits = min(bits, int(param.type[4:]))
        number = self.chance.choice((0, 1, 2**bits - 1, self.chance.getrandbits(bits)))
        if PACKED.get((self.event, param.name)) == "number":
            number &= 2**63 - 1 | self.chance.getrandbits(96) << 160
        return number

    def _length(self) -> int:
        return self.chance.choice((0, 1, 31, 32, 33, self.chance.randrange(200)))


def log_of(form: EventForm, values: dict[str, Any]) -> Log:
    """The log that a contract would emit, by eth_abi."""
    indexed = [p for p in form.inputs if p.indexed]
    rest = [p for p in form.inputs if not p.indexed]
    topics = [form.topic, *(encode([p.form], [values[p.name]]) for p in indexed)]
    data = encode([p.form for p in rest], [values[p.name] for p in rest])
    return Log(SOMEBODY, tuple(topics), data, 7, bytes(32), 3, bytes(32))


def plain(value: Any) -> str | int:
    """A value as its column holds it, but for whether a number is text."""
    if isinstance(value, bytes):
        return to_hex(value)
    return int(value) if isinstance(value, bool) else value


def flat(event: str, param: Param, value: Any) -> Iterator[str | int]:
    """The elementary values of a field, without its lists."""
    if param.type == "tuple":
        for part, each in zip(param.parts, value, strict=True):
            yield from flat(event, part, each)
    elif param.type.endswith("]"):
        return
    elif PACKED.get((event, param.name)) == "share":
        word = value.to_bytes(32)
        yield from (int.from_bytes(word[28:]), int.from_bytes(word[16:28]))
        yield int.from_bytes(word[:16])
    elif (event, param.name) in PACKED:
        word = value.to_bytes(32)
        below = word[12:]
        named = PACKED[event, param.name] == "account"
        yield checksum_address(below) if named else int.from_bytes(below)
        yield int.from_bytes(word[:12])
    else:
        yield plain(value)


def listed(event: str, param: Param, value: Any, *place: int) -> Iterator[tuple[str | int, ...]]:
    """The rows of a list and of the lists in it: the places, then the elementary values."""
    if param.type == "tuple":
        for part, each in zip(param.parts, value, strict=True):
            yield from listed(event, part, each, *place)
    if param.type.endswith("]"):
        one = Param(param.name, param.type[: param.type.rindex("[")], param.parts, False)
        for number, each in enumerate(value):
            yield *place, number, *flat(event, one, each)
            yield from listed(event, one, each, *place, number)


def same(rows: list[tuple[str | int, ...]], expected: list[tuple[str | int, ...]]) -> bool:
    """Equal, where a large number may be its decimal text."""
    return sorted(tuple(map(str, row)) for row in rows) == sorted(
        tuple(map(str, row)) for row in expected
    )


@events
def test_decoder__random_values_by_eth_abi__the_same_values(contract: str, form: EventForm) -> None:
    dice, decoder = Dice(len(form.name), form.name), BY_TOPIC[contract, form.topic]
    kept = [p for p in form.inputs if (form.name, p.name) not in _mirror_events.LEFT_OUT]
    for _ in range(200):
        values = {param.name: dice.value(param) for param in form.inputs}
        own, *rest = rows_of(decoder, log_of(form, values))
        fields = [(form.name, param, values[param.name]) for param in kept]
        expected = tuple(each for field in fields for each in flat(*field))
        assert tuple(map(str, own[1])) == tuple(map(str, expected))
        lists = [row for field in fields for row in listed(*field)]
        assert same([row for _, row in rest], lists)


@events
def test_decoder__damaged_log__one_named_error(contract: str, form: EventForm) -> None:
    """Cut short, or with bits turned: a row or a `BadAnswer`, never another error."""
    dice, decoder = Dice(1, form.name), BY_TOPIC[contract, form.topic]
    refused = 0
    for _ in range(100):
        log = log_of(form, {param.name: dice.value(param) for param in form.inputs})
        refused += not _survives(decoder, _damaged(log, dice.chance))
    assert refused > 0


def _damaged(log: Log, chance: random.Random) -> Log:
    topics, data = list(log.topics), bytearray(log.data[: chance.randrange(len(log.data) + 1)])
    for _ in range(chance.randrange(3)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.3:
        topics.append(bytes(32))
    return Log(log.address, tuple(topics), bytes(data), 7, bytes(32), 3, bytes(32))


def _survives(decoder: Decoder, log: Log) -> bool:
    try:
        rows_of(decoder, log)
    except BadAnswer:
        return False
    return True


def test_decoder__hostile_text__readable_and_without_nul() -> None:
    form = abi.load("Pool").event("Given")
    raw = b"grain\0 and \xff\xfe water"
    topics = [form.topic, bytes(12) + b"\x11" * 20, bytes(32), bytes(32)]
    data = encode(["uint256", "bool", "bytes"], [5, False, raw])
    log = Log(SOMEBODY, tuple(topics), data, 7, bytes(32), 3, bytes(32))
    [(table, row)] = rows_of(BY_TOPIC["Pool", form.topic], log)
    assert table == "pool_given"
    assert row[-1] == "grain\ufffd and \ufffd\ufffd water"


def test_decoder__number_beyond_its_column__refused() -> None:
    form = abi.load("Pool").event("Lapsed")
    log = Log(SOMEBODY, (form.topic, (2**63).to_bytes(32)), b"", 7, bytes(32), 3, bytes(32))
    with pytest.raises(BadAnswer, match="cannot emit more than"):
        rows_of(BY_TOPIC["Pool", form.topic], log)


def test_decoder__packed_word__its_two_values_in_columns_of_their_own() -> None:
    """Every bit belongs to one of them: an account of all ones beside the largest amount."""
    form = abi.load("Pool").event("ReleasedMany")
    batch = [2**256 - 1, 5 << 160 | 0x11, 1 << 160]
    topics = (form.topic, (3).to_bytes(32), bytes(32))
    log = Log(SOMEBODY, topics, encode(["uint256[]"], [batch]), 7, bytes(32), 3, bytes(32))
    assert rows_of(BY_TOPIC["Pool", form.topic], log)[1:] == [
        ("pool_released_many_batch", (0, checksum_address(b"\xff" * 20), str(2**96 - 1))),
        ("pool_released_many_batch", (1, "0x" + "00" * 19 + "11", "5")),
        ("pool_released_many_batch", (2, "0x" + "00" * 20, "1")),
    ]


@pytest.mark.parametrize(("epoch", "fits"), [(2**63 - 1, True), (2**63, False), (2**159, False)])
def test_decoder__number_in_a_packed_word__fits_its_column_or_is_refused(
    epoch: int, fits: bool
) -> None:
    form = abi.load("CredDistributor").event("PaidOut")
    leaf = (b"\x17" * 32, 7 << 160 | 0x11, 9 << 160 | epoch)
    data = encode(["(bytes32,uint256,uint256)[]"], [[leaf]])
    log = Log(SOMEBODY, (form.topic,), data, 7, bytes(32), 3, bytes(32))
    decoder = BY_TOPIC["CredDistributor", form.topic]
    if not fits:
        with pytest.raises(BadAnswer, match="cannot emit more than"):
            rows_of(decoder, log)
        return
    paid = (0, "0x" + "17" * 32, "0x" + "00" * 19 + "11", "7", epoch, "9")
    assert rows_of(decoder, log)[1:] == [("cred_distributor_paid_out_leaves", paid)]


def test_blobs__that_lie_over_one_another__are_refused() -> None:
    """A reply of a megabyte would become many gigabytes."""
    places, blob = [(64).to_bytes(32)] * 2, (640).to_bytes(32) + b"\x17" * 640
    data = (32).to_bytes(32) + (2).to_bytes(32) + b"".join(places) + blob
    with pytest.raises(BadAnswer, match="a list"):
        words.blobs(data, 0)
    apart = (32).to_bytes(32) + (1).to_bytes(32) + (32).to_bytes(32) + blob
    assert words.blobs(apart, 0) == ["0x" + "17" * 640]


def test_packed__each__is_a_column_of_a_list() -> None:
    tables = [
        table
        for contract in _mirror_events.contracts()
        for event in _mirror_events.events_of(contract)
        for outer in event.lists
        for table in outer.all
    ]
    found = {
        (table.name, column.name)
        for table in tables
        for column, _ in _mirror_events.columns(_mirror_events.element(table.param))
    }
    assert _mirror_events.PACKED.keys() <= found
