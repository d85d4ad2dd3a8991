"""A tagged git repository with as many tiny members as wanted, its lockfile as pnpm would write it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.monorepos import commit_all, git, member, write_files

TAG = "v1.0.0"


def make_tiny_repository(root: Path, members: int) -> None:
    """Each member but the first depends on the one of half its number; nothing has to be downloaded or built."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    write_files(
        root,
        {
            "package.json": {"name": "root", "private": True, "packageManager": "pnpm@9.12.0"},
            "pnpm-workspace.yaml": "packages:\n  - packages/*\n",
            "pnpm-lock.yaml": _lockfile(members),
        },
    )
    for number in range(members):
        dependencies: Mapping[str, str] = {_name(number // 2): "workspace:^"} if number else {}
        manifest = member(_name(number), license="ISC", files=["index.js"], dependencies=dependencies)
        code = f"export const number = {number};\n" * 20
        write_files(root / "packages" / f"m{number:05}", {"package.json": manifest, "index.js": code})
    commit_all(root)
    git(root, "tag", "-a", TAG, "-m", TAG)


def _name(number: int) -> str:
    return f"@bench/m{number:05}"


def _lockfile(members: int) -> str:
    lines = ["lockfileVersion: '9.0'", "", "importers:", "", "  .: {}", "", "  packages/m00000: {}", ""]
    for number in range(1, members):
        lines += [
            f"  packages/m{number:05}:",
            "    dependencies:",
            f"      '{_name(number // 2)}':",
            "        specifier: workspace:^",
            f"        version: link:../m{number // 2:05}",
            "",
        ]
    return "\n".join(lines)
