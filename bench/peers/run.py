# SPDX-License-Identifier: AGPL-3.0-only
"""Every peer in every build. One that cannot be had is said to be absent, and stops no other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bench.meter import Told
from bench.operations import fix_clock
from bench.peers import aragon, claims, openzeppelin, paydays, safe, tokens
from bench.peers.compiler import Built, Order, compile_all
from bench.peers.notebook import Notebook, PeerFigure
from bench.peers.packages import NOT_INSTALLED, versions
from bench.peers.results import Absent, Peers
from bench.people import People
from millpond.chain.client import Client
from millpond.core.errors import MillpondError, ToolMissing

_SOURCES = (
    *(f"contracts/{name}.sol" for name in ("OzMoney", "SoladyMoney", "OzVotes", "OzGovernor")),
    *(f"contracts/{name}.sol" for name in ("OzTimelocked", "OzCloned", "Batch")),
    *(f"contracts/{name}.sol" for name in ("Disperse", "Split", "CumulativeDrop")),
    "@openzeppelin/contracts/governance/TimelockController.sol",
)
USUAL = Order("solc", 200, False, "prague", _SOURCES)
SPEED = Order("solc", 1_000_000, False, "prague", _SOURCES)
BY_IR = Order("solc", 1_000_000, True, "prague", _SOURCES)
ARAGON = Order("solc-for-aragon", 2_000, False, "london", aragon.SOURCES, ("@aragon/osx",))
"""Its source names this compiler, and its authors publish it with these settings."""


@dataclass(frozen=True)
class Trial:
    """A peer in one build: which compiled orders it needs, and what measures it."""

    peer: str
    orders: tuple[Order, ...]
    run: Callable[..., None]
    """Takes a notebook and what came of each order."""
    build: str = ""
    """In words, where its own authors compiled it."""


def measure_peers(client: Client, told: Told) -> Peers:
    """On a chain where nothing has happened yet."""
    told("compiling the peers", 0)
    made = compile_all((BY_IR, ARAGON, SPEED, USUAL))
    fix_clock(client)
    people = People()
    figures: list[PeerFigure] = []
    absent: list[Absent] = []
    packages = versions()
    for trial in _trials(packages):
        told(trial.peer, 0)
        try:
            built = [_had(made[order]) for order in trial.orders]
            build = trial.build or built[0].settings
            book = Notebook(client, people, trial.peer, build)
            trial.run(book, *built)
        except MillpondError as error:
            build = trial.build or _asked(trial.orders[0])
            absent.append(Absent(peer=trial.peer, build=build, why=error.message))
        else:
            figures += book.figures
    return Peers.of(packages, figures, absent)


def _had(found: Built | ToolMissing) -> Built:
    if isinstance(found, ToolMissing):
        raise found
    return found


def _asked(order: Order) -> str:
    return f"{order.compiler}, {order.runs:,} runs{', through IR' if order.via_ir else ''}"


def _trials(packages: dict[str, str]) -> Iterator[Trial]:
    zeppelin = _named("OpenZeppelin", packages, "@openzeppelin/contracts")
    solady = _named("Solady", packages, "solady")
    osx = _named("Aragon OSx", packages, "@aragon/osx")
    wallet = _named("Safe", packages, "@safe-global/safe-smart-account")
    uniswap = _named("Uniswap MerkleDistributor", packages, "@uniswap/merkle-distributor")
    for order in (USUAL, SPEED, BY_IR):
        yield Trial(f"{zeppelin} Governor", (order,), _governor)
        yield Trial(f"{zeppelin} Governor with timelock", (order,), _timelocked)
        yield Trial(f"{zeppelin} Governor as clones", (order,), openzeppelin.measure_creation)
        yield Trial(f"{zeppelin} ERC20Permit", (order,), _zeppelin_token)
        yield Trial(f"{solady} ERC20", (order,), _solady_token)
    yield Trial(f"{osx} token voting", (ARAGON, SPEED), _aragon_tokens)
    yield Trial(f"{osx} list voting", (ARAGON, SPEED), _aragon_list)
    yield Trial(wallet, (), safe.measure, safe.BUILD)
    for owner, money in (("OpenZeppelin", "OzMoney"), ("Solady", "SoladyMoney")):
        claimed = partial(_claims, money=money)
        yield Trial(f"{uniswap}, {owner}'s token", (SPEED,), claimed, claims.BUILD)
    for order in (SPEED, BY_IR):
        yield from _written_here(order)


def _named(name: str, packages: dict[str, str], package: str) -> str:
    version = packages[package]
    return name if version == NOT_INSTALLED else f"{name} {version}"


def _governor(book: Notebook, built: Built) -> None:
    openzeppelin.measure(book, built, timelocked=False)


def _timelocked(book: Notebook, built: Built) -> None:
    openzeppelin.measure(book, built, timelocked=True)


def _zeppelin_token(book: Notebook, built: Built) -> None:
    tokens.measure(book, built.artifacts["OzMoney"])


def _solady_token(book: Notebook, built: Built) -> None:
    tokens.measure(book, built.artifacts["SoladyMoney"])


def _aragon_tokens(book: Notebook, built: Built, money: Built) -> None:
    aragon.measure(book, built, money.artifacts["OzMoney"])


def _aragon_list(book: Notebook, built: Built, money: Built) -> None:
    aragon.measure_list(book, built, money.artifacts["OzMoney"])


def _claims(book: Notebook, built: Built, money: str) -> None:
    claims.measure(book, built.artifacts[money])
    paydays.measure_claims_in_a_batch(book, built, money)


def _cumulative(book: Notebook, built: Built, money: str) -> None:
    claims.measure_cumulative(book, built.artifacts[money], built.artifacts["CumulativeDrop"])


def _written_here(order: Order) -> Iterator[Trial]:
    """Ways to pay that need few lines; the Solidity is ours, and of the plainest."""
    for owner, money in (("OpenZeppelin", "OzMoney"), ("Solady", "SoladyMoney")):
        ways: dict[str, Callable[..., None]] = {
            "cumulative Merkle drop": _cumulative,
            "loop of payments": partial(paydays.measure_loops, way=paydays.THROUGH),
            "loop of payments from the giver": partial(paydays.measure_loops, way=paydays.DIRECTLY),
            "split that pushes": paydays.measure_splits,
            "split that credits": paydays.measure_credits,
        }
        for name, way in ways.items():
            run = partial(way, money=money)
            yield Trial(f"a {name} (written here), {owner}'s token", (order,), run)
    yield Trial("a loop of payments (written here)", (order,), paydays.measure_loops_of_ether)
    yield Trial("a split that pushes (written here)", (order,), paydays.measure_splits_of_ether)
