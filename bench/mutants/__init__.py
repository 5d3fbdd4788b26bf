# SPDX-License-Identifier: AGPL-3.0-only
"""Small mistakes put into the contracts one at a time, and whether the tests notice each."""
