# SPDX-License-Identifier: AGPL-3.0-only
"""A list is three routes of one function: in pages, and whole as .csv and as .jsonl."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Response

from millpond.api.exports import FORMS, Form
from millpond.api.models.base import Page
from millpond.api.problems import declared

_F = TypeVar("_F", bound=Callable[..., Response])


def lists(
    router: APIRouter, path: str, operation_id: str, model: type[Page[Any]], *statuses: int
) -> Callable[[_F], _F]:
    """Add the three routes of a list. Its function answers with `Asked.page`."""

    def add(function: _F) -> _F:
        errors = declared(304, *statuses)
        router.add_api_route(
            path, function, operation_id=operation_id, response_model=model, responses=errors
        )
        for form in FORMS:
            router.add_api_route(
                path + form.suffix,
                function,
                operation_id=f"{operation_id}_as_{form.suffix[1:]}",
                summary=f"{form.of} {operation_id.replace('_', ' ').capitalize()}.",
                response_class=Response,
                responses={200: file(form), **errors},
            )
        return function

    return add


def file(form: Form) -> dict[str, Any]:
    """The declaration of a file of this form."""
    schema = {"type": "string"}
    return {"description": form.of, "content": {form.media_type: {"schema": schema}}}
