# SPDX-License-Identifier: AGPL-3.0-only
"""The project measures itself; each measurement is one command with its results in `results/`."""
