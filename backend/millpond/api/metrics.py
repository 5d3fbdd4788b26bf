# SPDX-License-Identifier: AGPL-3.0-only
"""What a watcher wants to know, in Prometheus' form: how far the mirror is, what is asked of us.

The mirror's figures are read when somebody asks for them, so they are the same whichever process
answers. Requests are counted by each process; where several serve together (`--processes`) they
count in a folder that all share (PROMETHEUS_MULTIPROC_DIR, set by `processes.py`), and any of them
tells the sum.
"""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

from fastapi import APIRouter, Request, Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from millpond import __version__
from millpond.api.query import Nothing
from millpond.api.services import Services
from millpond.core.errors import MillpondError
from millpond.mirror.reads.counts import events_by_contract
from millpond.mirror.reads.health import Health, health
from millpond.mirror.reads.snapshot import Snapshot

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes that serve together count; prometheus_client looks at it when it is imported."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_COUNT_AGAIN = 30.0
"""Seconds for which a count of all events is good enough."""
_LABELS = ("method", "route", "status")

router = APIRouter(tags=["status"])


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, _: Nothing) -> Response:
    """For Prometheus."""
    found: Metrics = request.app.state.metrics
    return Response(
        found.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


class Metrics:
    """The figures of one application."""

    def __init__(self, services: Services) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        shared = _shared()
        own = None if shared else self._registry
        self._requests = Counter(
            "millpond_http_requests", "Requests that were answered.", _LABELS, registry=own
        )
        self._seconds = Histogram(
            "millpond_http_request_seconds",
            "From a request's arrival to the last byte of its reply.",
            ("route",),
            buckets=_SECONDS,
            registry=own,
        )
        self._open = Gauge(
            "millpond_http_requests_open",
            "Requests that are being answered.",
            registry=own,
            multiprocess_mode="livesum",
        )
        if shared:
            _forget_ended(Path(shared._path))  # noqa: SLF001  it alone knows the folder
            self._registry.register(shared)
        self._registry.register(_OfTheMirror(services))

    def begun(self) -> None:
        """A request has arrived."""
        self._open.inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Its reply is sent."""
        self._open.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)


class _OfTheMirror(Collector):
    """Where the mirror and the relay stand, read anew each time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._counted = _Counted()

    def describe(self) -> Iterable[Metric]:
        """Nothing is read until somebody asks."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """A mirror that cannot be read is a mirror that is not ready, not an error of ours."""
        services = self._services
        about = InfoMetricFamily("millpond", "Which program this is.")
        about.add_metric([], {"version": __version__})
        yield about
        try:
            with services.mirror.snapshot() as now:
                found = health(now, services.second())
                yield from _standing(found)
                yield from self._counted.events(now, found.as_of.block_hash)
        except MillpondError:
            yield _gauge("millpond_mirror_ready", "1 when the mirror can be relied on.", 0)
        yield from _relay(services)


def _standing(found: Health) -> Iterator[Metric]:
    as_of = found.as_of
    ready = int(found.trouble is None)
    yield _gauge("millpond_mirror_ready", "1 when the mirror can be relied on.", ready)
    yield _gauge("millpond_mirror_block", "The mirrored block.", as_of.block_number)
    yield _gauge("millpond_mirror_block_timestamp_seconds", "Its time.", as_of.block_timestamp)
    yield _gauge("millpond_mirror_safe_block", "What the node calls safe.", as_of.safe_number)
    yield _gauge("millpond_mirror_final_block", "What it calls final.", as_of.finalized_number)
    yield _gauge("millpond_node_block", "The node's newest block.", found.node_head)
    yield _gauge("millpond_mirror_lag_blocks", "Blocks that are missing.", found.lag_blocks)
    yield _gauge("millpond_mirror_lag_seconds", "Age, if blocks are missing.", found.lag_seconds)
    yield _gauge(
        "millpond_mirror_checked_timestamp_seconds",
        "When the writer asked the node last; 0: never.",
        found.checked_at or 0,
    )


class _Counted:
    """How many events there are. Counting a million takes a while, so not at each question."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at = float("-inf")
        self._block = ""
        self._rows: list[tuple[str, int]] = []

    def events(self, now: Snapshot, block_hash: str) -> Iterator[Metric]:
        """By the kind of contract that said them."""
        with self._lock:
            if block_hash != self._block and time.monotonic() - self._at > _COUNT_AGAIN:
                self._rows = sorted(events_by_contract(now).items())
                self._at, self._block = time.monotonic(), block_hash
            family = GaugeMetricFamily(
                "millpond_mirror_events", "Events in the mirror.", labels=["contract"]
            )
            for contract, number in self._rows:
                family.add_metric([contract], number)
        yield family


def _relay(services: Services) -> Iterator[Metric]:
    if services.relay is None:
        return
    try:
        counts, status = services.relay.queue.counts(), services.relay.queue.status()
    except MillpondError:
        return
    family = GaugeMetricFamily("millpond_relay_items", "What was handed in.", labels=["state"])
    for state, number in sorted(counts.items()):
        family.add_metric([state], number)
    yield family
    if status is not None:
        yield _gauge("millpond_relay_balance_wei", "What is left to pay gas.", status.balance)
        yield _gauge("millpond_relay_spent_today_wei", "Paid for gas today.", status.spent_today)
        yield _gauge("millpond_relay_ready", "1 when it works.", int(status.problem is None))


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _forget_ended(folder: Path) -> None:
    """What processes that were killed were answering when they died is answered no more."""
    for path in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(path.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)


def _shared() -> MultiProcessCollector | None:
    """What this process counts together with others, in the folder that SHARED names."""
    try:
        return MultiProcessCollector(None)  # type: ignore[no-untyped-call]
    except ValueError:
        return None  # there is none
