"""The native packer gives the bytes of the direct one, also where the real pnpm's own bytes change from run to run."""

from __future__ import annotations

import io
import json
import shlex
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from samebytes.core.list_files import list_files
from samebytes.core.pack import FileContent, pack
from samebytes.core.repack import repack
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import profile
from samebytes.formats import package_json
from samebytes.model.settings import PackSettings
from samebytes.package_managers.base import BuildRoom
from samebytes.package_managers.pnpm_native import native_pack
from samebytes.system.pack_source import DiskPackSource
from samebytes.system.process import SystemRunner
from tests.clients.client import Client
from tests.contract.packing_tree import Package, PackageWorkspace, Program, member_of, model_of, write_workspace

_RUNS = 25
_NEIGHBOURS = 24
_MANIFEST_BYTES = 200_000
_SETTINGS = PackSettings()


def _racing_workspace() -> PackageWorkspace:
    """A member whose pnpm looks up many neighbours at once, and writes them as they come back."""
    # Manifests of some size take their time, so that the look-ups overtake each other.
    padding = {"description": "x" * _MANIFEST_BYTES}
    neighbours = tuple(Package(label=f"neighbour-{number:02}", manifest=padding) for number in range(_NEIGHBOURS))
    names = [package.label for package in reversed(neighbours)]
    racer = Package(
        label="racer",
        manifest={
            "dependencies": {
                name: ("workspace:^", "workspace:*", "^1.0.0")[index % 3] for index, name in enumerate(names)
            },
            "devDependencies": {"b": "1", **dict.fromkeys(names, "workspace:~"), "a": "2"},
            "peerDependencies": dict.fromkeys(names[:5], "workspace:^"),
            "scripts": {"prepack": "exit 1", "build": "tsc"},
            "bin": {"racer": "cli.js"},
            "publishConfig": {"main": "lib/index.js", "access": "public"},
            "files": ["lib"],
        },
        links={name: name for name in names},
        files={"lib/index.js": "index", "lib/data.bin": bytes(range(256)), "cli.js": Program(), "README.md": "read"},
    )
    return PackageWorkspace(packages=(racer, *neighbours), root_files={"LICENSE": "l"})


def _room(client: Client, root: Path, home: Path) -> BuildRoom:
    tools = home / "tools"
    tools.mkdir(parents=True)
    starter = tools / "pnpm"
    starter.write_text(f'#!/bin/sh\nexec {shlex.join(client.argv)} "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    return BuildRoom(
        checkout=str(root),
        home=str(home),
        tools=str(tools),
        env=client.env,
        uid=None,
        timeout_s=120.0,
        install_env=client.env,
    )


def _native(client: Client, tmp_path: Path, workspace: PackageWorkspace, runs: int) -> Iterator[bytes]:
    root = tmp_path / "workspace"
    member = member_of(workspace.packages[0])

    def run(number: int) -> bytes:
        room = _room(client, root, tmp_path / f"home-{number}")
        return native_pack(SystemRunner(), member, room, lambda _: None)

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(run, range(runs))


def _direct(root: Path, workspace: PackageWorkspace, profile_id: str) -> bytes:
    member, rules = member_of(workspace.packages[0]), profile(profile_id)
    data = (root / member.directory / "package.json").read_bytes()
    manifest = published_manifest(package_json.read(data, "racer"), member, model_of(workspace), rules)
    contents = [
        FileContent(
            path=file.stored_path,
            data=package_json.write(manifest)
            if file.stored_path == "package.json"
            else Path(file.source_path).read_bytes(),
            executable=file.executable,
        )
        for file in list_files(DiskPackSource(root=str(root), directory=member.directory), manifest, rules)
    ]
    return pack(member.id, contents, _SETTINGS)[1]


def _order(tgz: bytes) -> tuple[str, ...]:
    with tarfile.open(fileobj=io.BytesIO(tgz), mode="r:gz") as archive:
        manifest = archive.extractfile("package/package.json")
        assert manifest is not None
        return tuple(json.load(manifest)["dependencies"])


def test_race_gives_one_hash_in_both_packers(
    tmp_path: Path, pnpm_11_22: Client, record_property: Callable[[str, object], None]
) -> None:
    """Pnpm 11.22 writes rewritten dependencies in the order of its look-ups: 25 runs, and the direct packer, one hash."""
    workspace = _racing_workspace()
    write_workspace(tmp_path / "workspace", workspace)
    member = member_of(workspace.packages[0])
    tarballs = list(_native(pnpm_11_22, tmp_path, workspace, _RUNS))
    # Usually about ten orders; chance decides, so it is recorded and not asserted.
    record_property("orders", len({_order(tgz) for tgz in tarballs}))
    packed = {repack(tgz, member.id, _SETTINGS)[1] for tgz in tarballs}
    direct = {_direct(tmp_path / "workspace", workspace, "pnpm-11.r1") for _ in range(_RUNS)}
    assert len(packed) == 1
    assert packed == direct


@pytest.mark.parametrize(
    ("client", "profile_id"),
    [("pnpm_9", "pnpm-9.r1"), ("pnpm_10", "pnpm-10.r1"), ("pnpm_11", "pnpm-11.28.r1")],
)
def test_both_packers_give_the_same_bytes(
    client: str, profile_id: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What pnpm packed, written canonically, is byte for byte what samebytes packs directly; no script ran."""
    workspace = _racing_workspace()
    write_workspace(tmp_path / "workspace", workspace)
    member = member_of(workspace.packages[0])
    (tgz,) = _native(request.getfixturevalue(client), tmp_path, workspace, 1)
    assert repack(tgz, member.id, _SETTINGS)[1] == _direct(tmp_path / "workspace", workspace, profile_id)
