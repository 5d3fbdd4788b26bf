# SPDX-License-Identifier: AGPL-3.0-only
"""What each form proposes can be carried out: from the command through the vote to its effect."""

import json
from pathlib import Path

import pytest
import yaml

from millpond.chain.contracts import Contract
from millpond.chain.governance import State
from scripts._stage import PARAMS
from tests.scripts.town import NEWCOMER, PATRON, RELAYER, STRANGER, Town

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
WHERE = ("--params", str(PARAMS))
DOLLARS = ("--asset", "TestDollar")


def changed(tmp_path: Path, **changes: object) -> tuple[str, str]:
    """The parameters with some of them changed."""
    found = yaml.load(PARAMS.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  text only
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(found | changes), "utf-8")
    return "--params", str(path)


def test_move__of_dollars__is_in_the_other_earmark(town: Town) -> None:
    town.fund(PATRON, "20.00")
    town.do("pool give", "--earmark", "0", *DOLLARS, "--amount", "20.00", by=PATRON)
    town.enact("open-earmark", "--uri", "https://x.example/roof", "--purpose", "A new roof")
    town.enact("move", "--from", "0", "--to", "1", *DOLLARS, "--amount", "12.50")
    assert town.coop.pool.balance_of(1, town.dollar.address) == 12_500_000


