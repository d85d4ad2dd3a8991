"""The package.json in a canonical tarball."""

from __future__ import annotations

import gzip

import pytest

from samebytes.core.read_manifest import read_manifest
from samebytes.errors import FormatError
from samebytes.formats import gzip as canonical_gzip
from samebytes.formats import ustar
from tests.small_releases import Tiny, tarball_of


def test_the_manifest_is_the_top_one() -> None:
    """A package.json in a sub-folder is a file like any other."""
    tarball, data = tarball_of(Tiny(name="wick", files={"esm/package.json": b'{"type": "module"}'}))
    assert read_manifest(data, "wick") == tarball.manifest


def test_a_tarball_of_another_packer_is_refused() -> None:
    """What is not canon-v1 was not written by a release of ours."""
    _, data = tarball_of(Tiny(name="wick"))
    with pytest.raises(FormatError):
        read_manifest(gzip.compress(gzip.decompress(data)), "wick")


def test_a_tarball_without_a_manifest_is_refused() -> None:
    """A canonical tar with other files only is no package."""
    header = ustar.header("package/a.js", 0, executable=False)
    with pytest.raises(FormatError) as caught:
        read_manifest(canonical_gzip.compress(header + ustar.END), "wick")
    assert caught.value.code == "SB-4039"
