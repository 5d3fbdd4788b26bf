# SPDX-License-Identifier: AGPL-3.0-only
"""The tar that follows from its files."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core.errors import BadInput
from millpond.core.publication import tar

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
