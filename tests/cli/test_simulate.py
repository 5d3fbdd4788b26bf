# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond simulate`: every case that others published, every example of the document, and what
is refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millpond.cli.simulate import HELP
from millpond.core.funding.cases import RULES
from tests.cli.conftest import Ran
from tests.core.funding.vectors import clrfund_round, fil_retropgf, vectors
from tests.house.tree import ROOT

Millpond = Callable[..., Ran]
Simulated = Callable[..., Ran]
DOCUMENT = (ROOT / "docs" / "SIMULATE.md").read_text("utf-8")
EXAMPLE = re.compile(
    r"^\*\*(\w+): ([^*]+)\*\*.*?^```json\n(.*?)^```\n\n^```json\n(.*?)^```",
    re.MULTILINE | re.DOTALL,
)
# rule, file, group of cases, fields that are answers
PUBLISHED = [
    ("gratipay", "takes", "gratipay_2016", "paid remainder_to_owner"),
    ("gittip", "takes", "gittip_2013", "paid left_to_team"),
    ("gittip", "takes", "gittip_throttle", "max_this_week"),
    ("takes", "takes", "liberapay_throttle", "max_this_week"),
    ("liberapay", "takes", "liberapay_throttle", "max_this_week"),
    ("liberapay", "takes", "liberapay_resolve", "result"),
    ("crowdmatch", "snowdrift", "crowdmatch", "each_units total_units"),
    ("crowdmatch", "snowdrift", "card_charge",
     "payable_cents charged_cents fee_cents net_cents fee_below_10_percent"),
    ("crowdmatch", "snowdrift", "months_until_first_charge", "months"),
    ("crowdmatch", "snowdrift", "share_formula",
     "patrons shares sum_1_plus_lg_e18 share_value_cents_e18 total_cents_e18"),
    ("crowdmatch", "snowdrift", "underfunded",
     "result_levels rounds_of_dropping level_value_milray"),
    ("crowdmatch", "snowdrift", "budget_equilibrium", "active check"),
    ("goal", "snowdrift", "goal_crowdmatch", "ratio donation_cents_each_exact total_cents_exact"),
    ("linear", "small_rules", "drips_split", "paid kept_by_splitter"),
    ("root", "small_rules", "protocol_guild", "split_percent time_weight"),
    ("goal", "small_rules", "cobudget", "error result accept_funding"),
    ("quadratic", "qf", "passport_scaling", "coefficient"),
]  # fmt: skip
TOLERANCE = 1e-13


@pytest.fixture
def simulated(millpond: Millpond, tmp_path: Path) -> Simulated:
    """Run a rule on a case in a file."""

    def run(rule: str, case: Any, *, as_json: bool = True) -> Ran:
        file = tmp_path / "case.json"
        text = case if isinstance(case, str | bytes) else json.dumps(case)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return millpond("simulate", rule, file, *(["--json"] if as_json else []))

    return run


def without(case: dict[str, Any], answers: list[str]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in answers}


# --- what others published ----------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "file", "group", "answers"), PUBLISHED)
def test_simulate__published_cases__come_back_whole(
    simulated: Simulated, rule: str, file: str, group: str, answers: str
) -> None:
    for case in vectors(file)[group]:
        ran = simulated(rule, without(case, answers.split()))
        assert ran.status == 0
        assert ran.json == case


def test_simulate__liberapays_paydays__come_back_whole(simulated: Simulated) -> None:
    underfunded, sharing, catching_up, automatic = vectors("takes")["liberapay_payday"]
    for case in (underfunded, sharing, automatic):
        answers = ["paid", "advance_after", "next_week_paid"]
        assert simulated("liberapay", without(case, answers)).json == case
    # What its comment says, as fields.
    told = {
        "tips": {"charlie": 200, "dan": 200},
        "advance": {"charlie": 1_000, "dan": 1_000},
        "joins": {"dan": 4},
        "weeks": [3, 9, 12],
    }
    answers = ["after_3_weeks", "after_9_weeks", "after_12_weeks"]
    assert simulated("liberapay", without(catching_up, answers) | told).json == catching_up | told


