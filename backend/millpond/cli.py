# SPDX-License-Identifier: AGPL-3.0-only
"""The command `millpond`: for whoever wants to know where the money went. It never sends anything.

    millpond verify distribution DOCUMENT      is every figure right, to the last payment?
    millpond verify code                       does the chain run the published sources?
    millpond explain SUBJECT                   why did I get this amount?

Exit status: 0 it holds; 1 something differs; 2 the command was given wrongly; 3 it could not be
carried out (a node that is down, a file that cannot be read, ...): the error says what to do next.
130: interrupted.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from millpond import settings
from millpond.chain import deployments
from millpond.chain.answers import Address
from millpond.chain.assets import Asset
from millpond.chain.client import GWEI, Client, Limits, chain_id_of, connect
from millpond.chain.compiler import Sources
from millpond.chain.contracts import Contract
from millpond.chain.deployments import Record
from millpond.chain.explain import as_json, explain_on_chain, find_subject, on_chain, told
from millpond.chain.report import Report, Step, Verdict
from millpond.chain.rpc import Budget
from millpond.chain.verify_code import PoolParts, find_pool, verify_code
from millpond.chain.verify_distribution import Evidence, verify_distribution
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Explanation, read
from millpond.core.distribution import explain as explain_offline
from millpond.core.errors import BadInput, MillpondError
from millpond.core.subjects import address_bytes, checksum_address, from_hex, to_hex
from millpond.settings import Settings
from millpond.sources.documents import Published, open_published, read_file
from millpond.sources.sourcecred import read_scores

HOLDS, DIFFERS, USAGE, NOT_DONE, INTERRUPTED = 0, 1, 2, 3, 130

_F = TypeVar("_F", bound=Callable[..., Any])


_MARKS = {
    Verdict.OK: ("ok      ", "green"),
    Verdict.DIFFERS: ("DIFFERS ", "bold red"),
    Verdict.UNCHECKED: ("not seen", "yellow"),
}
_NAME_WIDTH = 16


def plain(text: str) -> str:
    """Printable letters only: others chose the text, and it must not steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Terminal:
    """Standard output for results, standard error for progress and errors."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def line(self, text: str, style: str = "") -> None:
        """One line for people; nothing in JSON mode."""
        if not self.as_json:
            self._out.print(Text(plain(text), style=style))

    def step(self, step: Step) -> None:
        """One step of a check, as soon as it is made."""
        if self.as_json:
            return
        mark, style = _MARKS[step.verdict]
        name = (plain(step.name).ljust(_NAME_WIDTH), "bold")
        self._out.print(Text.assemble((mark, style), "  ", name, "  ", plain(step.detail)))
        if step.next_step:
            self.line(f"{'':10}Next: {step.next_step}")

    def report(self, report: Report, said: dict[str, str]) -> int:
        """The result of a check, with `said` beside it in JSON; the exit status."""
        if self.as_json:
            self.json({**said, **report.as_json()})
        self.line(report.summary, "bold green" if report.holds else "bold red")
        return HOLDS if report.holds else DIFFERS

    def explained(
        self, document: Distribution, found: Explanation, asset: Asset | None, standing: str
    ) -> int:
        """One person's arithmetic and what became of it."""
        if self.as_json:
            self.json({**as_json(document, found, asset), "standing": standing})
        for line in told(document, found, asset):
            self.line(line)
        self.line(standing, "bold")
        return HOLDS

    def json(self, value: object) -> None:
        """One JSON object on one line, in ASCII."""
        sys.stdout.write(json.dumps(value, sort_keys=True) + "\n")

    def error(self, error: MillpondError) -> None:
        """One of our errors: what is wrong, then what to do."""
        if self.as_json:
            self.json({"error": error.name, "message": error.message, "next_step": error.next_step})
            return
        for number, line in enumerate(str(error).splitlines()):
            self._err.print(Text(plain(line), style="bold red" if number == 0 else ""))

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar on standard error while something long runs, on a terminal only."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        quiet = self.as_json or not self._err.is_terminal
        with Progress(*columns, console=self._err, transient=True, disable=quiet) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, whole: bar.update(task, completed=done, total=whole)


