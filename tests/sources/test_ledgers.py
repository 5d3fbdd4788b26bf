# SPDX-License-Identifier: AGPL-3.0-only
"""Ledgers and what divides grain, from disk."""

import json
import zlib
from pathlib import Path

import pytest

from millpond.core.errors import ConfigFileError, InputFileError, LedgerFileError
from millpond.sources.grain_inputs import kept_cred, read_grain_config
from millpond.sources.ledgers import ledger_bytes, ledger_path, read_ledger
from tests.core.grain.views import real_config
from tests.sourcecred import laid_out, read
from tests.sources.test_cred_files import WANTED, ours, sourcecreds


def test_ledger_path__a_directory__is_the_instances(tmp_path: Path) -> None:
    assert ledger_path(tmp_path) == tmp_path / "data" / "ledger.json"
    assert ledger_path(tmp_path / "ledger.json") == tmp_path / "ledger.json"


def test_read_ledger__no_file_and_a_wrong_one__are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot be read"):
        read_ledger(tmp_path / "none.json")
    (tmp_path / "ledger.json").write_text("{}\n")
    with pytest.raises(LedgerFileError, match=r"ledger.json, line 1: the field 'version'"):
        read_ledger(tmp_path / "ledger.json")
    with pytest.raises(LedgerFileError, match=r"^data/ledger.json, line 1: "):
        read_ledger(tmp_path / "ledger.json", "data/ledger.json")


def test_read_ledger__a_packed_one__is_unpacked(tmp_path: Path) -> None:
    data = read("kurafire", "data/ledger.json")
    (tmp_path / "ledger.json").write_bytes(zlib.compress(data))
    assert ledger_bytes(tmp_path / "ledger.json") == data
    assert len(read_ledger(tmp_path / "ledger.json").events) == 60


def test_read_grain_config__of_a_real_instance__is_its_rules(tmp_path: Path) -> None:
    assert read_grain_config(laid_out("metagov", tmp_path)) == real_config("metagov")


def test_kept_cred__what_sourcecred_left__and_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    for other in ("expected-cred.json", "output/cred.json"):
        (tmp_path / other).write_text(json.dumps(ours()))
    assert kept_cred(tmp_path) is None
    (tmp_path / "output" / "credGrainView.json").write_text(json.dumps(sourcecreds()))
    assert kept_cred(tmp_path) == ("output/credGrainView.json", WANTED)


def test_read_grain_config__none__is_refused_and_a_currency_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match=r"config/grain.json: there is no such file"):
        read_grain_config(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "grain.json").write_text("{}")
    assert read_grain_config(tmp_path).policies == ()
    (tmp_path / "config" / "currencyDetails.json").mkdir()
    with pytest.raises(ConfigFileError, match="IsADirectoryError"):
        read_grain_config(tmp_path)
