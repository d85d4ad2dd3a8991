"""The example monorepo, built, is packed as its own pnpm packs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from samebytes.core.list_files import list_files
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import profile
from samebytes.formats import package_json
from samebytes.model.workspace import Member, Workspace
from samebytes.package_managers.pnpm_workspace import read_pnpm_workspace
from samebytes.system.folder_tree import FolderTree
from samebytes.system.pack_source import DiskPackSource
from tests.clients.client import Client
from tests.contract.packed import Packed, differences, read_tarball
from tests.lanterns import lanterns_repository


def _built(directory: Path, pnpm: Client) -> Path:
    root = lanterns_repository(directory)
    pnpm.run("install", "--frozen-lockfile", cwd=root)
    pnpm.run("-r", "run", "build", cwd=root)
    return root


def _theirs(root: Path, member: Member, pnpm: Client, output: Path) -> Packed:
    target = output / member.id.asset_name
    target.mkdir(parents=True)
    pnpm.run(
        *("--config.ignore-scripts=true", "pack", "--pack-destination", str(target)),
        cwd=root / member.directory,
    )
    (tarball,) = target.glob("*.tgz")
    return read_tarball(tarball.read_bytes())


def _ours(root: Path, member: Member, workspace: Workspace) -> Packed:
    rules = profile("pnpm-9.r1")
    data = (root / member.publish_directory / "package.json").read_bytes()
    manifest = published_manifest(package_json.read(data, ""), member, workspace, rules)
    source = DiskPackSource(root=str(root), directory=member.publish_directory)
    files = {
        file.stored_path: (Path(file.source_path).read_bytes(), file.executable)
        for file in list_files(source, manifest, rules)
    }
    _, executable = files.pop("package.json")
    return Packed(files=files, manifest=json.loads(package_json.write(manifest)), manifest_executable=executable)


def _compared(root: Path, workspace: Workspace, pnpm: Client, output: Path) -> Iterator[str]:
    members = [member for member in workspace.members if member.releasable]
    with ThreadPoolExecutor(max_workers=2) as pool:
        theirs = pool.map(lambda member: _theirs(root, member, pnpm, output), members)
        for member, packed in zip(members, theirs, strict=True):
            yield from (f"{member.name}: {line}" for line in differences(packed, _ours(root, member, workspace)))


def test_example_packs_alike(tmp_path: Path, pnpm_9: Client) -> None:
    """Every member that can be released: same files, bytes, x bits and manifest."""
    root = _built(tmp_path / "lanterns", pnpm_9)
    workspace = read_pnpm_workspace(FolderTree(str(root)))
    assert len([member for member in workspace.members if member.releasable]) >= 8
    assert list(_compared(root, workspace, pnpm_9, tmp_path / "packed")) == []
