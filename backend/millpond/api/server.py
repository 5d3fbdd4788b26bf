# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond serve`: the API and the pages over one mirror; with a node, its writer beside it, and
the relay; answered by this process or by several."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from millpond.api.app import build
from millpond.api.limits import Buckets
from millpond.api.processes import Together, running
from millpond.api.relay.child import RelayProcess
from millpond.api.relay.service import Relaying
from millpond.api.services import Services
from millpond.api.writer import Sync, Writer
from millpond.core.errors import BadInput, PortTaken
from millpond.mirror.documents import Shelf
from millpond.mirror.reads.review import Why
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.stores import Place

_WAITING = 128
"""Connections that may wait to be taken."""
_KEEP_ALIVE_SECONDS = 15
_STOP_SECONDS = 10


@dataclass(frozen=True)
class Serving:
    """What to serve, and where."""

    database: Place
    documents: Path | None
    host: str
    port: int
    sync: Sync | None
    """None: somebody else writes, or nobody."""
    why: Why | None = None
    """Which contributions cred came from, where an instance is at hand."""
    limits: Buckets | None = None
    """How much one address may ask; None: as much as it likes."""
    copies: Path | None = None
    """Where copies of the whole mirror are kept; None: none are made."""
    public_url: str | None = None
    """The address by which others know this server; None: as each request names it."""
    wallet_rpc: str | None = None
    """A node that wallets may be told of; None: of none."""
    relay: RelayProcess | None = None
    """None: nobody relays out of this server's queue, or somebody else does."""
    takes_signed: bool = False
    """Whether what members signed is taken into the queue; it is wherever there is a relay."""
    together: Together | None = None
    """Other processes that answer; None: this one does."""
    listening: int | None = None
    """A socket that another process listens on: this one answers on it and does nothing else."""
    proxy: str | None = None
    """Whose word counts for who asks; None: nobody's, whoever connects is who asks."""

    @property
    def services(self) -> Services:
        """What requests have at hand."""
        return Services(
            Mirror(self.database),
            Shelf(self.documents),
            why=self.why,
            relay=Relaying(self.database) if self.relay or self.takes_signed else None,
            limits=self.limits,
            copies_folder=self.copies,
            public_url=self.public_url and self.public_url.rstrip("/"),
            wallet_rpc=self.wallet_rpc,
        )


def serve(wanted: Serving, told: Callable[[str], None]) -> None:
    """Serve until it is told to end (Ctrl-C, SIGTERM); then its children end too."""
    if wanted.listening is not None:
        with socket.socket(fileno=wanted.listening) as listening:
            _answer(wanted, listening)
        return
    with ExitStack() as stack:
        stack.enter_context(_ended_by_signal())
        listening = stack.enter_context(_listen(wanted.host, wanted.port))
        if wanted.sync is not None:
            stack.enter_context(Writer.of(wanted.sync))
        if wanted.relay is not None:
            relay = wanted.relay
            stack.enter_context(Writer(relay.command, relay.environment, name="relay"))
        if wanted.together is not None:
            stack.enter_context(running(wanted.together, listening.fileno()))
        told(_address(wanted.host, listening.getsockname()[1]))
        if wanted.together is None:
            _answer(wanted, listening)
        else:
            Event().wait()


def _answer(wanted: Serving, listening: socket.socket) -> None:
    config = configured(build(wanted.services), wanted.proxy)
    uvicorn.Server(config).run(sockets=[listening])


def configured(app: ASGIApp, proxy: str | None = None) -> uvicorn.Config:
    """How the application is served, wherever it is."""
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy or "",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=_WAITING)
    except socket.gaierror:
        raise BadInput(
            f"{host!r} is no address of this machine", "use --host 127.0.0.1 or 0.0.0.0"
        ) from None
    except OSError as error:
        raise PortTaken(
            f"port {port} of {host} cannot be used ({error.strerror})",
            "end the program that listens there, or choose another with --port",
        ) from None
    with listening:
        # what it accepts inherits this: else the second part of a reply waits until the asker's
        # machine has acknowledged the first, 40 ms. asyncio sees to it only for sockets that name
        # their protocol, and this one does not
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listening


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that no writer is left behind."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
