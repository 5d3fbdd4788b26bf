# SPDX-License-Identifier: AGPL-3.0-only
"""Compares a distribution with what lies outside of its document: its files, the cred, the chain.

What none of these was given for is said by `unchecked`.
"""

from dataclasses import dataclass

from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution.model import INPUT_NAMES, Distribution
from millpond.core.distribution.refusing import REBUILD, fail, shown
from millpond.core.errors import VerifyError
from millpond.core.subjects import address_bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What the chain says about a posted distribution."""

    chain_id: int
    distributor: str
    epoch: int
    root: bytes
    total_cred: int
    leaf_count: int
    data_hash: bytes


def check_history(distribution: Distribution, history: CredHistory) -> None:
    """Refuse with `DocumentError` unless the people and weeks are exactly those of the history.

    `history` is read again, over `all_weeks`, from the score file whose hash the document names.
    """
    if distribution.all_weeks != history.weeks:
        raise fail("scores", "the weeks are not those of the score file", REBUILD)
    ours = {person.subject: person for person in distribution.history.people}
    theirs = {person.subject: person for person in history.people}
    for subject in sorted(ours.keys() | theirs.keys()):
        if ours.get(subject) != theirs.get(subject):
            raise fail(
                "scores",
                f"the weekly cred of {_who(subject, ours.get(subject) or theirs.get(subject))} "
                "is not that of the score file",
                REBUILD,
            )


def check_computed(distribution: Distribution, history: CredHistory) -> None:
    """Refuse with `DocumentError` unless each week of each person is that of the history, nearly.

    `history` is computed again, over `all_weeks`, from the instance that the document names.
    Doubles are added in another order on another machine, so a week may round to the neighbour; not
    further.
    """
    if distribution.all_weeks != history.weeks:
        raise fail("scores", "the weeks are not those of the instance", REBUILD)
    none = (0,) * len(history.weeks)
    ours = {person.subject: person for person in distribution.history.people}
    theirs = {person.subject: person for person in history.people}
    for subject in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(subject), theirs.get(subject)
        pairs = zip(one.weekly if one else none, other.weekly if other else none, strict=True)
        far = next(((mine, again) for mine, again in pairs if abs(mine - again) > 1), None)
        if far is not None:
            raise fail(
                "scores",
                f"{_who(subject, one or other)} has {far[0]} micro-cred in a week for which the "
                f"instance gives {far[1]}",
                "compute the cred of the instance again and build the document anew",
            )


def check_input(distribution: Distribution, name: str, data: bytes) -> None:
    """Refuse with `DocumentError` unless these are the bytes of the input the document names."""
    for each in distribution.inputs:
        if each.name == name and each.hash is not None:
            if keccak256(data) != each.hash:
                raise fail(
                    f"input {name}",
                    f"the {name} file has another hash than the one in the document",
                    "fetch the file that was published with the document",
                )
            return
    raise fail(
        f"input {name}", f"the document names no {name} file", f"choose one of {INPUT_NAMES}"
    )


def check_posted(distribution: Distribution, data_hash: bytes, posted: Posted) -> None:
    """Refuse with `VerifyError` unless the chain posted exactly this document.

    `data_hash` is keccak256 of the document's bytes. The steps are named "posted ...".
    """
    pairs: list[tuple[str, object, object]] = [
        ("chain id", distribution.chain_id, posted.chain_id),
        (
            "distributor",
            address_bytes(distribution.distributor),
            address_bytes(posted.distributor),
        ),
        ("epoch", distribution.epoch, posted.epoch),
        ("root", distribution.root, posted.root),
        ("total", distribution.total, posted.total_cred),
        ("leaf count", distribution.leaf_count, posted.leaf_count),
        ("data hash", data_hash, posted.data_hash),
    ]
    for name, ours, theirs in pairs:
        if ours != theirs:
            raise VerifyError(
                f"the document's {name} is {shown(ours)}, the chain has {shown(theirs)}",
                "fetch the document from the address in the posting; "
                "if it is the same, object to the distribution",
                f"posted {name}",
            )


def unchecked(distribution: Distribution) -> tuple[str, ...]:
    """What the document alone does not prove, for people to read."""
    files = (
        f"{each.name}: {'needs the file' if each.hash else 'not available'} ({each.note})"
        for each in distribution.inputs
        if each.name != "weights" or distribution.weights is None
    )
    taken = (f"{name}: {why}" for name, why in taken_from_it(distribution).items())
    return (*files, *taken)


def taken_from_it(distribution: Distribution) -> dict[str, str]:
    """What besides the input files is as the document says, by name, and what would prove it."""
    notes, previous = distribution.notes, distribution.previous
    found = {}
    if distribution.past is not None:
        found["past payments"] = "need the documents before this one and what the chain paid"
    if previous is not None and previous.rules is not None:
        found["last rules"] = "need the document of the distribution before this one"
    if notes.gain is not None:
        found["gain by weights"] = "needs the instance"
    if notes.log is not None:
        found["identity log"] = "needs the log"
    return found


def _who(subject: bytes, person: PersonCred | None) -> str:
    return (person.identity if person else None) or f"0x{subject.hex()}"
