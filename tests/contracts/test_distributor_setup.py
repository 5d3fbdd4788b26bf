# SPDX-License-Identifier: AGPL-3.0-only
"""How a distributor gets its maintainers, its earmark, its policy and its season."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.distributors import DAY, MONTH, YEAR, Mill, alone, ascending, subject_of
from tests.contracts.evm import ETH, Actor, Evm, Log

NOBODY = "0x" + "00" * 20
GITHUB = keccak(text="github:1")
FORUM = keccak(text="discourse:forum.example.org:2")


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Nothing set up yet."""
    return Mill(evm)


@pytest.fixture
def ready(mill: Mill) -> Mill:
    """Set up by the Hub and opened; restricted, all dollars."""
    mill.set_up()
    mill.open()
    return mill


# --- setup ------------------------------------------------------------------------------------


def test_setup__by_the_hub__names_maintainers_and_starts_the_season(mill: Mill) -> None:
    first, second, third = mill.maintainers
    members = [(first, [GITHUB]), (second, []), (third, [FORUM, subject_of(mill.patron)])]
    mill.distributor.setup(members, 2, 3, sender=mill.hub)
    listed = [(m.address, subjects) for m, subjects in members]
    args = {"version": 1, "needed": 2, "maintainers": listed}
    assert mill.evm.logs == [
        Log("MaintainersSet", args, mill.distributor.address),
        Log("SeasonSet", {"epochs_left": 3}, mill.distributor.address),
    ]
    assert mill.distributor.maintainer_set() == (1, 2, 3)
    assert [mill.distributor.is_maintainer(m) for m in mill.maintainers] == [True] * 3
    assert mill.distributor.maintainer_of(1, subject_of(second)) == 2
    assert mill.distributor.maintainer_of(1, GITHUB) == 1
    assert mill.distributor.maintainer_of(1, FORUM) == 3
    assert mill.distributor.maintainer_of(1, subject_of(mill.patron)) == 3
    assert mill.distributor.maintainer_of(2, GITHUB) == 0
    assert mill.distributor.head().epochs_left == 3


def test_setup__address_among_the_further_subjects__does_not_sign(mill: Mill) -> None:
    first, *others = mill.maintainers
    members = [(first, [subject_of(mill.patron)]), *alone(*others)]
    mill.distributor.setup(members, 2, 3, sender=mill.hub)
    assert not mill.distributor.is_maintainer(mill.patron)


def test_setup__by_others__is_refused(mill: Mill, outsider: Actor) -> None:
    members = alone(*mill.maintainers)
    for sender in (outsider, mill.governor, mill.maintainers[0]):
        with mill.evm.reverts("distributor: only the hub"):
            mill.distributor.setup(members, 2, 3, sender=sender)


def test_setup__a_second_time__is_refused(mill: Mill) -> None:
    mill.set_up()
    with mill.evm.reverts("distributor: already set up"):
        mill.set_up()


def test_setup__of_the_bare_implementation__is_refused(mill: Mill) -> None:
    bare = mill.evm.implementation("CredDistributor")
    members = alone(*mill.maintainers)
    with mill.evm.reverts("distributor: only the hub"):
        bare.setup(members, 2, 3, sender=mill.hub)


@pytest.mark.parametrize("needed", [1, 3])
def test_setup__threshold_at_its_bounds__is_taken(mill: Mill, needed: int) -> None:
    mill.set_up(needed)
    assert mill.distributor.maintainer_set() == (1, needed, 3)


@pytest.mark.parametrize("needed", [0, 4])
def test_setup__threshold_out_of_bounds__is_refused(mill: Mill, needed: int) -> None:
    with mill.evm.reverts("distributor: bad threshold"):
        mill.set_up(needed)


def test_setup__nobody__is_refused(mill: Mill) -> None:
    with mill.evm.reverts("distributor: no maintainers"):
        mill.distributor.setup([], 0, 3, sender=mill.hub)


def test_setup__sixteen_maintainers_with_four_subjects_each__is_taken(mill: Mill) -> None:
    people = ascending([mill.evm.actor(f"many {n}") for n in range(16)])
    subjects = [[keccak(text=f"{n} {i}") for i in range(4)] for n in range(16)]
    members = list(zip(people, subjects, strict=True))
    mill.distributor.setup(members, 16, 3, sender=mill.hub)
    assert mill.distributor.maintainer_set() == (1, 16, 16)
    assert [mill.distributor.maintainer_of(1, s[3]) for s in subjects] == list(range(1, 17))


def test_setup__accounts_out_of_order_twice_or_zero__is_refused(mill: Mill) -> None:
    first, second, _ = mill.maintainers
    for accounts in ([second, first], [first, first], [NOBODY, first]):
        with mill.evm.reverts("distributor: accounts unsorted"):
            mill.distributor.setup(alone(*accounts), 1, 3, sender=mill.hub)


