"""Packages that bundle by chance, in a workspace with a virtual store, hoisted packages and nested ones."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.contract.packing_tree import Content, Link, Package, PackageWorkspace

_NAMES = ("a", "b", "c", "@s/d", "@s/e")


def _store(name: str) -> str:
    return f".pnpm/{name.replace('/', '+')}@1/node_modules"


def _add(chance: random.Random, files: dict[str, Content], base: str, name: str, version: str) -> None:
    """One installed package."""
    manifest: dict[str, Any] = {"name": name, "version": version}
    if chance.random() < 0.7:
        manifest["dependencies"] = dict.fromkeys(chance.sample(_NAMES, chance.randint(0, 3)), "1")
    if chance.random() < 0.3:
        manifest["optionalDependencies"] = {chance.choice(_NAMES): "1"}
    if chance.random() < 0.3:
        manifest["files"] = ["lib"]
    if chance.random() < 0.2:
        manifest["main"] = "index.js"
    files |= {f"{base}/package.json": json.dumps(manifest), f"{base}/index.js": base, f"{base}/lib/x.js": "x"}
    if chance.random() < 0.3:
        files[f"{base}/.npmignore"] = "lib\n"


def _root(chance: random.Random) -> dict[str, Content]:
    """What is installed at the workspace's root: a virtual store with links in it, and hoisted packages."""
    files: dict[str, Content] = {"LICENSE": "l"}
    stored = [name for name in _NAMES if chance.random() < 0.7]
    for name in stored:
        _add(chance, files, f"node_modules/{_store(name)}/{name}", name, "1.0.0")
    for name in stored:
        for other in stored:
            if other != name and chance.random() < 0.6:
                up = "../" * (other.count("/") + 2)
                target = f"{up}{_store(other).removeprefix('.pnpm/')}/{other}"
                files[f"node_modules/{_store(name)}/{other}"] = Link(target)
    for name in _NAMES:
        if chance.random() < 0.5:
            _add(chance, files, f"node_modules/{name}", name, "3.0.0")
    return files


def _member(chance: random.Random, label: str, root: dict[str, Content]) -> Package:
    files: dict[str, Content] = {"index.js": "i", "lib/a.js": "a"}
    for name in _NAMES:
        how = chance.random()
        if how < 0.3:
            _add(chance, files, f"node_modules/{name}", name, "2.0.0")
            if chance.random() < 0.4:
                other = chance.choice(_NAMES)
                _add(chance, files, f"node_modules/{name}/node_modules/{other}", other, "2.5.0")
        elif how < 0.7 and f"node_modules/{_store(name)}/{name}/package.json" in root:
            up = "../" * (name.count("/") + 3)
            files[f"node_modules/{name}"] = Link(f"{up}node_modules/{_store(name)}/{name}")
    manifest: dict[str, Any] = {
        "bundleDependencies": chance.choice((True, chance.sample(_NAMES, chance.randint(1, 3)))),
        "dependencies": dict.fromkeys(chance.sample(_NAMES, 3), "1"),
    }
    if chance.random() < 0.5:
        manifest["files"] = ["lib"]
    return Package(label=label, manifest=manifest, files=files)


def chance_bundles(chance: random.Random, members: int) -> PackageWorkspace:
    """A workspace whose members bundle, the same for the same random source."""
    root = _root(chance)
    packages = tuple(_member(chance, f"bundle-{number}", root) for number in range(members))
    return PackageWorkspace(packages=packages, root_files=root)
