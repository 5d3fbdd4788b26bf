# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's mirror, API and pages: started as anybody would, and held against the chain.

Every figure that the API gives about the co-op is asked of the contracts again, one by one, by the
getters of the node: members, proposals, tallies, accounts, the distribution and each claim.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millpond.chain import deployments
from millpond.chain.coop import Coop
from millpond.chain.distributions import claim_of
from millpond.chain.governance import State
from millpond.chain.paid import past_paid_leaves
from millpond.client import Api, Refused, Unreachable, routes
from millpond.core.errors import ChainError, PortTaken
from millpond.core.subjects import of_identity, to_hex
from scripts import _demo_story as story
from scripts import _desk as desk
from scripts._local_chain import free_port
from scripts._stage import POOL, Stage
from scripts.devchain import HOST

PORT = 8000
_START_SECONDS, _PAUSE_SECONDS, _STOP_SECONDS = 60.0, 0.1, 10.0


@dataclass(frozen=True)
class Served:
    """Where the pages are, and the API beside them."""

    url: str
    api: Api


@contextmanager
def served(stage: Stage, port: int) -> Iterator[Served]:
    """`millpond serve` over the demo's chain, ready; ended with the block."""
    chosen = port or free_port()
    command = [sys.executable, "-m", "millpond", "serve", *_options(stage), "--port", str(chosen)]
    shown = " ".join(["millpond", "serve", *_options(stage), "--port", str(chosen)])
    desk.console().print(f"[dim]$ {shown.replace(f'{desk.ROOT}/', '')}[/dim]", soft_wrap=True)
    log = stage.folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  this very program, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        url = f"http://{HOST}:{chosen}"
        try:
            with Api(url) as api:
                _wait_until_ready(process, api, log)
                yield Served(url, api)
        finally:
            _end(process)


def _options(stage: Stage) -> list[str]:
    folder = stage.folder
    hub = deployments.load(folder / "deployments", stage.client.chain_id).contract("Hub").address
    files = ["--database", str(folder / "mirror.db"), "--documents", str(folder / "distributions")]
    return ["--rpc", stage.url, "--hub", hub, *files, "--host", HOST]


