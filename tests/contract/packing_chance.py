"""Packages made by chance, from a vocabulary small enough for patterns to hit something."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.contract.packing_tree import Content, Folder, Link, Package, Program

_FOLDERS = (
    "lib",
    "src",
    "dist",
    "test",
    "docs",
    ".cfg",
    "lib/deep",
    "lib/test",
    "src/lib",
    "dist/lib/deep",
    "Lib2",
    "tmp",
)
_STEMS = (
    "index",
    "a",
    "b",
    "A",
    "main",
    "cli",
    "x.test",
    "readme",
    "LICENSE",
    "license-check",
    ".env",
    "[id]",
    "a b",
    "ü",
)
_ENDINGS = (".js", ".ts", ".md", "", ".d.ts", ".map", ".json", ".orig", "~", ".JS")
_ODD_FILES = (
    ".npmrc",
    ".DS_Store",
    "._x",
    ".a.swp",
    "npm-debug.log",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "npm-shrinkwrap.json",
    "CVS/Root",
    "build/config.gypi",
    "archived-packages/p",
    "COPYING.txt",
    "LICENCE",
    "README",
)
_WILD = (
    "*",
    "**",
    "?",
    "*.js",
    "*.test.*",
    "[a-m]*",
    "{a,b,index}*",
    "!(a).js",
    "@(a|b).js",
    "*.{js,ts}",
    "i*",
    ".*",
    "!(a)",
    "*(a|b)*",
    "!(lib|src)",
)


def _name(chance: random.Random) -> str:
    return chance.choice(_STEMS) + chance.choice(_ENDINGS)


def _path(chance: random.Random) -> str:
    depth = chance.choice((0, 1, 1, 1, 2))
    parts = [chance.choice(_FOLDERS) for _ in range(depth)]
    return "/".join([*parts, _name(chance)])


def _pattern(chance: random.Random, paths: list[str], *, files: bool) -> str:
    """Something a person might write into `files` or an ignore file, and a few things nobody should."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: chance.choice(_FOLDERS),
        lambda: chance.choice(paths),
        lambda: chance.choice(paths).rpartition("/")[2],
        lambda: chance.choice(paths).partition("/")[0],
        lambda: f"{chance.choice(_FOLDERS)}/{chance.choice(_WILD)}",
        lambda: f"{chance.choice(_FOLDERS)}/**/{chance.choice(_WILD)}",
        lambda: f"**/{chance.choice(_WILD)}",
        lambda: f"**/{chance.choice(_FOLDERS)}/**",
        lambda: f"*/{chance.choice(_WILD)}",
        lambda: chance.choice(_WILD),
    )
    text = chance.choice(kinds)()
    text = chance.choice(("", "", "", "", "/", "./" if files else "/")) + text
    text += chance.choice(("", "", "", "", "/", "/*", "/**"))
    if text.count("**") > 2:
        return text.replace("**", "*")  # docs/reference/profiles.md: newer minimatch misses matches of such patterns
    return chance.choice(("", "", "", "!")) + text


def _ignore_file(chance: random.Random, paths: list[str]) -> str:
    lines = [_pattern(chance, paths, files=False) for _ in range(chance.randint(0, 4))]
    return chance.choice(("\n", "\n", "\r\n")).join([*lines, chance.choice(("", "# end", "  "))])


def chance_package(chance: random.Random, label: str) -> Package:
    """One package, the same for the same random source."""
    # pnpm 12 finds entry points in one case only, the others in any; paths that differ in case are refused anyway.
    paths = list({path.lower(): path for path in (_path(chance) for _ in range(chance.randint(1, 14)))}.values())
    files: dict[str, Content] = {}

    def add(path: str, content: Content) -> None:
        parts = path.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        taken = any(known == path or known.startswith(f"{path}/") or known in above for known in files)
        twin = any(known.lower() == path.lower() for known in files)
        if not taken and not twin and path != "package.json":
            files[path] = content

    for path in paths:
        add(path, chance.choice((path, path, path, Program(path))))
    for path in chance.sample(_ODD_FILES, chance.choice((0, 0, 1, 3))):
        add(path, path)
    for folder in ("", "", *chance.sample(_FOLDERS, 2)):
        if chance.random() < 0.3:
            name = chance.choice((".npmignore", ".gitignore"))
            add(f"{folder}/{name}".lstrip("/"), _ignore_file(chance, paths))
    manifest = _manifest(chance, paths)
    # glob 8 shares what it reads between searches, and then follows links below `**` as it happens.
    searches = [pattern for pattern in manifest.get("files", ()) if "**" in pattern]
    if chance.random() < 0.25 and len(searches) < 2:
        add(chance.choice(("link.js", "lib/link", "dist/link.js", "linked")), Link(_link_target(chance, paths)))
    if chance.random() < 0.1:
        add("empty", Folder())
    return Package(label=label, manifest=manifest, files=files)


def _link_target(chance: random.Random, paths: list[str]) -> str:
    return chance.choice(("", "../")) + chance.choice((*paths, *_FOLDERS[:4], "nowhere"))


def _manifest(chance: random.Random, paths: list[str]) -> dict[str, Any]:
    manifest: dict[str, Any] = {}
    if chance.random() < 0.6:
        manifest["files"] = [_pattern(chance, paths, files=True) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5)))]
    if chance.random() < 0.3:
        manifest["main"] = chance.choice(("", "./")) + chance.choice((*paths, "missing.js", "lib"))
    if chance.random() < 0.1:
        manifest["browser"] = chance.choice(paths)
    if chance.random() < 0.3:
        manifest["bin"] = chance.choice((chance.choice(paths), {"one": chance.choice(paths), "two": f"./{paths[0]}"}))
    if chance.random() < 0.1:
        manifest["directories"] = {"bin": chance.choice(("lib", "./dist", "src/"))}
    if chance.random() < 0.15:
        manifest["publishConfig"] = {"executableFiles": [chance.choice(paths), f"./{chance.choice(paths)}"]}
    return manifest
