# SPDX-License-Identifier: AGPL-3.0-only
"""Work in processes that begin as copies of this one, so what each changes is gone with it."""

import gc
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

OUT_OF_TIME = "out of time"
DIED = "died"
GRACE = 5  # seconds between the signal that tells of the limit and the one that nothing withstands


class Ended(NamedTuple):
    """What came of one piece of work: its answer, or why there is none."""

    name: str
    answer: Any
    trouble: str


def worked(
    work: Iterable[tuple[str, Callable[[], Any]]], jobs: int, cpu_seconds: int
) -> Iterator[Ended]:
    """Each piece in a process of its own, so many at a time, in the order in which they end.

    A piece that takes more of the processor's time than that is ended. The next one is taken only
    when there is room for it, so it may depend on what came of those before.
    """
    gc.collect()
    gc.freeze()  # collections in the copies would copy all memory
    waiting, running = iter(work), dict[int, tuple[str, int, bytearray]]()
    try:
        while True:
            while len(running) < jobs and (piece := next(waiting, None)):
                reader, pid = _begun(piece[1], cpu_seconds)
                running[reader] = (piece[0], pid, bytearray())
            if not running:
                return
            for reader in select.select(list(running), [], [])[0]:
                name, pid, said = running[reader]
                if part := os.read(reader, 65_536):
                    said += part
                    continue
                del running[reader]
                os.close(reader)
                yield _ended(name, os.waitpid(pid, 0)[1], bytes(said))
    finally:
        for reader, (_, pid, _) in running.items():
            os.close(reader)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _begun(work: Callable[[], Any], cpu_seconds: int) -> tuple[int, int]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writer)
        return reader, pid
    status = 1
    try:
        os.close(reader)
        gc.disable()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + GRACE))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        said = json.dumps(work()).encode()
        while said:
            said = said[os.write(writer, said) :]
        status = 0
    except BaseException:  # noqa: BLE001  (it is told to the parent, which has no other way to know)
        os.write(writer, traceback.format_exc().encode())
    finally:
        os._exit(status)


def _ended(name: str, status: int, said: bytes) -> Ended:
    if os.WIFSIGNALED(status):
        signalled = os.WTERMSIG(status)
        by_limit = signalled == signal.SIGXCPU
        return Ended(name, None, OUT_OF_TIME if by_limit else f"{DIED} of signal {signalled}")
    if os.WEXITSTATUS(status):
        return Ended(name, None, said.decode())
    return Ended(name, json.loads(said), "")
