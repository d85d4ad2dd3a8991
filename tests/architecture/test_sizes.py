"""Files, functions and commands stay small enough to read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from samebytes.cli.commands import COMMANDS
from tests.architecture.sources import none_found, project_files
from tests.cached import ROOT

_FILE_LINES = 400
_FUNCTION_LINES = 60
_COMMAND_LINES = 60


def _python_files() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".py"]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_too_long() -> None:
    """A file fits one sentence, and 400 lines."""
    sizes = {str(path.relative_to(ROOT)): _lines(path) for path in _python_files()}
    none_found(f"{name}: {lines} lines" for name, lines in sizes.items() if lines > _FILE_LINES)


def test_no_function_is_too_long() -> None:
    """A function fits a screen: 60 lines."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in _python_files()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or node.lineno) - node.lineno >= _FUNCTION_LINES
    ]
    none_found(long)


@pytest.mark.parametrize("module", sorted({entry.module for entry in COMMANDS}))
def test_command_is_a_thin_file(module: str) -> None:
    """A command parses its options and calls a flow: 60 lines."""
    assert _lines(ROOT / "src" / "samebytes" / "cli" / f"{module}.py") <= _COMMAND_LINES