def _wait_until_ready(process: "subprocess.Popen[bytes]", api: Api, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            api.wait_until_ready(_PAUSE_SECONDS)
        except (Refused, Unreachable):
            continue
        return
    said = log.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"]
    if any("already in use" in line for line in said):
        raise PortTaken(
            f"{api.address} is taken", "take another: make demo ARGS='--pages-port 8001'"
        )
    raise ChainError(f"the pages did not start: {said[-1][:200]}", f"read {log}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server that we started; it ends its own writer."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


# --- the API against the chain --------------------------------------------------------------------


def checks(stage: Stage, pages: Served) -> Iterator[tuple[str, bool]]:
    """What the API says, and whether the chain says the same."""
    coop = stage.coop()
    yield "the mirror stands at the node's head", _head(stage, pages)
    yield "seven members, each at the seat that the Governor gave", _members(coop, pages)
    yield "each proposal in the Governor's state with its tally", _proposals(coop, pages)
    yield "each earmark's balance, received and reserved as in the Pool", _accounts(coop, pages)
    yield "the distribution's root, pot and hash as in the distributor", _distribution(coop, pages)
    yield "each claim as in the distributor's events", _claims(coop, pages)
    yield "each leaf paid or not as the distributor has it, its payee too", _leaves(coop, pages)
    yield "the proof of each open leaf as the tree of the document", _proofs(stage, pages)
    yield "the document by its hash, byte for byte", _document(stage, pages)


def _head(stage: Stage, pages: Served) -> bool:
    head, status = stage.client.block(), pages.api.status()
    found = (status.block_number, status.block_hash, status.lag.blocks)
    return found == (head.number, to_hex(head.hash), 0)


def _members(coop: Coop, pages: Served) -> bool:
    members = list(pages.api.every(routes.MEMBERS, pool=POOL))
    seats = [int(coop.governor.member_words(m.account)) & 0xFFFF_FFFF for m in members]
    return bool(
        len(members) == coop.governor.member_count()
        and seats == [member.seat for member in members]
        and all(coop.governor.isMember(member.account) for member in members)
    )


def _proposals(coop: Coop, pages: Served) -> bool:
    proposals = list(pages.api.every(routes.PROPOSALS, pool=POOL))
    for proposal in proposals:
        number, tally = int(proposal.id), proposal.tally
        if State(coop.governor.state(number)).name.lower() != proposal.state:
            return False
        votes = tuple(coop.governor.proposalVotes(number))
        if votes != (tally.against, tally.in_favour, tally.abstain):
            return False
    return len(proposals) > 0


def _accounts(coop: Coop, pages: Served) -> bool:
    earmarks = list(pages.api.every(routes.EARMARKS, pool=POOL))
    for earmark in earmarks:
        for account in earmark.accounts:
            key = (earmark.id, account.balance.asset.address)
            pairs = [
                (account.balance, coop.pool.balance_of(*key)),
                (account.received, coop.pool.received(*key)),
                (account.reserved, coop.pool.reserved(*key)),
                (account.unreserved, coop.pool.unreserved(*key)),
            ]
            if any(int(told.amount) != on_chain for told, on_chain in pairs):
                return False
    return bool(len(earmarks) == coop.pool.earmark_count() + 1)


def _distribution(coop: Coop, pages: Served) -> bool:
    told = pages.api.get(routes.DISTRIBUTION, pool=POOL, epoch=1).data
    [posted] = coop.distributor.past_events("DistributionPosted", coop.since)
    terms = posted.args["terms"]
    found = (told.root, int(told.pot.amount), told.epoch_hash)
    return bool(
        found == (to_hex(terms.root), terms.pot, to_hex(coop.distributor.epoch_hash_of(1)))
        and int(told.paid.amount) == coop.distributor.paid_of(1)
    )


def _claims(coop: Coop, pages: Served) -> bool:
    told = [
        (claim.subject, claim.to, int(claim.amount.amount), int(claim.grain.amount))
        for claim in pages.api.every(routes.CLAIMS, pool=POOL, epoch=1)
    ]
    on_chain = [
        (to_hex(leaf.subject), leaf.to, leaf.amount, leaf.grain)
        for leaf in past_paid_leaves(coop.distributor, coop.since)
    ]
    return told == on_chain and len(told) > 0


def _leaves(coop: Coop, pages: Served) -> bool:
    leaves = list(pages.api.every(routes.LEAVES, pool=POOL, epoch=1))
    for leaf in leaves:
        subject = bytes.fromhex(leaf.subject[2:])
        if coop.distributor.is_claimed(subject, 1) != (leaf.state == "paid"):
            return False
        payee = coop.distributor.payee_of(subject)
        if leaf.state != "paid" and (leaf.payee or "0x" + "00" * 20) != payee:
            return False
    return len(leaves) > 0


def _proofs(stage: Stage, pages: Served) -> bool:
    document = story.document(stage)
    for identity in story.people(stage)[18:]:
        subject = of_identity(identity)
        claim = pages.api.get(routes.CLAIM, pool=POOL, epoch=1, subject=to_hex(subject)).data
        if claim.call is None:
            return False
        index, cred, proof = claim_of(document, subject)
        told = [(bytes.fromhex(s.hash[2:]), int(s.sum)) for s in claim.call.proof]
        entry = claim.call.claims[0]
        if (entry.index, int(entry.cred), told) != (index, cred, list(map(tuple, proof))):
            return False
    return True


def _document(stage: Stage, pages: Served) -> bool:
    name = pages.api.get(routes.DISTRIBUTION, pool=POOL, epoch=1).data.data_hash
    folder = stage.folder / "distributions"
    [path] = folder.rglob("distribution.json")
    return pages.api.document(name) == path.read_bytes()