def test_simulate__the_matching_vectors__come_back_with_every_rule(simulated: Simulated) -> None:
    whole = vectors("qf")["cases"][0]
    asked = {
        "donations": whole["donations"],
        "clusters": whole["clusters"],
        "integer_usdc": {"pot": 100_000_000, "cap": None},
        "integer_usdc_cap": {"pot": 100_000_000, "cap": 50_000_000},
    }
    quadratic = simulated("quadratic", asked).json
    for name in ("standard", "standard_sum", "integer_usdc", "integer_usdc_cap"):
        assert quadratic[name] == whole[name]
    assert simulated("root", asked).json["sum_of_roots_share"] == whole["sum_of_roots_share"]
    pairs = simulated("pairwise", asked).json
    for name in ("pairwise_M25", "pairwise_M0_01", "gitcoin_production_thr25_trust1"):
        assert pairs[name] == pytest.approx(whole[name], abs=TOLERANCE)
    clusters = simulated("cocm", asked).json["cocm_markov_harsh"]
    assert clusters == pytest.approx(whole["cocm_markov_harsh"], abs=TOLERANCE)


def test_simulate__a_pool_that_is_more_than_enough__keeps_or_scales(simulated: Simulated) -> None:
    case = vectors("qf")["unsaturated"]
    asked = {"donations": vectors("qf")["cases"][0]["donations"], "pot": case["pot"]}
    found = simulated("quadratic", asked).json
    assert (found["matched"], found["undistributed"]) == (case["paid"], case["kept"])
    scaled = simulated("quadratic", asked | {"scale_up": True}).json
    assert scaled["matched"] == {"A": 136, "B": 216, "C": 648}


def test_simulate__a_single_donor__is_not_matched(simulated: Simulated) -> None:
    case = vectors("qf")["single_donor"]
    assert simulated("quadratic", without(case, ["match"])).json["match"] == case["match"]


def test_simulate__clr_funds_small_tally__comes_back_whole(simulated: Simulated) -> None:
    case = vectors("alpha_small")
    answers = ["sum_votes_squared", "alpha", "allocated", "dust", "total_spent", "budget"]
    assert simulated("alpha", without(case, answers)).json == case


@pytest.mark.parametrize("address", ["0x18604d04", "0x1c1df3c3", "0xcf022876"])
def test_simulate__a_finished_round_of_clr_fund__comes_back_whole(
    simulated: Simulated, address: str
) -> None:
    published = clrfund_round(address)
    expected = published.pop("expected")
    asked = {
        **published,
        "projects": [without(each, ["allocatedAmount"]) for each in published["projects"]],
        "effective_pool": expected["effective_pool"],
    }
    found = simulated("root", asked).json
    assert found["projects"] == published["projects"]
    assert {name: found[name] for name in expected} == expected


def test_simulate__a_file_of_ours_as_it_stands__is_read_with_its_pool(millpond: Millpond) -> None:
    file = ROOT / "tests" / "vectors" / "rounds" / "clrfund_0xcf022876.json"
    found = millpond("simulate", "root", file, "--json").json
    assert found["projects"] == clrfund_round("0xcf022876")["projects"]
    assert found["unspent_added_to_pool"] == "277600000000000000"


def test_simulate__the_cancelled_round_of_clr_fund__is_refused(simulated: Simulated) -> None:
    ran = simulated("root", clrfund_round("0x4a724288"))
    assert ran.status == 3
    assert ran.json["error"] == "FundingError"
    assert "was cancelled" in ran.json["message"]


def test_simulate__fil_retropgf__comes_back_within_five_fil(simulated: Simulated) -> None:
    rows = fil_retropgf()
    asked = [{"Ballots": row["Ballots"], "Score": row["Score"]} for row in rows]
    found = simulated("linear", {"pot": 197_123, "projects": asked}).json["projects"]
    for each, row in zip(found, rows, strict=True):
        assert each["Quorum reached"] == (row["Quorum reached"] == "TRUE")
        assert abs(each["FIL Allocated"] - int(row["FIL Allocated"])) <= 5


# --- the document -------------------------------------------------------------------------------


