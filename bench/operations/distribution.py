# SPDX-License-Identifier: AGPL-3.0-only
"""The monthly earmark: opened, linked to, posted, made final, and paid out to everybody at once."""

from bench.house import DAY, House
from bench.meter import Call, Expected, Meter
from bench.mill import EARMARK, Mill, subject_of
from bench.operations.deployment import Site
from bench.people import People, strangers
from millpond.chain import dev_time
from millpond.chain.governance import Action, Draft
from millpond.chain.links import LinkRequest
from millpond.core.canonical import keccak256
from millpond.core.subjects import Subject, of_identity

LEAVES = 100
IDENTITY = "github:1234567"
PROOF = "https://credsperiment.example/proofs/github-1234567"


def measure(meter: Meter, site: Site, house: House, people: People) -> Mill:
    """Epoch 1 makes everybody a holder; what is measured are the epochs after it."""
    pool = house.coop.pool
    opening = Draft((house.opening(EARMARK, site.asset),), "Open the earmark cred")
    meter.measure(
        "open_earmark",
        "execute of a rules vote: a restricted earmark paid out by the distributor; 3 members",
        house.execute(house.ready(opening, people.founders)),
        (pool, "EarmarkOpened", 1),
    )
    _install(meter, house, people)
    _link(meter, house, people)
    mill = Mill(house, site.dollar, people.maintainers, people.patron, people.founders)
    mill.allow()
    everybody = first_circle(people)
    mill.payday(mill.run(everybody)).send()
    _reviewed(meter, mill, everybody)
    third = mill.run(everybody)
    meter.measure(
        "payday_many_100",
        "claim_many: 100 proofs, address leaves, existing holders; nobody paid in this epoch yet",
        mill.claim_many(third),
        *_paid(mill),
    )
    return mill


def _install(meter: Meter, house: House, people: People) -> None:
    """A second distributor with the same maintainers, which is not used here."""
    coop, (kind, *_) = house.coop, house.coop.hub.kinds()
    named: list[tuple[str, list[bytes]]] = [(who.address, []) for who in people.maintainers]
    setup = coop.distributor.encode("setup", named, 3, 12)
    action = Action.of(coop.hub.install, kind, setup)
    meter.measure(
        "install_distributor",
        "execute of a rules vote: another distributor, set up with 3 maintainers; 3 members",
        house.execute(house.ready(Draft((action,), "Another distributor"), people.founders)),
        (coop.hub, "PartMade", 1),
    )


def first_circle(people: People) -> list[Subject]:
    """A hundred accounts, among them those who will claim by themselves."""
    known = [subject_of(people.claimant.address), subject_of(people.other.address)]
    return known + [subject_of(account) for account in strangers(LEAVES - len(known))]


def _reviewed(meter: Meter, mill: Mill, everybody: list[Subject]) -> None:
    """One epoch from the post to the payday."""
    tree = mill.tree(everybody)
    receipt = meter.measure(
        "post",
        "3 of 3 maintainers' signatures, 66-byte URI, 100 leaves; the second epoch",
        mill.post(tree),
        (mill.distributor, "DistributionPosted", 1),
    )
    posted = mill.under_review(tree, receipt)
    final = meter.measure(
        "finalise",
        "execute of the consent proposal; 2 of 3 members are For, the week has passed",
        mill.finalise(posted),
        (mill.distributor, "DistributionFinalised", 1),
    )
    epoch = mill.final(posted, final)
    meter.measure(
        "payday_100",
        "by the whole list: 100 address leaves, existing holders; nobody paid in this epoch yet",
        mill.payday(epoch),
        *_paid(mill),
    )


def _paid(mill: Mill) -> tuple[Expected, ...]:
    pool, distributor = mill.house.coop.pool, mill.distributor
    return (
        (distributor, "PaidOut", 1),
        (distributor, "LeafSkipped", 0),
        (pool, "ReleasedMany", 1),
        (pool, "Owed", 0),
    )


def _link(meter: Meter, house: House, people: People) -> None:
    registry = house.coop.identity
    request = LinkRequest.ask(
        registry,
        house.coop.pool.address,
        IDENTITY,
        people.linked.address,
        house.client.now(),
        (PROOF, keccak256(PROOF.encode())),
    )
    signers = [people.linked, *people.attesters[:2]]
    signatures: dict[str, bytes] = {
        who.address: who.sign_typed(request.typed(who.address)) for who in signers
    }
    meter.measure(
        "link",
        "an identity's first link: 2 of 3 attesters' signatures and the account's own",
        Call(people.relayer, registry.link, request.arguments(signatures)),
        (registry, "LinkProposed", 1),
    )
    dev_time.advance(house.client, 7 * DAY + 1)


def identity() -> Subject:
    """The linked identity as a subject."""
    return of_identity(IDENTITY)
