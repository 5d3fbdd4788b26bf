# SPDX-License-Identifier: AGPL-3.0-only
"""Claims from Merkle trees, paying out a given token: of one epoch, and of all epochs so far.

The first is Uniswap's MerkleDistributor, its authors' own build. The other, whose tree carries over
what was not claimed, is of our own writing (contracts/CumulativeDrop.sol), as plain as it can be.
"""

from bench.meter import Call
from bench.peers.compiler import Artifact
from bench.peers.merkle import PairTree, leaf, leaf_so_far
from bench.peers.notebook import UNITS, Notebook
from bench.peers.packages import artifact
from bench.people import strangers
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner
from millpond.core.subjects import address_bytes

BUILD = "its npm package's artifact (solc 0.6.11)"
PATH = "@uniswap/merkle-distributor/build/MerkleDistributor.json"
EPOCHS = 12
SIZES = {"100": 100, "10k": 10_000, "1m": 1_000_000}


def measure(book: Notebook, money: Artifact) -> None:
    """By a holder of the token, herself; another has claimed from the same word before."""
    token, people = book.deploy(money), book.people
    token.mint.send(people.patron, people.claimant.address, UNITS)
    for label, count in SIZES.items():
        accounts = _circle(book, count)
        tree = PairTree([leaf(place, who, UNITS) for place, who in enumerate(accounts)])
        distributor = book.deploy(artifact(PATH, "MerkleDistributor"), token.address, tree.root)
        token.mint.send(people.patron, distributor.address, 5 * UNITS)
        claims = [
            Call(who, distributor.claim, (place, who.address, UNITS, tree.proof(place)))
            for place, who in enumerate((people.claimant, people.other))
        ]
        claims[1].send()
        note = f"{count:,} leaves; one token, no books, one epoch for ever"
        done = (distributor, "Claimed", 1), (token, "Transfer", 1)
        book.measure(f"claim_{label}", claims[0], *done, note=note)
    each = f"{EPOCHS} contracts, one for each epoch, and a claim from each"
    book.add_up(f"claim_{EPOCHS}", ["claim_100"] * EPOCHS, each)


def measure_cumulative(book: Notebook, money: Artifact, drop: Artifact) -> None:
    """By a holder of the token who has claimed before, herself."""
    token, people = book.deploy(money), book.people
    distributor = book.deploy(drop, token.address)
    for who in (people.claimant.address, distributor.address):
        token.mint.send(people.patron, who, 100 * UNITS)
    _claim_of(book, distributor, 100, 1).send()
    done = (distributor, "Claimed", 1), (token, "Transfer", 1)
    runs = {**SIZES, str(EPOCHS): 100}
    so_far = 1
    for label, count in runs.items():
        so_far += EPOCHS if label == str(EPOCHS) else 1
        call = _claim_of(book, distributor, count, so_far)
        note = f"{count:,} leaves; one token, no books, and its owner sets any root at any time"
        book.measure(f"claim_{label}", call, *done, note=note)


def _claim_of(book: Notebook, distributor: Contract, count: int, epochs: int) -> Call:
    """Hers, once there is a root of so many epochs."""
    accounts, earned = _circle(book, count), epochs * UNITS
    tree = PairTree([leaf_so_far(who, earned) for who in accounts])
    distributor.setRoot.send(book.people.steward, tree.root)
    who: LocalSigner = book.people.claimant
    return Call(who, distributor.claim, (who.address, earned, tree.root, tree.proof(0)))


def _circle(book: Notebook, count: int) -> list[bytes]:
    """The claimant, the other, and strangers."""
    known = [address_bytes(who.address) for who in (book.people.claimant, book.people.other)]
    return known + strangers(count - len(known))
