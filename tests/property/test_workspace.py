"""Workspaces made up at random: an order is one whatever the input's order, and bad input is always our own error."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samebytes.core.order import ALL_KINDS, PUBLISHED_KINDS, Neighbours, order_members
from samebytes.errors import SamebytesError
from samebytes.model.workspace import Member
from samebytes.package_managers.pnpm_workspace import read_pnpm_workspace
from tests.members import member
from tests.unit.package_managers.trees import TextTree

_NAMES = [f"{scope}{letter}" for scope in ("", "@s/") for letter in "abcdef"]
_SPECIFIERS = st.sampled_from(["workspace:*", "workspace:^1.0.0", "^1.0.0", "^2.0.0", "npm:a@1", "latest", "catalog:"])


@st.composite
def _members(draw: st.DrawFn) -> list[Member]:
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True))

    def needs() -> Mapping[str, str]:
        return draw(st.dictionaries(st.sampled_from(names), _SPECIFIERS, max_size=3))

    return [
        member(
            name,
            draw(st.sampled_from(["1.0.0", "1.2.0", "2.0.0-rc.1"])),
            directory=f"packages/{name}",
            dependencies=needs(),
            devDependencies=needs(),
            peerDependencies=needs(),
        )
        for name in names
    ]


@given(members=_members(), data=st.data())
@pytest.mark.parametrize("published", [True, False])
def test_dependencies_come_first_and_input_order_does_not_matter(
    published: bool, members: list[Member], data: st.DataObject
) -> None:
    """Each member once; what it needs is in an earlier level, or in a cycle with it; shuffling changes nothing."""
    chosen = PUBLISHED_KINDS if published else ALL_KINDS
    catalogs = {"default": dict.fromkeys(_NAMES, "1.x")}
    order = order_members(members, catalogs, chosen)
    assert sorted(one.name for one in order.members) == sorted(one.name for one in members)
    assert [one.name for one in order.members] == [name for level in order.levels for name in level]
    level_of = {name: at for at, level in enumerate(order.levels) for name in level}
    neighbours = Neighbours(members, catalogs)
    for one in members:
        for _, target in neighbours.of(one, chosen):
            together = any(one.name in cycle and target.name in cycle for cycle in order.cycles)
            assert together or level_of[target.name] < level_of[one.name]
    shuffled = data.draw(st.permutations(members))
    assert order_members(shuffled, catalogs, chosen) == order


_GOOD: Mapping[str, bytes] = {
    "package.json": json.dumps(
        {
            "name": "root",
            "private": True,
            "packageManager": "pnpm@10.30.0",
            "devEngines": {
                "packageManager": {"name": "pnpm", "version": "^10"},
                "runtime": {"name": "node", "version": "20"},
            },
        }
    ).encode(),
    "pnpm-workspace.yaml": b"packages: ['packages/*', '!packages/x']\ncatalog: {c: ^1}\ncatalogs: {d: {e: '1'}}\n",
    "pnpm-lock.yaml": b"---\nimporters: {.: {packageManagerDependencies: {pnpm: {specifier: a, version: 10.1.0}}}}\n---\n"
    b"lockfileVersion: '9.0'\nimporters: {}\n",
    ".npmrc": b"use-node-version=20.1.0\nkey[]=value\n//registry/:_authToken=${TOKEN}\n",
    ".nvmrc": b"v20.1.0\n",
    ".changeset/config.json": b'{"ignore": ["@s/*"]}',
    "packages/a/package.json": json.dumps(
        {"name": "a", "version": "1.0.0", "dependencies": {"b": "workspace:^", "c": "catalog:"}, "publishConfig": {}}
    ).encode(),
    "packages/b/package.json": b'{"name": "b", "version": "1.0.0-rc.1", "private": false, "peerDependencies": {"a": "*"}}',
}
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_PLACES = [
    ("package.json", key)
    for key in ("name", "private", "packageManager", "devEngines", "engines", "pnpm", "dependencies", "publishConfig")
] + [
    ("packages/a/package.json", key)
    for key in ("name", "version", "private", "dependencies", "peerDependencies", "publishConfig", "bin")
]
_SPECIAL = st.text(alphabet="packges/*?!{},()[]@|+.\\-a1 :#&<>'\"\n", max_size=24)


def _is_ours(files: Mapping[str, bytes]) -> None:
    """A workspace, or an error of ours that says where."""
    try:
        read_pnpm_workspace(TextTree(files))
    except SamebytesError as error:
        assert any(path in error.summary for path in files) or error.code == "SB-2014"  # noqa: PT017  else nothing is raised


def test_the_good_workspace_is_one() -> None:
    """What the other properties break is whole before."""
    assert len(read_pnpm_workspace(TextTree(_GOOD)).members) == 2


@given(path=st.sampled_from(sorted(_GOOD)), data=st.binary(max_size=64))
def test_any_bytes_in_any_file_are_read_or_refused(path: str, data: bytes) -> None:
    """Nothing but our own errors, each with its file."""
    _is_ours({**_GOOD, path: data})


@given(path=st.sampled_from(sorted(_GOOD)), at=st.floats(0, 1), cut=st.integers(0, 8), put=st.binary(max_size=8))
def test_damaged_files_are_read_or_refused(path: str, at: float, cut: int, put: bytes) -> None:
    """Bytes taken out and put in, somewhere."""
    good = _GOOD[path]
    start = int(at * len(good))
    _is_ours({**_GOOD, path: good[:start] + put + good[start + cut :]})


@given(place=st.sampled_from(_PLACES), value=_VALUES)
@example(place=("packages/a/package.json", "dependencies"), value={"b": "workspace:^^"})
@example(place=("package.json", "devEngines"), value={"packageManager": [{"name": "pnpm", "version": "1 - "}]})
def test_any_value_in_any_field_is_read_or_refused(place: tuple[str, str], value: object) -> None:
    """Well-formed JSON with the wrong kind of value."""
    path, key = place
    manifest = {**json.loads(_GOOD[path]), key: value}
    _is_ours({**_GOOD, path: json.dumps(manifest).encode()})


@given(specifier=st.text(max_size=16) | _SPECIAL.map("workspace:{}".format) | _SPECIAL.map("catalog:{}".format))
def test_any_specifier_is_read_or_refused(specifier: str) -> None:
    """Dependencies are text that people write."""
    manifest = {"name": "a", "version": "1.0.0", "dependencies": {"b": specifier}, "peerDependencies": {"b": specifier}}
    _is_ours({**_GOOD, "packages/a/package.json": json.dumps(manifest).encode()})


@given(pattern=_SPECIAL, pnpm=st.sampled_from(["9.12.0", "10.30.0", "12.0.0"]))
def test_any_pattern_is_read_or_refused(pattern: str, pnpm: str) -> None:
    """Patterns too, for each generation of pnpm."""
    root = {"private": True, "packageManager": f"pnpm@{pnpm}"}
    text = f"packages:\n  - {json.dumps(pattern)}\n".encode()
    _is_ours({**_GOOD, "package.json": json.dumps(root).encode(), "pnpm-workspace.yaml": text})


@given(declared=st.text(max_size=30) | st.text(alphabet="pnm@0123456789.+sha^~<> -xyz", max_size=30))
def test_any_pin_is_read_or_refused(declared: str) -> None:
    """`packageManager` and `devEngines` as people might write them."""
    engines = {
        "packageManager": {"name": "pnpm", "version": declared},
        "runtime": {"name": "node", "version": declared},
    }
    _is_ours({**_GOOD, "package.json": json.dumps({"private": True, "packageManager": declared}).encode()})
    _is_ours({**_GOOD, "package.json": json.dumps({"private": True, "devEngines": engines}).encode()})
