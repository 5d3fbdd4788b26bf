# SPDX-License-Identifier: AGPL-3.0-only
"""Every change that a person made to an epoch, with the reason: the log that is published.

What the document itself changes comes first; then what happened on the chain, in its order. A text
stands there only if its hash is the one on the chain.
"""

from collections.abc import Iterator, Mapping

from millpond.chain.abi import Event
from millpond.chain.coop import Coop
from millpond.core.distribution import Distribution
from millpond.core.subjects import to_hex
from scripts._epoch_files import EpochFiles

_KINDS = {
    "ZeroedOut": "struck out",
    "Restored": "restored",
    "DistributionWithdrawn": "withdrawn",
    "DistributionVoided": "void: its review failed",
    "SettledOffChain": "settled outside the chain",
    "EpochClosed": "closed",
}


def changes(coop: Coop, files: EpochFiles, document: Distribution) -> list[dict[str, object]]:
    """The whole log of the document's epoch."""
    before: list[dict[str, object]] = [
        {
            "what": "left out",
            "subject": to_hex(each.subject),
            "automatic": each.automatic,
            "published": each.published,
            "reason": each.reason,
        }
        for each in document.changes
    ]
    before += [
        {
            "what": f"other {each.kind}",
            "of": each.what,
            "before": each.before,
            "after": each.after,
            "reason": each.reason,
        }
        for each in document.differences
    ]
    events = sorted(_events(coop, document.epoch), key=lambda e: (e.log.block_number, e.log.index))
    texts, withdrawn = files.texts(), _withdrawals(files)
    return [*before, *(_entry(event, texts, withdrawn) for event in events)]


def _events(coop: Coop, epoch: int) -> Iterator[Event]:
    for name in _KINDS:
        for event in coop.distributor.past_events(name, coop.since):
            if event.args["epoch"] == epoch:
                yield event


def _entry(
    event: Event, texts: Mapping[str, str], withdrawn: Mapping[str, str]
) -> dict[str, object]:
    args, entry = event.args, {"what": _KINDS[event.name], "block": event.log.block_number}
    entry["transaction"] = to_hex(event.log.transaction_hash)
    for name in ("attempt", "subject", "cred", "signers", "payee", "amount", "left_over"):
        if name in args:
            value = args[name]
            entry[name] = to_hex(value) if isinstance(value, bytes) else value
    for name in ("reason_hash", "reference"):
        if name in args:
            entry[name] = to_hex(args[name])
            entry["reason"] = texts.get(to_hex(args[name]))
    if event.name == "DistributionWithdrawn":
        entry["reason"] = withdrawn.get(to_hex(event.log.transaction_hash))
    return entry


def _withdrawals(files: EpochFiles) -> dict[str, str]:
    """The reasons of withdrawals, which no signature covers, by the transactions they went with."""
    return {
        each["transactionHash"]: each["reason"]
        for each in files.records("withdrawn")
        if "reason" in each and "transactionHash" in each
    }
