"""The addresses of npm's registry protocol below a registry's URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from samebytes.model.names import PackageId, PackageName

# Servers compare no revision when a version goes (Gitea 1.25.4, Verdaccio 6.10.4); the path needs one all the same.
_NO_REVISION = "samebytes"


@dataclass(frozen=True, slots=True)
class NpmAddress:
    """Below `url`, which has no slash at its end; names are one part of the path, as npm's own client sends them."""

    url: str

    def packument(self, name: PackageName, query: str = "") -> str:
        """The packument; also where an upload is sent to."""
        return f"{self.url}/{_encoded(name)}" + (f"?{query}" if query else "")

    def packument_revision(self, name: PackageName, revision: str) -> str:
        """The packument at a revision, to be replaced or removed."""
        return f"{self.url}/{_encoded(name)}/-rev/{quote(revision, safe='')}"

    def tarball(self, id: PackageId) -> str:  # noqa: A002  the field's own word
        """The tarball; also what `dist.tarball` of an upload says."""
        return f"{self.url}/{id.name}/-/{id.tarball_name}"

    def tarball_revision(self, id: PackageId, revision: str = _NO_REVISION) -> str:  # noqa: A002  the field's own word
        """The tarball at a revision, to be removed."""
        return f"{self.url}/{_encoded(id.name)}/-/{id.tarball_name}/-rev/{quote(revision, safe='')}"

    def version_file(self, id: PackageId) -> str:  # noqa: A002  the field's own word
        """What Gitea and Forgejo want to be asked to remove: the path names the version."""
        return f"{self.url}/{_encoded(id.name)}/-/{id.version}/{id.tarball_name}/-rev/{_NO_REVISION}"

    def dist_tags(self, name: PackageName) -> str:
        """The list of dist-tags."""
        return f"{self.url}/-/package/{_encoded(name)}/dist-tags"

    def dist_tag(self, name: PackageName, dist_tag: str) -> str:
        """One dist-tag."""
        return f"{self.dist_tags(name)}/{quote(dist_tag, safe='')}"


def _encoded(name: PackageName) -> str:
    return name.text.replace("/", "%2F")
