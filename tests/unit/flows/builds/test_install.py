"""What a build installs, and with what: tools, lockfile, install scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.errors import BuildError, ConfigError
from samebytes.flows.make_release import BuiltRelease
from samebytes.model.settings import BuildSettings
from tests.clients.client import Client
from tests.monorepos import Content, commit_all, contents, git, lock, member, monorepo, workshop, write_files

Make = Callable[..., BuiltRelease]


def test_a_lockfile_out_of_date_is_its_own_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A dependency that was added without the lockfile stops the build with its own code."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {"packages/a/package.json": member("a", "1.0.1", dependencies={"is-odd": "3.0.1"})})
    commit_all(repository)
    with pytest.raises(BuildError) as caught:
        make(repository, "HEAD")
    assert caught.value.code == "SB-3101"


def test_a_missing_lockfile_is_out_of_date_too(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Without a lockfile nothing says what to install."""
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", dependencies={"is-odd": "3.0.1"})}
    )
    git(repository, "rm", "-q", "pnpm-lock.yaml")
    git(repository, "commit", "-q", "-m", "no lockfile")
    git(repository, "tag", "-f", "v1.0.0")
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3101"


def test_another_failure_of_the_install_has_another_code(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A registry that answers nothing is not an old lockfile."""
    repository = monorepo(
        tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a", dependencies={"is-odd": "3.0.1"})}
    )
    write_files(repository, {".npmrc": "registry=http://127.0.0.1:9/\nfetch-retries=0\n"})
    commit_all(repository)
    git(repository, "tag", "-f", "v1.0.0")
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert caught.value.code == "SB-3102"


def test_installs_only_what_the_selected_members_need(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """The dependencies of members that are not shipped stay out, those of workspace dependencies and the root come in."""
    look = "ls ../../node_modules/.pnpm > seen.txt; ls ../../node_modules >> seen.txt"
    files: dict[str, Content] = {
        "packages/a/package.json": member("a", "1.0.0", scripts={"build": look}, devDependencies={"b": "workspace:*"}),
        "packages/b/package.json": member("b", private=True, dependencies={"is-number": "7.0.0"}),
        "packages/c/package.json": member("c", private=True, dependencies={"is-odd": "3.0.1"}),
        "package.json": {
            "name": "root",
            "private": True,
            "packageManager": "pnpm@9.12.0",
            "devDependencies": {"is-even": "1.0.0"},
        },
    }
    seen = contents(make(monorepo(tmp_path / "repo", pnpm_9, files)), "a")["seen.txt"].decode().split()
    assert ("is-number@7.0.0" in seen, "is-even" in seen, "is-odd@3.0.1" in seen) == (True, True, False)


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_every_generation_of_pnpm_builds(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """The pinned pnpm is fetched, installs frozen, links the workspace and runs scripts; nested calls get the same one."""
    client: Client = request.getfixturevalue(which)
    files: dict[str, Content] = {
        "packages/a/package.json": member(
            "a",
            scripts={"build": "pnpm --version > v.txt; node -p \"require('b')\" >> v.txt"},
            dependencies={"b": "workspace:*"},
        ),
        "packages/b/package.json": member("b", main="b.js", scripts={"build": "echo 'module.exports = 1' > b.js"}),
    }
    repository = monorepo(tmp_path / "repo", client, files)
    path = f"{newer_node.parent}:{os.environ['PATH']}"
    built = make(repository, using=workshop(tmp_path, variables={"PATH": path}))
    assert contents(built, "a")["v.txt"].decode().split() == [client.version, "1"]


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_install_scripts_run_only_where_they_are_allowed(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """Off by default, also for members' own; on for the packages in the allow list and no others."""
    client: Client = request.getfixturevalue(which)
    # Local packages with install scripts, so that the test needs no registry.
    packages = {
        f"vendor/{name}/package.json": member(name, scripts={"postinstall": "echo ran > ran.txt"})
        for name in ("p", "q")
    }
    look = "ls node_modules/p node_modules/q > seen.txt; ls . >> seen.txt"
    own = {"build": look, "postinstall": "echo ran > own.txt"}
    files: dict[str, Content] = {
        **packages,
        "packages/a/package.json": member(
            "a", scripts=own, dependencies={"p": "file:../../vendor/p", "q": "file:../../vendor/q"}
        ),
    }
    repository = monorepo(tmp_path / "repo", client, files)
    using = workshop(tmp_path, variables={"PATH": f"{newer_node.parent}:{os.environ['PATH']}"})
    plain = contents(make(repository, using=using), "a")["seen.txt"].decode()
    assert "ran.txt" not in plain
    assert "own.txt" not in plain
    allowed = contents(make(repository, build=BuildSettings(allow_install_scripts=("p",)), using=using), "a")
    first, _, second = allowed["seen.txt"].decode().partition("node_modules/q")
    assert ("ran.txt" in first, "ran.txt" in second) == (True, False)


def test_a_node_outside_the_declared_range_is_an_error(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Another Node may build other bytes, so the declared range is held."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@9.12.0", "engines": {"node": "<4"}}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    with pytest.raises(BuildError) as caught:
        make(repository)
    assert (caught.value.code, "<4" in caught.value.summary) == ("SB-3112", True)


def test_contradicting_pins_are_a_finding_and_the_configuration_wins(
    tmp_path: Path, pnpm_9: Client, make: Make, log: list[str]
) -> None:
    """`build.package_manager` overrules packageManager; the contradiction is reported."""
    root = {"name": "root", "private": True, "packageManager": "pnpm@9.11.0"}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    built = make(repository, build=BuildSettings(package_manager="pnpm@9.12.0"))
    assert built.record.toolchain["pnpm"] == "9.12.0"
    assert any("9.11.0" in one.message for one in built.findings)


def test_a_repository_that_pins_nothing_cannot_be_built(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """Without a pin nobody knows which pnpm to use; the error says how to pin one."""
    root = {"name": "root", "private": True}
    repository = monorepo(tmp_path / "repo", pnpm_9, {"package.json": root, "packages/a/package.json": member("a")})
    with pytest.raises(ConfigError):
        make(repository)


def test_the_lockfile_is_made_by_the_same_pnpm(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """A repository whose lockfile is renewed builds again."""
    repository = monorepo(tmp_path / "repo", pnpm_9, {"packages/a/package.json": member("a")})
    write_files(repository, {"packages/a/package.json": member("a", "1.0.1", dependencies={"is-odd": "3.0.1"})})
    lock(repository, pnpm_9)
    commit_all(repository)
    assert str(make(repository, "HEAD").packed[0].tarball.id) == "a@1.0.1"


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_a_repository_of_one_package_builds_too(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """Without a workspace file the root itself is what is shipped."""
    client: Client = request.getfixturevalue(which)
    repository = tmp_path / "repo"
    repository.mkdir()
    git(repository, "init", "-q")
    scripts = {"build": "(ls node_modules; ls node_modules/p | grep ran) > seen.txt"}
    files: dict[str, Content] = {
        "vendor/p/package.json": member("p", scripts={"postinstall": "echo ran > ran.txt"}),
        "package.json": member(
            "solo",
            packageManager=f"pnpm@{client.version}",
            files=["seen.txt"],
            scripts=scripts,
            devDependencies={"p": "file:vendor/p"},
        ),
    }
    write_files(repository, files)
    lock(repository, client)
    commit_all(repository)
    git(repository, "tag", "v1.0.0")
    using = workshop(tmp_path, variables={"PATH": f"{newer_node.parent}:{os.environ['PATH']}"})
    built = make(repository, build=BuildSettings(allow_install_scripts=("p",)), using=using)
    assert contents(built, "solo")["seen.txt"] == b"p\nran.txt\n"
