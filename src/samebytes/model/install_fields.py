"""The fields of a version manifest that decide what clients install."""

from __future__ import annotations

# What npm's abbreviated packument keeps because clients install by it (npm/registry, docs/responses/package-metadata.md).
INSTALL_MAPS = ("dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta")
PLATFORM_LISTS = ("cpu", "libc", "os")
PROJECTED = frozenset(
    {
        *INSTALL_MAPS,
        *PLATFORM_LISTS,
        "bin",
        "bundleDependencies",
        "deprecated",
        "engines",
        "hasInstallScript",
        "name",
        "version",
    }
)
