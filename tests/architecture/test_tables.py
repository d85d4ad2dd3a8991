"""An extension is one file and one line in its table: a file that no table names is found here."""

from __future__ import annotations

import ast
from importlib import import_module

import click
import pytest

from samebytes.cli.commands import COMMANDS, CommandEntry
from tests.architecture.sources import FAMILIES, PACKAGE, Module, modules, none_found

_TABLED = (*FAMILIES, "checks")


def _named_by(module: Module) -> set[str]:
    """The modules that a file imports, late or early, or names in a string such as a table of lazy imports."""
    imported = {entry.module for entry in module.imports()}
    strings = {
        node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return imported | strings


def _within(module: Module, package: str) -> bool:
    return module.name.startswith(f"{PACKAGE}.{package}.")


@pytest.mark.parametrize("family", _TABLED)
def test_every_kind_is_in_the_table(family: str) -> None:
    """Each file of a family is named by the wiring or the family's table, or is a part of a file that is."""
    members = {module.name: module for module in modules() if _within(module, family)}
    roots = [m for m in modules() if m.unit == "wiring" or m.name == f"{PACKAGE}.{family}"]
    reached = {f"{PACKAGE}.{family}.base"}
    waiting = [name for root in roots for name in _named_by(root)]
    while waiting:
        name = waiting.pop()
        if name in members and name not in reached:
            reached.add(name)
            waiting.extend(_named_by(members[name]))
    none_found(sorted(set(members) - reached))


def test_every_report_is_used() -> None:
    """Each report format is offered by some command."""
    reports = {module.name for module in modules() if _within(module, "reports")}
    used = {name for module in modules() for name in _named_by(module) if name != module.name}
    none_found(sorted(reports - used))


def test_every_command_file_is_in_the_table() -> None:
    """Each module of the command line that defines a command has its line in `COMMANDS`."""
    defining = {
        module.name.rpartition(".")[2]
        for module in modules()
        if _within(module, "cli") and any(_defines_command(node) for node in module.tree.body)
    }
    assert defining == {entry.module for entry in COMMANDS}


def _defines_command(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name == "command"
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "command" for t in node.targets)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_line_of_the_table_is_a_command(entry: CommandEntry) -> None:
    """A line of the table leads to a click command that has a help text."""
    command = import_module(f"samebytes.cli.{entry.module}").command
    assert isinstance(command, click.Command)
    assert command.help
