# SPDX-License-Identifier: AGPL-3.0-only
"""How deep JSON is nested, counted before it is parsed.

Python's parser calls itself for each bracket and relies on the process's recursion limit, which
some packages raise so far (py-evm: 100,000) that hostile bytes would end the program.
"""

import re
from itertools import accumulate

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OTHER = re.compile(rb"[^\[\]{}]+")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def is_deeper(data: bytes, limit: int) -> bool:
    """Whether brackets outside of strings are ever open more than `limit` deep."""
    brackets = _OTHER.sub(b"", _STRING.sub(b"", data))
    return max(accumulate(_STEP[each] for each in brackets), default=0) > limit
