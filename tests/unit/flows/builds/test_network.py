"""A build asks the install registry for the locked tarballs and for nothing else, and shows it no token of the host."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from samebytes.flows.make_release import BuiltRelease
from samebytes.model.settings import BuildSettings
from tests.clients.client import Client
from tests.loopback_registry import loopback_registry
from tests.monorepos import Content, commit_all, contents, git, member, monorepo, workshop

Make = Callable[..., BuiltRelease]


def _node_with_a_global_npmrc(prefix: Path, node: Path, text: str) -> str:
    """A Node installation whose global configuration holds this; returns a PATH that begins with it."""
    (prefix / "bin").mkdir(parents=True)
    (prefix / "etc").mkdir()
    (prefix / "bin" / "node").hardlink_to(node)
    (prefix / "etc" / "npmrc").write_text(text, encoding="utf-8")
    return f"{prefix / 'bin'}:{os.environ['PATH']}"


@pytest.mark.parametrize("which", ["pnpm_9", "pnpm_10", "pnpm_11", "pnpm_12"])
def test_a_frozen_install_asks_for_the_locked_tarballs_only(
    tmp_path: Path, request: pytest.FixtureRequest, newer_node: Path, make: Make, which: str
) -> None:
    """No question about the age or trust of a version, also where the repository asks for that, and no token is sent."""
    client: Client = request.getfixturevalue(which)
    with loopback_registry({"left": "1.0.0"}) as registry:
        repository = monorepo(
            tmp_path / "repo",
            client,
            {
                ".npmrc": f"registry={registry.url}\n",
                "packages/a/package.json": member(
                    "a", scripts={"build": "env > env.txt"}, dependencies={"left": "1.0.0"}
                ),
            },
            workspace_settings="minimumReleaseAgeExclude:\n  - other\ntrustPolicy: no-downgrade\n",
            lock_env={"npm_config_minimum_release_age": "0", "pnpm_config_minimum_release_age": "0"},
        )
        registry.asked.clear()
        token = f"//127.0.0.1:{registry.port}/:_authToken=planted-token\nregistry=http://planted.invalid/\n"
        path = _node_with_a_global_npmrc(tmp_path / "prefix", newer_node, token)
        home = tmp_path / "users-home"
        home.mkdir()
        (home / ".npmrc").write_text(token, encoding="utf-8")
        built = make(repository, using=workshop(tmp_path, variables={"PATH": path, "HOME": str(home)}))
        assert registry.asked == [("/left/-/left-1.0.0.tgz", "")]
    assert b"planted" not in contents(built, "a")["env.txt"]


def test_the_configured_registry_is_the_one_that_is_asked(tmp_path: Path, pnpm_9: Client, make: Make) -> None:
    """`build.install_registry` wins over what the repository's .npmrc says."""
    with loopback_registry({"left": "1.0.0"}) as registry:
        files: dict[str, Content] = {
            ".npmrc": f"registry={registry.url}\n",
            "packages/a/package.json": member("a", dependencies={"left": "1.0.0"}),
        }
        repository = monorepo(tmp_path / "repo", pnpm_9, files)
        (repository / ".npmrc").write_text("registry=http://127.0.0.1:9/\n", encoding="utf-8")
        commit_all(repository)
        git(repository, "tag", "-f", "v1.0.0")
        registry.asked.clear()
        # The tool comes from the cache: this registry does not have it.
        make(repository, build=BuildSettings(install_registry=registry.url))
        assert registry.asked == [("/left/-/left-1.0.0.tgz", "")]
