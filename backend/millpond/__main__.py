# SPDX-License-Identifier: AGPL-3.0-only
"""`python -m millpond`: the command line without its installed entry point."""

from millpond.cli import main

main()
