# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever a person signs or sends is shown to her in words, and the files say so as ERC-7730 asks.

The rules of its schema, version 1, are written here a second time, as far as the files use them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from millpond.chain import abi
from millpond.chain.abi import Function, Param
from millpond.chain.clear_signing import CALLED, MESSAGES, SIGNED
from millpond.chain.deployments import Record
from millpond.core.typed_data import STRUCTS
from scripts import clear_signing
from tests.house.tree import CONTRACTS, ROOT

FILES = {path.name: json.loads(path.read_text("utf-8")) for path in
         sorted(clear_signing.FOLDER.glob("*.json"))}  # fmt: skip
# Functions that no person calls: who does.
NOT_FOR_PEOPLE = {
    "a proposal": {
        *(
            "Governor.remove",
            "Governor.set_rules",
            "Governor.install",
            "Admission.offer",
            "Admission.expel",
        ),
        *("Admission.set_ways", "Admission.set_buy_in", "Admission.rebind", "Grain.set_minter"),
        *("Pool.spend", "Pool.move", "Pool.open_earmark", "Pool.put_back", "Pool.accept_loss"),
        *("Pool.set_patron_grain", "Pool.send_nft", "Pool.send_multi_token", "Hub.install"),
        *("Hub.set_dao_uri", "CredDistributor.set_policy", "CredDistributor.set_season"),
        *("CredDistributor.set_maintainers", "CredDistributor.finalise", "Identity.cancel_link"),
        *("Identity.confirm_link", "Identity.set_attesters", "Identity.set_attesting_pools"),
        *("Allocation.strike", "Team.admit", "Team.remove", "Matching.strike", "Matching.cancel"),
    },
    "the Hub, once": {
        *("Governor.add_hub_part", "Pool.setup", "Admission.setup", "Grain.setup"),
        "CredDistributor.setup",
    },
    "another contract of the pool": {
        *("Governor.admit", "Governor.rebind", "Governor.extend_consent", "Admission.on_open"),
        *("CredDistributor.on_open", "Pool.reserve", "Pool.unreserve", "Pool.release"),
        *("Pool.release_many", "Grain.mint", "Grain.mint_many", "CredDistributor.post"),
        *("CredDistributor.withdraw", "CredDistributor.zero_out", "CredDistributor.restore"),
        *("CredDistributor.settle_off_chain", "Allocation.on_open"),
        *("Team.on_open", "Matching.on_open", "Crowdmatch.on_open"),
    },
    "a collection": {
        *("Pool.onERC721Received", "Pool.onERC1155Received", "Pool.onERC1155BatchReceived"),
    },
    "nobody: it always reverts": {
        *("Badges.approve", "Badges.setApprovalForAll", "Badges.transferFrom"),
        "Badges.safeTransferFrom",
    },
}
PARAMS = {
    "raw": set(),
    "amount": set(),
    "duration": set(),
    "addressName": {"types", "sources"},
    "calldata": {"selector", "callee", "calleePath"},
    "tokenAmount": {"token", "tokenPath", "nativeCurrencyAddress", "threshold", "message"},
    "date": {"encoding"},
    "unit": {"base", "decimals", "prefix"},
    "enum": {"$ref"},
}
MOST_LETTERS = {"intent": 30, "label": 20}
"""What the narrowest of the wallets that read these files shows of each."""
TYPE_STRING = re.compile(r'"([A-Z]\w+\((?:[\w\[\]]+ \w+,?)+\))"')


