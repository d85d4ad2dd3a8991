"""Which files are programs."""

from __future__ import annotations

from typing import Any

import pytest

from samebytes.core.executables import executables
from samebytes.core.file_view import FileView
from tests.contract.packing_tree import Content, Link
from tests.unit.core.memory_source import MemorySource, Other

_FILES: dict[str, Content | Other] = {
    "bin/a": "a",
    "bin/sub/b": "b",
    "bin/.c": "c",
    "bin/l": Link("a"),
    "bin/o": Other(),
    "x": "x",
}


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ({}, set()),
        ({"bin": "x"}, {"x"}),
        ({"bin": "./x"}, {"x"}),
        (
            {"bin": {"p": "bin/../x", "q": "/bin/a", "odd name": "bin/sub/b", "none": 1, "empty": ""}},
            {"x", "bin/a", "bin/sub/b"},
        ),
        ({"bin": ["x"]}, set()),
        ({"directories": {"bin": "bin"}}, {"bin/a", "bin/sub/b"}),
        ({"directories": {"bin": "./bin/"}}, {"bin/a", "bin/sub/b"}),
        ({"directories": {"bin": "bin"}, "bin": "x"}, {"x"}),
        ({"directories": {"bin": "bin"}, "bin": ""}, {"bin/a", "bin/sub/b"}),
        ({"directories": {"bin": "."}}, {"bin/a", "bin/sub/b", "x"}),
        ({"directories": {"bin": "/"}}, {"bin/a", "bin/sub/b", "x"}),
        ({"directories": {"bin": "../other"}}, set()),
        ({"directories": {"bin": ".."}}, set()),
        ({"directories": {"bin": 1}}, set()),
        ({"directories": "bin"}, set()),
        ({"publishConfig": {"executableFiles": ["./x", 1]}}, {"x"}),
        ({"publishConfig": {"executableFiles": "x"}}, set()),
        ({"publishConfig": "x"}, set()),
    ],
)
def test_programs(manifest: dict[str, Any], expected: set[str]) -> None:
    """`bin` in its forms, else `directories.bin`, and `executableFiles`."""
    assert executables(FileView(MemorySource(_FILES), "."), manifest, hidden=False) == expected


def test_hidden_files_are_programs_in_pnpm_12() -> None:
    """Where the profile says so."""
    found = executables(FileView(MemorySource(_FILES), "."), {"directories": {"bin": "bin"}}, hidden=True)
    assert found == {"bin/a", "bin/sub/b", "bin/.c"}
