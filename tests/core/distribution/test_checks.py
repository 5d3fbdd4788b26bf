# SPDX-License-Identifier: AGPL-3.0-only
"""What a document is compared with: the chain, its input files, the score file read again."""

from typing import Any

import pytest

from millpond.core.canonical import keccak256
from millpond.core.cred import CredHistory
from millpond.core.distribution import (
    STEPS,
    Posted,
    check,
    check_history,
    check_input,
    check_posted,
    read,
    unchecked,
)
from millpond.core.errors import DocumentError, VerifyError
from millpond.core.weeks import WEEK_MS, weeks_of_month
from tests.core import month
from tests.core.month import WEIGHTS, edit, good, posted, rich


def test_check__a_good_document__names_every_step_it_passed() -> None:
    assert check(rich()) == tuple(STEPS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chain_id", 1),
        ("distributor", "0x" + "33" * 20),
        ("epoch", 3),
        ("root", b"\x01" * 32),
        ("total_cred", 1),
        ("leaf_count", 40),
        ("data_hash", b"\x01" * 32),
    ],
)
def test_check_posted__a_chain_that_says_otherwise__is_refused_by_its_step(
    field: str, value: object
) -> None:
    expected: dict[str, Any] = {name: getattr(posted(), name) for name in Posted.__slots__}
    with pytest.raises(VerifyError, match="the chain has") as refusal:
        check_posted(rich(), keccak256(good()), Posted(**{**expected, field: value}))
    names = {"chain_id": "chain id", "total_cred": "total", "leaf_count": "leaf count"}
    assert refusal.value.step == f"posted {names.get(field, field.replace('_', ' '))}"


def test_check_input__the_named_files__are_told_from_others() -> None:
    check_input(rich(), "scores", month.score_bytes())
    check_input(rich(), "weights", WEIGHTS.encode())
    with pytest.raises(DocumentError, match="the scores file has another hash") as refusal:
        check_input(rich(), "scores", month.score_bytes() + b"\n")
    assert refusal.value.step == "input scores"
    for missing in ("identities", "nonsense"):
        with pytest.raises(DocumentError, match=f"the document names no {missing} file"):
            check_input(rich(), missing, b"")


def test_check_history__the_score_file_read_again__has_the_same_people() -> None:
    check_history(rich(), month.history())


def test_check_history__one_unit_of_one_week_less__is_refused_by_name() -> None:
    def less(document: Any) -> None:
        person = next(p for p in document["people"] if int(p["weekly"][0]) > 0)
        person["weekly"][0] = str(int(person["weekly"][0]) - 1)
        person["cred"] = str(int(person["cred"]) - 1)

    with pytest.raises(DocumentError, match="is not that of the score file") as refusal:
        check_history(read(edit(less)), month.history())
    assert refusal.value.step == "scores"


def test_check_history__a_person_missing_or_added__is_refused() -> None:
    with pytest.raises(DocumentError, match="the weekly cred of sourcecred:"):
        check_history(read(edit(lambda d: d["people"].pop())), month.history())
    fewer = CredHistory(month.history().weeks, month.history().people[1:])
    with pytest.raises(DocumentError, match="the weekly cred of sourcecred:"):
        check_history(rich(), fewer)


def test_check_history__other_weeks__are_refused() -> None:
    august = month.scores().history(weeks_of_month("2019-08"))
    with pytest.raises(DocumentError, match="the weeks are not those of the score file"):
        check_history(rich(), august)
    assert rich().weeks[0].start_ms - august.weeks[-1].start_ms == WEEK_MS


def test_unchecked__what_the_document_alone_cannot_prove__is_said() -> None:
    assert unchecked(rich()) == (
        "graph: needs the file (from our own instance)",
        "identities: not available (the CredSperiment did not publish it with the scores)",
        "scores: needs the file (sourcecred/cli/scores 0.2.0)",
    )
    assert "weights: not available" in unchecked(month.september())[-1]
