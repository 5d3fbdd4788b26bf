# SPDX-License-Identifier: AGPL-3.0-only
"""Everybody paid at once: in a loop, by a split's fixed shares, and by claims in a batch.

The loop and the split are of our own writing (contracts/Disperse.sol, contracts/Split.sol), as
plain as such contracts can be. Who is paid has an account and holds some of the token already, and
each is paid another amount, as in a month, where shares are not fixed.
"""

from collections.abc import Sequence

from bench.meter import Call
from bench.peers.claims import PATH
from bench.peers.compiler import Built
from bench.peers.merkle import PairTree, leaf
from bench.peers.notebook import UNITS, Notebook, Transfer
from bench.peers.packages import artifact
from bench.people import strangers
from millpond.chain.answers import Address
from millpond.chain.contracts import Contract
from millpond.core.subjects import address_bytes, checksum_address

SIZES = (10, 100, 500)
MOST = max(SIZES)
CIRCLE = 100
WHOLE = 1_000_000
FINNEY = 10**15
THROUGH, DIRECTLY = "payToken", "payTokenDirectly"
_AT_ONCE = 250
"""So many new accounts fit into one transaction."""
_ALL = 2**256 - 1


def crowd(count: int) -> list[Address]:
    """Accounts whose keys nobody needs."""
    return [Address(checksum_address(account)) for account in strangers(count)]


def measure_loops(book: Notebook, built: Built, money: str, way: str) -> None:
    """By whoever has the token: the sum comes to the contract first, or goes from the giver."""
    token, loop, patron = (
        book.deploy(built.artifacts[money]),
        _loop(book, built),
        book.people.patron,
    )
    _let_hold(book, token, loop)
    note = "the sum is brought in first" if way == THROUGH else "each is paid from the giver's own"
    for count in SIZES:
        call = Call(patron, getattr(loop, way), (token.address, crowd(count), _amounts(count)))
        moved = count + (way == THROUGH)
        book.measure(f"payday_{count}", call, (token, "Transfer", moved), note=note)


def measure_loops_of_ether(book: Notebook, built: Built) -> None:
    """The same in ETH."""
    loop = _loop(book, built)
    _let_exist(book, loop)
    for count in SIZES:
        amounts = [FINNEY + amount for amount in _amounts(count)]
        before = book.client.balance(crowd(count)[-1])
        arguments = crowd(count), amounts
        book.measure(
            f"payday_eth_{count}",
            Call(book.people.patron, loop.payEther, arguments, value=sum(amounts)),
            note="no event says who was paid",
        )
        paid = book.client.balance(crowd(count)[-1]) - before
        book.require(paid == amounts[-1], f"payday_eth_{count}")


def measure_splits(book: Notebook, built: Built, money: str) -> None:
    """Pushed to all by whoever brings the list; the shares are for ever."""
    token, people = book.deploy(built.artifacts[money]), book.people
    _let_hold(book, token, _loop(book, built))
    for count in SIZES:
        split = book.deploy(built.artifacts["Split"], *_list(count))
        token.mint.send(people.patron, split.address, MOST * UNITS)
        call = Call(people.relayer, split.pushToken, (token.address, *_list(count)))
        expected = (split, "Distributed", 1), (token, "Transfer", count)
        book.measure(f"payday_{count}", call, *expected, note="fixed shares, no amounts of a month")


def measure_splits_of_ether(book: Notebook, built: Built) -> None:
    """The same in ETH."""
    people = book.people
    _let_exist(book, _loop(book, built))
    for count in SIZES:
        split = book.deploy(built.artifacts["Split"], *_list(count))
        Transfer(people.patron, book.client, split.address, MOST * FINNEY).send()
        call = Call(people.relayer, split.pushEther, _list(count))
        note = "fixed shares, no amounts of a month"
        book.measure(f"payday_eth_{count}", call, (split, "Distributed", 1), note=note)
        book.require(book.client.balance(split.address) == 0, f"payday_eth_{count}")


def measure_credits(book: Notebook, built: Built, money: str) -> None:
    """Written down for all by one, fetched by each: two transactions and a hundred."""
    token, people = book.deploy(built.artifacts[money]), book.people
    _let_hold(book, token, _loop(book, built))
    split = book.deploy(built.artifacts["Split"], *_list(CIRCLE))
    token.mint.send(people.patron, split.address, 4 * CIRCLE * UNITS)
    credit = Call(
        people.relayer, split.creditToken, (token.address, CIRCLE * UNITS, *_list(CIRCLE))
    )
    fetch = Call(people.relayer, split.withdrawToken, (token.address, crowd(1)[0]))
    credit.send()
    fetch.send()
    book.measure("credit", credit, (split, "Distributed", 1))
    book.measure("fetch", fetch, (split, "Withdrawn", 1), (token, "Transfer", 1))
    note = f"one writes down what is theirs, and {CIRCLE} fetch it; fixed shares"
    book.add_up(f"payday_{CIRCLE}", ["credit", *["fetch"] * CIRCLE], note)
    book.figures = [each for each in book.figures if each.operation.startswith("payday")]


def measure_claims_in_a_batch(book: Notebook, built: Built, money: str) -> None:
    """A relayer claims for everybody: the distributor pays whoever the leaf names."""
    token, people = book.deploy(built.artifacts[money]), book.people
    _let_hold(book, token, _loop(book, built))
    accounts, amounts = crowd(CIRCLE + 1), _amounts(CIRCLE + 1)
    places = list(enumerate(zip(accounts, amounts, strict=True)))
    tree = PairTree([leaf(place, address_bytes(who), amount) for place, (who, amount) in places])
    distributor = book.deploy(artifact(PATH, "MerkleDistributor"), token.address, tree.root)
    token.mint.send(people.patron, distributor.address, sum(amounts))
    calls = [
        distributor.claim.encode(place, who, amount, tree.proof(place))
        for place, (who, amount) in places
    ]
    batch = book.deploy(built.artifacts["Batch"])
    Call(people.relayer, batch.all, (distributor.address, calls[-1:])).send()
    call = Call(people.relayer, batch.all, (distributor.address, calls[:-1]))
    done = (distributor, "Claimed", CIRCLE), (token, "Transfer", CIRCLE)
    note = "a claim for each by a contract that forwards calls; one has claimed before"
    book.measure(f"payday_{CIRCLE}", call, *done, note=note)


def _loop(book: Notebook, built: Built) -> Contract:
    return book.deploy(built.artifacts["Disperse"])


def _let_hold(book: Notebook, token: Contract, loop: Contract) -> None:
    """Everybody some of the token, and the patron enough to pay all with."""
    patron = book.people.patron
    token.mint.send(patron, patron.address, 10 * MOST * UNITS)
    token.approve.send(patron, loop.address, _ALL)
    for part in _parts(crowd(MOST)):
        loop.payToken.send(patron, token.address, part, [UNITS] * len(part))


def _let_exist(book: Notebook, loop: Contract) -> None:
    """Everybody an account with some ETH."""
    for part in _parts(crowd(MOST)):
        sums = [FINNEY] * len(part)
        loop.payEther.send(book.people.patron, part, sums, value=sum(sums))


def _parts(people: Sequence[Address]) -> list[Sequence[Address]]:
    return [people[at : at + _AT_ONCE] for at in range(0, len(people), _AT_ONCE)]


def _amounts(count: int) -> list[int]:
    return [UNITS - place for place in range(count)]


def _list(count: int) -> tuple[list[Address], list[int]]:
    """Accounts and shares as a split has them."""
    return crowd(count), [WHOLE // count] * count
