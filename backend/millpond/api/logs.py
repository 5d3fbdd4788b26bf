# SPDX-License-Identifier: AGPL-3.0-only
"""What goes to standard error: lines for people, or one JSON object a line for programs.

Nothing secret can be in a line: of every address in it only scheme, host and port are kept, since
keys of nodes and passwords of databases stand in the rest. Addresses of whoever asks are not
logged at all.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

Form = Literal["text", "json"]
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered, if one is."""
_FIELDS = "fields"
_ADDRESS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<where>[^\s\"'<>\\/?#]*)(?P<rest>[^\s\"'<>\\]*)",
    re.IGNORECASE,
)


def fields(**named: object) -> dict[str, object]:
    """What a line says besides its words: `log.info("...", extra=fields(block=12))`."""
    return {_FIELDS: named}


def configure(form: Form) -> None:
    """From now on everything that this program logs goes out in this form. In text only what
    somebody should look at; in JSON every request, too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    level = logging.INFO if form == "json" else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # what others log at each request they make would tell of addresses, and says nothing of ours
    for chatty in ("httpx", "httpcore", "urllib3", "web3", "asyncio", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def without_secrets(text: str) -> str:
    """Every address in a text, cut down to where it leads."""
    return _ADDRESS.sub(_cut, text)


def _cut(found: re.Match[str]) -> str:
    if "@" in found["rest"]:  # whatever is in front of it may be a password with a slash
        return f"{found['scheme']}..."
    rest = "/..." if found["rest"].strip("/") else ""
    return f"{found['scheme']}{found['where'].rpartition('@')[2]}{rest}"


class TextLines(logging.Formatter):
    """One line, and the traceback below it if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """As people read it."""
        said = getattr(record, _FIELDS, {}) | _request()
        more = "".join(f" {name}={value}" for name, value in said.items())
        whole = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}{more}"
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return without_secrets("\n".join(filter(None, (_one_line(whole), trace))))


class JsonLines(logging.Formatter):
    """One object: time, level, logger, message, request_id within a request, fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """As programs read it."""
        said: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        said |= {name: _plain(value) for name, value in getattr(record, _FIELDS, {}).items()}
        said |= _request()
        if record.exc_info:
            said["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(said)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _request() -> dict[str, str]:
    found = REQUEST_ID.get()
    return {} if found is None else {"request_id": found}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return without_secrets(str(value))


def _one_line(text: str) -> str:
    """Somebody else may have chosen words in it: none of them begins a line of its own."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
