# SPDX-License-Identifier: AGPL-3.0-only
"""Errors as RFC 9457 problem documents: what is wrong, and what to do next.

The `type` of a problem is the address of its paragraph on the page /problems. It is made of the
name of the error's class, so every error of ours has one without being told.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from millpond.api.models.base import Model
from millpond.api.relay.refusals import (
    BadItem,
    BodyTooLarge,
    BudgetSpent,
    NoMoney,
    NoSuchItem,
    QueueFull,
    RelayError,
    RelayOff,
    TooManyItems,
    Withheld,
    WrongBody,
)
from millpond.core.errors import BadInput, MillpondError
from millpond.mirror.reads.health import NotReady, NotSound
from millpond.mirror.reads.refusals import (
    Absent,
    ClaimsClosed,
    NoStorageProof,
    NoSuchDistributor,
    NoSuchDocument,
    NoSuchEpoch,
    NoSuchLeaf,
    NoSuchPatron,
    NoSuchPool,
    NoSuchProposal,
    NotFinal,
    NothingFinal,
    NotYetMirrored,
    WrongDocument,
)
from millpond.mirror.store import MirrorError, NotMirrored

MEDIA_TYPE = "application/problem+json"
PAGE = "/problems"


class Problem(Model):
    """What went wrong, in the form of RFC 9457."""

    type: str
    """Where this kind of problem is explained."""
    title: str
    status: int
    detail: str
    next_step: str
    """What whoever asked can do about it."""


class BadQuery(BadInput):
    """The address or the query string cannot be understood."""


class NoSuchPage(Absent):
    """There is nothing at this address."""


class WrongMethod(BadInput):
    """This address can only be read."""


class NoCopies(Absent):
    """This server hands out no copies of its mirror."""


class TooBusy(MillpondError):
    """The server has more to do than it takes on at once."""


class TooMany(BadInput):
    """This address has asked more than its share."""


class InternalError(MillpondError):
    """A mistake of this program."""


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its name, its status, what it means."""

    slug: str
    status: int
    title: str


_STATUS: tuple[tuple[type[MillpondError], int], ...] = (
    (WrongMethod, 405),
    (BadQuery, 422),
    (Absent, 404),
    (NotFinal, 409),
    (ClaimsClosed, 409),
    (WrongDocument, 409),
    (NotYetMirrored, 409),
    (NothingFinal, 409),
    (Withheld, 409),
    (BodyTooLarge, 413),
    (WrongBody, 422),
    (BadItem, 422),
    (TooManyItems, 429),
    (TooMany, 429),
    (TooBusy, 429),
    (RelayError, 503),
    (MirrorError, 503),
    (MillpondError, 500),
)
KNOWN: tuple[type[MillpondError], ...] = (
    *(NoSuchPage, NoSuchPool, NoSuchProposal, NoSuchDistributor, NoSuchEpoch, NoSuchLeaf),
    *(NoSuchPatron, NoSuchDocument, NoStorageProof, NoCopies),
    *(NotFinal, ClaimsClosed, WrongDocument, NotYetMirrored, NothingFinal),
    *(BadQuery, WrongMethod, TooMany, TooBusy),
    *(NoSuchItem, Withheld, BodyTooLarge, WrongBody, BadItem, TooManyItems),
    *(RelayOff, QueueFull, NoMoney, BudgetSpent, RelayError),
    *(NotMirrored, NotReady, NotSound, MirrorError, InternalError),
)
"""All that replies are made of; the page explains each."""


def kind_of(error: type[MillpondError]) -> Kind:
    """By its class; a class that is not listed is what it derives from."""
    named = next((each for each in error.__mro__ if each in KNOWN), InternalError)
    status = next(status for base, status in _STATUS if issubclass(named, base))
    title = (named.__doc__ or "").splitlines()[0].removesuffix(".")
    return Kind(_slug(named.__name__), status, title)


def problem_of(error: MillpondError) -> Problem:
    """The document for an error."""
    kind = kind_of(type(error))
    return Problem(
        type=f"{PAGE}#{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=error.message,
        next_step=error.next_step,
    )


def as_json(problem: Problem) -> bytes:
    """Its bytes."""
    return json.dumps(problem.model_dump(), ensure_ascii=False).encode("utf-8")


def declared(*statuses: int, of_a_block: bool = True) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: these answers, and the errors that any route can have. A reply that has an ETag
    is of a block, which may not be there yet; unless told."""
    if HTTPStatus.NOT_MODIFIED in statuses and of_a_block:
        statuses = (*statuses, HTTPStatus.CONFLICT)
    return {status: _declared(status) for status in sorted({*statuses, 422, 429, 500, 503})}


def _declared(status: int) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    if status == HTTPStatus.NOT_MODIFIED:
        return {"description": f"{phrase}: the reply with this ETag still holds."}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": phrase, "content": {MEDIA_TYPE: {"schema": schema}}}


def _slug(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