def test_open_round__of_the_parameters__is_installed_and_divides_its_earmark(town: Town) -> None:
    """One proposal: the members see the terms in words, and nothing else can stand there."""
    found = town.dry("pool propose open-round", *WHERE, "--label", "commons", "--text", "A", by=1)
    install, opening = (each["sentence"] for each in found["actions"])
    assert install.startswith('Make a contract of the kind "allocation" for this pool')
    assert "every 30 days, 12 times, what it has in TUSD goes to the candidates in" in opening
    town.enact("open-round", *WHERE, "--label", "commons")
    earmark = town.read("pool earmarks")["earmarks"][1]
    part = Contract(town.stage.client, "Allocation", earmark["spender"])
    assert town.coop.governor.is_hub_part(part.address)
    assert list(part.money()) == [1, town.dollar.address]
    head = part.head()
    assert (head.rule, head.period, head.rounds, head.quorum) == (1, 30 * 86_400, 12, 3)
    town.again("pool propose open-round", *WHERE, "--label", "commons", "--text", "B", by=1)


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"rule": "square"}, "rounds.commons.rule"),
        ({"period": "12 hours"}, "rounds.commons.period"),
        ({"period": "367 days"}, "rounds.commons.period"),
        ({"rounds": "0"}, "rounds.commons.rounds"),
        ({"rounds": "1201"}, "rounds.commons.rounds"),
        ({"quorum": "0"}, "rounds.commons.quorum"),
        ({"quorum": "262145"}, "rounds.commons.quorum"),
    ],
)
def test_open_round__terms_that_the_contract_refuses__are_refused_before(
    town: Town, tmp_path: Path, terms: dict[str, str], says: str
) -> None:
    found = yaml.load(PARAMS.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  text only
    where = changed(tmp_path, rounds={"commons": found["rounds"]["commons"] | terms})
    line = ("pool propose open-round", *where, "--label", "commons", "--text", "why")
    assert says in town.refused(*line, by=1).message


def test_open_round__that_could_never_divide__is_refused_before(town: Town, tmp_path: Path) -> None:
    line = ("pool propose open-round", *WHERE, "--text", "why", "--label")
    assert (
        "end before its first period"
        in town.refused(*line, "commons", "--deadline", "29 days", by=1).message
    )
    assert "there is no round 'roof'" in town.refused(*line, "roof", by=1).message
    paper = tmp_path / "actions.yaml"
    one = {"open-round": {"params": str(PARAMS), "label": "commons"}}
    paper.write_text(json.dumps({"text": "Two of them", "actions": [one, one]}), "utf-8")
    error = town.refused("pool propose actions", str(paper), by=1)
    assert "installs one Allocation already" in error.message


def test_set_policy__with_another_minimum__is_in_force(town: Town, tmp_path: Path) -> None:
    town.enact("open-earmark", "--label", "cred", *WHERE)
    found = yaml.load(PARAMS.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  text only
    found["earmarks"]["cred"]["policy"]["minimum"] = "7.50"
    where = changed(tmp_path, earmarks=found["earmarks"])
    town.enact("set-policy", *where, "--label", "cred", "--earmark", "1")
    version = town.coop.distributor.head().policy_version
    assert town.coop.distributor.policy_of(version).minimum == 7_500_000


def test_set_maintainers__two_of_them__are_the_maintainers(town: Town, tmp_path: Path) -> None:
    accounts = [{"account": town.address(number)} for number in (4, 5)]
    where = changed(tmp_path, maintainers=accounts, maintainers_needed="2")
    town.enact("set-maintainers", *where)
    assert town.coop.distributor.is_maintainer(town.address(4))
    assert not town.coop.distributor.is_maintainer(town.address(1))


def test_set_season__of_twelve__is_begun(town: Town) -> None:
    town.enact("set-season", "--epochs", "12")
    events = town.coop.distributor.past_events("SeasonSet", town.coop.since)
    assert events[-1].args["epochs_left"] == 12


def test_set_attesters_and_attesting_pools__are_in_force(town: Town) -> None:
    pool, identity = town.coop.pool.address, town.coop.identity
    town.enact("set-attesters", "--attester", town.address(1), "--needed", "1")
    event = identity.past_events("AttestersSet", town.coop.since)[-1]
    assert (event.args["pool"], event.args["attesters"]) == (pool, [town.address(1)])
    town.enact("set-attesting-pools", "--attesting", pool)
    town.wait(days=7)
    assert identity.attesting_pools(pool) == [pool]


def test_install_part__a_contract__is_a_part(town: Town) -> None:
    part = town.deploy("TestNft").address
    town.enact("install-part", "--part", part)
    assert town.coop.governor.part_words(part) != 0


def test_call__of_a_foreign_contract__is_made_by_the_governor(town: Town) -> None:
    named = ("--target", town.dollar.address, "--abi", "TestDollar", "--function", "mint")
    town.enact("call", *named, "--arg", town.address(NEWCOMER), "--arg", "5")
    assert town.dollar.balanceOf(town.address(NEWCOMER)) == 5


def test_send_nft__that_the_pool_holds__is_hers(town: Town) -> None:
    pool = town.coop.pool.address
    one, many = town.deploy("OddCollectible"), town.deploy("OddMultiToken")
    one.mint.send(town.wallet(RELAYER), pool, 7)
    many.mint.send(town.wallet(RELAYER), pool, 8, 5)
    to = ("--to", town.address(STRANGER))
    town.enact("send-nft", "--token", one.address, *to, "--id", "7")
    assert one.ownerOf(7) == town.address(STRANGER)
    town.enact("send-nft", "--token", many.address, *to, "--id", "8", "--amount", "3")
    assert many.balanceOf(town.address(STRANGER), 8) == 3


def test_set_buy_in__another_amount__is_asked_of_the_next(town: Town) -> None:
    asked = (*DOLLARS, "--amount", "50.00", "--uri", "https://x.example/buy-in")
    town.enact("open-buy-in", *asked)
    town.enact("set-buy-in", "--amount", "20.00")
    assert town.read("pool ways")["buy_in"]["amount"] == "20000000"
    town.enact("set-buy-in", "--amount", "0")
    assert town.read("pool ways")["buy_in"] is None


def test_accept_loss__of_a_token_that_shrank__lets_it_be_paid_again(town: Town) -> None:
    token = town.deploy("Scrip")
    giver, pool = town.wallet(STRANGER), town.coop.pool
    token.mint.send(giver, giver.address, 1_000)
    token.transfer.send(giver, pool.address, 1_000)
    pool.sync.send(giver, token.address)
    token.burn.send(giver, pool.address, 250)
    assert town.read("pool treasury")["assets"][0]["balance"] == "750"
    paid = ("--asset", token.address, "--amount", "0.0001", "--to", town.address(NEWCOMER))
    proposal = town.propose("spend", *paid)
    town.pass_(proposal)
    error = town.refused("pool execute", "--proposal", proposal, by=RELAYER)
    assert "pool: this asset is short" in error.message
    town.enact("accept-loss", "--asset", token.address)
    assert pool.factor_of(token.address) == 3 * 10**18 // 4
    town.do("pool execute", "--proposal", proposal, by=RELAYER)
    assert token.balanceOf(town.address(NEWCOMER)) == 75


def test_offer__once_made__cannot_be_taken_after_its_end(town: Town) -> None:
    town.enact("offer", "--candidate", town.address(NEWCOMER), "--until", "20 days")
    town.wait(days=21)
    error = town.refused("pool join", by=NEWCOMER)
    assert "nothing lets" in error.message


def test_cancel__of_what_passed_and_nobody_can_pay__withdraws_it(town: Town) -> None:
    sleeper = town.propose("spend", "--amount", "5", "--to", town.address(STRANGER))
    town.pass_(sleeper)
    town.enact("cancel", "--proposal", sleeper)
    assert town.coop.governor.state(int(sleeper, 0)) == State.CANCELED
    again = ("--proposal", sleeper, "--text", "once more")
    assert "is canceled" in town.refused("pool propose cancel", *again, by=1).message


def test_expel__her_seat_moved_meanwhile__finds_her_behind_the_new_key(town: Town) -> None:
    new = town.address(NEWCOMER)
    town.enact("rebind", "--old", town.address(7), "--new", new)
    expulsion = town.propose("expel", "--member", town.address(7))
    town.pass_(expulsion)
    town.wait(days=7)
    town.do("pool rebind complete", "--old", town.address(7), by=NEWCOMER)
    assert town.coop.governor.isMember(new)
    town.do("pool execute", "--proposal", expulsion, by=RELAYER)
    assert not town.coop.governor.isMember(new)
