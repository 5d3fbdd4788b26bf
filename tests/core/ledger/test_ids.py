# SPDX-License-Identifier: AGPL-3.0-only
"""What SourceCred takes for an id or a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.ledger.ids import is_id, is_name, made_id

CLEAN = "jXFztvTBzs2D5G9bGQTPCA"


def test_is_id__one_of_sourcecreds__is_one() -> None:
    assert is_id(CLEAN)


@pytest.mark.parametrize(
    "text",
    [
        *("", CLEAN[1:], CLEAN + "A", CLEAN[:-1] + "B", CLEAN + "\n"),
        *(f"{letter}{CLEAN[1:]}" for letter in "+/-_= ä"),
        *(f"{pair}{CLEAN[2:]}" for pair in ("cs", "SF", "Ut", "ii", "hH")),
    ],
)
def test_is_id__a_text_of_another_length_or_with_what_they_leave_out__is_none(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize("name", ["a", "Ann-Lee", "-", "9" * 42])
def test_is_name__letters_digits_and_hyphens__may_be_one(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "x" * 43, "a b", "a_b", "ann\n", "zoë", "a.b"])
def test_is_name__anything_else__may_not(name: str) -> None:
    assert not is_name(name)


@given(st.binary())
def test_made_id__any_seed__gives_an_id_and_always_the_same(seed: bytes) -> None:
    assert is_id(made_id(seed))
    assert made_id(seed) == made_id(seed)


def test_made_id__many_seeds__give_no_id_twice() -> None:
    assert len({made_id(bytes([one, two])) for one in range(64) for two in range(64)}) == 4096
