# SPDX-License-Identifier: AGPL-3.0-only
"""Names on IPFS beside those that another implementation gives, at every border of their form."""

import pytest

from millpond.core.errors import BadInput
from millpond.core.ipfs_names import CHUNK, LINKS, cid_of, require_cid
from tests.core.ipfs_files import Named, file_of, recorded


@pytest.mark.parametrize(
    "vector", recorded(), ids=lambda each: f"{each.bytes} by {each.chunk} and {each.links}"
)
def test_cid_of__a_file__is_the_name_that_others_give_it(vector: Named) -> None:
    assert cid_of(file_of(vector.bytes), vector.chunk, vector.links) == vector.cid


def test_cid_of__without_more__is_by_the_chunks_and_links_of_kubo() -> None:
    by_kubo = [each for each in recorded() if (each.chunk, each.links) == (CHUNK, LINKS)]
    assert max(each.bytes for each in by_kubo) > CHUNK * LINKS
    for each in by_kubo:
        assert cid_of(file_of(each.bytes)) == each.cid


def test_cid_of__hello_world__stands_in_many_tutorials_of_ipfs() -> None:
    assert cid_of(b"hello world") == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


def test_cid_of__any_byte_changed__is_another_name() -> None:
    data = file_of(2 * CHUNK + 1)
    names = {cid_of(data)}
    for at in (0, CHUNK - 1, CHUNK, 2 * CHUNK):
        names.add(cid_of(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]))
    names |= {cid_of(data[:-1]), cid_of(data + b"\0")}
    assert len(names) == 7
    assert all(require_cid(name) == name for name in names)


@pytest.mark.parametrize("text", ["", "Qm" + "a" * 44, "b" * 19 + "1", "B" + "a" * 58, "ba/../x"])
def test_require_cid__what_is_no_name__is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no IPFS name"):
        require_cid(text)
