# SPDX-License-Identifier: AGPL-3.0-only
"""Floor 2: readers of the places where work happens. Each turns foreign files into core's types."""
