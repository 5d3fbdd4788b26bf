# SPDX-License-Identifier: AGPL-3.0-only
"""For the fuzz of the sum tree: random leaves, a second implementation, forged trees, bad proofs.

The second implementation is naive and recursive, written from the text of the format: a tree over
n > 1 leaves splits after the largest power of two under n, which is what pairing row by row with
the odd node going up comes to. It shares nothing with `millpond.core.sum_tree` but keccak.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sha3 import keccak_256  # type: ignore[import-untyped]

SEED = 20_190_901
WORD = 2**256
LARGEST = 2**128 - 1

Sibling = tuple[bytes, int]
Leaves = list[tuple[bytes, int]]


@dataclass(frozen=True)
class Place:
    """What every leaf of a tree names."""

    chain_id: int
    distributor: str
    epoch: int

    def values(self) -> tuple[int, str, int]:
        """As the package takes them."""
        return self.chain_id, self.distributor, self.epoch


@dataclass(frozen=True)
class Claim:
    """One leaf that somebody brings with a proof against a posted root, total and leaf count."""

    place: Place
    root: bytes
    total: int
    count: int
    index: int
    subject: bytes
    cred: int
    proof: tuple[Sibling, ...]


def dice_of(what: str, number: int) -> random.Random:
    """The dice of one case; the same in every run, and apart from those of any other case."""
    return random.Random(f"{SEED} {what} {number}")  # noqa: S311


def some_place(dice: random.Random) -> Place:
    """A chain, a distributor and an epoch."""
    chain_id = dice.choice((1, 1337, 31_337, 2**63))
    return Place(chain_id, "0x" + dice.randbytes(20).hex(), dice.randint(1, 2**32 - 1))


def some_leaves(dice: random.Random, most: int = 400) -> Leaves:
    """Sorted leaves: mostly few, sometimes hundreds; cred from one unit up to nearly 2^128.

    One tree in eight adds up to exactly the largest total there may be.
    """
    size = 1 + int((most - 1) * dice.random() ** 16)
    room = 128 - size.bit_length()
    subjects = {
        dice.randbytes(32) if dice.random() < 0.7 else bytes(12) + dice.randbytes(20)
        for _ in range(size)
    }
    leaves = [(subject, 1 + dice.getrandbits(dice.randint(1, room)) // 2) for subject in subjects]
    if dice.random() < 0.125:
        at = dice.randrange(len(leaves))
        rest = sum(cred for _, cred in leaves) - leaves[at][1]
        leaves[at] = (leaves[at][0], LARGEST - rest)
    return sorted(leaves)


# --- the second implementation ----------------------------------------------------------------


def keccak(data: bytes) -> bytes:
    """The hash of Ethereum."""
    return bytes(keccak_256(data).digest())


def word(number: int) -> bytes:
    """A number as abi.encode has it."""
    return number.to_bytes(32, "big")


def naive_leaf(place: Place, index: int, subject: bytes, cred: int) -> bytes:
    """The double hash of a leaf."""
    account = bytes(12) + bytes.fromhex(place.distributor[2:])
    words = (word(place.chain_id), account, word(place.epoch), word(index), subject, word(cred))
    return keccak(keccak(b"".join(words)))


def split(count: int) -> int:
    """How many of these leaves are on the left: the largest power of two under their number."""
    return 1 << (count - 1).bit_length() - 1


@dataclass(frozen=True)
class Node:
    """A node and the sums that its hash has of its sides."""

    hash: bytes
    sum: int
    left: "Node | None" = None
    right: "Node | None" = None
    sums: tuple[int, int] = (0, 0)


def joined(left: Node, right: Node, sums: tuple[int, int]) -> Node:
    """A node over two others that says these are their sums; whoever is honest says their own."""
    data = left.hash + word(sums[0]) + right.hash + word(sums[1])
    return Node(keccak(data), sum(sums) % WORD, left, right, sums)


def naive_tree(place: Place, leaves: Leaves, start: int = 0) -> Node:
    """The honest tree, from the top down."""
    if len(leaves) == 1:
        subject, cred = leaves[0]
        return Node(naive_leaf(place, start, subject, cred), cred)
    middle = split(len(leaves))
    left = naive_tree(place, leaves[:middle], start)
    right = naive_tree(place, leaves[middle:], start + middle)
    return joined(left, right, (left.sum, right.sum))


def naive_proof(node: Node, index: int, count: int) -> tuple[Sibling, ...]:
    """The siblings of a leaf, from the leaf up, with the sums that the hashes have of them."""
    steps: list[Sibling] = []
    while (left := node.left) and (right := node.right):
        middle = split(count)
        if index < middle:
            steps.append((right.hash, node.sums[1]))
            node, count = left, middle
        else:
            steps.append((left.hash, node.sums[0]))
            node, index, count = right, index - middle, count - middle
    return tuple(reversed(steps))


def naive_verdict(claim: Claim) -> bool:
    """Whether the format takes this claim."""
    if not 0 <= claim.index < claim.count:
        return False
    sides, index, count = [], claim.index, claim.count
    while count > 1:
        middle = split(count)
        on_right = index >= middle
        sides.append(on_right)
        index, count = (index - middle, count - middle) if on_right else (index, middle)
    if len(claim.proof) != len(sides):
        return False
    node = naive_leaf(claim.place, claim.index, claim.subject, claim.cred)
    total = claim.cred
    for on_right, (other, more) in zip(reversed(sides), claim.proof, strict=True):
        mine, theirs = node + word(total), other + word(more)
        node = keccak(theirs + mine if on_right else mine + theirs)
        total += more
        if total >= WORD:
            return False
    return (node, total) == (claim.root, claim.total)


def claim_of(place: Place, tree: Node, leaves: Leaves, index: int) -> Claim:
    """The claim of one leaf, honest if the tree is."""
    subject, cred = leaves[index]
    proof = naive_proof(tree, index, len(leaves))
    return Claim(place, tree.hash, tree.sum, len(leaves), index, subject, cred, proof)


# --- whoever builds the tree is a cheat -------------------------------------------------------


def forged_tree(dice: random.Random, place: Place, leaves: Leaves, start: int = 0) -> Node:
    """A tree some of whose nodes say other sums of their sides than those have."""
    if len(leaves) == 1:
        subject, cred = leaves[0]
        index = start if dice.random() < 0.95 else start ^ 1  # a leaf that belongs next door
        return Node(naive_leaf(place, index, subject, cred), cred)
    middle = split(len(leaves))
    left = forged_tree(dice, place, leaves[:middle], start)
    right = forged_tree(dice, place, leaves[middle:], start + middle)
    sums = left.sum, right.sum
    if dice.random() < 0.3:
        sums = _lied(dice, *sums)
    return joined(left, right, sums)


def _lied(dice: random.Random, left: int, right: int) -> tuple[int, int]:
    less = dice.randint(0, min(left, right))
    lies = [
        (left - less, right),
        (left, right - less),
        (0, right),
        (left, 0),
        (right, left),
        (left + less, right - less),
        (left, (WORD - left + less) % WORD),  # over the edge of a word, back to a small sum
        (left + 1, right),
    ]
    return dice.choice(lies)


@dataclass(frozen=True)
class Forgery:
    """What a cheat posts, and the claims that she can bring of it."""

    root: bytes
    total: int
    count: int
    claims: list[Claim]


def forgery(dice: random.Random, place: Place, leaves: Leaves) -> Forgery:
    """A forged tree under a total and a leaf count that may be false as well.

    Each leaf is claimed where it is and where it would belong, and with what it hides as its own.
    """
    tree = forged_tree(dice, place, leaves)
    total, count = tree.sum, len(leaves)
    if dice.random() < 0.3:
        total = dice.choice((total + 1, total - 1, total // 2, leaves[0][1], 1))
    if dice.random() < 0.1:
        count = dice.choice((count + 1, count - 1, 2 * count, 1))
    total, count = min(max(total, 1), LARGEST), max(count, 1)
    found = []
    for index in range(len(leaves)):
        claim = replace(claim_of(place, tree, leaves, index), total=total, count=count)
        found.append(claim)
        found.append(replace(claim, index=index ^ 1))  # for the last one perhaps behind the tree
        if claim.proof and dice.random() < 0.5:
            (other, hidden), *rest = claim.proof
            found.append(replace(claim, proof=((other, tree.sum - claim.cred), *rest)))
            found.append(replace(claim, cred=claim.cred + hidden, proof=((other, 0), *rest)))
    sane = [c for c in found if all(0 <= more < WORD for _, more in c.proof) and c.cred < WORD]
    return Forgery(tree.hash, total, count, sane)


def worth(accepted: Sequence[Claim]) -> int:
    """The most that claims get together, if each place is claimed once."""
    best: dict[int, int] = {}
    for claim in accepted:
        best[claim.index] = max(claim.cred, best.get(claim.index, 0))
    return sum(best.values())


# --- proofs that are none ---------------------------------------------------------------------


def bad_claims(dice: random.Random, place: Place, leaves: Leaves) -> Iterator[tuple[str, Claim]]:
    """One claim of every kind that this leaf of this tree allows, each wrong in one way."""
    tree, count = naive_tree(place, leaves), len(leaves)
    index = dice.randrange(count)
    good = claim_of(place, tree, leaves, index)
    yield from _bad_leaves(dice, good, leaves)
    yield from _bad_neighbours(good, tree, leaves)
    if good.proof:
        yield from _bad_lengths(dice, good)
        yield from _bad_steps(dice, good)
        yield from _bad_sums(dice, good)


def _bad_leaves(dice: random.Random, good: Claim, leaves: Leaves) -> Iterator[tuple[str, Claim]]:
    more = dice.randint(1, 2**64)
    flipped = bytearray(good.subject)
    flipped[dice.randrange(32)] ^= 1 << dice.randrange(8)
    yield "one more cred", replace(good, cred=good.cred + 1)
    yield "more cred", replace(good, cred=good.cred + more)
    yield "the whole total", replace(good, cred=good.total + (good.count == 1))
    yield "cred of 2^128", replace(good, cred=2**128)
    yield "one bit of the subject", replace(good, subject=bytes(flipped))
    yield "an index behind the last", replace(good, index=good.index + good.count)
    yield "an index above the tree", replace(good, index=good.index + 2**24)
    yield "extended by nothing", replace(good, proof=(*good.proof, (bytes(32), 0)))
    yield "extended by the root", replace(good, proof=(*good.proof, (good.root, good.total)))
    if good.cred > 1:
        yield "one less cred", replace(good, cred=good.cred - 1)
    after = replace(good.place, epoch=good.place.epoch + 1)
    other = claim_of(after, naive_tree(after, leaves), leaves, good.index)
    if good.proof:
        yield "another epoch's proof", replace(good, proof=other.proof)


def _bad_neighbours(good: Claim, tree: Node, leaves: Leaves) -> Iterator[tuple[str, Claim]]:
    count = len(leaves)
    if count == 1:
        return
    beside = (good.index + 1) % count
    other = claim_of(good.place, tree, leaves, beside)
    yield "another's index", replace(good, index=beside)
    yield "another's subject", replace(good, subject=other.subject)
    yield "another's leaf", replace(other, index=good.index, proof=good.proof)
    yield "another's index and proof", replace(good, index=beside, proof=other.proof)
    fewer = leaves[: beside or count - 1] + leaves[(beside or count - 1) + 1 :]
    if good.index < len(fewer) and fewer[good.index] == leaves[good.index]:
        without = claim_of(good.place, naive_tree(good.place, fewer), fewer, good.index)
        yield "the proof of a smaller tree", replace(good, proof=without.proof)
    node, amount = _above(good)
    inner = replace(good, index=good.index >> 1, cred=amount, proof=good.proof[1:])
    yield "an inner node's place", inner
    yield "an inner node as a leaf", replace(inner, subject=node)


def _above(claim: Claim) -> Sibling:
    """Hash and sum of the first node above a leaf."""
    own = Node(naive_leaf(claim.place, claim.index, claim.subject, claim.cred), claim.cred)
    sibling = Node(*claim.proof[0])
    sides = (sibling, own) if claim.index % 2 else (own, sibling)
    above = joined(*sides, (sides[0].sum, sides[1].sum))
    return above.hash, above.sum


def _bad_lengths(dice: random.Random, good: Claim) -> Iterator[tuple[str, Claim]]:
    proof, at = good.proof, dice.randrange(len(good.proof))
    yield "truncated at the root", replace(good, proof=proof[:-1])
    yield "truncated at the leaf", replace(good, proof=proof[1:])
    yield "a step left out", replace(good, proof=proof[:at] + proof[at + 1 :])
    yield "no proof", replace(good, proof=())
    yield "a step twice", replace(good, proof=proof[: at + 1] + proof[at:])
    yield "a step in front", replace(good, proof=((good.root, good.total), *proof))


def _bad_steps(dice: random.Random, good: Claim) -> Iterator[tuple[str, Claim]]:
    proof, at = list(good.proof), dice.randrange(len(good.proof))
    node, amount = proof[at]
    own = naive_leaf(good.place, good.index, good.subject, good.cred)
    flipped = (int.from_bytes(node, "big") ^ 1 << dice.randrange(256)).to_bytes(32, "big")

    def with_step(step: Sibling) -> Claim:
        return replace(good, proof=(*proof[:at], step, *proof[at + 1 :]))

    yield "one bit of a hash", with_step((flipped, amount))
    yield "itself as its sibling", with_step((own, amount))
    yield "the root as a sibling", with_step((good.root, amount))
    if len(proof) > 1:
        one, other = sorted(dice.sample(range(len(proof)), 2))
        swapped = list(proof)
        swapped[one], swapped[other] = proof[other], proof[one]
        yield "swapped siblings", replace(good, proof=tuple(swapped))
        sums = list(proof)
        sums[one], sums[other] = (
            (proof[one][0], proof[other][1]),
            (proof[other][0], proof[one][1]),
        )
        if sums != proof:
            yield "swapped sums", replace(good, proof=tuple(sums))
        yield "the other way round", replace(good, proof=tuple(reversed(proof)))


def _bad_sums(dice: random.Random, good: Claim) -> Iterator[tuple[str, Claim]]:
    proof, at = good.proof, dice.randrange(len(good.proof))
    node, amount = proof[at]

    def with_sum(number: int, cred: int = good.cred) -> Claim:
        steps = (*proof[:at], (node, number), *proof[at + 1 :])
        return replace(good, proof=steps, cred=cred)

    yield "a sum with one more", with_sum(amount + 1)
    yield "a sum with one less", with_sum(amount - 1)
    yield "a sum at the edge of a word", with_sum(WORD - 1)
    yield "a sum that overflows to zero", with_sum(WORD - good.cred)
    moved = dice.randint(1, amount)
    yield "cred moved to the leaf", with_sum(amount - moved, cred=good.cred + moved)
    if good.cred > 1:
        yield "cred moved to a sibling", with_sum(amount + good.cred - 1, cred=1)
    # The running sum would come round the edge of a word to what it has to be.
    yield "cred over the edge", with_sum((WORD + amount - LARGEST) % WORD, cred=good.cred + LARGEST)


def as_json(claim: Claim) -> Mapping[str, object]:
    """A claim for a program in another language."""
    return {
        "place": place_as_json(claim.place),
        "root": "0x" + claim.root.hex(),
        "total": str(claim.total),
        "count": str(claim.count),
        "index": str(claim.index),
        "subject": "0x" + claim.subject.hex(),
        "cred": str(claim.cred),
        "proof": [["0x" + node.hex(), str(more)] for node, more in claim.proof],
    }


def place_as_json(place: Place) -> Mapping[str, str]:
    """A place likewise."""
    chain_id, epoch = str(place.chain_id), str(place.epoch)
    return {"chainId": chain_id, "distributor": place.distributor, "epoch": epoch}
