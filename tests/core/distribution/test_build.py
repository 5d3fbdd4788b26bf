# SPDX-License-Identifier: AGPL-3.0-only
"""Building the distribution of a month: what follows from what, and what is refused."""

import pytest

from millpond.core.distribution import (
    Change,
    Exclusion,
    InputFile,
    NoLeaf,
    Previous,
    Signer,
    build,
    check,
    data_hash,
    period_label,
)
from millpond.core.distribution.model import UNDER_HALF
from millpond.core.errors import BadInput, DocumentError, TreeError, UnitError
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, address_bytes, checksum_address, of_address, of_identity
from millpond.core.sum_tree import verify_proof
from millpond.core.units import MicroCred
from millpond.core.weeks import WEEK_MS, week_span, weeks_of_month
from tests.core import month
from tests.core.month import MAINTAINERS, september, who

END = 1_569_715_200_000  # 2019-09-29, the exclusive end of the last week


def test_build__september_2019__has_43_leaves_and_36_without() -> None:
    document = september()
    assert document.leaf_count == 43
    assert document.total == 585_491_375 == sum(cred for _, cred in document.leaves)
    assert document.label == "2019-09"
    assert len(document.no_leaf) == 36
    assert {each.reason for each in document.no_leaf} == {UNDER_HALF}
    assert [subject for subject, _ in document.leaves] == sorted(s for s, _ in document.leaves)
    assert document.changes == ()
    assert document.tree().root == document.root


def test_build__every_leaf__has_a_proof_that_ends_in_root_and_total() -> None:
    document = september()
    tree = document.tree()
    for index in range(tree.count):
        verify_proof(
            1337, month.DISTRIBUTOR, 1, tree.leaf(index), tree.proof(index),
            document.root, document.total, document.leaf_count,
        )  # fmt: skip


def test_build__twice__gives_the_same_bytes() -> None:
    assert data_hash(september()) == data_hash(september())


def test_build__another_epoch_or_place__gives_another_root() -> None:
    second = september(epoch=2, previous=Previous(1, b"\x01" * 32, END - 4 * WEEK_MS))
    assert second.root != september().root
    assert second.total == september().total


def test_build__an_exclusion__leaves_the_leaf_out_and_logs_the_change() -> None:
    spam = who("Beanow")
    document = september(exclusions=[Exclusion(spam, "an automatic account")])
    assert document.leaf_count == 42
    assert spam not in dict(document.leaves)
    cred = dict(september().leaves)[spam]
    assert document.changes == (Change(spam, cred, MicroCred(0), "an automatic account"),)
    assert document.total == 585_491_375 - cred
    assert document.no_leaf == september().no_leaf


def test_build__exclusions_in_any_order__are_sorted() -> None:
    two = [Exclusion(who("wchargin"), "asked to"), Exclusion(who("Beanow"), "asked to")]
    assert september(exclusions=two) == september(exclusions=two[::-1])


def test_build__signers__show_what_the_cap_takes() -> None:
    first, second, third = september().signers
    # A quarter of 585,491,375 is 146,372,843; decentralion has 201,305,737.
    account = checksum_address(address_bytes(MAINTAINERS[0]))
    own = (who("decentralion"),)
    assert first == Signer(account, own, MicroCred(201_305_737), MicroCred(54_932_894))
    assert (second.cred, second.would_take, third.cred, third.would_take) == (0, 0, 0, 0)


