# SPDX-License-Identifier: AGPL-3.0-only
"""RLP and tries beside packages by others; whatever is malformed or changed is refused by name."""

import random
from collections.abc import Iterator, Sequence

import pytest
import rlp as theirs  # type: ignore[import-untyped]
from rlp.exceptions import DecodingError  # type: ignore[import-untyped]
from trie import HexaryTrie  # type: ignore[import-untyped]

from millpond.chain.rlp import BadProof, Item, decode, encode, number_of, whole
from millpond.chain.trie import EMPTY_ROOT, list_root, look_up
from millpond.core.canonical import keccak256

SIZES = (0, 1, 1, 2, 31, 32, 33, 54, 55, 56, 57, 255, 256, 300)
WORD = 32


def _any_item(chance: random.Random, depth: int = 0) -> Item:
    if depth < 5 and chance.random() < 0.4:
        return [_any_item(chance, depth + 1) for _ in range(chance.choice([0, 1, 2, 3, 20]))]
    return chance.randbytes(chance.choice(SIZES))


def _plain(item: object) -> object:
    """Lists and bytes only, whoever made them."""
    return item if isinstance(item, bytes) else [_plain(each) for each in item]  # type: ignore[attr-defined]


# --- RLP ----------------------------------------------------------------------------------------


def test_encode__any_items__as_another_package_writes_them() -> None:
    chance = random.Random(1)  # noqa: S311  not for keys
    for item in (_any_item(chance) for _ in range(300)):
        encoded = encode(item)
        assert encoded == theirs.encode(item)
        assert _plain(decode(encoded)) == item


def test_encode__more_than_two_bytes_of_length__as_another_package_writes_them() -> None:
    for size in (0xFFFF, 0x10000, 0x10001):
        assert encode(bytes(size)) == theirs.encode(bytes(size))
        assert decode(encode([bytes(size)])) == [bytes(size)]


def test_decode__any_bytes__read_or_refused_as_by_another_package() -> None:
    """Written items with some bytes changed: nothing is read that the other one refuses."""
    chance = random.Random(2)  # noqa: S311  not for keys
    read = refused = 0
    for _ in range(3_000):
        changed = bytearray(encode(_any_item(chance, 3)))
        for _ in range(chance.choice([0, 1, 1, 2])):
            changed[chance.randrange(len(changed))] = chance.choice(
                [0, 0x7F, 0x80, 0x81, 0xB8, 0xC0]
            )
        ours = _read(bytes(changed))
        assert ours == _read_by_them(bytes(changed)), changed.hex()
        read, refused = read + (ours is not None), refused + (ours is None)
    assert min(read, refused) > 300


def _read(data: bytes) -> object:
    try:
        return _plain(decode(data))
    except BadProof:
        return None


def _read_by_them(data: bytes) -> object:
    try:
        return _plain(theirs.decode(data))
    except DecodingError:
        return None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "cut short"),
        ("83aabb", "cut short"),
        ("b8", "the one way"),
        ("b90100", "cut short"),
        ("c2aa", "cut short"),
        ("c282aa", "cut short"),
        ("8100", "the one way"),
        ("817f", "the one way"),
        ("b837" + "aa" * 0x37, "the one way"),
        ("b90038" + "aa" * 0x38, "the one way"),
        ("f837" + "aa" * 0x37, "the one way"),
        ("01bb", "behind the end"),
        ("8000", "behind the end"),
        ("c000", "behind the end"),
        ("bfffffffffffffffff", "cut short"),
    ],
)
def test_decode__malformed__refused(data: str, why: str) -> None:
    with pytest.raises(BadProof, match=why):
        decode(bytes.fromhex(data))


def test_decode__nested_without_end__refused() -> None:
    item: Item = b""
    for _ in range(17):
        item = [item]
    with pytest.raises(BadProof, match="nested too deep"):
        decode(encode(item))


def test_number_of__only_as_it_is_written() -> None:
    for number in (0, 1, 127, 128, 2**255, 2**256 - 1):
        assert number_of(decode(encode(whole(number))), "a number") == number
    for item in (b"\0", b"\0\1", b"\1" * 33, [], [b"\1"]):
        with pytest.raises(BadProof, match="not written as a number"):
            number_of(item, "a number")


