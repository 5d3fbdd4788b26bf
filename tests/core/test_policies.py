# SPDX-License-Identifier: AGPL-3.0-only
"""Policies by name: each against figures made by hand or by somebody else's rule."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from millpond.core.cred import CredHistory, PersonCred
from millpond.core.errors import ParameterError
from millpond.core.policies import POLICIES, Given, Past, Policy, policy_named
from millpond.core.policies.time_weight import DECIMALS
from millpond.core.subjects import Subject, of_address, to_hex
from millpond.core.units import Amount, MicroCred, share_bps
from millpond.core.weeks import WEEK_MS, Week, week_span
from tests.core import month

FIRST = 1_567_296_000_000
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "time_weight.json").read_text("utf-8")
)["cases"]
ANN, BOB, EVE = (Subject(bytes([1]) + bytes(30) + bytes([n])) for n in (1, 2, 3))
ACCOUNTS = ["0x" + f"{n:02x}" * 20 for n in range(1, 6)]
GIFTS = f"{to_hex(ANN)}:d1:4 {to_hex(ANN)}:d2:9 {to_hex(BOB)}:d1:25"
PARAMETERS: dict[str, dict[str, str]] = {
    "balanced": {},
    "cocm": {"clusters": "d1:X:1 d2:Y:2", "gifts": GIFTS},
    "equal": {},
    "fixed-portion": {"of": "recent", "discount": "0.5"},
    "immediate": {"weeks": "4"},
    "pairwise": {"bound": "25", "gifts": GIFTS},
    "proportional": {},
    "recent": {"discount": "0.16"},
    "special": {"memo": "the server", "recipient": to_hex(ANN)},
    "time-weight": {"half": f"{to_hex(ANN)} {to_hex(BOB)}"},
}


def history(people: Mapping[Subject, Sequence[int]], first: int = FIRST) -> CredHistory:
    count = len(next(iter(people.values())))
    return CredHistory(
        week_span(first, first + count * WEEK_MS),
        tuple(
            PersonCred(who, None, tuple(map(MicroCred, cred)))
            for who, cred in sorted(people.items())
        ),
    )


def scores(policy: Policy, given: Given) -> dict[Subject, int]:
    return dict(policy.scores(given))


# ann 8, 7, 3 and bob 0, 3, 7: the newest week is the epoch
NEWEST = history({ANN: [3], BOB: [7]}, FIRST + 2 * WEEK_MS)
BEFORE = history({ANN: [8, 7], BOB: [0, 3]})
ALL = Given(NEWEST, BEFORE)


# --- by name ------------------------------------------------------------------------------------


def test_policy_named__every_policy__says_its_own_name_and_parameters() -> None:
    assert PARAMETERS.keys() == POLICIES.keys()
    for name, parameters in PARAMETERS.items():
        policy = policy_named(name, parameters)
        assert (policy.name, dict(policy.parameters)) == (name, parameters)


def test_policy_named__an_unknown_name__is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"no policy named 'fair'\nNext: .*proportional"):
        policy_named("fair", {})


@pytest.mark.parametrize("name", PARAMETERS)
def test_policy_named__a_parameter_too_many_or_missing__is_refused_by_name(name: str) -> None:
    with pytest.raises(ParameterError, match="has no parameter 'decay'"):
        policy_named(name, {**PARAMETERS[name], "decay": "1"})
    for missing in PARAMETERS[name].keys() - {"half"}:
        rest = {key: text for key, text in PARAMETERS[name].items() if key != missing}
        with pytest.raises(ParameterError, match=f"lacks its parameter '{missing}'|no parameter"):
            policy_named(name, rest)


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("immediate", {"weeks": "0"}, "is '0'"),
        ("immediate", {"weeks": "04"}, "is '04'"),
        ("immediate", {"weeks": "1001"}, "from 1 to 1000"),
        ("recent", {"discount": "1.1"}, "a number from 0 to 1"),
        ("recent", {"discount": "0.50"}, "is '0.50'"),
        ("recent", {"discount": "1/2"}, "is '1/2'"),
        ("special", {"memo": " ", "recipient": to_hex(ANN)}, "'memo' of the special policy is em"),
        ("special", {"memo": "x", "recipient": "ann"}, "no list of subjects"),
        ("special", {"memo": "x", "recipient": PARAMETERS["time-weight"]["half"]}, "2 recipients"),
        ("time-weight", {"half": f"{to_hex(BOB)} {to_hex(ANN)}"}, "not in its one spelling"),
        ("time-weight", {"half": f"{to_hex(ANN)} {to_hex(ANN)}"}, "not in its one spelling"),
        ("time-weight", {"half": "0x" + "AA" * 32}, "not in its one spelling"),
        ("pairwise", {"bound": "0", "gifts": GIFTS}, "'bound' of the pairwise policy is '0'"),
        ("pairwise", {"bound": "25", "gifts": " "}, "'gifts' of the pairwise policy is empty"),
        ("pairwise", {"bound": "25", "gifts": f"{GIFTS} "}, "'' is not one"),
        ("pairwise", {"bound": "25", "gifts": "ann:d1:4"}, "'ann' is not 32 bytes of hex"),
        ("pairwise", {"bound": "25", "gifts": f"{to_hex(ANN)}:d1:04"}, "has no number from 1 on"),
        ("pairwise", {"bound": "25", "gifts": GIFTS.replace("d2", "d1")}, "do not ascend"),
        ("pairwise", {"bound": "25", "gifts": GIFTS.upper()}, "is not 32 bytes|not in lower case"),
        ("cocm", {"clusters": "d2:X:1 d1:X:1", "gifts": GIFTS}, "do not ascend"),
        ("cocm", {"clusters": "d2:X", "gifts": GIFTS}, "'d2:X' is not one"),
        ("fixed-portion", {"of": "fair"}, "no policy named 'fair'"),
        ("fixed-portion", {"of": "fixed-portion"}, "has no meaning"),
    ],
)
def test_policy_named__a_parameter_of_another_form__is_refused(
    name: str, parameters: dict[str, str], says: str
) -> None:
    with pytest.raises(ParameterError, match=says):
        policy_named(name, parameters)


# --- each rule ----------------------------------------------------------------------------------


def test_proportional__scores__are_the_cred_of_the_epoch() -> None:
    found = scores(policy_named("proportional", {}), Given(month.history()))
    assert len(found) == 79
    # 43.897654 + 46.823762 + 49.405726 + 61.178595, each rounded from the file's own figure
    assert found[month.who("decentralion")] == 201_305_737


def test_equal__whoever_has_cred__has_the_same() -> None:
    given = Given(history({ANN: [1, 0], BOB: [500, 9], EVE: [0, 0]}))
    assert scores(policy_named("equal", {}), given) == {ANN: 10**6, BOB: 10**6, EVE: 0}


@pytest.mark.parametrize(
    ("weeks", "expected"), [("1", {ANN: 3, BOB: 7}), ("2", {ANN: 10, BOB: 10}),
                            ("3", {ANN: 18, BOB: 10})],
)  # fmt: skip
def test_immediate__so_many_weeks__also_those_before_the_epoch(
    weeks: str, expected: dict[Subject, int]
) -> None:
    assert scores(policy_named("immediate", {"weeks": weeks}), ALL) == expected


def test_immediate__more_weeks_than_there_are__is_refused() -> None:
    with pytest.raises(ParameterError, match="looks at 4 weeks, and 3 are there"):
        policy_named("immediate", {"weeks": "4"}).scores(ALL)


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        ("0", {ANN: 18, BOB: 10}),
        ("1", {ANN: 3, BOB: 7}),
        ("0.5", {ANN: 8, BOB: 8}),  # 2 + 3.5 + 3 = 8.5 and 1.5 + 7 = 8.5, floored
        ("0.2", {ANN: 13, BOB: 9}),  # 8 * 0.64 + 7 * 0.8 + 3 = 13.72 and 2.4 + 7 = 9.4
    ],
)
def test_recent__each_week_on__takes_away_a_share(
    discount: str, expected: dict[Subject, int]
) -> None:
    assert scores(policy_named("recent", {"discount": discount}), ALL) == expected


def test_recent__a_thousand_weeks_and_thirty_decimals__stay_exact() -> None:
    discount = "0.1" + "0" * 27 + "1"
    cred = [10**12] * 999
    given = Given(history({ANN: [10**12]}, FIRST), history({ANN: cred}, FIRST - 999 * WEEK_MS))
    found = scores(policy_named("recent", {"discount": discount}), given)[ANN]
    kept = 1 - Decimal(discount)
    expected = sum((Decimal(10**12) * kept**n for n in range(1_000)), Decimal(0))
    assert -1 < found - expected <= 0


def test_balanced__past_payments__are_made_even_with_the_budget() -> None:
    # 1012 * 18 / 28 - 12 = 638.57.. and 1012 * 10 / 28 = 361.43..
    given = Given(NEWEST, BEFORE, Past((b"\x01" * 32,), ((ANN, Amount(12)),)), Amount(1000))
    assert scores(policy_named("balanced", {}), given) == {ANN: 638, BOB: 361}


def test_balanced__who_got_more_than_her_part__gets_nothing() -> None:
    past = Past((b"\x01" * 32,), ((ANN, Amount(10_000)), (EVE, Amount(5))))
    given = Given(NEWEST, BEFORE, past, Amount(100))
    # Eve has no cred; what she got does not count: 10,100 * 10 / 28 = 3607.14..
    assert scores(policy_named("balanced", {}), given) == {ANN: 0, BOB: 3607}


def test_balanced__without_past_or_budget__is_refused() -> None:
    for given in (ALL, Given(NEWEST, None, Past((), ()), None), Given(NEWEST, budget=Amount(1))):
        with pytest.raises(ParameterError, match="needs what was paid before and a budget"):
            policy_named("balanced", {}).scores(given)


def test_special__the_recipient__has_all() -> None:
    policy = policy_named("special", PARAMETERS["special"])
    assert scores(policy, ALL) == {ANN: 10**6, BOB: 0}
    with pytest.raises(ParameterError, match="has no cred"):
        policy.scores(Given(history({BOB: [1]})))


def test_pairwise__gifts__are_matched_by_pairs_of_donors_within_the_bound() -> None:
    # Ann: sqrt(4 * 9) * 25 / (25 + 6) = 4.83.., floored. Bob has one donor, and no pair.
    given = Given(history({EVE: [7]}))
    assert scores(policy_named("pairwise", PARAMETERS["pairwise"]), given) == {ANN: 4, BOB: 0}
    # With a bound far above what they give it is just under half of the quadratic match, 12.
    wide = PARAMETERS["pairwise"] | {"bound": "1" + "0" * 38}
    assert scores(policy_named("pairwise", wide), given) == {ANN: 5, BOB: 0}


def test_cocm__gifts__are_matched_by_clusters_that_have_nobody_in_common() -> None:
    # Both are whole in one cluster, and neither leads to the other: P(X, Y) = 9 and P(Y, X) = 4,
    # so 2 * sqrt(9 * 4) = 12. Bob's gift is of one cluster alone.
    given = Given(history({EVE: [7]}))
    assert scores(policy_named("cocm", PARAMETERS["cocm"]), given) == {ANN: 12, BOB: 0}


def months_of(counts: Sequence[int]) -> tuple[CredHistory, CredHistory | None]:
    """So many months of cred for each, the last of them in the epoch."""
    everybody = [Subject(bytes([2]) + n.to_bytes(31, "big")) for n in range(len(counts))]
    most = max(counts)
    weeks: list[Week] = list(week_span(FIRST, FIRST + 5 * most * WEEK_MS))
    names = sorted({week.month for week in weeks})[-most:]
    chosen = [week for week in weeks if week.month in names]
    cred = {
        who: [int(week.month in names[most - count :]) for week in chosen]
        for who, count in zip(everybody, counts, strict=True)
    }
    now = {who: each[-1:] for who, each in cred.items()}
    before = {who: each[:-1] for who, each in cred.items()}
    first = chosen[0].start_ms
    return history(now, chosen[-1].start_ms), history(before, first) if before else None


@pytest.mark.parametrize("vector", VECTORS)
def test_time_weight__the_guilds_rule__gives_its_weights_and_shares(vector: dict[str, Any]) -> None:
    now, before = months_of([each["months_active"] for each in vector["members"]])
    subjects = [person.subject for person in now.people]
    part = [
        to_hex(who)
        for who, each in zip(subjects, vector["members"], strict=True)
        if each["full_or_part"] == "0.5"
    ]
    policy = policy_named("time-weight", {"half": " ".join(part)} if part else {})
    found = scores(policy, Given(now, before))
    one, all_ = Decimal(10) ** DECIMALS, sum(found.values())
    for who, weight, share in zip(
        subjects, vector["time_weight"], vector["split_percent"], strict=True
    ):
        assert round(found[who] / one, 6) == Decimal(weight)
        assert round(Decimal(100 * found[who]) / all_, 6) == Decimal(share)


def test_time_weight__months_without_cred_and_people_of_before__do_not_count() -> None:
    # September and November of three months; Bob is gone, Eve's cred of now rounds to nothing.
    weeks = week_span(FIRST, FIRST + 13 * WEEK_MS)
    active = [int(week.month != "2019-10") for week in weeks]
    before = history({ANN: active[:12], BOB: active[:12], EVE: active[:12]})
    now = history({ANN: [1], EVE: [0]}, FIRST + 12 * WEEK_MS)
    found = scores(policy_named("time-weight", {}), Given(now, before))
    assert found == {ANN: 1_414_213_562_373, BOB: 0, EVE: 0}  # the root of two


# --- the fixed portion --------------------------------------------------------------------------


def fixed(
    cap: int, maintainers: Mapping[str, Sequence[Subject]], **more: Any
) -> dict[Subject, int]:
    given = Given(
        history({ANN: [600], BOB: [300], EVE: [100]}),
        maintainers=maintainers,
        signer_cap_bps=cap,
        **more,
    )
    return scores(policy_named("fixed-portion", {"of": "proportional"}), given)


def test_fixed_portion__two_maintainers__have_the_least_score_that_reaches_the_cap() -> None:
    # One of them is Ann, whose 600 do not matter: T = 400, c = ceil(1,000 * 400 / 8,000) = 50.
    found = fixed(1_000, {ACCOUNTS[0]: [ANN], ACCOUNTS[1]: []})
    one, two = map(of_address, ACCOUNTS[:2])
    assert found == {ANN: 0, BOB: 300, EVE: 100, one: 50, two: 50}
    # 50 / 500 is exactly a tenth. With 2,500: c = ceil(2,500 * 400 / 5,000) = 200 of 800.
    assert fixed(2_500, {ACCOUNTS[0]: [ANN], ACCOUNTS[1]: []})[one] == 200
    # With 333: c = ceil(333 * 400 / 9,334) = ceil(14.27..) = 15; 14 of 428 would be too little.
    assert fixed(333, {ACCOUNTS[0]: [ANN], ACCOUNTS[1]: []})[one] == 15
    assert 14 * 10_000 < 333 * 428
    assert 15 * 10_000 >= 333 * 430


@cases(
    st.integers(1, 5),
    st.integers(1, 9_999),
    st.lists(st.integers(1, 10**30), min_size=1, max_size=4),
    st.integers(0, 10**33),
    st.integers(0, 10**30),
)
def test_fixed_portion__any_pot__gives_each_maintainer_exactly_the_cap(
    count: int, cap: int, cred: list[int], pot: int, struck: int
) -> None:
    people = {Subject(bytes([3]) + n.to_bytes(31, "big")): [each] for n, each in enumerate(cred)}
    given = Given(
        history(people),
        maintainers=dict.fromkeys(ACCOUNTS[:count], ()),
        signer_cap_bps=cap,
    )
    policy = policy_named("fixed-portion", {"of": "proportional"})
    if count * cap >= 10_000:
        with pytest.raises(ParameterError, match="leave nothing to share"):
            policy.scores(given)
        return
    found = scores(policy, given)
    total = sum(found.values())
    portion = found[of_address(ACCOUNTS[0])]
    assert portion * 10_000 >= cap * total
    assert (portion - 1) * 10_000 < cap * (total - count)
    # By hand: portion / total >= cap / 10,000, so floor(pot * portion / total) is at least
    # floor(pot * cap / 10,000), and the contract's minimum of the two is the second. Cred struck
    # out of the total only makes the first larger.
    for shared in (total, max(total - struck, portion * count)):
        limit = share_bps(pot, cap)
        assert min(pot * portion // shared, limit) == limit


def test_fixed_portion__an_excluded_maintainer_or_person__leaves_the_others_exact() -> None:
    one, two = map(of_address, ACCOUNTS[:2])
    both: dict[str, list[Subject]] = {ACCOUNTS[0]: [], ACCOUNTS[1]: []}
    # Without Ann: T = 400. Without one maintainer: c = ceil(1,000 * 400 / 9,000) = 45.
    assert fixed(1_000, both, excluded=frozenset([ANN]))[one] == 50
    assert fixed(1_000, both, excluded=frozenset([ANN, two]))[one] == 45


def test_fixed_portion__nobody_else_with_cred__is_refused() -> None:
    with pytest.raises(ParameterError, match="nobody who has cred besides"):
        fixed(1_000, {ACCOUNTS[0]: [ANN, BOB, EVE]})


def test_given__the_account_of_a_maintainer__is_hers_listed_or_not() -> None:
    given = Given(NEWEST, maintainers={ACCOUNTS[0]: [ANN], ACCOUNTS[1]: [of_address(ACCOUNTS[1])]})
    assert given.owned() == {
        ACCOUNTS[0]: {ANN, of_address(ACCOUNTS[0])},
        ACCOUNTS[1]: {of_address(ACCOUNTS[1])},
    }
