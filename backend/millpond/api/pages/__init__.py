# SPDX-License-Identifier: AGPL-3.0-only
"""The pages, rendered on the server: complete without a script, nothing fetched from elsewhere."""

from fastapi import APIRouter, Response

from millpond.api.problems import Problem, as_json

router = APIRouter()


def problem_page(problem: Problem) -> Response:
    return Response(as_json(problem), status_code=problem.status)