def test_setup__empty_subject__is_refused(mill: Mill) -> None:
    with mill.evm.reverts("distributor: empty subject"):
        mill.distributor.setup([(mill.patron, [bytes(32)])], 1, 3, sender=mill.hub)


def test_setup__subject_of_two_or_twice__is_refused(mill: Mill) -> None:
    first, second, _ = mill.maintainers
    doubled: list[list[tuple[Actor, list[bytes]]]] = [
        [(first, [GITHUB, GITHUB])],
        [(first, [GITHUB]), (second, [GITHUB])],
        [(first, [subject_of(first)])],
        [(first, []), (second, [subject_of(first)])],
        [(first, [subject_of(second)]), (second, [])],
    ]
    for members in doubled:
        with mill.evm.reverts("distributor: subject twice"):
            mill.distributor.setup(members, 1, 3, sender=mill.hub)


def test_setup__longest_season__is_taken_and_one_more_is_not(mill: Mill) -> None:
    with mill.evm.reverts("distributor: season too long"):
        mill.set_up(season=1_201)
    mill.set_up(season=1_200)
    assert mill.distributor.head().epochs_left == 1_200


# --- on_open ----------------------------------------------------------------------------------


def test_on_open__by_the_pool__takes_policy_and_starts_the_clock(mill: Mill) -> None:
    mill.set_up()
    policy = mill.policy(minimum=7, grain_per_epoch=8, claim_window=400 * DAY)
    mill.open(policy)
    (log,) = mill.events("PolicySet")
    assert (log.args["version"], log.args["pot_earmark"]) == (1, 1)
    assert tuple(log.args["policy"]) == policy.values()
    assert tuple(mill.distributor.policy_of(1)) == policy.values()
    head = mill.distributor.head()
    assert (head.finalised, head.attempt, head.epochs_left) == (0, 1, 12)
    assert (head.policy_version, head.open_version) == (1, 0)
    assert (head.last_post_at, head.posted_at) == (mill.evm.now, 0)
    assert mill.distributor.next_pot() == (0, 0, 0)
    mill.give(50)
    assert mill.distributor.next_pot() == (50, 0, 50)


def test_on_open__money_from_before__is_no_income(mill: Mill) -> None:
    mill.set_up()
    mill.give(100, earmark=0)
    mill.open(mill.policy(income_earmark=0, payout_bps=5_000), restricted=False)
    mill.give(40, earmark=mill.earmark)
    assert mill.distributor.next_pot() == (0, 0, 100)
    mill.give(30, earmark=0)
    assert mill.distributor.next_pot() == (15, 0, 130)


def test_on_open__by_others__is_refused(mill: Mill, outsider: Actor) -> None:
    mill.set_up()
    for sender in (outsider, mill.hub, mill.governor):
        with mill.evm.reverts("distributor: only the pool"):
            mill.distributor.on_open(1, mill.policy().params(), sender=sender)


def test_on_open__a_second_earmark__is_refused(ready: Mill) -> None:
    with ready.evm.reverts("distributor: has its earmark"):
        ready.open()


def test_on_open__parameters_of_another_length__are_refused(mill: Mill) -> None:
    mill.set_up()
    whole = mill.policy().params()
    for params in (b"", whole[:-1], whole[:-32], whole + bytes(1), whole + bytes(32)):
        with mill.evm.reverts("distributor: bad parameters"):
            terms = (1, "ipfs://purpose", b"\x17" * 32, mill.distributor, True, 0, params)
            mill.pool.open_earmark(*terms, sender=mill.governor)


def test_on_open__asset_that_is_no_address__is_refused(mill: Mill) -> None:
    mill.set_up()
    params = encode(["uint256"] * 10 + ["bool"], [2**160, *mill.policy().values()[1:]])
    with mill.evm.reverts(""):
        terms = (1, "ipfs://purpose", b"\x17" * 32, mill.distributor, True, 0, params)
        mill.pool.open_earmark(*terms, sender=mill.governor)


BOUNDS = [
    ("signer_cap_bps", 1, 10_000, "distributor: bad signer cap"),
    ("minimum", 1, 2**96 - 1, "distributor: bad minimum"),
    ("epoch_length", MONTH, 366 * DAY, "distributor: bad epoch length"),
    ("claim_window", YEAR, 3_660 * DAY, "distributor: bad claim window"),
    ("payout_bps", 1, 10_000, "distributor: bad payout share"),
    ("zero_out_bps", 0, 5_000, "distributor: bad zero-out share"),
    ("restorers", 1, 16, "distributor: bad restorers"),
]


