"""Short forms of what tests ask of a site."""

from __future__ import annotations

from samebytes.model.names import PackageId
from samebytes.model.tag import Commit
from samebytes.registries.base import Registry
from samebytes.system.content import CollectingSink

_LIMIT_BYTES = 64 * 1024 * 1024


def tarball_of(registry: Registry, id_: PackageId) -> bytes | None:
    """The tarball a registry serves, or None."""
    sink = CollectingSink(_LIMIT_BYTES, str(id_))
    return sink.data if registry.read_tarball(id_, sink) else None


def tag_at(name: str, commit: str = "1f" * 20) -> Commit:
    """A lightweight tag at a commit."""
    return Commit(name=name, tag_object="", commit=commit, tree="2e" * 20, time_s=0, message="")
