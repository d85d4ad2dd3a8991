"""The independent judge of a directory site: reads the folder with code of its own and says what is wrong.

It shares nothing with the product and knows only docs/formats/directory-site.md, so both cannot agree on one mistake.
At any moment, also in the middle of a write, `problems(folder)` must be empty; `settled=True` also forbids what a run
may leave for the next one to finish. `final_state` is what an undisturbed and a repeated run must have in common.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

_TEMPORARY = ".samebytes-tmp"
_NAME = re.compile(r"(?:@[a-z0-9-][a-z0-9._-]*/)?[a-z0-9-][a-z0-9._-]*")
_SUM = re.compile(r"([0-9a-f]{128})  ([^\n/]+)")
_LOCAL = re.compile(r"local/[a-z0-9-]+/(lock/(kernel|lease\.json|alive-[0-9a-f]{32})|(memory|journal)/[^/]+\.json)")


def problems(folder: Path, *, settled: bool = False) -> list[str]:
    """Everything that is wrong with a site, as sentences; empty for a folder that is not there yet."""
    if not folder.exists():
        return []
    return [
        *_strangers(folder, settled=settled),
        *_registry(folder, settled=settled),
        *_releases(folder),
        *_latest(folder),
        *_evidence(folder),
    ]


def missing(folder: Path, tag: str, sha512_hex: Mapping[str, str], latest: Mapping[str, str]) -> list[str]:
    """What a finished release lacks: tarballs by `name@version`, `latest` by name, its complete assets."""
    found = []
    for name_version, digest in sha512_hex.items():
        name, _, version = name_version.rpartition("@")
        path = _tarball(folder, name, version)
        if version not in _packument(folder, name).get("versions", {}):
            found.append(f"{name_version} is not in its packument")
        elif not path.is_file() or _hex("sha512", path.read_bytes()) != digest:
            found.append(f"{name_version} does not have the expected bytes")
        if not (_release_folder(folder, tag) / _asset_name(name, version)).is_file():
            found.append(f"{_asset_name(name, version)} is not an asset of {tag}")
    for name, version in latest.items():
        at = _packument(folder, name).get("dist-tags", {}).get("latest")
        if at != version:
            found.append(f"latest of {name} is at {at}, not at {version}")
    if not (_release_folder(folder, tag) / "SHA512SUMS").is_file():
        found.append(f"{tag} has no SHA512SUMS")
    return found


def final_state(folder: Path) -> dict[str, Any]:
    """Tarballs, version manifests, dist-tags, and assets by tag: the bytes of those that are the same everywhere.

    Build records and receipts are named without their bytes; times, journal, memory and lock are left out.
    """
    packuments = {name: _packument(folder, name) for name in _package_names(folder)}
    releases = {
        unquote(path.name): {
            asset.name: _hex("sha256", asset.read_bytes()) if _is_fixed(asset.name) else "any"
            for asset in sorted(path.iterdir())
        }
        for path in sorted((folder / "releases").glob("*"))
    }
    return {
        "tarballs": {
            str(path.relative_to(folder)): _hex("sha512", path.read_bytes())
            for path in sorted((folder / "npm").rglob("-/*.tgz"))
        },
        "manifests": {name: packument["versions"] for name, packument in packuments.items()},
        "dist-tags": {name: packument["dist-tags"] for name, packument in packuments.items()},
        "releases": releases,
    }


def _is_fixed(asset: str) -> bool:
    return asset.endswith(".tgz") or asset in {"release.json", "SHA512SUMS", ".release.json"}


def _strangers(folder: Path, *, settled: bool) -> Iterator[str]:
    """Files that have no place in the layout, and what is no regular file."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield f"{relative} is a symbolic link"
        elif path.is_file() and not _has_a_place(relative, settled=settled):
            yield f"{relative} has no place in a directory site"
    if (folder / "npm").exists() and not (folder / "site.json").is_file():
        yield "there are packages, but no site.json"


def _has_a_place(path: str, *, settled: bool) -> bool:
    top, _, rest = path.partition("/")
    if top == _TEMPORARY:
        return not settled or rest == "lock"
    if top == "local" and settled and "/lock/alive-" in path:
        return False
    places = {
        "site.json": not rest,
        "npm": re.fullmatch(rf"{_NAME.pattern}/(index\.json|-/[^/]+\.tgz)", rest) is not None,
        "releases": re.fullmatch(r"[^/]+/[^/]+", rest) is not None,
        "evidence": re.fullmatch(r"[a-z][a-z0-9-]*/[0-9a-f]{64}", rest) is not None,
        "local": _LOCAL.fullmatch(path) is not None,
    }
    return places.get(top, False)


def _registry(folder: Path, *, settled: bool) -> Iterator[str]:
    for name in _package_names(folder):
        packument = _packument(folder, name)
        if packument.get("name") != name or packument.get("_id") != name:
            yield f"the packument of {name} has another name"
        versions = packument.get("versions", {})
        for version, manifest in versions.items():
            yield from _version(folder, name, version, manifest)
            if version not in packument["time"]:
                yield f"{name}@{version} has no time"
        for tag, version in packument.get("dist-tags", {}).items():
            if version not in versions:
                yield f"dist-tag {tag} of {name} is at {version}, which is missing"
    if settled:
        yield from _orphans(folder)