@pytest.mark.parametrize(("name", "least", "most", "reason"), BOUNDS)
def test_on_open__a_number_at_and_beyond_its_bounds__is_taken_and_refused(
    mill: Mill, name: str, least: int, most: int, reason: str
) -> None:
    mill.set_up()
    for number in {max(least - 1, 0), most + 1} - {least}:
        with mill.evm.reverts(reason):
            mill.open(mill.policy(**{name: number}), restricted=False)
    point = mill.evm.snapshot()
    for number in (least, most):
        mill.open(mill.policy(**{name: number}), restricted=False)
        assert getattr(mill.distributor.policy_of(1), name) == number
        mill.evm.restore(point)
        point = mill.evm.snapshot()


def test_on_open__grain_at_and_beyond_its_bound__is_taken_and_refused(mill: Mill) -> None:
    mill.set_up()
    with mill.evm.reverts("distributor: bad grain amount"):
        mill.open(mill.policy(grain_per_epoch=2**96))
    mill.open(mill.policy(grain_per_epoch=2**96 - 1))
    assert mill.distributor.policy_of(1).grain_per_epoch == 2**96 - 1


def test_on_open__restricted_earmark_that_keeps_a_part_of_its_own_income__is_refused(
    mill: Mill,
) -> None:
    mill.set_up()
    with mill.evm.reverts("distributor: must pay all"):
        mill.open(mill.policy(payout_bps=9_999))
    mill.open(mill.policy(payout_bps=9_999, income_earmark=0))
    assert mill.distributor.policy_of(1).payout_bps == 9_999


def test_on_open__unrestricted_earmark__may_keep_a_part(mill: Mill) -> None:
    mill.set_up()
    mill.open(mill.policy(payout_bps=9_999), restricted=False)
    assert mill.distributor.policy_of(1).payout_bps == 9_999


def test_on_open__income_from_an_earmark_that_does_not_exist__is_refused(mill: Mill) -> None:
    mill.set_up()
    with mill.evm.reverts("pool: unknown earmark"):
        mill.open(mill.policy(income_earmark=2))


# --- set_policy -------------------------------------------------------------------------------


def test_set_policy__by_vote__counts_from_the_next_post_on(ready: Mill) -> None:
    ready.give(1_000)
    ready.evm.warp(MONTH)
    before = ready.post({GITHUB: 1})
    policy = ready.policy(minimum=9, grain_per_epoch=10, epoch_length=40 * DAY)
    ready.distributor.set_policy(policy.values(), sender=ready.governor)
    (log,) = ready.events("PolicySet")
    assert (log.args["version"], log.args["pot_earmark"]) == (2, ready.earmark)
    assert tuple(log.args["policy"]) == policy.values()
    assert tuple(ready.distributor.policy_of(2)) == policy.values()
    assert tuple(ready.distributor.policy_of(1)) == ready.policy().values()
    head = ready.distributor.head()
    assert (head.policy_version, head.open_version) == (2, 1)
    assert before.terms["minimum"] == 5_000_000
    ready.finalise(before)
    ready.give(1_000)
    ready.evm.warp(40 * DAY)
    after = ready.post({GITHUB: 1})
    assert (after.terms["minimum"], after.terms["grain_per_epoch"]) == (9, 10)


def test_set_policy__by_others__is_refused(ready: Mill, outsider: Actor) -> None:
    for sender in (outsider, ready.hub, ready.maintainers[0]):
        with ready.evm.reverts("distributor: only the governor"):
            ready.distributor.set_policy(ready.policy().values(), sender=sender)


def test_set_policy__before_an_earmark_is_open__is_refused(mill: Mill) -> None:
    mill.set_up()
    with mill.evm.reverts("distributor: nothing opened"):
        mill.distributor.set_policy(mill.policy().values(), sender=mill.governor)


FROZEN: list[dict[str, Any]] = [
    {"asset": ETH},
    {"income_earmark": 0},
    {"payout_bps": 9_999},
    {"signer_cap_bps": 9_999},
]


@pytest.mark.parametrize("change", FROZEN)
def test_set_policy__what_patrons_gave_under__is_frozen_in_a_restricted_earmark(
    ready: Mill, change: dict[str, Any]
) -> None:
    with ready.evm.reverts("distributor: terms are frozen"):
        ready.distributor.set_policy(ready.policy(**change).values(), sender=ready.governor)


@pytest.mark.parametrize("change", FROZEN)
def test_set_policy__of_an_unrestricted_earmark__may_change_everything(
    mill: Mill, change: dict[str, Any]
) -> None:
    mill.set_up()
    mill.open(restricted=False)
    policy = mill.policy(**change)
    mill.distributor.set_policy(policy.values(), sender=mill.governor)
    assert tuple(mill.distributor.policy_of(2)) == policy.values()


