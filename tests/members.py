"""Members and workspaces for tests of pure code, written in one line each."""

from __future__ import annotations

from collections.abc import Mapping

from samebytes.model.names import PackageName
from samebytes.model.versions import Version
from samebytes.model.workspace import Dependency, DependencyKind, Member, Workspace


def member(
    name: str,
    version: str = "1.0.0",
    *,
    directory: str = "",
    private: bool = False,
    ignored: str = "",
    publish_directory: str = "",
    manifest: Mapping[str, object] | None = None,
    **dependencies: Mapping[str, str],
) -> Member:
    """A member in `packages/<base name>`; maps of dependencies are given as `dependencies={...}`, `peerDependencies={...}`."""
    place = directory or f"packages/{name.rpartition('/')[2]}"
    return Member(
        name=PackageName(name),
        version=Version(version),
        directory=place,
        publish_directory=publish_directory or place,
        private=private,
        ignored=ignored,
        manifest={"name": name, "version": version, **(manifest or {})},  # type: ignore[dict-item]
        dependencies=tuple(
            Dependency(alias=alias, specifier=specifier, kind=DependencyKind(kind))
            for kind, entries in dependencies.items()
            for alias, specifier in entries.items()
        ),
    )


def workspace(*members: Member, catalogs: Mapping[str, Mapping[str, str]] | None = None) -> Workspace:
    """A workspace of these members, sorted by directory."""
    return Workspace(
        members=tuple(sorted(members, key=lambda one: one.directory)),
        catalogs=catalogs or {},
        package_manager=None,
        node=None,
        lockfile=None,
        findings=(),
    )
