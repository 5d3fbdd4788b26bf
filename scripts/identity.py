# SPDX-License-Identifier: AGPL-3.0-only
"""Link identities to accounts: attesters sign requests that they have checked, anyone sends them.

    ape run identity ask requests.json --identity github:1234 --proof-uri URL --proof TEXT ...
    ape run identity attest requests.json --network ... --account ada --pool credsperiment
    ape run identity link requests.json --network ... --account anyone --pool credsperiment

A file of requests holds, for each, the fields of the signed IdentityLink and the signatures so far;
the owner of an account signs her own request in the wallet or with `ask`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from millpond.chain.coop import Coop
from millpond.chain.links import LinkRequest
from millpond.chain.signers import Signer
from millpond.core.canonical import keccak256
from millpond.core.errors import BadInput
from millpond.core.subjects import from_hex, to_hex
from scripts import _desk as desk
from scripts import _link_files as link_files
from scripts._desk import Desk

file_argument = click.argument("path", type=click.Path(path_type=Path))


@click.group()
def cli() -> None:
    """Identities and the accounts they are paid at."""


@desk.command(cli, sends=False)
@file_argument
@click.option("--identity", required=True, help='Such as "github:1234" or "sourcecred:...".')
@click.option("--proof-uri", required=True, help="Where attesters can read that it is you.")
@click.option("--proof", required=True, help="The text there, to the letter: its hash is signed.")
@click.option("--days", default=30, help="How long the signatures hold.")
def ask(at: Desk, path: Path, identity: str, proof_uri: str, proof: str, days: int) -> None:
    """Ask to be paid as an identity at your account; adds your signed request to the file PATH."""
    coop, proved = at.coop(), (proof_uri, keccak256(proof.encode()))
    now, account = at.client.now(), at.signer.address
    request = LinkRequest.ask(
        coop.identity, coop.pool.address, identity, account, now, proved, days
    )
    at.plan("Ask for a link", ("identity", identity), ("account", account), ("proof", proof_uri))
    at.agree("Sign the request?")
    link_files.add(path, request, at.signer)
    at.answer(f"{account} asks to be {identity}.", identity=to_hex(request.identity))


@desk.command(cli, sends=False)
@file_argument
def attest(at: Desk, path: Path) -> None:
    """Sign the requests in the file PATH, as an attester who has checked every proof in it."""
    coop, entries = at.coop(), link_files.read(path)
    rows = [(e["account"], f"{e['proofUri']} (the text's hash: {e['proofHash']})") for e in entries]
    at.plan(f"Attest {len(entries)} links as {at.signer.address}", *rows)
    at.agree("Have you seen each proof, and do you sign?")
    link_files.write(path, [_signed(coop, entry, at.signer) for entry in entries])
    at.answer(f"{at.signer.address} attested {len(entries)} links.", signed=len(entries))


def _signed(coop: Coop, entry: Mapping[str, Any], signer: Signer) -> dict[str, Any]:
    request = _request(coop, entry)
    signature = to_hex(signer.sign_typed(request.typed(signer.address)))
    return {**entry, "signatures": {**entry["signatures"], signer.address: signature}}


@desk.command(cli)
@file_argument
def link(at: Desk, path: Path) -> None:
    """Send the requests of the file PATH that are not on the chain yet, one transaction each."""
    coop = at.coop()
    entries = [entry for entry in link_files.read(path) if not _is_known(coop, entry)]
    at.plan("Link identities", ("to send", len(entries)))
    calls = [(coop.identity.link, _arguments(coop, entry)) for entry in entries]
    if calls:
        at.carry_out_all(f"Link {len(calls)} identities in {coop.name}", calls)
    at.answer(f"Linked {len(entries)}; each link waits 7 days.", linked=len(entries))


def _arguments(coop: Coop, entry: Mapping[str, Any]) -> tuple[object, ...]:
    signatures = {who: from_hex(text, 65) for who, text in entry["signatures"].items()}
    return _request(coop, entry).arguments(signatures)


def _request(coop: Coop, entry: Mapping[str, Any]) -> LinkRequest:
    fields = {name: value for name, value in entry.items() if name != "signatures"}
    request = LinkRequest.of(coop.identity, fields)
    if request.pool != coop.pool.address:
        raise BadInput(f"a request is for another pool, {request.pool}", "take it out of the file")
    return request


def _is_known(coop: Coop, entry: Mapping[str, Any]) -> bool:
    """Whether the registry has this very request, or a newer one."""
    known = coop.identity.link_of(coop.pool.address, from_hex(entry["identity"], 32))
    return int(known[3]) >= int(entry["issuedAt"])
