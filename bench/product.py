"""What samebytes does with built members, from their package.json to their tarballs, as its own packing flow does it."""

from __future__ import annotations

import os
from pathlib import Path

from samebytes.core.list_files import list_files
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import Profile, profile
from samebytes.flows.pack_step import PackStation, pack_direct
from samebytes.formats import package_json
from samebytes.model.settings import PackSettings
from samebytes.model.tarball import PackedMember, PackRequest
from samebytes.model.workspace import Member, Workspace
from samebytes.system.pack_source import DiskPackSource

PROFILE = "pnpm-9.r1"


def workers() -> int:
    """One process a core."""
    return os.cpu_count() or 1


def requests(root: Path, workspace: Workspace, rules: Profile) -> list[PackRequest]:
    """Each member's published manifest and its files."""
    return [_request(root, member, workspace, rules) for member in workspace.members]


def pack(root: Path, workspace: Workspace, out: Path) -> tuple[PackedMember, ...]:
    """Rewrite, list and pack all members into a folder."""
    station = PackStation(
        workspace=workspace,
        profile=profile(PROFILE),
        settings=PackSettings(),
        folder=str(out),
        workers=workers(),
        log=lambda _: None,
    )
    return pack_direct(workspace.members, str(root), station)


def _request(root: Path, member: Member, workspace: Workspace, rules: Profile) -> PackRequest:
    source = DiskPackSource(root=str(root), directory=member.directory)
    place = f"{member.directory}/package.json"
    manifest = package_json.read(source.read(place), place)
    published = published_manifest(manifest, member, workspace, rules)
    return PackRequest(id=member.id, manifest=published, files=list_files(source, published, rules))