def _formats(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from found["display"]["formats"].items()


def _fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in FILES.items():
        for key, form in _formats(found):
            for field in form["fields"]:
                yield f"{name}: {key}: {field['path']}", field


# --- current and whole ----------------------------------------------------------------------------


def test_clear_signing__files__are_current() -> None:
    found = clear_signing.differences(clear_signing.written(), clear_signing.FOLDER)
    assert found == {}, "run: python scripts/clear_signing.py"


def test_clear_signing__every_struct__is_in_a_file() -> None:
    covered = {key for shows in MESSAGES.values() for key in shows}
    assert covered == set(STRUCTS) | {"Permit"}


def test_clear_signing__every_type_string_of_the_contracts__is_in_a_file() -> None:
    known = {struct.type_string for struct in SIGNED.values()}
    text = "".join(path.read_text("utf-8") for path in CONTRACTS.rglob("*.vy")
                   if "mocks" not in path.parts)  # fmt: skip
    found = {each for each in TYPE_STRING.findall(text) if not each.startswith("EIP712Domain(")}
    assert len(found) > 8
    assert found - known == set()


def test_clear_signing__every_call_that_a_person_may_make__is_in_a_file() -> None:
    ours = [name for name in abi.names() if name != "TestDollar"]
    changing = {
        f"{name}.{function.name}"
        for name in ours
        for overloads in abi.load(name).functions.values()
        for function in overloads
        if function.mutability not in {"view", "pure"}
    }
    covered = {f"{name}.{key}" for name, shows in CALLED.items() for key in shows}
    left = set().union(*NOT_FOR_PEOPLE.values())
    assert covered | left == changing
    assert covered & left == set()


def test_member_guide__its_table__is_what_wallets_show_of_what_the_contracts_check() -> None:
    sources = "".join(path.read_text("utf-8") for path in CONTRACTS.rglob("*.vy")
                      if "mocks" not in path.parts)  # fmt: skip
    wanted = [
        f"| {said.intent} | {' · '.join(line.label for line in said.lines)} | `{key}`, "
        f"{name.partition('-')[0]} |"
        for name, shows in MESSAGES.items()
        for key, said in shows.items()
        if SIGNED[key].type_string in sources
    ]
    guide = (ROOT / "docs" / "MEMBER.md").read_text("utf-8").splitlines()
    assert [line for line in guide if " · " in line] == wanted
    assert len(wanted) > 8


# --- true to the ABIs and structs -----------------------------------------------------------------


def _leaves(param: Param, path: str) -> Iterator[str]:
    """The paths of all values in an argument."""
    if param.type.endswith("]"):
        inner = Param("", param.type[: param.type.rindex("[")], param.parts, False)
        yield from _leaves(inner, f"{path}.[]")
    elif param.type == "tuple":
        for part in param.parts:
            yield from _leaves(part, f"{path}.{part.name}")
    else:
        yield path


def _bare(key: str) -> str:
    """The signature of a key: types only."""
    return re.sub(r" \w+", "", key)


def _covered(form: dict[str, Any], leaves: set[str]) -> None:
    """Each value is shown or left out, none twice, and nothing else is named."""
    paths = [field["path"] for field in form["fields"]]
    excluded = form.get("excluded", [])
    hidden = {leaf for leaf in leaves for path in excluded if f"{leaf}.".startswith(f"{path}.")}
    shown = {path for path in paths if not path.startswith("@")}
    assert shown | hidden == leaves
    assert shown & hidden == set()
    assert len(set(paths)) == len(paths)
    for path in excluded:
        assert any(f"{leaf}.".startswith(f"{path}.") for leaf in leaves), path
    for field in form["fields"]:
        for name, value in field.get("params", {}).items():
            if name.endswith("Path") and not value.startswith("@"):
                assert value in leaves, value


@pytest.mark.parametrize("name", sorted(CALLED))
def test_clear_signing__every_argument_of_a_call__is_shown_or_left_out_on_purpose(
    name: str,
) -> None:
    found = FILES[f"calldata-{name}.json"]
    functions = {
        function.signature: function
        for overloads in abi.load(name).functions.values()
        for function in overloads
    }
    for key, form in _formats(found):
        function = functions[_bare(key)]
        leaves = {leaf for param in function.inputs for leaf in _leaves(param, param.name)}
        _covered(form, leaves)
        names = re.findall(r" (\w+)", key)
        assert {leaf.split(".")[0] for leaf in leaves} <= set(names)
    entries = [entry["name"] for entry in found["context"]["contract"]["abi"]]
    assert sorted(entries) == sorted(key.partition("(")[0] for key, _ in _formats(found))


def _path(field: dict[str, str]) -> str:
    """Of a field; of each entry of a list."""
    return f"{field['name']}.[]" if field["type"].endswith("[]") else field["name"]


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_clear_signing__every_field_of_a_struct__is_shown(name: str) -> None:
    found = FILES[f"eip712-{name}.json"]
    context = found["context"]["eip712"]
    schemas = {schema["primaryType"]: schema["types"] for schema in context["schemas"]}
    assert set(schemas) == {key for key, _ in _formats(found)}
    for key, form in _formats(found):
        fields = [f"{each['type']} {each['name']}" for each in schemas[key][key]]
        assert f"{key}({','.join(fields)})" in {struct.type_string for struct in SIGNED.values()}
        _covered(form, {_path(each) for each in schemas[key][key]})
        assert "excluded" not in form
    expected = None if name == "Grain" else {"name": "Millpond", "version": "1"}
    assert context.get("domain") == expected


def test_clear_signing__what_each_value_is__fits_its_type() -> None:
    """An amount, a date or a share is a number; a name is of an address."""
    numbers = {"amount", "tokenAmount", "date", "duration", "unit", "enum"}
    for name, found in FILES.items():
        types: dict[str, dict[str, str]] = {}
        if name.startswith("eip712-"):
            for schema in found["context"]["eip712"]["schemas"]:
                key = schema["primaryType"]
                fields = schema["types"][key]
                types[key] = {_path(each): each["type"].removesuffix("[]") for each in fields}
        else:
            form = abi.parse(name, found["context"]["contract"]["abi"])
            functions = [each for overloads in form.functions.values() for each in overloads]
            for key, _ in _formats(found):
                [function] = [each for each in functions if each.signature == _bare(key)]
                types[key] = dict(_typed(function))
        for key, form_ in _formats(found):
            for field in form_["fields"]:
                kind = types[key].get(field["path"], "uint256")
                expected = (
                    kind.startswith("uint")
                    if field["format"] in numbers
                    else kind == "address"
                    if field["format"] == "addressName"
                    else kind == "bytes"
                    if field["format"] == "calldata"
                    else kind != "address"
                )
                assert expected, (name, key, field)


def _typed(function: Function) -> Iterator[tuple[str, str]]:
    def walk(param: Param, path: str) -> Iterator[tuple[str, str]]:
        if param.type.endswith("]"):
            inner = Param("", param.type[: param.type.rindex("[")], param.parts, False)
            yield from walk(inner, f"{path}.[]")
        elif param.type == "tuple":
            for part in param.parts:
                yield from walk(part, f"{path}.{part.name}")
        else:
            yield path, param.type

    for param in function.inputs:
        yield from walk(param, param.name)


# --- the rules of the schema ----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(FILES))
def test_clear_signing__a_file__has_the_sections_of_the_schema(name: str) -> None:
    found = FILES[name]
    assert set(found) == {"$schema", "context", "metadata", "display"}
    assert found["$schema"].endswith("/erc7730-v1.schema.json")
    kind = "contract" if name.startswith("calldata-") else "eip712"
    assert set(found["context"]) == {"$id", kind}
    allowed = {"contract": {"abi", "deployments"}, "eip712": {"schemas", "deployments", "domain"}}
    assert set(found["context"][kind]) <= allowed[kind]
    # bound to no network: which contracts there are, a record of deployment says
    assert found["context"][kind]["deployments"] == []
    assert found["metadata"]["owner"] == "Millpond"
    for _, form in _formats(found):
        assert set(form) <= {"intent", "fields", "required", "excluded"}
        assert form["required"] == [field["path"] for field in form["fields"]]
        assert 0 < len(form["intent"]) <= MOST_LETTERS["intent"]


@pytest.mark.parametrize(("where", "field"), _fields(), ids=lambda v: v if type(v) is str else "")
def test_clear_signing__a_field__has_a_label_and_a_format_with_its_parameters(
    where: str, field: dict[str, Any]
) -> None:
    assert set(field) <= {"path", "label", "format", "params"}
    assert 0 < len(field["label"]) <= MOST_LETTERS["label"], where
    params = field.get("params", {})
    assert set(params) <= PARAMS[field["format"]]
    if field["format"] == "date":
        assert params["encoding"] == "timestamp"
    if field["format"] == "calldata":
        assert ("callee" in params) != ("calleePath" in params)
    if field["format"] == "tokenAmount":
        assert ("token" in params) != ("tokenPath" in params)
        assert ("threshold" in params) == ("message" in params)
    if field["format"] == "unit":
        assert params["base"]
    if field["format"] == "enum":
        name = where.partition(":")[0]
        enum = params["$ref"].removeprefix("$.metadata.enums.")
        assert FILES[name]["metadata"]["enums"][enum] == {
            "0": "Against",
            "1": "For",
            "2": "Abstain",
        }


# --- for one network ------------------------------------------------------------------------------


def _deployed(kind: str, at: int) -> dict[str, Any]:
    return {
        "contract": kind,
        "address": f"0x{at:040x}",
        "args": "0x",
        "code_hash": "0x" + "33" * 32,
        "compiler": "0.4.3",
        "source_commit": "0" * 40,
        "block_number": 4,
        "transaction_hash": "0x" + "44" * 32,
    }


def test_cli__a_record_of_deployment__binds_the_files_to_its_contracts(tmp_path: Any) -> None:
    pool = {kind: f"0x{at:040x}" for at, kind in enumerate(("Pool", "Governor"), 1)}
    record = {
        "schema": Record.model_fields["schema_"].default,
        "chain_id": 31337,
        "genesis_hash": "0x" + "11" * 32,
        "contracts": {kind: _deployed(kind, at) for at, kind in enumerate(("Hub", "Governor"), 7)},
        "pools": {
            "mill": {
                "hub": f"0x{9:040x}",
                "parts": pool,
                "block_number": 5,
                "transaction_hash": "0x" + "22" * 32,
            }
        },
    }
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record))
    out = tmp_path / "bound"
    run = CliRunner().invoke(clear_signing.cli, ["--record", str(file), "--out", str(out)])
    assert run.exit_code == 0, run.output
    hub = json.loads((out / "calldata-Hub.json").read_text())
    assert hub["context"]["contract"]["deployments"] == [
        {"chainId": 31337, "address": f"0x{7:040x}"}
    ]
    # the implementation that the clones delegate to is nobody's Governor
    ballot = json.loads((out / "eip712-Governor.json").read_text())
    assert ballot["context"]["eip712"]["deployments"] == [
        {"chainId": 31337, "address": pool["Governor"]}
    ]
    refused = CliRunner().invoke(clear_signing.cli, ["--record", str(file)])
    assert refused.exit_code == 2
    assert "another folder" in refused.output


def test_cli__check__tells_what_is_not_current(tmp_path: Any) -> None:
    run = CliRunner().invoke(clear_signing.cli, ["--check", "--out", str(tmp_path)])
    assert run.exit_code == 1
    assert "eip712-Governor.json: differs" in run.output
    assert list(tmp_path.iterdir()) == []
