# SPDX-License-Identifier: AGPL-3.0-only
"""For all tests: nothing leaves this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mirror.places import every_store, on_both, postgresql_server

__all__ = ["every_store", "on_both", "only_this_machine", "postgresql_server"]

_CONNECT, _CONNECT_EX = socket.socket.connect, socket.socket.connect_ex
_LOOK_UP = socket.getaddrinfo


class OutsideConnectionError(AssertionError):
    """A test tried to reach another machine. Use a chain or a server of this one."""


def _check(address: object) -> None:
    """Refuse any address but this machine's own. (Paths of Unix sockets are text or bytes.)"""
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    if host == "localhost":
        return
    try:
        inside = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OutsideConnectionError(f"a test tried to connect to {address}")


def _connect(self: socket.socket, address: tuple[str, int]) -> None:
    _check(address)
    _CONNECT(self, address)


def _connect_ex(self: socket.socket, address: tuple[str, int]) -> int:
    _check(address)
    return _CONNECT_EX(self, address)


def _look_up(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
    """Refuse to ask a name server, too: the question itself would leave this machine."""
    if host is not None:
        _check((host.decode() if isinstance(host, bytes) else host,))
    return _LOOK_UP(host, *args, **kwargs)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Make a connection to anywhere else an error, for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect)
        patch.setattr(socket.socket, "connect_ex", _connect_ex)
        patch.setattr(socket, "getaddrinfo", _look_up)
        yield
