# SPDX-License-Identifier: AGPL-3.0-only
"""Reads the events of a ledger, in either of its two forms.

The form of today has one event on each line. The older one is a JSON array with one event on each
line between its brackets; an array that is written otherwise is read too, by the event.
"""

from collections.abc import Callable, Iterator, Mapping

from millpond.core.errors import LedgerFileError
from millpond.core.ledger import actions as act
from millpond.core.ledger.fields import AGAIN, Fields, Place, parsed, shown
from millpond.core.ledger.policies import recorded_policy
from millpond.core.units import Amount, Millis

VERSION = "1"
_UPGRADE = "a ledger of another version needs a newer Millpond; it is not guessed at"


def read_events(data: bytes, file: str) -> tuple[act.Event, ...]:
    """All events of the bytes of a ledger; `LedgerFileError` names the line of the first wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LedgerFileError(
            f"byte {error.start} is not UTF-8", AGAIN, file, f"line {line}"
        ) from None
    return tuple(_event(value, at) for value, at in _values(text.rstrip(), file))


def _values(text: str, file: str) -> Iterator[tuple[object, Place]]:
    lines = text.split("\n") if text else []
    numbered = list(enumerate(lines, 1))
    if text.startswith("["):
        numbered = [(number, line.rstrip().removesuffix(",")) for number, line in numbered[1:-1]]
        by_line = lines[0].strip() == "[" and lines[-1].strip() == "]"
        if not by_line or any(line[:1] + line[-1:] != "{}" for _, line in numbered):
            yield from _array(text, file)
            return
    for number, line in numbered:
        at = Place(file, f"line {number}")
        yield parsed(line, at, LedgerFileError), at


def _array(text: str, file: str) -> Iterator[tuple[object, Place]]:
    whole = parsed(text, Place(file, ""), LedgerFileError)
    if not isinstance(whole, list):
        raise LedgerFileError("it is no list of events", AGAIN, file)
    for number, value in enumerate(whole, 1):
        yield value, Place(file, f"event {number}")


def _event(value: object, at: Place) -> act.Event:
    fields = Fields.of(value, at, LedgerFileError)
    version = fields.value("version")
    if version != VERSION:
        fields.refuse(f"its version is {shown(version)}, not {VERSION!r}", _UPGRADE)
    action = _action(fields.inner("action"))
    return act.Event(action, _time(fields, "ledgerTimestamp"), fields.id("uuid"), at)


def _action(fields: Fields) -> act.Action:
    kind = fields.text("type")
    if kind in act.SWITCHES:
        return act.Switch(kind)
    read = _READERS.get(kind)
    if read is None:
        known = ", ".join(sorted((*_READERS, *act.SWITCHES)))
        fields.refuse(f"there is no action {shown(kind)}", f"the known ones are: {known}")
    return read(fields)


def _time(fields: Fields, key: str) -> Millis:
    return Millis(fields.whole(key))


def _create(fields: Fields) -> act.CreateIdentity:
    identity = fields.inner("identity")
    return act.CreateIdentity(
        identity.id("id"),
        identity.name("name"),
        identity.one_of("subtype", act.SUBTYPES),
        identity.address("address"),
        len(identity.each("aliases", _alias)),
    )


def _alias(fields: Fields) -> act.Alias:
    return act.Alias(fields.address("address"), fields.text("description"))


def _distribute(fields: Fields) -> act.DistributeGrain:
    inner = fields.inner("distribution")
    allocations = inner.each("allocations", _allocation)
    return act.DistributeGrain(inner.id("id"), _time(inner, "credTimestamp"), allocations)


def _allocation(fields: Fields) -> act.Allocation:
    policy = recorded_policy(fields.inner("policy"))
    return act.Allocation(fields.id("id"), policy, fields.each("receipts", _receipt))


def _receipt(fields: Fields) -> tuple[str, Amount]:
    return fields.id("id"), fields.grain("amount")


def _transfer(fields: Fields) -> act.TransferGrain:
    sender, receiver = fields.id("from"), fields.id("to")
    return act.TransferGrain(sender, receiver, fields.grain("amount"), fields.text_or_none("memo"))


def _payout_address(fields: Fields) -> act.SetPayoutAddress:
    # SourceCred writes null when somebody clears an address, and then cannot read its own file.
    cleared = fields.value("payoutAddress") is None
    address = None if cleared else fields.account("payoutAddress")
    return act.SetPayoutAddress(fields.id("id"), read_currency(fields.inner("currency")), address)


def read_currency(fields: Fields) -> act.Currency:
    """A currency: {type EVM, chainId, tokenAddress} or {type PROTOCOL, chainId}."""
    if fields.one_of("type", (act.EVM, act.PROTOCOL)) == act.PROTOCOL:
        return act.Currency(fields.one_of("chainId", act.PROTOCOLS), None)
    chain = fields.text("chainId")
    if not chain.isascii() or not chain.isdigit() or chain != str(int(chain)):
        fields.refuse(f"chainId is {shown(chain)}", 'write the number of the chain, such as "1"')
    return act.Currency(chain, fields.account("tokenAddress"))


_READERS: Mapping[str, Callable[[Fields], act.Action]] = {
    "CREATE_IDENTITY": _create,
    "RENAME_IDENTITY": lambda at: act.RenameIdentity(at.id("identityId"), at.name("newName")),
    "CHANGE_IDENTITY_TYPE": lambda at: act.ChangeIdentityType(
        at.id("identityId"), at.one_of("newType", act.SUBTYPES)
    ),
    "ADD_ALIAS": lambda at: act.AddAlias(at.id("identityId"), _alias(at.inner("alias"))),
    "MERGE_IDENTITIES": lambda at: act.MergeIdentities(at.id("base"), at.id("target")),
    "TOGGLE_ACTIVATION": lambda at: act.ToggleActivation(at.id("identityId")),
    "DISTRIBUTE_GRAIN": _distribute,
    "TRANSFER_GRAIN": _transfer,
    "SET_PAYOUT_ADDRESS": _payout_address,
    "MARK_DISTRIBUTION_EXECUTED": lambda at: act.MarkDistributionExecuted(at.id("id")),
    "SET_EXTERNAL_CURRENCY": lambda at: act.SetExternalCurrency(
        read_currency(at.inner("currency"))
    ),
}
