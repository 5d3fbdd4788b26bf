# SPDX-License-Identifier: AGPL-3.0-only
"""For attacks on commands: the co-op that tests/scripts/ plays on."""

from tests.scripts.conftest import month, month_end, settings_read_once, square, town

__all__ = ["month", "month_end", "settings_read_once", "square", "town"]
