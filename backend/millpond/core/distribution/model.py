# SPDX-License-Identifier: AGPL-3.0-only
"""What a distribution document holds, and what in it follows from the rest.

Given: place, epoch, weeks, inputs, cred history, exclusions with reasons, signers, cap; the policy
and what it looks at besides (earlier weeks, past payments, a budget).
Derived, never given: scores, leaves, who has no leaf, totals, root, what the cap would take of each
signer, the change log and the differences; `checks.check` derives them again from the given part
and compares. The attempt is not in the document, so the same document can be posted again after a
`void`; signatures name the attempt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution.differences import Difference, Notes, Rules
from millpond.core.policies import Given, Past, owned_by, policy_named
from millpond.core.subjects import Subject, address_bytes, checksum_address, to_hex
from millpond.core.sum_tree import SumTree
from millpond.core.units import (
    BPS_ALL,
    Amount,
    Bps,
    ChainId,
    Epoch,
    MicroCred,
    Millis,
    floor_share,
    whole,
)
from millpond.core.weeks import Week, iso_date, weeks_of_month

INPUT_NAMES = ("graph", "identities", "scores", "weights")
"""Every input a document accounts for, each by its hash or by the reason why it has none."""

UNDER_HALF = "under half a micro-cred"
SCORED_ZERO = "a score of zero under the policy"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: keccak256 of its bytes, or None and then `note` says why it is not available."""

    name: str
    hash: bytes | None
    note: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Someone left out before posting, and why. The reason is for everybody to read."""

    subject: Subject
    reason: str


@dataclass(frozen=True, slots=True)
class NoLeaf:
    """Someone with cred but without a leaf, and why."""

    subject: Subject
    reason: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A maintainer who may sign: the subjects that are hers, their cred, and what the cap takes.

    Her account's own subject is hers, listed or not: so the distributor counts.
    `would_take` is in micro-cred: cred - floor(total * cap / 10,000), or 0. The contract applies
    the cap to money when she claims; the leaves stay uncapped.
    """

    account: str
    subjects: tuple[Subject, ...]
    cred: MicroCred
    would_take: MicroCred


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from the automatic result: the policy's score, the published one, and why."""

    subject: Subject
    automatic: MicroCred
    published: MicroCred
    reason: str


@dataclass(frozen=True, slots=True)
class Previous:
    """The finalised distribution before this one: its number, document hash and exclusive end.

    `rules` recalls by what it was built, so that the differences follow; `previous_of` makes it.
    """

    epoch: int
    data_hash: bytes
    end_ms: int
    rules: Rules | None = None


