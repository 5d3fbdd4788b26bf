# SPDX-License-Identifier: AGPL-3.0-only
"""The bytes of a distribution: `distribution.json`, canonical JSON, hashed as `dataHash`.

`to_json` writes it, `read` takes back exactly such bytes and nothing else. Form: the schema below;
integers are strings of digits without leading zeros, hashes and subjects lower-case 0x-hex,
addresses in their EIP-55 spelling. `read` checks the form (step "form of <where>") and that each
person's cred is the sum of her weeks; `checks.check` recomputes the rest.
"""

import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

from millpond.core.canonical import Json, decode, encode, keccak256
from millpond.core.cred import PersonCred
from millpond.core.distribution.checks import Posted, check, check_posted
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
from millpond.core.errors import BadInput, CanonicalError, DocumentError
from millpond.core.subjects import (
    Subject,
    address_bytes,
    check_subject,
    checksum_address,
    from_hex,
    to_hex,
)
from millpond.core.units import MAX_UINT256, Bps, ChainId, Epoch, MicroCred
from millpond.core.weeks import week_span

SCHEMA = "millpond/distribution"
VERSION = 1

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
    "exclusions",
    "no_leaf",
    "signer_cap_bps",
    "signers",
    "leaves",
    "leaf_count",
    "total",
    "root",
    "changes",
)
_DIGITS = re.compile(r"0|[1-9][0-9]{0,77}")
_T = TypeVar("_T")


def to_json(distribution: Distribution) -> bytes:
    """The canonical bytes of a distribution."""
    return encode(
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
        "previous": last
        and {"epoch": last.epoch, "data_hash": to_hex(last.data_hash), "end_ms": last.end_ms},
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
        "policy": {"name": doc.policy, "parameters": doc.parameters},
        "people": [
            {
                "subject": to_hex(p.subject),
                "identity": p.identity,
                "weekly": p.weekly,
                "cred": p.cred,
            }
            for p in doc.people
        ],
        "exclusions": [{"subject": to_hex(e.subject), "reason": e.reason} for e in doc.exclusions],
        "signer_cap_bps": doc.signer_cap_bps,
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
        "leaves": [{"subject": to_hex(subject), "cred": cred} for subject, cred in doc.leaves],
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
    }


def data_hash(distribution: Distribution) -> bytes:
    """keccak256 of the document's bytes: what the signers sign and the chain keeps."""
    return keccak256(to_json(distribution))


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
        return _distribution(_At("document", decode(data)))
    except CanonicalError as error:
        raise DocumentError(error.message, error.next_step, "form") from error


class _At:
    """A value and where it stands; every accessor refuses what is not of its form."""

    def __init__(self, where: str, value: Json) -> None:
        self.where = where
        self.value = value

    def refuse(self, what: str) -> NoReturn:
        raise DocumentError(
            f"{self.where} {what}",
            "use the bytes as they were published, or build the document again",
            f"form of {self.where}",
        )

    def fields(self, *names: str) -> "list[_At]":
        value = self.value
        if not isinstance(value, dict) or sorted(value) != sorted(names):
            self.refuse(f"does not have exactly the fields {', '.join(names)}")
        here = "" if self.where == "document" else self.where + "."
        return [_At(here + name, value[name]) for name in names]

    def items(self, make: "Callable[[_At], _T]") -> tuple[_T, ...]:
        if not isinstance(self.value, list):
            self.refuse("is not a list")
        return tuple(make(_At(f"{self.where}[{at}]", each)) for at, each in enumerate(self.value))

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.refuse("is not a text")
        return self.value

    def number(self) -> int:
        text = self.text()
        if _DIGITS.fullmatch(text) is None or int(text) > MAX_UINT256:
            self.refuse("is not a whole number in digits")
        return int(text)

    def cred(self) -> MicroCred:
        return MicroCred(self.number())

    def hash(self) -> bytes:
        return self._made(lambda text: from_hex(text, 32), to_hex)

    def subject(self) -> Subject:
        return self._made(lambda text: check_subject(from_hex(text, 32)), to_hex)

    def address(self) -> str:
        return self._made(lambda text: checksum_address(address_bytes(text)), str)

    def _made(self, make: Callable[[str], _T], back: Callable[[_T], str]) -> _T:
        text = self.text()
        try:
            made = make(text)
        except BadInput as error:
            self.refuse(f"is wrong: {error.message}")
        if back(made) != text:
            self.refuse("is not in its one spelling")
        return made


def _distribution(at: _At) -> Distribution:
    schema, version, *rest = at.fields(*_FIELDS)
    if schema.text() != SCHEMA or version.number() != VERSION:
        schema.refuse(f"is not {SCHEMA} version {VERSION}")
    chain_id, pool, distributor, epoch, previous, period, inputs, weights, policy, *rest = rest
    people, exclusions, no_leaf, cap, signers, leaves, count, total, root, changes = rest
    name, parameters = _policy(policy)
    found = leaves.items(_leaf)
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
        people=people.items(_person),
        exclusions=exclusions.items(_exclusion),
        signer_cap_bps=Bps(cap.number()),
        signers=signers.items(_signer),
        no_leaf=no_leaf.items(_without_leaf),
        leaves=found,
        total=total.cred(),
        root=root.hash(),
        changes=changes.items(_change),
    )


def _period(at: _At) -> tuple[int, int]:
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


def _previous(at: _At) -> Previous:
    epoch, digest, end = at.fields("epoch", "data_hash", "end_ms")
    return Previous(epoch.number(), digest.hash(), end.number())


def _input(at: _At) -> InputFile:
    name, digest, note = at.fields("name", "hash", "note")
    return InputFile(name.text(), None if digest.value is None else digest.hash(), note.text())


def _policy(at: _At) -> tuple[str, dict[str, str]]:
    name, parameters = at.fields("name", "parameters")
    if not isinstance(parameters.value, dict):
        parameters.refuse("is not an object")
    values = {key: _At(f"{parameters.where}.{key}", each) for key, each in parameters.value.items()}
    return name.text(), {key: each.text() for key, each in values.items()}


def _person(at: _At) -> PersonCred:
    subject, identity, weekly, cred = at.fields("subject", "identity", "weekly", "cred")
    named = None if identity.value is None else identity.text()
    person = PersonCred(subject.subject(), named, weekly.items(_At.cred))
    if person.cred != cred.number():
        raise DocumentError(
            f"{cred.where} is {cred.number()}, her weeks add up to {person.cred}",
            "build the document again from its inputs; do not edit it by hand",
            "cred",
        )
    return person


def _exclusion(at: _At) -> Exclusion:
    subject, reason = at.fields("subject", "reason")
    return Exclusion(subject.subject(), reason.text())


def _without_leaf(at: _At) -> NoLeaf:
    subject, reason = at.fields("subject", "reason")
    return NoLeaf(subject.subject(), reason.text())


def _signer(at: _At) -> Signer:
    account, subjects, cred, taken = at.fields("account", "subjects", "cred", "would_take")
    return Signer(account.address(), subjects.items(_At.subject), cred.cred(), taken.cred())


def _leaf(at: _At) -> tuple[Subject, MicroCred]:
    subject, cred = at.fields("subject", "cred")
    return subject.subject(), cred.cred()


def _change(at: _At) -> Change:
    subject, automatic, published, reason = at.fields("subject", "automatic", "published", "reason")
    return Change(subject.subject(), automatic.cred(), published.cred(), reason.text())
