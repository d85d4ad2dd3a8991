"""package.json is published as pnpm publishes it."""

from __future__ import annotations

from typing import Any

import pytest

from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import profile
from samebytes.errors import ConfigError
from tests.unit.core.test_specifiers import MAIN, WORKSPACE


def _published(manifest: dict[str, Any], profile_id: str = "pnpm-12.r1") -> dict[str, Any]:
    return dict(
        published_manifest({"name": "main", "version": "1.0.0", **manifest}, MAIN, WORKSPACE, profile(profile_id))
    )


def test_fields_of_the_tool_are_dropped() -> None:
    """`pnpm`, `packageManager` and the scripts of publishing go; other scripts come last."""
    manifest = {
        "scripts": {"prepack": "x", "build": "y"},
        "pnpm": {},
        "packageManager": "pnpm@9.12.0",
        "type": "module",
    }
    published = _published(manifest)
    assert list(published) == ["name", "version", "type", "scripts"]
    assert published["scripts"] == {"build": "y"}


def test_what_is_no_map_of_scripts_goes() -> None:
    """Null is no script."""
    assert "scripts" not in _published({"scripts": None})


def test_publish_config_overrides() -> None:
    """Known keys move to the top, in place where the field exists; the rest stays."""
    manifest = {
        "main": "src/index.ts",
        "license": "MIT",
        "publishConfig": {"types": "a", "main": "b", "access": "public"},
    }
    assert list(_published(manifest).items())[2:] == [
        ("main", "b"),
        ("license", "MIT"),
        ("publishConfig", {"access": "public"}),
        ("types", "a"),
    ]


@pytest.mark.parametrize("config", [{}, {"main": "b"}])
def test_empty_publish_config_goes(config: dict[str, Any]) -> None:
    """Nothing is left of it, so nothing is published of it."""
    assert "publishConfig" not in _published({"publishConfig": config})


def test_newer_versions_override_more() -> None:
    """`engines` counts since pnpm 10.22, `name` since 11.18."""
    manifest = {"publishConfig": {"engines": {"node": "22"}, "name": "renamed"}}
    assert _published(manifest, "pnpm-9.r1")["publishConfig"] == manifest["publishConfig"]
    assert _published(manifest, "pnpm-10.r1")["publishConfig"] == {"name": "renamed"}
    assert _published(manifest, "pnpm-11.r1") == {"name": "renamed", "version": "1.0.0", "engines": {"node": "22"}}


def test_string_bin_becomes_a_map() -> None:
    """Since pnpm 11 the command is the name without scope; 11 puts the key last, 12 leaves it."""
    manifest = {"bin": "cli.js", "license": "MIT"}
    scoped = {"name": "@acme/main", **manifest}
    assert _published(manifest, "pnpm-10.r1")["bin"] == "cli.js"
    assert list(_published(manifest, "pnpm-11.r1").items())[2:] == [("license", "MIT"), ("bin", {"main": "cli.js"})]
    assert list(_published(scoped).items())[2:] == [("bin", {"main": "cli.js"}), ("license", "MIT")]


def test_repository_and_peers_meta_get_one_form() -> None:
    """A string repository becomes an object, `optional` is stated."""
    manifest = {"repository": "x", "peerDependenciesMeta": {"a": {"b": 1}, "c": {"optional": True}, "d": True}}
    published = _published(manifest)
    assert published["repository"] == {"type": "git", "url": "x"}
    assert published["peerDependenciesMeta"] == {
        "a": {"b": 1, "optional": False},
        "c": {"optional": True},
        "d": {"optional": False},
    }
    assert _published(manifest, "pnpm-9.r1")["repository"] == "x"
    assert _published(manifest, "pnpm-9.r1")["peerDependenciesMeta"] == manifest["peerDependenciesMeta"]


def test_all_four_maps_are_rewritten() -> None:
    """The order of keys stays."""
    names = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    manifest = {name: {"z": "1", "@acme/other": "workspace:^", "react": "catalog:"} for name in names}
    published = _published(manifest)
    assert [list(published[name].items()) for name in names] == [
        [("z", "1"), ("@acme/other", "^2.3.4"), ("react", "^18.0.0")]
    ] * 4


def test_runtimes_become_dependencies() -> None:
    """Pnpm 10 and 11 publish an engine that is to be downloaded as a `runtime:` dependency, unless there is one."""
    manifest = {
        "engines": {"runtime": {"name": "node", "version": " 22 ", "onFail": "download"}},
        "devEngines": {
            "runtime": [
                {"name": "deno", "version": "2", "onFail": "download"},
                {"name": "bun", "version": "1", "onFail": "warn"},
                {"name": "node", "onFail": "download"},
                "what",
            ]
        },
        "devDependencies": {"a": "1"},
    }
    published = _published(manifest, "pnpm-11.r1")
    assert published["dependencies"] == {"node": "runtime:22"}
    assert published["devDependencies"] == {"a": "1", "deno": "runtime:2"}
    assert _published({**manifest, "dependencies": {"node": "1"}}, "pnpm-11.r1")["dependencies"] == {"node": "1"}
    assert "dependencies" not in _published(manifest, "pnpm-12.r1")


@pytest.mark.parametrize("value", [["a"], "a", {"a": 1}, {"a": None}, True])
def test_map_must_be_a_map_of_strings(value: Any) -> None:
    """Anything else is refused, with member and map."""
    with pytest.raises(ConfigError) as caught:
        _published({"devDependencies": value})
    assert caught.value.code == "SB-4514"
    assert caught.value.summary.startswith("main: devDependencies")


@pytest.mark.parametrize("config", [None, "x", ["x"]])
def test_odd_publish_config_stays(config: Any) -> None:
    """What is no object overrides nothing."""
    assert _published({"publishConfig": config})["publishConfig"] == config
