"""The documents of the npm registry: packument and search, with the host of ROOT_URL whatever the request said."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from samebytes.testing.forge import go_version
from samebytes.testing.forge.go_version import OrderKey
from samebytes.testing.forge.npm_store import NpmStore, Version

# Fields of the highest version that stand at the packument's top as well.
_TOP = ("author", "description", "readme", "homepage", "license")


def registry_url(root_url: str, owner: str) -> str:
    """The registry's address without a slash at its end."""
    return f"{root_url}/api/packages/{quote(owner, safe='')}/npm"


def by_order(versions: Sequence[Version]) -> list[Version]:
    """Versions from low to high; equal ones as they came."""
    return sorted(versions, key=_key)


def packument(store: NpmStore, versions: Sequence[Version], registry: str) -> dict[str, Any]:
    """The full document; there is no other form. `versions` is not empty."""
    ordered = by_order(versions)
    highest = ordered[-1]
    tags = store.tags(highest.name, ordered)
    return {
        "_id": highest.name,
        "name": highest.name,
        **({"dist-tags": tags} if tags else {}),
        **{key: highest.fields[key] for key in _TOP if key in highest.fields},
        "repository": highest.repository,
        "versions": {version.version: _manifest(version, registry) for version in ordered},
    }


def search(found: Sequence[Version], total: int, registry: str) -> dict[str, Any]:
    """What a search answers, with one version of each package."""
    return {"objects": [{"package": _found(version, registry)} for version in found], "total": total}


def _manifest(version: Version, registry: str) -> dict[str, Any]:
    parts = (quote(version.version, safe="+"), quote(version.file_name, safe="+"))
    path = f"{quote(version.name, safe='')}/-/{'/'.join(parts)}"
    return {
        "_id": f"{version.name}@{version.version}",
        "name": version.name,
        "version": version.version,
        **version.fields,
        # Kept for the top of the document only.
        "repository": {"type": "", "url": ""},
        "dist": {
            "integrity": f"sha512-{base64.b64encode(bytes.fromhex(version.blob.sha512)).decode()}",
            "shasum": version.blob.sha1,
            "tarball": f"{registry}/{path}",
        },
    }


def _found(version: Version, registry: str) -> dict[str, Any]:
    scope, _, name = version.name.rpartition("/")
    return {
        "scope": scope or "unscoped",
        "name": name,
        "version": version.version,
        "date": version.created,
        "description": version.fields["description"],
        "author": version.fields["author"],
        "publisher": {"name": version.owner},
        "maintainers": [],
        "links": {"npm": registry},
    }


def _key(version: Version) -> OrderKey:
    parsed = go_version.parse(version.version)
    return parsed.order_key() if parsed else ((), False, ())
