"""Does a package hold what its manifest promises? Entry points that are not packed, and builds that nobody ran."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from samebytes.model.finding import Finding, Severity
from samebytes.model.json_value import JsonObject, JsonValue
from samebytes.model.settings import BuildSettings
from samebytes.model.tarball import Tarball
from samebytes.model.workspace import Member

_SCRIPT = "build"
# What Node and bundlers try after a path (https://nodejs.org/api/modules.html#all-together).
_CODE = ("", ".js", ".json", ".node", ".mjs", ".cjs", "/index.js", "/index.json", "/index.node", "/package.json")
# What TypeScript tries after one.
_TYPES = ("", ".d.ts", ".ts", ".tsx", ".d.mts", ".d.cts", "/index.d.ts", "/index.ts", "/package.json")
_ENDINGS = {"main": _CODE, "module": _CODE, "types": _TYPES, "typings": _TYPES}


def missing_entry_points(tarball: Tarball) -> tuple[Finding, ...]:
    """A warning for a package whose published manifest names files in entry points that are not in it, else nothing.

    `main`, `module`, `types`, `typings`, `bin` and `exports` are looked at; a missing `main` is none.
    """
    paths = frozenset(file.path for file in tarball.files)
    missing = dict.fromkeys(
        f"{field}: {target}"
        for field, target, endings in _promised(tarball.manifest)
        if not _is_there(target, endings, paths)
    )
    if not missing:
        return ()
    finding = Finding(
        rule="missing-entry-point",
        severity=Severity.WARNING,
        place=str(tarball.id),
        message=f"the manifest names what is not in the tarball ({', '.join(missing)})",
        remedy="let the build make these files, and let `files` include them",
    )
    return (finding,)


def root_build_not_run(root: JsonObject, members: Sequence[Member], settings: BuildSettings) -> tuple[Finding, ...]:
    """A warning where only the root's package.json has a script `build`, which then nobody runs, else nothing.

    `members` are those to build.
    """
    if settings.commands or _SCRIPT not in settings.scripts or not _has_build(root):
        return ()
    if any(_has_build(member.manifest) for member in members):
        return ()
    finding = Finding(
        rule="root-build-not-run",
        severity=Severity.WARNING,
        place="package.json",
        message="the root has a script `build` and no member to build has one, so that nothing was built",
        remedy='if the root builds the members, set build.commands = ["pnpm run build"] in samebytes.toml',
    )
    return (finding,)


def _has_build(manifest: JsonObject) -> bool:
    scripts = manifest.get("scripts")
    return isinstance(scripts, Mapping) and bool(scripts.get(_SCRIPT))


def _promised(manifest: JsonObject) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Each field with a path in it, and what may follow that path."""
    for field, endings in _ENDINGS.items():
        target = manifest.get(field)
        if isinstance(target, str) and target:
            yield field, target, endings
    programs = manifest.get("bin")
    for target in programs.values() if isinstance(programs, Mapping) else (programs,):
        if isinstance(target, str) and target:
            yield "bin", target, ("",)
    for target in _exported(manifest.get("exports")):
        yield "exports", target, ("",)


def _exported(value: JsonValue) -> Iterator[str]:
    """The targets in `exports`, whatever the conditions; of alternatives in a list the first."""
    if isinstance(value, str):
        # Anything else leads to another package.
        if value.startswith("./"):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _exported(inner)
    elif isinstance(value, Sequence) and value:
        yield from _exported(value[0])


def _is_there(target: str, endings: Sequence[str], paths: frozenset[str]) -> bool:
    path = posixpath.normpath(target.lstrip("/"))
    if "*" in path:
        before, _, after = path.partition("*")
        return any(one.startswith(before) and one.endswith(after.rpartition("*")[2]) for one in paths)
    if path == ".":
        return any(ending[1:] in paths for ending in endings if ending.startswith("/index"))
    if target.endswith("/") and any(one.startswith(f"{path}/") for one in paths):
        return True
    return any(f"{path}{ending}" in paths for ending in endings)
