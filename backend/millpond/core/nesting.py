# SPDX-License-Identifier: AGPL-3.0-only
"""How deep JSON is nested, counted before it is parsed.

Python's parser calls itself for each bracket and relies on the process's recursion limit, which
some packages raise so far (py-evm: 100,000) that hostile bytes would end the program.
"""

import re
from itertools import accumulate

# Possessive, and to the end where the closing quote is missing: never twice over the same bytes.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_OTHER = re.compile(rb"[^\[\]{}]+")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def is_deeper(data: bytes, limit: int) -> bool:
    """Whether brackets outside of strings are ever open more than `limit` deep."""
    depths = accumulate(_STEP[each] for each in _brackets(data))
    return max(depths, default=0) > limit


def depth_at_end(data: bytes) -> int:
    """How many brackets outside of strings are open at the end."""
    return sum(_STEP[each] for each in _brackets(data))


def _brackets(data: bytes) -> bytes:
    return _OTHER.sub(b"", _STRING.sub(b"", data))