# --- lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 127, 128, 129, 257])
def test_list_root__of_so_many__as_another_trie_has_it(count: int) -> None:
    chance = random.Random(count)  # noqa: S311  not for keys
    for size in (1, 3, 40):
        values = [chance.randbytes(size) for _ in range(count)]
        other = HexaryTrie({})
        for position, value in enumerate(values):
            other[theirs.encode(position)] = value
        assert list_root(values) == other.root_hash
        if count > 1:
            assert list_root(values[::-1]) != other.root_hash
            assert list_root(values[:-1]) != other.root_hash


# --- proofs -------------------------------------------------------------------------------------


def _trie(chance: random.Random, keys: Sequence[bytes], size: int) -> HexaryTrie:
    made = HexaryTrie({})
    for key in keys:
        made[key] = chance.randbytes(size)
    return made


def _proof(made: HexaryTrie, key: bytes) -> list[bytes]:
    """The nodes on the way to a key, those that stand inside others only there."""
    encoded = [theirs.encode(node) for node in made.get_proof(key)]
    return [
        node
        for at, node in enumerate(encoded)
        if node != b"\x80" and (at == 0 or len(node) >= WORD)
    ]


def _tries() -> Iterator[tuple[HexaryTrie, list[bytes], list[bytes]]]:
    """Tries of many forms; keys that are in each, and keys that are not."""
    chance = random.Random(3)  # noqa: S311  not for keys
    for count in (1, 2, 5, 40, 120):
        hashed = [keccak256(str(number).encode()) for number in range(2 * count)]
        yield _trie(chance, hashed[:count], 33), hashed[:count], hashed[count:]
    # short keys and values: nodes that stand inside others, and values of branches
    short = [bytes([a, b]) for a in range(6) for b in range(6)] + [bytes([a]) for a in range(3)]
    for size in (1, 2, 9, 40):
        chance.shuffle(short)
        yield _trie(chance, short[:30], size), short[:30], [*short[30:], b"", b"\xff", b"\0\0\0"]


def test_look_up__present_and_absent__as_another_trie_has_it() -> None:
    found = missed = 0
    for made, present, absent in _tries():
        for key in present:
            assert look_up(made.root_hash, key, _proof(made, key)) == made[key]
            found += 1
        for key in absent:
            assert look_up(made.root_hash, key, _proof(made, key)) is None
            missed += 1
    assert min(found, missed) > 100


def test_look_up__a_node_that_stands_in_another__may_be_listed_once_more() -> None:
    made = HexaryTrie({})
    for key in (b"\1\2\3", b"\1\2\4"):
        made[key] = key
    listed = [theirs.encode(node) for node in made.get_proof(b"\1\2\3")]
    assert len(listed) > len(_proof(made, b"\1\2\3"))
    assert look_up(made.root_hash, b"\1\2\3", listed) == b"\1\2\3"


def test_look_up__nothing_at_all__is_proven_by_the_empty_root_alone() -> None:
    assert look_up(EMPTY_ROOT, b"key", []) is None
    assert look_up(EMPTY_ROOT, b"key", [b"\x80"]) is None
    for root, proof in ((b"\1" * 32, []), (EMPTY_ROOT, [b"\xc0"]), (EMPTY_ROOT, [b"\x80"] * 2)):
        with pytest.raises(BadProof):
            look_up(root, b"key", proof)


def test_look_up__changed_once__refused() -> None:
    """Each change of a proof, bit by bit and node by node: never a value, never nothing."""
    chance, tried = random.Random(4), 0  # noqa: S311  not for keys
    for made, present, absent in _tries():
        for key in (*chance.sample(present, min(3, len(present))), *absent[:2]):
            for changed in _changed(chance, _proof(made, key)):
                tried += 1
                with pytest.raises(BadProof):
                    look_up(made.root_hash, key, changed)
    assert tried > 1_000


