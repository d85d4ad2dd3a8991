"""Where samebytes packs otherwise than the real pnpm, on purpose; docs/reference/profiles.md says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from samebytes.dialects.profiles import profile
from samebytes.errors import ConfigError
from tests.clients.client import Client
from tests.contract.packed import Packed, pack_ours, pack_with
from tests.contract.packing_tree import Link, Package, PackageWorkspace, write_workspace


def _both(
    tmp_path: Path, client: Client, profile_id: str, *packages: Package, outside: dict[str, str] | None = None
) -> tuple[Packed, Packed]:
    """Theirs and ours for the first package."""
    workspace = PackageWorkspace(packages=packages, root_files=outside or {"LICENSE": "l"})
    write_workspace(tmp_path / "w", workspace)
    ((_, theirs),) = pack_with(client, tmp_path / "w", packages[:1])
    return theirs, pack_ours(tmp_path / "w", workspace, packages[0], profile(profile_id))


def test_file_called_like_the_manifest_stays_itself(tmp_path: Path, pnpm_9: Client) -> None:
    """Pnpm up to 9.15.2 packs `package.json.bak` as a second package.json; we pack the file."""
    package = Package(label="bak", files={"package.json.bak": "mine"})
    theirs, ours = _both(tmp_path, pnpm_9, "pnpm-9.r1", package)
    assert "package.json.bak" not in theirs.files
    assert ours.files["package.json.bak"] == (b"mine", False)


def test_link_out_of_the_repository_is_left_out(tmp_path: Path, pnpm_10: Client) -> None:
    """Pnpm 10 packs what a link in `files` leads to anywhere on the machine; we stay in the repository."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("key", encoding="utf-8")
    package = Package(label="out", manifest={"files": ["link/*"]}, files={"link": Link("../../../secret"), "a": "a"})
    theirs, ours = _both(tmp_path, pnpm_10, "pnpm-10.r1", package)
    assert "link/key" in theirs.files
    assert "link/key" not in ours.files


def test_path_with_dots_is_refused(tmp_path: Path, pnpm_10: Client) -> None:
    """Pnpm 10 stores `..` in the tarball, which no client unpacks; we refuse."""
    package = Package(label="dots", manifest={"files": ["lib/../a"]}, files={"a": "a", "lib/b": "b"})
    workspace = PackageWorkspace(packages=(package,), root_files={"LICENSE": "l"})
    write_workspace(tmp_path / "w", workspace)
    ((_, theirs),) = pack_with(pnpm_10, tmp_path / "w", (package,))
    assert "lib/../a" in theirs.files
    with pytest.raises(ConfigError) as caught:
        pack_ours(tmp_path / "w", workspace, package, profile("pnpm-10.r1"))
    assert caught.value.code == "SB-4523"


def test_bin_is_always_executable(tmp_path: Path, pnpm_11: Client) -> None:
    """Pnpm leaves a bin whose command has an odd name 0644; ours is 0755."""
    package = Package(label="odd", manifest={"bin": {"odd name": "cli.js"}}, files={"cli.js": "c"})
    theirs, ours = _both(tmp_path, pnpm_11, "pnpm-11.28.r1", package)
    assert theirs.files["cli.js"] == (b"c", False)
    assert ours.files["cli.js"] == (b"c", True)


def test_link_is_packed_as_what_it_leads_to(tmp_path: Path, pnpm_11: Client) -> None:
    """Pnpm since 11.28 stores links; our tarball holds the file, and nothing for a link to what is not packed."""
    package = Package(
        label="links",
        files={".npmignore": "b\n", "link": Link("lib/a"), "lib/a": "a", "lost": Link("b"), "b": "b"},
    )
    theirs, ours = _both(tmp_path, pnpm_11, "pnpm-11.28.r1", package)
    assert "link" in theirs.links
    assert ours.files["link"] == (b"a", False)
    assert "lost" not in ours.files


def test_relative_workspace_path_is_published(tmp_path: Path, pnpm_9: Client) -> None:
    """Pnpm 9.12 cannot pack `workspace:../other` (corrected in 9.15.2); we do."""
    package = Package(label="main", manifest={"dependencies": {"other": "workspace:../other"}})
    workspace = PackageWorkspace(packages=(package, Package(label="other")), root_files={"LICENSE": "l"})
    write_workspace(tmp_path / "w", workspace)
    with pytest.raises(AssertionError, match="CANNOT_RESOLVE_WORKSPACE_PROTOCOL"):
        list(pack_with(pnpm_9, tmp_path / "w", (package,)))
    ours = pack_ours(tmp_path / "w", workspace, package, profile("pnpm-9.r1"))
    assert ours.manifest["dependencies"] == {"other": "1.2.3"}


def test_three_double_stars_match_at_their_shortest(tmp_path: Path, pnpm_11: Client) -> None:
    """Newer minimatch misses the shortest match of a pattern with three `**`; ours finds it."""
    package = Package(label="stars", files={".npmignore": "**/a/b/c/**/x/**\n", "a/b/c/x/f": "f", "d": "d"})
    theirs, ours = _both(tmp_path, pnpm_11, "pnpm-11.28.r1", package)
    assert "a/b/c/x/f" in theirs.files
    assert set(ours.files) == {"LICENSE", "d"}
