"""What each generation of a package manager packs: which files, which manifest, which modes, which scripts.

A profile is data; the rules it names live in `core.list_files` and `core.rewrite`. A released revision never changes: a
correction that alters bytes is a new revision beside the old one. docs/reference/profiles.md lists what differs from the
real tools and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from samebytes.errors import RefusedError
from samebytes.model.versions import Version


class FileRules(StrEnum):
    """The algorithm that lists a package's files, named after its origin."""

    NPM_PACKLIST_5 = "npm-packlist-5.1.3"
    NPM_PACKLIST_10 = "npm-packlist-10.0.4"


class RootLicense(StrEnum):
    """Whether a member without a licence file gets the workspace root's, and which of its files count.

    `follow-links` takes a symlink too; `any-case` takes regular files that may be called `License`, as pnpm 12 (12.21.0).
    """

    NEVER = "never"
    FOLLOW_LINKS = "follow-links"
    REGULAR_FILES = "regular-files"
    ANY_CASE = "any-case"


class Links(StrEnum):
    """What becomes of a symlink in a package; no tarball of ours holds one."""

    LEFT_OUT = "left-out"
    COPIED = "copied"


class Bundles(StrEnum):
    """Where the packages that a member bundles are looked for, and under which paths they are packed."""

    AS_FOUND = "as-found"
    PLACED = "placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRules:
    """What differs between the tools that walk a package under ignore rules, as npm-packlist 10 does.

    `outer_ignore_files` is whether ignore files of the directories between the workspace root and the member count, and
    `bundled_ignore_files` whether those of bundled packages do. `literal_entry_points` is whether `main`, `browser`
    and `bin` are taken as they are written, and not as patterns; `deep_names` whether a file that `files` names outright
    is spared the default exclusions at any depth, and `excluded_names_win` whether one that it also excludes by name is out
    in any order (else the first word counts); `star_names` whether a file may have a `*` in its name. `never` holds
    file names that nothing brings in.
    """

    outer_ignore_files: bool = True
    links: Links = Links.LEFT_OUT
    bundles: Bundles = Bundles.AS_FOUND
    bundled_ignore_files: bool = False
    literal_entry_points: bool = False
    deep_names: bool = False
    excluded_names_win: bool = False
    star_names: bool = False
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRules:
    """How package.json becomes the published one.

    `workspace_version` matches, in full, the `workspace:` specifiers that stand for a member's version; its group `range`
    is what is put before that version. The flags say whether `jsr:` specifiers become npm aliases, `engines.runtime`
    entries become `runtime:` dependencies, a string `bin` or `repository` becomes an object and `peerDependenciesMeta`
    states `optional`; `rewritten_moves_last` is where such a `bin` and `optional` end up among their neighbours.
    `catalog_first` is whether a catalog may hold `workspace:` specifiers, `peer_aliases` whether a peer dependency may name
    a member by another name or by path.
    """

    dropped_fields: frozenset[str]
    dropped_scripts: frozenset[str]
    publish_config_fields: frozenset[str]
    workspace_version: str
    jsr: bool = False
    runtime_dependencies: bool = False
    object_bin: bool = False
    rewritten_moves_last: bool = False
    object_repository: bool = False
    explicit_optional_peers: bool = False
    catalog_first: bool = False
    peer_aliases: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules of one package manager generation, at one revision.

    `versions` says in words which versions of the tool it stands for. `walk` is for the file rules that walk.
    `own_license` is searched in each path to see whether a member brings a licence of its own. `modes_from_disk` is whether
    the owner's x bit on disk makes a file executable, `hidden_programs` whether hidden files in `directories.bin` are.
    `scripts_before` and `scripts_after` are what the tool's *publish* runs around packing.
    """

    name: str
    revision: int
    tool: str
    versions: str
    file_rules: FileRules
    walk: WalkRules
    root_license: RootLicense
    own_license: str
    modes_from_disk: bool
    hidden_programs: bool
    manifest: ManifestRules
    scripts_before: tuple[str, ...]
    scripts_after: tuple[str, ...]

    @property
    def id(self) -> str:
        """The name with its revision, as the release statement records it: `pnpm-9.r1`."""
        return f"{self.name}.r{self.revision}"


# pnpm's createExportableManifest, the same list in every version from 9.0.0 to 12.
_PNPM_DROPPED_SCRIPTS = frozenset({"prepublishOnly", "prepack", "prepare", "postpack", "publish", "postpublish"})
_PNPM_DROPPED_FIELDS = frozenset({"pnpm", "packageManager"})

# pnpm's PUBLISH_CONFIG_WHITELIST, as of 9.0.0; `engines` came with 10.22.0, `name` with 11.18.0.
_PNPM_9_PUBLISH_CONFIG = frozenset(
    {
        "bin",
        "type",
        "imports",
        "main",
        "module",
        "typings",
        "types",
        "exports",
        "browser",
        "esnext",
        "es2015",
        "unpkg",
        "umd:main",
        "os",
        "cpu",
        "libc",
        "typesVersions",
    }
)

# `workspace:` with an optional alias and a bare range. Up to 10.28 any specifier that ends in ^, ~ or * counts, and one
# without a range does not; 10.29.0 made it strict and let the range be left out.
_LOOSE_WORKSPACE_VERSION = r"workspace:.*?@?(?P<range>[\^~*])"
_STRICT_WORKSPACE_VERSION = r"workspace:(?:.+@)?(?P<range>[\^~*])?"

# `pnpm publish`: prepublishOnly and prepublish, then what `pnpm pack` runs (prepack, prepare, postpack). It runs publish
# and postpublish after the upload, which we never do: there is not one upload here but one for each site.
_PNPM_SCRIPTS_BEFORE = ("prepublishOnly", "prepublish", "prepack", "prepare")
_PNPM_SCRIPTS_AFTER = ("postpack",)

# Up to 11.27 the word in any part of any path will do; since then it has to be the file's name.
_LICENSE_ANYWHERE = "LICEN[CS]E"
_LICENSE_NAME = r"(?:^|/)LICEN[CS]E(?:\..+)?$"

_PNPM_9 = Profile(
    name="pnpm-9",
    revision=1,
    tool="pnpm",
    versions="pnpm 9",
    file_rules=FileRules.NPM_PACKLIST_5,
    walk=WalkRules(),
    root_license=RootLicense.FOLLOW_LINKS,
    own_license=_LICENSE_ANYWHERE,
    modes_from_disk=False,
    hidden_programs=False,
    manifest=ManifestRules(
        dropped_fields=_PNPM_DROPPED_FIELDS,
        dropped_scripts=_PNPM_DROPPED_SCRIPTS,
        publish_config_fields=_PNPM_9_PUBLISH_CONFIG,
        workspace_version=_LOOSE_WORKSPACE_VERSION,
    ),
    scripts_before=_PNPM_SCRIPTS_BEFORE,
    scripts_after=_PNPM_SCRIPTS_AFTER,
)

_PNPM_10 = replace(
    _PNPM_9,
    name="pnpm-10",
    versions="pnpm 10",
    manifest=replace(
        _PNPM_9.manifest,
        publish_config_fields=_PNPM_9_PUBLISH_CONFIG | {"engines"},
        workspace_version=_STRICT_WORKSPACE_VERSION,
        jsr=True,
        runtime_dependencies=True,
    ),
)

_PNPM_11 = Profile(
    name="pnpm-11",
    revision=1,
    tool="pnpm",
    versions="pnpm 11.0 to 11.27",
    file_rules=FileRules.NPM_PACKLIST_10,
    walk=WalkRules(),
    root_license=RootLicense.REGULAR_FILES,
    own_license=_LICENSE_ANYWHERE,
    modes_from_disk=False,
    hidden_programs=False,
    manifest=ManifestRules(
        dropped_fields=_PNPM_DROPPED_FIELDS,
        dropped_scripts=_PNPM_DROPPED_SCRIPTS,
        publish_config_fields=_PNPM_9_PUBLISH_CONFIG | {"engines", "name"},
        workspace_version=_STRICT_WORKSPACE_VERSION,
        jsr=True,
        runtime_dependencies=True,
        object_bin=True,
        rewritten_moves_last=True,
        object_repository=True,
        explicit_optional_peers=True,
    ),
    scripts_before=_PNPM_SCRIPTS_BEFORE,
    scripts_after=_PNPM_SCRIPTS_AFTER,
)

# From here on pnpm packs links, reads x bits, and finds what is bundled in an isolated node_modules.
_PNPM_11_28 = replace(
    _PNPM_11,
    name="pnpm-11.28",
    versions="pnpm 11.28 and newer 11",
    walk=WalkRules(links=Links.COPIED, bundles=Bundles.PLACED),
    own_license=_LICENSE_NAME,
    modes_from_disk=True,
    manifest=replace(_PNPM_11.manifest, catalog_first=True, peer_aliases=True),
)

# The native pnpm came to npm's rules in steps; these are those of 12.16.1 and newer.
_PNPM_12 = replace(
    _PNPM_11_28,
    name="pnpm-12",
    versions="pnpm 12",
    walk=WalkRules(
        links=Links.COPIED,
        bundles=Bundles.PLACED,
        bundled_ignore_files=True,
        literal_entry_points=True,
        deep_names=True,
        excluded_names_win=True,
        star_names=True,
        never=frozenset({".npmrc", ".git", ".svn", ".hg", "CVS"}),
    ),
    root_license=RootLicense.ANY_CASE,
    hidden_programs=True,
    manifest=replace(_PNPM_11_28.manifest, runtime_dependencies=False, rewritten_moves_last=False),
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {known.id: known for known in (_PNPM_9, _PNPM_10, _PNPM_11, _PNPM_11_28, _PNPM_12)}
)

# The newest revision for each version of pnpm, by the first version that packs so.
_PNPM_SINCE: tuple[tuple[tuple[int, int], Profile], ...] = (
    ((12, 0), _PNPM_12),
    ((11, 28), _PNPM_11_28),
    ((11, 0), _PNPM_11),
    ((10, 0), _PNPM_10),
    ((9, 0), _PNPM_9),
)
_PNPM_END = (13, 0)


def profile(name_with_revision: str) -> Profile:
    """The profile of this name and revision, such as `pnpm-9.r1`.

    Raises RefusedError (SB-4501) when this samebytes does not have it: packing by other rules would give other bytes.
    """
    known = PROFILES.get(name_with_revision)
    if known is None:
        raise RefusedError(
            "SB-4501",
            f"this samebytes has no packing profile {name_with_revision!r}",
            hint="install the samebytes version that made the release, or set pack.profile to one of: "
            + ", ".join(sorted(PROFILES)),
        )
    return known


def profile_for_pnpm(version: Version) -> Profile | None:
    """The newest profile that packs like this version of pnpm, or None where there is none."""
    wanted = version.release[:2]
    if wanted >= _PNPM_END:
        return None
    return next((known for since, known in _PNPM_SINCE if wanted >= since), None)
