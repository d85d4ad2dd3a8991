"""The npm registry of a Forgejo: at the same place as Gitea's, whose code it has grown out of."""

from __future__ import annotations

from samebytes.registries.gitea import gitea_registry as forgejo_registry

__all__ = ["forgejo_registry"]
