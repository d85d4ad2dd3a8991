"""The npm registry of a Gitea."""

from __future__ import annotations

from samebytes.registries.npm_protocol import NpmParts, NpmRegistry


def gitea_npm_url(root_url: str, owner: str) -> str:
    """Where the packages of an owner are, below the server's root URL (no slash at its end)."""
    return f"{root_url}/api/packages/{owner}/npm"


def gitea_registry(root_url: str, owner: str, parts: NpmParts) -> NpmRegistry:
    """The registry of one owner."""
    return NpmRegistry(gitea_npm_url(root_url, owner), parts)
