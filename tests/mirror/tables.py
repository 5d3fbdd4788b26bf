# SPDX-License-Identifier: AGPL-3.0-only
"""The names of all tables and views of the mirror."""

import re

from millpond.mirror.store import schema

TABLES = tuple(sorted(re.findall(r"^CREATE TABLE (\w+)", schema(), re.MULTILINE)))
VIEWS = tuple(re.findall(r"^CREATE VIEW (\w+)", schema(), re.MULTILINE))
