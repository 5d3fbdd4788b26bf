# SPDX-License-Identifier: AGPL-3.0-only
"""Every command that acts or signs with somebody's account, as one could type it.

The commands come from click itself, so a new one is among them; an option of a new name must get a
value here, or `typed` says so.
"""

import json
from pathlib import Path

import click

from scripts import _demo_story as story
from scripts._stage import DOLLAR, PARAMS, POOL
from tests.house.commands import Command, scripts
from tests.scripts.town import NEWCOMER, PATRON, STRANGER, Town

ACCOUNTS = {
    *("--attester", "--attesting", "--candidate", "--member", "--minter", "--new", "--of", "--old"),
    *("--part", "--spender", "--target", "--to", "--token"),
}
OFFLINE = {"epoch sign-offline"}
"""What signs on a machine that is on no network: no chain can be the wrong one."""
AMOUNTS = {"--amount", "--rate"}


def acting() -> dict[str, Command]:
    """Each command that takes an account, by what one types behind `ape run`."""
    found = {x.line.removeprefix("ape run "): x for x in scripts().values() if x.takes("--account")}
    for name in OFFLINE:
        del found[name]
    assert len(found) > 50
    return found


def typed(command: Command, town: Town) -> list[str]:
    """What it needs, each as somebody would write it."""
    line = ["--yes", *(["--send"] if command.takes("--send") else [])]
    for param in command.leaf.params:
        if param.required and param.opts[0] != "--account":
            text = value(param, command, town)
            line += [param.opts[0], text] if isinstance(param, click.Option) else [text]
    return line


def value(param: click.Parameter, command: Command, town: Town) -> str:
    """Of one option or argument."""
    name = param.opts[0]
    if name in {"path", "report"}:
        return str(_paper(command, town))
    # `move` goes from one earmark to another; everywhere else --to is an account
    if name == "--to" and command.line.endswith(" move"):
        return "1"
    if name == "--label":
        return "commons" if command.line.endswith(" open-round") else "cred"
    people = {"--candidate": NEWCOMER, "--new": NEWCOMER, "--old": 2, "--member": 2, "--of": PATRON}
    if name in ACCOUNTS:
        return town.address(people.get(name, STRANGER))
    return {
        "--abi": "Admission",
        "--amount": "1",
        "--asset": DOLLAR,
        "--earmark": "0",
        "--epoch": "1",
        "--epochs": "3",
        "--from": "0",
        "--function": "leave",
        "--id": "1",
        "--identity": "github:somebody",
        "--month": "2019-09",
        "--needed": "1",
        "--params": str(PARAMS),
        "--pool": POOL,
        "--proof": "https://example.org/proof",
        "--proof-uri": "https://example.org/proof",
        "--proposal": "1",
        "--rate": "1",
        "--reference": "An invoice",
        "--report": "A report",
        "--scores": str(story.SCORES),
        "--support": "for",
        "--text": "Why",
        "--uri": "https://example.org/",
    }[name]


def _paper(command: Command, town: Town) -> Path:
    path = town.papers / f"{command.line.split()[-1]}.json"
    actions = [{"expel": {"member": town.address(2)}}]
    path.write_text(json.dumps({"text": "Why", "actions": actions}))
    return path
