"""Equivalent manifests are equal, others name the field, and what is sent to a registry is normal."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samebytes.core.install_manifest import differences, expected_manifest, projection, version_manifest
from samebytes.model.json_value import JsonNumber, JsonValue
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version
from tests.small_releases import Tiny, tarball_of

ID = PackageId(PackageName("@acme/wick"), Version("1.0.0"))
BASE: Mapping[str, JsonValue] = {"name": "@acme/wick", "version": "1.0.0"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"bin": "./cli.js"}, {"bin": {"wick": "cli.js"}}),
        ({"bin": {"wick": "/cli.js"}}, {"bin": {"wick": "./cli.js"}}),
        ({"bin": {"wick": "..\\cli.js"}}, {"bin": {"wick": "cli.js"}}),
        ({"bin": {}}, {}),
        ({"bin": ""}, {}),
        ({"dependencies": {}}, {}),
        ({"dependencies": None}, {}),
        ({"dependencies": {"a": "1", "b": "2"}}, {"dependencies": {"b": "2", "a": "1"}}),
        (
            {"dependencies": {"a": "1", "b": "2"}, "optionalDependencies": {"b": "2"}},
            {"dependencies": {"a": "1"}, "optionalDependencies": {"b": "2"}},
        ),
        ({"bundledDependencies": ["b", "a"]}, {"bundleDependencies": ("a", "b")}),
        (
            {"bundleDependencies": True, "dependencies": {"a": "1"}},
            {"bundleDependencies": ["a"], "dependencies": {"a": "1"}},
        ),
        ({"bundleDependencies": True}, {}),
        ({"bundleDependencies": False}, {}),
        ({"bundleDependencies": {"a": "1"}}, {"bundleDependencies": ["a"]}),
        ({"os": "linux"}, {"os": ["linux"]}),
        ({"cpu": ["x64", "arm64"]}, {"cpu": ["arm64", "x64"]}),
        ({"libc": ""}, {"libc": []}),
        ({"scripts": {"test": "node --test"}}, {"hasInstallScript": False}),
        ({"deprecated": ""}, {}),
        ({"deprecated": False}, {}),
        ({"engines": ["node"]}, {"engines": ("node",)}),
        ({"peerDependenciesMeta": {"a": {"optional": True}}}, {"peerDependenciesMeta": {"a": {"optional": True}}}),
    ],
)
def test_equivalent_forms_are_equal(one: Mapping[str, JsonValue], other: Mapping[str, JsonValue]) -> None:
    """What clients treat alike compares alike, in both directions."""
    assert differences({**BASE, **one}, {**BASE, **other}) == ()
    assert differences({**BASE, **other}, {**BASE, **one}) == ()


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        ({"dependencies": {"evil": "1"}}, ("dependencies",)),
        ({"optionalDependencies": {"evil": "1"}}, ("optionalDependencies",)),
        ({"peerDependencies": {"evil": "1"}}, ("peerDependencies",)),
        ({"peerDependenciesMeta": {"a": {"optional": True}}}, ("peerDependenciesMeta",)),
        ({"bundleDependencies": ["evil"]}, ("bundleDependencies",)),
        ({"bin": {"ls": "evil.js"}}, ("bin",)),
        ({"bin": ["evil.js"]}, ("bin",)),
        ({"engines": {"node": ">=99"}}, ("engines",)),
        ({"os": ["!linux"]}, ("os",)),
        ({"cpu": ["x64"]}, ("cpu",)),
        ({"libc": ["musl"]}, ("libc",)),
        ({"cpu": [1]}, ("cpu",)),
        ({"cpu": JsonNumber("1")}, ("cpu",)),
        ({"hasInstallScript": True}, ("hasInstallScript",)),
        ({"scripts": {"install": "evil"}}, ("hasInstallScript", "scripts")),
        ({"deprecated": "use another"}, ("deprecated",)),
        ({"name": "@acme/other"}, ("name",)),
        ({"version": "1.0.1"}, ("version",)),
        ({"dependencies": ["evil"]}, ("dependencies",)),
        ({"bin": {"a": 1}, "name": None}, ("bin", "name")),
    ],
)
def test_a_difference_names_its_field(found: Mapping[str, JsonValue], fields: tuple[str, ...]) -> None:
    """A stranger's manifest for the same bytes is told apart by the fields in which it misleads clients."""
    assert differences(BASE, {**BASE, **found}) == fields


def test_a_text_bin_without_a_name_still_compares() -> None:
    """Even a manifest without a name is compared, never an exception."""
    assert differences(BASE, {"bin": "x.js"}) == ("bin", "name", "version")


