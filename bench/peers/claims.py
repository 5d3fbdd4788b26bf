# SPDX-License-Identifier: AGPL-3.0-only
"""Claims from Uniswap's MerkleDistributor, its authors' own build, paying out a given token."""

from bench.meter import Call
from bench.peers.compiler import Artifact
from bench.peers.merkle import PairTree, leaf
from bench.peers.notebook import UNITS, Notebook
from bench.peers.packages import artifact
from bench.people import strangers
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
        accounts = [address_bytes(people.claimant.address), address_bytes(people.other.address)]
        accounts += strangers(count - len(accounts))
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
