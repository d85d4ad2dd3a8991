"""Which repository of this server a manifest's repository URL means."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from samebytes.testing.forge.state import Forge, Repository

_SCP = re.compile(r"git@(?P<host>[^:/]+(?::\d+)?):(?P<path>[^:]+)")


def find(forge: Forge, url: str) -> Repository | None:
    """The repository, or None for one elsewhere, unknown, or written in a way that the product does not match."""
    path = _path_here(url, forge.root_url, any_address=forge.product.links_any_address)
    if path is None:
        return None
    owner, _, name = path.strip("/").removesuffix(".git").partition("/")
    return forge.repository(owner, name) if owner and name and "/" not in name else None


def _path_here(url: str, root_url: str, *, any_address: bool) -> str | None:
    if not any_address:
        return url.removeprefix(root_url) if url.startswith(f"{root_url}/") else None
    root, asked = urlsplit(root_url), urlsplit(url)
    scp = _SCP.fullmatch(url)
    if scp:
        return scp["path"] if scp["host"].lower() in {root.netloc, root.hostname} else None
    host = asked.netloc.rpartition("@")[2].lower()
    if asked.scheme == root.scheme and host == root.netloc:
        return asked.path
    return asked.path if asked.scheme in {"ssh", "git+ssh"} and host in {root.netloc, root.hostname} else None