@dataclass
class Run:
    """What all commands share: the settings, the node's address if any, and where to print."""

    settings: Settings
    rpc: str | None
    terminal: Terminal

    def client(self, chain_id: int | None = None) -> Client:
        """A client of the node, which must serve this chain if one is named."""
        if self.rpc is None:
            raise BadInput("no node is named", "give one with --rpc, or set MILLPOND_RPC")
        chosen = self.settings
        budget = Budget(tries=chosen.rpc_tries, timeout=chosen.rpc_timeout)
        limits = Limits(chosen.receipt_timeout, chosen.max_fee_gwei * GWEI, chosen.log_blocks)
        wanted = chain_id_of(self.rpc, budget) if chain_id is None else chain_id
        return connect(self.rpc, wanted, budget, limits)

    def first_block(self, client: Client, pool: str, given: int | None) -> int:
        """Where a pool's history starts: as given, else by the record, else at block 0."""
        if given is not None:
            return given
        record = self.record(client, None)
        known = record.pools.values() if record else ()
        return next((p.block_number for p in known if p.parts.get("Pool") == pool), 0)

    def record(self, client: Client, folder: Path | None) -> Record | None:
        """The record of this chain, if there is one."""
        where = folder or self.settings.deployments
        if folder is None and not deployments.path_of(where, client.chain_id).exists():
            return None
        record = deployments.load(where, client.chain_id)
        deployments.require_same_chain(record, client)
        return record


