# SPDX-License-Identifier: AGPL-3.0-only
"""The bytes of a distribution: `distribution.json`, canonical JSON, hashed as `dataHash`.

`to_json` writes it, `read` takes back exactly such bytes and nothing else. Form: the schema below,
its values as in `form`. `read` checks the form (step "form of <where>") and that each person's cred
is the sum of her weeks; `checks.check` recomputes the rest. People and leaves may be a million:
`in_pieces` gives the bytes without having them all, and `read` takes these lists row by row.
"""

from collections.abc import Iterator, Mapping

from millpond.core.canonical import decode, keccak256, keccak256_of, pieces, without_rows
from millpond.core.cred import CredHistory, PersonCred
from millpond.core.distribution import notes
from millpond.core.distribution.checks import check
from millpond.core.distribution.form import At
from millpond.core.distribution.model import (
    Change,
    Distribution,
    Exclusion,
    InputFile,
    NoLeaf,
    Previous,
    Signer,
    period_label,
)
from millpond.core.distribution.outside import Posted, check_posted
from millpond.core.distribution.rows import leaf_row, person_row, read_leaves, read_people
from millpond.core.errors import BadInput, CanonicalError, DocumentError
from millpond.core.policies import Past
from millpond.core.subjects import Subject, to_hex
from millpond.core.units import Amount, Bps, ChainId, Epoch, MicroCred
from millpond.core.weeks import week_span

SCHEMA = "millpond/distribution"
VERSION = 2

_FIELDS = (
    "schema",
    "version",
    "chain_id",
    "pool",
    "distributor",
    "epoch",
    "previous",
    "period",
    "inputs",
    "weights",
    "policy",
    "people",
    "earlier",
    "past",
    "budget",
    "exclusions",
    "no_leaf",
    "signer_cap_bps",
    "notes",
    "signers",
    "leaves",
    "leaf_count",
    "total",
    "root",
    "changes",
    "differences",
)


def to_json(distribution: Distribution) -> bytes:
    """The canonical bytes of a distribution."""
    return b"".join(in_pieces(distribution))


def in_pieces(distribution: Distribution) -> Iterator[bytes]:
    """The same bytes, some at a time: for documents too long to have twice in memory."""
    return pieces(
        {
            "schema": SCHEMA,
            "version": VERSION,
            **_given(distribution),
            **_derived(distribution),
        }
    )


def _given(doc: Distribution) -> dict[str, object]:
    last, first_week, last_week = doc.previous, doc.weeks[0], doc.weeks[-1]
    return {
        "chain_id": doc.chain_id,
        "pool": doc.pool,
        "distributor": doc.distributor,
        "epoch": doc.epoch,
        "previous": last and _previous_json(last),
        "period": {
            "label": doc.label,
            "first_start_ms": first_week.start_ms,
            "end_ms": last_week.end_ms,
            "weeks": len(doc.weeks),
        },
        "inputs": [
            {"name": i.name, "hash": i.hash and to_hex(i.hash), "note": i.note} for i in doc.inputs
        ],
        "weights": doc.weights,
        "policy": notes.policy_as_json(doc.policy, doc.parameters),
        "people": map(person_row, doc.people),
        "earlier": doc.earlier and _history_json(doc.earlier),
        "past": doc.past and _past_json(doc.past),
        "budget": doc.budget,
        "exclusions": [{"subject": to_hex(e.subject), "reason": e.reason} for e in doc.exclusions],
        "signer_cap_bps": doc.signer_cap_bps,
        "notes": notes.as_json(doc.notes),
    }


def _previous_json(last: Previous) -> dict[str, object]:
    return {
        "epoch": last.epoch,
        "data_hash": to_hex(last.data_hash),
        "end_ms": last.end_ms,
        "rules": last.rules and notes.rules_as_json(last.rules),
    }


