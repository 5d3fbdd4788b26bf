# SPDX-License-Identifier: AGPL-3.0-only
"""Who is paid at the service: the file in which a community keeps that, by subject.

{"schema": "millpond/collective-payees", "version": "1", "payees": [
  {"subject": "github:583231", "account": "alice"},
  {"subject": "github:1024025", "name": "Bob", "email": "bob@example.org"},
  {"subject": "0x...", "account": "carol", "own": true, "payout": "po_1"}]}

`subject` is an identity, an address or the 32 bytes of a leaf. Whoever has an account there is
named by it, others are invited by e-mail. `own` is an account that the token's owner administers:
only for such a one can an expense be submitted whole; `payout` then names a way to pay it. The file
holds e-mails: it stays with whoever pays and goes into nothing that is published.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from millpond.core.errors import BadInput, InputFileError
from millpond.core.nesting import is_deeper
from millpond.core.subjects import Subject, check_subject, from_hex, of_address, of_identity

SCHEMA = "millpond/collective-payees"
INVITED = "by invitation"
_KEYS = {"subject", "account", "name", "email", "own", "payout"}
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_EMAIL = re.compile(r"[^\s@<>,;]{1,100}@[^\s@<>,;]{1,150}\.[^\s@<>,;.]{2,50}")
_PAYOUT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_ADDRESS_HEX, _SUBJECT_HEX = 42, 66
_DEEPEST = 4
_FORM = "write it as docs/OPEN-COLLECTIVE.md shows"


@dataclass(frozen=True, slots=True)
class Payee:
    """One person at the service: an account, or a name and an e-mail to invite."""

    subject: Subject
    account: str = ""
    name: str = ""
    email: str = ""
    own: bool = False
    payout: str = ""

    def __repr__(self) -> str:
        return f"Payee({self.public})"

    @property
    def public(self) -> str:
        """How she is named where everybody can read it: never by her e-mail."""
        return self.account or INVITED


def is_slug(text: str) -> bool:
    """Whether this can be the name of an account."""
    return _SLUG.fullmatch(text) is not None


def subject_of(text: str) -> Subject:
    """A leaf's subject from its own 32 bytes, an address, or an identity such as "github:1"."""
    if text.startswith("0x") and len(text) == _SUBJECT_HEX:
        return check_subject(from_hex(text, 32))
    if text.startswith("0x") and len(text) == _ADDRESS_HEX:
        return of_address(text)
    return of_identity(text)


def read_payees(data: bytes, file: str) -> dict[Subject, Payee]:
    """Everybody in the file, by subject; `InputFileError` names a line that cannot be used."""
    try:
        if is_deeper(data, _DEEPEST):
            raise InputFileError("is nested too deep", _FORM, file)
        found: Any = json.loads(data)
    except ValueError as error:
        raise InputFileError(f"is no JSON ({type(error).__name__})", _FORM, file) from None
    if not isinstance(found, dict) or (found.get("schema"), found.get("version")) != (SCHEMA, "1"):
        raise InputFileError(f"is no {SCHEMA} of version 1", _FORM, file)
    listed = found.get("payees")
    if not isinstance(listed, list) or set(found) != {"schema", "version", "payees"}:
        raise InputFileError("has no list of payees, or more than that", _FORM, file)
    result: dict[Subject, Payee] = {}
    for at, each in enumerate(listed):
        where = f"payees[{at}]"
        payee = _payee(each, file, where)
        if payee.subject in result:
            raise InputFileError("is about somebody who is there already", _FORM, file, where)
        result[payee.subject] = payee
    return result


def _payee(value: object, file: str, where: str) -> Payee:
    if not isinstance(value, dict) or not set(value) <= _KEYS:
        raise InputFileError("has a field that nobody knows", _FORM, file, where)
    texts = {key: value.get(key, "") for key in _KEYS - {"own"}}
    own = value.get("own", False)
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(own, bool):
        raise InputFileError("has a field of another kind", _FORM, file, where)
    wrong = _wrong(texts, own)
    if wrong:
        raise InputFileError(wrong, _FORM, file, where)
    try:
        subject = subject_of(texts.pop("subject"))
    except BadInput as error:
        raise InputFileError(error.message, error.next_step, file, where) from None
    return Payee(subject, own=own, **texts)


def _wrong(texts: Mapping[str, str], own: bool) -> str:
    """What does not fit together; an e-mail is not repeated."""
    account, name, email, payout = (texts[key] for key in ("account", "name", "email", "payout"))
    rules = {
        "needs an account or an e-mail, and not both": bool(account) is bool(email),
        "has an account whose name cannot be one": account and not is_slug(account),
        "has an e-mail that cannot be one": email and _EMAIL.fullmatch(email) is None,
        "needs a name beside the e-mail": email and not name.strip(),
        "needs no name beside the account": account and name,
        "is own and has no account": own and not account,
        "names a way to pay for an account that is not own": payout and not own,
        "has a way to pay that cannot be one": payout and _PAYOUT.fullmatch(payout) is None,
    }
    return next((what for what, broken in rules.items() if broken), "")