def test_document__every_shape__has_one_example() -> None:
    shown = [(rule, shape) for rule, shape, _, _ in EXAMPLE.findall(DOCUMENT)]
    assert shown == [(rule, shape.name) for rule, shapes in RULES.items() for shape in shapes]
    assert HELP.keys() == RULES.keys()


@pytest.mark.parametrize(
    ("rule", "shape", "case", "answers"),
    EXAMPLE.findall(DOCUMENT),
    ids=[f"{rule} {shape}" for rule, shape, _, _ in EXAMPLE.findall(DOCUMENT)],
)
def test_document__an_example__is_what_the_command_says(
    simulated: Simulated, rule: str, shape: str, case: str, answers: str
) -> None:
    asked, expected = json.loads(case), json.loads(answers)
    assert simulated(rule, asked).json == asked | expected
    assert f"{rule}: {shape}" in " ".join(simulated(rule, asked, as_json=False).out.split())


def differing() -> list[tuple[str, str, str]]:
    return re.findall(r"^\| `(\w+\[\d+\])` \| `([^`]*)` \| `([^`]*)` \| \w", DOCUMENT, re.MULTILINE)


def test_document__the_table_of_takes__names_every_case_that_differs_and_no_other(
    simulated: Simulated,
) -> None:
    told = {name: (json.loads(there), json.loads(here)) for name, there, here in differing()}
    fields = {"gratipay_2016": "paid", "gittip_2013": "paid", "liberapay_resolve": "result"}
    found = {}
    for group, field in fields.items():
        for number, case in enumerate(vectors("takes")[group]):
            answers = [field, "remainder_to_owner", "left_to_team"]
            here = simulated("takes", without(case, answers)).json[field]
            if here != case[field]:
                found[f"{group}[{number}]"] = (case[field], here)
    assert told == found
    for case in vectors("takes")["liberapay_payday"][:2]:
        assert (
            simulated("takes", without(case, ["paid", "advance_after"])).json["paid"]
            == (case["paid"])
        )


# --- for people ---------------------------------------------------------------------------------


def test_simulate__without_json__is_a_table_of_the_answers(simulated: Simulated) -> None:
    ran = simulated(
        "takes", {"takes": {"ann": 100_000, "bob": 50_000}, "income": 100_000}, as_json=False
    )
    assert ran.status == 0
    lines = [line.split() for line in ran.out.splitlines() if line.strip()]
    assert lines[0] == ["takes:", "payday"]
    assert ["paid", "ann", "66,666"] in lines
    assert ["left", "1"] in lines


def test_simulate__decimals_and_what_there_is_none_of__are_told_plainly(
    simulated: Simulated,
) -> None:
    shares = simulated("root", {"donations": {"A": {"x": 2}, "B": {"x": 1}}}, as_json=False).out
    assert re.search(r"sum_of_roots_share A +0\.585786437\b", shares)
    nobody = {"last_takes": {"ann": 0}, "member": "ann", "left_over": 0}
    assert re.search(r"max_take +none", simulated("takes", nobody, as_json=False).out)


def test_simulate__a_long_answer__is_cut_and_says_so(simulated: Simulated) -> None:
    takes = {f"m{number}": 1 for number in range(100)}
    ran = simulated("takes", {"takes": takes, "income": 5}, as_json=False)
    assert "and 41 lines more; --json has all of them" in ran.out


# --- what is refused ----------------------------------------------------------------------------


def test_simulate__a_case_of_another_shape__is_told_which_ones_there_are(
    simulated: Simulated,
) -> None:
    ran = simulated("gittip", {"income": 5, "takes": {}})
    assert ran.status == 3
    assert ran.json["error"] == "UnknownShape"
    said = "the rule 'gittip' reads no case with the fields 'income' and 'takes'"
    assert ran.json["message"] == said
    assert "gittip throttle (last_week)" in ran.json["next_step"]
    assert "docs/SIMULATE.md" in ran.json["next_step"]
    assert "(none)" in simulated("goal", {}).json["message"]


