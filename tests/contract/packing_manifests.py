"""Packages for the rules of modes and manifests, `publishConfig.directory` and bundled dependencies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.contract.packing_tree import Package, Program

MODES = (
    Package(label="mode-none", files={"run.sh": Program(), "bin/x": Program()}),
    Package(label="mode-string", manifest={"bin": "cli.js"}, files={"cli.js": "c", "other.js": Program()}),
    Package(label="mode-string-dot", manifest={"bin": "./cli.js"}, files={"cli.js": "c"}),
    Package(
        label="mode-map",
        manifest={"bin": {"a": "./a.js", "b": "bin/../b.js"}},
        files={"a.js": "a", "b.js": "b", "c.js": "c"},
    ),
    Package(label="@scope/mode", manifest={"bin": "cli.js"}, files={"cli.js": "c"}),
    Package(label="mode-scoped-key", manifest={"bin": {"@scope/tool": "a.js"}}, files={"a.js": "a"}),
    Package(
        label="mode-directories",
        manifest={"directories": {"bin": "./bin"}},
        files={"bin/a": "a", "bin/sub/b": "b", "bin/.hidden": "h", "lib/c": "c"},
    ),
    Package(
        label="mode-directories-and-bin",
        manifest={"directories": {"bin": "bin"}, "bin": {"x": "x.js"}},
        files={"bin/a": "a", "x.js": "x"},
    ),
    Package(
        label="mode-executable-files",
        manifest={"publishConfig": {"executableFiles": ["tools/a.sh", "./tools/b.sh", "missing"]}},
        files={"tools/a.sh": "a", "tools/b.sh": "b", "tools/c.sh": "c"},
    ),
    Package(
        label="mode-overridden-bin",
        manifest={"bin": "src/cli.ts", "publishConfig": {"bin": "dist/cli.js"}, "files": ["dist"]},
        files={"dist/cli.js": "c", "src/cli.ts": "t"},
    ),
    Package(label="mode-package-json", manifest={"bin": {"pj": "package.json"}}),
    Package(label="mode-missing-bin", manifest={"bin": {"x": "missing.js"}}, files={"a.js": "a"}),
)

_SCRIPTS = {
    "build": "tsc",
    "prepublishOnly": "x",
    "prepublish": "x",
    "prepack": "x",
    "prepare": "x",
    "postpack": "x",
    "publish": "x",
    "postpublish": "x",
    "preinstall": "x",
    "postinstall": "x",
}


def _manifest(label: str, links: Mapping[str, str] | None = None, **manifest: Any) -> Package:
    return Package(label=f"manifest-{label}", manifest=manifest, links=links or {}, files={"index.js": "x"})


MANIFESTS = (
    _manifest("plain", description="d", keywords=["a"], license="MIT", zeta=1, alpha=1.50, nothing=None),
    _manifest("scripts", scripts=_SCRIPTS, main="index.js"),
    _manifest("scripts-only-dropped", scripts={"prepack": "x"}),
    _manifest("scripts-empty", scripts={}),
    _manifest("pnpm-field", pnpm={"overrides": {"a": "1"}}, devEngines={"packageManager": {"name": "pnpm"}}),
    _manifest("bin-string", bin="index.js"),
    _manifest("bin-map", bin={"x": "./index.js"}),
    _manifest("repository-string", repository="github:a/b"),
    _manifest("repository-object", repository={"type": "git", "url": "x"}),
    _manifest(
        "peers-meta",
        peerDependencies={"react": "*"},
        peerDependenciesMeta={"react": {"optional": True}, "vue": {}, "x": {"optional": False, "note": 1}},
    ),
    _manifest(
        "publish-config",
        main="src/index.ts",
        types="src/index.ts",
        exports={".": "./src/index.ts"},
        publishConfig={
            "main": "dist/index.js",
            "types": "dist/index.d.ts",
            "exports": {".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}},
            "module": "m",
            "typings": "t",
            "browser": "b",
            "esnext": "e",
            "es2015": "e",
            "unpkg": "u",
            "umd:main": "u",
            "os": ["linux"],
            "cpu": ["x64"],
            "libc": ["glibc"],
            "typesVersions": {"*": {"*": ["x"]}},
            "type": "module",
            "imports": {"#x": "./x.js"},
            "bin": "dist/cli.js",
            "access": "public",
            "registry": "https://registry.invalid/",
            "tag": "next",
            "files": ["not-taken"],
            "description": "not taken",
            "dependencies": {"not": "taken"},
        },
    ),
    _manifest("publish-config-engines", engines={"node": ">=18"}, publishConfig={"engines": {"node": ">=20"}}),
    _manifest("publish-config-emptied", publishConfig={"main": "x.js"}),
    _manifest("publish-config-empty", publishConfig={}),
    _manifest(
        "workspace",
        links={"manifest-plain": "manifest-plain", "alias": "manifest-plain", "manifest-scripts": "manifest-scripts"},
        dependencies={
            "manifest-plain": "workspace:*",
            "alias": "workspace:manifest-plain@^",
            "third": "workspace:^1.0.0",
            "fourth": "workspace:manifest-plain@~1.2.0",
            "fifth": "workspace:>=1",
        },
        devDependencies={"manifest-plain": "workspace:~", "left-pad": "^1.0.0"},
        optionalDependencies={"manifest-scripts": "workspace:^"},
        peerDependencies={
            "manifest-plain": "workspace:^ || ^0.9.0",
            "manifest-scripts": "^0.1.0 || workspace:>=",
            "x": "workspace:^2.0.0",
            "y": "workspace:1.x",
            "z": ">=1",
        },
    ),
    _manifest(
        "catalog",
        dependencies={"react": "catalog:", "vue": "catalog:old", "svelte": "catalog:default"},
        devDependencies={"react": "catalog:old"},
        peerDependencies={"react": "catalog:"},
        optionalDependencies={"vue": "catalog: old "},
    ),
    _manifest(
        "other-protocols",
        dependencies={"a": "npm:b@1", "c": "github:x/y", "d": "file:../x", "e": "link:../y", "f": "latest", "g": ""},
    ),
    _manifest("bundle-false", bundleDependencies=False),
    _manifest("readme-field", readme="mine", readmeFilename="README.md"),
    _manifest("unicode", description='grüße 😀 \u2028 </script> \\ " \u0007'),
    _manifest("numbers", numbers=[1, 1.0, -0.5, 1e3, 123456789012]),
    _manifest("empty-maps", dependencies={}, devDependencies={}, peerDependencies={}, files=["index.js"]),
    _manifest("null-fields", scripts=None, publishConfig=None),
    _manifest(
        "workspaces-and-private-fields", workspaces=["x"], workspace="y", _id="z", type="commonjs", sideEffects=False
    ),
)
# pnpm 9 leaves these as they are, or packs them otherwise.
MANIFESTS_SINCE_10 = (
    _manifest("jsr", dependencies={"@std/path": "jsr:^1.0.0", "p": "jsr:@std/path@1", "q": "jsr:@std/path"}),
    _manifest(
        "runtimes",
        engines={"node": ">=18", "runtime": {"name": "node", "version": "22", "onFail": "download"}},
        devEngines={
            "runtime": [{"name": "deno", "version": "2", "onFail": "download"}, {"name": "bun", "version": "1"}]
        },
    ),
    _manifest(
        "workspace-bare", links={"manifest-plain": "manifest-plain"}, dependencies={"manifest-plain": "workspace:"}
    ),
)
MANIFESTS_SINCE_11 = (_manifest("renamed", publishConfig={"name": "manifest-published"}),)

CATALOGS = {"default": {"react": "^18.0.0", "svelte": "5"}, "old": {"react": "^16.0.0", "vue": "~2.7.0"}}

PUBLISH_DIRECTORY = (
    Package(
        label="from-dist",
        manifest={"main": "src/index.ts", "publishConfig": {"directory": "dist"}, "files": ["nothing"]},
        publish_directory="dist",
        files={
            "src/index.ts": "t",
            "dist/package.json": json.dumps(
                {
                    "name": "from-dist",
                    "version": "1.2.3",
                    "main": "index.js",
                    "bin": "cli.js",
                    "scripts": {"prepack": "x"},
                }
            ),
            "dist/index.js": "i",
            "dist/cli.js": "c",
            "dist/node_modules/x/i.js": "x",
            "README.md": "outer",
        },
    ),
)

BUNDLED = (
    Package(
        label="bundle-list",
        manifest={"dependencies": {"inner": "1"}, "bundleDependencies": ["inner", "missing"], "files": ["lib"]},
        files={
            "lib/a.js": "a",
            "node_modules/inner/package.json": json.dumps(
                {"name": "inner", "version": "1.0.0", "dependencies": {"below": "1", "beside": "1"}}
            ),
            "node_modules/inner/index.js": "i",
            "node_modules/inner/.npmignore": "x\n",
            "node_modules/inner/x": "x",
            "node_modules/inner/y.orig": "y",
            "node_modules/inner/test/.npmignore": "z\n",
            "node_modules/inner/test/z": "z",
            "node_modules/inner/node_modules/below/package.json": json.dumps({"name": "below", "version": "1.0.0"}),
            "node_modules/inner/node_modules/below/i.js": "b",
            "node_modules/beside/package.json": json.dumps({"name": "beside", "version": "1.0.0", "files": ["only"]}),
            "node_modules/beside/only/x": "o",
            "node_modules/beside/not.js": "n",
            "node_modules/unwanted/package.json": json.dumps({"name": "unwanted", "version": "1.0.0"}),
        },
    ),
    Package(
        label="bundle-scoped",
        manifest={"dependencies": {"@s/one": "1"}, "bundledDependencies": ["@s/one"]},
        files={
            "index.js": "i",
            "node_modules/@s/one/package.json": json.dumps({"name": "@s/one", "version": "1.0.0"}),
            "node_modules/@s/one/i.js": "i",
            "node_modules/@s/two/package.json": json.dumps({"name": "@s/two", "version": "1.0.0"}),
            "node_modules/@s/two/i.js": "i",
        },
    ),
    Package(
        label="bundle-true",
        manifest={"dependencies": {"inner": "1"}, "bundleDependencies": True},
        files={
            "index.js": "i",
            "node_modules/inner/package.json": json.dumps({"name": "inner", "version": "1.0.0"}),
            "node_modules/inner/i.js": "i",
        },
    ),
    Package(
        label="bundle-linked",
        manifest={
            "dependencies": {"mode-string": "workspace:*"},
            "bundleDependencies": ["mode-string"],
            "files": ["lib"],
        },
        links={"mode-string": "mode-string"},
        files={"lib/a.js": "a"},
    ),
)
