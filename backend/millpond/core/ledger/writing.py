# SPDX-License-Identifier: AGPL-3.0-only
"""Writes events as SourceCred writes them: one on each line, fields sorted, no spaces."""

import json
from collections.abc import Iterable

from millpond.core.errors import LedgerFileError
from millpond.core.ledger import actions as act
from millpond.core.ledger.fields import HALF
from millpond.core.ledger.policies import policy_json
from millpond.core.ledger.reading import VERSION


def written(events: Iterable[act.Event]) -> bytes:
    """The bytes of a ledger; `LedgerFileError` for an event that SourceCred could not read."""
    return b"".join(_line(event) for event in events)


def _line(event: act.Event) -> bytes:
    action = event.action
    if isinstance(action, act.SetPayoutAddress) and action.address is None:
        raise event.at.error(
            LedgerFileError,
            "a payout address is cleared here, and SourceCred 0.11.2 reads no ledger with that",
            "set an address of the account's instead of clearing it, or keep the ledger here",
        )
    value = {
        "action": {**_fields(action), "type": _kind(action)},
        "ledgerTimestamp": event.time_ms,
        "uuid": event.uuid,
        "version": VERSION,
    }
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode() + b"\n"


def _kind(action: act.Action) -> str:
    return action.kind if isinstance(action, act.Switch) else act.KINDS[type(action)]


def _fields(action: act.Action) -> dict[str, object]:
    match action:
        case act.CreateIdentity():
            kept = {name: getattr(action, name) for name in ("id", "name", "subtype", "address")}
            fields: dict[str, object] = {"identity": {**kept, "aliases": []}}
        case act.AddAlias(id=id_, alias=alias):
            kept = {"address": alias.address, "description": alias.description}
            fields = {"identityId": id_, "alias": kept}
        case act.RenameIdentity(id=id_, name=name):
            fields = {"identityId": id_, "newName": name}
        case act.ChangeIdentityType(id=id_, subtype=subtype):
            fields = {"identityId": id_, "newType": subtype}
        case act.MergeIdentities(base=base, target=target):
            fields = {"base": base, "target": target}
        case act.ToggleActivation(id=id_):
            fields = {"identityId": id_}
        case _:
            fields = _grain_fields(action)
    return fields


def _grain_fields(action: act.Action) -> dict[str, object]:
    match action:
        case act.DistributeGrain():
            fields: dict[str, object] = {"distribution": _distribution(action)}
        case act.TransferGrain(sender=sender, receiver=receiver, amount=amount, memo=memo):
            fields = {"from": sender, "to": receiver, "amount": str(amount), "memo": memo}
        case act.SetPayoutAddress(id=id_, currency=currency, address=address):
            fields = {"id": id_, "currency": currency.json, "payoutAddress": address}
        case act.SetExternalCurrency(currency=currency):
            fields = {"currency": currency.json}
        case act.MarkDistributionExecuted(id=id_):
            fields = {"id": id_}
        case _:
            fields = {}
    return fields


def _distribution(action: act.DistributeGrain) -> dict[str, object]:
    allocations = [
        {
            "id": each.id,
            "policy": policy_json(each.policy),
            "receipts": [{"amount": str(amount), "id": id_} for id_, amount in each.receipts],
        }
        for each in action.allocations
    ]
    return {"allocations": allocations, "credTimestamp": action.cred_ms, "id": action.id}
