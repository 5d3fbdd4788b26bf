# SPDX-License-Identifier: AGPL-3.0-only
"""The application: routers, errors in words, headers. It asks no node and goes nowhere else; what
is handed in for the relay it writes down."""

from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Scope

from millpond import __version__
from millpond.api import metrics, pages
from millpond.api.limits import Limits
from millpond.api.metrics import Metrics
from millpond.api.middleware import Guard
from millpond.api.observing import ID_HEADER, Observed, Routed
from millpond.api.problems import (
    MEDIA_TYPE,
    BadQuery,
    InternalError,
    NoSuchPage,
    Problem,
    TooMany,
    WrongMethod,
    as_json,
    problem_of,
)
from millpond.api.query import no_parameter_twice
from millpond.api.relay import bodies
from millpond.api.relay import routes as relay_routes
from millpond.api.routes import (
    badges,
    belongings,
    books,
    contributors,
    copies,
    distributions,
    documents,
    erc4824,
    events,
    feeds,
    links,
    money,
    pools,
    proposals,
    seats,
    status,
    storage_proofs,
)
from millpond.api.services import Services
from millpond.core.errors import MillpondError
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.review import Why
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stores import Place

_ROOMS = (
    *(status, pools, seats, links, proposals, money, books, belongings),
    *(contributors, distributions, events, badges, feeds, erc4824, copies, documents),
    storage_proofs,
)
_FOR_PROGRAMS = ("/v1", "/health", "/ready", "/status", "/metrics", "/openapi.json")
_METHOD_NOT_ALLOWED = 405
_EVERYBODY = "*"
EXPOSED = (
    *("ETag", "Link", "Retry-After", "Content-Disposition", "Repr-Digest"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
    *("Millpond-Block-Number", "Millpond-Block-Hash", "Millpond-Finality", ID_HEADER),
)
"""Headers that a page elsewhere may read."""
_TOO_MANY = "more was asked from this address than it may ask at once"
_SLOWER = "wait as many seconds as Retry-After says; for many rows ask for a whole list (.jsonl)"
_OURS = "a mistake of this program stopped the answer"
_REPORT = "try again; if it happens again, report it with the time and this address"


class Application(FastAPI):
    """FastAPI, whose errors are ours."""

    def openapi(self) -> dict[str, Any]:
        """The description of all routes, with the form of every error."""
        if self.openapi_schema is None:
            made = super().openapi()
            made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
            made["components"]["schemas"] |= bodies.schemas()
            self.openapi_schema = made
        return self.openapi_schema


def create_app(database: Place, documents_folder: Path | None, why: Why | None = None) -> FastAPI:
    """Everything over one mirror and one shelf; `why` knows contributions."""
    return build(Services(Mirror(database), Shelf(documents_folder), why=why))


def build(services: Services) -> FastAPI:
    """The same with the services given."""
    app = Application(
        title="Millpond",
        version=__version__,
        description=__doc__,
        license_info={"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"},
        docs_url=None,  # Swagger UI and ReDoc are fetched from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(no_parameter_twice)],
    )
    app.state.services = services
    app.state.metrics = Metrics(services)
    for room in _ROOMS:
        app.include_router(room.router)
    app.include_router(relay_routes.router)
    app.include_router(metrics.router)
    app.include_router(pages.router)
    app.add_exception_handler(MillpondError, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Routed)
    if services.limits is not None:  # within CORS, so that a page elsewhere may read the refusal
        app.add_middleware(Limits, buckets=services.limits, refused=_too_many)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[_EVERYBODY],
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type", "If-None-Match", "Last-Event-ID"],
        expose_headers=EXPOSED,
    )
    app.add_middleware(Guard, failed=_failed)
    app.add_middleware(Observed, metrics=app.state.metrics)
    return app


def answer(request: Request, error: MillpondError) -> Response:
    """An error, as a page to a person and as a problem document to a program."""
    problem = problem_of(error)
    if request.url.path.startswith(_FOR_PROGRAMS):
        return Response(as_json(problem), status_code=problem.status, media_type=MEDIA_TYPE)
    return pages.problem_page(problem)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, MillpondError)  # noqa: S101  it is registered for these only
    return answer(request, error)


def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  as above
    first = error.errors()[0]
    where, *names = (str(part) for part in first["loc"])
    name = names[0][:40] if names else where
    if first["type"] == "extra_forbidden":
        refusal = BadQuery(
            f"there is no parameter {name!r} here", "leave it out, or check its name"
        )
    else:
        refusal = BadQuery(f"{name!r}: {first['msg']}", "see /openapi.json for what it may be")
    return answer(request, refusal)


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  as above
    if error.status_code == _METHOD_NOT_ALLOWED:
        found = answer(request, WrongMethod("this address can only be read", "ask with GET"))
        found.headers["Allow"] = "GET, HEAD"
        return found
    return answer(
        request, NoSuchPage("there is nothing at this address", "begin at /, or at /openapi.json")
    )


def _too_many(scope: Scope) -> ASGIApp:
    return answer(Request(scope), TooMany(_TOO_MANY, _SLOWER))


def _failed(scope: Scope) -> ASGIApp:
    return answer(Request(scope), InternalError(_OURS, _REPORT))
