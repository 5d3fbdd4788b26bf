# SPDX-License-Identifier: AGPL-3.0-only
"""Records of what was deployed, one canonical JSON file a chain: `<folder>/<chain id>.json`.

A record is only ever added to: writing the same entry again changes nothing, writing another entry
under a taken name is refused. Files are replaced whole, so a run that is killed leaves the old one.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Client
from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput, CanonicalError, DeploymentError, WrongChain
from millpond.core.subjects import address_bytes, checksum_address, to_hex

SCHEMA = "millpond-deployments/1"

Hash = Annotated[str, StringConstraints(pattern="^0x[0-9a-f]{64}$")]
Hex = Annotated[str, StringConstraints(pattern="^0x([0-9a-f]{2})*$")]


def _account(text: object) -> Address:
    """An address as records write it; a `ValueError` for pydantic when it is none."""
    try:
        return Address(checksum_address(address_bytes(str(text))))
    except BadInput as error:
        raise ValueError(error.message) from None


Account = Annotated[Address, BeforeValidator(_account)]
Number = Annotated[int, Field(ge=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T", bound=_Entry)


class Deployed(_Entry):
    """One contract that was deployed by a transaction of its own."""

    contract: str
    """The name of its source, such as "Hub" for contracts/Hub.vy."""
    address: Account
    args: Hex
    """The ABI-encoded constructor arguments, appended to the init code."""
    code_hash: Hash
    compiler: str
    source_commit: str
    """The commit of the sources, with "-dirty" where files had been changed."""
    block_number: Number
    transaction_hash: Hash


class DeployedPool(_Entry):
    """One pool: the clones that the Hub made in one transaction, by part."""

    hub: Account
    parts: dict[str, Account]
    """Part (the name of its source) -> address: Pool, Governor, Admission, ..."""
    block_number: Number
    transaction_hash: Hash


class Record(_Entry):
    """All that was deployed on one chain, by name."""

    schema_: str = Field(default=SCHEMA, alias="schema", pattern=f"^{SCHEMA}$")
    chain_id: Number
    genesis_hash: Hash
    contracts: dict[str, Deployed] = {}
    pools: dict[str, DeployedPool] = {}

    def with_contract(self, name: str, entry: Deployed) -> Self:
        """This record and one more contract."""
        added = {"contracts": self.contracts | {name: _agree(name, self.contracts, entry)}}
        return self.model_copy(update=added)

    def with_pool(self, name: str, entry: DeployedPool) -> Self:
        """This record and one more pool."""
        return self.model_copy(
            update={"pools": self.pools | {name: _agree(name, self.pools, entry)}}
        )

    def contract(self, name: str) -> Deployed:
        """A contract by name; `DeploymentError` when it was not deployed."""
        return _named(name, self.contracts, "contract")

    def pool(self, name: str) -> DeployedPool:
        """A pool by name; `DeploymentError` when it was not made."""
        return _named(name, self.pools, "pool")


def path_of(folder: Path, chain_id: int) -> Path:
    """Where the record of a chain lies."""
    return folder / f"{chain_id}.json"


def load(folder: Path, chain_id: int) -> Record:
    """The record of a chain as it was written; `DeploymentError` when there is none."""
    path = path_of(folder, chain_id)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DeploymentError(
            f"there is no record of deployments on chain {chain_id} at {path} "
            f"({type(error).__name__})",
            "deploy first, or give the folder of the records with --deployments",
        ) from None
    return _read(data, path, chain_id)


def open_or_new(folder: Path, client: Client) -> Record:
    """The record of the client's chain, or an empty one; `WrongChain` if its history is another."""
    genesis = to_hex(client.genesis_hash())
    if not path_of(folder, client.chain_id).exists():
        return Record(chain_id=client.chain_id, genesis_hash=genesis)
    return load_for(folder, client)


def load_for(folder: Path, client: Client) -> Record:
    """The record of the client's chain; `WrongChain` if its history is another."""
    record = load(folder, client.chain_id)
    require_same_chain(record, client, folder)
    return record


