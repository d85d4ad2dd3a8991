"""A folder is our site, or empty, or an error: a mistyped path never looks like an empty site."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.errors import FormatError, SiteError
from samebytes.system.folder_store import FolderStore
from samebytes.system.site_folder import SiteFolder, as_site_error


def _site(folder: Path, site: str = "corp") -> SiteFolder:
    return SiteFolder(FolderStore(str(folder)), site)


def test_missing_folder_is_an_empty_site(tmp_path: Path) -> None:
    """Checking makes nothing; founding writes the description once."""
    site = _site(tmp_path / "new")
    site.check()
    assert not (tmp_path / "new").exists()
    site.found()
    site.found()
    assert (tmp_path / "new" / "site.json").read_bytes() == b'{"format":"samebytes-directory-v1","site":"corp"}\n'
    _site(tmp_path / "new").check()


def test_hidden_files_do_not_make_a_folder_something_else(tmp_path: Path) -> None:
    """A file manager's droppings in an empty folder are no reason to refuse it."""
    (tmp_path / ".DS_Store").write_bytes(b"")
    _site(tmp_path).check()


def test_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A folder with other files in it is neither read as an empty site nor made one."""
    (tmp_path / "thesis.tex").write_text("my life", encoding="utf-8")
    with pytest.raises(SiteError, match=r"holds 'thesis\.tex' but no site\.json") as raised:
        _site(tmp_path).found()
    assert raised.value.code == "SB-5001"
    assert not (tmp_path / "site.json").exists()


def test_folder_of_another_site_is_refused(tmp_path: Path) -> None:
    """Two sites in one folder would have two locks."""
    _site(tmp_path, "home").found()
    with pytest.raises(SiteError, match="belongs to site 'home', not to 'corp'"):
        _site(tmp_path).check()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format":"samebytes-directory-v2","site":"corp"}\n'])
def test_description_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    """A site of a later format, or with a damaged description, is an error."""
    (tmp_path / "site.json").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        _site(tmp_path).check()
    assert raised.value.code == "SB-5001"


def test_format_error_of_a_site_is_a_site_error() -> None:
    """What a site holds is the site's fault, with the place kept."""
    with pytest.raises(SiteError, match=r"x\.json:1: bad"), as_site_error():
        raise FormatError("SB-4010", "bad", place="x.json:1", hint="do")


class _FoundedMeanwhile(FolderStore):
    """A folder that another run makes a site of right after somebody has seen no description in it."""

    def read(self, path: str, limit_bytes: int) -> bytes | None:
        """The first look finds nothing, and by the second one the other run has written a few files."""
        data = super().read(path, limit_bytes)
        if data is None:
            _site(Path(self.root)).found()
            (Path(self.root) / "local").mkdir()
        return data


def test_a_site_that_is_founded_between_two_looks_is_that_site(tmp_path: Path) -> None:
    """Eight publishers of a new site start at once: those who see its first files also see whose they are."""
    SiteFolder(_FoundedMeanwhile(str(tmp_path)), "corp").check()
    with pytest.raises(SiteError, match="belongs to site 'corp', not to 'home'"):
        SiteFolder(_FoundedMeanwhile(str(tmp_path / "new")), "home").check()


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    """With the site and the whole path: the configuration has a relative one."""
    (tmp_path / "corp").write_bytes(b"")
    with pytest.raises(SiteError) as raised:
        SiteFolder(FolderStore(str(tmp_path / "corp")), "corp", str(tmp_path / "corp")).check()
    assert (raised.value.code, raised.value.summary) == ("SB-5001", f"site 'corp': {tmp_path / 'corp'} is not a folder")
    assert "[sites.corp]" in raised.value.hint


def test_details_name_the_folder(tmp_path: Path) -> None:
    """Where it is known."""
    (tmp_path / "thesis.tex").write_text("my life", encoding="utf-8")
    with pytest.raises(SiteError) as raised:
        SiteFolder(FolderStore(str(tmp_path)), "corp", str(tmp_path)).check()
    assert raised.value.details == {"folder": str(tmp_path)}


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_may_not_be_written_is_seen_without_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """Also one that would have to be made; root may write anywhere, so that the kernel is asked for others here."""
    root = tmp_path / "outer" / "corp"
    (root if there else root.parent).mkdir(parents=True)
    folder = SiteFolder(FolderStore(str(root)), "corp", str(root))
    folder.check_writable()
    asked: list[str] = []

    def refuse(path: str, _: int) -> bool:
        asked.append(path)
        return False

    monkeypatch.setattr("samebytes.system.site_folder.os.access", refuse)
    with pytest.raises(SiteError) as raised:
        folder.check_writable()
    assert (raised.value.code, str(root) in raised.value.summary) == ("SB-5002", True)
    assert asked == [str(root if there else root.parent)]
    assert root.exists() is there
