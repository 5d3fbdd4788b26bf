# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op of seven on a real node, driven by the commands alone; each test starts from one day.

town.do("pool vote", ..., by=2)         with --send: what it answers as JSON
town.dry("pool vote", ..., by=2)        without: what it answers, and nothing has changed
town.refused("pool vote", ..., by=2)    the error, and nothing has changed
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from millpond.chain import abi, deployments, installation
from millpond.chain.client import Transaction
from millpond.chain.compiler import VERSION, Compiled
from millpond.chain.contracts import Contract
from millpond.chain.coop import CLERK, IMPLEMENTATIONS, Coop
from millpond.chain.signers import LocalSigner
from millpond.core.errors import MillpondError
from millpond.core.units import parse_amount
from scripts import _desk as desk
from scripts._demo_story import REALLY
from scripts._desk import Refused
from scripts._journal import Journal
from scripts._stage import DECIMALS, DOLLAR, POOL, Stage
from tests.contracts.compiled import artifact

HERE = ("--pool", POOL)
FOUNDERS = (1, 2, 3, 4, 5, 6, 7)
RELAYER, NEWCOMER, STRANGER, PATRON = 0, 13, 14, 15


def install(stage: Stage) -> None:
    """What `ape run deploy` does, with contracts that were compiled for another test already."""
    client, steward = stage.client, stage.wallet(stage.cast.steward)
    folder = stage.folder / "deployments"
    record = deployments.open_or_new(folder, client)
    for name in (CLERK, *IMPLEMENTATIONS, "Hub", "Pins", DOLLAR):
        args = installation.arguments(record, name)
        made = artifact(name)
        built = Compiled(name, made.abi, made.creation, made.runtime, {})
        code = built.deployment + args
        receipt = steward.send(client, Transaction(None, code, 0, name))
        entry = deployments.deployed(client, name, receipt, args, VERSION, desk.ROOT)
        record = record.with_contract(name, entry)
    deployments.save(folder, record)


@dataclass(frozen=True)
class Town:
    """One test's co-op."""

    stage: Stage
    papers: Path

    @property
    def coop(self) -> Coop:
        """Its contracts."""
        return self.stage.coop()

    @property
    def dollar(self) -> Contract:
        """The test dollar."""
        return self.stage.dollar()

    def deploy(self, name: str, *addresses: str) -> Contract:
        """A contract of the sources, by its constructor's addresses."""
        built = artifact(name)
        tail = abi.encode_values(abi.plain(*["address"] * len(addresses)), addresses, name)
        made = self.wallet(RELAYER).send(
            self.stage.client, Transaction(None, built.creation + tail, 0, name)
        )
        assert made.contract_address is not None
        form = abi.parse(name, built.abi)
        return Contract(self.stage.client, name, made.contract_address, form)

    @property
    def pins(self) -> str:
        """The contract that pins are kept with."""
        folder = self.stage.folder / "deployments"
        return deployments.load(folder, self.stage.client.chain_id).contract("Pins").address

    @property
    def journal(self) -> Journal:
        """What the commands have noted."""
        return Journal.beside(self.stage.folder / "deployments", self.stage.client.chain_id)

    def address(self, number: int) -> str:
        """Of a test account."""
        return str(self.wallet(number).address)

    def wallet(self, number: int) -> LocalSigner:
        """A test account."""
        return self.stage.wallet(number)

    def do(self, command: str, *args: str, by: int) -> dict[str, Any]:
        """Really do it."""
        return self.stage.run(command, *HERE, *args, *REALLY, by=by, loud=False)

    def sign(self, command: str, *args: str, by: int) -> dict[str, Any]:
        """Sign something; no transaction is sent."""
        before = self.blocks
        found = self.stage.run(command, *HERE, *args, "--yes", by=by, loud=False)
        assert self.blocks == before
        return found

    def read(self, command: str, *args: str) -> dict[str, Any]:
        """Look at something."""
        return self.stage.run(command, *HERE, *args, loud=False)

    def dry(self, command: str, *args: str, by: int) -> dict[str, Any]:
        """Without --send, though with --yes: nothing may change."""
        before = self._all()
        found = self.stage.run(command, *HERE, *args, "--yes", by=by, loud=False)
        assert self._all() == before
        assert found["sent"] is False
        return found

    def again(self, command: str, *args: str, by: int) -> dict[str, Any]:
        """With --send, where there is nothing left to do: nothing may change."""
        before = self._all()
        found = self.do(command, *args, by=by)
        assert self._all() == before
        assert (found["sent"], found["already"]) == (False, True)
        return found

    def refused(self, command: str, *args: str, by: int | None) -> MillpondError:
        """The error of a command, which must have changed neither the chain nor a file."""
        return self._refused(command, *args, *(REALLY if by is not None else ()), by=by)

    def refused_to_sign(self, command: str, *args: str, by: int) -> MillpondError:
        """The same of a command that only signs."""
        return self._refused(command, *args, "--yes", by=by)

    def _refused(self, command: str, *args: str, by: int | None) -> MillpondError:
        before = self._all()
        with pytest.raises(Refused) as caught:
            self.stage.run(command, *HERE, *args, by=by, loud=False)
        assert self._all() == before
        assert caught.value.error.next_step
        return caught.value.error

    @property
    def blocks(self) -> int:
        """How far the chain is."""
        return self.stage.client.block().number

    def fund(self, number: int, amount: str) -> None:
        """Test dollars for an account, in whole dollars."""
        wallet = self.wallet(number)
        self.dollar.mint.send(wallet, wallet.address, parse_amount(amount, DECIMALS))

    def propose(self, form: str, *args: str, by: int = 1) -> str:
        """Propose and wait until ballots are taken; its id."""
        told = ("--text", f"Please: {form}", "--salt", str(self.blocks))
        text = () if form == "actions" else told
        found = self.do(f"pool propose {form}", *args, *text, by=by)
        self.wait(days=1)
        return str(found["proposal"])

    def pass_(self, proposal: str) -> None:
        """Everybody votes for it, and its timelock passes."""
        ballots = ("--proposal", proposal, "--ballots", str(self.papers / "ballots"))
        for member in FOUNDERS:
            if self.coop.governor.isMember(self.address(member)):
                self.sign("pool ballot", *ballots, "--support", "for", by=member)
        self.do("pool relay", *ballots, by=RELAYER)
        eta = int(self.coop.governor.proposalEta(int(proposal)))
        self.wait(seconds=eta - self.stage.client.now())

    def enact(self, form: str, *args: str) -> dict[str, Any]:
        """From the proposal to its execution."""
        proposal = self.propose(form, *args)
        self.pass_(proposal)
        return self.do("pool execute", "--proposal", proposal, by=RELAYER)

    def wait(self, days: int = 0, seconds: int = 0) -> None:
        """Let time pass."""
        with contextlib.redirect_stdout(None):
            self.stage.wait_seconds(days * 86_400 + seconds)

    def _all(self) -> tuple[object, dict[Path, bytes]]:
        roots = (self.papers, self.stage.folder)
        found = [path for root in roots for path in root.rglob("*") if path.is_file()]
        return self.stage.client.block(), {path: path.read_bytes() for path in found}


def undone(stage: Stage) -> Iterator[None]:
    """The chain and the record are afterwards as they are now."""
    snapshot = stage.client.rpc.tell("evm_snapshot", [])
    kept = {path: path.read_bytes() for path in (stage.folder / "deployments").glob("*")}
    yield
    stage.client.rpc.tell("evm_revert", [snapshot])
    for path in (stage.folder / "deployments").glob("*"):
        path.unlink()
    for path, data in kept.items():
        path.write_bytes(data)
