# SPDX-License-Identifier: AGPL-3.0-only
"""Recomputes every step of a distribution and names the first that does not hold.

Each step is one function below, in the order of `STEPS`. A failure is a `DocumentError` whose
`step` is the step's name. What lies outside of the document is compared in `outside`. The same
checks run when a document is built, so nothing wrong is ever signed.
"""

from collections.abc import Callable, Sequence

from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution.differences import differences_of
from millpond.core.distribution.model import (
    INPUT_NAMES,
    Distribution,
    changes_of,
    leaves_of,
    no_leaf_of,
    signers_of,
)
from millpond.core.distribution.refusing import REBUILD, fail, shown
from millpond.core.errors import DocumentError, MillpondError
from millpond.core.policies import Past, owned_by, policy_named
from millpond.core.subjects import address_bytes, check_subject, of_identity
from millpond.core.units import whole
from millpond.core.weeks import check_contiguous


def check(distribution: Distribution) -> tuple[str, ...]:
    """Recompute every step from the given part of the document; the names of the steps.

    Raises `DocumentError` at the first step that does not hold.
    """
    for name, step in STEPS.items():
        try:
            step(distribution)
        except DocumentError:
            raise
        except MillpondError as error:
            raise DocumentError(error.message, error.next_step, name) from error
    return tuple(STEPS)


def _place(doc: Distribution) -> None:
    whole(doc.chain_id, "the chain id", 1)
    pool, distributor = address_bytes(doc.pool), address_bytes(doc.distributor)
    if not any(pool) or not any(distributor) or pool == distributor:
        raise fail(
            "place",
            "pool and distributor must be two addresses other than zero",
            "take both from the pool's record in the Hub",
        )


def _epoch(doc: Distribution) -> None:
    last = doc.previous.epoch if doc.previous else 0
    if doc.epoch != last + 1:
        raise fail(
            "epoch",
            f"epoch {doc.epoch} does not follow the last, {last}",
            f"build epoch {last + 1}, or name the distribution before this one",
        )


def _weeks(doc: Distribution) -> None:
    check_contiguous(doc.weeks)
    if doc.previous and doc.weeks[0].start_ms < doc.previous.end_ms:
        raise fail(
            "weeks",
            "the epoch's first week was paid for by the distribution before it",
            "start with the first week after the last distribution",
        )


def _inputs(doc: Distribution) -> None:
    if tuple(each.name for each in doc.inputs) != INPUT_NAMES:
        raise fail("inputs", f"the inputs are not {', '.join(INPUT_NAMES)}", "account for each")
    for each in doc.inputs:
        if each.hash is None and not each.note.strip():
            raise fail(
                "inputs",
                f"the {each.name} file has neither a hash nor a reason why",
                "give its bytes' keccak256, or say why it is not available",
            )


def _weights(doc: Distribution) -> None:
    recorded = next(each.hash for each in doc.inputs if each.name == "weights")
    own = None if doc.weights is None else keccak256(doc.weights.encode("utf-8"))
    if own != recorded:
        raise fail(
            "weights",
            "the weights in the document are not those whose hash it names",
            "include the weights file's text and the hash of exactly that text",
        )


def _people(doc: Distribution) -> None:
    _names(doc.people)
    CredHistory(doc.weeks, doc.people)


def _names(people: Sequence[PersonCred]) -> None:
    for person in people:
        if person.identity is None:
            check_subject(person.subject)
        elif of_identity(person.identity) != person.subject:
            raise fail(
                "people",
                f"{person.identity} is not who subject 0x{person.subject.hex()} stands for",
                REBUILD,
            )


def _policy(doc: Distribution) -> None:
    _basis(doc)
    if min(doc.scores.values(), default=0) < 0:
        raise fail("policy", "the policy gives a negative score", "choose another policy")


def _basis(doc: Distribution) -> None:
    policy = policy_named(doc.policy, doc.parameters)
    if doc.earlier is not None:
        if not policy.looks_back or doc.earlier.weeks[-1].end_ms != doc.weeks[0].start_ms:
            raise fail(
                "policy",
                "earlier weeks that the policy does not look at, or that do not lead to the epoch",
                "give the weeks right before the epoch to a policy that looks back, to no other",
            )
        _names(doc.earlier.people)
    if (doc.past is not None, doc.budget is not None) != (policy.balances, policy.balances):
        raise fail(
            "policy",
            f"the {doc.policy} policy {'needs' if policy.balances else 'takes no'} past payments "
            f"and budget",
            "give both to a policy that balances, neither to any other",
        )
    if doc.past is not None:
        _past(doc, doc.past)


