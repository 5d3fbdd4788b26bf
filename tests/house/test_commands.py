# SPDX-License-Identifier: AGPL-3.0-only
"""Every command explains itself: each option, each argument, one example, and JSON for scripts."""

import ast
import re

import pytest

from tests.house.commands import Command, funders, scripts
from tests.house.tree import ROOT

# What has no result to print: a story, a server, writers of files of the project itself.
WITHOUT_RESULTS = {
    *("clear_signing", "demo", "devchain", "freeze_abis", "generate_mirror", "manifest", "sbom"),
    "serve",
}


def _all() -> list[Command]:
    return [*funders().values(), *scripts().values()]


def _names(command: Command, text: str) -> bool:
    """Whether a text shows the command as one types it."""
    lines = "|".join(re.escape(line) for line in command.lines)
    return re.search(rf"(?:{lines})(?![\w-])", text) is not None


def test_commands__there_are__those_of_both_kinds() -> None:
    assert {"millpond verify code", "millpond explain", "millpond sync"} <= set(funders())
    assert {"ape run pool create", "ape run deploy", "python -m scripts.demo"} <= set(scripts())


def test_commands__each__says_in_one_sentence_what_it_does() -> None:
    silent = [each.line for each in _all() if not re.match(r"[A-Z].{15,}", each.leaf.help or "")]
    assert silent == []


def test_commands__every_option__has_a_help_text() -> None:
    silent = [
        f"{command.line} {option.opts[0]}"
        for command in _all()
        for option in command.options
        if not (option.help or "").strip()
    ]
    assert silent == []


def test_commands__every_argument__is_named_in_the_help() -> None:
    silent = [
        f"{command.line} {argument}"
        for command in _all()
        for argument in command.arguments
        if argument not in (command.leaf.help or "")
    ]
    assert silent == []


def test_commands__each__has_an_example() -> None:
    silent = [
        command.line
        for command in _all()
        if not _names(command, command.leaf.epilog or "")
        and not _names(command, command.leaf.help or "")
        and not _names(command, command.docstring)
    ]
    assert silent == []


def test_commands__an_example__uses_only_options_that_exist() -> None:
    wrong = [
        f"{command.line}: {option}"
        for command in _all()
        for text in (command.leaf.epilog or "", command.leaf.help or "", command.docstring)
        for line in text.splitlines()
        if _names(command, line)
        for option in re.findall(r"(?<!\S)--[a-z-]+", line)
        if not command.takes(option)
    ]
    assert wrong == []


def test_commands__each_with_a_result__prints_it_as_json_too() -> None:
    without = {command.line for command in _all() if not command.takes("--json")}
    assert {re.split(r"[ .]", line)[-1] for line in without} <= WITHOUT_RESULTS


@pytest.mark.parametrize("option", ["--deployments", "--json", "--network", "--yes"])
def test_commands__that_take_an_account__share_their_options(option: str) -> None:
    senders = [each for each in scripts().values() if each.takes("--account")]
    assert len(senders) > 10
    assert [each.line for each in senders if not each.takes(option)] == []


def test_scripts__what_ape_runs_by_its_name__is_imported_by_no_other() -> None:
    """ape runs each file that has a `cli`; of one that another has imported Python warns."""
    trees = {
        path.stem: ast.parse(path.read_text("utf-8")) for path in (ROOT / "scripts").glob("*.py")
    }
    run = {
        f"scripts.{name}" for name, tree in trees.items() if _defines_cli(tree) and name[0] != "_"
    }
    assert len(run) > 5
    imported = {
        f"scripts.{alias.name}" if each.module == "scripts" else each.module
        for tree in trees.values()
        for each in ast.walk(tree)
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    assert run & imported == set()


def _defines_cli(tree: ast.Module) -> bool:
    named = (getattr(node, "name", None) or "" for node in tree.body)
    brought = (
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    )
    return "cli" in {*named, *brought}
