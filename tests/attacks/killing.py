# SPDX-License-Identifier: AGPL-3.0-only
"""The power goes: a run of a command that ends at one place, and no code of it runs any more.

Places are: before each question to the node, after each transaction that was sent, and before and
after each line of the journal and each record that is written. Between two places a run leaves
nothing behind, so that a run killed at each of them has been killed everywhere.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from millpond.chain import deployments
from millpond.chain.rpc import Rpc
from scripts._journal import Journal

SENT = "eth_sendRawTransaction"
POLL = "before eth_getTransactionReceipt"


class Killed(BaseException):
    """The end of a run; no error, so that nothing catches it."""


class Power:
    """Counts the places a run comes to, and goes at one of them."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self._goes: Goes | None = None

    def come_to(self, place: str) -> None:
        """One place further. What is asked between runs is none, nor is asking for a receipt again:
        how often that is depends on how busy the machine is."""
        if self._goes is None or (place == POLL and self.places[-1] == POLL):
            return
        self.places.append(place)
        goes, self._goes = self._goes, None  # which may ask the chain itself
        try:
            if goes(len(self.places) - 1, place):
                raise Killed(place)
        finally:
            self._goes = goes

    def run(self, command: Callable[[], object], goes: "Goes | None" = None) -> bool:
        """Whether the command came to its own end. `goes` is told of each place of the run, by
        number and name, and says whether the power goes there."""
        self.places, self._goes = [], goes or _never
        try:
            command()
        except Killed:
            return False
        finally:
            self._goes = None
        return True


Goes = Callable[[int, str], bool]


def _never(_: int, __: str) -> bool:
    return False


@contextmanager
def power() -> Iterator[Power]:
    """For as long as this lasts, every run passes its places here."""
    found = Power()
    tell = Rpc.tell

    def asked(self: Rpc, method: str, params: Sequence[object] = ()) -> object:
        found.come_to(f"before {method}")
        answer = tell(self, method, params)
        if method == SENT:
            found.come_to(f"after {method}")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rpc, "tell", asked)
        patch.setattr(Journal, "add", _around(found, "journal", Journal.add))
        patch.setattr(deployments, "save", _around(found, "record", deployments.save))
        yield found


def _around(found: Power, what: str, write: Callable[..., Any]) -> Callable[..., Any]:
    def written(*args: Any, **kwargs: Any) -> Any:
        found.come_to(f"before the {what}")
        done = write(*args, **kwargs)
        found.come_to(f"after the {what}")
        return done

    return written
