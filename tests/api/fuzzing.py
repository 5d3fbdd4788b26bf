# SPDX-License-Identifier: AGPL-3.0-only
"""Questions made up from the description of the API, right and wrong, to each route that reads.

Half of them have real names of pools, proposals, subjects in their addresses, so that they get
beyond the first refusal. No reply may be a failure of the server, and each must be of a status, a
media type and a form that the description has.
"""

from collections import Counter
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.site import Site

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What has no end; what answers 503 by design, having nobody who keeps a mirror or a relay here.
LEFT_OUT = ("/v1/events/stream", "/ready", "/v1/relay", "/v1/proofs/storage")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def campaign(site: Site, cases: int, seed: int) -> Counter[int]:
    """So many questions, evenly over all routes; how many replies had which status."""
    described = site.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    operations = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result
        if not result.ok().path.startswith(LEFT_OUT):
            operations.append(result.ok())
    real, statuses = site.places(), Counter[int]()
    with requests.Session() as session:
        for number, operation in enumerate(operations):
            asked = _Asked(site, session, statuses)
            asked.ask(operation, real, max(4, cases // len(operations)), seed + number)
    return statuses


class _Asked:
    """One route's questions."""

    def __init__(self, site: Site, session: requests.Session, statuses: Counter[int]) -> None:
        self._base = str(site.http.base_url).rstrip("/")
        self._session, self._statuses = session, statuses

    def ask(
        self,
        operation: APIOperation[Any, Any, Any, Any],
        real: dict[str, str],
        count: int,
        seed: int,
    ) -> None:
        names = {each.name for each in operation.path_parameters}
        known: dict[str, Any] = {name: real[name] for name in names}
        made = [operation.as_strategy(mode) for mode in MODES]
        made += [operation.as_strategy(mode, path_parameters=known) for mode in MODES]

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=count,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(case=st.one_of(made))
        def each(case: Case[Any]) -> None:
            self._one(case)

        each()

    def _one(self, case: Case[Any]) -> None:
        if case.query.get("wait"):
            case.query["min_block"] = 0  # asked, but not waited for: that has tests of its own
        reply = case.call(base_url=self._base, session=self._session)
        self._statuses[reply.status_code] += 1
        case.validate_response(reply, checks=CHECKS)
