"""An independent judge of sites at servers: reads what the servers store, with none of the code that publishes.

Of a forge stand-in it reads database, blobs and bare repository; of a Verdaccio its storage folder, and the bare
repository that holds the site's state. `problems` can be asked at any moment, while or after somebody publishes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from samebytes.testing.forge import release_store
from samebytes.testing.forge.npm_store import NpmStore
from samebytes.testing.forge.product import Product
from samebytes.testing.forge.state import Forge
from samebytes.testing.forge.storage import Blob

_STATEMENT, _SUMS = "release.json", "SHA512SUMS"
_EVIDENCE, _LOCAL = "refs/samebytes/evidence/", "refs/samebytes/local/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as stored: version to sha512 in hex and manifest; dist-tag to every version that holds it."""

    tarballs: Mapping[str, str]
    manifests: Mapping[str, Mapping[str, Any]]
    dist_tags: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Everything that counts at a site: packages by name, assets (name, bytes) by release tag, refs with their content.

    `broken` has what the storage contradicts itself in.
    """

    packages: Mapping[str, Package]
    releases: Mapping[str, Sequence[tuple[str, bytes]]]
    refs: Mapping[str, bytes]
    broken: Sequence[str] = ()


def read_forge(folder: Path, product: Product, owner: str, repository: str) -> Stored:
    """What a forge stand-in keeps of an owner's packages and of one repository."""
    forge = Forge.read(folder, product)
    try:
        with forge.storage.lock:
            found = forge.repository(owner, repository)
            assert found is not None, "the repository is there"  # noqa: S101
            releases = {
                release["tag_name"]: [
                    (asset["name"], forge.storage.blob_path(Blob(**asset["blob"])).read_bytes())
                    for asset in release_store.assets(forge, release["id"])
                ]
                for release in release_store.releases(forge, found)
                if not release["is_draft"]
            }
            packages, broken = _forge_packages(forge, owner)
        refs = _refs(forge.storage.repository_path(owner, repository))
        return Stored(packages=packages, releases=releases, refs=refs, broken=broken)
    finally:
        forge.storage.close()


def read_verdaccio(storage: Path, state: Path) -> Stored:
    """What a Verdaccio keeps in its storage folder, and the bare repository `state` beside it."""
    packages, broken = {}, []
    for document in sorted(storage.rglob("package.json")):
        packument = json.loads(document.read_bytes())
        name, tarballs = packument["name"], {}
        for version, manifest in packument["versions"].items():
            path = document.parent / f"{name.rpartition('/')[2]}-{version}.tgz"
            data = path.read_bytes() if path.is_file() else b""
            tarballs[version] = _hex("sha512", data)
            if manifest["dist"]["integrity"] != _integrity(data):
                broken.append(f"the tarball of {name}@{version} does not match its integrity")
        tags = {tag: (version,) for tag, version in packument["dist-tags"].items()}
        if packument["versions"]:
            packages[name] = Package(tarballs=tarballs, manifests=packument["versions"], dist_tags=tags)
    return Stored(packages=packages, releases={}, refs=_refs(state), broken=broken)


def problems(stored: Stored) -> list[str]:
    """Everything that may never be so, not even in the midst of a run, as sentences."""
    return [
        *stored.broken,
        *_tags(stored),
        *_evidence(stored),
        *(problem for tag, assets in stored.releases.items() for problem in _release(tag, assets)),
        *_latest(stored),
    ]


def unfinished(stored: Stored, tag: str, *, dist_tag: str = "latest") -> list[str]:
    """What a release lacks that was reported as published and promoted: packages, dist-tags, assets, evidence."""
    statement = next((data for data in _statements(stored) if _tag_of(data) == tag), None)
    if statement is None:
        return [f"no statement of {tag} is kept"]
    found = _missing(stored, statement)
    for name, version, _ in _subjects(statement):
        package = stored.packages.get(name)
        if package is not None and tuple(package.dist_tags.get(dist_tag, ())) != (version,):
            found.append(f"{dist_tag} of {name} is at {package.dist_tags.get(dist_tag)}, not at {version}")
    names = Counter(name for name, _ in stored.releases.get(tag, ()))
    found += [f"{name} is {count} times an asset of {tag}" for name, count in names.items() if count > 1]
    return found


def final_state(stored: Stored) -> dict[str, Any]:
    """What is the same after every successful run; times, ids, build records' bytes and the journal are left out.

    So is the lock: one that could not be given back runs out by itself.
    """
    return {
        "tarballs": {name: dict(package.tarballs) for name, package in stored.packages.items()},
        "manifests": {
            name: {version: _without_address(manifest) for version, manifest in package.manifests.items()}
            for name, package in stored.packages.items()
        },
        "dist-tags": {
            name: {tag: list(versions) for tag, versions in sorted(package.dist_tags.items())}
            for name, package in stored.packages.items()
        },
        "assets": {
            tag: sorted((name, _hex("sha256", data) if _is_fixed(name) else "any") for name, data in assets)
            for tag, assets in stored.releases.items()
        },
        "refs": {
            ref: "any" if "/journal/" in ref else _hex("sha256", content)
            for ref, content in stored.refs.items()
            if ref.startswith("refs/samebytes/") and not ref.endswith("/lock")
        },
    }


