"""The npm registry: who may call which route, and what each answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from samebytes.testing.forge import answers, npm_documents, npm_payload, repository_links, tarballs
from samebytes.testing.forge.auth import allows, package_level, repository_level
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.npm_payload import BadPayloadError, Upload
from samebytes.testing.forge.npm_store import Added, NpmStore, Version
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import PACKAGES, Forge, Level, Organisation, User

_MISSING = "package does not exist"
_REFUSED_TAG = "The tag name is invalid"
_SEARCH_SIZE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that passed the checks; `name` is the package that the path names, if it names one."""

    forge: Forge
    call: Call
    owner: User | Organisation
    store: NpmStore
    name: str

    @property
    def registry(self) -> str:
        """The registry's address."""
        return npm_documents.registry_url(self.forge.root_url, self.owner.name)


Answer = Callable[[Asked], Response]


def _checked(answer: Answer, wanted: Level) -> Callable[[Forge, Call], Response]:
    """A handler that first looks for the owner, then for the right: always 401, never 403."""

    def handle(forge: Forge, call: Call) -> Response:
        owner = forge.owner(call.parameters["owner"])
        if owner is None:
            return answers.no_such_owner()
        has_scope = call.identity.user is None or call.identity.has_scope("package", write=wanted == "write")
        if not has_scope or not allows(package_level(call.identity, owner), wanted):
            return answers.text(401, "reqPackageAccess", {"WWW-Authenticate": 'Basic realm="Gitea Package API"'})
        scope, id_ = call.parameters.get("scope"), call.parameters.get("id", "")
        name = f"@{scope}/{id_}" if scope is not None else id_
        return answer(Asked(forge=forge, call=call, owner=owner, store=NpmStore(forge, owner.name), name=name))

    return handle


def _packument(asked: Asked) -> Response:
    versions = asked.store.versions(asked.name)
    if not versions:
        return answers.npm_error(404, "")
    return answers.npm_json(200, npm_documents.packument(asked.store, versions, asked.registry))


def _publish(asked: Asked) -> Response:
    forge, call = asked.forge, asked.call
    user = call.identity.user
    assert user is not None  # noqa: S101  who may write is somebody
    try:
        upload = npm_payload.read(call, forge.product, forge.storage, forge.random)
    except BadPayloadError as error:
        return answers.npm_error(error.status, error.message)
    repository = repository_links.find(forge, upload.repository["url"])
    if repository is not None:
        level = repository_level(forge, call.identity, repository, PACKAGES)
        if repository.owner.lower() != user.name.lower() and not allows(level, "write"):
            return answers.npm_error(403, "no permission to upload this package")
    added = asked.store.add(upload, user, call.begun)
    if added is not Added.NEW:
        return _not_added(forge, added)
    # From here on the version is there, whatever becomes of its tags.
    version = asked.store.version(upload.name, upload.version)
    if version is None or not _set_tags(asked, version, upload):
        return answers.npm_error(400, _REFUSED_TAG)
    if repository is not None and (asked.store.package(upload.name) or {}).get("repository") is None:
        asked.store.link(upload.name, repository.id)
    return answers.empty(201)


def _set_tags(asked: Asked, version: Version, upload: Upload) -> bool:
    return all(asked.store.set_tag(version, tag, asked.call.begun) for tag in upload.tags)


def _not_added(forge: Forge, added: Added) -> Response:
    match added:
        case Added.EXISTS:
            return answers.npm_error(409, "package version already exists")
        case Added.OVER_COUNT:
            return answers.npm_error(403, "maximum allowed package count exceeded")
        case Added.OVER_SIZE:
            return answers.npm_error(403, "maximum allowed package type size exceeded")
        case Added.OVER_OWNER_SIZE:
            return answers.npm_error(403, "maximum allowed package storage quota exceeded")
        case _:
            return answers.npm_error(500, "" if forge.product.is_forgejo else "internal server error")


def _tarball(asked: Asked) -> Response:
    version = asked.store.version(asked.name, asked.call.parameters["version"])
    if version is None or version.file_name != asked.call.parameters["file"].lower():
        return answers.npm_error(404, _MISSING if version is None else "package file does not exist")
    return tarballs.serve(asked.forge, version, asked.call.headers.get("range"))


