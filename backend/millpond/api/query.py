# SPDX-License-Identifier: AGPL-3.0-only
"""What may stand in an address: query strings without surprises, and keys of lists.

A parameter that a route does not know, or the same one twice, is refused: whoever mistypes a filter
must not get the unfiltered list.
"""

import re
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from millpond.api.models.proposals import State
from millpond.api.problems import BadQuery
from millpond.core.errors import BadInput
from millpond.core.subjects import Subject, check_subject, from_hex, of_address, to_hex
from millpond.mirror.reads.snapshot import Finality, Key, Range

MOST, USUAL = 1_000, 50
LONGEST_WAIT = 30
_KEY = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18}){0,3}")
_SUBJECT_KEY = re.compile(r"[0-9]{1,78}")
MOVE = r"^[0-9]{1,18}-[0-9a-f]{8}$"
"""The name of a move of the mirror (reads/stream.py)."""
_ADDRESS = 42


def _digits(value: object) -> object:
    """Only plain digits are a number here: not 1.0, +1 or 1e3."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("write it in digits")
    return value


PoolName = Annotated[
    str, Path(min_length=3, max_length=42, description="Name or address of a pool.")
]
ProposalId = Annotated[str, Path(pattern=r"^[0-9]{1,78}$", description="In decimal digits.")]
EpochNumber = Annotated[
    int, BeforeValidator(_digits), Path(ge=1, le=2**32 - 1, description="From 1.")
]
SubjectText = Annotated[
    str,
    Path(
        pattern=r"^0x([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$",
        description="An account, or a subject: the keccak256 of an identity.",
    ),
]
DocumentHash = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="keccak256.")]


FinalityWanted = Annotated[
    Finality,
    Query(
        description="As of which block: the newest, the newest that the node calls safe, or the"
        " newest that is final."
    ),
]
MinBlock = Annotated[
    int | None,
    BeforeValidator(_digits),
    Query(ge=0, le=2**53, description="The answer must be of this block or a later one."),
]
Block = Annotated[int | None, BeforeValidator(_digits), Field(ge=0, le=2**53)]
Wait = Annotated[
    int,
    BeforeValidator(_digits),
    Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for `min_block`."),
]


AddressText = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
DistributorWanted = Annotated[
    AddressText | None,
    Field(description="Address of the distributor that is meant; else the first. In a list: all."),
]


class NoQuery(BaseModel):
    """A route that takes no parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AsOfQuery(NoQuery):
    """As of which block. (`services.asked` takes them; here they are known.)"""

    finality: FinalityWanted = "latest"
    min_block: MinBlock = None
    wait: Wait = 0


class ListQuery(AsOfQuery):
    """Which part of a list."""

    after: str | None = Field(
        default=None, max_length=80, description="`next` of the page before; opaque."
    )
    limit: Annotated[int | None, BeforeValidator(_digits)] = Field(
        default=None,
        ge=1,
        le=MOST,
        description="How many at most: 50 unless told; of a .csv or .jsonl, all.",
    )
    order: Literal["oldest", "newest"] = Field(
        default="oldest", description="Which end the list begins at."
    )

    @property
    def part(self) -> Range:
        """For the mirror."""
        return Range(self.limit or USUAL, self.key, self.order == "newest")

    @property
    def key(self) -> Key | None:
        """Behind which row."""
        return _key(self.after)


class MembersQuery(ListQuery):
    """Seats."""

    standing: Literal["member", "former"] | None = Field(
        default=None, description="Only members, or only former ones."
    )


class ProposalsQuery(ListQuery):
    """Proposals."""

    state: State | None = Field(default=None, description="Only those in this state.")


class EpochQuery(AsOfQuery):
    """Something of an epoch."""

    distributor: DistributorWanted = None


class EpochListQuery(ListQuery):
    """A list of epochs, or of something of one."""

    distributor: DistributorWanted = None


class GiftsQuery(ListQuery):
    """Gifts, and who gave them."""

    earmark: Annotated[int | None, BeforeValidator(_digits)] = Field(
        default=None, ge=0, le=2**32 - 1, description="Only those to this earmark."
    )


class LedgerQuery(GiftsQuery):
    """Lines of the books."""

    asset: AddressText | None = Field(
        default=None, description="Only those in this asset; the zero address is ETH."
    )


