# SPDX-License-Identifier: AGPL-3.0-only
"""ape changes eth-abi for its whole process; what we read from a node must not change with it."""

import subprocess
import sys

PROGRAM = """
import ape.utils.abi
from millpond.chain.abi import decode_values, plain
from millpond.chain.answers import BadAnswer
word = lambda number: number.to_bytes(32)
for form, data in (
    ("uint256", b"\\x01"),
    ("uint256[]", word(32) + word(2**24) + bytes(64)),
):
    try:
        print(decode_values(plain(form), data, form))
    except BadAnswer:
        print("refused")
"""


def test_decode_values__ape_is_in_the_process__short_answers_and_endless_lists_are_refused() -> (
    None
):
    command = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
    assert run.stdout.split() == ["refused", "refused"]
