"""A monorepo at a commit, and the packages in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from samebytes.model.digests import Digest
from samebytes.model.finding import Finding
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId, PackageName
from samebytes.model.versions import Version


class DependencyKind(StrEnum):
    """The four maps of a package.json that name other packages."""

    RUNTIME = "dependencies"
    DEV = "devDependencies"
    OPTIONAL = "optionalDependencies"
    PEER = "peerDependencies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One entry of a dependency map, as written: `alias` is the key, `specifier` the value."""

    alias: str
    specifier: str
    kind: DependencyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One package of the workspace that has a valid name and version.

    `directory` and `publish_directory` are POSIX paths relative to the workspace root, `.` for the root itself;
    they differ when `publishConfig.directory` is set. `ignored` holds the reason why a member that is not private is
    never released (changesets' `ignore`), else it is empty. `manifest` is package.json as committed.
    """

    name: PackageName
    version: Version
    directory: str
    publish_directory: str
    private: bool
    ignored: str
    manifest: JsonObject
    dependencies: tuple[Dependency, ...]

    @property
    def id(self) -> PackageId:
        """`name@version`."""
        return PackageId(self.name, self.version)

    @property
    def releasable(self) -> bool:
        """Whether a tag can ever ship this member."""
        return not self.private and not self.ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPin:
    """A tool the repository declares: `packageManager`, `devEngines` or configuration.

    `version` is exact for a package manager and may be a range for Node; `digest` is None where none is declared;
    `source` says where it was found (`package.json: packageManager`).
    """

    name: str
    version: str
    digest: Digest | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """All members of a monorepo, sorted by directory, with what its package manager declares.

    `catalogs` maps catalog name (`default` for the unnamed one) to alias to specifier. `package_manager` and `node`
    are None where nothing is declared. `lockfile` is the digest of the lockfile's bytes, None where there is none.
    `findings` holds what is odd but not fatal.
    """

    members: tuple[Member, ...]
    catalogs: Mapping[str, Mapping[str, str]]
    package_manager: ToolPin | None
    node: ToolPin | None
    lockfile: Digest | None
    findings: tuple[Finding, ...]
    _by_name: Mapping[PackageName, Member] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A frozen value with slots can only be completed this way.
        object.__setattr__(self, "_by_name", {member.name: member for member in self.members})

    def member(self, name: PackageName) -> Member | None:
        """The member of this name, or None."""
        return self._by_name.get(name)
