# SPDX-License-Identifier: AGPL-3.0-only
"""What people decided otherwise since the last distribution: every such difference, and why.

The document recalls by what rules the one before it was built (`Rules`); from the two sets of rules
follow the differences in policy, cap and weights, and each kind of them needs a reason. What the
new weights are worth to who proposed them, and what was entered in the identity log, is written
down beside (`Notes`), to be compared with the instance and the log by whoever has them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from millpond.core.errors import DocumentError
from millpond.core.nesting import is_deeper
from millpond.core.subjects import Subject, to_hex
from millpond.core.units import format_amount, micro_cred

if TYPE_CHECKING:
    from millpond.core.distribution.model import Distribution

POLICY, CAP, WEIGHT, GAIN, IDENTITY = "policy", "signer cap", "weight", "gain", "identity"
REASONS = {POLICY: POLICY, CAP: POLICY, WEIGHT: "weights", GAIN: "weights"}
"""Which reason covers which kind of difference; entries of the identity log have their own."""

_DEEPEST = 16
_STEP = "differences"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a distribution was built, besides the work itself."""

    policy: str
    parameters: Mapping[str, str]
    signer_cap_bps: int
    weights: str | None


@dataclass(frozen=True, slots=True)
class Gain:
    """What other weights are worth to who proposed them: her share of this epoch's cred by the old
    and by the new weights, in millionths."""

    proposer: Subject
    before: int
    after: int

    @classmethod
    def of(cls, proposer: Subject, before: float, after: float) -> Self:
        """From the shares as cred compares them, rounded as cred is."""
        return cls(proposer, micro_cred(before), micro_cred(after))


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry of the identity log: what (link, merge, undo), of whom, why, and who entered it."""

    kind: str
    what: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class LogPart:
    """The part of the identity log since the last distribution, between two heads of it."""

    since: bytes
    head: bytes
    entries: tuple[Entered, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """What people say about their differences. A reason belongs to "policy" or to "weights"."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    gain: Gain | None = None
    log: LogPart | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. `before` and `after` are empty where there was or is nothing."""

    kind: str
    what: str
    before: str
    after: str
    reason: str


def differences_of(doc: "Distribution") -> tuple[Difference, ...]:
    """All differences, in a fixed order; `DocumentError` for one without a reason."""
    return (*_of_rules(doc), *_of_log(doc.notes.log))


def _of_rules(doc: "Distribution") -> Iterator[Difference]:
    last, notes = doc.previous.rules if doc.previous else None, doc.notes
    found = list(_between(last, doc.rules)) if last is not None else []
    if notes.gain is not None:
        gain = notes.gain
        shares = _percent(gain.before), _percent(gain.after)
        found.append((GAIN, to_hex(gain.proposer), *shares))
    kinds = {kind for kind, *_ in found}
    if (WEIGHT in kinds) != (GAIN in kinds):
        raise DocumentError(
            "other weights, and not what they are worth to who proposed them, or the reverse",
            "compare the weights (millpond cred compare) and note the gain with them",
            _STEP,
        )
    wanted = {REASONS[kind] for kind in kinds}
    if wanted != {name for name, reason in notes.reasons.items() if reason.strip()}:
        raise DocumentError(
            f"reasons are given for {_listed(notes.reasons)}, and what differs from the last "
            f"distribution is {_listed(wanted)}",
            "give one reason for each of the two that differs, and no other",
            _STEP,
        )
    for kind, what, before, after in found:
        yield Difference(kind, what, before, after, notes.reasons[REASONS[kind]])


def _percent(millionths: int) -> str:
    return f"{format_amount(millionths, 4)} %"


def _listed(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "nothing"


def _between(last: Rules, now: Rules) -> Iterator[tuple[str, str, str, str]]:
    if last.policy != now.policy:
        yield POLICY, "name", last.policy, now.policy
    for name in sorted(last.parameters.keys() | now.parameters.keys()):
        one, other = last.parameters.get(name, ""), now.parameters.get(name, "")
        if one != other:
            yield POLICY, name, one, other
    if last.signer_cap_bps != now.signer_cap_bps:
        yield CAP, "basis points", str(last.signer_cap_bps), str(now.signer_cap_bps)
    one_text, other_text = _values(last.weights), _values(now.weights)
    if last.weights != now.weights and one_text == other_text:
        yield WEIGHT, "the way the file is written", "", ""
    for path in sorted(one_text.keys() | other_text.keys()):
        one, other = one_text.get(path, ""), other_text.get(path, "")
        if one != other:
            yield WEIGHT, path, one, other


def _of_log(part: LogPart | None) -> Iterator[Difference]:
    for entry in part.entries if part is not None else ():
        if not entry.reason.strip():
            raise DocumentError(
                f"the identity log's entry {entry.what} has no reason", "enter it with one", _STEP
            )
        what = f"{entry.kind} {entry.what}"
        yield Difference(IDENTITY, what, "", "", f"{entry.reason} ({entry.by})")


def _values(weights: str | None) -> dict[str, str]:
    """Every value of a weights file by its path, as it is written; the text itself if it is none.

    A path's parts are joined by a colon; addresses are shown with slashes.
    """
    if weights is None:
        return {}
    try:
        if is_deeper(weights.encode("utf-8"), _DEEPEST):
            return {"": weights}
        value = json.loads(weights, parse_float=str, parse_int=str, parse_constant=str)
    except ValueError:
        return {"": weights}
    return dict(_paths(value, ()))


def _paths(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    inner: Iterable[tuple[object, object]]
    if isinstance(value, dict) and value:
        inner = value.items()
    elif isinstance(value, list) and value:
        inner = enumerate(value)
    else:
        yield ":".join(path), value if isinstance(value, str) else json.dumps(value)
        return
    for key, item in inner:
        yield from _paths(item, (*path, str(key).replace("\0", "/").strip("/")))


def check_before(doc: "Distribution", before: "Distribution", digest: bytes) -> None:
    """Refuse with `DocumentError` unless this is the document that it follows, as it recalls it.

    `digest` is keccak256 of that document's bytes.
    """
    previous = doc.previous
    same = previous is not None and (previous.epoch, previous.data_hash, previous.end_ms) == (
        before.epoch,
        digest,
        before.weeks[-1].end_ms,
    )
    _require(same, "the document before it is another than the one it names")
    rules = previous.rules if previous else None
    _require(rules in (None, before.rules), "the rules it recalls are not those of that document")


def check_log(
    doc: "Distribution", head: bytes, read: Callable[[bytes], tuple[Entered, ...] | None]
) -> None:
    """Refuse with `DocumentError` unless its part of the identity log is that of the log.

    `head` is the log's, `read` gives the entries since an earlier head, None for no such head.
    """
    part = doc.notes.log
    _require(part is not None, "the document says nothing about the identity log")
    if part is not None:
        _require(part.head == head, "the identity log has another head than the one it names")
        _require(read(part.since) == part.entries, "the identity log has other entries since")


def check_gain(doc: "Distribution", found: Gain) -> None:
    """Refuse with `DocumentError` unless its note on the new weights is what the instance gives.

    Doubles are added in another order on another machine: a millionth beside is the same.
    """
    noted = doc.notes.gain
    _require(
        noted is not None
        and noted.proposer == found.proposer
        and max(abs(noted.before - found.before), abs(noted.after - found.after)) <= 1,
        "the weights are worth something else to who proposed them",
    )


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise DocumentError(
            message, "get the files that belong to the document; else object to it", _STEP
        )
