# SPDX-License-Identifier: AGPL-3.0-only
"""The service's ways of saying no, and what a token is shown to."""

from typing import Any

import pytest

from millpond.core.errors import (
    BadInput,
    BadSourceAnswer,
    MillpondError,
    RateLimited,
    SourceDown,
    SourceRefused,
)
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.refusals import (
    NotAccepted,
    NotAllowed,
    NotSignedIn,
    NotThere,
    SecondFactor,
    TooOften,
    Unknown,
)
from tests.sources.opencollective.site import TOKEN, vector
from tests.sources.server import CUT, Place, Reply, StoppedClock, as_json

ERRORS = vector("errors")
QUERY = "query Q($slug: String!) { account(slug: $slug) { slug } }"


def _no(code: str, message: str = "no") -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}}], "data": None}


@pytest.mark.parametrize(
    ("answer", "error", "step"),
    [
        (_no("Unauthorized"), NotSignedIn, "MILLPOND_OPENCOLLECTIVE_TOKEN"),
        (_no("InvalidToken"), NotSignedIn, "MILLPOND_OPENCOLLECTIVE_TOKEN"),
        (_no("Forbidden"), NotAllowed, "EXPENSE_AUTHOR_CANNOT_APPROVE"),
        (_no("RateLimitExceeded"), TooOften, "wait ten seconds"),
        (ERRORS["draft_rate_limit"], TooOften, "wait ten seconds"),
        (_no("ValidationFailed"), NotAccepted, "correct the payees"),
        (_no("BadRequest"), NotAccepted, "correct the payees"),
        (ERRORS["own_expense_only"], NotAccepted, "take `own` away"),
        (_no("NotFound"), NotThere, "the names"),
        (ERRORS["second_factor"], SecondFactor, "authorised beforehand"),
        (ERRORS["token_not_preauthorized"], SecondFactor, "authorised beforehand"),
        (_no("SomethingNew"), Unknown, "what the service says"),
        ({"errors": [{"message": "no code at all"}]}, Unknown, "what the service says"),
    ],
)
def test_order__refused__is_named_and_says_what_to_do(
    place: Place, service: Service, answer: Any, error: type[MillpondError], step: str
) -> None:
    place.faults.append(as_json(answer))
    with pytest.raises(error) as caught:
        service.order(QUERY, slug="alice")
    assert caught.type is error
    assert step in caught.value.next_step
    assert answer["errors"][0]["message"] in caught.value.message
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CUT, SourceDown),
        (Reply(500), SourceDown),
        (as_json(ERRORS["http_429"], 429, Retry_After="60"), RateLimited),
        (Reply(200, b'{"half'), BadSourceAnswer),
        (as_json({"data": None}), BadSourceAnswer),
        (as_json([1]), BadSourceAnswer),
        (as_json({"errors": [{"message": "syntax"}]}, 400), SourceRefused),
        (as_json({"error": "bad token"}, 401), SourceRefused),
        (Reply(302, b"", {"Location": "/elsewhere"}), SourceRefused),
    ],
)
def test_order__whatever_happens__is_sent_once(
    place: Place, service: Service, clock: StoppedClock, fault: Reply, error: type[MillpondError]
) -> None:
    place.faults.append(fault)
    with pytest.raises(error):
        service.order(QUERY, slug="alice")
    assert len(place.asked) == 1
    assert clock.waits == []


def test_ask__too_often_again_and_again__ends_by_name(place: Place, service: Service) -> None:
    place.faults.extend([as_json(_no("RateLimitExceeded"))] * 6)
    with pytest.raises(TooOften):
        service.ask(QUERY, slug="alice")
    assert len(place.asked) == 6


def test_ask__in_plain_http_to_another_machine__is_refused(clock: StoppedClock) -> None:
    with pytest.raises(BadInput, match="in clear text"):
        Service(clock.access(Personal_Token=TOKEN), "http://collective.example")


def test_token__is_a_header_of_its_own__and_in_no_error(place: Place, service: Service) -> None:
    assert service.ask(QUERY, slug="alice") == {"account": {"slug": "alice"}}
    assert place.asked[0].headers["Personal-Token"] == TOKEN
    assert TOKEN not in place.asked[0].body.decode()
    place.faults.append(as_json({"message": f"{TOKEN} is unknown"}, 401))
    with pytest.raises(SourceRefused) as caught:
        service.ask(QUERY, slug="alice")
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(vars(service))
