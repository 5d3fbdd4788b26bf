# SPDX-License-Identifier: AGPL-3.0-only
"""Commands with a defence taken out: what changed.py is to contracts, for Python.

with weakened(FORGETFUL): ...          nothing is written down before it is sent
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from millpond.chain import deployments
from millpond.chain.client import Client
from millpond.chain.verify_code import Checker
from scripts import pool
from scripts._outbox import Deed

Change = tuple[Any, str, Any]
"""An object, the name of what it loses, and what stands there instead."""


def _nothing(*_: object, **__: object) -> None:
    pass


def _as_told(hub: Any, _: str, receipt: Any) -> Any:
    return hub.event(receipt, "PoolCreated").args["parts"]


FORGETFUL: Change = (Deed, "leaving", _nothing)
ANY_CHAIN: Change = (Client, "check_chain", _nothing)
ANY_HISTORY: Change = (deployments, "require_same_chain", _nothing)
ANY_PLACE: Change = (Client, "_require_created", _nothing)
ANY_CODE: Change = (Checker, "require_recorded", _nothing)
ANY_POOL: Change = (pool, "_made", _as_told)


@contextmanager
def weakened(*changes: Change) -> Iterator[None]:
    """For as long as this lasts the commands are without these defences."""
    with pytest.MonkeyPatch.context() as patch:
        for where, name, instead in changes:
            assert hasattr(where, name)
            patch.setattr(where, name, instead)
        yield
