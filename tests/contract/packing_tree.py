"""Small packages written in a test: their files as a mapping, put on disk as one pnpm workspace."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samebytes.model.names import PackageName
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace


@dataclass(frozen=True, slots=True)
class Link:
    """A symlink, its target as written."""

    target: str


@dataclass(frozen=True, slots=True)
class Folder:
    """An empty directory."""


@dataclass(frozen=True, slots=True)
class Program:
    """A file with the x bit."""

    text: str = "#!/bin/sh\n"


Content = str | bytes | Link | Folder | Program
Tree = Mapping[str, Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One member: what its manifest says besides name and version, and its files; `links` are names in node_modules."""

    label: str
    manifest: Mapping[str, Any] = field(default_factory=dict)
    files: Tree = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    publish_directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageWorkspace:
    """Members below `packages/`, files at the root, and catalogs."""

    packages: Sequence[Package]
    root_files: Tree = field(default_factory=dict)
    catalogs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def write_tree(directory: Path, files: Tree) -> None:
    """Write files, links and empty directories."""
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case Link():
                target.symlink_to(content.target)
            case Folder():
                target.mkdir(exist_ok=True)
            case Program():
                target.write_text(content.text, encoding="utf-8")
                target.chmod(0o755)
            case bytes():
                target.write_bytes(content)
            case str():
                target.write_text(content, encoding="utf-8", newline="")


def manifest_of(package: Package) -> dict[str, Any]:
    """The package.json of a package; name and version first."""
    return {"name": package.label, "version": "1.2.3", **package.manifest}


def directory_of(package: Package) -> str:
    """Where a package is, relative to the workspace's root."""
    return f"packages/{package.label.replace('@', '').replace('/', '-')}"


def write_workspace(root: Path, workspace: PackageWorkspace) -> None:
    """Write a whole workspace, installed as far as packing looks at it."""
    root.mkdir(parents=True, exist_ok=True)
    settings = {
        "packages": ["packages/*"],
        "catalog": dict(workspace.catalogs.get("default", {})),
        "catalogs": {name: dict(entries) for name, entries in workspace.catalogs.items() if name != "default"},
        "nodeLinker": "hoisted",
    }
    write_tree(
        root,
        {
            "package.json": json.dumps({"name": "the-root", "private": True}),
            "pnpm-workspace.yaml": json.dumps(settings),
            ".npmrc": "node-linker=hoisted\n",
            **workspace.root_files,
        },
    )
    directories = {package.label: directory_of(package) for package in workspace.packages}
    for package in workspace.packages:
        home = root / directories[package.label]
        write_tree(home, {"package.json": json.dumps(manifest_of(package), ensure_ascii=False), **package.files})
        for alias, name in package.links.items():
            link = home / "node_modules" / alias
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(root / directories[name], link.parent))


def model_of(workspace: PackageWorkspace) -> Workspace:
    """The workspace as samebytes sees it."""
    return Workspace(
        members=tuple(member_of(package) for package in workspace.packages),
        catalogs=workspace.catalogs,
        package_manager=None,
        node=None,
        lockfile=None,
        findings=(),
    )


def member_of(package: Package) -> Member:
    """One member as samebytes sees it."""
    manifest = manifest_of(package)
    directory = directory_of(package)
    return Member(
        name=PackageName(manifest["name"]),
        version=Version(manifest["version"]),
        directory=directory,
        publish_directory=f"{directory}/{package.publish_directory}" if package.publish_directory else directory,
        private=False,
        ignored="",
        manifest=manifest,
        dependencies=(),
    )
