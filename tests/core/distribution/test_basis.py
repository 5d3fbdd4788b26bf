# SPDX-License-Identifier: AGPL-3.0-only
"""What a policy looks at besides the epoch's cred stands in the document, no more and no less."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from millpond.core.canonical import encode
from millpond.core.cred import CredHistory
from millpond.core.distribution import (
    Distribution,
    Exclusion,
    Past,
    Previous,
    build,
    check_computed,
    check_history,
    explain,
    payouts,
    read,
    to_json,
    unchecked,
    verify,
)
from millpond.core.errors import DocumentError
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_address
from millpond.core.units import Amount, MicroCred, share_bps
from millpond.core.weeks import weeks_of_month
from tests.core import month
from tests.core.month import BEGIN, MAINTAINERS, who

HASH = b"\x0e" * 32


@cache
def august() -> CredHistory:
    return month.scores().history(weeks_of_month("2019-08"))


def paid(**names: int) -> tuple[tuple[Subject, Amount], ...]:
    return tuple(sorted((who(name), Amount(sum_)) for name, sum_ in names.items()))


def made(policy: str, parameters: dict[str, str], **more: Any) -> Distribution:
    return build(
        **{
            "chain_id": 1,
            "pool": month.POOL,
            "distributor": month.DISTRIBUTOR,
            "epoch": 2,
            "previous": Previous(1, HASH, BEGIN),
            "history": month.history(),
            "policy": policy_named(policy, parameters),
            "inputs": month.inputs(),
            "signer_cap_bps": 1_000,
            "signers": {},
            **more,
        }
    )


def balanced(**more: Any) -> Distribution:
    given = {
        "earlier": august(),
        "past": Past((HASH,), paid(decentralion=900_000_000, s_ben=1)),
        "budget": 2_000_000_000,
    }
    return made("balanced", {}, **{**given, **more})


DOCUMENTS: dict[str, Callable[[], Distribution]] = {
    "balanced": balanced,
    "recent": lambda: made("recent", {"discount": "0.16"}, earlier=august()),
    "immediate": lambda: made("immediate", {"weeks": "6"}, earlier=august()),
    "time-weight": lambda: made("time-weight", {}, earlier=august()),
    "equal": lambda: made("equal", {}),
    "special": lambda: made(
        "special", {"memo": "the server", "recipient": "0x" + who("s_ben").hex()}
    ),
    "fixed-portion": lambda: made(
        "fixed-portion",
        {"of": "recent", "discount": "0.5"},
        earlier=august(),
        signers={MAINTAINERS[0]: [who("decentralion")], MAINTAINERS[1]: []},
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_verify__a_document_by_each_policy__comes_back_and_is_recomputed(name: str) -> None:
    document = DOCUMENTS[name]()
    assert verify(to_json(document)) == document
    assert document.leaf_count > 0


def test_balanced__what_was_paid__is_missing_from_the_score() -> None:
    some, all_ = balanced(), balanced(past=Past((HASH,), ()))
    assert dict(some.leaves)[who("decentralion")] < dict(all_.leaves)[who("decentralion")]
    # Nobody was paid before: the scores share the budget but for what floors take.
    assert 2_000_000_000 - len(all_.leaves) < all_.total <= 2_000_000_000
    assert any("past payments" in each for each in unchecked(some))


def test_fixed_portion__each_pot__pays_both_maintainers_exactly_the_cap() -> None:
    document = DOCUMENTS["fixed-portion"]()
    for pot in (0, 1, 9_999, 2_000_000_000, 10**24 + 7):
        rows = {row.subject: row for row in payouts(document, pot, 0, 0).rows}
        for account in MAINTAINERS[:2]:
            assert rows[of_address(account)].amount == share_bps(pot, 1_000)
        assert who("decentralion") not in rows
    # Somebody struck out later: still exactly the cap.
    struck = next(subject for subject, _ in document.leaves if subject[:12] != bytes(12))
    rows = {row.subject: row for row in payouts(document, 10**9, 0, 0, [struck]).rows}
    assert rows[of_address(MAINTAINERS[1])].amount == 10**8
    explained = explain(document, of_address(MAINTAINERS[1]), 10**9, 0, 0)
    assert explained.steps[0].result == 0
    assert explained.status == "paid"


def test_fixed_portion__an_exclusion__is_out_of_the_total() -> None:
    document = made(
        "fixed-portion",
        {"of": "proportional"},
        signers={MAINTAINERS[0]: []},
        exclusions=[Exclusion(who("s_ben"), "asked to")],
    )
    portion = dict(document.leaves)[of_address(MAINTAINERS[0])]
    assert portion * 10_000 >= 1_000 * document.total
    assert (portion - 1) * 10_000 < 1_000 * (document.total - 1)


def test_signers__several_subjects__are_capped_together_the_account_among_them() -> None:
    # decentralion and s_ben are hers, and so is the leaf of her account: the cap is on the sum.
    document = made(
        "fixed-portion",
        {"of": "proportional"},
        signers={MAINTAINERS[0]: [who("decentralion")], MAINTAINERS[1]: []},
    )
    first = next(each for each in document.signers if each.account.lower() == MAINTAINERS[0])
    assert first.cred == dict(document.leaves)[of_address(MAINTAINERS[0])]
    assert first.would_take == first.cred - document.total * 1_000 // 10_000
    two = made("proportional", {}, signers={MAINTAINERS[0]: [who("decentralion"), who("s_ben")]})
    leaves, (signer,) = dict(two.leaves), two.signers
    own = leaves[who("decentralion")] + leaves[who("s_ben")]
    assert (signer.cred, signer.would_take) == (own, own - two.total * 1_000 // 10_000)
    result = payouts(two, month.POT, 0, 0)
    hers = [row for row in result.rows if row.subject in signer.subjects]
    assert sum(row.amount for row in hers) == share_bps(month.POT, 1_000)


def test_build__one_maintainers_account_as_anothers_subject__is_refused() -> None:
    with pytest.raises(DocumentError, match="one subject belongs to two signers"):
        made(
            "proportional",
            {},
            signers={MAINTAINERS[0]: [], MAINTAINERS[1]: [of_address(MAINTAINERS[0])]},
        )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"earlier": month.history}, "do not lead to the epoch"),
        ({"past": lambda: None}, "the balanced policy needs"),
        ({"past": lambda: Past((), ())}, "not those of all distributions before"),
        ({"past": lambda: Past((HASH, HASH), ())}, "not those of all distributions before"),
        ({"past": lambda: Past((b"\x01" * 32,), ())}, "not those of all distributions before"),
        ({"past": lambda: Past((HASH,), paid(s_ben=0))}, "unsorted, twice for one subject, or z"),
        ({"past": lambda: Past((HASH,), 2 * paid(s_ben=1))}, "unsorted, twice for one subject"),
        ({"past": lambda: Past((HASH,), paid(s_ben=1, Beanow=1)[::-1])}, "unsorted, twice"),
    ],
)
def test_build__a_basis_that_cannot_be__is_refused(
    change: dict[str, Callable[[], object]], says: str
) -> None:
    with pytest.raises(Exception, match=says):
        balanced(**{name: make() for name, make in change.items()})


def test_build__what_the_policy_does_not_look_at__is_refused() -> None:
    for more in ({"earlier": august()}, {"budget": 1}, {"past": Past((HASH,), ())}):
        with pytest.raises(DocumentError, match=r"does not look at|takes no past") as refusal:
            made("proportional", {}, **more)
        assert refusal.value.step == "policy"


@pytest.mark.parametrize(
    ("path", "value", "step"),
    [
        (("budget",), "2000000001", "leaves"),
        (("past", "received", 0, "amount"), "5", "leaves"),
        (("past", "documents", 0), "0x" + "11" * 32, "policy"),
        (("earlier", "people", 0, "cred"), "1", "cred"),
        (("earlier", "end_ms"), "1567296000001", "form of earlier"),
        (("earlier", "people", 0, "identity"), "x:y", "people"),
        (("policy", "name"), "recent", "policy"),
    ],
)
def test_verify__one_figure_of_the_basis_changed__is_refused_by_its_step(
    path: tuple[str | int, ...], value: str, step: str
) -> None:
    document: Any = json.loads(to_json(balanced()))
    at = document
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    with pytest.raises(DocumentError) as refusal:
        verify(encode(document))
    assert refusal.value.step == step


def test_check_history__a_document_that_looks_back__is_compared_over_all_its_weeks() -> None:
    document = balanced()
    both = month.scores().history(document.all_weeks)
    assert len(both.weeks) == len(august().weeks) + len(month.history().weeks)
    check_history(document, both)
    check_computed(document, both)
    with pytest.raises(DocumentError, match="the weeks are not those of the score file"):
        check_history(document, month.history())
    first = document.earlier.people[0] if document.earlier else None
    assert first is not None
    more = replace(first, weekly=(MicroCred(first.weekly[0] + 2), *first.weekly[1:]))
    other = balanced(earlier=CredHistory(august().weeks, (more, *august().people[1:])))
    with pytest.raises(DocumentError, match="is not that of the score file"):
        check_history(other, both)
    with pytest.raises(DocumentError, match="in a week for which the instance gives"):
        check_computed(other, both)


def test_read__a_document_of_another_version__is_refused_by_its_version() -> None:
    old: Any = json.loads(to_json(month.september()))
    del old["earlier"], old["past"], old["budget"]
    old["version"] = "1"
    with pytest.raises(DocumentError, match="version is '1': this program reads version 2"):
        read(encode(old))
