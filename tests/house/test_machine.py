# SPDX-License-Identifier: AGPL-3.0-only
"""The guard in tests/conftest.py: no test reaches another machine."""

import socket

import pytest
import requests

# An address for documentation (RFC 5737) and a name that can exist nowhere (RFC 6761).
ELSEWHERE = "192.0.2.1"
NOWHERE = "millpond.invalid"


def test_socket__to_another_machine__refused_before_a_packet_leaves() -> None:
    with socket.socket() as probe:
        with pytest.raises(AssertionError, match="a test tried to connect"):
            probe.connect((ELSEWHERE, 9))
        with pytest.raises(AssertionError, match="a test tried to connect"):
            probe.connect_ex((ELSEWHERE, 9))


def test_http__to_a_name_elsewhere__refused_before_a_name_server_is_asked() -> None:
    with pytest.raises(AssertionError, match="a test tried to connect"):
        requests.get(f"http://{NOWHERE}/", timeout=1)


def test_socket__to_this_machine__works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address) as client:
            assert client.getpeername() == address
        with socket.create_connection(("localhost", address[1])) as client:
            assert client.getpeername()[1] == address[1]
