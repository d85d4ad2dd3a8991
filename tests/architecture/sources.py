"""The sources as the architecture tests see them: modules, their syntax trees, their imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.cached import ROOT

PACKAGE = "samebytes"
FAMILIES = ("package_managers", "registries", "forges", "signers", "stores")


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One source file: its dotted name, and the unit (layer) it belongs to."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def unit(self) -> str:
        """The first name below the package; for a family, `<family>` or `<family>.base`; for the root, the package."""
        return unit_of(self.name)

    def imports(self) -> Iterator[Import]:
        """Every import, late ones too, one a name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(target=alias.name, name=None, line=node.lineno)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield Import(target="." * node.level + (node.module or ""), name=alias.name, line=node.lineno)

    def at(self, line: int) -> str:
        """A place to print."""
        return f"{self.path.relative_to(ROOT)}:{line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`import target`, or `from target import name`."""

    target: str
    name: str | None
    line: int

    @property
    def top(self) -> str:
        """The top-level package."""
        return self.target.partition(".")[0]

    @property
    def module(self) -> str:
        """The module that is meant: `from package import module` counts as that module."""
        inner = f"{self.target}.{self.name}"
        return inner if inner in module_names() else self.target


def unit_of(name: str) -> str:
    """The layer of a dotted module name of the package."""
    parts = name.split(".")[1:]
    if not parts:
        return PACKAGE
    if parts[0] in FAMILIES and parts[1:] in ([], ["base"]):
        return f"{parts[0]}.base"
    return parts[0]


def none_found(found: Iterable[str]) -> None:
    """Fail with one finding a line, all of them, if there is any."""
    lines = list(found)
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, sorted by name."""
    source = ROOT / "src"
    return tuple(
        Module(name=_dotted(path.relative_to(source)), path=path, tree=ast.parse(path.read_bytes(), str(path)))
        for path in sorted((source / PACKAGE).rglob("*.py"))
    )


@cache
def module_names() -> frozenset[str]:
    """The dotted names of all modules of the package."""
    source = ROOT / "src"
    return frozenset(_dotted(path.relative_to(source)) for path in (source / PACKAGE).rglob("*.py"))


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, committed."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return tuple(sorted(path for path in paths if path.is_file() and not path.is_symlink()))
