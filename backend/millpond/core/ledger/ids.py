# SPDX-License-Identifier: AGPL-3.0-only
"""Ids and names, as SourceCred's ledger writes them.

An id is 16 bytes in base64 without its padding: 22 letters and digits. Ids with + / - or _ are not
made, nor those in which two neighbours are out of c s f h u i t, whatever their case.
"""

import re
from base64 import b64encode

from millpond.core.canonical import keccak256

# The last letter holds two bits, and four of padding.
_ID = re.compile(r"(?!.*[csfhuitCSFHUIT]{2})[A-Za-z0-9]{21}[AQgw]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,42}")
_LETTERS = 22


def is_id(text: str) -> bool:
    """Whether SourceCred would take this text for an id."""
    return _ID.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether this may be the name of an account."""
    return _NAME.fullmatch(text) is not None


def made_id(seed: bytes) -> str:
    """An id that follows from a seed: the same each time, another for every other seed."""
    digest = keccak256(seed)
    while True:  # one in five is clean
        text = b64encode(digest[:16]).decode()[:_LETTERS]
        if is_id(text):
            return text
        digest = keccak256(digest)
