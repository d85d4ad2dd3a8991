"""Small built releases for tests of publishing: real canonical tarballs, without git, build or package manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from samebytes.core.pack import FileContent, pack
from samebytes.flows.make_release import BuiltRelease
from samebytes.formats import package_json, sha512sums, statement
from samebytes.model.build_record import BuildRecord
from samebytes.model.digests import sha256, sha512
from samebytes.model.json_value import JsonValue
from samebytes.model.names import PackageId, PackageName
from samebytes.model.release import STATEMENT_ASSET, Release, Subject
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import PackSettings
from samebytes.model.tag import Commit
from samebytes.model.tarball import PackedMember, Tarball
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace

COMMIT = "1f" * 20
TAG_OBJECT = "3a" * 20


@dataclass(frozen=True, kw_only=True)
class Tiny:
    """One tiny member: `level` orders uploads, `files` come on top of package.json, `fields` go into it."""

    name: str
    version: str = "1.0.0"
    level: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict)
    fields: Mapping[str, JsonValue] = field(default_factory=dict)


LAMPS = (
    Tiny(name="@acme/wick", files={"index.js": b"export const wick = 1;\n"}),
    Tiny(name="@acme/glow", level=1, files={"index.js": b"export const glow = 2;\n"}),
    Tiny(name="lantern", level=2, files={"bin/lantern.js": b"#!/usr/bin/env node\n"}, fields={"bin": "bin/lantern.js"}),
)


def built_release(
    folder: Path, tag: str = "v1.0.0", members: Sequence[Tiny] = LAMPS, commit: str = COMMIT
) -> BuiltRelease:
    """These members packed into a new folder, as a build of this tag at this commit would give them."""
    folder.mkdir(parents=True)
    packed = tuple(sorted((_packed(folder, tiny) for tiny in members), key=lambda one: one.tarball.id))
    release = Release(
        tag=tag,
        commit=commit,
        tree="2e" * 20,
        base=Base(tag="", commit="", inferred=True),
        rule=SelectionRule.ALL,
        lockfile=None,
        package_manager=None,
        node=None,
        image="",
        profile="pnpm-9.r1",
        canon="canon-v1",
        subjects=tuple(_subject(member.tarball) for member in packed),
    )
    written = statement.write(release)
    listed = {member.tarball.id.asset_name: member.tarball.sha512 for member in packed}
    return BuiltRelease(
        commit=Commit(name=tag, tag_object=TAG_OBJECT, commit=commit, tree="2e" * 20, time_s=0, message=""),
        workspace=_workspace(members),
        selection=_selection(members),
        release=release,
        statement=written,
        sums=sha512sums.write({**listed, STATEMENT_ASSET: sha512(written)}),
        packed=packed,
        record=_record(sha256(written).hex),
        findings=(),
    )


def bumped(members: Sequence[Tiny], name: str, version: str) -> tuple[Tiny, ...]:
    """Only this member, at another version."""
    return tuple(replace(tiny, version=version) for tiny in members if tiny.name == name)


def changed(members: Sequence[Tiny], name: str, path: str, data: bytes) -> tuple[Tiny, ...]:
    """The same members, one file of one of them with other bytes."""
    return tuple(replace(tiny, files={**tiny.files, path: data}) if tiny.name == name else tiny for tiny in members)


def tarball_of(tiny: Tiny) -> tuple[Tarball, bytes]:
    """The canonical tarball of one member."""
    files = [FileContent(path="package.json", data=package_json.write(_manifest(tiny)), executable=False)]
    files += [FileContent(path=path, data=data, executable="bin/" in path) for path, data in tiny.files.items()]
    return pack(_id(tiny), files, PackSettings())


def _packed(folder: Path, tiny: Tiny) -> PackedMember:
    tarball, data = tarball_of(tiny)
    path = folder / tarball.id.asset_name
    path.write_bytes(data)
    return PackedMember(tarball=tarball, file=str(path))


def _id(tiny: Tiny) -> PackageId:
    return PackageId(PackageName(tiny.name), Version(tiny.version))


def _manifest(tiny: Tiny) -> dict[str, JsonValue]:
    return {"name": tiny.name, "version": tiny.version, **tiny.fields}


def _subject(tarball: Tarball) -> Subject:
    return Subject(
        id=tarball.id,
        sha512=tarball.sha512,
        sha256=tarball.sha256,
        tar_sha256=tarball.tar_sha256,
        size_bytes=tarball.size_bytes,
        files=tarball.files,
    )


def _members(members: Sequence[Tiny]) -> tuple[Member, ...]:
    return tuple(
        Member(
            name=PackageName(tiny.name),
            version=Version(tiny.version),
            directory=f"packages/{tiny.name}",
            publish_directory=f"packages/{tiny.name}",
            private=False,
            ignored="",
            manifest=_manifest(tiny),
            dependencies=(),
        )
        for tiny in members
    )


def _workspace(members: Sequence[Tiny]) -> Workspace:
    return Workspace(
        members=_members(members),
        catalogs={},
        package_manager=None,
        node=None,
        lockfile=None,
        findings=(),
    )


def _selection(members: Sequence[Tiny]) -> Selection:
    levels = [
        tuple(PackageName(tiny.name) for tiny in members if tiny.level == level)
        for level in range(max((tiny.level for tiny in members), default=-1) + 1)
    ]
    return Selection(
        rule=SelectionRule.ALL,
        base=Base(tag="", commit="", inferred=True),
        members=_members(sorted(members, key=lambda tiny: tiny.level)),
        levels=tuple(levels),
        cycles=(),
        left_out=(),
        findings=(),
    )


def _record(statement_sha256: str) -> BuildRecord:
    return BuildRecord(
        statement_sha256=statement_sha256,
        platform="linux-x86_64",
        path="/build/lamps",
        image="",
        run="",
        started="2026-03-01T09:00:00Z",
        finished="2026-03-01T09:00:01Z",
        samebytes="0.1.0",
        toolchain={},
        isolation=(),
        changed_tracked_files=(),
    )