@pytest.mark.parametrize(
    ("rule", "case", "says"),
    [
        ("takes", {"takes": {"ann": -1}, "income": 5}, "the field 'takes.ann' is '-1'"),
        ("takes", {"takes": {"ann": 1.5}, "income": 5}, "the field 'takes.ann' is '1.5'"),
        ("takes", {"takes": {"ann": True}, "income": 5}, "the field 'takes.ann' is 'True'"),
        ("takes", {"takes": {"ann": "1e3"}, "income": 5}, "the field 'takes.ann' is '1e3'"),
        ("takes", {"takes": [], "income": 5}, "takes is no object"),
        ("takes", {"takes": {}, "income": None}, "the field 'income' is missing"),
        ("takes", {"takes": {}, "income": 2**256}, "the field 'income' is"),
        ("gratipay", {"available": 1, "balance": 1, "takes": {}}, "the field 'takes' is '{}'"),
        ("gratipay", {"available": 1, "balance": 1, "takes": [{"name": "a"}]},
         "the field 'takes[0].amount' is missing"),
        ("gratipay", {"available": 1, "balance": 1, "takes": [{"amount": 1}]},
         "the field 'takes[0].name' is missing"),
        ("liberapay", {"takes": {}, "tips": {"a": 1}, "advance": {}}, "not name the same donors"),
        ("liberapay", {"takes": {}, "tips": {}, "advance": {}, "weeks": []}, "weeks to be told"),
        ("linear", {"ballots": {"ann": {"a": 1}}, "amount": 1}, "a ballot gives 1 points"),
        ("quadratic", {"donations": {"A": {"x": "x"}}}, "the field 'donations.A.x' is 'x'"),
        ("quadratic", {"donations": {"A": {"x": 1.5}}, "pot": 1}, "has too many decimals"),
        ("quadratic", {"donations": {}, "pot": 1, "scale_up": 1}, "the field 'scale_up' is '1'"),
        ("pairwise", {"donations": {}, "bound": 0}, "a bound of 0 matches nobody"),
        ("alpha", {"source_tally": [1], "spent": [1], "voice_credit_factor": 1,
                   "matching_pool": 1}, "no project has more than one vote"),
        ("crowdmatch", {"patrons": True}, "the field 'patrons' is 'True'"),
        ("crowdmatch", {"groups": [{"patrons": 1, "shares": 0}]},
         "the field 'groups[0].shares' is '0'"),
        ("crowdmatch", {"rate": 1, "caps": [2, 1], "pledges": {}}, "the caps do not ascend"),
        ("crowdmatch", {"rate": 1, "caps": [2], "pledges": {"a": {"shares": 1, "cap": 3}}},
         "3 is no cap of the ladder"),
        ("crowdmatch", {"steps": [{"what": "leave", "at": "2017-10-01"}]},
         "nothing is called 'leave'"),
        ("crowdmatch", {"steps": [{"what": "event", "at": "soon"}]}, "'soon' is no time"),
        ("crowdmatch", {"steps": [{"what": "event", "at": "2017-10-02"},
                                  {"what": "event", "at": "2017-10-01"}]}, "the order of time"),
        ("goal", {"goal": 0, "pledges": {}}, "the field 'goal' is '0'"),
        ("goal", [], "the case is no object"),
        ("goal", "{", "is no case in JSON"),
        ("goal", '{"goal": NaN}', "NaN is no number"),
        ("goal", '{"goal": 1, "goal": 2}', "a field stands twice"),
        ("goal", "[" * 40 + "]" * 40, "nested more than 16 deep"),
        ("goal", b"{\xff}", "is no case in JSON: 'utf-8' codec"),
    ],
)  # fmt: skip
def test_simulate__a_bad_value__is_named_with_its_place(
    simulated: Simulated, rule: str, case: Any, says: str
) -> None:
    ran = simulated(rule, case)
    assert ran.status == 3
    assert ran.json["error"] in {"FundingError", "UnitError"}
    assert says in ran.json["message"]
    assert ran.json["next_step"]


def test_simulate__a_file_that_is_not_there__is_refused_in_words(millpond: Millpond) -> None:
    ran = millpond("simulate", "takes", "nowhere.json")
    assert ran.status == 3
    assert "nowhere.json cannot be read" in ran.err
    assert "Next: " in ran.err


def test_simulate__an_unknown_rule__is_wrong_usage(millpond: Millpond) -> None:
    assert millpond("simulate", "fair", "case.json").status == 2
