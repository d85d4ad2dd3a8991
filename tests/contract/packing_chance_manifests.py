"""Manifests made by chance: every form of specifier in every map, overrides, and fields that get one form."""

from __future__ import annotations

import random
from typing import Any

from tests.contract.packing_tree import Package, PackageWorkspace

CATALOGS = {"default": {"react": "^18.0.0", "one": "1.x"}, "old": {"react": "^16.0.0"}}
_NEIGHBOURS = ("neighbour", "@scope/neighbour")
_OVERRIDES = (
    "main",
    "types",
    "exports",
    "bin",
    "module",
    "browser",
    "type",
    "os",
    "engines",
    "umd:main",
    "access",
    "tag",
)


def _specifier(chance: random.Random, alias: str, target: str) -> str:
    if alias == "react":
        return chance.choice(("catalog:", "catalog:old", "catalog:default", "^18"))
    if alias in _NEIGHBOURS:
        return chance.choice(
            (
                *(
                    "workspace:*",
                    "workspace:^",
                    "workspace:~",
                    "workspace:^1.0.0",
                    "workspace:1.2.3",
                    "workspace:>=1 <3",
                ),
                *(f"workspace:{alias}@^", f"workspace:{alias}@*", f"workspace:{alias}@~1.0.0", "^1.0.0", "latest", ""),
            )
        )
    return chance.choice(
        (
            f"workspace:{target}@*",
            f"workspace:{target}@^",
            f"workspace:{target}@^2",
            "npm:x@1",
            "github:a/b",
            "file:../x",
            "1 || 2",
        )
    )


def _peer(chance: random.Random, alias: str) -> str:
    if alias == "react":
        return chance.choice(("catalog:", ">=16"))
    return chance.choice(
        (
            *(
                "workspace:^",
                "workspace:*",
                "workspace:>=",
                "workspace:^1.0.0",
                "workspace:~1.2 || ^3",
                "^1 || workspace:^",
            ),
            *("workspace:x", "workspace:1", "*", "workspace:<=2.0.0"),
        )
    )


def _manifest(chance: random.Random, target: str) -> dict[str, Any]:
    # `alias` is linked to one neighbour, as an install would have done.
    aliases = (*_NEIGHBOURS, "react", "alias")
    manifest: dict[str, Any] = {}
    for name in chance.sample(("dependencies", "devDependencies", "optionalDependencies"), chance.randint(0, 3)):
        manifest[name] = {
            alias: _specifier(chance, alias, target) for alias in chance.sample(aliases, chance.randint(0, 4))
        }
    if chance.random() < 0.5:
        manifest["peerDependencies"] = {
            alias: _peer(chance, alias) for alias in chance.sample((*_NEIGHBOURS, "react"), 2)
        }
    if chance.random() < 0.4:
        manifest["peerDependenciesMeta"] = {
            "react": chance.choice(({}, {"optional": True}, {"optional": None}, {"optional": False, "more": [1]}))
        }
    if chance.random() < 0.5:
        values = ("./x.js", {"a": "./x.js"}, ["linux"])
        manifest["publishConfig"] = {
            key: chance.choice(values) for key in chance.sample(_OVERRIDES, chance.randint(0, 5))
        }
        manifest["publishConfig"].pop("bin", None)
        if chance.random() < 0.3:
            manifest["publishConfig"]["bin"] = chance.choice(("x.js", {"y": "x.js"}))
    if chance.random() < 0.4:
        manifest["scripts"] = dict.fromkeys(
            chance.sample(("build", "prepack", "prepare", "publish", "test", "version"), 3), "x"
        )
    for key, choices in (
        ("bin", ("x.js", {"y": "./x.js"})),
        ("repository", ("a/b", {"type": "git", "url": "c"})),
        ("pnpm", ({"overrides": {}},)),
        ("main", ("x.js",)),
        ("license", ("MIT", None)),
        ("packageManager", ("pnpm@9.12.0",)),
    ):
        if chance.random() < 0.3:
            manifest[key] = chance.choice(choices)
    items = list(manifest.items())
    chance.shuffle(items)
    return dict(items)


def chance_manifests(chance: random.Random, members: int) -> PackageWorkspace:
    """A workspace of such members, beside two that they may depend on."""
    neighbours = tuple(
        Package(label=name, manifest={"version": f"{number + 1}.2.3-rc.{number}"})
        for number, name in enumerate(_NEIGHBOURS)
    )
    packages: list[Package] = []
    for number in range(members):
        target = chance.choice(_NEIGHBOURS)
        links = {**{name: name for name in _NEIGHBOURS}, "alias": target}
        manifest = _manifest(chance, target)
        packages.append(Package(label=f"manifest-{number}", manifest=manifest, files={"x.js": "x"}, links=links))
    return PackageWorkspace(packages=(*packages, *neighbours), root_files={"LICENSE": "l"}, catalogs=CATALOGS)
