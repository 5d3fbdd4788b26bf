# SPDX-License-Identifier: AGPL-3.0-only
"""The shape of every reply. Field by field what `mirror.reads` returns."""
