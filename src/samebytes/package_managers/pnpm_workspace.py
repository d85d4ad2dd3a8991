"""Reading a pnpm workspace (pnpm 9 to 12): from the files of a commit to members, catalogs, pins and findings."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.core.tool_pins import contradictions, exact_version
from samebytes.formats import package_json
from samebytes.formats.lockfiles import read_pinned_package_managers
from samebytes.formats.package_json import MANIFEST
from samebytes.model.digests import sha256
from samebytes.model.finding import Finding, Severity
from samebytes.model.json_value import JsonObject
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin, Workspace
from samebytes.package_managers.base import SourceTree
from samebytes.package_managers.changesets import read_ignored
from samebytes.package_managers.declared_tools import node_pins, package_manager_pins
from samebytes.package_managers.manifest_fields import object_field, text_field
from samebytes.package_managers.pnpm_checks import check_references, unique_members
from samebytes.package_managers.pnpm_directories import find_directories
from samebytes.package_managers.pnpm_members import read_projects
from samebytes.package_managers.pnpm_patterns import read_patterns
from samebytes.package_managers.pnpm_settings import (
    LOCKFILE,
    PnpmSettings,
    read_settings,
    read_workspace_file,
)

KIND = "pnpm"
_PNPM_11 = Version("11.0.0-0")


def read_pnpm_workspace(tree: SourceTree) -> Workspace:
    """The workspace whose root is the root of this tree.

    Raises ConfigError or FormatError (SB-2xxx, and those of the JSON and YAML readers) with the place of what is wrong.
    """
    root = _root_manifest(tree)
    pins = _with_locked_version(package_manager_pins(root), tree)
    version = exact_version(pins[0].version) if pins and pins[0].name == KIND else None
    workspace_file = read_workspace_file(tree)
    settings = read_settings(tree, workspace_file, version)
    patterns = read_patterns(workspace_file, version)
    projects = read_projects(tree, find_directories(tree, patterns), read_ignored(tree))
    members, duplicates = unique_members(projects)
    check_references(projects, workspace_file)
    node = node_pins(root, tree, _node_settings(settings, root, version))
    lockfile = tree.read(LOCKFILE)
    return Workspace(
        members=members,
        catalogs=workspace_file.catalogs,
        package_manager=pins[0] if pins else None,
        node=node[0] if node else None,
        lockfile=None if lockfile is None else sha256(lockfile),
        findings=(
            *patterns.findings,
            *(finding for project in projects for finding in project.findings),
            *duplicates,
            *contradictions(pins, "the package manager"),
            *contradictions(node, "Node"),
            *_lockfile_findings(settings, lockfile),
            *_ignored_field(root, version),
        ),
    )


def _root_manifest(tree: SourceTree) -> JsonObject:
    data = tree.read(MANIFEST)
    return {} if data is None else package_json.read(data, MANIFEST)


def _with_locked_version(pins: Sequence[ToolPin], tree: SourceTree) -> tuple[ToolPin, ...]:
    """The pins, the first one's range replaced by the version pnpm 11 recorded for it in the lockfile."""
    if not pins or exact_version(pins[0].version) is not None:
        return tuple(pins)
    data = tree.read(LOCKFILE)
    locked = {} if data is None else read_pinned_package_managers(data, LOCKFILE)
    first = pins[0]
    if first.name not in locked:
        return tuple(pins)
    source = f"{LOCKFILE}: packageManagerDependencies"
    return ToolPin(name=first.name, version=locked[first.name], digest=None, source=source), *pins


def _node_settings(settings: PnpmSettings, root: JsonObject, version: Version | None) -> tuple[ToolPin, ...]:
    """Node as pnpm itself is told to use it; both settings are gone in pnpm 11."""
    if version is None or version >= _PNPM_11:
        return ()
    pins: list[ToolPin] = []
    place = f"{MANIFEST}: pnpm"
    execution = object_field(object_field(root, "pnpm", MANIFEST), "executionEnv", place)
    declared = text_field(execution, "nodeVersion", f"{place}.executionEnv")
    if declared:
        pins.append(ToolPin(name="node", version=declared, digest=None, source=f"{place}.executionEnv.nodeVersion"))
    if settings.text("useNodeVersion"):
        source = settings.source("useNodeVersion")
        pins.append(ToolPin(name="node", version=settings.text("useNodeVersion"), digest=None, source=source))
    return tuple(pins)


def _lockfile_findings(settings: PnpmSettings, lockfile: bytes | None) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    if lockfile is None:
        message = f"there is no {LOCKFILE}, so that a build cannot be repeated"
        findings.append(_warning("no-lockfile", LOCKFILE, message, "run pnpm install and commit the lockfile"))
    if settings.text("sharedWorkspaceLockfile") == "false":
        message = "each member has a lockfile of its own; only the root's is recorded"
        place = settings.source("sharedWorkspaceLockfile")
        findings.append(_warning("lockfile-per-member", place, message, "use one lockfile for the workspace"))
    if settings.text("gitBranchLockfile") == "true":
        message = f"lockfiles are named after branches; only {LOCKFILE} is used, because a tag has no branch"
        place = settings.source("gitBranchLockfile")
        findings.append(_warning("lockfile-per-branch", place, message, "merge the lockfiles before tagging"))
    return tuple(findings)


def _ignored_field(root: JsonObject, version: Version | None) -> tuple[Finding, ...]:
    if "pnpm" not in root or version is None or version < _PNPM_11:
        return ()
    message = f"pnpm {version} does not read the field pnpm of package.json"
    return (_warning("ignored-pnpm-field", f"{MANIFEST}: pnpm", message, "move its settings to pnpm-workspace.yaml"),)


def _warning(rule: str, place: str, message: str, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, place=place, message=message, remedy=remedy)