def _version(folder: Path, name: str, version: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    where, path = f"{name}@{version}", _tarball(folder, name, version)
    if (manifest.get("name"), manifest.get("version"), manifest.get("_id")) != (name, version, where):
        yield f"the manifest of {where} is of another version"
    if not path.is_file():
        yield f"the tarball of {where} is missing"
        return
    data, dist = path.read_bytes(), manifest["dist"]
    if dist["integrity"] != "sha512-" + b64encode(hashlib.sha512(data).digest()).decode("ascii"):
        yield f"the tarball of {where} does not match its integrity"
    if dist["shasum"] != hashlib.sha1(data).hexdigest():  # noqa: S324  npm's own field
        yield f"the tarball of {where} does not match its shasum"
    if dist["tarball"] != f"{name}/-/{path.name}":
        yield f"dist.tarball of {where} is {dist['tarball']}"
    try:
        files = dict(_unpacked(data))
        inner = json.loads(files["package/package.json"])
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError) as error:
        yield f"the tarball of {where} cannot be read: {error}"
        return
    if (inner["name"], inner["version"]) != (name, version):
        yield f"the tarball of {where} holds {inner['name']}@{inner['version']}"
    if dist["fileCount"] != len(files) or dist["unpackedSize"] != sum(map(len, files.values())):
        yield f"dist of {where} counts other files than its tarball holds"


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive:
            opened = archive.extractfile(member)
            if opened is None:
                raise ValueError(f"{member.name} is no file")
            yield member.name, opened.read()


def _orphans(folder: Path) -> Iterator[str]:
    listed = {
        _tarball(folder, name, version)
        for name in _package_names(folder)
        for version in _packument(folder, name)["versions"]
    }
    for path in sorted((folder / "npm").rglob("-/*.tgz")):
        if path not in listed:
            yield f"{path.relative_to(folder)} is in no packument"


def _releases(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "releases").glob("*")):
        record = path / ".release.json"
        if not record.is_file():
            if any(path.iterdir()):
                yield f"release {path.name} has assets, but no record"
            continue
        tag = json.loads(record.read_bytes())["tag"]
        if quote(tag, safe="") != path.name:
            yield f"release {path.name} is of tag {tag}"
        yield from _sums(path)
        yield from _statement(path)


def _statement(release: Path) -> Iterator[str]:
    """Each subject of a statement is an asset with its digests, once the release says that it is complete."""
    if not (release / "SHA512SUMS").is_file() or not (release / "release.json").is_file():
        return
    for subject in json.loads((release / "release.json").read_bytes())["subject"]:
        name, _, version = unquote(subject["name"]).removeprefix("pkg:npm/").rpartition("@")
        asset = release / _asset_name(name, version)
        data = asset.read_bytes() if asset.is_file() else b""
        if any(_hex(algorithm, data) != digest for algorithm, digest in subject["digest"].items()):
            yield f"{release.name}: {asset.name} is not what release.json says"


def _sums(release: Path) -> Iterator[str]:
    """SHA512SUMS is there last, and lists exactly the tarballs and the statement, as they are."""
    sums = release / "SHA512SUMS"
    if not sums.is_file():
        return
    listed = {}
    for line in sums.read_text(encoding="utf-8").splitlines():
        match = _SUM.fullmatch(line)
        if match is None:
            yield f"{release.name}/SHA512SUMS has the line {line!r}"
            continue
        listed[match[2]] = match[1]
    there = {path.name for path in release.iterdir() if path.suffix == ".tgz" or path.name == "release.json"}
    for name in sorted(there ^ set(listed)):
        yield f"{release.name}: {name} is {'not listed' if name in there else 'listed, but missing'}"
    for name in sorted(there & set(listed)):
        if _hex("sha512", (release / name).read_bytes()) != listed[name]:
            yield f"{release.name}: {name} does not match SHA512SUMS"


def _latest(folder: Path) -> Iterator[str]:
    """`latest` is only ever at a version whose whole release is there: its assets, and all its packages."""
    # First the tags, then the releases: while somebody publishes, releases only become complete.
    at = {name: _packument(folder, name)["dist-tags"].get("latest") for name in _package_names(folder)}
    complete = [path for path in (folder / "releases").glob("*") if _is_complete(folder, path)]
    for name, version in at.items():
        if version is not None and not any((path / _asset_name(name, version)).is_file() for path in complete):
            yield f"latest of {name} is at {version}, whose release is incomplete"


def _is_complete(folder: Path, release: Path) -> bool:
    if not (release / "SHA512SUMS").is_file() or any(_sums(release)):
        return False
    assets = {path.name: _hex("sha512", path.read_bytes()) for path in release.glob("*.tgz")}
    served = {
        _asset_name(name, version): _hex("sha512", path.read_bytes())
        for name in _package_names(folder)
        for version in _packument(folder, name)["versions"]
        if (path := _tarball(folder, name, version)).is_file()
    }
    return all(served.get(name) == digest for name, digest in assets.items())


def _evidence(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "evidence").glob("*/*")):
        if _hex("sha256", path.read_bytes()) != path.name:
            yield f"{path.relative_to(folder)} does not hold what its name says"


def _package_names(folder: Path) -> list[str]:
    npm = folder / "npm"
    return sorted(path.parent.relative_to(npm).as_posix() for path in npm.rglob("index.json"))


def _packument(folder: Path, name: str) -> dict[str, Any]:
    path = folder / "npm" / name / "index.json"
    loaded: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
    return loaded


def _tarball(folder: Path, name: str, version: str) -> Path:
    return folder / "npm" / name / "-" / f"{name.rpartition('/')[2]}-{version}.tgz"


def _release_folder(folder: Path, tag: str) -> Path:
    return folder / "releases" / quote(tag, safe="")


def _asset_name(name: str, version: str) -> str:
    return f"{name.removeprefix('@').replace('/', '__')}-{version}.tgz"


def _hex(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data).hexdigest()
