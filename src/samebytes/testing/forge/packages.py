"""The packages part of /api/v1: lists, versions with the digests of their files, deletion, links to repositories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from samebytes.testing.forge import answers, describe, paging, people
from samebytes.testing.forge.auth import allows, package_level, refuse_api
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.npm_store import NpmStore, Version
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import PACKAGES, Forge, Level, Organisation, User

_MISSING = "package does not exist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that passed the checks."""

    forge: Forge
    call: Call
    owner: User | Organisation
    store: NpmStore
    name: str
    version: Version | None

    def error(self, status: int, message: str) -> Response:
        """An error of the API."""
        return answers.api_error(status, message, self.forge.root_url)


Answer = Callable[[Asked], Response]


def _checked(answer: Answer, wanted: Level) -> Callable[[Forge, Call], Response]:
    """A handler that looks for the login, the scope, the owner and the right, in this order."""

    def handle(forge: Forge, call: Call) -> Response:
        refused = refuse_api(forge, call.identity, "package", write=wanted == "write")
        if refused is not None:
            return refused
        owner = forge.owner(call.parameters["owner"])
        if owner is None:
            return answers.api_error(404, "user redirect does not exist [name: ]", forge.root_url)
        if not allows(package_level(call.identity, owner), wanted):
            message = "user should have specific permission or be a site admin"
            return answers.api_error(403, message, forge.root_url)
        store = NpmStore(forge, owner.name)
        name = call.parameters.get("name", "")
        version = store.version(name, call.parameters.get("version", ""))
        return answer(Asked(forge=forge, call=call, owner=owner, store=store, name=name, version=version))

    return handle


def _list(asked: Asked) -> Response:
    query = asked.call.query
    text = query.get("q", "").lower()
    is_npm = query.get("type", "npm") == "npm"
    found = [version for version in asked.store.all_versions() if is_npm and text in version.name.lower()]
    return _page(asked, found[::-1])


def _versions(asked: Asked) -> Response:
    found = asked.store.versions(asked.name)
    return _page(asked, found[::-1]) if found else asked.error(404, _MISSING)


def _latest(asked: Asked) -> Response:
    found = asked.store.versions(asked.name)
    return answers.api_json(200, _json(asked, found[-1])) if found else asked.error(404, _MISSING)


def _version(asked: Asked) -> Response:
    if asked.version is None:
        return asked.error(404, _MISSING)
    return answers.api_json(200, _json(asked, asked.version))


def _files(asked: Asked) -> Response:
    version = asked.version
    if version is None:
        prefix = "" if asked.forge.product.is_forgejo else "GetVersionByNameAndVersion: "
        return asked.error(404, f"{prefix}{_MISSING}")
    blob = version.blob
    shown = {
        "id": version.id,
        # Forgejo's structure lacks the name that JSON would have.
        "Size" if asked.forge.product.is_forgejo else "size": blob.size,
        "name": version.file_name,
        "md5": blob.md5,
        "sha1": blob.sha1,
        "sha256": blob.sha256,
        "sha512": blob.sha512,
    }
    return answers.api_json(200, [shown])


def _remove(asked: Asked) -> Response:
    if asked.version is None:
        return asked.error(404, _MISSING)
    asked.store.remove_version(asked.version)
    return answers.api_empty(204)


def _link(asked: Asked) -> Response:
    package = asked.store.package(asked.name)
    if package is None or not asked.forge.product.has_package_routes:
        return asked.error(404, _MISSING)
    repository = asked.forge.repository(asked.owner.name, asked.call.parameters["repo"])
    if repository is None:
        name = asked.call.parameters["repo"]
        return asked.error(404, f"repository does not exist [id: 0, uid: {asked.owner.id}, owner_name: , name: {name}]")
    if package["repository"] == repository.id or PACKAGES not in repository.units:
        return asked.error(400, "invalid argument")
    asked.store.link(asked.name, repository.id)
    return answers.api_empty(201)


def _unlink(asked: Asked) -> Response:
    package = asked.store.package(asked.name)
    if package is None or not asked.forge.product.has_package_routes:
        return asked.error(404, _MISSING)
    if not asked.call.identity.is_admin:
        # Seen on 1.25.4 and 1.26-dev for a publisher with write rights.
        return asked.error(500, "")
    asked.store.link(asked.name, None)
    return answers.api_empty(204)


def _page(asked: Asked, found: Sequence[Version]) -> Response:
    page = paging.page(asked.forge, asked.call, found)
    return answers.api_json(200, [_json(asked, version) for version in page.entries], page.headers)


def _json(asked: Asked, version: Version) -> dict[str, Any]:
    forge, identity = asked.forge, asked.call.identity
    creator = forge.user(version.creator)
    name, owner = quote(version.name, safe="@"), asked.owner
    return {
        "id": version.id,
        "type": "npm",
        "name": version.name,
        "version": version.version,
        "created_at": version.created,
        "html_url": f"{forge.root_url}/{owner.name}/-/packages/npm/{name}/{version.version}",
        "owner": people.owner_json(forge, owner, identity),
        "creator": people.owner_json(forge, creator, identity) if creator else None,
        "repository": _linked(asked, version.name),
    }


def _linked(asked: Asked, name: str) -> dict[str, Any] | None:
    wanted = (asked.store.package(name) or {}).get("repository")
    for record in asked.forge.storage.values("repository"):
        if wanted is not None and record["id"] == wanted:
            found = asked.forge.repository(record["owner"], record["name"])
            return describe.repository_json(asked.forge, found, asked.call.identity) if found else None
    return None


_BASE = "/api/v1/packages/{owner}"
_NAMED = f"{_BASE}/npm/{{name}}"


def _not_at_forgejo(handler: Callable[[Forge, Call], Response]) -> Callable[[Forge, Call], Response]:
    def handle(forge: Forge, call: Call) -> Response:
        return handler(forge, call) if forge.product.has_package_routes else answers.no_such_page(call.raw_path)

    return handle


ROUTES = (
    Route(method="GET", pattern=_BASE, handler=_checked(_list, "read")),
    Route(method="GET", pattern=_NAMED, handler=_not_at_forgejo(_checked(_versions, "read"))),
    Route(method="GET", pattern=f"{_NAMED}/-/latest", handler=_not_at_forgejo(_checked(_latest, "read"))),
    Route(method="POST", pattern=f"{_NAMED}/-/link/{{repo}}", handler=_checked(_link, "write")),
    Route(method="POST", pattern=f"{_NAMED}/-/unlink", handler=_checked(_unlink, "write")),
    Route(method="GET", pattern=f"{_NAMED}/{{version}}", handler=_checked(_version, "read")),
    Route(method="DELETE", pattern=f"{_NAMED}/{{version}}", handler=_checked(_remove, "write")),
    Route(method="GET", pattern=f"{_NAMED}/{{version}}/files", handler=_checked(_files, "read")),
)
