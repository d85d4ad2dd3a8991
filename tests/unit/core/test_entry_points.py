"""What a manifest promises, held against what is packed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from samebytes.core.entry_points import missing_entry_points, root_build_not_run
from samebytes.model.digests import Digest, sha256, sha512
from samebytes.model.names import PackageId, PackageName
from samebytes.model.settings import BuildSettings
from samebytes.model.tarball import PackedFile, Tarball
from samebytes.model.versions import Version
from tests.members import member


def _tarball(manifest: Mapping[str, object], *paths: str) -> Tarball:
    return Tarball(
        id=PackageId(PackageName("wick"), Version("1.0.0")),
        sha512=sha512(b""),
        sha256=sha256(b""),
        sha1=Digest("sha1", bytes(20)),
        tar_sha256=sha256(b""),
        size_bytes=0,
        files=tuple(PackedFile(path=path, size_bytes=0, executable=False, sha256=sha256(b"")) for path in paths),
        manifest=manifest,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        ({"main": "lib/a.js"}, "lib/a.js"),
        ({"main": "./lib/../lib/a"}, "lib/a.js"),
        ({"main": "/lib/a.js"}, "lib/a.js"),
        ({"main": "lib"}, "lib/index.js"),
        ({"main": "lib/"}, "lib/index.js"),
        ({"main": "."}, "index.js"),
        ({"module": "lib/a.mjs"}, "lib/a.mjs"),
        ({"types": "lib/a"}, "lib/a.d.ts"),
        ({"typings": "lib"}, "lib/index.d.ts"),
        ({"bin": "cli.js"}, "cli.js"),
        ({"bin": {"wick": "./cli.js"}}, "cli.js"),
        ({"exports": "./a.js"}, "a.js"),
        ({"exports": {".": {"types": "./a.js", "default": ["./a.js", "./b.js"]}, "./x": None}}, "a.js"),
        ({"exports": {"./*": "./lib/*.js"}}, "lib/deep/a.js"),
        ({"exports": {"./*": "./lib/*/*.js"}}, "lib/deep/a.js"),
        ({"exports": {"./": "./lib/"}}, "lib/a.js"),
    ],
)
def test_an_entry_point_is_found_as_its_readers_find_it(manifest: Mapping[str, object], path: str) -> None:
    """Node, TypeScript and npm each complete a path their own way; without the file there is one warning."""
    assert missing_entry_points(_tarball(manifest, path)) == ()
    (finding,) = missing_entry_points(_tarball(manifest, "package.json"))
    assert (finding.rule, finding.severity, finding.place) == ("missing-entry-point", "warning", "wick@1.0.0")


@pytest.mark.parametrize(
    "manifest",
    [
        {},
        {"main": "", "bin": "", "exports": []},
        {"main": 1, "bin": [], "exports": False},
        {"bin": {"wick": None}, "exports": {".": "other-package/a.js"}},
    ],
)
def test_what_names_no_file_of_the_package_promises_nothing(manifest: Mapping[str, object]) -> None:
    """Empty and odd values are not ours to judge, and an export may lead to another package."""
    assert missing_entry_points(_tarball(manifest, "package.json")) == ()


def test_one_warning_names_everything_that_is_missing_once() -> None:
    """Many conditions lead to one file."""
    manifest = {"main": "dist/a.js", "exports": {"import": "./dist/a.js", "require": "./dist/a.js"}}
    (finding,) = missing_entry_points(_tarball(manifest, "package.json"))
    assert "(main: dist/a.js, exports: ./dist/a.js)" in finding.message


_ROOT = {"scripts": {"build": "tsc -b"}}


def test_a_build_that_only_the_root_has_is_a_warning() -> None:
    """Nobody runs it, so that members are packed as they are in git."""
    (finding,) = root_build_not_run(_ROOT, [member("a")], BuildSettings())
    assert (finding.rule, "build.commands" in finding.remedy) == ("root-build-not-run", True)


@pytest.mark.parametrize(
    ("root", "scripts", "settings"),
    [
        (_ROOT, {"build": "tsc"}, BuildSettings()),
        (_ROOT, {}, BuildSettings(commands=("pnpm run build",))),
        (_ROOT, {}, BuildSettings(scripts=("compile",))),
        ({"scripts": {"test": "x"}}, {}, BuildSettings()),
        ({"scripts": {"build": ""}}, {}, BuildSettings()),
        ({"scripts": "odd"}, {}, BuildSettings()),
        ({}, {}, BuildSettings()),
    ],
)
def test_otherwise_there_is_nothing_to_say(
    root: Mapping[str, object], scripts: Mapping[str, str], settings: BuildSettings
) -> None:
    """A member builds, the configuration says how, or nobody builds."""
    members = [member("a", manifest={"scripts": scripts}), member("b")]
    assert root_build_not_run(root, members, settings) == ()  # type: ignore[arg-type]
