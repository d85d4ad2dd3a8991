"""The registry of a directory site: uploads, dist-tags, and reading that never takes damage for absence."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, DeadlineError, SiteError
from samebytes.model.names import PackageName
from samebytes.model.observed import ObservedPackage, UnreadablePackage
from samebytes.model.tarball import PackedMember
from samebytes.registries.base import UploadPackage
from samebytes.registries.folder import FolderRegistry
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from samebytes.testing.site_checker import problems
from tests.directory_site.doubles import BrokenFile, CountingLease
from tests.directory_site.fake_clock import FakeClock
from tests.directory_site.members import packed, upload_of
from tests.site_calls import tarball_of

_NAME = PackageName("@s/n")


@pytest.fixture
def lease() -> CountingLease:
    """A lease that is held until the test says otherwise."""
    return CountingLease()


@pytest.fixture
def clock() -> FakeClock:
    """The time at the site."""
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A founded site."""
    SiteFolder(FolderStore(str(tmp_path / "site")), "corp").found()
    return tmp_path / "site"


@pytest.fixture
def registry(folder: Path, clock: FakeClock) -> FolderRegistry:
    """Its registry."""
    return FolderRegistry(SiteFolder(FolderStore(str(folder)), "corp"), clock)


@pytest.fixture
def member(tmp_path: Path) -> PackedMember:
    """@s/n@1.0.0."""
    return packed(tmp_path, "@s/n")


def _observed(registry: FolderRegistry, name: PackageName = _NAME) -> ObservedPackage:
    seen = registry.observe([name])[name]
    assert isinstance(seen, ObservedPackage)
    return seen


def _unreadable(registry: FolderRegistry) -> UnreadablePackage:
    seen = registry.observe([_NAME])[_NAME]
    assert isinstance(seen, UnreadablePackage)
    return seen


def test_unknown_package_has_nothing(registry: FolderRegistry, member: PackedMember) -> None:
    """A package the site does not know has no versions, no tags and no tarball."""
    seen = _observed(registry)
    assert (dict(seen.versions), dict(seen.dist_tags)) == ({}, {})
    assert tarball_of(registry, member.tarball.id) is None


def test_upload_is_observed_with_its_bytes(
    registry: FolderRegistry, member: PackedMember, lease: CountingLease, folder: Path
) -> None:
    """An uploaded version is there under its dist-tag with integrity, manifest and bytes."""
    registry.upload(upload_of(member, "next"), lease)
    seen = _observed(registry)
    assert seen.dist_tags == {"next": "1.0.0"}
    assert seen.versions["1.0.0"].integrity == member.tarball.sha512
    assert seen.versions["1.0.0"].manifest["main"] == "index.js"
    assert tarball_of(registry, member.tarball.id) == Path(member.file).read_bytes()
    assert lease.writes == 2
    assert problems(folder, settled=True) == []


def test_version_that_is_there_is_left_untouched(
    registry: FolderRegistry, tmp_path: Path, member: PackedMember, lease: CountingLease
) -> None:
    """Uploading a version again, with the same or other bytes, writes nothing."""
    registry.upload(upload_of(member), lease)
    registry.upload(upload_of(packed(tmp_path, "@s/n", text="other")), lease)
    assert _observed(registry).versions["1.0.0"].integrity == member.tarball.sha512
    assert lease.writes == 2


def test_upload_that_crashed_after_its_tarball_is_finished(
    registry: FolderRegistry, folder: Path, member: PackedMember, lease: CountingLease
) -> None:
    """A tarball without a packument is no version; the next upload of the same bytes makes it one."""
    path = folder / "npm/@s/n/-/n-1.0.0.tgz"
    path.parent.mkdir(parents=True)
    path.write_bytes(Path(member.file).read_bytes())
    assert not _observed(registry).versions
    registry.upload(upload_of(member), lease)
    assert list(_observed(registry).versions) == ["1.0.0"]


