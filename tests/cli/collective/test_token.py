# SPDX-License-Identifier: AGPL-3.0-only
"""The personal token: where it comes from, and that nobody sees it."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from millpond.core.collective.plan import Plan
from tests.cli.collective.people import Chain, Run, draft
from tests.sources.opencollective.site import TOKEN, Site
from tests.sources.server import Place


def test_token__missing__is_asked_for_or_said(
    millpond: Run, plan: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = millpond("collective", "status", plan, "--api", place.url)
    assert ran.status == 3
    assert "MILLPOND_OPENCOLLECTIVE_TOKEN" in ran.err
    asked: list[dict[str, Any]] = []

    def prompt(_text: str, **options: Any) -> str:
        asked.append(options)
        return TOKEN

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    assert millpond("collective", "status", plan, "--api", place.url).status == 1
    assert place.asked[0].headers["Personal-Token"] == TOKEN
    assert asked == [{"hide_input": True, "err": True}]


@pytest.mark.parametrize("content", ["", "two words", "caf\u00e9", "a\nb"])
def test_token__in_a_file_that_holds_none__is_refused_unshown(
    millpond: Run, plan: Path, place: Place, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "token"
    file.write_text(content, "utf-8")
    ran = millpond("collective", "status", plan, "--api", place.url, "--token-file", file)
    assert ran.status == 3
    assert not content or content not in ran.err
    assert place.asked == []


@pytest.mark.parametrize("how", ["variable", "file"])
@pytest.mark.parametrize("fault", ["none", "no admin", "no server", "crash"])
def test_token__whatever_happens__is_shown_and_written_nowhere(  # noqa: PLR0913, PLR0917  (cases and fixtures)
    millpond: Run,
    plan: Path,
    payees: Path,
    place: Place,
    site: Site,
    chain: Chain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    how: str,
    fault: str,
) -> None:
    """The token is a canary: everything that comes out or stays behind is searched for it."""
    caplog.set_level(logging.DEBUG)
    chain.settle(Plan.from_json(plan.read_bytes()))
    more: list[object] = ["--send", "--approve"]
    if how == "file":
        secrets = tmp_path.parent / f"{tmp_path.name}-secrets"
        secrets.mkdir()
        (secrets / "token").write_text(TOKEN + "\n")
        more += ["--token-file", secrets / "token"]
    else:
        monkeypatch.setenv("MILLPOND_OPENCOLLECTIVE_TOKEN", TOKEN)
    if fault == "no admin":
        site.admins.clear()
    if fault == "no server":
        site.dead_after = 0
        monkeypatch.setattr("millpond.sources.http.Site._wait", lambda *_: None)
    if fault == "crash":
        monkeypatch.setattr(Plan, "payment_of", lambda *_: 1 / 0)
    texts: list[str] = []
    try:
        for words in ([], ["--json"]):
            ran = draft(millpond, plan, payees, place, *more, *words)
            texts += [ran.out, ran.err]
        assert fault in ("none", "no admin", "no server")
        assert ran.status == (0 if fault == "none" else 3)
    except ZeroDivisionError as error:
        texts += [repr(error), str(error.args)]
        assert fault == "crash"
    texts += [caplog.text, *(repr(vars(record)) for record in caplog.records)]
    texts += [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in texts if TOKEN in text]
    if fault != "no server":
        assert any(asked.headers.get("Personal-Token") == TOKEN for asked in place.asked)
