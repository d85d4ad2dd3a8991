"""A full disk is a clear error, loses nothing, and the next run finishes the work."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from samebytes.errors import SiteError
from samebytes.testing.site_checker import missing, problems
from tests.directory_site.members import packed
from tests.directory_site.mini_publish import TAG, MiniPublish, digest_of, latest_of

_SIZE_KIB = 256


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={_SIZE_KIB}k", "samebytes-test", str(place)), check=True)
    try:
        yield place
    finally:
        subprocess.run(("umount", str(place)), check=True)


@pytest.mark.system("tmpfs")
@pytest.mark.parametrize("free_kib", [0, 4, 8, 16, 32, 48])
def test_full_disk_is_an_error_and_the_next_run_finishes(small_disk: Path, tmp_path: Path, free_kib: int) -> None:
    """Wherever the space ends, the error says so, no half file is visible, and with space again a re-run converges."""
    members = [packed(tmp_path, "@s/first"), packed(tmp_path, "second"), packed(tmp_path, "@s/third")]
    ballast, site = small_disk / "ballast", small_disk / "site"
    site.mkdir()
    ballast.write_bytes(bytes((_SIZE_KIB - free_kib) * 1024 - 4096))
    with pytest.raises(SiteError, match="No space left on device") as raised:
        MiniPublish(site, members).run()
    assert raised.value.code == "SB-5002"
    assert "free some space" in raised.value.hint
    assert problems(site) == []
    ballast.unlink()
    MiniPublish(site, members).run()
    assert problems(site, settled=True) == []
    assert missing(site, TAG, digest_of(members), latest_of(members)) == []
