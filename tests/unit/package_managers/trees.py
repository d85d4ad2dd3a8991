"""A source tree of a few texts, for tests of readers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from samebytes.model.workspace import Workspace
from samebytes.package_managers.pnpm_workspace import read_pnpm_workspace


class TextTree:
    """Files by path; a mapping becomes JSON."""

    def __init__(self, files: Mapping[str, object]) -> None:
        self._files = {path: _bytes(content) for path, content in files.items()}

    def read(self, path: str) -> bytes | None:
        """The bytes, None where there is no such file."""
        return self._files.get(path)

    def files(self) -> Sequence[str]:
        """Every path, sorted."""
        return sorted(self._files)

    def directory_links(self) -> Mapping[str, str]:
        """None."""
        return {}


def package(name: str, version: str = "1.0.0", **fields: object) -> Mapping[str, object]:
    """A manifest."""
    return {"name": name, "version": version, **fields}


def read(
    files: Mapping[str, object], *, pnpm: str = "10.30.0", packages: str = "packages: ['packages/*']\n"
) -> Workspace:
    """The workspace of these files, with a root that pins pnpm, a workspace file and a lockfile unless they are given."""
    return read_pnpm_workspace(
        TextTree(
            {
                "package.json": {"name": "root", "private": True, "packageManager": f"pnpm@{pnpm}"},
                "pnpm-workspace.yaml": packages,
                "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
                **files,
            }
        )
    )


def _bytes(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()
