"""The ASGI application that serves directory sites; it opens no file for writing and calls nobody."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Mapping
from typing import BinaryIO

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from samebytes.errors import SiteError
from samebytes.formats import directory_site, site_state
from samebytes.formats.directory_site import NPM
from samebytes.serving import answers, routes
from samebytes.serving.answers import Asked
from samebytes.serving.packuments import Packuments, json_body, with_url
from samebytes.serving.search import search
from samebytes.system.site_folder import SiteFolder, as_site_error

ABBREVIATED = "application/vnd.npm.install-v1+json"
_TARBALL = "application/octet-stream"
_HOST = re.compile(r"[A-Za-z0-9._-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
# A version's bytes never change; what is deleted may stay in caches for a year, as at every npm registry.
_FOREVER = "public, max-age=31536000, immutable"


class SitesApp:
    """Many directory sites on one port, by the first part of the path."""

    def __init__(self, folders: Mapping[str, SiteFolder]) -> None:
        self._folders = dict(folders)
        self._packuments = {site: Packuments(folder) for site, folder in folders.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"no {scope['type']} here")
        response = self._answer(scope)
        if scope["method"] == "HEAD":
            response = Response(status_code=response.status_code, headers=dict(response.headers))
        await response(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return answers.json_answer({"error": "this registry is read-only"}, 405, {"allow": "GET, HEAD"})
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not _HOST.fullmatch(host):
            return answers.json_answer({"error": "no usable Host header"}, 400)
        asked = Asked(
            headers=headers,
            is_head=scope["method"] == "HEAD",
            origin=f"{scope['scheme']}://{host}",
            query=scope["query_string"].decode("latin-1"),
        )
        try:
            found = self._find(routes.route(scope["raw_path"]), asked)
        except SiteError as error:
            # Never 404: to a client "not there" and "not readable" mean different things.
            return answers.json_answer({"error": str(error)}, 500)
        return found or answers.json_answer({"error": "Not found"}, 404)

    def _find(self, wanted: routes.Route | None, asked: Asked) -> Response | None:
        found: Response | None = None
        match wanted:
            case routes.Index():
                found = self._index(asked)
            case routes.Ping():
                found = answers.json_answer({})
            case None:
                pass
            case _ if wanted.site in self._folders:
                found = self._find_at_site(wanted, asked)
            case _:
                pass
        return found

    def _find_at_site(self, wanted: routes.AtSite, asked: Asked) -> Response | None:
        found: Response | None
        match wanted:
            case routes.Packument():
                found = self._packument(wanted, asked)
            case routes.Manifest():
                found = self._manifest(wanted, asked)
            case routes.Tarball():
                found = self._tarball(wanted, asked)
            case routes.DistTags(site, name):
                packument = self._packuments[site].get(name)
                found = answers.json_answer(packument.dist_tags) if packument else None
            case routes.Search(site):
                found = self._search(site, asked)
            case routes.Asset():
                found = self._asset(wanted, asked)
        return found

    def _packument(self, wanted: routes.Packument, asked: Asked) -> Response | None:
        abbreviated = ABBREVIATED in asked.headers.get("accept", "")
        body = self._packuments[wanted.site].body(wanted.name, asked.origin + wanted.registry, abbreviated=abbreviated)
        if body is None:
            return None
        return answers.document(asked, body, media_type=ABBREVIATED if abbreviated else answers.JSON)

    def _manifest(self, wanted: routes.Manifest, asked: Asked) -> Response | None:
        packument = self._packuments[wanted.site].get(wanted.name)
        if packument is None:
            return None
        manifest = packument.versions.get(packument.dist_tags.get(wanted.version, wanted.version))
        if manifest is None:
            return None
        return answers.document(asked, json_body(with_url(manifest, asked.origin + wanted.registry)))

    def _tarball(self, wanted: routes.Tarball, asked: Asked) -> Response | None:
        packument = self._packuments[wanted.site].get(wanted.name)
        prefix, suffix = f"{wanted.name.base}-", ".tgz"
        version = wanted.file_name.removeprefix(prefix).removesuffix(suffix)
        if packument is None or version not in packument.versions or wanted.file_name != f"{prefix}{version}{suffix}":
            return None
        path = f"{NPM}/{wanted.name}/-/{wanted.file_name}"
        opened = self._folders[wanted.site].files.open(path)
        if opened is None:
            raise SiteError("SB-5001", f"the packument lists {wanted.name}@{version}, but {path} is missing")
        etag = f'"{packument.integrity(version).hex[:32]}"'
        return answers.file(asked, opened, etag, media_type=_TARBALL, cache_control=_FOREVER)

    def _asset(self, wanted: routes.Asset, asked: Asked) -> Response | None:
        opened = self._open_asset(wanted)
        if opened is None:
            return None
        return answers.file(asked, opened, _file_etag(opened), media_type=_TARBALL, cache_control="no-cache")

    def _open_asset(self, wanted: routes.Asset) -> BinaryIO | None:
        folder = self._folders[wanted.site]
        folder.check()
        with as_site_error():
            record_path = directory_site.release_record(wanted.tag)
        if not directory_site.is_asset_name(wanted.name):
            return None
        data = folder.files.read(record_path, site_state.LIMIT_BYTES)
        if data is None:
            return None
        with as_site_error():
            record = site_state.read_release(data, record_path)
        return folder.files.open(directory_site.asset(wanted.tag, wanted.name)) if record.tag == wanted.tag else None

    def _search(self, site: str, asked: Asked) -> Response:
        self._folders[site].check()
        found = search(self._folders[site].files, self._packuments[site], asked.query)
        return answers.document(asked, json_body(found))

    def _index(self, asked: Asked) -> Response:
        rows = "".join(
            f'<li><a href="/{html.escape(site)}/npm/-/v1/search">{html.escape(site)}</a>: '
            f"<code>{html.escape(f'{asked.origin}/{site}/npm/')}</code></li>"
            for site in sorted(self._folders)
        )
        return HTMLResponse(
            f'<!doctype html><html lang="en"><title>samebytes</title><h1>Sites</h1><ul>{rows}</ul>'
            "<p>Use an address as <code>registry</code> of a scope.</p></html>"
        )


def _file_etag(opened: BinaryIO) -> str:
    found = os.fstat(opened.fileno())
    return f'"{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"'