def require_same_chain(record: Record, client: Client, folder: Path) -> None:
    """`WrongChain` unless the record is of the very chain that the node serves."""
    if record.genesis_hash != to_hex(client.genesis_hash()):
        raise WrongChain(
            f"the record {path_of(folder, record.chain_id)} was made on another chain with the "
            f"number {record.chain_id} than the one the node serves (their first blocks differ)",
            "if a dev chain was started anew, remove its old record and the journal beside it; "
            "else name the folder of the right one with --deployments, or another node",
        )


def save(folder: Path, record: Record) -> Path:
    """Write a record, whole or not at all; an entry on disk that it lacks or changes is refused."""
    path = path_of(folder, record.chain_id)
    if path.exists():
        _require_grown(load(folder, record.chain_id), record)
    folder.mkdir(parents=True, exist_ok=True)
    data = canonical.encode(record.model_dump(mode="json", by_alias=True)) + b"\n"
    with NamedTemporaryFile(dir=folder, prefix=path.name, suffix=".new", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return path


def deployed(
    client: Client, contract: str, receipt: Receipt, args: bytes, compiler: str, root: Path
) -> Deployed:
    """The entry for a contract that was just deployed from the sources under `root`."""
    if receipt.contract_address is None:
        raise DeploymentError(
            f"transaction {to_hex(receipt.transaction_hash)} made no contract",
            "record the receipt of the deployment itself",
        )
    return Deployed(
        contract=contract,
        address=receipt.contract_address,
        args=to_hex(args),
        code_hash=to_hex(keccak256(client.code(receipt.contract_address))),
        compiler=compiler,
        source_commit=source_commit(root),
        block_number=receipt.block_number,
        transaction_hash=to_hex(receipt.transaction_hash),
    )


def source_commit(root: Path) -> str:
    """The commit of a checkout, with "-dirty" where contracts were changed, or "unknown"."""
    commit = _git(root, "rev-parse", "HEAD")
    if not commit:
        return "unknown"
    return f"{commit}-dirty" if _git(root, "status", "--porcelain", "--", "contracts") else commit


def _git(root: Path, *args: str) -> str:
    try:
        run = subprocess.run(  # noqa: S603  a fixed program, no shell
            ["git", "-C", str(root), *args],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def _read(data: bytes, path: Path, chain_id: int) -> Record:
    try:
        record = Record.model_validate(canonical.decode(data.removesuffix(b"\n")))
    except (CanonicalError, ValidationError) as error:
        count = error.error_count() if isinstance(error, ValidationError) else 1
        what = str(error).splitlines()[0] if count == 1 else f"{count} fields do not fit"
        raise DeploymentError(
            f"the record {path} cannot be used: {what}",
            "restore the file from version control; records are not edited by hand",
        ) from None
    if record.chain_id != chain_id:
        raise WrongChain(
            f"the record {path} is of chain {record.chain_id}", f"name it {record.chain_id}.json"
        )
    return record


def _require_grown(before: Record, after: Record) -> None:
    if before.genesis_hash != after.genesis_hash:
        raise WrongChain(
            f"the record on disk is of another chain {before.chain_id}",
            "if a dev chain was started anew, remove its old record and journal first",
        )
    for name, contract in before.contracts.items():
        _agree(name, after.contracts, contract)
    for name, pool in before.pools.items():
        _agree(name, after.pools, pool)
    missing = (before.contracts.keys() - after.contracts.keys()) | (
        before.pools.keys() - after.pools.keys()
    )
    if missing:
        raise DeploymentError(
            f"the record on disk has {', '.join(sorted(missing))}, the new one has not",
            "read the record again before adding to it: another run wrote in between",
        )


def _agree(name: str, known: Mapping[str, T], entry: T) -> T:
    if name in known and known[name] != entry:
        raise DeploymentError(
            f"{name} is recorded already, with another address or content",
            "give the new one another name; what is deployed stays on record",
        )
    return entry


def _named(name: str, known: Mapping[str, T], what: str) -> T:
    if name not in known:
        raise DeploymentError(
            f"the record has no {what} {name!r}",
            f"use one of: {', '.join(sorted(known)) or '(none yet)'}",
        )
    return known[name]
