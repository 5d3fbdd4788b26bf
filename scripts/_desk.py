# SPDX-License-Identifier: AGPL-3.0-only
"""What every command of a maintainer shares: a network, an account, a co-op; the plan and the yes.

    @desk.command(cli)
    @click.option("--amount", required=True)
    def give(at: Desk, amount: str) -> None: ...

A command shows its plan, tries it, and without `--send` ends there: a dry run. With it, it asks,
acts, and leaves lines in the journal; run again, it finds what is done already. `--yes` answers
the question and nothing else. Errors of ours end it with their words and exit status 1, never with
a traceback.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, account_option
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millpond.chain import deployments
from millpond.chain.answers import NO_ADDRESS, Receipt
from millpond.chain.assets import Asset
from millpond.chain.client import Client
from millpond.chain.contracts import Method
from millpond.chain.coop import Coop
from millpond.chain.deployments import Record
from millpond.chain.sending import End
from millpond.chain.signers import Signer
from millpond.core.errors import BadInput, MillpondError
from millpond.core.subjects import from_hex, to_hex
from scripts._ape import ApeSigner, client_of, require_node
from scripts._journal import Journal
from scripts._outbox import Deed
from scripts._safe import SafeSigner, WaitsForOwners

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Desk:
    """One command at work. `pool` is the co-op's name; a command that only reads has no signer."""

    client: Client
    folder: Path
    pool: str
    yes: bool
    send: bool
    """Whether transactions may leave; else each is only tried."""
    as_json: bool
    url: str
    """Of the node; it may hold a key, so it is never shown."""
    _signer: Signer | None

    @property
    def signer(self) -> Signer:
        """The account the command was given."""
        if self._signer is None:
            raise TypeError("this command takes no account")
        return self._signer

    def record(self) -> Record:
        """What is deployed on this chain, by the record."""
        return deployments.load_for(self.folder, self.client)

    def coop(self, name: str | None = None) -> Coop:
        """The co-op of that name, by the record and the Hub."""
        return Coop.open(self.client, self.record(), name or self.pool)

    def asset(self, text: str) -> Asset:
        """An asset by its address or by the name it was deployed under."""
        if text == "ETH":
            return Asset.at(self.client, NO_ADDRESS)
        known = text if text.startswith("0x") else self.record().contract(text).address
        return Asset.at(self.client, known)

    def plan(self, title: str, *rows: tuple[str, object]) -> None:
        """What is about to happen, before anything does. No text of anybody steers the screen."""
        if self.as_json:
            return
        table = Table(title=title, title_justify="left", show_header=False, box=None, min_width=72)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for what, value in rows:
            table.add_row(what, Text(str(value)))
        console().print(table)

    def agree(self, question: str) -> None:
        """Go on, or end without having changed anything."""
        if not self.yes and not click.confirm(question, default=False):
            raise click.Abort

    def carry_out(
        self, what: str, method: Method, *args: object, value: int = 0, **told: Any
    ) -> Receipt:
        """Do one thing on the chain. `what` says it in words; `told` goes into a dry run's JSON."""
        (receipt,) = self.carry_out_all(what, [(method, args)], value=value, **told)
        return receipt

    def carry_out_all(
        self,
        what: str,
        calls: Sequence[tuple[Method, Sequence[object]]],
        *,
        value: int = 0,
        **told: Any,
    ) -> list[Receipt]:
        """The same with several transactions, asked for once."""
        self.client.outbox = self._deed(what)
        if not self.send:
            gas = [self._try(method, args, value) for method, args in calls]
            self.end_dry(what, gas=sum(gas), **told)
        self.agree(f"{what}?")
        return [self._sent(what, method, args, value) for method, args in calls]

    def _try(self, method: Method, args: Sequence[object], value: int) -> int:
        """Whether it would succeed now, and the gas that it would be given."""
        if isinstance(self.signer, SafeSigner):
            method.simulate(self.signer.address, *args, value=value)
            return 0
        return method.prepare(self.signer.address, *args, value=value).gas

    def _sent(self, what: str, method: Method, args: Sequence[object], value: int) -> Receipt:
        return self.sent(what, lambda: method.send(self.signer, *args, value=value))

    def sent(self, what: str, sending: Callable[[], Receipt]) -> Receipt:
        """Send a transaction of the deed `what`; the journal has it before and after."""
        self.client.outbox = self._deed(what)
        receipt = sending()
        self.note(what, **receipt_fields(receipt))
        return receipt

    def taken_up(self, what: str) -> Receipt | None:
        """The receipt of a deed that an earlier run sent, if it was mined without being seen.

        For what the chain alone cannot answer: whether this gift was given, where that contract is.
        """
        done = None
        for sent, became in self._deed(what).looked_up(self.client):
            fields: dict[str, object] = {"transactionHash": to_hex(sent), "end": became.end.value}
            if became.receipt is not None:
                done, fields = became.receipt, receipt_fields(became.receipt)
            if self.send and became.end is not End.OPEN:
                self.note(what, **fields)
        return done

    def receipt_of(self, what: str) -> Receipt | None:
        """The same, or the receipt of a deed that an earlier run has seen mined, and no more."""
        if (receipt := self.taken_up(what)) is not None:
            return receipt
        line = self.journal.done(what, self.signer.address, self.pool)
        return None if line is None else self.client.receipt(from_hex(line["transactionHash"], 32))

    def _deed(self, what: str) -> Deed:
        return Deed(self.journal, what, self.signer.address, self.pool)

    def end_dry(self, what: str, /, **told: Any) -> Never:
        """End as a dry run: all was tried, nothing was sent."""
        gas = told.get("gas")
        about = f" It would take up to {gas:,} gas." if isinstance(gas, int) and gas else ""
        self.answer(
            f"Dry run: {what}. It would succeed now.{about} Nothing was sent; add --send to do it.",
            sent=False,
            would=what,
            **told,
        )
        raise click.exceptions.Exit(0)

    def allow(self, money: Asset, spender: str, amount: int) -> None:
        """Let a contract pull exactly this much of a token, unless it may already."""
        self.require_funds(money, amount)
        if money.contract is None or money.allowance(self.signer.address, spender) >= amount:
            return
        what = f"Let {spender} take {money.text(amount)} of yours"
        if not self.send:
            money.contract.approve.simulate(self.signer.address, spender, amount)
            self.end_dry(what, then="the deed itself, which is tried once that is allowed")
        self.agree(f"{what}?")
        self._sent(what, money.contract.approve, (spender, amount), 0)

    def require_funds(self, money: Asset, amount: int) -> None:
        """`BadInput` unless the signer has this much."""
        had = money.balance(self.client, self.signer.address)
        if had < amount:
            raise BadInput(
                f"{self.signer.address} has {money.text(had)}, less than {money.text(amount)}",
                "give less, or get more of it first",
            )

    @property
    def journal(self) -> Journal:
        """What was done on this chain."""
        return Journal.beside(self.folder, self.client.chain_id)

    def note(self, what: str, **fields: object) -> None:
        """Leave a line in the journal."""
        self.journal.add(what, self.signer.address, self.pool, **fields)

    def done_already(self, text: str, /, **fields: Any) -> None:
        """The outcome of a command that found its work done."""
        self.answer(text, sent=False, already=True, **fields)

    def table(self, table: Table) -> None:
        """A table for people; scripts get the same as JSON."""
        if not self.as_json:
            console().print(table)

    def say(self, text: str) -> None:
        """A line for people while it works."""
        if not self.as_json:
            console().print(Text(text))

    def answer(self, text: str, receipt: Receipt | None = None, /, **fields: object) -> None:
        """The outcome: a sentence for people, one line of JSON for scripts."""
        done = {"sent": True, **receipt_fields(receipt)} if receipt is not None else {}
        if self.as_json:
            click.echo(json.dumps({**fields, **done}, sort_keys=True, default=str))
        else:
            console().print(Text(text), soft_wrap=True)


