"""A release of as many tiny members as wanted, packed and ready to publish, without a repository behind it."""

from __future__ import annotations

from pathlib import Path

from samebytes.core.pack import CANON, FileContent, pack
from samebytes.flows.make_release import BuiltRelease
from samebytes.formats import package_json, sha512sums, statement
from samebytes.model.build_record import BuildRecord
from samebytes.model.digests import sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.release import STATEMENT_ASSET, Release, Subject
from samebytes.model.selection import Base, Selection, SelectionRule
from samebytes.model.settings import PackSettings
from samebytes.model.tag import Commit
from samebytes.model.tarball import PackedMember
from samebytes.model.versions import Version
from samebytes.model.workspace import Workspace

_COMMIT = "1" * 40
_TREE = "2" * 40


def make_tiny_release(members: int, folder: Path) -> BuiltRelease:
    """Each member has a manifest, a readme and one file of code; the second half stands on the first."""
    packed = tuple(_packed(number, folder) for number in range(members))
    names = tuple(member.tarball.id.name for member in packed)
    release = Release(
        tag="v1.0.0",
        commit=_COMMIT,
        tree=_TREE,
        base=Base(tag="", commit="", inferred=True),
        rule=SelectionRule.ALL,
        lockfile=None,
        package_manager=None,
        node=None,
        image="",
        profile="pnpm-9.r1",
        canon=CANON,
        subjects=tuple(_subject(member) for member in packed),
    )
    document = statement.write(release)
    sums = {member.tarball.id.asset_name: member.tarball.sha512 for member in packed}
    return BuiltRelease(
        commit=Commit(name="v1.0.0", tag_object="3" * 40, commit=_COMMIT, tree=_TREE, time_s=0, message=""),
        workspace=Workspace(
            kind="pnpm",
            members=(),
            catalogs={},
            package_manager=None,
            node=None,
            lockfile_name="",
            lockfile=None,
            unnamed=(),
            findings=(),
        ),
        selection=Selection(
            rule=SelectionRule.ALL,
            base=release.base,
            members=(),
            levels=(names[: members // 2], names[members // 2 :]),
            cycles=(),
            left_out=(),
            findings=(),
        ),
        release=release,
        statement=document,
        sums=sha512sums.write(sums | {STATEMENT_ASSET: sha512(document)}),
        packed=packed,
        record=_record(document),
        findings=(),
    )


def _packed(number: int, folder: Path) -> PackedMember:
    package = PackageId(PackageName(f"@bench/m{number:05}"), Version("1.0.0"))
    manifest = package_json.write(
        {"name": str(package.name), "version": "1.0.0", "license": "ISC", "type": "module", "exports": "./index.js"}
    )
    contents = {
        "package.json": manifest,
        "README.md": f"# Member {number}\n".encode("ascii"),
        "index.js": f"export const number = {number};\n".encode("ascii") * 20,
    }
    files = [FileContent(path=path, data=data, executable=False) for path, data in contents.items()]
    tarball, data = pack(package, files, PackSettings())
    file = folder / package.asset_name
    file.write_bytes(data)
    return PackedMember(tarball=tarball, file=str(file))


def _subject(member: PackedMember) -> Subject:
    tarball = member.tarball
    return Subject(
        id=tarball.id,
        sha512=tarball.sha512,
        sha256=tarball.sha256,
        tar_sha256=tarball.tar_sha256,
        size_bytes=tarball.size_bytes,
        files=tarball.files,
    )


def _record(document: bytes) -> BuildRecord:
    return BuildRecord(
        statement_sha256=sha256(document).hex,
        platform="bench",
        path="/bench",
        image="",
        run="",
        started="2026-01-01T00:00:00Z",
        finished="2026-01-01T00:00:01Z",
        samebytes="0",
        toolchain={},
        isolation=(),
        changed_tracked_files=(),
    )
