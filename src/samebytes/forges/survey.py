"""What a probe reads at a Gitea or Forgejo beside its version: rights, limits, repositories, protected tags. Only GET."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from samebytes.errors import SiteError
from samebytes.forges.gitea_json import API_LIMIT_BYTES, Fields, object_of, objects_of
from samebytes.forges.rights import repository_rights, survey_rights
from samebytes.model.probe import ForgeLimits, ForgeSeen
from samebytes.system.http.base import Request, Response, Transport

_MEBIBYTE = 1024 * 1024
# Releases that are looked through for an asset.
_NEWEST = 5


class ForgeSurvey:
    """One server, seen with the transport's credential; `repository` is `<owner>/<name>`."""

    def __init__(self, transport: Transport, root_url: str, owner: str, repository: str) -> None:
        self._transport = transport
        self._root_url = root_url
        self._owner = owner
        self._repository = repository

    def survey(self, linked: Sequence[str]) -> ForgeSeen:
        """Everything; `linked` are the repositories that manifests name. Raises SiteError (SB-5xxx, SB-8xxx)."""
        rights = survey_rights(self._transport, self._root_url, self._owner, self._repository)
        return ForgeSeen(
            rights=rights,
            limits=self._limits(),
            linked={path: repository_rights(self._transport, self._root_url, path) for path in linked},
            protected_tags=self._protected() if rights.repository is not None else None,
            download_url=self._download_url() if rights.repository is not None else "",
        )

    def _limits(self) -> ForgeLimits:
        attachments = self._object("settings/attachment")
        pages = self._object("settings/api")
        size = _number(attachments, "max_size")
        page = _number(pages, "max_response_items")
        return ForgeLimits(
            asset_bytes=size * _MEBIBYTE or None,
            page_size=page or None,
            takes_assets=attachments is None or attachments.flag("enabled", default=True),
        )

    def _protected(self) -> tuple[str, ...] | None:
        listed = self._objects(f"repos/{self._quoted}/tag_protections")
        return None if listed is None else tuple(sorted(one.text("name_pattern") for one in listed))

    def _download_url(self) -> str:
        releases = self._objects(f"repos/{self._quoted}/releases?limit={_NEWEST}") or ()
        told = (asset.text("browser_download_url") for release in releases for asset in release.objects("assets"))
        return next((url for url in told if url), "")

    @property
    def _quoted(self) -> str:
        return "/".join(quote(part, safe="") for part in self._repository.split("/", 1))

    def _object(self, path: str) -> Fields | None:
        answer = self._get(path)
        try:
            return object_of(answer, path) if answer.is_success else None
        except SiteError:
            # What is only told to people decides nothing.
            return None

    def _objects(self, path: str) -> tuple[Fields, ...] | None:
        answer = self._get(path)
        try:
            return objects_of(answer, path) if answer.is_success else None
        except SiteError:
            return None

    def _get(self, path: str) -> Response:
        url = f"{self._root_url}/api/v1/{path}"
        return self._transport.send(Request(method="GET", url=url, limit_bytes=API_LIMIT_BYTES))


def _number(fields: Fields | None, key: str) -> int:
    """A number, 0 where it is not told, or told in a way that says nothing."""
    try:
        return fields.number_or(key, 0) if fields else 0
    except SiteError:
        return 0
