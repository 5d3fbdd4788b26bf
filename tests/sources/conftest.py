# SPDX-License-Identifier: AGPL-3.0-only
"""Hypothesis without a clock: no test depends on how fast a machine is."""

from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")