def _history_json(history: CredHistory) -> dict[str, object]:
    return {
        "first_start_ms": history.weeks[0].start_ms,
        "end_ms": history.weeks[-1].end_ms,
        "people": [
            {
                "subject": to_hex(p.subject),
                "identity": p.identity,
                "weekly": p.weekly,
                "cred": p.cred,
            }
            for p in history.people
        ],
    }


def _past_json(past: Past) -> dict[str, object]:
    return {
        "documents": [to_hex(digest) for digest in past.documents],
        "received": [{"subject": to_hex(who), "amount": paid} for who, paid in past.received],
    }


def _derived(doc: Distribution) -> dict[str, object]:
    return {
        "signers": [
            {
                "account": s.account,
                "subjects": [to_hex(subject) for subject in s.subjects],
                "cred": s.cred,
                "would_take": s.would_take,
            }
            for s in doc.signers
        ],
        "no_leaf": [{"subject": to_hex(n.subject), "reason": n.reason} for n in doc.no_leaf],
        "leaves": map(leaf_row, doc.leaves),
        "leaf_count": doc.leaf_count,
        "total": doc.total,
        "root": to_hex(doc.root),
        "changes": [
            {
                "subject": to_hex(c.subject),
                "automatic": c.automatic,
                "published": c.published,
                "reason": c.reason,
            }
            for c in doc.changes
        ],
        "differences": [notes.difference_as_json(each) for each in doc.differences],
    }


def previous_of(distribution: Distribution) -> Previous:
    """A finalised distribution as the one after it names and recalls it."""
    return Previous(
        distribution.epoch,
        data_hash(distribution),
        distribution.weeks[-1].end_ms,
        distribution.rules,
    )


def data_hash(distribution: Distribution) -> bytes:
    """keccak256 of the document's bytes: what the signers sign and the chain keeps."""
    return keccak256_of(in_pieces(distribution))


def verify(data: bytes, posted: Posted | None = None) -> Distribution:
    """Read a document, recompute every step, and compare with the chain if `posted` is given.

    Raises `DocumentError` whose `step` names the first step that does not hold.
    """
    distribution = read(data)
    check(distribution)
    if posted is not None:
        check_posted(distribution, keccak256(data), posted)
    return distribution


def read(data: bytes) -> Distribution:
    """The distribution in canonical bytes; `DocumentError` for any other bytes."""
    try:
        rest, rows = without_rows(data, ("leaves", "people"))
        return _distribution(At(decode(rest)), rows)
    except CanonicalError as error:
        raise DocumentError(error.message, error.next_step, "form") from error


def _distribution(at: At, rows: Mapping[str, Iterator[bytes]]) -> Distribution:
    _require_version(at)
    _, _, *rest = at.fields(*_FIELDS)
    chain_id, pool, distributor, epoch, previous, period, inputs, weights, policy, *rest = rest
    people, earlier, past, budget, exclusions, *rest = rest
    no_leaf, cap, noted, signers, leaves, count, total, root, changes, differences = rest
    name, parameters = notes.read_policy(policy)
    found = (
        leaves.rows(rows["leaves"], read_leaves, _leaf) if "leaves" in rows else leaves.items(_leaf)
    )
    if count.number() != len(found):
        count.refuse(f"is not the number of leaves, {len(found)}")
    first_start_ms, end_ms = _period(period)
    return Distribution(
        chain_id=ChainId(chain_id.number()),
        pool=pool.address(),
        distributor=distributor.address(),
        epoch=Epoch(epoch.number()),
        previous=None if previous.value is None else _previous(previous),
        weeks=week_span(first_start_ms, end_ms),
        inputs=inputs.items(_input),
        weights=None if weights.value is None else weights.text(),
        policy=name,
        parameters=parameters,
        people=(
            people.rows(rows["people"], read_people, _person)
            if "people" in rows
            else people.items(_person)
        ),
        earlier=None if earlier.value is None else _history(earlier),
        past=None if past.value is None else _past(past),
        budget=None if budget.value is None else Amount(budget.number()),
        exclusions=exclusions.items(_exclusion),
        signer_cap_bps=Bps(cap.number()),
        notes=notes.read(noted),
        signers=signers.items(_signer),
        no_leaf=no_leaf.items(_without_leaf),
        leaves=found,
        total=total.cred(),
        root=root.hash(),
        changes=changes.items(_change),
        differences=differences.items(notes.read_difference),
    )


