# SPDX-License-Identifier: AGPL-3.0-only
"""Every EIP-712 message against viem's digests."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from millpond.core import typed_data
from millpond.core.errors import BadInput, UnitError
from millpond.core.signatures import recover
from millpond.core.typed_data import STRUCTS, TYPE_STRINGS, Domain, Value, digest, message

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "eip712.json").read_text(encoding="utf-8")
)
CONTRACTS = Path(__file__).parents[2] / "contracts"
STRUCT_TEXT = re.compile(r'"([A-Z]\w+\((?:[\w\[\]]+ \w+,)*[\w\[\]]+ \w+\))"')
BUILDERS = {
    "Ballot": typed_data.ballot,
    "OpenZeppelinBallot": typed_data.openzeppelin_ballot,
    "Invitation": typed_data.invitation,
    "Acceptance": typed_data.acceptance,
    "Rebinding": typed_data.rebinding,
    "RebindAcceptance": typed_data.rebind_acceptance,
    "CredDistribution": typed_data.cred_distribution,
    "ZeroOut": typed_data.zero_out,
    "Restore": typed_data.restore,
    "OffChainSettlement": typed_data.off_chain_settlement,
    "IdentityLink": typed_data.identity_link,
    "Withdrawal": typed_data.withdrawal,
    "LinkObjection": typed_data.link_objection,
    "AllocationBallot": typed_data.allocation_ballot,
    "Candidacy": typed_data.candidacy,
}
DOMAIN = Domain(1337, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
VOTER = "0x" + "a1" * 20
BALLOT: dict[str, int | str | bytes] = {
    "proposalId": 1,
    "voter": VOTER,
    "support": 1,
    "castsBefore": 0,
    "reasonHash": bytes(32),
    "deadline": 9,
}


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def typed(type_: str, text: Any) -> Value:
    if type_.endswith("[]"):
        return [int(each) for each in text]
    if type_.startswith("uint"):
        return int(text)
    return bytes.fromhex(text[2:]) if type_ == "bytes32" else text


def label(case: dict[str, Any]) -> str:
    return f"{case['struct']} {case['chainId']}"


def test_type_strings__all_structs__are_those_given_to_viem() -> None:
    assert VECTORS["structs"] == TYPE_STRINGS
    assert BUILDERS.keys() == STRUCTS.keys()


def test_type_strings__every_one_in_the_vyper_sources__is_ours_or_a_standard() -> None:
    sources = [path.read_text(encoding="utf-8") for path in CONTRACTS.rglob("*.vy")]
    found = {text for source in sources for text in STRUCT_TEXT.findall(source)}
    standard = {text for text in found if text.startswith(("EIP712Domain(", "Permit("))}
    assert found - standard <= set(TYPE_STRINGS.values())
    named = ("Ballot", "CredDistribution", "AllocationBallot", "Candidacy")
    assert {TYPE_STRINGS[name] for name in named} <= found


@pytest.mark.parametrize("case", VECTORS["cases"], ids=label)
def test_digest__every_struct__equals_viem(case: dict[str, Any]) -> None:
    struct = STRUCTS[case["struct"]]
    values = {field.name: typed(field.type, case["message"][field.name]) for field in struct.fields}
    domain = Domain(case["chainId"], case["verifyingContract"])
    built = message(struct, domain, values)
    assert "0x" + digest(built).hex() == case["digest"]
    # JSON and back, as it travels to a wallet, changes nothing.
    assert digest(json.loads(json.dumps(built))) == digest(built)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=label)
def test_builders__named_arguments__make_the_same_message(case: dict[str, Any]) -> None:
    struct = STRUCTS[case["struct"]]
    values = {
        snake(field.name): typed(field.type, case["message"][field.name]) for field in struct.fields
    }
    build: Any = BUILDERS[case["struct"]]
    domain = Domain(case["chainId"], case["verifyingContract"])
    assert "0x" + digest(build(domain, **values)).hex() == case["digest"]
    assert [*inspect.signature(build).parameters][1:] == [snake(f.name) for f in struct.fields]


def test_digest__signed_by_a_wallet_library__recovers_to_the_signer() -> None:
    member = Account.from_key("0x" + "11" * 32)
    ballot = typed_data.ballot(
        DOMAIN, proposal_id=2**255 + 1, voter=member.address, support=1, casts_before=0, deadline=9
    )
    signed = Account.sign_typed_data(member.key, full_message=dict(ballot))
    assert bytes(signed.message_hash) == digest(ballot)
    assert recover(digest(ballot), bytes(signed.signature)) == member.address


def test_message__domain__names_chain_and_contract() -> None:
    built = message(STRUCTS["Ballot"], DOMAIN, BALLOT)
    assert built["domain"] == {
        "name": "Millpond",
        "version": "1",
        "chainId": 1337,
        "verifyingContract": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",  # as in EIP-55
    }
    assert built["message"]["proposalId"] == "1"
    assert built["message"]["reasonHash"] == "0x" + "00" * 32


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("proposalId", -1, "proposalId is -1"),
        ("proposalId", 2**256, "proposalId is"),
        ("proposalId", "1", "which is no uint256"),
        ("proposalId", True, "proposalId is True"),
        ("support", 256, "support is 256"),
        ("voter", "0x12", "is not 20 bytes of hex"),
        ("voter", 5, "which is no address"),
        ("reasonHash", b"\x01" * 31, "which is no bytes32"),
        ("reasonHash", "0x" + "00" * 32, "which is no bytes32"),
    ],
)
def test_message__values_of_another_type__are_refused(
    field: str, value: int | str | bytes, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        message(STRUCTS["Ballot"], DOMAIN, {**BALLOT, field: value})


@pytest.mark.parametrize(
    ("points", "says"),
    [
        ([10_000, -1], "points is -1"),
        ([2**256], "points is"),
        (["1"], "points is '1', which is no uint256"),
        (5, "points is 5, which is no uint256"),
        ("12", "points is '12', which is no uint256"),
        (b"12", "points is b'12', which is no uint256"),
    ],
)
def test_message__a_list_with_values_of_another_type__is_refused(points: Any, says: str) -> None:
    values: dict[str, Value] = {
        "voter": VOTER,
        "candidates": [1, 2],
        "castsBefore": 0,
        "deadline": 9,
    }
    with pytest.raises(BadInput, match=says):
        message(STRUCTS["AllocationBallot"], DOMAIN, {**values, "points": points})


@pytest.mark.parametrize("casts_before", [-1, 255])
def test_allocation_ballot__casts_out_of_range__is_refused(casts_before: int) -> None:
    """After 255 casts signatures count no more."""
    fields: Any = {"candidates": [1], "points": [10_000], "deadline": 9}
    with pytest.raises(UnitError, match="castsBefore is"):
        typed_data.allocation_ballot(DOMAIN, voter=VOTER, casts_before=casts_before, **fields)


def test_message__a_text_that_is_none__is_refused() -> None:
    values: dict[str, Value] = {
        field.name: typed(field.type, "0x" + "11" * 32) if field.type == "bytes32" else 1
        for field in STRUCTS["CredDistribution"].fields
    }
    with pytest.raises(BadInput, match="uri is 1, which is no string"):
        message(STRUCTS["CredDistribution"], DOMAIN, {**values, "signer": VOTER})


def test_message__fields_missing_or_too_many__are_refused() -> None:
    without = {name: value for name, value in BALLOT.items() if name != "deadline"}
    for values in (without, {**BALLOT, "nonce": 0}):
        with pytest.raises(BadInput, match="Ballot has the fields"):
            message(STRUCTS["Ballot"], DOMAIN, values)


def test_message__a_domain_without_a_chain__is_refused() -> None:
    with pytest.raises(UnitError, match="the chain id is 0"):
        message(STRUCTS["Ballot"], Domain(0, DOMAIN.verifying_contract), BALLOT)


@pytest.mark.parametrize(("support", "casts_before"), [(3, 0), (1, 5), (-1, 0)])
def test_ballot__support_or_casts_out_of_range__is_refused(support: int, casts_before: int) -> None:
    with pytest.raises(UnitError, match=r"(support|castsBefore) is"):
        typed_data.ballot(
            DOMAIN,
            proposal_id=1,
            voter=VOTER,
            support=support,
            casts_before=casts_before,
            deadline=9,
        )


def test_openzeppelin_ballot__support_out_of_range__is_refused() -> None:
    with pytest.raises(UnitError, match="support is 3"):
        typed_data.openzeppelin_ballot(DOMAIN, proposal_id=1, support=3, voter=VOTER)


@pytest.mark.parametrize("broken", ["types", "domain", "message", "primaryType"])
def test_digest__typed_data_with_a_part_missing__is_refused(broken: str) -> None:
    built: Any = message(STRUCTS["Ballot"], DOMAIN, BALLOT)
    del built[broken]
    with pytest.raises(BadInput, match="this is not typed data"):
        digest(built)


@pytest.mark.parametrize("value", ["-1", str(2**256), "one", None, [], {}])
def test_digest__a_value_that_does_not_fit__is_refused(value: object) -> None:
    built: Any = message(STRUCTS["Ballot"], DOMAIN, BALLOT)
    built["message"]["deadline"] = value
    with pytest.raises(BadInput, match="this is not typed data"):
        digest(built)
