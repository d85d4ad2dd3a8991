"""The documents of a directory site that docs/formats/directory-site.md shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from samebytes.formats import directory_site, site_state, stored_packument
from samebytes.formats.site_state import LeaseRecord, ReleaseRecord
from samebytes.model.digests import Digest
from samebytes.model.local_state import PromotionEntry, Remembered
from samebytes.model.names import PackageId, PackageName
from samebytes.model.need import Need
from samebytes.model.tarball import PackedFile, Tarball
from samebytes.model.versions import Version

_TAG, _COMMIT = "v1.2.0", "3d" * 20
_ID = PackageId(PackageName("@acme/cli"), Version("1.2.0"))
_TIME = "2026-03-01T09:03:00.000Z"
_TARBALL = Tarball(
    id=_ID,
    sha512=Digest("sha512", bytes(range(64))),
    sha256=Digest("sha256", bytes(range(32))),
    sha1=Digest("sha1", bytes(range(20))),
    tar_sha256=Digest("sha256", bytes(range(32, 64))),
    size_bytes=1200,
    files=(
        PackedFile(path="cli.js", size_bytes=900, executable=True, sha256=Digest("sha256", bytes(32))),
        PackedFile(path="package.json", size_bytes=300, executable=False, sha256=Digest("sha256", bytes(32))),
    ),
    manifest={"name": "@acme/cli", "version": "1.2.0", "bin": {"acme": "cli.js"}},
)


def _packument() -> str:
    manifest = stored_packument.version_manifest(
        _ID, _TARBALL.manifest, _TARBALL, directory_site.tarball_reference(_ID)
    )
    packument = stored_packument.empty(_ID.name).with_version("1.2.0", manifest, "samebytes-hold", _TIME)
    return stored_packument.write(packument.with_tag("latest", "1.2.0", _TIME)).decode()


def _journal() -> str:
    entry = PromotionEntry(
        release_tag=_TAG, dist_tag="latest", before={"@acme/cli": "1.1.0"}, after={"@acme/cli": "1.2.0"}, done=True
    )
    return site_state.write_journal([entry]).decode()


def _lease() -> str:
    record = LeaseRecord(
        number=7, renewal=2, token="5e" * 16, holder="publish v1.2.0 on runner-2, pid 4711", lease_ms=60_000, held=True
    )
    return site_state.write_lease(record).decode()


def _memory() -> str:
    memory = Remembered(
        tag=_TAG,
        tag_object="7a" * 20,
        commit=_COMMIT,
        statement_sha256="5b" * 32,
        roots=("1c" * 20,),
        packages=(_ID.name,),
        needs=(Need(member=str(_ID), name=PackageName("@acme/core"), range="^1.1.0", version="1.1.0"),),
    )
    return site_state.write_memory(memory).decode()


DIRECTORY_SITE: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "site.json": lambda: directory_site.write_site("corp").decode(),
        "index.json": _packument,
        "release-record.json": lambda: site_state.write_release(ReleaseRecord(tag=_TAG, commit=_COMMIT)).decode(),
        "lease.json": _lease,
        "memory.json": _memory,
        "journal.json": _journal,
    }
)
