# SPDX-License-Identifier: AGPL-3.0-only
"""What can be proposed: each form makes exactly its call, whichever way it is filled in."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from millpond.chain import proposals
from millpond.chain.governance import Action
from scripts import _pool_propose
from scripts._pool_propose import FORMS
from scripts._stage import PARAMS
from tests.scripts.town import NEWCOMER, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
ETHER = 10**18
TEXT = ("--text", "Why not")


def content(town: Town, form: str, *args: str, by: int = 1) -> list[Action]:
    """The actions that a form makes, as they stand on the chain."""
    found = town.do(f"pool propose {form}", *args, *TEXT, by=by)
    return list(proposals.find(town.coop, found["proposal"]).draft.actions)


# --- the forms one by one ---------------------------------------------------------------------


def test_spend__of_eth__is_that_call_and_no_other(town: Town) -> None:
    made = content(town, "spend", "--amount", "1.5", "--to", town.address(STRANGER))
    pool, zero = town.coop.pool, "0x" + "00" * 20
    assert made == [Action.of(pool.spend, 0, zero, town.address(STRANGER), 3 * ETHER // 2)]


def test_move__of_dollars__is_in_their_smallest_unit(town: Town) -> None:
    asset = ("--asset", "TestDollar", "--amount", "12.50")
    made = content(town, "move", "--from", "0", "--to", "1", *asset)
    pool = town.coop.pool
    assert made == [Action.of(pool.move, 0, 1, town.dollar.address, 12_500_000)]


def test_open_earmark__by_its_fields__opens_what_was_said(town: Town) -> None:
    said = ("--uri", "https://x.example/roof", "--purpose", "A new roof", "--deadline", "90 days")
    town.enact("open-earmark", *said)
    found = town.read("pool earmarks")["earmarks"][1]
    assert (found["uri"], found["restricted"], found["spender"]) == (said[1], False, None)
    again = town.again("pool propose open-earmark", *said, *TEXT, by=2)
    assert again == {"already": True, "sent": False}


def test_set_rules__from_the_parameters__are_in_force_after_the_vote(
    town: Town, tmp_path: Path
) -> None:
    rules = yaml.safe_load(PARAMS.read_text("utf-8"))["rules"]
    rules["ordinary"]["period"] = "4 days"
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(rules), "utf-8")
    town.enact("set-rules", "--params", str(path))
    assert town.coop.governor.votingPeriod() == 4 * 86_400


def test_set_ways__from_a_file_of_its_own__close_invitations(town: Town, tmp_path: Path) -> None:
    ways = yaml.safe_load(PARAMS.read_text("utf-8"))["ways"] | {"by_invitation": False}
    path = tmp_path / "ways.yaml"
    path.write_text(yaml.safe_dump({"ways": ways}), "utf-8")
    town.enact("set-ways", "--params", str(path))
    assert town.read("pool ways")["by_invitation"] is False
    whom = ("--candidate", town.address(NEWCOMER), "--papers", str(tmp_path))
    error = town.refused_to_sign("pool invite", *whom, by=1)
    assert "invitations are switched off" in error.message


def test_set_minter__taking_it_away__is_that_call(town: Town) -> None:
    distributor = town.coop.distributor.address
    town.enact("set-minter", "--minter", distributor, "--never-again")
    assert not town.coop.grain.is_minter(distributor)
    error = town.refused("pool propose set-minter", "--minter", distributor, "--never-again",
                         *TEXT, by=1)  # fmt: skip
    assert "does not mint grain" in error.message


def test_patron_grain__for_gifts_of_dollars__is_given_to_the_patron(town: Town) -> None:
    terms = ("--asset", "TestDollar", "--rate", "10", "--cap", "1000", "--period", "30 days")
    opened = ("--uri", "https://x.example/roof", "--purpose", "A new roof")
    town.enact("open-earmark", *opened)
    town.enact("set-minter", "--minter", town.coop.pool.address)
    town.enact("patron-grain", "--earmark", "1", *terms)
    town.fund(STRANGER, "12.50")
    gift = ("--earmark", "1", "--asset", "TestDollar", "--amount", "12.50")
    town.do("pool give", *gift, by=STRANGER)
    assert town.coop.grain.balanceOf(town.address(STRANGER)) == 125 * ETHER


def test_install__another_distributor__is_made_and_pays_its_own_earmark(town: Town) -> None:
    town.enact("install", "--params", str(PARAMS), "--label", "cred")
    found = town.read("pool earmarks")["earmarks"][1]
    assert found["spender"] not in (None, town.coop.distributor.address)
    assert found["restricted"] is True
    assert town.coop.grain.is_minter(found["spender"])


def test_set_dao_uri__by_vote__is_what_the_hub_says(town: Town) -> None:
    town.enact("set-dao-uri", "--uri", "https://x.example/dao.json")
    assert town.coop.hub.daoURI(town.coop.pool.address) == "https://x.example/dao.json"


def test_set_season__of_twelve__is_that_call(town: Town) -> None:
    made = content(town, "set-season", "--epochs", "12")
    assert made == [Action.of(town.coop.distributor.set_season, 12)]


def test_rebind__by_vote__asks_for_another_key(town: Town) -> None:
    town.enact("rebind", "--old", town.address(7), "--new", town.address(NEWCOMER))
    pending, _ = town.coop.admission.pending_rebind(town.address(7))
    assert pending == town.address(NEWCOMER)


def test_call__any_function_by_its_abi__is_that_call(town: Town, tmp_path: Path) -> None:
    abi = tmp_path / "abi.json"
    entry: dict[str, Any] = {
        "type": "function",
        "name": "set",
        "stateMutability": "nonpayable",
        "inputs": [
            {"name": "many", "type": "uint256[]"},
            {"name": "who", "type": "address"},
            {
                "name": "pair",
                "type": "tuple",
                "components": [{"name": "a", "type": "bool"}, {"name": "b", "type": "bytes2"}],
            },
        ],
        "outputs": [],
    }
    abi.write_text(json.dumps({"abi": [entry]}), "utf-8")
    target, who = town.dollar.address, town.address(2)
    args = ("--arg", '[1, "2"]', "--arg", who, "--arg", '{"a": "true", "b": "0x1234"}')
    named = ("--target", target, "--abi", str(abi), "--function", "set")
    (made,) = content(town, "call", *named, *args)
    assert made.target == target
    (unknown,) = town.read("pool show", "--proposal", "1")["actions"]
    assert unknown["call"] is None
    given = ("--abi", f"{target}={abi}")
    (known,) = town.read("pool show", "--proposal", "1", *given)["actions"]
    assert known["call"]["function"] == "set"
    assert who in known["sentence"]
    assert made.data.hex().endswith(
        f"{96 + 32:064x}{who[2:].lower():>064}{1:064x}1234{'0' * 60}{2:064x}{1:064x}{2:064x}"
    )


@pytest.mark.parametrize(
    ("arg", "says"),
    [("1.5", "no whole number"), ("ten", "no whole number"), ("-", "no whole number")],
)
def test_call__an_argument_that_does_not_fit__is_refused(town: Town, arg: str, says: str) -> None:
    named = ("--target", town.dollar.address, "--abi", "TestDollar", "--function", "mint")
    given = ("--arg", town.address(1), "--arg", arg)
    assert says in town.refused("pool propose call", *named, *given, *TEXT, by=1).message


# --- what every proposal has ------------------------------------------------------------------


def test_propose__the_same_again__is_the_one_that_is_there(town: Town) -> None:
    said = ("--amount", "1", "--to", town.address(STRANGER), *TEXT)
    dry = town.dry("pool propose spend", *said, by=1)
    found = town.do("pool propose spend", *said, by=1)
    assert dry["proposal"] == found["proposal"]
    assert town.again("pool propose spend", *said, by=1)["proposal"] == found["proposal"]
    other = town.do("pool propose spend", *said, "--salt", "once more", by=1)
    assert other["proposal"] != found["proposal"]


def test_propose__what_has_ended__asks_for_a_salt(town: Town) -> None:
    said = ("--amount", "1", "--to", town.address(STRANGER), *TEXT)
    found = town.do("pool propose spend", *said, by=1)
    town.do("pool cancel", "--proposal", found["proposal"], by=1)
    error = town.refused("pool propose spend", *said, by=1)
    assert "same text and salt, asks for exactly this, and is canceled" in error.message
    assert "--salt" in error.next_step


def test_propose__something_else_in_the_same_words__is_refused(town: Town) -> None:
    whom = ("--to", town.address(STRANGER), *TEXT)
    town.do("pool propose spend", "--amount", "1", *whom, by=1)
    error = town.refused("pool propose spend", "--amount", "2", *whom, by=1)
    assert "has the same text and salt, asks for something else, and is pending" in error.message
    town.do("pool propose spend", "--amount", "2", *whom, by=2)


def test_propose__always__names_its_proposer_and_a_salt(town: Town) -> None:
    said = ("--amount", "1", "--to", town.address(STRANGER), *TEXT)
    number = town.do("pool propose spend", *said, by=2)["proposal"]
    text = town.read("pool show", "--proposal", number)["text"]
    assert text.endswith(f"\n#proposer={town.address(2).lower()}")
    assert "\n\nsalt: 0x" in text


def test_propose__by_a_stranger__is_refused(town: Town) -> None:
    said = ("--amount", "1", "--to", town.address(1), *TEXT)
    assert "is no member" in town.refused("pool propose spend", *said, by=STRANGER).message


@pytest.mark.parametrize(
    ("form", "args", "says"),
    [
        ("spend", ("--amount", "1.5 EUR", "--to", "0x" + "11" * 20), "in 'EUR', and the asset"),
        ("spend", ("--amount", "1e3", "--to", "0x" + "11" * 20), "not a plain decimal number"),
        ("spend", ("--amount", "1", "--to", "ann"), "to is no account"),
        ("spend", ("--amount", "1", "--asset", "Euro", "--to", "0x" + "11" * 20), "no contract"),
        ("move", ("--from", "1", "--to", "1", "--amount", "1"), "the same earmark"),
        ("offer", ("--candidate", "0x" + "11" * 20, "--until", "soon"), "no moment"),
        ("offer", ("--candidate", "0x" + "11" * 20, "--until", "3 weeks"), "no length of time"),
        ("open-earmark", ("--uri", "https://x.example"), "purpose is missing"),
        ("set-rules", ("--params", "/nowhere.yaml"), "cannot be read"),
    ],
)  # fmt: skip
def test_propose__what_makes_no_sense__is_refused_by_its_field(
    town: Town, form: str, args: tuple[str, ...], says: str
) -> None:
    error = town.refused(f"pool propose {form}", *args, *TEXT, by=1)
    assert says in error.message


def test_propose__with_a_pin__asks_for_the_code_first_and_runs(town: Town) -> None:
    named = ("--target", town.dollar.address, "--abi", "TestDollar", "--function", "mint")
    given = ("--arg", town.address(1), "--arg", "5")
    made = content(town, "call", *named, *given, "--pin")
    assert [action.target for action in made] == [town.pins, town.dollar.address]
    proposal = str(proposals.all_proposals(town.coop)[-1].id)
    town.wait(days=1)
    town.pass_(proposal)
    town.do("pool execute", "--proposal", proposal, by=RELAYER)
    assert town.dollar.balanceOf(town.address(1)) == 5


# --- several actions --------------------------------------------------------------------------


def several(path: Path, **changes: Any) -> Path:
    wish: dict[str, Any] = {
        "text": "Roof and server\nAt once.",
        "actions": [
            {"open-earmark": {"uri": "https://x.example/a", "purpose": "a"}},
            {"open-earmark": {"uri": "https://x.example/b", "purpose": "b", "deadline": "90 days"}},
            {"spend": {"amount": "0.5", "to": "0x" + "11" * 20}},
        ],
    }
    path.write_text(yaml.safe_dump(wish | changes, sort_keys=False), "utf-8")
    return path


def test_actions__three_of_a_file__are_one_proposal(town: Town, tmp_path: Path) -> None:
    path = several(tmp_path / "wish.yaml")
    number = town.do("pool propose actions", str(path), by=1)["proposal"]
    made = proposals.find(town.coop, number).draft
    assert [action.target for action in made.actions] == [town.coop.pool.address] * 3
    opened = [town.coop.pool.abi.decode_call(action.data)[1][0] for action in made.actions[:2]]
    assert opened == [1, 2]
    assert made.description.startswith("Roof and server\nAt once.\n\nsalt: ")
    assert town.again("pool propose actions", str(path), by=1)["proposal"] == number


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": None}, "has no text or no actions"),
        ({"actions": []}, "has no text or no actions"),
        ({"more": 1}, "is no file of actions"),
        ({"actions": [{"burn": {"amount": "1"}}]}, "there is no form 'burn'"),
        ({"actions": [{"spend": {"amount": "1", "from": "0"}}]}, "spend has no field 'from'"),
        ({"actions": [{"spend": {"to": "0x" + "11" * 20}}]}, "amount is missing"),
        ({"actions": [{"spend": None}]}, "spend has no fields"),
        ({"actions": ["spend"]}, "action 1 is no form"),
        ({"pin": "perhaps"}, "pin is neither true nor false"),
        ({"actions": [{"spend": {"amount": "1", "to": "0x" + "11" * 20}}] * 9}, "1 to 8 actions"),
    ],
)
def test_actions__a_file_that_makes_no_sense__is_refused(
    town: Town, tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    path = several(tmp_path / "wish.yaml", **changes)
    assert says in town.refused("pool propose actions", str(path), by=1).message


# --- the forms as a whole ---------------------------------------------------------------------

OWN = {"account", "pool", "send", "yes", "json", "safe", "network", "deployments", "text", "salt"}


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_forms__each__is_a_command_whose_fields_hide_no_option(form: Any) -> None:
    assert not {field.name for field in form.fields} & (OWN | {"pin", "safe-signatures"})
    command = _pool_propose.propose.commands[form.name]
    options = {option for param in command.params for option in param.opts}
    assert {f"--{field.name}" for field in form.fields} <= options


# --- losses and collectibles ------------------------------------------------------------------


def test_accept_loss__by_its_form__is_that_call(town: Town) -> None:
    made = content(town, "accept-loss", "--asset", "TestDollar", "--least", "0.455")
    assert made == [Action.of(town.coop.pool.accept_loss, town.dollar.address, 455 * 10**15)]


@pytest.mark.parametrize("share", ["0", "1", "45"])
def test_accept_loss__no_share__is_refused(town: Town, share: str) -> None:
    asked = ("--asset", "TestDollar", "--least", share)
    error = town.refused("pool propose accept-loss", *asked, *TEXT, by=1)
    assert "no share between 0 and 1" in error.message


def test_accept_loss__least_left_out__is_what_is_there_in_whole_per_cent(town: Town) -> None:
    token, giver, pool = town.deploy("Scrip"), town.wallet(STRANGER), town.coop.pool
    asked = ("pool propose accept-loss", "--asset", token.address, *TEXT)
    assert "all that the books need" in town.refused(*asked, by=1).message
    token.mint.send(giver, pool.address, 1_000)
    pool.sync.send(giver, token.address)
    assert "all that the books need" in town.refused(*asked, by=1).message
    token.burn.send(giver, pool.address, 251)
    made = content(town, "accept-loss", "--asset", token.address)
    assert made == [Action.of(pool.accept_loss, token.address, 74 * 10**16)]
    token.burn.send(giver, pool.address, 740)
    assert "less than 1 %" in town.refused(*asked, "--salt", "more", by=1).message


def test_send_nft__by_its_form__is_that_call_or_the_one_of_many(town: Town) -> None:
    pool, token, to = town.coop.pool, town.address(5), town.address(6)
    named = ("--token", token, "--to", to, "--id", "7")
    assert content(town, "send-nft", *named) == [Action.of(pool.send_nft, token, to, 7)]
    many = content(town, "send-nft", *named, "--amount", "3", "--salt", "many")
    assert many == [Action.of(pool.send_multi_token, token, to, 7, 3)]


def test_report__in_the_name_of_all__is_published(town: Town, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("The roof is on.\n", "utf-8")
    town.enact("report", "--earmark", "0", "--uri", "https://x.example", "--report", str(report))
    (event,) = town.coop.pool.past_events("Updated", town.coop.since)
    assert event.args["author"] == town.coop.governor.address


def test_send__eth_through_the_governor__goes_on_to_a_contract(town: Town, tmp_path: Path) -> None:
    town.do("pool give", "--earmark", "0", "--amount", "2", by=STRANGER)
    governor, to = town.coop.governor.address, town.address(NEWCOMER)
    path = several(
        tmp_path / "wish.yaml",
        actions=[
            {"spend": {"amount": "0.5", "to": governor}},
            {"send": {"value": "0.5", "target": to}},
        ],
    )
    before = town.stage.client.balance(town.wallet(NEWCOMER).address)
    proposal = town.propose("actions", str(path))
    town.pass_(proposal)
    town.do("pool execute", "--proposal", proposal, by=RELAYER)
    after = town.stage.client.balance(town.wallet(NEWCOMER).address)
    assert after - before == ETHER // 2


def test_set_policy_maintainers_and_attesters__from_the_parameters__are_those_calls(
    town: Town,
) -> None:
    where = ("--params", str(PARAMS))
    (policy,) = content(town, "set-policy", *where, "--label", "cred", "--earmark", "1")
    function, args = town.coop.distributor.abi.decode_call(policy.data)
    assert (function.name, args[0].asset) == ("set_policy", town.dollar.address)
    (maintainers,) = content(town, "set-maintainers", *where, by=2)
    function, args = town.coop.distributor.abi.decode_call(maintainers.data)
    assert [each.account for each in args[0]] == sorted(
        (town.address(n) for n in (1, 2, 3)), key=str.lower
    )
    named = ("--attester", town.address(5), "--attester", town.address(6), "--needed", "2")
    (attesters,) = content(town, "set-attesters", *named, by=3)
    function, args = town.coop.identity.abi.decode_call(attesters.data)
    assert (function.name, args[0]) == ("set_attesters", town.coop.pool.address)
    assert (len(args[1]), args[2]) == (2, 2)
    own = ("--attesting", town.coop.pool.address)
    (pools,) = content(town, "set-attesting-pools", *own, by=4)
    function, args = town.coop.identity.abi.decode_call(pools.data)
    assert args == (town.coop.pool.address, [town.coop.pool.address])
    strange = ("--attesting", town.dollar.address, *TEXT)
    error = town.refused("pool propose set-attesting-pools", *strange, by=5)
    assert "is no pool of this Hub" in error.message


def test_install_part__with_a_selector__is_that_call(town: Town) -> None:
    part = town.dollar.address
    made = content(town, "install-part", "--part", part, "--consent", "0x12345678")
    method = town.coop.governor.install
    assert made == [Action.of(method, part, bytes.fromhex("12345678"))]
    short = ("--part", part, "--consent", "0x1234", *TEXT)
    assert "no selector" in town.refused("pool propose install-part", *short, by=1).message
    nobody = ("--part", town.address(1), *TEXT, "--salt", "x")
    error = town.refused("pool propose install-part", *nobody, by=1)
    assert "there is no contract" in error.message
