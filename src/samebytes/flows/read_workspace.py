"""From the files of a commit or folder to the workspace, with the tools that the configuration pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samebytes.core.tool_pins import contradictions, read_package_manager
from samebytes.core.version_from_tag import with_version_of_tag
from samebytes.errors import ConfigError
from samebytes.model.settings import BuildSettings, Settings
from samebytes.model.tag import Commit
from samebytes.model.workspace import ToolPin, Workspace
from samebytes.package_managers.base import PackageManager, SourceTree

_CONFIG = "samebytes.toml: build"


def recognised(tree: SourceTree, package_managers: Sequence[PackageManager]) -> PackageManager:
    """The first package manager that takes this tree for its own.

    Raises ConfigError (SB-2022) when none does.
    """
    for package_manager in package_managers:
        if package_manager.recognises(tree):
            return package_manager
    known = ", ".join(package_manager.kind for package_manager in package_managers)
    raise ConfigError(
        "SB-2022",
        "the repository is no workspace of a package manager that samebytes knows",
        hint=f'name one of {known} in the root package.json, for example "packageManager": "pnpm@9.12.0"',
    )


def read_workspace(tree: SourceTree, package_manager: PackageManager, settings: BuildSettings) -> Workspace:
    """The workspace as configured: tools pinned in samebytes.toml win over what the repository declares.

    Raises ConfigError or FormatError (SB-2xxx) with the place of what is wrong.
    """
    workspace = package_manager.read_workspace(tree)
    manager, node = workspace.package_manager, workspace.node
    findings = workspace.findings
    if settings.package_manager:
        configured = read_package_manager(settings.package_manager, f"{_CONFIG}.package_manager")
        findings += contradictions([configured, *([manager] if manager else [])], "the package manager")
        manager = configured
    if settings.node:
        configured = ToolPin(name="node", version=settings.node, digest=None, source=f"{_CONFIG}.node")
        findings += contradictions([configured, *([node] if node else [])], "Node")
        node = configured
    return replace(workspace, package_manager=manager, node=node, findings=findings)


def read_tagged_workspace(
    tree: SourceTree, package_manager: PackageManager, settings: Settings, commit: Commit
) -> Workspace:
    """The workspace at a commit; with `build.version_from_tag`, members at 0.0.0 have the tag's version.

    Raises as `read_workspace`, and ConfigError (SB-3020) when the tag holds no version.
    """
    workspace = read_workspace(tree, package_manager, settings.build)
    if settings.build.version_from_tag and not commit.is_snapshot:
        return with_version_of_tag(workspace, commit.name)
    return workspace
