# SPDX-License-Identifier: AGPL-3.0-only
"""Rules, notes and differences as they stand in a document: written, and read back."""

from collections.abc import Mapping

from millpond.core.distribution.differences import Difference, Entered, Gain, LogPart, Notes, Rules
from millpond.core.distribution.form import At
from millpond.core.subjects import to_hex


def policy_as_json(name: str, parameters: Mapping[str, str]) -> dict[str, object]:
    """A policy."""
    return {"name": name, "parameters": parameters}


def read_policy(at: At) -> tuple[str, dict[str, str]]:
    """Its name and parameters."""
    name, parameters = at.fields("name", "parameters")
    return name.text(), parameters.texts()


def rules_as_json(rules: Rules) -> dict[str, object]:
    """The rules of the distribution before."""
    return {
        "policy": policy_as_json(rules.policy, rules.parameters),
        "signer_cap_bps": rules.signer_cap_bps,
        "weights": rules.weights,
    }


def read_rules(at: At) -> Rules:
    """These, read."""
    policy, cap, weights = at.fields("policy", "signer_cap_bps", "weights")
    text = None if weights.value is None else weights.text()
    return Rules(*read_policy(policy), cap.number(), text)


def as_json(notes: Notes) -> dict[str, object]:
    """What people say."""
    gain, log = notes.gain, notes.log
    return {
        "reasons": notes.reasons,
        "gain": gain
        and {"proposer": to_hex(gain.proposer), "before": gain.before, "after": gain.after},
        "identity_log": log
        and {
            "since": to_hex(log.since),
            "head": to_hex(log.head),
            "entries": [
                {"kind": e.kind, "what": e.what, "reason": e.reason, "by": e.by}
                for e in log.entries
            ],
        },
    }


def read(at: At) -> Notes:
    """What they said."""
    reasons, gain, log = at.fields("reasons", "gain", "identity_log")
    return Notes(
        reasons.texts(),
        None if gain.value is None else _gain(gain),
        None if log.value is None else _log(log),
    )


def _gain(at: At) -> Gain:
    proposer, before, after = at.fields("proposer", "before", "after")
    return Gain(proposer.subject(), before.number(), after.number())


def _log(at: At) -> LogPart:
    since, head, entries = at.fields("since", "head", "entries")
    return LogPart(since.hash(), head.hash(), entries.items(_entered))


def _entered(at: At) -> Entered:
    kind, what, reason, by = at.fields("kind", "what", "reason", "by")
    return Entered(kind.text(), what.text(), reason.text(), by.text())


def difference_as_json(each: Difference) -> dict[str, object]:
    """One difference."""
    return {
        "kind": each.kind,
        "what": each.what,
        "before": each.before,
        "after": each.after,
        "reason": each.reason,
    }


def read_difference(at: At) -> Difference:
    """One, read."""
    kind, what, before, after, reason = at.fields("kind", "what", "before", "after", "reason")
    return Difference(kind.text(), what.text(), before.text(), after.text(), reason.text())
