# SPDX-License-Identifier: AGPL-3.0-only
"""Floor 1: pure rules. No network, no clock, no disk, no float in money."""
