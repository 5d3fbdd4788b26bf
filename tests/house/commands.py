# SPDX-License-Identifier: AGPL-3.0-only
"""Every command that people can type, as click knows it."""

import importlib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import click

from millpond.cli import cli
from tests.house.tree import ROOT


class Command(NamedTuple):
    """One command: how one may type it, and the docstring of its file, where examples stand."""

    lines: tuple[str, ...]
    leaf: click.Command
    docstring: str

    @property
    def line(self) -> str:
        """What one types."""
        return self.lines[0]

    @property
    def options(self) -> list[click.Option]:
        """What begins with a dash."""
        return [each for each in self.leaf.params if isinstance(each, click.Option)]

    @property
    def arguments(self) -> list[str]:
        """What is given by its place."""
        return [each.human_readable_name for each in self.leaf.params if _by_place(each)]

    def takes(self, option: str) -> bool:
        """Whether it knows --option."""
        if option == "--network":
            return self.line.startswith("ape run")
        return any(option in each.opts + each.secondary_opts for each in self.options)


def _by_place(param: click.Parameter) -> bool:
    return isinstance(param, click.Argument)


@cache
def funders() -> dict[str, Command]:
    """Each `millpond ...`."""
    return {line: Command((line,), leaf, "") for line, leaf in _leaves("millpond", cli)}


@cache
def scripts() -> dict[str, Command]:
    """Each `ape run ...`, and what is run as a program of its own. Importing them imports ape."""
    found = []
    for path in sorted((ROOT / "scripts").glob("[!_]*.py")):
        name, module = path.stem, importlib.import_module(f"scripts.{path.stem}")
        program = (f"python -m scripts.{name}", f"python scripts/{name}.py", f"make {name}")
        for line, leaf in _leaves(name, getattr(module, "cli", None) or module.main):
            # ape gives such a command its chain, and the option --network.
            by_ape = isinstance(leaf, importlib.import_module("ape.cli").ConnectedProviderCommand)
            lines = (f"ape run {line}",) if by_ape else program
            found.append(Command(lines, leaf, module.__doc__ or ""))
    return {each.line: each for each in found}


def _leaves(line: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield line, command
        return
    for name, inner in command.commands.items():
        yield from _leaves(f"{line} {name}", inner)