def _require_version(at: At) -> None:
    """Before all else, so that a document of another version is not called a wrong one."""
    value = at.value if isinstance(at.value, dict) else {}
    schema, version = (At(value.get(name), name, at) for name in ("schema", "version"))
    if schema.value != SCHEMA:
        schema.refuse(f"is not {SCHEMA}")
    if version.value != str(VERSION):
        version.refuse(
            f"is {version.value!r}: this program reads version {VERSION}; use the release of "
            "Millpond that wrote the document"
        )


def _history(at: At) -> CredHistory:
    first, end, people = at.fields("first_start_ms", "end_ms", "people")
    try:
        return CredHistory(week_span(first.number(), end.number()), people.items(_person))
    except BadInput as error:
        at.refuse(f"is wrong: {error.message}")


def _past(at: At) -> Past:
    documents, received = at.fields("documents", "received")
    return Past(documents.items(At.hash), received.items(_payment))


def _payment(at: At) -> tuple[Subject, Amount]:
    subject, amount = at.fields("subject", "amount")
    return subject.subject(), Amount(amount.number())


def _period(at: At) -> tuple[int, int]:
    label, first, end, count = at.fields("label", "first_start_ms", "end_ms", "weeks")
    try:
        weeks = week_span(first.number(), end.number())
        expected = period_label(weeks)
    except BadInput as error:
        at.refuse(f"is wrong: {error.message}")
    if len(weeks) != count.number():
        count.refuse(f"is not the number of weeks, {len(weeks)}")
    if label.text() != expected:
        label.refuse(f"is not the name of these weeks, {expected}")
    return first.number(), end.number()


def _previous(at: At) -> Previous:
    epoch, digest, end, rules = at.fields("epoch", "data_hash", "end_ms", "rules")
    recalled = None if rules.value is None else notes.read_rules(rules)
    return Previous(epoch.number(), digest.hash(), end.number(), recalled)


def _input(at: At) -> InputFile:
    name, digest, note = at.fields("name", "hash", "note")
    return InputFile(name.text(), None if digest.value is None else digest.hash(), note.text())


def _person(at: At) -> PersonCred:
    subject, identity, weekly, cred = at.fields("subject", "identity", "weekly", "cred")
    named = None if identity.value is None else identity.text()
    person = PersonCred(subject.subject(), named, weekly.creds())
    if person.cred != cred.number():
        raise DocumentError(
            f"{cred.where} is {cred.number()}, her weeks add up to {person.cred}",
            "build the document again from its inputs; do not edit it by hand",
            "cred",
        )
    return person


def _exclusion(at: At) -> Exclusion:
    subject, reason = at.fields("subject", "reason")
    return Exclusion(subject.subject(), reason.text())


def _without_leaf(at: At) -> NoLeaf:
    subject, reason = at.fields("subject", "reason")
    return NoLeaf(subject.subject(), reason.text())


def _signer(at: At) -> Signer:
    account, subjects, cred, taken = at.fields("account", "subjects", "cred", "would_take")
    return Signer(account.address(), subjects.items(At.subject), cred.cred(), taken.cred())


def _leaf(at: At) -> tuple[Subject, MicroCred]:
    subject, cred = at.fields("subject", "cred")
    return subject.subject(), cred.cred()


def _change(at: At) -> Change:
    subject, automatic, published, reason = at.fields("subject", "automatic", "published", "reason")
    return Change(subject.subject(), automatic.cred(), published.cred(), reason.text())
