"""A packed member in a form that two packers can be compared in."""

from __future__ import annotations

import io
import json
import posixpath
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samebytes.core.list_files import list_files
from samebytes.core.rewrite import published_manifest
from samebytes.dialects.profiles import Profile
from samebytes.formats import package_json
from samebytes.system.pack_source import DiskPackSource
from tests.clients.client import Client
from tests.contract.packing_tree import Package, PackageWorkspace, directory_of, member_of, model_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Stored path to bytes and x bit; the top package.json apart, as a JSON value; `links` are paths that are links."""

    files: dict[str, tuple[bytes, bool]]
    manifest: Any
    manifest_executable: bool
    links: frozenset[str] = frozenset()


def read_tarball(data: bytes) -> Packed:
    """What is in a tarball, whoever wrote it; a link stands for what it leads to in the tarball."""
    files: dict[str, tuple[bytes, bool]] = {}
    links: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for entry in archive:
            path = entry.name.removeprefix("package/")
            if entry.issym():
                links[path] = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.linkname))
                continue
            extracted = archive.extractfile(entry)
            assert extracted is not None, f"{entry.name} is not a regular file"
            files[path] = extracted.read(), bool(entry.mode & 0o100)
    copies: dict[str, tuple[bytes, bool]] = {}
    for path, target in links.items():
        final = _followed(target, links)
        if final in files:
            copies[path] = files[final]
        elif not path.startswith(f"{final}/"):
            copies |= {path + one[len(final) :]: files[one] for one in files if one.startswith(f"{final}/")}
    manifest, executable = files.pop("package.json")
    return Packed(
        files=files | copies,
        manifest=json.loads(manifest),
        manifest_executable=executable,
        links=frozenset(copies),
    )


def _followed(path: str, links: Mapping[str, str]) -> str:
    """A path with the links in it followed, inside the tarball."""
    for _ in range(20):
        found = next((link for link in links if path == link or path.startswith(f"{link}/")), None)
        if found is None:
            return path
        path = posixpath.normpath(links[found] + path[len(found) :])
    return path


def pack_ours(root: Path, workspace: PackageWorkspace, package: Package, profile: Profile) -> Packed:
    """What samebytes packs."""
    member = member_of(package)
    source = DiskPackSource(root=str(root), directory=member.publish_directory)
    data = (root / member.publish_directory / "package.json").read_bytes()
    manifest = published_manifest(package_json.read(data, package.label), member, model_of(workspace), profile)
    files = {
        file.stored_path: (Path(file.source_path).read_bytes(), file.executable)
        for file in list_files(source, manifest, profile)
    }
    _, executable = files.pop("package.json")
    written = json.loads(package_json.write(manifest))
    return Packed(files=files, manifest=written, manifest_executable=executable)


def pack_with(client: Client, root: Path, packages: Iterable[Package]) -> Iterator[tuple[Package, Packed]]:
    """What the real tool packs, one process a member, two at a time."""
    output = root.parent / f"{root.name}-packed-{client.version}"
    output.mkdir()

    def run(package: Package) -> tuple[Package, Packed]:
        target = output / directory_of(package)
        target.mkdir(parents=True)
        client.run(
            *("--config.ignore-scripts=true", "pack", "--pack-destination", str(target)),
            cwd=root / directory_of(package),
        )
        (tarball,) = target.glob("*.tgz")
        return package, read_tarball(tarball.read_bytes())

    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(run, packages)


def pack_all_with(client: Client, root: Path, packages: Iterable[Package]) -> Iterator[tuple[Package, Packed]]:
    """What the real tool packs with one `pnpm -r pack` (pnpm 10.11 and newer)."""
    output = root.parent / f"{root.name}-packed-{client.version}"
    output.mkdir()
    client.run(
        *("-r", "--config.ignore-scripts=true", "pack", "--pack-destination", str(output)),
        cwd=root,
    )
    for package in packages:
        (tarball,) = output.glob(f"{published_name(package).replace('@', '').replace('/', '-')}-[0-9]*.tgz")
        yield package, read_tarball(tarball.read_bytes())


def published_name(package: Package) -> str:
    """The name that the tarball's file name is made of."""
    return str((package.manifest.get("publishConfig") or {}).get("name", package.label))


def differences(theirs: Packed, ours: Packed) -> list[str]:
    """Every difference in a line of its own; empty where there is none."""
    lines = [f"only theirs: {path}" for path in sorted(theirs.files.keys() - ours.files.keys())]
    lines += [f"only ours: {path}" for path in sorted(ours.files.keys() - theirs.files.keys())]
    for path in sorted(theirs.files.keys() & ours.files.keys()):
        if theirs.files[path][0] != ours.files[path][0]:
            lines.append(f"other bytes: {path}")
        if path not in theirs.links and theirs.files[path][1] != ours.files[path][1]:
            lines.append(f"x bit of {path}: theirs {theirs.files[path][1]}, ours {ours.files[path][1]}")
    if theirs.manifest != ours.manifest:
        lines.append(f"manifest: theirs {json.dumps(theirs.manifest)}, ours {json.dumps(ours.manifest)}")
    elif _in_order(theirs.manifest) != _in_order(ours.manifest):
        lines.append(f"order of keys: theirs {json.dumps(theirs.manifest)}, ours {json.dumps(ours.manifest)}")
    if theirs.manifest_executable != ours.manifest_executable:
        lines.append("x bit of package.json")
    return lines


_SORTED = (
    *("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"),
    *("peerDependenciesMeta", "dependenciesMeta"),
)


def _in_order(value: Any, key: str = "") -> Any:
    """A JSON value whose equality sees the order of keys, save in the maps that canon-v1 sorts."""
    if isinstance(value, dict):
        items = [(name, _in_order(inner, name)) for name, inner in value.items()]
        return sorted(items) if key in _SORTED else items
    return [_in_order(inner) for inner in value] if isinstance(value, list) else value
