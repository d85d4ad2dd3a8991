"""How a server is reached: the credential by its name, the transport, the git remote."""

from __future__ import annotations

import os
from dataclasses import dataclass

from samebytes.model.site import Site
from samebytes.stores.git_refs import GitRefsState
from samebytes.stores.git_refs_evidence import GitRefsEvidence
from samebytes.system.credentials import Credential, CredentialPlaces, conventional_credential, resolve
from samebytes.system.git_remote import GitRemote
from samebytes.system.git_remote_credential import GitCredential
from samebytes.system.http.authorize import Authorization
from samebytes.system.http.pauses import Pauses
from samebytes.system.http.stack import SiteTransport, site_transport
from samebytes.wiring.ports import Ports

# Gitea and Forgejo take any name beside a token.
_ANY_USER = "samebytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A server's transport, what it is repeated by, and what it is signed with."""

    transport: SiteTransport
    pauses: Pauses
    authorization: Authorization | None
    credential: Credential | None


def access(site: Site, ports: Ports, pauses: Pauses | None = None) -> Access:
    """The way to a site's server; nothing is sent. Raises ConfigError (SB-5125, SB-5126, SB-5140 to SB-5150)."""
    credential = _credential(site, ports)
    authorization = None
    if credential is not None:
        authorization = (
            Authorization.basic(credential.user, credential.secret)
            if credential.user
            else Authorization.bearer(credential.secret)
        )
    pauses = pauses or Pauses(clock=ports.clock, randomness=ports.randomness)
    real = ports.transport(site) if ports.transport is not None else None
    return Access(
        transport=site_transport(site, authorization, pauses, real=real),
        pauses=pauses,
        authorization=authorization,
        credential=credential,
    )


def git_stores(
    site: Site, url: str, credential: Credential | None, ports: Ports
) -> tuple[GitRefsState, GitRefsEvidence]:
    """Local state and evidence of a site behind a git URL. Raises ConfigError (SB-5114, SB-5117)."""
    remote = git_remote(site, url, credential, ports)
    state = GitRefsState(remote, site.id, ports.clock, ports.randomness, site.request_timeout_s)
    return state, GitRefsEvidence(remote)


def git_remote(site: Site, url: str, credential: Credential | None, ports: Ports) -> GitRemote:
    """A git remote reached as the site is. Raises ConfigError (SB-5114, SB-5117)."""
    git_credential = None
    if credential is not None:
        git_credential = GitCredential(username=credential.user or _ANY_USER, token=credential.secret)
    return GitRemote(
        ports.runner,
        url,
        search_path=ports.variables.get("PATH", os.defpath),
        credential=git_credential,
        variables=ports.variables,
        ca_file=site.ca_file,
        proxy=site.proxy,
        timeout_s=site.request_timeout_s,
        clock=ports.clock,
        object_format=ports.object_format,
    )


def _credential(site: Site, ports: Ports) -> Credential | None:
    name = site.credential or conventional_credential(site.id, ports.variables)
    if name is None:
        return None
    places = CredentialPlaces(variables=ports.variables, home=ports.variables.get("HOME", ""), project=ports.folder)
    return resolve(name, places, site.url)
