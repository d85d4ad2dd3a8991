"""One package for each rule of packing: what `files` may say, ignore files, what is always or never in, modes, manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.contract.packing_tree import Folder, Link, Package, Program, Tree

_TREE: Tree = {
    "index.js": "index",
    "lib/a.js": "a",
    "lib/b.test.js": "b",
    "lib/deep/c.js": "c",
    "lib/deep/d.test.js": "d",
    "lib/deep/lib/e.js": "e",
    "src/a.ts": "a",
    "src/lib/f.ts": "f",
    "docs/README.md": "docs",
    "docs/guide.md": "guide",
    ".hidden": "h",
    "lib/.dot/x.js": "x",
    "README.md": "readme",
    "a b.txt": "space",
    "[id].js": "brackets",
    "UPPER/File.TXT": "upper",
}


def _files(label: str, *patterns: str, tree: Tree | None = None, **manifest: Any) -> Package:
    return Package(label=f"files-{label}", manifest={"files": [*patterns], **manifest}, files={**_TREE, **(tree or {})})


FILES_FIELD = (
    _files("none-listed"),
    _files("directory", "lib"),
    _files("directory-slash", "lib/"),
    _files("directory-dot", "./lib"),
    _files("directory-root", "/lib"),
    _files("directory-dot-slash", "./lib/"),
    _files("directory-double-slash", "lib//deep"),
    _files("nested-directory", "lib/deep"),
    _files("one-file", "index.js"),
    _files("one-file-dot", "./index.js"),
    _files("one-file-root", "/index.js"),
    _files("nested-file", "lib/deep/c.js"),
    _files("missing", "nothing", "no/such/dir"),
    _files("star", "*"),
    _files("star-slash", "*/"),
    _files("double-star", "**"),
    _files("double-star-star", "**/*"),
    _files("star-js", "*.js"),
    _files("any-js", "**/*.js"),
    _files("dir-star", "lib/*"),
    _files("dir-star-js", "lib/*.js"),
    _files("dir-double-star", "lib/**"),
    _files("dir-double-star-js", "lib/**/*.js"),
    _files("negated", "lib", "!lib/deep"),
    _files("negated-slash", "lib", "!lib/deep/"),
    _files("negated-glob", "lib", "!**/*.test.js"),
    _files("negated-name", "lib", "!*.test.js"),
    _files("negated-first", "!lib/deep", "lib"),
    _files("negated-file", "lib", "!lib/deep/c.js"),
    _files("negated-again", "lib", "!lib/deep", "lib/deep/c.js"),
    _files("negated-all", "lib", "!lib"),
    _files("negated-only", "!lib"),
    _files("negated-twice", "!!lib"),
    _files("negated-readme", "lib", "!README.md"),
    _files("negated-main", "lib", "!lib/a.js", main="lib/a.js"),
    _files("negated-package-json", "lib", "!package.json"),
    _files("braces", "{lib,docs}/*"),
    _files("braces-nested", "lib/{a,deep/{c,x}}.js"),
    _files("braces-empty", "lib/a{,.b}.js"),
    _files("question", "lib/?.js"),
    _files("class", "lib/[ab]*.js"),
    _files("class-negated", "lib/[!a]*.js"),
    _files("extglob", "lib/!(a).js"),
    _files("extglob-at", "@(lib|docs)"),
    _files("extglob-plus", "lib/+(a|b|.test).js"),
    _files("case", "LIB", "INDEX.js"),
    _files("case-glob", "upper/*.txt"),
    _files("space", "a b.txt"),
    _files("brackets", "[id].js"),
    _files("brackets-escaped", "\\[id\\].js"),
    _files("hidden", ".hidden"),
    _files("hidden-star", ".*"),
    _files("dot", "."),
    _files("dot-slash", "./"),
    _files("slash", "/"),
    _files("empty-string", ""),
    _files("same-name-deep", "deep"),
    _files("dir-named-like-file", "x.js", tree={"x.js/inner.js": "inner", "x.js/README": "r"}),
    _files("file-named-like-dir", "dist", tree={"dist": "a file"}),
    _files("file-as-dir", "index.js/", "index.js/**"),
    _files("duplicates", "lib", "lib/", "./lib", "lib/**"),
    _files(
        "node-modules", "node_modules", "lib", tree={"node_modules/x/index.js": "x", "lib/node_modules/y/i.js": "y"}
    ),
    _files("lockfiles", "*", tree={"package-lock.json": "{}", "yarn.lock": "", "pnpm-lock.yaml": "", "bun.lockb": ""}),
    _files("npmrc", ".npmrc", "lib/.npmrc", "lib", tree={".npmrc": "x", "lib/.npmrc": "y"}),
    _files("npmignore-listed", "lib", ".npmignore", tree={".npmignore": "lib/deep\n"}),
    _files("npmignore-unlisted", "lib", tree={".npmignore": "lib/deep\n"}),
    _files("npmignore-inside", "lib", tree={"lib/.npmignore": "deep\n*.test.js\n"}),
    _files("npmignore-inside-glob", "lib/**", tree={"lib/.npmignore": "deep\n*.test.js\n"}),
    _files("gitignore-inside", "lib", tree={"lib/.gitignore": "deep\n", "lib/deep/.npmignore": "!c.js\n"}),
    _files("gitignore-root", "lib", tree={".gitignore": "lib\n"}),
    _files("empty-directory", "empty", tree={"empty": Folder()}),
    _files("orig", "*", tree={"x.orig": "x", ".x.swp": "x", "._mac": "x", ".DS_Store": "x", "npm-debug.log": "x"}),
    _files("orig-named", "x.orig", ".x.swp", tree={"x.orig": "x", ".x.swp": "x"}),
    _files("comment", "#lib", "lib", tree={"#lib/x": "x"}),
    _files("trailing-space", "lib ", "docs"),
)

_IGNORED: Tree = {
    "index.js": "index",
    "lib/a.js": "a",
    "lib/b.test.js": "b",
    "lib/tmp/c.js": "c",
    "lib/tmp/README.md": "r",
    "tmp/d.js": "d",
    "tmp/LICENSE": "l",
    "docs/guide.md": "guide",
    "README.md": "readme",
}


def _ignoring(label: str, tree: Tree, **manifest: Any) -> Package:
    return Package(label=f"ignore-{label}", manifest=manifest, files={**_IGNORED, **tree})


IGNORE_FILES = (
    _ignoring("nothing", {}),
    _ignoring("npmignore", {".npmignore": "tmp\n"}),
    _ignoring("gitignore", {".gitignore": "tmp\n"}),
    _ignoring("both", {".npmignore": "docs\n", ".gitignore": "tmp\n"}),
    _ignoring("empty-npmignore", {".npmignore": "", ".gitignore": "tmp\n"}),
    _ignoring("comment-only-npmignore", {".npmignore": "# nothing\n\n", ".gitignore": "tmp\n"}),
    _ignoring("rooted", {".npmignore": "/tmp\n"}),
    _ignoring("slash", {".npmignore": "tmp/\n"}),
    _ignoring("rooted-slash", {".npmignore": "/tmp/\n"}),
    _ignoring("inner-slash", {".npmignore": "lib/tmp\n"}),
    _ignoring("inner-slash-slash", {".npmignore": "lib/tmp/\n"}),
    _ignoring("double-star", {".npmignore": "**/tmp\n"}),
    _ignoring("double-star-inside", {".npmignore": "lib/**/c.js\n"}),
    _ignoring("double-star-end", {".npmignore": "tmp/**\n"}),
    _ignoring("star", {".npmignore": "*\n"}),
    _ignoring("star-but", {".npmignore": "*\n!index.js\n"}),
    _ignoring("star-but-dir", {".npmignore": "*\n!lib\n"}),
    _ignoring("star-but-deep", {".npmignore": "*\n!lib/a.js\n"}),
    _ignoring("star-but-dir-all", {".npmignore": "/*\n!/lib\n!/lib/**\n"}),
    _ignoring("negated-below-ignored", {".npmignore": "tmp\n!tmp/d.js\n"}),
    _ignoring("negated-below-star", {".npmignore": "tmp/*\n!tmp/d.js\n"}),
    _ignoring("negated-later-ignored", {".npmignore": "!tmp\ntmp\n"}),
    _ignoring("glob", {".npmignore": "*.test.js\n"}),
    _ignoring("crlf-bom-space", {".npmignore": "\ufefftmp  \r\n  docs\r\n\r\n# x\r\n"}),
    _ignoring("escaped", {".npmignore": "\\#x\n\\!y\n", "#x": "x", "!y": "y"}),
    _ignoring("braces", {".npmignore": "{tmp,docs}/\n"}),
    _ignoring("class", {".npmignore": "[td]*\n"}),
    _ignoring("case", {".npmignore": "TMP\nDocs/GUIDE.md\n"}),
    _ignoring("readme-license", {".npmignore": "README.md\nLICENSE\npackage.json\n", "LICENSE": "l"}),
    _ignoring("main", {".npmignore": "index.js\nlib\n"}, main="index.js"),
    _ignoring("main-deep", {".npmignore": "lib\n"}, main="lib/a.js"),
    _ignoring("main-dot", {".npmignore": "lib\n"}, main="./lib/a.js"),
    _ignoring("main-no-extension", {".npmignore": "index.js\n"}, main="index"),
    _ignoring("main-directory", {".npmignore": "lib\n"}, main="lib"),
    _ignoring("main-missing", {}, main="missing.js"),
    _ignoring("browser", {".npmignore": "lib\n"}, browser="lib/a.js"),
    _ignoring("bin", {".npmignore": "lib\n"}, bin="lib/a.js"),
    _ignoring("bin-map", {".npmignore": "lib\n"}, bin={"a": "./lib/a.js", "b": "lib/b.test.js"}),
    _ignoring("nested-npmignore", {"lib/.npmignore": "tmp\n"}),
    _ignoring("nested-gitignore", {"lib/.gitignore": "tmp\n"}),
    _ignoring("nested-both", {"lib/.npmignore": "a.js\n", "lib/.gitignore": "tmp\n"}),
    _ignoring("nested-under-root", {".npmignore": "*.test.js\n", "lib/.npmignore": "!b.test.js\n"}),
    _ignoring("nested-reincludes-dir", {".gitignore": "tmp\n", "lib/.gitignore": "!tmp\n"}),
    _ignoring("nested-inside-ignored", {".npmignore": "tmp\n", "tmp/.npmignore": "!d.js\n"}),
    _ignoring("nested-rooted", {"lib/.npmignore": "/tmp\n/a.js\n"}),
    _ignoring("nested-star", {"lib/.npmignore": "*\n!a.js\n"}),
    _ignoring("ignore-file-is-link", {".npmignore": Link("rules"), "rules": "tmp\n"}),
    _ignoring("everything-named", {".npmignore": ".npmignore\nlib/*\n!lib/*.js\n"}),
)

ALWAYS_AND_NEVER = (
    Package(
        label="always-in",
        manifest={"files": ["lib"]},
        files={
            "lib/a.js": "a",
            "README": "r",
            "readme.txt": "r",
            "Readme.de.md": "r",
            "README.md~": "backup",
            "README$": "odd",
            "readme-first.md": "no",
            "LICENSE": "l",
            "license.md": "l",
            "LICENCE": "l",
            "LICENSE-MIT": "no",
            "COPYING": "c",
            "copying.lesser": "c",
            "CHANGELOG.md": "no",
            "HISTORY.md": "no",
            "NOTICE": "no",
            "AUTHORS": "no",
            "npm-shrinkwrap.json": "{}",
            "docs/README.md": "r",
            "license/LICENSE": "dir",
            "readme.d/x.md": "dir",
        },
    ),
    Package(
        label="never-in",
        files={
            ".git/HEAD": "ref",
            "lib/.git/config": "x",
            ".svn/entries": "x",
            "lib/.hg/store": "x",
            "CVS/Root": "x",
            "lib/CVS/Root": "x",
            "node_modules/x/index.js": "x",
            "lib/node_modules/y/index.js": "y",
            ".npmrc": "secret",
            "lib/.npmrc": "secret",
            ".lock-wscript": "x",
            ".wafpickle-7": "x",
            "build/config.gypi": "x",
            "build/other.gypi": "x",
            "npm-debug.log": "x",
            "lib/npm-debug.log": "x",
            ".x.swp": "x",
            ".DS_Store": "x",
            "lib/.DS_Store": "x",
            "._x": "x",
            "lib/._y": "x",
            "x.orig": "x",
            "lib/y.orig": "x",
            "archived-packages/a/x": "x",
            "lib/archived-packages/x": "x",
            "package-lock.json": "{}",
            "lib/package-lock.json": "{}",
            "yarn.lock": "x",
            "pnpm-lock.yaml": "x",
            "lib/pnpm-lock.yaml": "x",
            "bun.lockb": "x",
            "bun.lock": "x",
            ".gitignore": "",
            ".gitattributes": "x",
            ".editorconfig": "x",
            ".npmignore": "",
            "lib/.gitignore": "nothing\n",
            ".yarnrc.yml": "x",
            ".pnp.cjs": "x",
            "lib/a.js": "a",
        },
    ),
    Package(label="just-a-manifest"),
    Package(label="no-files-dotfiles", files={".a": "a", ".b/c": "c", ".github/workflows/x.yml": "x"}),
    Package(
        label="several-manifests",
        files={
            "package.json.bak": "x",
            "lib/package.json": "{}",
            "templates/a/package.json": '{"files":["x"]}',
            "lib/x": "x",
        },
    ),
    Package(
        label="odd-names",
        files={
            "grüße/ä ö.txt": "u",
            "日本語.md": "j",
            "emoji-😀.txt": "e",
            "a/" + "/".join(f"{'d' * 30}{n}" for n in range(6)) + "/file.txt": "long",
            "n" * 200 + ".txt": "long name",
            "back\\slash.txt": "b",
            "quote'\".txt": "q",
            "star*.txt": "never",
            "tab\there.txt": "t",
            "(paren)+{brace}.txt": "p",
            "%41.txt": "p",
        },
    ),
    Package(
        label="case-twins",
        files={"A.txt": "a", "a.txt": "b", "Lib/x": "x", "lib/x": "y"},
        manifest={"files": ["lib", "a.txt"]},
    ),
    Package(
        label="links",
        files={
            "real.js": "real",
            "link.js": Link("real.js"),
            "dir/x.js": "x",
            "linkdir": Link("dir"),
            "broken": Link("nowhere"),
            "lib/up.js": Link("../real.js"),
        },
    ),
    Package(
        label="links-in-files",
        manifest={"files": ["link.js", "linkdir", "linkdir2/*", "linkdir3/**", "linkdir4/x.js", "lib"]},
        files={
            "real.js": "real",
            "link.js": Link("real.js"),
            "dir/x.js": "x",
            "dir/sub/y.js": "y",
            "linkdir": Link("dir"),
            "linkdir2": Link("dir"),
            "linkdir3": Link("dir"),
            "linkdir4": Link("dir"),
            "lib/z": Link("../dir"),
            "lib/w.js": Link("../real.js"),
            "lib/a.js": "a",
        },
    ),
    Package(
        label="readme-is-link",
        manifest={"files": ["x"]},
        files={"README.md": Link("docs/r.md"), "docs/r.md": "r", "x": "x"},
    ),
    Package(label="main-is-link", manifest={"main": "m.js"}, files={"m.js": Link("real.js"), "real.js": "r"}),
)

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

SINCE_9 = (*FILES_FIELD, *IGNORE_FILES, *ALWAYS_AND_NEVER, *MODES, *MANIFESTS, *PUBLISH_DIRECTORY, *BUNDLED)
SINCE_10 = (*SINCE_9, *MANIFESTS_SINCE_10)
SINCE_11 = (*SINCE_10, *MANIFESTS_SINCE_11)