def test_servers_may_drop_scripts_but_not_change_them() -> None:
    """A served manifest without scripts is fine as long as it says that there are some; a changed script is not."""
    ours = {**BASE, "scripts": {"postinstall": "node setup"}, "hasInstallScript": True}
    assert differences(ours, {**BASE, "hasInstallScript": True}) == ()
    assert differences(ours, {**ours, "scripts": {"postinstall": "node evil"}}) == ("scripts",)
    assert differences(ours, {**ours, "scripts": "garbage"}) == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(0, 9).map(lambda n: JsonNumber(str(n))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = [
    "name",
    "bin",
    "dependencies",
    "optionalDependencies",
    "bundleDependencies",
    "os",
    "engines",
    "scripts",
    "directories",
]


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_any_json_is_compared_without_an_exception(found: dict[str, JsonValue]) -> None:
    """Whatever a stranger stored, it equals itself and is compared with ours."""
    assert differences(found, found) == ()
    assert isinstance(differences(BASE, found), tuple)
    assert isinstance(expected_manifest(ID, found, ["package.json"]), dict)


@given(st.dictionaries(st.sampled_from(_FIELDS), _JSON))
def test_projecting_is_idempotent(found: dict[str, JsonValue]) -> None:
    """A projection is its own canonical form."""
    once = projection(found)
    assert projection(once) == once


def test_what_is_sent_has_one_form() -> None:
    """String forms that servers answer 500 to become objects and lists; everything else stays as packed."""
    fields: Mapping[str, JsonValue] = {
        "bin": "./cli.js",
        "repository": "github:acme/lamps",
        "keywords": "light, lamp wick",
        "bundledDependencies": True,
        "dependencies": {"a": "1"},
        "license": {"type": "MIT", "url": "https://example.com"},
        "maintainers": "somebody",
        "dist": {"integrity": "forged"},
        "exports": {".": "./index.js"},
    }
    tarball, _ = tarball_of(Tiny(name="@acme/wick", fields=fields))
    assert version_manifest(tarball) == {
        "_id": "@acme/wick@1.0.0",
        "name": "@acme/wick",
        "version": "1.0.0",
        "bin": {"wick": "cli.js"},
        "repository": {"type": "git", "url": "github:acme/lamps"},
        "keywords": ["light", "lamp", "wick"],
        "bundleDependencies": ["a"],
        "dependencies": {"a": "1"},
        "license": "MIT",
        "exports": {".": "./index.js"},
    }


def test_normal_forms_are_sent_as_they_are() -> None:
    """What is in the one form already is not touched."""
    fields: Mapping[str, JsonValue] = {
        "bin": {"w": "cli.js"},
        "repository": {"type": "git", "url": "u", "directory": "packages/wick"},
        "keywords": ["light"],
        "license": "MIT",
    }
    sent = version_manifest(tarball_of(Tiny(name="@acme/wick", fields=fields))[0])
    assert {field: sent[field] for field in fields} == fields


def test_a_bin_folder_becomes_bins() -> None:
    """`directories.bin` is written out as commands, hidden files left aside; a `bin` of its own comes first."""
    files = {"tools/light": b"#!/bin/sh\n", "tools/.hidden": b"", "toolsmith.js": b""}
    folder: Mapping[str, JsonValue] = {"directories": {"bin": "./tools"}}
    sent = version_manifest(tarball_of(Tiny(name="wick", files=files, fields=folder))[0])
    assert sent["bin"] == {"light": "tools/light"}
    both = {**folder, "bin": {"x": "toolsmith.js"}}
    assert version_manifest(tarball_of(Tiny(name="wick", files=files, fields=both))[0])["bin"] == {"x": "toolsmith.js"}
    odd: Mapping[str, JsonValue] = {"directories": {"bin": JsonNumber("1")}}
    assert "bin" not in version_manifest(tarball_of(Tiny(name="wick", files=files, fields=odd))[0])


@pytest.mark.parametrize(
    ("files", "fields", "has_script"),
    [
        ({}, {"scripts": {"preinstall": "x"}}, True),
        ({}, {"scripts": {"test": "x"}}, False),
        ({"binding.gyp": b"{}"}, {}, True),
        ({"binding.gyp": b"{}"}, {"gypfile": False}, False),
        ({"sub/binding.gyp": b"{}"}, {}, False),
    ],
)
def test_install_scripts_are_announced(
    files: Mapping[str, bytes], fields: Mapping[str, JsonValue], has_script: bool
) -> None:
    """`hasInstallScript` is sent when npm would run something on installation, and only then."""
    sent = version_manifest(tarball_of(Tiny(name="wick", files=files, fields=fields))[0])
    assert ("hasInstallScript" in sent) is has_script
