# SPDX-License-Identifier: AGPL-3.0-only
"""The file that says who is paid at the service."""

import json

import pytest

from millpond.core.collective.payees import INVITED, SCHEMA, read_payees, subject_of
from millpond.core.errors import InputFileError
from millpond.core.subjects import of_address, of_identity, to_hex
from tests.core.collective.plans import PEOPLE, payees, payees_file
from tests.core.month import who

ADDRESS = "0x" + "a1" * 20


def test_read_payees__accounts_and_invited__are_found_by_subject() -> None:
    found = payees()
    alice, invited = found[who("decentralion")], found[who("wchargin")]
    assert (alice.account, alice.own, alice.public) == ("alice", True, "alice")
    assert (invited.name, invited.email, invited.public) == ("W", "W@example.org", INVITED)
    assert len(found) == 3


def test_payee__however_printed__shows_no_e_mail() -> None:
    assert "example.org" not in repr(payees())


def test_subject_of__identity_address_and_leaf__are_all_known() -> None:
    assert subject_of("github:1") == of_identity("github:1")
    assert subject_of(ADDRESS) == of_address(ADDRESS)
    assert subject_of(to_hex(who("Beanow"))) == who("Beanow")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": "bob"}, "an account or an e-mail, and not both"),
        ({"email": ""}, "an account or an e-mail, and not both"),
        ({"email": "nobody"}, "an e-mail that cannot be one"),
        ({"email": "a@b.org,c@d.org"}, "an e-mail that cannot be one"),
        ({"name": " "}, "a name beside the e-mail"),
        ({"email": "", "account": "bob"}, "no name beside the account"),
        ({"email": "", "name": "", "account": "Bob Smith"}, "whose name cannot be one"),
        ({"email": "", "name": "", "account": "../bob"}, "whose name cannot be one"),
        ({"own": True}, "own and has no account"),
        ({"payout": "po_1"}, "names a way to pay"),
        ({"email": "", "name": "", "account": "bob", "own": True, "payout": "a b"}, "a way to pay"),
        ({"own": "yes"}, "a field of another kind"),
        ({"name": 7}, "a field of another kind"),
        ({"salary": 7}, "a field that nobody knows"),
        ({"subject": "bob"}, "not an identity"),
        ({"subject": "0x" + "00" * 32}, "zero address"),
    ],
)
def test_read_payees__a_line_that_cannot_be_used__is_named(
    change: dict[str, object], said: str
) -> None:
    bad = {"subject": "github:1", "name": "Bob", "email": "bob@example.org"} | change
    with pytest.raises(InputFileError, match=r"payees.json, payees\[3\]: .*" + said) as caught:
        read_payees(payees_file([*PEOPLE, bad]), "payees.json")
    assert "example.org" not in str(caught.value)


def test_read_payees__somebody_twice__is_refused() -> None:
    again: dict[str, object] = {"subject": to_hex(who("decentralion")), "account": "mallory"}
    with pytest.raises(InputFileError, match=r"payees\[3\]: is about somebody who is there"):
        read_payees(payees_file([*PEOPLE, again]), "payees.json")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[]", f"is no {SCHEMA}"),
        (json.dumps({"schema": SCHEMA, "version": "2", "payees": []}).encode(), "of version 1"),
        (json.dumps({"schema": SCHEMA, "version": "1"}).encode(), "no list of payees"),
        (json.dumps({"schema": SCHEMA, "version": "1", "payees": [], "x": 1}).encode(), "no list"),
        (b"[" * 9 + b"]" * 9, "nested too deep"),
    ],
)
def test_read_payees__another_file__is_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputFileError, match=said):
        read_payees(data, "payees.json")
