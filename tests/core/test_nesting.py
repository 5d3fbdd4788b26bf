# SPDX-License-Identifier: AGPL-3.0-only
"""Depth is that of a parser that reads bracket by bracket; brackets in strings are text."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.canonical import decode
from millpond.core.errors import CanonicalError, ScoreFileError
from millpond.core.nesting import is_deeper
from millpond.sources.sourcecred import read_scores

JSON = st.recursive(
    st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def depth(value: object) -> int:
    """How deep a value is nested, by walking it."""
    if isinstance(value, dict):
        return 1 + max((depth(item) for item in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(item) for item in value), default=0)
    return 0


@given(JSON, st.booleans())
def test_is_deeper__any_json__agrees_with_a_walk(value: object, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    found = depth(value)
    assert not is_deeper(data, found)
    assert found == 0 or is_deeper(data, found - 1)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["[", {"b":'])
def test_readers__a_million_open_brackets__are_refused_whatever_the_recursion_limit(
    opening: bytes,
) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        with pytest.raises(CanonicalError, match="nested more than 32 deep"):
            decode(opening * 1_000_000)
        with pytest.raises(ScoreFileError, match="nested more than 16 deep"):
            read_scores(opening * 1_000_000)
    finally:
        sys.setrecursionlimit(before)
