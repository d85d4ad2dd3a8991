"""The layout of a directory site: no name leads to another place, and no two to the same one."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.formats import directory_site
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version


def test_registry_paths() -> None:
    """Packuments and tarballs lie where npm's URLs have them."""
    scoped = PackageId(PackageName("@s/name"), Version("1.0.0"))
    plain = PackageId(PackageName("name"), Version("1.0.0-rc.1"))
    assert directory_site.packument(scoped.name) == "npm/@s/name/index.json"
    assert directory_site.tarball(scoped) == "npm/@s/name/-/name-1.0.0.tgz"
    assert directory_site.tarball_reference(plain) == "name/-/name-1.0.0-rc.1.tgz"


def test_release_paths() -> None:
    """A tag is percent-encoded whole, so that a slash in it makes no folder."""
    assert directory_site.release_folder("@s/n@1.0.0") == "releases/%40s%2Fn%401.0.0"
    assert directory_site.release_record("v1") == "releases/v1/.release.json"
    assert directory_site.asset("v1", "SHA512SUMS") == "releases/v1/SHA512SUMS"
    assert directory_site.asset("v1", "s__n-1.0.0.tgz") == "releases/v1/s__n-1.0.0.tgz"


@pytest.mark.parametrize("name", ["", ".hidden", "..", "a/b", "a\\b", "a b", "ü", "x" * 256, "a\n"])
def test_asset_name_that_is_no_plain_file_name_is_refused(name: str) -> None:
    """An asset's name cannot leave its folder or hide in it."""
    assert not directory_site.is_asset_name(name)
    with pytest.raises(FormatError, match="cannot be the name of an asset") as raised:
        directory_site.asset("v1", name)
    assert raised.value.code == "SB-5004"


def test_evidence_and_local_folders() -> None:
    """Kinds and site ids are checked before they become folders."""
    assert directory_site.evidence_folder("statement") == "evidence/statement"
    assert directory_site.local_folder("corp-2") == "local/corp-2"


@pytest.mark.parametrize("kind", ["", "..", "Statement", "a/b", "1st"])
def test_strange_kind_is_refused(kind: str) -> None:
    """A kind is lower-case letters, digits and hyphens."""
    with pytest.raises(FormatError, match="kind of evidence"):
        directory_site.evidence_folder(kind)


@pytest.mark.parametrize("site", ["", "..", "Corp", "a/b", "x" * 64])
def test_strange_site_id_is_refused(site: str) -> None:
    """A site's id is what the configuration allows."""
    with pytest.raises(FormatError, match="id of a directory site"):
        directory_site.local_folder(site)


@pytest.mark.parametrize("tag", ["v1.0.0", "@s/n@1.0.0", "a%2Fb", "ünï", "v1.json", "..", ".hidden", " "])
def test_tag_file_and_back(tag: str) -> None:
    """The tag can be told from the name of its file."""
    path = directory_site.tag_file("folder", tag)
    folder, _, name = path.rpartition("/")
    assert folder == "folder"
    assert directory_site.tag_of(name) == tag


@pytest.mark.parametrize("name", ["v1", "a/b.json", "%2f.json", "%zz.json", ".v1.json"])
def test_name_that_no_tag_file_has_is_refused(name: str) -> None:
    """A file that was not named by us is malformed, not another tag."""
    with pytest.raises(FormatError, match="not the percent-encoded name of a tag"):
        directory_site.tag_of(name)


def test_tag_that_is_not_text_is_refused() -> None:
    """A lone surrogate has no bytes to encode."""
    with pytest.raises(FormatError, match="is not text"):
        directory_site.release_folder("v\udc80")


def test_site_description_is_read_back() -> None:
    """The id in site.json comes back."""
    assert directory_site.read_site(directory_site.write_site("corp"), "site.json") == "corp"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b'{"format":"samebytes-directory-v2","site":"corp"}\n', "reads 'samebytes-directory-v1'"),
        (b'{"format":"samebytes-directory-v1"}\n', "the format is"),
        (b'{"site":"corp"}\n', "not the description"),
        (b"[]\n", "not the description"),
    ],
)
def test_other_description_is_refused(document: bytes, words: str) -> None:
    """A later format and something else are told apart."""
    with pytest.raises(FormatError, match=words) as raised:
        directory_site.read_site(document, "site.json")
    assert raised.value.place == "site.json"
