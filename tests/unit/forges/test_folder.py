"""The releases of a directory site: one folder a tag, assets stored once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.errors import BytesDifferError, SiteError
from samebytes.forges.folder import FolderReleases
from samebytes.model.digests import sha256
from samebytes.system.content import BytesContent
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder
from tests.directory_site.doubles import BrokenFile, CountingLease
from tests.site_calls import tag_at

_TAG = "@s/n@1.0.0"


@pytest.fixture
def lease() -> CountingLease:
    """A lease that is held."""
    return CountingLease()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A founded site."""
    SiteFolder(FolderStore(str(tmp_path)), "corp").found()
    return tmp_path


@pytest.fixture
def releases(folder: Path) -> FolderReleases:
    """Its releases."""
    return FolderReleases(SiteFolder(FolderStore(str(folder)), "corp"))


def _put(releases: FolderReleases, name: str, data: bytes, lease: CountingLease) -> None:
    releases.put(_TAG, name, BytesContent(data), sha256(data), lease)


def test_tag_without_a_release_has_nothing(releases: FolderReleases, lease: CountingLease) -> None:
    """Reading says None, storing is refused."""
    assert releases.assets(_TAG) is None
    assert releases.read(_TAG, "a", 10) is None
    assert releases.digest(_TAG, "a") is None
    with pytest.raises(SiteError, match="there is no release of"):
        _put(releases, "a", b"x", lease)


def test_release_is_created_once(releases: FolderReleases, lease: CountingLease) -> None:
    """A release that is there is fine, and not written again."""
    for _ in range(2):
        releases.create(tag_at(_TAG), lease)
    assert releases.assets(_TAG) == {}
    assert lease.writes == 1


def test_assets_are_stored_and_read(releases: FolderReleases, lease: CountingLease) -> None:
    """Name, size, bytes and digest of what was stored."""
    releases.create(tag_at(_TAG), lease)
    _put(releases, "release.json", b"{}", lease)
    _put(releases, "SHA512SUMS", b"sums", lease)
    assert releases.assets(_TAG) == {"SHA512SUMS": 4, "release.json": 2}
    assert releases.read(_TAG, "SHA512SUMS", 4) == b"sums"
    assert releases.digest(_TAG, "SHA512SUMS") == sha256(b"sums")
    assert releases.read(_TAG, "nothing", 4) is None
    assert releases.digest(_TAG, "nothing") is None
    with pytest.raises(SiteError) as raised:
        releases.read(_TAG, "SHA512SUMS", 3)
    assert raised.value.code == "SB-5003"


def test_same_bytes_again_are_fine_and_others_are_not(releases: FolderReleases, lease: CountingLease) -> None:
    """An asset is stored once; other bytes under its name are an error and change nothing."""
    releases.create(tag_at(_TAG), lease)
    _put(releases, "a", b"first", lease)
    _put(releases, "a", b"first", lease)
    with pytest.raises(BytesDifferError, match="has another a") as raised:
        _put(releases, "a", b"second", lease)
    assert raised.value.code == "SB-5201"
    assert raised.value.details["found"] == str(sha256(b"first"))
    assert releases.read(_TAG, "a", 10) == b"first"
    assert lease.writes == 2


def test_bytes_other_than_announced_are_not_stored(releases: FolderReleases, lease: CountingLease) -> None:
    """The bytes are hashed on their way; a source that gives others leaves no asset."""
    releases.create(tag_at(_TAG), lease)
    with pytest.raises(BytesDifferError, match="not have the bytes that were announced"):
        releases.put(_TAG, "a", BytesContent(b"other"), sha256(b"announced"), lease)
    assert releases.assets(_TAG) == {}


@pytest.mark.parametrize("theirs", [b"same", b"other"])
def test_somebody_stores_the_asset_meanwhile(
    folder: Path, releases: FolderReleases, lease: CountingLease, theirs: bytes
) -> None:
    """What was stored in between is compared like what was there before."""
    releases.create(tag_at(_TAG), lease)

    class Meanwhile(BytesContent):
        def chunks(self) -> Iterator[bytes]:
            yield self.data
            (folder / "releases" / "%40s%2Fn%401.0.0" / "a").write_bytes(theirs)

    if theirs == b"same":
        releases.put(_TAG, "a", Meanwhile(b"same"), sha256(b"same"), lease)
    else:
        with pytest.raises(BytesDifferError):
            releases.put(_TAG, "a", Meanwhile(b"same"), sha256(b"same"), lease)
    assert releases.read(_TAG, "a", 10) == theirs


@pytest.mark.parametrize("name", [".release.json", "../site.json", "a/b", ""])
def test_asset_name_cannot_leave_its_release(releases: FolderReleases, lease: CountingLease, name: str) -> None:
    """Neither reading nor storing follows a name out of the release or to its record."""
    releases.create(tag_at(_TAG), lease)
    with pytest.raises(SiteError, match="cannot be the name of an asset"):
        releases.read(_TAG, name, 9)
    with pytest.raises(SiteError, match="cannot be the name of an asset"):
        _put(releases, name, b"x", lease)


def test_damaged_record_is_an_error(folder: Path, releases: FolderReleases, lease: CountingLease) -> None:
    """A release whose record cannot be read is not 'no release'."""
    releases.create(tag_at(_TAG), lease)
    (folder / "releases" / "%40s%2Fn%401.0.0" / ".release.json").write_bytes(b"{")
    with pytest.raises(SiteError) as raised:
        releases.assets(_TAG)
    assert raised.value.code == "SB-5001"


def test_record_of_another_tag_is_an_error(folder: Path, releases: FolderReleases, lease: CountingLease) -> None:
    """On a file system that takes V1 for v1, the tags are still told apart."""
    releases.create(tag_at("v1"), lease)
    (folder / "releases" / "v1").rename(folder / "releases" / "V1")
    with pytest.raises(SiteError, match="is about tag 'v1', not 'V1'"):
        releases.assets("V1")


def test_strangers_files_are_left_out_or_refused(folder: Path, releases: FolderReleases, lease: CountingLease) -> None:
    """A hidden file is no asset; a file that no asset can be named like is an error."""
    releases.create(tag_at(_TAG), lease)
    place = folder / "releases" / "%40s%2Fn%401.0.0"
    (place / ".DS_Store").write_bytes(b"")
    assert releases.assets(_TAG) == {}
    (place / "a b").write_bytes(b"")
    with pytest.raises(SiteError, match="cannot be the name of an asset"):
        releases.assets(_TAG)


def test_asset_that_breaks_while_it_is_read_is_an_error(
    releases: FolderReleases, lease: CountingLease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk error in the middle of an asset is a site error."""
    releases.create(tag_at(_TAG), lease)
    _put(releases, "a", b"x", lease)

    opened = FolderStore.open

    def open_broken(self: FolderStore, path: str) -> object:
        return BrokenFile() if path.endswith("/a") else opened(self, path)

    monkeypatch.setattr(FolderStore, "open", open_broken)
    with pytest.raises(SiteError, match="Input/output error"):
        releases.digest(_TAG, "a")