def test_set_policy__with_a_number_out_of_bounds__is_refused(ready: Mill) -> None:
    with ready.evm.reverts("distributor: bad minimum"):
        ready.distributor.set_policy(ready.policy(minimum=0).values(), sender=ready.governor)


def test_set_policy__another_asset__its_income_counts_from_then_and_each_keeps_its_baseline(
    mill: Mill,
) -> None:
    mill.set_up()
    mill.open(restricted=False)
    mill.give(1_000)
    mill.give(70, ETH)
    mill.distributor.set_policy(mill.policy(asset=ETH).values(), sender=mill.governor)
    assert mill.distributor.next_pot() == (0, 0, 70)
    mill.give(30, ETH)
    assert mill.distributor.next_pot() == (30, 0, 100)
    mill.give(500)
    mill.distributor.set_policy(mill.policy().values(), sender=mill.governor)
    assert mill.distributor.next_pot() == (1_500, 0, 1_500)
    mill.distributor.set_policy(mill.policy(asset=ETH).values(), sender=mill.governor)
    assert mill.distributor.next_pot() == (30, 0, 100)


def test_set_policy__income_from_an_earmark_that_does_not_exist__is_refused(mill: Mill) -> None:
    mill.set_up()
    mill.open(restricted=False)
    with mill.evm.reverts("pool: unknown earmark"):
        policy = mill.policy(income_earmark=2)
        mill.distributor.set_policy(policy.values(), sender=mill.governor)


# --- set_maintainers, set_season --------------------------------------------------------------


def test_set_maintainers__by_vote__replaces_all(ready: Mill) -> None:
    first, second, third = ready.maintainers
    ready.distributor.set_maintainers([(second, [GITHUB])], 1, sender=ready.governor)
    args = {"version": 2, "needed": 1, "maintainers": [(second.address, [GITHUB])]}
    assert ready.evm.logs == [Log("MaintainersSet", args, ready.distributor.address)]
    assert ready.distributor.maintainer_set() == (2, 1, 1)
    found = [ready.distributor.is_maintainer(m) for m in (first, second, third)]
    assert found == [False, True, False]
    assert ready.distributor.maintainer_of(1, subject_of(third)) == 3
    assert ready.distributor.maintainer_of(2, subject_of(third)) == 0
    assert ready.distributor.maintainer_of(2, GITHUB) == 1


def test_set_maintainers__by_others__is_refused(ready: Mill, outsider: Actor) -> None:
    for sender in (outsider, ready.hub, ready.maintainers[0]):
        with ready.evm.reverts("distributor: only the governor"):
            ready.distributor.set_maintainers([(outsider, [])], 1, sender=sender)


def test_set_season__by_vote__starts_and_ends_one(ready: Mill) -> None:
    ready.distributor.set_season(5, sender=ready.governor)
    assert ready.evm.logs == [Log("SeasonSet", {"epochs_left": 5}, ready.distributor.address)]
    assert ready.distributor.head().epochs_left == 5
    ready.distributor.set_season(0, sender=ready.governor)
    assert ready.distributor.head().epochs_left == 0


def test_set_season__by_others_or_too_long__is_refused(ready: Mill, outsider: Actor) -> None:
    for sender in (outsider, ready.hub, ready.maintainers[0]):
        with ready.evm.reverts("distributor: only the governor"):
            ready.distributor.set_season(5, sender=sender)
    with ready.evm.reverts("distributor: season too long"):
        ready.distributor.set_season(1_201, sender=ready.governor)


# --- views ------------------------------------------------------------------------------------


def test_views__neighbours__are_those_in_its_code(mill: Mill) -> None:
    found = [
        getattr(mill.distributor, n)() for n in ("hub", "pool", "governor", "grain", "identity")
    ]
    parts: list[Any] = [mill.hub, mill.pool, mill.governor, mill.grain, mill.identity]
    assert found == [part.address for part in parts]


def test_views__before_anything_happened__are_zero(mill: Mill) -> None:
    zeros = (0,) * 7
    assert tuple(mill.distributor.head()) == zeros
    assert tuple(mill.distributor.open_distribution()) == (0, bytes(32), 0, 0, 0, 0)
    assert mill.distributor.next_pot() == (0, 0, 0)
    assert mill.distributor.maintainer_set() == (0, 0, 0)
    assert mill.distributor.carry_of(ETH) == 0
    assert mill.distributor.epoch_hash_of(0) == bytes(32)


def test_eip712_domain__of_a_clone__is_its_own(mill: Mill) -> None:
    found = mill.distributor.eip712Domain()
    here = (mill.evm.chain_id, mill.distributor.address)
    assert tuple(found) == (b"\x0f", "Millpond", "1", *here, bytes(32), [])
