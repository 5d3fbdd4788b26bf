# SPDX-License-Identifier: AGPL-3.0-only
"""The only place that reads the environment. Options of a command line come before it.

Every variable is MILLPOND_ and the name in capitals: MILLPOND_RPC, MILLPOND_KEYSTORE, ... The
database may also be named by DATABASE_URL, as hosts do.
Passwords are never variables: one is asked for, or lies in a file whose path is given. The tokens
by which sources are read are, as their owners hand them out; they are shown and stored nowhere.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from millpond.core.errors import ParameterError


class Settings(BaseSettings):
    """What a run may be told by its environment, and what holds without it."""

    model_config = SettingsConfigDict(env_prefix="MILLPOND_", frozen=True, extra="ignore")

    rpc: str | None = Field(
        default=None, repr=False, description="address of a node; it may hold a key"
    )
    more_rpc: str = Field(
        default="",
        repr=False,
        description="addresses of further nodes for the mirror, with blanks between them",
    )
    keystore: Path | None = Field(default=None, description="keyfile of the account that signs")
    password_file: Path | None = Field(default=None, description="file with the keyfile's password")
    relay_keystore: Path | None = Field(
        default=None, description="keyfile of the relay's account, which only pays for gas"
    )
    relay_password_file: Path | None = Field(
        default=None, description="file with the password of the relay's keyfile"
    )
    relay_daily: str = Field(
        default="0.05", description="the most that the relay spends in a day, in ETH"
    )
    deployments: Path = Field(
        default=Path("deployments"), description="folder of the records of deployments"
    )
    database: str = Field(
        default="mirror.db",
        validation_alias=AliasChoices("MILLPOND_DATABASE", "DATABASE_URL"),
        repr=False,
        description="the mirror's file, or postgresql://..., which may hold a password",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="form of the log of what goes on for ever"
    )
    sources: Path = Field(default=Path(), description="checkout with contracts/, for `verify code`")
    github_token: SecretStr | None = Field(
        default=None, description="token that may read the repositories; GitHub asks for one"
    )
    discourse_key: SecretStr | None = Field(
        default=None, description="API key of a forum that shows nothing without one"
    )
    discourse_user: str | None = Field(default=None, description="user of the forum's API key")
    opencollective_token: SecretStr | None = Field(
        default=None, description="personal token of an admin of a collective, to draft payments"
    )
    rpc_tries: int = Field(default=4, ge=1, le=20, description="how often a read is tried")
    rpc_timeout: int = Field(default=30, ge=1, le=600, description="seconds one try may last")
    receipt_timeout: int = Field(
        default=180, ge=1, le=86_400, description="seconds to wait until a transaction is mined"
    )
    max_fee_gwei: int = Field(
        default=200, ge=1, le=100_000, description="highest price to pay for gas"
    )
    log_blocks: int = Field(
        default=10_000, ge=1, le=100_000_000, description="blocks in one question for logs"
    )


def load() -> Settings:
    """The settings of this process; `ParameterError` names a variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "MILLPOND_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ParameterError(
            f"the environment variable {name} cannot be used: {first['msg']}",
            f"set {name} to a value that fits, or unset it",
        ) from None


def environment() -> dict[str, str]:
    """This process's environment, for another process of the same program."""
    return dict(os.environ)


def tell_children(name: str, value: str) -> None:
    """What programs of ours that are started from now on find in their environment."""
    os.environ[f"MILLPOND_{name.upper()}"] = value


def environment_of_a_child(rpc: str, database: str | None = None) -> dict[str, str]:
    """This process's environment, for a program of ours that is to ask the node at `rpc` (and to
    use that database): such an address may hold a secret, and arguments are for all to read."""
    more = {} if database is None else {"MILLPOND_DATABASE": database}
    return {**os.environ, "MILLPOND_RPC": rpc, **more}