def test_listed_version_gets_its_tarball_back(
    registry: FolderRegistry, folder: Path, tmp_path: Path, member: PackedMember, lease: CountingLease
) -> None:
    """A tarball that is gone is seen and stored again, the very bytes or none; the packument stays as it was."""
    registry.upload(upload_of(member, "next"), lease)
    path, packument = folder / "npm/@s/n/-/n-1.0.0.tgz", folder / "npm/@s/n/index.json"
    before = packument.read_bytes()
    path.unlink()
    assert not _observed(registry).versions["1.0.0"].served
    registry.upload(upload_of(packed(tmp_path, "@s/n", text="other")), lease)
    assert not path.exists()
    registry.upload(upload_of(packed(tmp_path, "@s/n")), lease)
    assert _observed(registry).versions["1.0.0"].served
    assert tarball_of(registry, member.tarball.id) == Path(member.file).read_bytes()
    assert (packument.read_bytes(), lease.writes) == (before, 3)
    assert problems(folder, settled=True) == []


def test_crashed_upload_of_another_build_is_not_overwritten(
    registry: FolderRegistry, folder: Path, member: PackedMember, lease: CountingLease
) -> None:
    """Other bytes under the version's file name are an error, and stay for people to look at."""
    path = folder / "npm/@s/n/-/n-1.0.0.tgz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another build")
    with pytest.raises(BytesDifferError) as raised:
        registry.upload(upload_of(member), lease)
    assert raised.value.code == "SB-5201"
    assert raised.value.details["expected"] == member.tarball.sha512.integrity
    assert path.read_bytes() == b"another build"
    assert not _observed(registry).versions


def test_file_that_changed_since_it_was_packed_is_not_stored(
    registry: FolderRegistry, folder: Path, member: PackedMember, lease: CountingLease
) -> None:
    """The bytes are hashed on their way; others than promised never become visible."""
    Path(member.file).write_bytes(b"tampered")
    with pytest.raises(BytesDifferError):
        registry.upload(upload_of(member), lease)
    assert not (folder / "npm/@s/n/-/n-1.0.0.tgz").exists()


def test_manifest_of_another_package_is_refused(
    registry: FolderRegistry, member: PackedMember, lease: CountingLease
) -> None:
    """A manifest cannot be stored under another name; nothing is written."""
    wrong = UploadPackage(packed=member, version_manifest={"name": "x", "version": "1.0.0"}, dist_tag="next")
    with pytest.raises(SiteError, match="of another package"):
        registry.upload(wrong, lease)
    assert lease.writes == 0


def test_dist_tags_move_and_go(
    registry: FolderRegistry, tmp_path: Path, lease: CountingLease, clock: FakeClock
) -> None:
    """A dist-tag points where it was set to, once; a removed one is gone; repeating writes nothing."""
    for version in ("1.0.0", "1.1.0"):
        registry.upload(upload_of(packed(tmp_path, "@s/n", version)), lease)
    clock.elapsed_s = 60
    registry.set_tag(_NAME, "latest", "1.0.0", lease)
    registry.set_tag(_NAME, "latest", "1.1.0", lease)
    registry.delete_tag(_NAME, "samebytes-hold", lease)
    assert _observed(registry).dist_tags == {"latest": "1.1.0"}
    writes = lease.writes
    registry.set_tag(_NAME, "latest", "1.1.0", lease)
    registry.delete_tag(_NAME, "samebytes-hold", lease)
    registry.delete_tag(PackageName("unknown"), "latest", lease)
    assert lease.writes == writes


def test_dist_tag_at_a_missing_version_is_refused(registry: FolderRegistry, lease: CountingLease) -> None:
    """`latest` can never point at nothing."""
    with pytest.raises(SiteError, match="there is no such version") as raised:
        registry.set_tag(_NAME, "latest", "1.0.0", lease)
    assert raised.value.code == "SB-5002"


