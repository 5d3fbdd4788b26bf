# SPDX-License-Identifier: AGPL-3.0-only
"""The command `millpond`: for whoever wants to know where the money went. It sends no transaction,
but for `millpond relay`.

    millpond verify distribution DOCUMENT      is every figure right, to the last payment?
    millpond verify code                       does the chain run the published sources?
    millpond explain SUBJECT                   why did I get this amount?
    millpond report season                     how did some epochs go, for whom?
    millpond cred fetch DIRECTORY              read where work happened: git, tables, graphs
    millpond cred compute DIRECTORY            who did how much of what counted?
    millpond identity log DIRECTORY            who is who, and who proved it?
    millpond sourcecred replay LEDGER          who has what by a SourceCred ledger?
    millpond books journal --pool NAME         where did the money come from and go?
    millpond collective revenue NAME           what did a month at Open Collective bring in?
    millpond simulate RULE FILE                what would a rule have given?
    millpond sync                              keep a database of all that happened
    millpond mirror audit                      is what that database says what the chain says?
    millpond serve                             show it: pages, and JSON for programs
    millpond relay                             bring signed ballots to the chain, pay their gas

Exit status: 0 it holds; 1 something differs; 2 the command was given wrongly; 3 it could not be
carried out (a node that is down, a file that cannot be read, ...): the error says what to do next.
130: interrupted.
"""

import sys
from collections.abc import Sequence

import click

from millpond.cli.base import (
    HOLDS,
    INTERRUPTED,
    NOT_DONE,
    USAGE,
    Run,
    Terminal,
    shared_options,
)
from millpond.cli.lazy import LazyCommands
from millpond.core.errors import MillpondError

EXAMPLES = """
Examples:

\b
  millpond verify distribution ./2019-09 --rpc http://127.0.0.1:8545
  millpond verify distribution distribution.json --scores scores.json
  millpond verify code --hub 0x... --pool credsperiment --rpc https://node.example
  millpond explain decentralion --document ./2019-09 --rpc http://127.0.0.1:8545
  millpond sync --hub 0x... --rpc http://127.0.0.1:8545 --database mirror.db
  millpond serve --hub 0x... --rpc http://127.0.0.1:8545 --documents ./distributions

Exit status: 0 it holds, 1 something differs, 2 wrong usage, 3 it could not be carried out.
"""


COMMANDS = LazyCommands(
    {
        "verify": "verify:verify_group",
        "explain": "explain:explain_command",
        "report": "season:report_group",
        "cred": "cred:cred_group",
        "identity": "identity:identity_group",
        "sourcecred": "sourcecred:sourcecred_group",
        "books": "books:books_group",
        "collective": "collective:collective_group",
        "simulate": "simulate:simulate_group",
        "sync": "mirror:sync_command",
        "mirror": "audit:mirror_group",
        "serve": "serve:serve_command",
        "relay": "relay:relay_command",
    }
)


@click.group(
    help="Check a co-op's payouts by yourself. Sends no transaction and needs no key, but for "
    f"`relay`.\n{EXAMPLES}",
    commands=COMMANDS,
)
@click.version_option(package_name="millpond", prog_name="millpond")
@shared_options
def cli(run: Run) -> None:
    """The options before a command hold for it."""


def run(args: Sequence[str]) -> int:
    """Run the command line; the exit status."""
    try:
        status = cli.main(list(args), prog_name="millpond", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except MillpondError as error:
        Terminal(_as_json(args)).error(error)
        return NOT_DONE
    return int(status or HOLDS)


def _as_json(args: Sequence[str]) -> bool:
    """Is the answer to be JSON? Behind some commands --json takes the name of a file instead."""
    command: click.Command = cli
    before, behind = list[str](), list(args)
    for at, word in enumerate(args):
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
            before, behind = list(args[:at]), list(args[at:])
    options = [each for each in command.params if isinstance(each, click.Option)]
    takes_file = any("--json" in each.opts and not each.is_flag for each in options)
    return "--json" in (before if takes_file else before + behind)


def main() -> None:
    """The entry point of the program `millpond`."""
    sys.exit(run(sys.argv[1:]))
