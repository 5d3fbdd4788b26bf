# SPDX-License-Identifier: AGPL-3.0-only
"""Whole lists as files: the rows of the pages, of one block, in cells that no spreadsheet runs."""

import csv
import io
import json
import threading
from typing import Any

import pytest

from millpond.api import exports, services
from millpond.api.app import build
from millpond.api.exports import columns_of, row_model
from millpond.api.models.money import GiftPage
from millpond.api.models.proposals import ProposalPage
from millpond.api.services import Services
from tests.api.site import POOL, Site, served
from tests.api.story import HOSTILE


def _lists(site: Site) -> list[str]:
    """The address of every list that there is."""
    described = site.get("/openapi.json").json()["paths"]
    values = site.places()
    lists = [path.removesuffix(".csv") for path in described if path.endswith(".csv")]
    return [path.format(**values) for path in lists]


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_jsonl__of_every_list__is_what_its_pages_say(site: Site) -> None:
    lists = _lists(site)
    assert len(lists) > 20
    for path in lists:
        reply = site.get(f"{path}.jsonl")
        assert reply.headers["content-type"] == "application/jsonl"
        rows = [json.loads(line) for line in reply.text.splitlines()]
        assert rows == site.every(path), path


def test_csv__of_every_list__has_a_line_for_each_row_and_a_cell_for_each_value(site: Site) -> None:
    for path in _lists(site):
        reply = site.get(f"{path}.csv")
        assert reply.headers["content-type"].startswith("text/csv")
        rows, pages = _table(reply.text), site.every(path)
        assert len(rows) == len(pages), path
        for row, item in zip(rows, pages, strict=True):
            for name, value in _flat(item):
                assert row[name].removeprefix("'") == value, (path, name)


def _flat(item: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    """What a row's cells should be, worked out from the JSON."""
    found: list[tuple[str, str]] = []
    for name, value in item.items():
        title = f"{before}{name}"
        if isinstance(value, dict) and set(value) == {"amount", "asset"}:
            found.append((title, value["amount"]))
            found.append((f"{title}_symbol", value["asset"]["symbol"] or ""))
        elif isinstance(value, dict):
            found += _flat(value, f"{title}_")
        elif isinstance(value, bool):
            found.append((title, "true" if value else "false"))
        elif value is not None and not isinstance(value, list):
            found.append((title, str(value)))
    return found


def test_csv__a_list_without_rows__has_its_header(young: Site) -> None:
    text = young.get(f"{POOL}/gifts.csv").text
    assert text.startswith("block_number,log_index,earmark_id,amount,amount_asset,amount_symbol,")
    assert text.count("\r\n") == 1


def test_csv__what_a_stranger_wrote__is_no_formula_and_stays_whole(young: Site) -> None:
    story = young.story
    notes = ["=1+1", "@SUM(A1)", "+1", "-2+3", "\ttab", 'a,"b"\r\nc', HOSTILE.replace("\0", "")]
    for note in notes:
        story.coop.pool.give(0, "0x" + "0" * 40, 1, note, sender=story.patrons[0], value=1)
    story.tell()
    rows = _table(young.get(f"{POOL}/gifts.csv").text)
    for row, note in zip(rows, notes, strict=True):
        assert row["note"].removeprefix("'") == note
        assert not row["note"].startswith(("=", "+", "-", "@", "\t"))


def test_exports__with_limit_after_and_order__are_that_part(site: Site) -> None:
    gifts = site.every(f"{POOL}/gifts")
    assert len(gifts) > 4

    text = site.get(f"{POOL}/gifts.jsonl?order=newest").text
    assert [json.loads(line) for line in text.splitlines()] == gifts[::-1]
    text = site.get(f"{POOL}/gifts.jsonl?limit=2").text
    assert [json.loads(line) for line in text.splitlines()] == gifts[:2]
    after = f"{gifts[1]['block_number']}.{gifts[1]['log_index']}"
    text = site.get(f"{POOL}/gifts.jsonl?after={after}&earmark=1").text
    wanted = [gift for gift in gifts[2:] if gift["earmark_id"] == 1]
    assert [json.loads(line) for line in text.splitlines()] == wanted


@pytest.mark.parametrize("size", [1, 3])
def test_exports__read_in_many_parts__are_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    paths = [f"{POOL}/{each}.jsonl" for each in ("ledger", "contributors", "gifts")]
    paths.append(f"{POOL}/distributions/1/leaves.jsonl")
    whole = [site.get(path).text for path in paths]
    monkeypatch.setattr(exports, "CHUNK", size)
    assert [site.get(path).text for path in paths] == whole


def test_exports__asked_for_their_head__say_what_they_are_and_write_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [f"{path}{end}" for path in _lists(site) for end in (".csv", ".jsonl")]
    wholes = {path: site.get(path) for path in paths}

    def never(*_: object) -> None:
        raise AssertionError("a file is written for a HEAD")

    monkeypatch.setattr(exports, "written", never)
    own = {"content-length", "millpond-finality", "x-request-id", "date"}
    for path, whole in wholes.items():
        head = site.http.head(path)
        assert (head.status_code, head.content) == (200, b"")
        said = dict(whole.headers)
        assert dict(head.headers).items() >= {(k, v) for k, v in said.items() if k not in own}
        assert "content-length" not in head.headers
        tag = {"If-None-Match": whole.headers["etag"]}
        assert site.http.head(path, headers=tag).status_code == 304
    assert site.http.head("/v1/pools/nobody/gifts.csv").status_code == 404


def test_exports__who_has_the_file_already__gets_304(site: Site) -> None:
    reply = site.get(f"{POOL}/gifts.csv")
    assert reply.headers["content-disposition"] == 'attachment; filename="pools-mill-gifts.csv"'
    assert int(reply.headers["content-length"]) == len(reply.content)
    site.get(f"{POOL}/gifts.csv", 304, has=reply.headers["etag"])
    assert site.get(f"{POOL}/gifts.jsonl").headers["etag"] != reply.headers["etag"]


def test_exports__of_nothing_that_is_there__are_problems_and_no_files(site: Site) -> None:
    site.problem("/v1/pools/nowhere/gifts.csv", 404, "no-such-pool")
    site.problem(f"{POOL}/distributions/9/claims.jsonl", 404, "no-such-epoch")
    site.problem(f"{POOL}/gifts.csv?limt=3", 422, "bad-query")
    for path in (f"{POOL}/gifts.xlsx", f"{POOL}/gifts.", f"{POOL}.csv"):
        site.get(path, 404)


def test_exports__more_at_once_than_are_taken__are_told_to_come_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TURN_SECONDS", 0.1)
    taken = threading.Semaphore(0)
    app = build(Services(site.story.mirror, site.story.shelf, exporting=taken))
    with served(app) as http:
        reply = http.get(f"{POOL}/gifts.csv")
        assert (reply.status_code, reply.json()["type"]) == (429, "/problems#too-busy")
        assert http.get(f"{POOL}/gifts").status_code == 200
        taken.release()
        assert http.get(f"{POOL}/gifts.csv").status_code == 200
        assert http.get(f"{POOL}/gifts.csv").status_code == 200


# --- columns --------------------------------------------------------------------------------------


def test_columns_of__amounts_and_what_is_within__have_names_of_their_own() -> None:
    names = [name for name, _ in columns_of(row_model(ProposalPage))]
    assert len(names) == len(set(names))
    assert {"id", "tally_against", "tally_for", "rules_name", "quorum"} <= set(names)
    gift = [name for name, _ in columns_of(row_model(GiftPage))]
    assert gift[3:7] == ["amount", "amount_asset", "amount_symbol", "amount_decimals"]