@dataclass(frozen=True)
class Distribution:
    """One distribution document. `leaves` are (subject, cred) in the order of their index."""

    chain_id: ChainId
    pool: str
    distributor: str
    epoch: Epoch
    previous: Previous | None
    weeks: tuple[Week, ...]
    inputs: tuple[InputFile, ...]
    weights: str | None
    policy: str
    parameters: Mapping[str, str]
    people: tuple[PersonCred, ...]
    earlier: CredHistory | None
    past: Past | None
    budget: Amount | None
    exclusions: tuple[Exclusion, ...]
    signer_cap_bps: Bps
    notes: Notes
    # derived from here on
    signers: tuple[Signer, ...]
    no_leaf: tuple[NoLeaf, ...]
    leaves: tuple[tuple[Subject, MicroCred], ...]
    total: MicroCred
    root: bytes
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]

    @property
    def rules(self) -> Rules:
        """By what it is built, as the next distribution will recall it."""
        return Rules(self.policy, self.parameters, self.signer_cap_bps, self.weights)

    @property
    def leaf_count(self) -> int:
        """The number of leaves."""
        return len(self.leaves)

    @property
    def label(self) -> str:
        """What people call the period: "2019-09", or its first and last day."""
        return period_label(self.weeks)

    @property
    def history(self) -> CredHistory:
        """The cred that was counted: over the epoch's weeks, and earlier ones if there are any."""
        if self.earlier is None:
            return CredHistory(self.weeks, self.people)
        weekly = self._given.weekly()
        people = {person.subject: person for person in (*self.earlier.people, *self.people)}
        return CredHistory(
            self.all_weeks,
            tuple(replace(people[subject], weekly=weekly[subject]) for subject in sorted(people)),
        )

    @property
    def all_weeks(self) -> tuple[Week, ...]:
        """The epoch's weeks and those before it that the policy looks at."""
        return (self.earlier.weeks if self.earlier else ()) + self.weeks

    @cached_property
    def scores(self) -> dict[Subject, MicroCred]:
        """What the policy gives everybody; computed once, whoever asks."""
        return policy_named(self.policy, self.parameters).scores(self._given)

    @property
    def _given(self) -> Given:
        return Given(
            CredHistory(self.weeks, self.people),
            self.earlier,
            self.past,
            self.budget,
            {signer.account: signer.subjects for signer in self.signers},
            self.signer_cap_bps,
            frozenset(exclusion.subject for exclusion in self.exclusions),
        )

    def tree(self) -> SumTree:
        """The sum tree of the leaves, for proofs; built once."""
        return self._tree

    def keep(self, tree: SumTree, scores: dict[Subject, MicroCred]) -> None:
        """Spare computing again what was just computed from these very parts."""
        vars(self).update(_tree=tree, scores=scores)

    @cached_property
    def _tree(self) -> SumTree:
        return SumTree.build(self.chain_id, self.distributor, self.epoch, self.leaves)

    def person(self, subject: bytes) -> PersonCred | None:
        """The person a subject stands for, if she has cred in these weeks or a leaf."""
        found = next((person for person in self.people if person.subject == subject), None)
        if found is None and any(who == subject for who, _ in self.leaves):
            known = self.name(subject)
            none = (MicroCred(0),) * len(self.weeks)
            return PersonCred(Subject(subject), None if known[:2] == "0x" else known, none)
        return found

    def name(self, subject: bytes) -> str:
        """What people call a subject: its identity, if one is known here, else its hex."""
        everybody = chain(self.people, self.earlier.people if self.earlier else ())
        names = (each.identity for each in everybody if each.subject == subject)
        return next((name for name in names if name is not None), to_hex(subject))


def period_label(weeks: Sequence[Week]) -> str:
    """The month "2019-09" if these are exactly its weeks, else "first day/last day"."""
    first, last = weeks[0], weeks[-1]
    if tuple(weeks) == weeks_of_month(first.month):
        return first.month
    return f"{iso_date(first.start_ms)}/{iso_date(Millis(last.end_ms - 1))}"


def leaves_of(
    scores: Mapping[Subject, MicroCred], exclusions: Sequence[Exclusion]
) -> tuple[tuple[Subject, MicroCred], ...]:
    """(subject, score) of everybody with a score above zero who is not excluded, by subject."""
    out = {exclusion.subject for exclusion in exclusions}
    return tuple(sorted(item for item in scores.items() if item[1] > 0 and item[0] not in out))


def no_leaf_of(
    people: Sequence[PersonCred], scores: Mapping[Subject, MicroCred]
) -> tuple[NoLeaf, ...]:
    """Everybody whose score is zero, by subject, and why."""
    return tuple(
        NoLeaf(person.subject, SCORED_ZERO if person.cred else UNDER_HALF)
        for person in people
        if not scores[person.subject]
    )


def signers_of(
    signers: Mapping[str, Sequence[Subject]],
    leaves: Sequence[tuple[Subject, MicroCred]],
    total: int,
    cap_bps: int,
) -> tuple[Signer, ...]:
    """The signers by address, with their cred over all their subjects and what the cap takes."""
    cred = dict(leaves) if signers else {}
    limit = floor_share(total, whole(cap_bps, "the signers' cap", 0, BPS_ALL), BPS_ALL)
    result = []
    for account, subjects in signers.items():
        own = sum(cred.get(subject, MicroCred(0)) for subject in owned_by(account, subjects))
        taken = MicroCred(max(0, own - limit))
        name = checksum_address(address_bytes(account))
        result.append(Signer(name, tuple(sorted(subjects)), MicroCred(own), taken))
    return tuple(sorted(result, key=lambda signer: address_bytes(signer.account)))


def changes_of(
    scores: Mapping[Subject, MicroCred], exclusions: Sequence[Exclusion]
) -> tuple[Change, ...]:
    """The change log: one entry for each exclusion, which is the only change there can be."""
    return tuple(
        Change(each.subject, scores[each.subject], MicroCred(0), each.reason)
        for each in exclusions
        if each.subject in scores
    )
