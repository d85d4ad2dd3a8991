"""Imports go down only, families stand apart, and the pure layers touch nothing: the table of docs/design.md, section 6."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from types import MappingProxyType

from tests.architecture.sources import FAMILIES, PACKAGE, Module, modules, none_found, unit_of

_VALUES = frozenset({"errors", "model"})
_PURE_BELOW_CORE = _VALUES | {"formats", "dialects"}
_BASES = frozenset(f"{family}.base" for family in FAMILIES)
_BELOW_KINDS = _PURE_BELOW_CORE | {"core", "system", "config"}
_BELOW_FLOWS = _BELOW_KINDS | _BASES | {"checks"}

# What each unit may import besides itself. `samebytes` is the package's own __init__: the version.
MAY_IMPORT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        PACKAGE: frozenset(),
        "errors": frozenset(),
        "error_codes": frozenset({"errors"}),
        "model": frozenset({"errors"}),
        "formats": _VALUES,
        "dialects": _VALUES,
        "core": _PURE_BELOW_CORE,
        "system": _PURE_BELOW_CORE,
        "config": _PURE_BELOW_CORE,
        **dict.fromkeys(_BASES, _PURE_BELOW_CORE),
        # A concrete kind sees its own base, never another family.
        **{family: _BELOW_KINDS | {f"{family}.base"} for family in FAMILIES},
        "checks": _BELOW_KINDS | _BASES,
        "flows": _BELOW_FLOWS,
        "serving": _BELOW_KINDS,
        "reports": _VALUES,
        "wiring": _BELOW_FLOWS | {"flows", "serving"} | frozenset(FAMILIES),
        "cli": _BELOW_FLOWS | {"flows", "wiring", "reports", "error_codes"},
        "__main__": frozenset({"cli"}),
        "testing": _BELOW_FLOWS | {"flows", "serving", "wiring", "reports", "cli", "error_codes"} | frozenset(FAMILIES),
    }
)

PURE = frozenset({"errors", "error_codes", "model", "formats", "dialects", "core", "reports"})

# Standard modules that reach for disk, processes, the network, the clock, chance, the environment or a terminal.
IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "concurrent",
        "ctypes",
        "fcntl",
        "fileinput",
        "getpass",
        "glob",
        "http",
        "importlib",
        "locale",
        "logging",
    }
    | {"multiprocessing", "os", "pathlib", "platform", "pwd", "random", "secrets", "select", "selectors", "shutil"}
    | {"signal", "socket", "socketserver", "ssl", "subprocess", "sys", "tempfile", "termios", "threading", "time"}
    | {"urllib.request", "uuid", "warnings"}
)
# Parts of these modules that only compute.
PURE_NAMES = frozenset({("pathlib", "PurePath"), ("pathlib", "PurePosixPath"), ("urllib.parse", "quote")})
IMPURE_CALLS = frozenset({"breakpoint", "eval", "exec", "exit", "input", "open", "print"})
IMPURE_METHODS = frozenset({"now", "today", "utcnow"})

# Third-party packages, and the units that may know them; the pure layers may know only those named for them here.
THIRD_PARTY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "click": frozenset({"cli"}),
        "deflate": frozenset({"formats"}),
        "httpcore2": frozenset({"system"}),
        "keyring": frozenset({"system"}),
        "nodesemver": frozenset({"formats", "core"}),
        "pydantic": frozenset({"config", "formats", *FAMILIES}),
        "pydantic_core": frozenset({"config", "formats", *FAMILIES}),
        "rich": frozenset({"cli", "reports"}),
        "ruamel": frozenset({"formats", "config"}),
        "starlette": frozenset({"serving", "testing"}),
        "tenacity": frozenset({"system"}),
        "tomlkit": frozenset({"config"}),
        "uvicorn": frozenset({"serving", "testing"}),
        "yaml": frozenset({"formats"}),
    }
)


def _violations(module: Module) -> list[str]:
    allowed = MAY_IMPORT[module.unit] | {module.unit, PACKAGE}
    found = []
    for entry in module.imports():
        if entry.target.startswith("."):
            found.append(f"{module.at(entry.line)}: relative import")
        elif entry.top == PACKAGE and unit_of(entry.module) not in allowed:
            found.append(f"{module.at(entry.line)}: {module.unit} may not import {entry.module}")
    return found


def test_every_unit_has_a_layer() -> None:
    """A new top-level module or folder of the package must be placed in the table first."""
    none_found(sorted({module.unit for module in modules()} - set(MAY_IMPORT)))


def test_imports_go_down_only() -> None:
    """Each module imports only from its own layer and those the table puts below it; so no family sees another one."""
    none_found([line for module in modules() for line in _violations(module)])


def test_no_module_is_in_an_import_cycle() -> None:
    """No chain of imports at module level leads back to where it began."""
    graph = {module.name: _loaded_by(module) for module in modules()}
    done: set[str] = set()
    rings: list[str] = []

    def visit(name: str, chain: tuple[str, ...]) -> None:
        if name in chain:
            rings.append(" > ".join((*chain[chain.index(name) :], name)))
        elif name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*chain, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    none_found(rings)


def _loaded_by(module: Module) -> set[str]:
    """The modules that importing this one runs, those under `if TYPE_CHECKING` included; the package's roots left out."""
    late = {
        id(node)
        for function in ast.walk(module.tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    early_lines = {
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and id(node) not in late
    }
    targets = {entry.module for entry in module.imports() if entry.top == PACKAGE and entry.line in early_lines}
    return targets - {PACKAGE, module.name}


def test_pure_layers_import_nothing_that_touches_the_world() -> None:
    """Values, formats, decisions and reports get time, chance, settings and bytes as arguments."""
    found = [
        f"{module.at(entry.line)}: {entry.target}"
        for module in modules()
        if module.unit in PURE
        for entry in module.imports()
        if {entry.top, entry.target} & IMPURE_MODULES and (entry.target, entry.name) not in PURE_NAMES
    ]
    none_found(found)


def test_pure_layers_call_nothing_that_touches_the_world() -> None:
    """No `open`, `print` or `datetime.now` in the pure layers."""
    found = [
        f"{module.at(node.lineno)}: {_called(node)}"
        for module in modules()
        if module.unit in PURE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and _called(node) is not None
    ]
    none_found(found)


def _called(node: ast.Call) -> str | None:
    """The impure function or method that a call names, if it is one."""
    if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
        return node.func.id
    if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
        return node.func.attr
    return None


def test_third_party_packages_stay_where_they_belong() -> None:
    """A dependency is known to the units the table names, so it can be replaced there."""
    found = [
        f"{module.at(entry.line)}: {module.unit} may not import {entry.top}"
        for module in modules()
        for entry in module.imports()
        if entry.top in THIRD_PARTY and module.unit.removesuffix(".base") not in THIRD_PARTY[entry.top]
    ]
    none_found(found)


def test_every_third_party_package_is_in_the_table() -> None:
    """A new dependency gets a line that says who may know it."""
    standard = frozenset(sys.stdlib_module_names)
    known = standard | set(THIRD_PARTY) | {PACKAGE, "__future__"}
    found = [
        f"{module.at(entry.line)}: {entry.top}"
        for module in modules()
        for entry in module.imports()
        if entry.top not in known
    ]
    none_found(found)
