"""Releases and build records for tests: one example that documentation and golden files show, and ways to vary it."""

from __future__ import annotations

from types import MappingProxyType

from samebytes.model.build_record import BuildRecord
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.release import Release, Subject
from samebytes.model.selection import Base, SelectionRule
from samebytes.model.tarball import PackedFile
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin


def a_file(path: str, data: bytes = b"x", *, executable: bool = False) -> PackedFile:
    """A packed file with these contents."""
    return PackedFile(path=path, size_bytes=len(data), executable=executable, sha256=sha256(data))


def a_subject(name: str, version: str = "1.0.0", files: tuple[PackedFile, ...] = ()) -> Subject:
    """A subject whose digests depend on its name alone."""
    seed = name.encode()
    return Subject(
        id=PackageId(PackageName(name), Version(version)),
        sha512=sha512(seed),
        sha256=sha256(seed),
        tar_sha256=sha256(seed + b".tar"),
        size_bytes=1234,
        files=files or (a_file("package.json", b"{}\n"),),
    )


def example_release() -> Release:
    """The release that docs/formats/statement.md shows."""
    return Release(
        tag="v1.2.0",
        commit="1f" * 20,
        tree="2e" * 20,
        base=Base(tag="v1.1.0", commit="3d" * 20, inferred=False),
        rule=SelectionRule.NEW_VERSIONS,
        lockfile=sha256(b"lockfileVersion: '9.0'\n"),
        package_manager=ToolPin(
            name="pnpm", version="9.12.0", digest=Digest("sha1", bytes(20)), source="package.json: packageManager"
        ),
        node=ToolPin(name="node", version=">=20", digest=None, source="package.json: devEngines"),
        image="sha256:" + "4c" * 32,
        profile="pnpm-9.r1",
        canon="canon-v1",
        subjects=(
            a_subject(
                "@acme/cli",
                "1.2.0",
                (a_file("bin/acme.js", b"#!/usr/bin/env node\n", executable=True), a_file("package.json", b"{}\n")),
            ),
            a_subject("acme-core", "1.2.0-rc.1"),
        ),
    )


def first_snapshot() -> Release:
    """A snapshot of a first release that declares nothing."""
    return Release(
        tag="",
        commit="1f" * 32,
        tree="2e" * 32,
        base=Base(tag="", commit="", inferred=True),
        rule=SelectionRule.ALL,
        lockfile=None,
        package_manager=None,
        node=None,
        image="",
        profile="pnpm-11.r1",
        canon="canon-v1",
        subjects=(),
    )


def example_record() -> BuildRecord:
    """The build record that docs/formats/build-record.md shows."""
    return BuildRecord(
        statement_sha256="5b" * 32,
        platform="linux-x86_64",
        path="/build/samebytes",
        image="sha256:" + "4c" * 32,
        run="https://git.example.com/acme/app/actions/runs/7",
        started="2026-03-01T09:00:00Z",
        finished="2026-03-01T09:02:41.250000Z",
        samebytes="0.1.0",
        toolchain=MappingProxyType({"node": "20.18.1", "pnpm": "9.12.0"}),
        isolation=("fixed-path", "own-home"),
        changed_tracked_files=("packages/cli/README.md",),
    )
