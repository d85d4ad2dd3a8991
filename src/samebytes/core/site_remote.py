"""Which repository of a forge a checkout belongs to, told by the git remotes it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from samebytes.errors import ConfigError
from samebytes.model.site import Site

# `user@host:path`, git's own short form of ssh (git-clone(1), "GIT URLS"); a colon after a slash is part of a path.
_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^/:@]+):(?P<path>(?!//).+)")
_PORTS = {"http": 80, "https": 443}
_PARTS = 2


def with_repository(site: Site, remotes: Mapping[str, str]) -> Site:
    """The site with `repository` and `remote` filled in; `remotes` is remote name to URL.

    What is configured is kept; `remote` may be the name of a git remote. Otherwise the remote that is at the site's
    `url` says it, by HTTP at the same origin or by ssh on the same host. Raises ConfigError: SB-1021 no remote is there
    or several are, SB-1022 a remote is named that this checkout does not have.
    """
    if site.remote:
        url = remotes.get(site.remote, site.remote)
        if url == site.remote and not _looks_like_url(url):
            raise ConfigError(
                "SB-1022",
                f"`sites.{site.id}.remote` names {site.remote!r}, and this checkout has no such git remote",
                hint=f"known remotes: {', '.join(sorted(remotes)) or 'none'}; or write a git URL",
            )
        repository = site.repository or _repository_at(site.url, url) or _last_two(url)
        return replace(site, remote=url, repository=repository or _missing(site, remotes))
    found = {name: path for name, url in remotes.items() if (path := _repository_at(site.url, url))}
    if site.repository:
        same = (remotes[name] for name, path in sorted(found.items()) if path.lower() == site.repository.lower())
        return replace(site, remote=next(same, f"{site.url}/{site.repository}.git"))
    if len({path.lower() for path in found.values()}) > 1:
        raise ConfigError(
            "SB-1021",
            f"several git remotes are at {site.url}: {', '.join(sorted(found))}",
            hint=f'say which one counts: remote = "{min(found)}" in [sites.{site.id}]',
        )
    if not found:
        _missing(site, remotes)
    name = min(found)
    return replace(site, remote=remotes[name], repository=found[name])


def _missing(site: Site, remotes: Mapping[str, str]) -> str:
    raise ConfigError(
        "SB-1021",
        f"no git remote of this checkout is at {site.url}, so that the repository of site {site.id!r} is not known",
        hint=f'write repository = "{site.owner}/NAME" in [sites.{site.id}], or git remote add {site.id} URL',
        details=dict.fromkeys(sorted(remotes), "is elsewhere"),
    )


def _looks_like_url(text: str) -> bool:
    return "://" in text or "/" in text or bool(_SCP.fullmatch(text))


def _repository_at(root: str, url: str) -> str:
    """`owner/name` where the URL leads to the forge at `root`, else empty."""
    forge = urlsplit(root)
    scp = None if "://" in url else _SCP.fullmatch(url)
    if scp:
        same, path = scp["host"].lower() == forge.hostname, scp["path"]
    else:
        parts = urlsplit(url)
        if parts.scheme in _PORTS:
            same = (parts.hostname, _port(parts.scheme, parts.port)) == (
                forge.hostname,
                _port(forge.scheme, forge.port),
            )
            same = same and parts.path.startswith(f"{forge.path}/")
            path = parts.path.removeprefix(forge.path)
        else:
            same, path = parts.scheme == "ssh" and parts.hostname == forge.hostname, parts.path
    return _last_two(path) if same else ""


def _port(scheme: str, port: int | None) -> int | None:
    return port or _PORTS.get(scheme)


def _last_two(path: str) -> str:
    """The last two parts of a path as `owner/name`; empty where there are fewer."""
    parts = [part for part in re.split(r"[/:]", path.rstrip("/").removesuffix(".git")) if part not in ("", ".", "..")]
    return "/".join(parts[-_PARTS:]) if len(parts) >= _PARTS else ""
