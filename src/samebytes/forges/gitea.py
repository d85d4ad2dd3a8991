"""One Gitea or Forgejo as a site uses it: everything about a repository over one transport, each part by its Protocol."""

from __future__ import annotations

from dataclasses import dataclass

from samebytes.forges.gitea_api import GiteaApi
from samebytes.forges.gitea_releases import GiteaReleases
from samebytes.forges.gitea_runs import GiteaRuns
from samebytes.forges.gitea_secrets import GiteaSecrets
from samebytes.forges.gitea_variables import GiteaVariables
from samebytes.forges.recognise import Recognition
from samebytes.forges.rights import survey_rights
from samebytes.model.rights import ForgeRights
from samebytes.system.http.base import Transport
from samebytes.system.http.pauses import Pauses


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GiteaForge:
    """The parts; what the server is, is asked when one of them first needs to know. Releases never do."""

    recognition: Recognition
    releases: GiteaReleases
    runs: GiteaRuns
    secrets: GiteaSecrets
    variables: GiteaVariables
    _api: GiteaApi

    def rights(self, owner: str) -> ForgeRights:
        """What the credential may do with the repository and the packages of this owner."""
        return survey_rights(self._api.transport, self._api.root_url, owner, self._api.repository)


def open_gitea(transport: Transport, root_url: str, repository: str, pauses: Pauses, kind: str = "") -> GiteaForge:
    """Open a forge without asking it anything.

    `root_url` has no trailing slash, `repository` is `<owner>/<name>`, `kind` the configured one (`gitea`, `forgejo`): the
    server decides which it is. The transport signs requests and repeats safe ones (`site_transport`).
    """
    api = GiteaApi(transport=transport, root_url=root_url, repository=repository, pauses=pauses)
    recognition = Recognition(transport, root_url, kind)
    return GiteaForge(
        recognition=recognition,
        releases=GiteaReleases(api),
        runs=GiteaRuns(api, recognition.dialect),
        secrets=GiteaSecrets(api, recognition.dialect),
        variables=GiteaVariables(api, recognition.dialect),
        _api=api,
    )