class Refused(click.ClickException):
    """One of our errors on its way to the terminal; `error` is the error itself."""

    def __init__(self, error: MillpondError) -> None:
        super().__init__(str(error))
        self.error = error

    def show(self, file: Any = None) -> None:  # noqa: ARG002  (click's signature)
        click.secho(f"Refused: {self.error}", err=True, fg="red")


class _Connected(ConnectedProviderCommand):
    """Asks the node before ape does, so that one that is down is told in our words."""

    def invoke(self, ctx: click.Context) -> Any:
        provider = ctx.params.get("network")
        if isinstance(provider, ProviderAPI):
            try:
                require_node(provider)
            except MillpondError as error:
                raise Refused(error) from None
        return super().invoke(ctx)


def command(
    group: click.Group | None, *, account: bool = True, pool: bool = True, sends: bool = True
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function of (Desk, its own options) a command, alone or in a group.

    One that takes an account but `sends` nothing only signs; it has no dry run.
    """

    def decorate(run: Callable[..., None]) -> click.Command:
        def connected(
            provider: ProviderAPI, account: AccountAPI | None = None, **given: Any
        ) -> None:
            try:
                at = _desk(provider, account, given)
                try:
                    run(at, **given)
                except WaitsForOwners as waits:
                    at.answer(str(waits), sent=False, **waits.fields)
            except MillpondError as error:
                raise Refused(error) from None

        connected.__doc__ = run.__doc__
        connected.__click_params__ = getattr(run, "__click_params__", [])  # type: ignore[attr-defined]
        for add_option in _options(account, pool, sends):
            add_option(connected)
        name = run.__name__.strip("_").replace("_", "-")
        maker = click.command if group is None else group.command
        made = maker(name, cls=_Connected)(connected)
        for option in made.params:
            # ape's own option says nothing of itself
            if isinstance(option, click.Option) and option.name == "account":
                option.help = "Who signs: the name of an account that ape knows."
        return made

    return decorate


def _desk(provider: ProviderAPI, account: AccountAPI | None, given: dict[str, Any]) -> Desk:
    """The desk of one run; takes its own options out of those given."""
    client, safe = client_of(provider), given.pop("safe", None)
    safe_folder = given.pop("safe_folder", Path())
    signer: Signer | None = ApeSigner(account, provider) if account is not None else None
    if safe is not None:
        signer = SafeSigner.of(client, safe, signer, safe_folder)
    return Desk(
        client,
        given.pop("folder"),
        given.pop("name", ""),
        given.pop("yes", False),
        given.pop("send", False),
        given.pop("as_json"),
        str(provider.uri),
        signer,
    )


def _options(account: bool, pool: bool, sends: bool) -> list[Callable[..., Any]]:
    where = click.Path(path_type=Path)
    json_option = click.option("--json", "as_json", is_flag=True, help="Answer in one JSON line.")
    yes = click.option("--yes", is_flag=True, help="Do not ask; the plan is still shown.")
    name = click.option("--pool", "name", required=True, help="Name of the co-op.")
    folder = click.option(
        "--deployments",
        "folder",
        type=where,
        default=ROOT / "deployments",
        help="Folder of the records of deployment.",
    )
    chosen = [json_option, folder]
    chosen += [name] if pool else []
    chosen += [send_option] if account and sends else []
    return chosen + ([*_SAFE, yes, account_option()] if account else [])


send_option = click.option(
    "--send", is_flag=True, help="Really do it; without it all is tried and nothing is sent."
)
_SAFE = (
    click.option(
        "--safe", help="A Safe that acts; --account is then the owner of it who signs and pays."
    ),
    click.option(
        "--safe-signatures",
        "safe_folder",
        type=click.Path(path_type=Path),
        default=Path("safe"),
        help="Folder of the owners' signatures.",
    ),
)


def params_option(run: Callable[..., None]) -> Callable[..., None]:
    """--params, the file of reviewed parameters."""
    where = click.Path(path_type=Path)
    text = "Reviewed parameters (YAML)."
    return click.option("--params", "params_path", type=where, required=True, help=text)(run)


def console() -> Console:
    """Where people read; made for each use, so that output can be captured."""
    return Console(highlight=False)


def receipt_fields(receipt: Receipt) -> dict[str, object]:
    """What is kept of a transaction."""
    return {
        "blockNumber": receipt.block_number,
        "gasUsed": receipt.gas_used,
        "transactionHash": to_hex(receipt.transaction_hash),
    }
