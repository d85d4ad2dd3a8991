"""samebytes packs what the real pnpm packs: the same files, bytes, x bits and manifest, for each rule and by chance.

What is meant to differ is in docs/reference/profiles.md, and in test_packs_unlike_pnpm.py.
"""

from __future__ import annotations

import platform
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from samebytes.dialects.profiles import profile
from tests.clients.client import Client
from tests.clients.fixtures import MakeClient
from tests.clients.pins import Pin
from tests.contract.packed import Packed, differences, pack_all_with, pack_ours, pack_with
from tests.contract.packing_chance import chance_package
from tests.contract.packing_chance_bundles import chance_bundles
from tests.contract.packing_chance_manifests import chance_manifests
from tests.contract.packing_rules import CATALOGS, SINCE_9, SINCE_10, SINCE_11
from tests.contract.packing_tree import Link, Package, PackageWorkspace, Tree, write_workspace

_PackAll = Callable[[Client, Path, Iterable[Package]], Iterator[tuple[Package, Packed]]]

_CHANCE_PACKAGES = 120
_CHANCE_PACKAGES_OF_9 = 8
_RULES_OF_9 = 12

# The native pnpm came to npm's rules in steps, up to 12.16.1; its packages for macOS end before that.
_PNPM_12_NEWEST = {
    "linux-x86_64": Pin(
        package="@pnpm/exe.linux-x64",
        version="12.21.0",
        integrity="sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==",
        program="pnpm",
    ),
    "linux-aarch64": Pin(
        package="@pnpm/exe.linux-arm64",
        version="12.21.0",
        integrity="sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==",
        program="pnpm",
    ),
}
# Ignore rules that do not stand in the members, and licence files that are and are not links.
_ROOTS: Sequence[Tree] = (
    {"LICENSE": "the root's"},
    {".gitignore": "tmp\n/packages\n*.map\n!lib/b.map\n", "LICENCE.md": "the root's", "docs/x": "x"},
    {".npmignore": "dist/\n", ".gitignore": "lib\n", "packages/.gitignore": "*.orig\n", "License": "not in capitals"},
)


@dataclass(frozen=True, slots=True)
class Generation:
    """A fixture of a real client, the profile that is to pack like it, and the packages of the rules it has."""

    client: str
    profile: str
    packages: Sequence[Package]


GENERATIONS = (
    Generation("pnpm_10", "pnpm-10.r1", SINCE_10),
    Generation("pnpm_11_22", "pnpm-11.r1", SINCE_11),
    Generation("pnpm_11", "pnpm-11.28.r1", SINCE_11),
    Generation("pnpm_12_newest", "pnpm-12.r1", SINCE_11),
)
each_generation = pytest.mark.parametrize("generation", GENERATIONS, ids=lambda one: one.profile)


@pytest.fixture
def pnpm_12_newest(make_client: MakeClient) -> Client:
    """A pnpm 12 that packs as the profile says."""
    pin = _PNPM_12_NEWEST.get(f"{sys.platform}-{platform.machine().lower()}")
    if pin is None:
        pytest.skip("there is no pnpm 12.16.1 or newer for this platform")
    return make_client("pnpm", pin, None)


def _compare(root: Path, workspace: PackageWorkspace, generation: Generation, client: Client, pack: _PackAll) -> None:
    """Pack all members twice and show every difference."""
    write_workspace(root, workspace)
    rules = profile(generation.profile)
    found = [
        f"{package.label} {package.manifest}: {line}"
        for package, theirs in pack(client, root, workspace.packages)
        for line in differences(theirs, pack_ours(root, workspace, package, rules))
        if not _is_documented(generation, package, line)
    ]
    assert found == []


def _is_documented(generation: Generation, package: Package, line: str) -> bool:
    """Whether a difference is one of docs/reference/profiles.md.

    Pnpm 12 takes no program from a folder whose file name is odd; pnpm 11 stores some bundled packages under `..`.
    """
    if generation.profile == "pnpm-12.r1":
        return "directories" in package.manifest and line.startswith("x bit")
    return generation.profile in {"pnpm-11.r1", "pnpm-11.28.r1"} and line.startswith("only theirs: ../")


@each_generation
def test_every_rule_packs_alike(generation: Generation, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """For each rule of packing there is a package, and samebytes packs it as the real pnpm does."""
    client = request.getfixturevalue(generation.client)
    workspace = PackageWorkspace(packages=generation.packages, root_files=_ROOTS[0], catalogs=CATALOGS)
    _compare(tmp_path / "rules", workspace, generation, client, pack_all_with)


@each_generation
def test_chance_packages_pack_alike(
    generation: Generation, tmp_path: Path, request: pytest.FixtureRequest, sampler: random.Random
) -> None:
    """Packages made by chance are packed as the real pnpm packs them."""
    client = request.getfixturevalue(generation.client)
    packages = tuple(chance_package(sampler, f"chance-{number}") for number in range(_CHANCE_PACKAGES))
    workspace = PackageWorkspace(packages=packages, root_files=sampler.choice(_ROOTS))
    _compare(tmp_path / "chance", workspace, generation, client, pack_all_with)


@each_generation
def test_chance_manifests_are_published_alike(
    generation: Generation, tmp_path: Path, request: pytest.FixtureRequest, sampler: random.Random
) -> None:
    """Every form of specifier, override and field comes out as the real pnpm writes it, keys in the same order."""
    client = request.getfixturevalue(generation.client)
    _compare(tmp_path / "chance", chance_manifests(sampler, _CHANCE_PACKAGES), generation, client, pack_all_with)


@each_generation
def test_chance_bundles_pack_alike(
    generation: Generation, tmp_path: Path, request: pytest.FixtureRequest, sampler: random.Random
) -> None:
    """Bundled dependencies are found and placed as the real pnpm does."""
    client = request.getfixturevalue(generation.client)
    _compare(tmp_path / "chance", chance_bundles(sampler, _CHANCE_PACKAGES // 2), generation, client, pack_all_with)


def test_pnpm_9_packs_alike(tmp_path: Path, pnpm_9: Client, sampler: random.Random) -> None:
    """The pnpm 9.12.0, which packs one member a process, packs a sample of all rules and of chance packages alike."""
    rules = [package for package in SINCE_9 if package.label != "several-manifests"]
    packages = (
        *sampler.sample(rules, _RULES_OF_9),
        *(chance_package(sampler, f"chance-{number}") for number in range(_CHANCE_PACKAGES_OF_9)),
    )
    linked = {name for package in packages for name in package.links.values()}
    needed = tuple(package for package in rules if package.label in linked and package not in packages)
    workspace = PackageWorkspace(
        packages=(*packages, *needed), root_files={"LICENSE": Link("docs/L"), "docs/L": "l"}, catalogs=CATALOGS
    )
    _compare(tmp_path / "nine", workspace, Generation("pnpm_9", "pnpm-9.r1", packages), pnpm_9, pack_with)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_rule_packs_alike_in_pnpm_9(tmp_path: Path, pnpm_9: Client) -> None:
    """All rules, one process each."""
    packages = tuple(package for package in SINCE_9 if package.label != "several-manifests")
    workspace = PackageWorkspace(packages=packages, root_files=_ROOTS[0], catalogs=CATALOGS)
    _compare(tmp_path / "nine", workspace, Generation("pnpm_9", "pnpm-9.r1", packages), pnpm_9, pack_with)