def test_times_are_iso_in_utc(
    registry: FolderRegistry, folder: Path, member: PackedMember, lease: CountingLease, clock: FakeClock
) -> None:
    """Times are written as npm writes them."""
    clock.elapsed_s = 1.5
    registry.upload(upload_of(member), lease)
    time = json.loads((folder / "npm/@s/n/index.json").read_bytes())["time"]
    assert time == dict.fromkeys(("created", "modified", "1.0.0"), "2026-01-01T00:00:01.500Z")


def test_deleted_version_takes_tags_and_tarball_along(
    registry: FolderRegistry, folder: Path, tmp_path: Path, lease: CountingLease
) -> None:
    """A deleted version is gone; deleting it again, or what never was, is fine."""
    first, second = packed(tmp_path, "@s/n", "1.0.0"), packed(tmp_path, "@s/n", "1.1.0")
    for one in (first, second):
        registry.upload(upload_of(one, f"tag-{one.tarball.id.version}"), lease)
    for _ in range(2):
        registry.delete_version(first.tarball.id, lease)
    registry.delete_version(packed(tmp_path, "unknown").tarball.id, lease)
    seen = _observed(registry)
    assert (list(seen.versions), dict(seen.dist_tags)) == (["1.1.0"], {"tag-1.1.0": "1.1.0"})
    assert tarball_of(registry, first.tarball.id) is None
    assert problems(folder, settled=True) == []


def _damage_packument(folder: Path) -> None:
    (folder / "npm/@s/n/index.json").write_bytes(b'{"name": "@s/n"')


def _empty_packument(folder: Path) -> None:
    (folder / "npm/@s/n/index.json").write_bytes(b"")


def _link_packument(folder: Path) -> None:
    (folder / "npm/@s/n/index.json").rename(folder / "elsewhere.json")
    (folder / "npm/@s/n/index.json").symlink_to(folder / "elsewhere.json")


def _remove_description(folder: Path) -> None:
    (folder / "site.json").unlink()


@pytest.mark.parametrize("damage", [_damage_packument, _empty_packument, _link_packument, _remove_description])
def test_damage_is_unreadable_never_absent(
    folder: Path, registry: FolderRegistry, member: PackedMember, lease: CountingLease, damage: Callable[[Path], None]
) -> None:
    """Whatever is broken, observing says so and does not raise."""
    registry.upload(upload_of(member), lease)
    damage(folder)
    fresh = FolderRegistry(SiteFolder(FolderStore(str(folder)), "corp"), FakeClock())
    seen = _unreadable(fresh)
    assert (seen.code, bool(seen.why)) == ("SB-5001", True)


def test_lost_lease_writes_nothing(
    registry: FolderRegistry, folder: Path, member: PackedMember, lease: CountingLease
) -> None:
    """A holder that was taken over leaves the site as it was."""
    lease.lost = True
    with pytest.raises(DeadlineError):
        registry.upload(upload_of(member), lease)
    assert not _observed(registry).versions
    assert list((folder / "npm").rglob("*.tgz")) == []


def test_versions_of_one_package_from_several_threads(
    registry: FolderRegistry, folder: Path, tmp_path: Path, lease: CountingLease
) -> None:
    """No upload is lost when threads write versions of one package at once."""
    members = [packed(tmp_path, "@s/n", f"1.0.{patch}") for patch in range(8)]
    threads = [threading.Thread(target=registry.upload, args=(upload_of(one), lease)) for one in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_observed(registry).versions) == 8
    assert problems(folder, settled=True) == []


def test_tarball_that_breaks_while_it_is_read_is_an_error(
    registry: FolderRegistry, member: PackedMember, lease: CountingLease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk error in the middle of a tarball is a site error, not the end of the tarball."""
    registry.upload(upload_of(member), lease)

    monkeypatch.setattr(FolderStore, "open", lambda _self, _path: BrokenFile())
    with pytest.raises(SiteError, match="Input/output error"):
        tarball_of(registry, member.tarball.id)