class LinksQuery(ListQuery):
    """Links."""

    identity: Annotated[str | None, Field(pattern=r"^0x[0-9a-fA-F]{64}$")] = Field(
        default=None, description="Only those of this identity, by its hash."
    )
    account: AddressText | None = Field(default=None, description="Only those to this account.")


class SubjectsQuery(ListQuery):
    """A list by subject."""

    @property
    def key(self) -> Key | None:
        """The subject as a number."""
        return _key(self.after, _SUBJECT_KEY)


class OfPoolQuery(NoQuery):
    """Events."""

    pool: Annotated[str | None, Field(min_length=3, max_length=42)] = Field(
        default=None, description="Only those of the contracts of this pool, by name or address."
    )
    contract: AddressText | None = Field(
        default=None, description="Only those of the contract at this address."
    )
    event: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9]{1,64}$")] = Field(
        default=None, description="Only those of this name, such as Given."
    )


class EventsQuery(ListQuery, OfPoolQuery):
    """Events, from block to block."""

    from_block: Block = Field(default=None, description="Not before this block.")
    to_block: Block = Field(default=None, description="Not behind this block.")


class StreamQuery(OfPoolQuery):
    """Events as they come."""

    last_event_id: Annotated[str | None, Field(pattern=MOVE)] = Field(
        default=None, description="Where to go on, for who cannot set the header Last-Event-ID."
    )
    seconds: Annotated[int | None, BeforeValidator(_digits)] = Field(
        default=None, ge=1, le=86_400, description="End after so long; unless told, never."
    )


class StorageProofQuery(AsOfQuery):
    """What a contract keeps."""

    pool: Annotated[str, Field(min_length=3, max_length=42)] = Field(
        description="Name or address of a pool."
    )
    of: Literal["epoch", "review", "earmark", "proposal", "members"] = Field(
        description="The hash of a final `epoch`, the `review` under way, the books of an `earmark`"
        " in one asset, a `proposal` with its ballots, how many `members` there are."
    )
    epoch: Annotated[int | None, BeforeValidator(_digits)] = Field(
        default=None, ge=1, le=2**32 - 1, description="Which epoch."
    )
    earmark: Annotated[int | None, BeforeValidator(_digits)] = Field(
        default=None, ge=0, le=2**32 - 1, description="Which earmark; 0 is the general fund."
    )
    asset: AddressText | None = Field(
        default=None, description="In which asset; the zero address is ETH."
    )
    proposal: Annotated[str | None, Field(pattern=r"^[0-9]{1,78}$")] = Field(
        default=None, description="Which proposal, by its id in decimal digits."
    )
    distributor: DistributorWanted = None


Nothing = Annotated[NoQuery, Query()]
AsOf = Annotated[AsOfQuery, Query()]
List = Annotated[ListQuery, Query()]
Members = Annotated[MembersQuery, Query()]
Proposals = Annotated[ProposalsQuery, Query()]
Epoch = Annotated[EpochQuery, Query()]
EpochList = Annotated[EpochListQuery, Query()]
Gifts = Annotated[GiftsQuery, Query()]
Ledger = Annotated[LedgerQuery, Query()]
Links = Annotated[LinksQuery, Query()]
Subjects = Annotated[SubjectsQuery, Query()]
Events = Annotated[EventsQuery, Query()]
Stream = Annotated[StreamQuery, Query()]
OfStorage = Annotated[StorageProofQuery, Query()]


def no_parameter_twice(request: Request) -> None:
    """For every route: which of two values would count?"""
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if names.count(name) > 1:
            raise BadQuery(f"the parameter {name[:40]!r} stands there twice", "give it once")


def written(key: Key | None) -> str | None:
    """A key of a list as readers pass it back."""
    return None if key is None else ".".join(map(str, key))


def subject_of(text: str) -> Subject:
    """The subject that an account or a hash stands for; `BadQuery` if none."""
    try:
        if len(text) == _ADDRESS:
            return of_address(text.lower())
        return check_subject(from_hex(text, 32))
    except BadInput as error:
        raise BadQuery(error.message, error.next_step) from None


def subject_text(text: str) -> str:
    """The same as 0x-hex."""
    return to_hex(subject_of(text))


def _key(text: str | None, form: re.Pattern[str] = _KEY) -> Key | None:
    if text is None:
        return None
    if form.fullmatch(text) is None:
        raise BadQuery(
            "`after` is no key of a list", "pass `next` of the page before, or leave it out"
        )
    return tuple(int(part) for part in text.split("."))
