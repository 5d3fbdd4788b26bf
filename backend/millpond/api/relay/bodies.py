# SPDX-License-Identifier: AGPL-3.0-only
"""The shape of what is handed in, and how a request's body is read: so much of it and no more.

A ballot and a paper have the form of the files that `ape run pool ballot`, `invite` and
`accept-membership` write; a claim is the `call` that the API itself gives.
"""

from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.json_schema import models_json_schema

from millpond.api.models.base import Address, Hash
from millpond.api.models.distributions import ClaimCall
from millpond.api.relay.refusals import BodyTooLarge, WrongBody
from millpond.core.nesting import is_deeper

_MOST_BYTES = 131_072
_DEEPEST = 8
_REF = "#/components/schemas/{model}"
_T = TypeVar("_T", bound=BaseModel)

Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,78}$")]
"""A whole number in decimal digits."""
Signature = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-fA-F]{2}){1,16384}$")]
Name = Annotated[str, StringConstraints(min_length=3, max_length=42)]
"""Of a pool, or its address."""


class _Handed(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    def plain(self) -> dict[str, Any]:
        """As it lies in a file: names as there, without what is not given."""
        return self.model_dump(by_alias=True, exclude_none=True)


class SignedBallot(_Handed):
    """A ballot as `ape run pool ballot` writes it."""

    casts_before: Digits = Field(alias="castsBefore")
    deadline: Digits
    proposal_id: Digits = Field(alias="proposalId")
    reason_hash: Hash = Field(alias="reasonHash")
    signature: Signature
    """65 bytes, 64 (EIP-2098), or what the voter's wallet takes (ERC-1271, ERC-6492)."""
    support: Digits
    voter: Address
    by_wallet: bool | None = Field(default=None, alias="byWallet")
    """Whether the voter is a contract that judges the signature itself."""
    reason: Annotated[str, StringConstraints(max_length=4_096)] | None = None
    """The text behind `reasonHash`; kept, and served by that hash."""


class BallotBody(_Handed):
    """A signed ballot, for a pool."""

    pool: Name
    ballot: SignedBallot


class SignedPaper(_Handed):
    """An invitation or an acceptance as its file has it."""

    deadline: Digits
    signature: Signature
    signer: Address


class JoinBody(_Handed):
    """A candidate's acceptance with the invitations of enough members."""

    pool: Name
    acceptance: SignedPaper
    invitations: list[SignedPaper] = Field(min_length=1, max_length=16)


class ClaimBody(_Handed):
    """Somebody's pay, for a pool."""

    pool: Name
    claim: ClaimCall
    """`call` of a claim, as the API gives it."""


async def given(request: Request, form: type[_T]) -> _T:
    """The body of a request; `BodyTooLarge`, `WrongBody`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise BodyTooLarge(
                f"the body has more than {_MOST_BYTES} bytes", "hand in one thing at a time"
            )
    if is_deeper(bytes(body), _DEEPEST):
        raise WrongBody("the body is nested too deep", "see /openapi.json for its form")
    try:
        return form.model_validate_json(bytes(body))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part)[:40] for part in first["loc"]) or "the body"
        raise WrongBody(
            f"{where}: {first['msg'][:200]}", "see /openapi.json for its form"
        ) from None


def body_of(form: type[BaseModel]) -> dict[str, Any]:
    """For OpenAPI: what a route's requests hold."""
    schema = {"$ref": _REF.format(model=form.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def schemas() -> dict[str, Any]:
    """For OpenAPI: the forms that `body_of` points to."""
    forms = [(form, "validation") for form in (BallotBody, JoinBody, ClaimBody)]
    found: dict[str, Any] = models_json_schema(forms, ref_template=_REF)[1]["$defs"]  # type: ignore[arg-type]
    return found
