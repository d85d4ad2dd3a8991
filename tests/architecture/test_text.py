"""What is committed reads well anywhere: no traces of one machine, no registry's host name, no notes to self."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import none_found, project_files
from tests.cached import ROOT

# Written in pieces, so that this file does not trip over itself.
_FORBIDDEN = {
    "machine path": r"/ro" r"ot/|/wo" r"rk/|/Us" r"ers/[a-z]|bash" r"_jobs",
    "registry host": r"registry\.np"
    r"mjs|registry\.ya"
    r"rnpkg|py"
    r"pi\.org|python"
    r"hosted\.org|deb\.deb"
    r"ian\.org"
    r"|static\.cra"
    r"tes\.io|proxy\.go"
    r"lang\.org|repo1\.ma"
    r"ven",
    "note to self": r"\bTO" r"DO\b|\bFIX" r"ME\b",
    "secret": r"\bnpm_[A-Za-z0-9]{36}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b",
}


def _text(path: Path) -> str | None:
    """The text of a file, None for a binary one."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


@pytest.mark.parametrize("kind", sorted(_FORBIDDEN))
def test_no_file_holds_what_does_not_travel(kind: str) -> None:
    """No committed text names a machine's folders, a registry's host, unfinished work, or looks like a token."""
    pattern = re.compile(_FORBIDDEN[kind])
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in project_files()
        for number, line in enumerate((_text(path) or "").splitlines(), start=1)
        if pattern.search(line)
    ]
    none_found(found)


def test_every_module_says_what_it_is_for() -> None:
    """Each Python file begins with a docstring."""
    silent = [
        str(path.relative_to(ROOT))
        for path in project_files()
        if path.suffix == ".py" and not ast.get_docstring(ast.parse(path.read_bytes()))
    ]
    none_found(silent)


def test_every_test_says_what_it_proves() -> None:
    """Each test function has a docstring, so that a failure reads as a broken promise."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in project_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    none_found(silent)
