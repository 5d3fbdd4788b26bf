# SPDX-License-Identifier: AGPL-3.0-only
"""Commands that are imported when somebody asks for them: what talks to a node takes a second."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name; each is given as "<module beside this one>:<its name there>"."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            module, attribute = self._places[name].split(":")
            command = getattr(import_module(f"millpond.cli.{module}"), attribute)
            self._found[name] = command
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._found[name] = command

    def __delitem__(self, name: str) -> None:
        self._places.pop(name, None)
        self._found.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._places, **self._found})

    def __len__(self) -> int:
        return len({**self._places, **self._found})