def _changed(chance: random.Random, proof: list[bytes]) -> Iterator[list[bytes]]:
    for at, node in enumerate(proof):
        before, behind = proof[:at], proof[at + 1 :]
        for place in chance.sample(range(len(node)), min(8, len(node))):
            bit = 1 << chance.randrange(8)
            yield [*before, node[:place] + bytes([node[place] ^ bit]) + node[place + 1 :], *behind]
        yield [*before, node[:-1], *behind]
        yield [*before, node + b"\0", *behind]
        yield [*before, b"", *behind]
        yield [*before, *behind]
        yield [*before, node, node, *behind]
        if behind:
            yield [*before, behind[0], node, *behind[1:]]
    yield [*proof, proof[0]]
    yield [*proof, b"\x80"]
    yield []


def test_look_up__another_root_or_key__refused_or_its_own_answer() -> None:
    for made, present, _ in _tries():
        key, proof = present[0], _proof(made, present[0])
        with pytest.raises(BadProof):
            look_up(keccak256(made.root_hash), key, proof)
        for other in present[1:4]:
            # it may be the same way down, but it must not give the wrong value
            try:
                assert look_up(made.root_hash, other, proof) == made[other]
            except BadProof:
                continue


LEAF, ODD_LEAF, PATH = b"\x20\x12", b"\x31\x23", b"\x00\x12"
CHILD = b"\7" * 32
MALFORMED: dict[str, Item] = {
    "bytes": b"\x99" * 40,
    "nothing": [],
    "one item": [LEAF],
    "three items": [LEAF, b"v", b"v"],
    "sixteen items": [b""] * 16,
    "eighteen items": [b""] * 18,
    "a leaf without a value": [LEAF, b""],
    "a leaf with a list": [LEAF, [b"v"]],
    "a path that is nothing": [b"", b"v"],
    "a path that is a list": [[LEAF], b"v"],
    "a flag of four": [b"\x40\x12", b"v"],
    "all flags": [b"\xf0\x12", b"v"],
    "an even leaf with a filled half": [b"\x21\x12", b"v"],
    "an even path with a filled half": [b"\x01\x12", CHILD],
    "a path of no length": [b"\x00", CHILD],
    "a path to nothing": [b"\x00\x12", b""],
    "a path to a short name": [b"\x00\x12", b"\7" * 31],
    "a path to a long name": [b"\x00\x12", b"\7" * 33],
    "a path to a node that is missing": [b"\x00\x12", CHILD],
    "a path to a leaf without a value": [b"\x00\x12", [b"\x20", b""]],
    "a path to a node of one item": [b"\x00\x12", [b"v"]],
    "a long node inside another": [b"\x00\x12", [b"\x20", b"v" * 40]],
    "a branch with a short name": [b"\7" * 5] * 16 + [b""],
    "a branch with a long name": [b"\7" * 33] * 16 + [b""],
    "a branch to nodes that are missing": [CHILD] * 16 + [b""],
    "a branch with lists of one": [[b"v"]] * 16 + [b""],
}


@pytest.mark.parametrize("name", MALFORMED)
def test_look_up__malformed_under_the_right_hash__refused(name: str) -> None:
    """Not only the hashes speak: a node of a wrong form is refused, whoever vouches for it."""
    node = theirs.encode(MALFORMED[name])
    with pytest.raises(BadProof):
        look_up(keccak256(node), b"\x12", [node])


def test_look_up__a_branch_with_a_list_for_a_value__refused() -> None:
    node = theirs.encode([b""] * 16 + [[b"v"]])
    with pytest.raises(BadProof, match="a value is a list"):
        look_up(keccak256(node), b"", [node])


def test_look_up__not_written_in_the_one_way__refused_under_the_right_hash() -> None:
    right = theirs.encode([LEAF, b"value"])
    assert look_up(keccak256(right), b"\x12", [right]) == b"value"
    for other in (
        b"\xf8" + right[:1] + right[1:],
        right + b"\0",
        right[:-1],
        b"\xf8\x09" + right[1:],
    ):
        with pytest.raises(BadProof):
            look_up(keccak256(other), b"\x12", [other])
