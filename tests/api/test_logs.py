# SPDX-License-Identifier: AGPL-3.0-only
"""What is logged: whole lines, the id of the request, and never a key."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from millpond.api.logs import REQUEST_ID, JsonLines, TextLines, configure, fields, without_secrets
from tests.api.site import POOL, Site

NODE = "https://user:pass@node.example:8545/v3/0123456789abcdef?key=secret"
STORE = "postgresql://millpond:hunter2@db.example/mirror?sslpassword=hunter3"
SECRETS = ("user", "pass@", "0123456789abcdef", "secret", "hunter2", "hunter3")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a logger of this test writes, as lines of JSON."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in ("millpond.test", "millpond.requests")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield text
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def _lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def _fail() -> None:
    raise RuntimeError(f"no answer from {NODE}")


@pytest.mark.parametrize("form", [JsonLines(), TextLines()], ids=["json", "text"])
def test_log__an_address_with_a_key__is_cut_down_wherever_it_stands(
    form: logging.Formatter,
) -> None:
    record = logging.LogRecord("millpond", 20, __file__, 1, "asked %s", (NODE,), None)
    record.fields = fields(node=NODE, store=STORE)["fields"]
    try:
        _fail()
    except RuntimeError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    said = form.format(record)
    assert "https://node.example:8545/..." in said
    assert "RuntimeError" in said
    for secret in SECRETS:
        assert secret not in said, secret


@pytest.mark.parametrize(
    ("address", "left"),
    [
        (NODE, "https://node.example:8545/..."),
        (STORE, "postgresql://db.example/..."),
        ("http://127.0.0.1:8545/", "http://127.0.0.1:8545"),
        ("wss://[::1]:8546", "wss://[::1]:8546"),
        ("https://user:p/hunter2@node.example/", "https://..."),
        ("https://node.example/?mail=a@hunter2", "https://..."),
    ],
)
def test_without_secrets__an_address__keeps_where_it_leads(address: str, left: str) -> None:
    assert without_secrets(f"asked {address} then '{address}'") == f"asked {left} then '{left}'"


def test_without_secrets__a_text_without_addresses__stays() -> None:
    text = "block 12 of 0xabcdef: three left, 1:2 and a//b"
    assert without_secrets(text) == text


def test_log__a_line__has_its_fields_and_the_id_of_the_request(written: io.StringIO) -> None:
    token = REQUEST_ID.set("0123456789")
    logging.getLogger("millpond.test").info("moved", extra=fields(block=12, hash="0xab"))
    REQUEST_ID.reset(token)
    logging.getLogger("millpond.test").warning("ended\nby itself")
    first, second = _lines(written)
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "info",
        "logger": "millpond.test",
        "message": "moved",
        "block": 12,
        "hash": "0xab",
        "request_id": "0123456789",
    }
    assert (second["message"], "request_id" in second) == ("ended\nby itself", False)


def test_text__words_that_break_lines__stay_on_one() -> None:
    record = logging.LogRecord("millpond", 30, __file__, 1, "a\nERROR forged\x1b[2J", (), None)
    said = TextLines().format(record)
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_requests__each__leaves_one_line_that_does_not_say_what_was_looked_for(
    young: Site, written: io.StringIO
) -> None:
    reply = young.get(f"{POOL}/members?limit=7")
    young.get("/nobodys-business", 404)
    first, second = _lines(written)
    assert (first["method"], first["route"], first["status"]) == (
        "GET",
        "/v1/pools/{pool}/members",
        200,
    )
    assert first["request_id"] == reply.headers["x-request-id"]
    assert first["ms"] > 0
    assert (second["route"], second["status"]) == ("other", 404)
    assert "nobodys-business" not in written.getvalue()
    assert "limit" not in written.getvalue()


def test_configure__both_forms__go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    try:
        for form, first in (("json", "{"), ("text", "2")):
            configure(form)  # type: ignore[arg-type]  # the two there are
            logging.getLogger("millpond.test").warning("said")
            out, err = capsys.readouterr()
            assert (out, err[0], err.count("\n")) == ("", first, 1)
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
