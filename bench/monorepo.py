"""A pnpm monorepo as large as wanted, built and installed as far as packing can tell, the same in every run."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.contents import Contents
from samebytes.formats import package_json
from samebytes.model.names import PackageName
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace

_LOW_BYTES = 20_000
_HIGH_BYTES = 600_000
_FILE_BYTES = 24_000
_SEED = 20
_LICENSE = b"Permission to use, copy, modify and distribute this for any purpose is hereby granted.\n" * 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Monorepo:
    """A monorepo on disk, and for each member's directory the paths that a pack of it holds, `package.json` first."""

    root: Path
    packed: dict[str, tuple[str, ...]]

    @property
    def size_bytes(self) -> int:
        """How many bytes all packed files have."""
        return sum(Path(path).stat().st_size for member in self.files() for _, path in member)

    @property
    def size_mb(self) -> int:
        """The same in whole megabytes."""
        return round(self.size_bytes / 1_000_000)

    def files(self) -> list[list[tuple[str, str]]]:
        """For each member its files, as path in the tarball and path on disk."""
        return [
            [(f"package/{path}", str(self.root / at / path)) for path in paths] for at, paths in self.packed.items()
        ]


def make_monorepo(root: Path, members: int) -> Monorepo:
    """Members of 20 to 600 kB with `workspace:` dependencies; sources, tests and links beside what is packed."""
    contents = Contents(_SEED)
    _write_root(root)
    packed = {f"packages/m{number:03}": _write_member(root, number, contents) for number in range(members)}
    _write_lockfile(root, members)
    for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "All of it")):
        identity = ("-c", "user.name=Bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false")
        subprocess.run(("git", *identity, *command), cwd=root, check=True, stdin=subprocess.DEVNULL)
    return Monorepo(root=root, packed=packed)


def workspace_of(monorepo: Monorepo) -> Workspace:
    """What reading the workspace gives, as far as packing asks."""
    members = []
    for directory in monorepo.packed:
        manifest = package_json.read((monorepo.root / directory / "package.json").read_bytes(), directory)
        member = Member(
            name=PackageName(str(manifest["name"])),
            version=Version(str(manifest["version"])),
            directory=directory,
            publish_directory=directory,
            private=False,
            ignored="",
            manifest=manifest,
            dependencies=(),
        )
        members.append(member)
    return Workspace(
        members=tuple(members),
        catalogs={},
        package_manager=None,
        node=None,
        lockfile=None,
        findings=(),
    )


def _write_root(root: Path) -> None:
    root.mkdir(parents=True)
    manifest = {"name": "bench", "private": True, "packageManager": "pnpm@9.12.0"}
    (root / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    (root / "pnpm-workspace.yaml").write_text("packages:\n  - packages/*\n", encoding="utf-8")
    (root / ".gitignore").write_text("node_modules/\ndist/\n", encoding="utf-8")


def _write_member(root: Path, number: int, contents: Contents) -> tuple[str, ...]:
    """Write a member; two of three choose with `files`, the others with an ignore file."""
    at = root / "packages" / f"m{number:03}"
    files = _packed_files(contents, asset=number % 8 == 0)
    chosen = number % 3 != 0
    dependencies = {f"@bench/m{other:03}": "workspace:^" for other in {number // 2, number // 3} if other != number}
    manifest = {
        "name": f"@bench/m{number:03}",
        "version": "1.2.3",
        "description": "A member of a monorepo that is packed again and again",
        "license": "ISC",
        "type": "module",
        "exports": {".": {"types": "./dist/f0.d.ts", "default": "./dist/f0.js"}},
        **({"files": ["dist", "!dist/**/*.tsbuildinfo"]} if chosen else {}),
        "scripts": {"build": "tsc -b", "test": "node --test"},
        "dependencies": dict(sorted(dependencies.items())),
    }
    unpacked = {f"src/f{index}.ts": contents.code(4000) for index in range(6)}
    unpacked |= {f"test/f{index}.test.ts": contents.code(2000) for index in range(4)}
    unpacked["dist/all.tsbuildinfo"] = contents.code(3000)
    if not chosen:
        unpacked[".npmignore"] = b"src\ntest\n*.tsbuildinfo\n"
    files["package.json"] = json.dumps(manifest, indent=2).encode("utf-8")
    for path, data in (files | unpacked).items():
        (at / path).parent.mkdir(parents=True, exist_ok=True)
        (at / path).write_bytes(data)
    _link_dependencies(at, dependencies)
    return ("package.json", *sorted(files.keys() - {"package.json"}))


def _packed_files(contents: Contents, *, asset: bool) -> dict[str, bytes]:
    left_bytes = contents.member_size(_LOW_BYTES, _HIGH_BYTES)
    files = {"README.md": contents.code(min(left_bytes // 10, 6000)), "LICENSE": _LICENSE}
    if asset:
        files["dist/asset.png"] = contents.binary(left_bytes // 4)
    left_bytes -= sum(map(len, files.values()))
    for index in range(max(1, round(left_bytes / _FILE_BYTES))):
        size_bytes = min(left_bytes, _FILE_BYTES)
        files[f"dist/f{index}.js"] = contents.code(size_bytes // 2)
        files[f"dist/f{index}.d.ts"] = contents.code(size_bytes // 8)
        files[f"dist/f{index}.js.map"] = contents.source_map(size_bytes * 3 // 8)
        left_bytes -= size_bytes
    return files


def _link_dependencies(at: Path, names: dict[str, str]) -> None:
    """The links that an install makes, by which pnpm finds the versions behind `workspace:`."""
    folder = at / "node_modules" / "@bench"
    folder.mkdir(parents=True)
    for name in names:
        base = name.rpartition("/")[2]
        (folder / base).symlink_to(Path("..", "..", "..", base))


def _write_lockfile(root: Path, members: int) -> None:
    lines = ["lockfileVersion: '9.0'", "", "importers:", "", "  .: {}", ""]
    for number in range(members):
        lines.append(f"  packages/m{number:03}:")
        others = sorted({number // 2, number // 3} - {number})
        lines += ["    dependencies:"] if others else ["    {}"]
        for other in others:
            lines += [
                f"      '@bench/m{other:03}':",
                "        specifier: workspace:^",
                f"        version: link:../m{other:03}",
            ]
        lines.append("")
    (root / "pnpm-lock.yaml").write_text("\n".join(lines), encoding="utf-8")
