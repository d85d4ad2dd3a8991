"""Which package manager and Node a repository declares, in which order of precedence."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.errors import FormatError
from samebytes.model.workspace import Workspace
from tests.unit.package_managers.trees import read

_LOCKED = """---
lockfileVersion: '9.0'
importers:
  .:
    packageManagerDependencies:
      pnpm: {specifier: ^12, version: 12.1.0}
---
lockfileVersion: '9.0'
"""


def _read(root: Mapping[str, object], files: Mapping[str, object] | None = None) -> Workspace:
    return read({"package.json": {"private": True, **root}, **(files or {})}, packages="packages: []\n")


def _pins(workspace: Workspace) -> tuple[str, str, list[str]]:
    manager, node = workspace.package_manager, workspace.node
    return (
        f"{manager.name}@{manager.version} ({manager.source})" if manager else "",
        f"{node.version} ({node.source})" if node else "",
        [finding.place for finding in workspace.findings],
    )


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ({"packageManager": "pnpm@9.12.0"}, "pnpm@9.12.0 (package.json: packageManager)"),
        ({"packageManager": "yarn@4.0.0"}, "yarn@4.0.0 (package.json: packageManager)"),
        (
            {"devEngines": {"packageManager": {"name": "pnpm", "version": "10.1.0"}}},
            "pnpm@10.1.0 (package.json: devEngines.packageManager)",
        ),
        (
            {"devEngines": {"packageManager": [{"name": "pnpm", "version": "^10"}, {"name": "npm"}]}},
            "pnpm@^10 (package.json: devEngines.packageManager)",
        ),
        ({}, ""),
        ({"devEngines": {}}, ""),
    ],
)
def test_finds_the_package_manager(root: Mapping[str, object], expected: str) -> None:
    """`packageManager`, else the first of `devEngines`."""
    assert _pins(_read(root))[0] == expected


def test_a_range_becomes_the_version_that_the_lockfile_records() -> None:
    """Pnpm 11 writes it there; an exact pin is left alone, and so is another tool's."""
    ranged = {"devEngines": {"packageManager": {"name": "pnpm", "version": "^12"}}}
    assert _pins(_read(ranged, {"pnpm-lock.yaml": _LOCKED})) == (
        "pnpm@12.1.0 (pnpm-lock.yaml: packageManagerDependencies)",
        "",
        [],
    )
    exact = {"packageManager": "pnpm@12.0.0"}
    assert _pins(_read(exact, {"pnpm-lock.yaml": _LOCKED}))[0].startswith("pnpm@12.0.0 ")
    other = {"devEngines": {"packageManager": {"name": "npm", "version": "^12"}}}
    assert _pins(_read(other, {"pnpm-lock.yaml": _LOCKED}))[0].startswith("npm@^12 ")


def test_contradicting_package_managers_are_a_finding() -> None:
    """The winner is named in the message; a range that allows it is no contradiction."""
    root = {"packageManager": "pnpm@9.12.0", "devEngines": {"packageManager": {"name": "pnpm", "version": "^10"}}}
    workspace = _read(root)
    assert [(one.rule, one.place) for one in workspace.findings] == [
        ("contradicting-pins", "package.json: devEngines.packageManager")
    ]
    root = {"packageManager": "pnpm@9.12.0", "devEngines": {"packageManager": {"name": "pnpm", "version": "^9.5"}}}
    assert _read(root).findings == ()


def test_finds_node_in_order_of_precedence() -> None:
    """Taking one declaration away after the other, the next one wins; each loser that differs is named."""
    root = {
        "packageManager": "pnpm@10.30.0",
        "pnpm": {"executionEnv": {"nodeVersion": "20.1.0"}},
        "devEngines": {"runtime": [{"name": "bun", "version": "1"}, {"name": "node", "version": "20.2.0"}]},
        "engines": {"runtime": {"name": "node", "version": "20.3.0"}, "node": ">=18"},
    }
    files = {
        ".npmrc": "use-node-version=20.4.0\n",
        ".node-version": "v20.5.0\n",
        ".nvmrc": "# comment\n\n  node/20.6.0 # mine\n",
    }
    found = []
    while True:
        _, node, places = _pins(_read(root, files))
        if not node:
            break
        found.append((node, len(places)))
        source = node.partition("(")[2].removesuffix(")")
        if source.startswith(".npmrc"):
            del files[".npmrc"]
        elif source in files:
            del files[source]
        else:
            key, _, inner = source.removeprefix("package.json: ").partition(".")
            holder = root if key == "pnpm" else root[key]
            assert isinstance(holder, dict)
            del holder[key if key == "pnpm" else inner]
    assert found == [
        ("20.1.0 (package.json: pnpm.executionEnv.nodeVersion)", 5),
        ("20.4.0 (.npmrc: use-node-version)", 4),
        ("20.2.0 (package.json: devEngines.runtime)", 3),
        ("20.5.0 (.node-version)", 2),
        ("20.6.0 (.nvmrc)", 1),
        ("20.3.0 (package.json: engines.runtime)", 0),
        (">=18 (package.json: engines.node)", 0),
    ]


def test_pnpm_11_has_no_setting_for_node() -> None:
    """`useNodeVersion` and `executionEnv` are gone there."""
    root = {"packageManager": "pnpm@11.0.0", "pnpm": {"executionEnv": {"nodeVersion": "20.1.0"}}}
    assert _pins(_read(root, {".npmrc": "use-node-version=20.4.0\n"}))[1] == ""


def test_an_empty_version_file_and_a_runtime_without_version_say_nothing() -> None:
    """They are there, but declare nothing."""
    files = {".nvmrc": "\n# nothing\n", ".node-version": ""}
    assert _pins(_read({"devEngines": {"runtime": {"name": "node"}}}, files))[1] == ""


@pytest.mark.parametrize(
    ("root", "files", "code", "place"),
    [
        ({"packageManager": 1}, {}, "SB-2013", "package.json: packageManager"),
        ({"packageManager": "pnpm"}, {}, "SB-2017", "package.json: packageManager"),
        ({"devEngines": []}, {}, "SB-2013", "package.json: devEngines"),
        ({"devEngines": {"packageManager": "pnpm"}}, {}, "SB-2013", "package.json: devEngines: packageManager"),
        ({"devEngines": {"packageManager": {}}}, {}, "SB-2017", "package.json: devEngines.packageManager"),
        ({"devEngines": {"packageManager": [1]}}, {}, "SB-2013", "package.json: devEngines: packageManager"),
        ({"engines": {"node": 20}}, {}, "SB-2013", "package.json: engines: node"),
        ({}, {".nvmrc": b"\xff"}, "SB-2017", ".nvmrc"),
        (
            {"packageManager": "pnpm@9.0.0", "pnpm": {"executionEnv": {"nodeVersion": 1}}},
            {},
            "SB-2013",
            "package.json: pnpm.executionEnv: nodeVersion",
        ),
    ],
)
def test_a_declaration_that_cannot_be_read_is_an_error(
    root: Mapping[str, object], files: Mapping[str, object], code: str, place: str
) -> None:
    """With the place of the declaration."""
    with pytest.raises(FormatError) as caught:
        _read(root, files)
    assert (caught.value.code, caught.value.place) == (code, place)
