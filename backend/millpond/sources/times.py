# SPDX-License-Identifier: AGPL-3.0-only
"""Dates as people write them into settings: always UTC, whatever the machine's time zone."""

import re
from datetime import UTC, datetime

from millpond.core.errors import ConfigFileError

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def milliseconds(text: str, file: str, position: str) -> int:
    """The instant of "2021-01-31", "2021-01-31T12:00:00.000Z" or "1/31/2021" (month first)."""
    american = _AMERICAN.fullmatch(text.strip())
    try:
        if american:
            month, day, year = map(int, american.groups())
            moment = datetime(year, month, day, tzinfo=UTC)
        else:
            moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigFileError(
            f"{text[:40]!r} is not a date ({error})",
            'write it as "2021-01-31" or "2021-01-31T12:00:00Z"',
            file,
            position,
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
