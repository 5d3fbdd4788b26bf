# SPDX-License-Identifier: AGPL-3.0-only
"""One router for each subject. A route reads, in one transaction, and says what it found."""
