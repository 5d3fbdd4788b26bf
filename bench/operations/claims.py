# SPDX-License-Identifier: AGPL-3.0-only
"""Claims by the payee herself: first and later ones, of many epochs, from large trees.

Somebody else has claimed in each epoch before, so the word that says how much is paid is not new.
"""

from collections.abc import Sequence

from bench.meter import Expected, Meter
from bench.mill import Epoch, Mill, subject_of
from bench.operations.distribution import LEAVES, first_circle, identity
from bench.people import People, strangers
from millpond.core.subjects import Subject, of_identity

MANY = 12
LARGE = {"10k": 10_000, "1m": 1_000_000}


def measure(meter: Meter, mill: Mill, people: People) -> None:
    """Thirteen epochs of 100 leaves, then two large ones."""
    circle = _wider_circle(people)
    epochs = [mill.run(circle) for _ in range(1 + MANY)]
    mill.claim(people.other, epochs).send()
    _single(meter, mill, epochs, people)
    meter.measure(
        "claim_12_epochs_100",
        f"as claim_later_100, {MANY} consecutive epochs in one claim",
        mill.claim(people.claimant, epochs[1:]),
        *_paid(mill),
    )
    for label, count in LARGE.items():
        meter.prepare(f"a tree of {count:,} leaves")
        _large(meter, mill, label, count, people)


def _wider_circle(people: People) -> list[Subject]:
    """Some of the hundred make room: for two who never claimed, and for identities.

    Identities sort behind all accounts, and the last few leaves of a hundred have shorter proofs.
    """
    unlinked = [of_identity(f"github:{number}") for number in range(1, 40)]
    new = [subject_of(people.newcomer.address), subject_of(people.latecomer.address)]
    guests = [*new, identity(), *unlinked]
    return [*first_circle(people)[: LEAVES - len(guests)], *guests]


def _single(meter: Meter, mill: Mill, epochs: Sequence[Epoch], people: People) -> None:
    first, second = epochs[:1], epochs[1:2]
    grain, dollar = mill.house.coop.grain, mill.dollar
    meter.measure(
        "claim_later_100",
        "asset and grain, 1 epoch, 100 leaves; an existing holder of both who has claimed before, "
        "by her own call; others have claimed in this epoch",
        mill.claim(people.claimant, first),
        *_paid(mill),
    )
    dollar.transfer.send(people.claimant, people.latecomer.address, 10**6)
    grain.transfer.send(people.claimant, people.latecomer.address, 10**18)
    meter.measure(
        "claim_first_100",
        "as claim_later_100; a holder of both whose leaf is claimed for the first time",
        mill.claim(people.latecomer, first),
        *_paid(mill),
    )
    meter.measure(
        "claim_new_holder_100",
        "as claim_first_100; somebody who holds neither asset nor grain",
        mill.claim(people.newcomer, first),
        *_paid(mill),
    )
    mill.claim(people.linked, first, identity()).send()
    meter.measure(
        "claim_identity_100",
        "as claim_later_100; the leaf of an identity that is linked to the payee",
        mill.claim(people.linked, second, identity()),
        *_paid(mill),
    )


def _large(meter: Meter, mill: Mill, label: str, count: int, people: People) -> None:
    known = [subject_of(people.claimant.address), subject_of(people.other.address)]
    crowd = [subject_of(account) for account in strangers(count - len(known))]
    epoch = mill.run([*known, *crowd])
    mill.claim(people.other, [epoch]).send()
    meter.measure(
        f"claim_later_{label}",
        f"as claim_later_100, {count:,} leaves",
        mill.claim(people.claimant, [epoch]),
        *_paid(mill),
    )


def _paid(mill: Mill) -> tuple[Expected, ...]:
    pool = mill.house.coop.pool
    return (mill.distributor, "Claimed", 1), (pool, "Released", 1), (pool, "Owed", 0)