def test_build__a_signer_with_several_subjects__is_capped_over_their_sum() -> None:
    signers = {MAINTAINERS[0]: [who("decentralion"), who("Beanow"), of_address(MAINTAINERS[0])]}
    (signer,) = september(signers=signers, signer_cap_bps=5_000).signers
    beanow = dict(september().leaves)[who("Beanow")]
    assert signer.cred == 201_305_737 + beanow
    assert signer.would_take == max(0, 201_305_737 + beanow - 585_491_375 // 2)


def test_build__weights_text__goes_with_its_hash() -> None:
    # keccak256("{}"), by viem: keccak256(toHex("{}"))
    digest = bytes.fromhex("b48d38f93eaa084033fc5970bf96e559c33c4cdc07d889ab00b4d63f9590739d")
    inputs = [each for each in month.inputs() if each.name != "weights"]
    document = september(files_=[*inputs, InputFile("weights", digest, "as used")], weights="{}")
    assert document.weights == "{}"
    with pytest.raises(DocumentError, match="the weights in the document are not those") as refusal:
        september(files_=[*inputs, InputFile("weights", digest, "as used")], weights="{} ")
    assert refusal.value.step == "weights"
    with pytest.raises(DocumentError, match="the weights in the document are not those"):
        september(weights="{}")


@pytest.mark.parametrize(
    ("epoch", "previous", "says"),
    [
        (2, None, "epoch 2 does not follow the last, 0"),
        (1, Previous(1, b"\x01" * 32, 0), "epoch 1 does not follow the last, 1"),
        (3, Previous(1, b"\x01" * 32, 0), "epoch 3 does not follow the last, 1"),
    ],
)
def test_build__an_epoch_that_does_not_follow_the_last__is_refused(
    epoch: int, previous: Previous | None, says: str
) -> None:
    with pytest.raises(DocumentError, match=says) as refusal:
        september(epoch=epoch, previous=previous)
    assert refusal.value.step == "epoch"


def test_build__weeks_paid_for_before__are_refused() -> None:
    overlap = Previous(1, b"\x01" * 32, END - 3 * WEEK_MS)
    with pytest.raises(DocumentError, match="was paid for by the distribution before") as refusal:
        september(epoch=2, previous=overlap)
    assert refusal.value.step == "weeks"


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_build__an_exclusion_without_a_reason__is_refused(reason: str) -> None:
    with pytest.raises(DocumentError, match="is excluded without a reason") as refusal:
        september(exclusions=[Exclusion(who("Beanow"), reason)])
    assert refusal.value.step == "exclusions"


def test_build__an_exclusion_of_nobody__is_refused() -> None:
    nobody = [of_identity("x:nobody"), september().no_leaf[0].subject]
    for subject in nobody:
        with pytest.raises(DocumentError, match="is excluded but would have no leaf"):
            september(exclusions=[Exclusion(subject, "why not")])


def test_build__the_same_exclusion_twice__is_refused() -> None:
    with pytest.raises(DocumentError, match="are not sorted by subject"):
        september(exclusions=[Exclusion(who("Beanow"), "a"), Exclusion(who("Beanow"), "b")])


def test_build__everybody_excluded__makes_no_tree() -> None:
    everybody = [Exclusion(subject, "closing down") for subject, _ in september().leaves]
    with pytest.raises(TreeError, match="there are no leaves"):
        september(exclusions=everybody)


@pytest.mark.parametrize(
    "inputs",
    [[], month.inputs()[1:], [*month.inputs(), InputFile("more", None, "?")],
     [*month.inputs(), month.inputs()[0]]],
)  # fmt: skip
def test_build__inputs_that_are_not_each_accounted_for__are_refused(
    inputs: list[InputFile],
) -> None:
    with pytest.raises(
        DocumentError, match="the inputs are not graph, identities, scores, we"
    ) as e:
        september(files_=inputs)
    assert e.value.step == "inputs"


def test_build__an_input_without_hash_or_reason__is_refused() -> None:
    inputs = [*month.inputs()[:3], InputFile("identities", None, " ")]
    with pytest.raises(DocumentError, match="neither a hash nor a reason why"):
        september(files_=inputs)


def test_build__a_subject_with_two_signers__is_refused() -> None:
    both = {MAINTAINERS[0]: [who("Beanow")], MAINTAINERS[1]: [who("Beanow")]}
    twice = {MAINTAINERS[0]: [who("Beanow"), who("Beanow")]}
    spelled: dict[str, list[Subject]] = {"0x" + "a1" * 20: [], "0x" + "A1" * 20: []}
    for signers in (both, twice, spelled):
        with pytest.raises(DocumentError, match="is there twice, or one subject") as refusal:
            september(signers=signers)
        assert refusal.value.step == "signers"


def test_build__a_cap_above_all__is_refused() -> None:
    with pytest.raises(UnitError, match="the signers' cap is 10001"):
        september(signer_cap_bps=10_001)


@pytest.mark.parametrize(
    ("pool", "distributor"),
    [
        (month.POOL, month.POOL),
        ("0x" + "00" * 20, month.DISTRIBUTOR),
        (month.POOL, "0x" + "00" * 20),
    ],
)
def test_build__pool_and_distributor_not_two_places__are_refused(
    pool: str, distributor: str
) -> None:
    with pytest.raises(DocumentError, match="two addresses other than zero") as refusal:
        build(
            chain_id=1, pool=pool, distributor=distributor, epoch=1, history=month.history(),
            policy=policy_named("proportional", {}), inputs=month.inputs(), signer_cap_bps=0,
            signers={},
        )  # fmt: skip
    assert refusal.value.step == "place"


def test_build__an_address_that_is_none__is_refused() -> None:
    with pytest.raises(BadInput, match="is not 20 bytes of hex"):
        september(signers={"0x12": []})


def test_check__a_built_document__passes_every_step() -> None:
    assert check(september()) == (
        "place", "epoch", "weeks", "inputs", "weights", "people", "policy", "exclusions",
        "no leaf", "leaves", "total", "root", "signers", "changes",
        "differences",
    )  # fmt: skip


def test_period_label__a_month_or_its_first_and_last_day__names_the_weeks() -> None:
    weeks = weeks_of_month("2019-09")
    assert period_label(weeks) == "2019-09"
    assert period_label(weeks[1:]) == "2019-09-08/2019-09-28"
    eight = week_span(weeks[0].start_ms, weeks[0].start_ms + 8 * WEEK_MS)
    assert period_label(eight) == "2019-09-01/2019-10-26"


def test_no_leaf__is_everybody_whose_cred_rounds_to_nothing() -> None:
    people = {each.subject for each in month.history().people if each.cred == 0}
    assert set(september().no_leaf) == {NoLeaf(subject, UNDER_HALF) for subject in people}