def shared_options(command: _F) -> _F:
    """--rpc and --json, which may stand before or after the name of a command."""

    @click.option("--rpc", metavar="URL", help="Address of a node. Default: MILLPOND_RPC.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
    @wraps(command)
    def wrapped(rpc: str | None, as_json: bool, **rest: Any) -> Any:
        ctx = click.get_current_context()
        outer: Run = ctx.find_object(Run) or Run(settings.load(), None, Terminal(False))
        terminal = Terminal(as_json or outer.terminal.as_json)
        ctx.obj = Run(outer.settings, rpc or outer.rpc or outer.settings.rpc, terminal)
        return ctx.invoke(command, ctx.obj, **rest)

    return wrapped  # type: ignore[return-value]


from_block_option = click.option(
    "--from-block",
    type=click.IntRange(0),
    help="Block at or before the pool's making. Default: by the record of deployment, or 0.",
)

EXAMPLES = """
Examples:

\b
  millpond verify distribution ./2019-09 --rpc http://127.0.0.1:8545
  millpond verify distribution distribution.json --scores scores.json
  millpond verify code --hub 0x... --pool credsperiment --rpc https://node.example
  millpond explain decentralion --document ./2019-09 --rpc http://127.0.0.1:8545

Exit status: 0 it holds, 1 something differs, 2 wrong usage, 3 it could not be carried out.
"""


@click.group(help=f"Check a co-op's payouts by yourself. Sends nothing, needs no key.\n{EXAMPLES}")
@click.version_option(package_name="millpond", prog_name="millpond")
@shared_options
def cli(run: Run) -> None:
    """The options before a command hold for it."""


@cli.group()
def verify() -> None:
    """Check a distribution, or the code that the chain runs."""


@verify.command(
    "distribution",
    epilog="Example:  millpond verify distribution ./2019-09 --rpc http://127.0.0.1:8545",
)
@click.argument("document")
@click.option("--scores", type=click.Path(path_type=Path), help="The score file it was made from.")
@from_block_option
@shared_options
def distribution_command(
    run: Run, document: str, scores: Path | None, from_block: int | None
) -> int:
    """Compute every step of a DOCUMENT again and compare it with the chain.

    DOCUMENT is a distribution.json, the directory or tar that holds it, or its https address. Input
    files beside it are found by their hashes. Without a node only the document is checked.
    """
    published = open_published(document)
    run.terminal.line(f"document {to_hex(keccak256(published.data))}", "bold")
    with run.terminal.progress("reading the chain's events") as told:
        evidence = _evidence(run, published, scores, from_block, told)
        report = verify_distribution(published.data, evidence, run.terminal.step)
    return run.terminal.report(report, {"document": to_hex(keccak256(published.data))})


def _evidence(
    run: Run,
    published: Published,
    scores: Path | None,
    from_block: int | None,
    told: Callable[[int, int], None],
) -> Evidence:
    """All that can be had, as far as the document can be read at all."""
    try:
        document = read(published.data)
    except MillpondError:
        return Evidence()  # the first step will say so
    files = published.inputs(document)
    if scores is not None:
        files["scores"] = read_file(scores)
    named = next((each.hash for each in document.inputs if each.name == "scores"), None)
    genuine = "scores" in files and keccak256(files["scores"]) == named
    history = read_scores(files["scores"]).history(document.weeks) if genuine else None
    client = run.client(document.chain_id) if run.rpc else None
    first = run.first_block(client, document.pool, from_block) if client else 0
    return Evidence(files, history, client, first, told)


@verify.command(
    "code", epilog="Example:  millpond verify code --rpc http://127.0.0.1:8545 --sources ."
)
@click.option("--hub", metavar="ADDRESS", help="The Hub. Default: the one in the record.")
@click.option("--pool", "names", multiple=True, help="A pool's name; may be repeated. Default: all "
              "pools in the record.")  # fmt: skip
@click.option("--sources", type=click.Path(path_type=Path), help="Checkout with contracts/.")
@click.option("--deployments", "folder", type=click.Path(path_type=Path), help="Folder of records.")
@click.option("--chain-id", type=int, help="The chain that the node must serve.")
@from_block_option
@shared_options
def code_command(
    run: Run,
    hub: str | None,
    names: tuple[str, ...],
    sources: Path | None,
    folder: Path | None,
    chain_id: int | None,
    from_block: int | None,
) -> int:
    """Rebuild every contract from its sources and compare it with the chain, byte for byte.

    Everything follows from one Hub address. Needs the compiler (pip install "millpond[rebuild]")
    and a checkout of the sources; nobody's word is taken.
    """
    client = run.client(chain_id)
    record = run.record(client, folder)
    address = _hub_address(hub, record)
    run.terminal.line(f"Hub {address} on chain {client.chain_id}", "bold")
    with run.terminal.progress("looking for the pools") as told:
        pools = _pools(client, address, names, record, from_block, told)
    with run.terminal.progress("building the contracts"):
        built = Sources((sources or run.settings.sources).resolve())
        built.prepare(["Hub"])
    report = verify_code(client, built, address, pools, record, run.terminal.step)
    return run.terminal.report(report, {"hub": address, "chain_id": str(client.chain_id)})


def _hub_address(hub: str | None, record: Record | None) -> Address:
    if hub is not None:
        return Address(checksum_address(address_bytes(hub)))
    if record is None:
        raise BadInput("no Hub is named, and there is no record of one", "give it with --hub")
    return record.contract("Hub").address


def _pools(
    client: Client,
    hub: Address,
    names: Sequence[str],
    record: Record | None,
    from_block: int | None,
    told: Callable[[int, int], None],
) -> list[PoolParts]:
    known = record.pools if record else {}
    found = []
    for name in names or sorted(known):
        if name in known and known[name].hub == hub:
            made_by = from_hex(known[name].transaction_hash, 32)
            found.append(PoolParts(name, known[name].parts, made_by))
        else:
            found.append(find_pool(Contract(client, "Hub", hub), name, from_block or 0, told))
    return found


@cli.command(epilog="Example:  millpond explain decentralion --document ./2019-09")
@click.argument("subject")
@click.option("--document", required=True, help="The distribution: see `verify distribution`.")
@from_block_option
@click.option("--pot", type=int, help="Without a node: the pot, in the asset's smallest unit.")
@click.option("--grain", type=int, default=0, help="Without a node: all grain, 18 decimals.")
@click.option("--minimum", type=int, default=0, help="Without a node: the minimum payout.")
@shared_options
def explain(
    run: Run,
    subject: str,
    document: str,
    from_block: int | None,
    pot: int | None,
    grain: int,
    minimum: int,
) -> int:
    """Show why SUBJECT got her amount, to the last unit.

    SUBJECT is an address, an identity such as github:583231, or the name at its end.
    """
    found = read(open_published(document).data)
    who = find_subject(found, subject)
    if run.rpc is None:
        if pot is None:
            raise BadInput("the pot is not known", "give a node with --rpc, or the pot with --pot")
        explained = explain_offline(found, who, pot, grain, minimum)
        standing = "computed from the document alone; no node was asked"
        return run.terminal.explained(found, explained, None, standing)
    client = run.client(found.chain_id)
    first = run.first_block(client, found.pool, from_block)
    with run.terminal.progress("reading the chain's events") as told:
        posted = on_chain(found, who, client, first, told)
    explained = explain_on_chain(found, who, posted)
    return run.terminal.explained(found, explained, posted.asset, posted.standing)


def run(args: Sequence[str]) -> int:
    """Run the command line; the exit status."""
    try:
        status = cli.main(list(args), prog_name="millpond", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except MillpondError as error:
        Terminal("--json" in args).error(error)
        return NOT_DONE
    return int(status or HOLDS)


def main() -> None:
    """The entry point of the program `millpond`."""
    sys.exit(run(sys.argv[1:]))
