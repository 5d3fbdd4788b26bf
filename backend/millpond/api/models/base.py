# SPDX-License-Identifier: AGPL-3.0-only
"""What all replies share.

Amounts and all other numbers that may not fit a double are strings of decimal digits; times are
whole seconds since 1970; addresses have their EIP-55 spelling; hashes are lower-case 0x-hex.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

_T = TypeVar("_T")

Digits = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+$"), BeforeValidator(str)]
"""A whole number of any size in decimal digits."""
Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
Hex = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2})*$")]
Seconds = int
"""Since 1970-01-01 UTC."""


class Model(BaseModel):
    """Strict: a value of another type or a field too many is an error of ours, never a reply."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        from_attributes=True,
        use_attribute_docstrings=True,
    )


class AsOf(Model):
    """Of which block a reply is."""

    block_number: int
    """The block that the whole reply is of."""
    block_hash: Hash
    block_timestamp: Seconds
    finality: Literal["latest", "safe", "finalized"]
    """Of the newest event that the reply rests on: may still go, behind what the node calls safe,
    for ever."""


class Reply(AsOf, Generic[_T]):
    """One thing."""

    data: _T


class Page(AsOf, Generic[_T]):
    """A part of a list."""

    data: tuple[_T, ...]
    next: str | None
    """Pass it as `after` to go on; null at the end. Do not read anything into it."""


class Asset(Model):
    """ETH (the zero address) or a token, with what it says of itself; null: nothing."""

    address: Address
    symbol: str | None
    decimals: int | None


class Money(Model):
    """An amount with its asset."""

    amount: Digits
    """In the asset's smallest unit."""
    asset: Asset


class Placed(Model):
    """Where an event stands on the chain."""

    block_number: int
    log_index: int
