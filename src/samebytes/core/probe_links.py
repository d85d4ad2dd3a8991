"""Which repository of a forge a manifest's `repository` names, as the forge itself reads it (servers.md, g).

Gitea 1.25 matches the address of a repository by scheme and host in any letter case, and its ssh forms; Forgejo 11 only
the very text of its own address. What is not matched is stored without a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from samebytes.core.install_manifest import expected_manifest
from samebytes.model.json_value import JsonObject
from samebytes.model.names import PackageId

_SCP = re.compile(r"git@(?P<host>[^:/]+(?::\d+)?):(?P<path>[^:]+)")
_SSH = frozenset({"ssh", "git+ssh"})


def linked_repository(url: str, root_url: str, *, any_address: bool) -> str:
    """`<owner>/<name>` that the forge at `root_url` would link, or empty; never raises."""
    path = _path(url, root_url, any_address=any_address)
    owner, _, name = path.strip("/").removesuffix(".git").partition("/")
    return f"{owner}/{name}" if owner and name and "/" not in name else ""


def links(
    manifests: Mapping[PackageId, JsonObject], root_url: str, *, any_address: bool
) -> dict[str, tuple[PackageId, ...]]:
    """Repository to the members whose manifests name it, both sorted."""
    found: dict[str, list[PackageId]] = {}
    for id_, manifest in sorted(manifests.items(), key=lambda item: item[0]):
        repository = linked_repository(_url(id_, manifest), root_url, any_address=any_address)
        if repository:
            found.setdefault(repository, []).append(id_)
    return {repository: tuple(found[repository]) for repository in sorted(found)}


def _url(id_: PackageId, manifest: JsonObject) -> str:
    """The address as it is sent."""
    repository = expected_manifest(id_, manifest, ()).get("repository")
    url = repository.get("url") if isinstance(repository, Mapping) else None
    return url if isinstance(url, str) else ""


def _path(url: str, root_url: str, *, any_address: bool) -> str:
    if not any_address:
        return url.removeprefix(root_url) if url.startswith(f"{root_url}/") else ""
    root = urlsplit(root_url)
    scp = _SCP.fullmatch(url)
    if scp:
        return scp["path"] if scp["host"].lower() in {root.netloc, root.hostname} else ""
    try:
        asked = urlsplit(url)
    except ValueError:
        return ""
    host = asked.netloc.rpartition("@")[2].lower()
    if asked.scheme == root.scheme and host == root.netloc:
        return asked.path.removeprefix(root.path)
    # Whatever port ssh listens at: the host says it.
    return asked.path if asked.scheme in _SSH and host.partition(":")[0] == root.hostname else ""