def _forge_packages(forge: Forge, owner: str) -> tuple[dict[str, Package], list[str]]:
    store, found, broken = NpmStore(forge, owner), {}, []
    versions = store.all_versions()
    for name in sorted({version.name for version in versions}):
        of_name = [version for version in versions if version.name == name]
        tarballs = {}
        for version in of_name:
            data = forge.storage.blob_path(version.blob).read_bytes()
            tarballs[version.version] = _hex("sha512", data)
            if tarballs[version.version] != version.blob.sha512:
                broken.append(f"the tarball of {name}@{version.version} does not match its digest")
        by_key = {version.key: version.version for version in of_name}
        tags: dict[str, list[str]] = {}
        for _, tag, key in store.tag_rows(name):
            tags.setdefault(tag, []).append(by_key.get(key, "a version that is gone"))
        manifests = {version.version: version.fields for version in of_name}
        found[name] = Package(tarballs=tarballs, manifests=manifests, dist_tags=tags)
    return found, broken


def _refs(repository: Path) -> dict[str, bytes]:
    """Ref to the content of its blob; of other objects to their name."""
    listed = _git(repository, "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)").decode()
    found = {}
    for line in listed.splitlines():
        name, kind, ref = line.split(" ", 2)
        found[ref] = _git(repository, "cat-file", "blob", name) if kind == "blob" else name.encode()
    return found


def _git(repository: Path, *arguments: str) -> bytes:
    command = ("git", "-c", "safe.directory=*", f"--git-dir={repository}", *arguments)
    return subprocess.run(command, check=True, capture_output=True).stdout


def _tags(stored: Stored) -> Iterator[str]:
    for name, package in stored.packages.items():
        for tag, versions in package.dist_tags.items():
            if len(versions) != 1:
                yield f"dist-tag {tag} of {name} is held by {sorted(versions)}"
            for version in versions:
                if version not in package.tarballs:
                    yield f"dist-tag {tag} of {name} is at {version}, which is missing"


def _evidence(stored: Stored) -> Iterator[str]:
    for ref, content in stored.refs.items():
        if ref.startswith(_EVIDENCE) and _hex("sha256", content) != ref.rpartition("/")[2]:
            yield f"{ref} does not hold what its name says"


def _release(tag: str, assets: Sequence[tuple[str, bytes]]) -> Iterator[str]:
    """`SHA512SUMS` lists exactly the tarballs and the statement, all of them there, as they are."""
    there = dict(reversed(assets))
    if _SUMS not in there:
        return
    lines = (line.partition("  ") for line in there[_SUMS].decode().splitlines())
    listed = {name: digest for digest, _, name in lines}
    fixed = {name for name in there if name.endswith(".tgz") or name == _STATEMENT}
    for name in sorted(fixed ^ listed.keys()):
        yield f"{tag}: {name} is {'not listed' if name in fixed else 'listed, but missing'}"
    for name, data in assets:
        if name in listed and _hex("sha512", data) != listed[name]:
            yield f"{tag}: {name} does not match {_SUMS}"


def _latest(stored: Stored) -> Iterator[str]:
    """`latest` is only ever at a version of a complete release; the only version of a package is shown by servers."""
    complete = {
        (name, version)
        for statement in _statements(stored)
        if not _missing(stored, statement)
        for name, version, _ in _subjects(statement)
    }
    for name, package in stored.packages.items():
        for version in package.dist_tags.get("latest", ()):
            if (name, version) not in complete and len(package.tarballs) > 1:
                yield f"latest of {name} is at {version}, whose release is incomplete"


def _missing(stored: Stored, statement: bytes) -> list[str]:
    """What a stated release lacks: packages, and where the site keeps releases, assets."""
    tag, found = _tag_of(statement), []
    assets = {name for name, _ in stored.releases.get(tag, ())}
    for name, version, digest in _subjects(statement):
        package = stored.packages.get(name)
        if package is None or package.tarballs.get(version) != digest:
            found.append(f"{name}@{version} is not there with its bytes")
        asset = f"{name.removeprefix('@').replace('/', '__')}-{version}.tgz"
        if stored.releases and asset not in assets:
            found.append(f"{asset} is not an asset of {tag}")
    if stored.releases:
        found += [f"{tag} has no {name}" for name in (_STATEMENT, _SUMS) if name not in assets]
    return found


def _statements(stored: Stored) -> Iterator[bytes]:
    for ref, content in stored.refs.items():
        if ref.startswith(f"{_EVIDENCE}statement/"):
            yield content


def _subjects(statement: bytes) -> Iterator[tuple[str, str, str]]:
    for subject in json.loads(statement)["subject"]:
        name, _, version = unquote(subject["name"]).removeprefix("pkg:npm/").rpartition("@")
        yield name, version, subject["digest"]["sha512"]


def _tag_of(statement: bytes) -> str:
    return str(json.loads(statement)["predicate"]["tag"])


def _without_address(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest without where this one server serves its tarball."""
    dist = {key: value for key, value in manifest.get("dist", {}).items() if key != "tarball"}
    return {**manifest, **({"dist": dist} if dist else {})}


def _is_fixed(asset: str) -> bool:
    return asset.endswith(".tgz") or asset in {_STATEMENT, _SUMS}


def _integrity(data: bytes) -> str:
    return "sha512-" + b64encode(hashlib.sha512(data).digest()).decode("ascii")


def _hex(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data).hexdigest()