def _past(doc: Distribution, past: Past) -> None:
    last = doc.previous.data_hash if doc.previous else None
    if len(past.documents) != doc.epoch - 1 or (last and past.documents[-1] != last):
        raise fail(
            "policy",
            "the past payments are not those of all distributions before this one",
            "name every document from the first epoch to the last one",
        )
    who = [subject for subject, _ in past.received]
    if who != sorted(set(who)) or min((paid for _, paid in past.received), default=1) <= 0:
        raise fail(
            "policy",
            "the past payments are unsorted, twice for one subject, or zero",
            "give what each subject got, once, by subject",
        )


def _exclusions(doc: Distribution) -> None:
    last = b""
    for each in doc.exclusions:
        if each.subject <= last:
            raise fail("exclusions", "the exclusions are not sorted by subject", REBUILD)
        if not each.reason.strip():
            raise fail(
                "exclusions",
                f"0x{each.subject.hex()} is excluded without a reason",
                "write the reason, for everybody to read, or do not exclude",
            )
        if not doc.scores.get(each.subject):
            raise fail(
                "exclusions",
                f"0x{each.subject.hex()} is excluded but would have no leaf",
                "leave this exclusion out, or check the subject",
            )
        last = each.subject


def _no_leaf(doc: Distribution) -> None:
    if doc.no_leaf != no_leaf_of(doc.people, doc.scores):
        raise fail(
            "no leaf", "those listed as without a leaf are not those who score zero", REBUILD
        )


def _leaves(doc: Distribution) -> None:
    last = b""
    for index, (subject, cred) in enumerate(doc.leaves):
        if subject <= last:
            kind = "a duplicate" if subject == last else "out of order"
            raise fail("leaves", f"leaf {index} is {kind}", REBUILD)
        if cred <= 0:
            raise fail("leaves", f"leaf {index} has cred {cred}", REBUILD)
        last = subject
    again = leaves_of(doc.scores, doc.exclusions)
    if doc.leaves == again:
        return
    expected, found = dict(again), dict(doc.leaves)
    for subject in sorted(found.keys() | expected.keys()):
        if found.get(subject) != expected.get(subject):
            raise fail(
                "leaves",
                f"{doc.name(subject)} has a leaf of {found.get(subject, 0)}, "
                f"policy and exclusions give {expected.get(subject, 0)} (micro-cred, 0 = none)",
                REBUILD,
            )


def _total(doc: Distribution) -> None:
    again = sum(cred for _, cred in doc.leaves)
    if again != doc.total:
        raise fail("total", f"the leaves add up to {again}, the total says {doc.total}", REBUILD)


def _root(doc: Distribution) -> None:
    again = doc.tree().root
    if again != doc.root:
        raise fail("root", f"the leaves give root {shown(again)}, not {shown(doc.root)}", REBUILD)


def _signers(doc: Distribution) -> None:
    own = {signer.account: signer.subjects for signer in doc.signers}
    listed = [subject for signer in doc.signers for subject in signer.subjects]
    owned = [each for signer in doc.signers for each in owned_by(signer.account, signer.subjects)]
    if len(own) != len(doc.signers) or any(len(set(each)) != len(each) for each in (listed, owned)):
        raise fail(
            "signers",
            "a signer is there twice, or one subject belongs to two signers",
            "list each maintainer once, and each subject with one maintainer",
        )
    for subject in listed:
        check_subject(subject)
    if doc.signers != signers_of(own, doc.leaves, doc.total, doc.signer_cap_bps):
        raise fail(
            "signers",
            "the signers are out of order, or their cred or what the cap takes is wrong",
            REBUILD,
        )


def _changes(doc: Distribution) -> None:
    if doc.changes != changes_of(doc.scores, doc.exclusions):
        raise fail("changes", "the change log does not list exactly what differs and why", REBUILD)


def _differences(doc: Distribution) -> None:
    if doc.differences != differences_of(doc):
        raise fail(
            "differences", "it does not list exactly what differs from the last one", REBUILD
        )


STEPS: dict[str, Callable[[Distribution], None]] = {
    "place": _place,
    "epoch": _epoch,
    "weeks": _weeks,
    "inputs": _inputs,
    "weights": _weights,
    "people": _people,
    "policy": _policy,
    "exclusions": _exclusions,
    "no leaf": _no_leaf,
    "leaves": _leaves,
    "total": _total,
    "root": _root,
    "signers": _signers,
    "changes": _changes,
    "differences": _differences,
}
"""Every step of `check`, in order, by name."""
