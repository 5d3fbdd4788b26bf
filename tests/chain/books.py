# SPDX-License-Identifier: AGPL-3.0-only
"""Books kept block by block beside a chain, and held against it after every block."""

from collections import defaultdict

from millpond.chain.books_check import check_books
from millpond.chain.client import Client
from millpond.chain.contracts import Contract
from millpond.chain.journal import Bookkeeping, Told, commodities_of, keep, read_events
from millpond.chain.report import Report, Step, Verdict
from millpond.chain.verify_code import PoolParts, find_pool


def all_events(client: Client, parts: PoolParts) -> list[Told]:
    """All that the pool's contracts have said so far."""
    return read_events(client, parts, 0, client.block())


def parts_of(hub: Contract) -> PoolParts:
    """The pool of the stories."""
    return find_pool(hub, "credsperiment")


def checked(client: Client, parts: PoolParts, events: list[Told], at: int) -> list[Step]:
    """What is not right in books of these events, at block `at`."""
    kept = keep(parts, events)
    report = Report()
    check_books(client, kept, at, report, commodities_of(client, kept))
    return [step for step in report.steps if step.verdict is not Verdict.OK]


def every_block(client: Client, parts: PoolParts, first: int) -> tuple[int, int]:
    """Hold the books against the chain after each block from `first` on.

    How many blocks there were, and how many checks were made.
    """
    events = all_events(client, parts)
    names = commodities_of(client, keep(parts, events))
    by_block: dict[int, list[Told]] = defaultdict(list)
    for told in events:
        by_block[told.event.log.block_number].append(told)
    kept, last, made = Bookkeeping.of(parts), client.block().number, 0
    assert min(by_block) >= first
    for block in range(first, last + 1):
        for told in by_block[block]:
            kept.add(told)
        kept.settle()
        report = Report()
        check_books(client, kept, block, report, names)
        assert [step for step in report.steps if step.verdict is not Verdict.OK] == [], block
        made += len(report.steps)
    return last - first + 1, made
