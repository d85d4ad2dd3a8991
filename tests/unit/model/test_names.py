"""Package names and the names derived from them."""

from __future__ import annotations

import pytest

from samebytes.errors import FormatError
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version


@pytest.mark.parametrize("text", ["a", "@s/n", "left-pad", "@a-b.c_d/x.y_z-1", "0", "a" * 214, "-x", "@s/-n"])
def test_names_that_every_registry_takes(text: str) -> None:
    """Lower-case names of up to 214 characters, with or without scope."""
    assert str(PackageName(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "@S/n",
        "a b",
        "a/b",
        "@/n",
        "@s/",
        ".a",
        "_a",
        "@s/n/x",
        "a" * 215,
        "node_modules",
        "ü",
        "a\n",
        "@s/.n",
        "a%2f",
    ],
)
def test_names_that_some_registry_refuses(text: str) -> None:
    """What npm or Gitea refuses is refused before anything is built."""
    with pytest.raises(FormatError) as caught:
        PackageName(text)
    assert caught.value.code == "SB-2001"


def test_a_scoped_name_has_a_scope_and_a_base() -> None:
    """Scope and base come apart at the slash."""
    assert (PackageName("@s/n").scope, PackageName("@s/n").base) == ("s", "n")
    assert (PackageName("n").scope, PackageName("n").base) == ("", "n")


@pytest.mark.parametrize(
    ("name", "asset", "tarball", "purl"),
    [
        ("@scope/name", "scope__name-1.0.0.tgz", "name-1.0.0.tgz", "pkg:npm/%40scope/name@1.0.0"),
        ("name", "name-1.0.0.tgz", "name-1.0.0.tgz", "pkg:npm/name@1.0.0"),
    ],
)
def test_a_version_has_one_name_in_each_place(name: str, asset: str, tarball: str, purl: str) -> None:
    """Release asset, registry path and package URL follow their conventions."""
    id_ = PackageId(PackageName(name), Version("1.0.0"))
    assert (id_.asset_name, id_.tarball_name, id_.purl, str(id_)) == (asset, tarball, purl, f"{name}@1.0.0")
