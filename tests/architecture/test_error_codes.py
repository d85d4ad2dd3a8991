"""Error codes in the sources and the table of their meanings say the same."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from samebytes import errors
from samebytes.error_codes import MEANINGS
from tests.architecture.sources import Module, modules, none_found

_CODE = re.compile(r"SB-\d{4}")
_TABLE = "samebytes.error_codes"
_CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.SamebytesError)
}


def _literals(module: Module) -> Iterator[tuple[str, int]]:
    """Every string that is a code and nothing else; codes named inside prose do not count."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value, node.lineno


def _constructed(module: Module) -> Iterator[tuple[str, type[errors.SamebytesError], int]]:
    """Every error class that is called with a literal code."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = ast.unparse(node.func).removeprefix("errors.")
        code = node.args[0].value
        if name in _CLASSES and isinstance(code, str):
            yield code, _CLASSES[name], node.lineno


def test_every_code_has_a_meaning() -> None:
    """A code used anywhere is in the table."""
    unknown = [
        f"{module.at(line)}: {code}"
        for module in modules()
        if module.name != _TABLE
        for code, line in _literals(module)
        if code not in MEANINGS
    ]
    none_found(unknown)


def test_every_meaning_is_used() -> None:
    """The table has no code that nothing raises."""
    used = {code for module in modules() if module.name != _TABLE for code, _ in _literals(module)}
    none_found(sorted(set(MEANINGS) - used))


def test_every_code_is_raised_as_the_class_of_its_meaning() -> None:
    """The exit status of a code is the same wherever it is raised."""
    wrong = [
        f"{module.at(line)}: {code} is raised as {error.__name__}, the table says {MEANINGS[code].error.__name__}"
        for module in modules()
        for code, error, line in _constructed(module)
        if code in MEANINGS and MEANINGS[code].error is not error
    ]
    none_found(wrong)


def test_every_code_is_well_formed() -> None:
    """The first argument of an error is a code of the form SB-nnnn, never prose."""
    wrong = [
        f"{module.at(line)}: {code!r}"
        for module in modules()
        for code, _, line in _constructed(module)
        if not _CODE.fullmatch(code)
    ]
    none_found(wrong)


def test_codes_are_unique_and_in_order() -> None:
    """Each code stands once in the table, in ascending order."""
    table = next(module for module in modules() if module.name == _TABLE)
    codes = [code for code, _ in _literals(table)]
    none_found([code for code, count in Counter(codes).items() if count > 1])
    assert codes == sorted(codes)
