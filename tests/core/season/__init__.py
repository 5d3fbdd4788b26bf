# SPDX-License-Identifier: AGPL-3.0-only
"""Tests of the figures of a season."""