def _tarball_by_file(asked: Asked) -> Response:
    wanted = asked.call.parameters["file"].lower()
    found = [version for version in asked.store.versions(asked.name) if version.file_name == wanted]
    if len(found) != 1:
        return answers.npm_error(404, "")
    return tarballs.serve(asked.forge, found[0], asked.call.headers.get("range"))


def _remove_version(asked: Asked) -> Response:
    # The file's name in the path is not looked at.
    version = asked.store.version(asked.name, asked.call.parameters["version"])
    if version is None:
        return answers.npm_error(404, _MISSING)
    asked.store.remove_version(version)
    return answers.empty(200)


def _remove_package(asked: Asked) -> Response:
    versions = asked.store.versions(asked.name)
    if not versions:
        return answers.npm_error(404, "")
    for version in versions:
        asked.store.remove_version(version)
    return answers.empty(200)


def _nothing(_asked: Asked) -> Response:
    return answers.empty(200)


def _list_tags(asked: Asked) -> Response:
    # Walked from the newest: of many holders of a tag another one is seen than in the packument.
    newest_first = asked.store.versions(asked.name)[::-1]
    return answers.npm_json(200, asked.store.tags(asked.name, newest_first))


def _put_tag(asked: Asked) -> Response:
    wanted = asked.call.read().decode(errors="replace").strip('"')
    # An empty body means no condition on the version to the server's query: any one is taken.
    found = asked.store.version(asked.name, wanted) if wanted else _any(asked)
    if found is None:
        return answers.npm_error(404, _MISSING)
    if not asked.store.set_tag(found, asked.call.parameters["tag"], asked.call.begun):
        return answers.npm_error(400, _REFUSED_TAG)
    return answers.empty(200)


def _any(asked: Asked) -> Version | None:
    versions = asked.store.versions(asked.name)
    return asked.forge.random.choice(versions) if versions else None


def _remove_tag(asked: Asked) -> Response:
    has_any = bool(asked.store.versions(asked.name))
    if has_any and not asked.store.remove_tag(asked.name, asked.call.parameters["tag"], asked.call.begun):
        return answers.npm_error(400, _REFUSED_TAG)
    return answers.empty(200)


def _search(asked: Asked) -> Response:
    query = asked.call.query
    text = query.get("text", "").strip().lower()
    latest: dict[str, Version] = {}
    for version in asked.store.all_versions():
        if text in version.name.lower():
            latest.pop(version.name, None)
            latest[version.name] = version
    found = list(latest.values())
    begin, size = _number(query.get("from"), 0), _number(query.get("size"), _SEARCH_SIZE)
    return answers.npm_json(200, npm_documents.search(found[begin : begin + size], len(found), asked.registry))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


_BASE = "/api/packages/{owner}/npm"


def _routes() -> tuple[Route, ...]:
    """Every route in both forms of a name: one part of the path, or scope and name apart."""
    table: list[tuple[str, str, Answer, Level]] = [
        ("GET", "", _packument, "read"),
        ("PUT", "", _publish, "write"),
        ("GET", "/-/{version}/{file}", _tarball, "read"),
        ("DELETE", "/-/{version}/{file}/-rev/{revision}", _remove_version, "write"),
        ("GET", "/-/{file}", _tarball_by_file, "read"),
        ("PUT", "/-rev/{revision}", _nothing, "write"),
        ("DELETE", "/-rev/{revision}", _remove_package, "write"),
    ]
    tags: list[tuple[str, str, Answer, Level]] = [
        ("GET", "", _list_tags, "read"),
        ("PUT", "/{tag}", _put_tag, "write"),
        ("DELETE", "/{tag}", _remove_tag, "write"),
    ]
    found = [Route(method="GET", pattern=f"{_BASE}/-/v1/search", handler=_checked(_search, "read"))]
    for name in ("{id}", "@{scope}/{id}"):
        found += [
            Route(method=method, pattern=f"{_BASE}/-/package/{name}/dist-tags{rest}", handler=_checked(answer, level))
            for method, rest, answer, level in tags
        ]
        found += [
            Route(method=method, pattern=f"{_BASE}/{name}{rest}", handler=_checked(answer, level))
            for method, rest, answer, level in table
        ]
    return tuple(found)


ROUTES: tuple[Route, ...] = _routes()
