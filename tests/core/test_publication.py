# SPDX-License-Identifier: AGPL-3.0-only
"""The tar that follows from its files, and the IPFS name of bytes."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import BadInput
from millpond.core.publication import CHUNK, raw_cid, require_cid, tar

NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}(/[a-z0-9][a-z0-9._-]{0,20}){0,2}", fullmatch=True)
FILES = st.dictionaries(NAMES, st.binary(max_size=1_200), max_size=8)


@given(FILES)
def test_tar__any_files__are_read_back_by_another_program(files: dict[str, bytes]) -> None:
    with tarfile.open(fileobj=io.BytesIO(tar(files))) as found:
        back = {each.name: found.extractfile(each) for each in found.getmembers()}
        assert {name: file.read() for name, file in back.items() if file} == files
        assert [each.name for each in found.getmembers()] == sorted(files)
        assert {(m.mode, m.uid, m.mtime, m.uname) for m in found.getmembers()} <= {
            (0o644, 0, 0, "")
        }


@given(FILES, st.randoms())
def test_tar__the_same_files_in_another_order__is_the_same_bytes(
    files: dict[str, bytes], chance: object
) -> None:
    names = sorted(files, key=lambda name: (hash((name, chance)), name))
    assert tar({name: files[name] for name in names}) == tar(files)


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../up", "a/../b", "a//b", ".", "a/", "x" * 100, "a b", "ü", "a\nb"]
)
def test_tar__a_name_that_would_not_stay_in_its_folder__is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a published file"):
        tar({name: b""})


def test_raw_cid__of_known_bytes__is_the_name_that_others_give_them() -> None:
    """The name of "hello world" as it stands in many tutorials of IPFS."""
    assert raw_cid(b"hello world") == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


def test_raw_cid__of_more_than_one_block__is_not_known() -> None:
    assert raw_cid(bytes(CHUNK)) is not None
    assert raw_cid(bytes(CHUNK + 1)) is None


@pytest.mark.parametrize("text", ["", "Qm" + "a" * 44, "b" * 19 + "1", "B" + "a" * 58, "ba/../x"])
def test_require_cid__what_is_no_name__is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no IPFS name"):
        require_cid(text)
