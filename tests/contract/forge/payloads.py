"""Publish bodies made by the tests themselves, in the form of npm's own."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Mapping
from typing import Any


def tarball(name: str, version: str, size: int = 300) -> bytes:
    """Bytes that stand for a tarball: the servers look at none; the same for the same arguments."""
    return random.Random(f"{name}@{version} {size}").randbytes(size)


def integrity(data: bytes) -> str:
    """The integrity of bytes."""
    return f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"


def shasum(data: bytes) -> str:
    """The shasum of bytes."""
    return hashlib.sha1(data).hexdigest()


def publish_body(
    name: str,
    version: str,
    size: int = 300,
    *,
    data: bytes | None = None,
    tags: tuple[str, ...] = ("latest",),
    fields: Mapping[str, Any] | None = None,
) -> bytes:
    """The body that publishes a version, with more fields for its manifest if wanted."""
    data = tarball(name, version, size) if data is None else data
    manifest = {
        "_id": f"{name}@{version}",
        "name": name,
        "version": version,
        "description": "lab package",
        "license": "MIT",
        "main": "index.js",
        **(fields or {}),
        "dist": {"integrity": integrity(data), "shasum": shasum(data), "tarball": ""},
    }
    attachment = {
        "content_type": "application/octet-stream",
        "data": base64.b64encode(data).decode(),
        "length": len(data),
    }
    return json.dumps(
        {
            "_id": name,
            "name": name,
            "description": "lab package",
            "dist-tags": dict.fromkeys(tags, version),
            "versions": {version: manifest},
            "access": None,
            "_attachments": {f"{name}-{version}.tgz": attachment},
        }
    ).encode()
