"""Which URL asks for what: a request's path in, a value out.

    /                                            the page that lists the sites
    /-/ping                                      ping
    /<site>/npm/-/ping                           ping
    /<site>/npm/-/v1/search                      search
    /<site>/npm/-/package/<name>/dist-tags       dist-tags
    /<site>/npm/<name>                           packument
    /<site>/npm/<name>/<version or dist-tag>     version manifest
    /<site>/npm/<name>/-/<file>.tgz              tarball
    /<site>/releases/<tag>/<asset>               release asset

Each part of the path is decoded once and only then looked at, so a scoped name may come as `@s/n`, `@s%2fn` or
`%40s%2Fn`, and a tag with a slash as one part. Names are checked by the types that hold them: no part becomes a path
as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from samebytes.errors import FormatError
from samebytes.model.names import PackageName


@dataclass(frozen=True, slots=True)
class Index:
    """The page that lists the sites."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Is anybody there?"""


@dataclass(frozen=True, slots=True)
class Search:
    """The packages of a site."""

    site: str


@dataclass(frozen=True, slots=True)
class DistTags:
    """The dist-tags of a package."""

    site: str
    name: PackageName


@dataclass(frozen=True, slots=True)
class Packument:
    """A packument; `registry` is the raw path of the registry, which tarball URLs start with."""

    site: str
    registry: str
    name: PackageName


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version manifest, by version or dist-tag."""

    site: str
    registry: str
    name: PackageName
    version: str


@dataclass(frozen=True, slots=True)
class Tarball:
    """A tarball, by its file name."""

    site: str
    name: PackageName
    file_name: str


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset of a release."""

    site: str
    tag: str
    name: str


AtSite: TypeAlias = Search | DistTags | Packument | Manifest | Tarball | Asset
Route: TypeAlias = Index | Ping | AtSite


def route(raw_path: bytes) -> Route | None:
    """What a percent-encoded path asks for, None when that is nothing we have."""
    raw = raw_path.decode("latin-1").removeprefix("/")
    try:
        parts = [unquote_to_bytes(part).decode("utf-8") for part in raw.split("/")]
    except UnicodeDecodeError:
        return None
    match parts:
        case [""]:
            return Index()
        case ["-", "ping"]:
            return Ping()
        case [site, "npm", *rest] if site:
            return _in_registry(site, f"/{raw.split('/')[0]}/npm", rest)
        case [site, "releases", tag, name] if site and tag and name:
            return Asset(site, tag, name)
        case _:
            return None


def _in_registry(site: str, registry: str, parts: list[str]) -> Route | None:
    match parts:
        case ["-", "ping"]:
            return Ping()
        case ["-", "v1", "search"]:
            return Search(site)
        case ["-", "package", *middle, "dist-tags"]:
            name, rest = _name(middle)
            return DistTags(site, name) if name and not rest else None
        case _:
            name, rest = _name(parts)
            return _of_package(site, registry, name, rest) if name else None


def _of_package(site: str, registry: str, name: PackageName, rest: list[str]) -> Route | None:
    match rest:
        case []:
            return Packument(site, registry, name)
        case ["-", file_name]:
            return Tarball(site, name, file_name)
        case [version]:
            return Manifest(site, registry, name, version)
        case _:
            return None


def _name(parts: list[str]) -> tuple[PackageName | None, list[str]]:
    """The package name that the parts start with, and what follows it."""
    taken = 2 if parts and parts[0].startswith("@") and "/" not in parts[0] else 1
    try:
        return PackageName("/".join(parts[:taken])), parts[taken:]
    except FormatError:
        return None, parts
