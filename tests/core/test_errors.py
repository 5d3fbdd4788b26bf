# SPDX-License-Identifier: AGPL-3.0-only
"""Every error says what is wrong and what to do next."""

import pytest

from millpond.core import errors
from millpond.core.errors import (
    BadInput,
    ChainError,
    DocumentError,
    MillpondError,
    NodeDown,
    Reverted,
    ScoreFileError,
    VerifyError,
)

ALL = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, MillpondError)
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_millpond_error__every_class__shows_message_and_next_step(
    kind: type[MillpondError],
) -> None:
    error = kind("the pond is dry", "wait for rain")
    assert "the pond is dry\nNext: wait for rain" in str(error)
    assert (error.message, error.next_step) == ("the pond is dry", "wait for rain")
    assert error.name == kind.__name__
    assert kind.__doc__


@pytest.mark.parametrize(("message", "next_step"), [("", "wait"), ("dry", ""), (" ", "wait")])
def test_millpond_error__message_or_next_step_missing__is_a_mistake_in_the_code(
    message: str, next_step: str
) -> None:
    with pytest.raises(ValueError, match="an error needs a message and a next step"):
        MillpondError(message, next_step)


def test_document_error__with_a_step__names_it_first() -> None:
    error = VerifyError("the root differs", "fetch it again", "posted root")
    assert str(error) == "[posted root] the root differs\nNext: fetch it again"
    assert error.step == "posted root"


def test_reverted__with_a_reason__keeps_it() -> None:
    assert Reverted("refused", "read why", "pool: no gift").reason == "pool: no gift"


def test_tree__rooms__are_caught_by_their_parents() -> None:
    assert issubclass(ScoreFileError, BadInput)
    assert issubclass(NodeDown, ChainError)
    assert issubclass(VerifyError, DocumentError)
