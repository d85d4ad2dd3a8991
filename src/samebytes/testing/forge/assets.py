"""Assets of a release: uploaded whole or as a form, stored under any name, twice under the same one if asked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from email.utils import format_datetime
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from starlette.responses import FileResponse, Response

from samebytes.testing.forge import answers, release_store
from samebytes.testing.forge.auth import allows, repository_level
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import time_text
from samebytes.testing.forge.repositories import API, RefusedError, not_found, on_repository, server_error
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import RELEASES, Forge, Repository
from samebytes.testing.forge.storage import Blob, Record
from samebytes.testing.forge.upload_form import FormError, FormFile, find_file

_CHUNK = 64 * 1024
_FORBIDDEN_TYPE = "This file cannot be uploaded or modified due to a forbidden file extension or type."


def asset_json(forge: Forge, asset: Mapping[str, Any]) -> dict[str, Any]:
    """An asset with the address by its UUID."""
    shown = {
        "id": asset["id"],
        "name": asset["name"],
        "size": asset["blob"]["size"],
        "download_count": asset["download_count"],
        "created_at": asset["created_at"],
        "uuid": asset["uuid"],
        "browser_download_url": f"{forge.root_url}/attachments/{asset['uuid']}",
    }
    return shown | {"type": "attachment"} if forge.product.is_forgejo else shown


def sorted_assets(forge: Forge, release_id: int) -> list[Record]:
    """Assets by name; those of one name in no order that could be relied on: the databases differ."""
    assets = release_store.assets(forge, release_id)
    return sorted(assets[::-1] if forge.product.postgres else assets, key=lambda asset: str(asset["name"]))


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    release = _release(forge, call, repository)
    if release is None:
        return not_found(forge)
    # Not in pages: all of them, whatever was asked for.
    return answers.api_json(200, [asset_json(forge, asset) for asset in sorted_assets(forge, release["id"])])


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    asset = _asset(forge, call, repository)
    return not_found(forge) if asset is None else answers.api_json(200, asset_json(forge, asset))


def _upload(forge: Forge, call: Call, repository: Repository) -> Response:
    release, user = _release(forge, call, repository), call.identity.user
    if release is None or user is None:
        return not_found(forge)
    file = _uploaded(forge, call)
    refusal = _refuse(forge, file.filename, file.size)
    if refusal is not None:
        return refusal
    blob = _store(forge, call.body, file.start, file.size)
    with forge.storage.transaction():
        number = forge.storage.next_id("asset")
        asset: Record = {
            "id": number,
            "release_id": release["id"],
            "repository_id": repository.id,
            "name": file.filename,
            # Its number makes it another one than any that was given before a restart with the same seed.
            "uuid": str(UUID(int=forge.random.getrandbits(96) << 32 | number, version=4)),
            "download_count": 0,
            "created_at": time_text(forge.now()),
            "uploader": user.name,
            "blob": asdict(blob),
        }
        if release_store.by_id(forge, repository, release["id"]) is None:
            return not_found(forge)
        release_store.put_asset(forge, asset)
    return answers.api_json(201, asset_json(forge, asset))


def _uploaded(forge: Forge, call: Call) -> FormFile:
    """The file of a form, or the whole body; `?name=` wins over a form's file name."""
    name, kind = call.query.get("name", ""), call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        if name:
            return FormFile(start=0, size=call.body_size, filename=name)
        is_forgejo = forge.product.is_forgejo
        message = "Missing 'name' parameter" if is_forgejo else "Could not determine name of attachment."
        raise RefusedError(answers.api_error(400, message, forge.root_url))
    try:
        found = find_file(call.body, call.body_size, kind, "attachment")
    except FormError as error:
        raise RefusedError(answers.api_error(400, str(error), forge.root_url)) from error
    if found is not None:
        return replace(found, filename=name or found.filename)
    if forge.product.is_forgejo:
        message = "One of 'attachment' or 'external_url' is required"
        raise RefusedError(answers.api_error(400, message, forge.root_url))
    raise RefusedError(server_error(forge))


def _refuse(forge: Forge, name: str, size: int) -> Response | None:
    if size > forge.limits.asset_size:
        return answers.api_error(413, "the file exceeds the maximum size", forge.root_url)
    return None if _is_allowed(forge, name) else answers.api_error(400, _FORBIDDEN_TYPE, forge.root_url)


def _is_allowed(forge: Forge, name: str) -> bool:
    allowed = [entry.strip().lower() for entry in forge.limits.asset_types.split(",") if entry.strip()]
    return not allowed or "*/*" in allowed or any(name.lower().endswith(entry) for entry in allowed)


def _store(forge: Forge, body: BinaryIO, start: int, size: int) -> Blob:
    writer = forge.storage.writer()
    try:
        body.seek(start)
        while size > 0 and (chunk := body.read(min(_CHUNK, size))):
            writer.write(chunk)
            size -= len(chunk)
        return writer.commit()
    except BaseException:
        writer.abandon()
        raise


def _rename(forge: Forge, call: Call, repository: Repository) -> Response:
    asset = _asset(forge, call, repository)
    if asset is None:
        return not_found(forge)
    name = str(call.json_object().get("name") or asset["name"])
    if not _is_allowed(forge, name):
        return answers.api_error(422, _FORBIDDEN_TYPE, forge.root_url)
    changed = {**asset, "name": name}
    release_store.put_asset(forge, changed)
    return answers.api_json(201, asset_json(forge, changed))


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    asset = _asset(forge, call, repository)
    if asset is None:
        return not_found(forge)
    release_store.remove_asset(forge, asset)
    return answers.api_empty(204)


def _download(forge: Forge, call: Call) -> Response:
    repository = forge.repository(call.parameters["owner"], call.parameters["repo"])
    # A token without a scope for repositories reads as nobody would be read: not at all.
    has_scope = call.identity.user is None or call.identity.has_scope("repository", write=False)
    level = "none" if repository is None else repository_level(forge, call.identity, repository, RELEASES)
    if repository is None or not has_scope or not allows(level, "read"):
        return answers.page_not_found()
    release = release_store.by_tag(forge, repository, call.parameters["tag"])
    if release is None or (release["is_draft"] and not allows(level, "write")):
        return answers.page_text(404, "Not Found")
    same = (asset for asset in release_store.assets(forge, release["id"]) if asset["name"] == call.parameters["name"])
    asset = next(same, None)
    return answers.page_text(404, "Not Found") if asset is None else _serve(forge, asset)


def _download_by_uuid(forge: Forge, call: Call) -> Response:
    for asset in forge.storage.values("asset"):
        if asset["uuid"] == call.parameters["uuid"]:
            return _serve(forge, asset)
    return answers.page_text(404, "Not Found")


def _serve(forge: Forge, asset: Record) -> Response:
    with forge.storage.transaction():
        found = release_store.asset(forge, asset["release_id"], asset["id"])
        if found is not None:
            release_store.put_asset(forge, {**found, "download_count": found["download_count"] + 1})
    name = asset["name"]
    headers = {
        **answers.API_HEADERS,
        **({"Cache-Control": "private, max-age=300"} if forge.product.is_forgejo else {}),
        "Access-Control-Expose-Headers": "Content-Disposition",
        "Content-Disposition": f"inline; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
        "ETag": f'"{asset["uuid"]}"',
        "Last-Modified": format_datetime(forge.now(), usegmt=True),
    }
    is_text = name.endswith((".txt", ".tgz", ".json", ".sha512")) and asset["blob"]["size"] < _CHUNK
    path = forge.storage.blob_path(Blob(**asset["blob"]))
    kind = (
        "text/plain; charset=utf-8" if is_text and _looks_like_text(path.read_bytes()) else "application/octet-stream"
    )
    return FileResponse(path, 200, headers, media_type=kind)


def _looks_like_text(data: bytes) -> bool:
    return b"\0" not in data and not data.startswith(b"\x1f\x8b")


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode().replace('"', "")


def _release(forge: Forge, call: Call, repository: Repository) -> Record | None:
    number = call.parameters["id"]
    return release_store.by_id(forge, repository, int(number)) if number.isdigit() else None


def _asset(forge: Forge, call: Call, repository: Repository) -> Record | None:
    release, number = _release(forge, call, repository), call.parameters["asset"]
    if release is None or not number.isdigit():
        return None
    return release_store.asset(forge, release["id"], int(number))


_A = f"{API}/releases/{{id}}/assets"
_FILE = "/{owner}/{repo}/releases/download/{tag}/{name}"
ROUTES = (
    Route(method="GET", pattern=_A, handler=on_repository(_list, unit=RELEASES)),
    Route(method="POST", pattern=_A, handler=on_repository(_upload, unit=RELEASES, need="write")),
    Route(method="GET", pattern=f"{_A}/{{asset}}", handler=on_repository(_show, unit=RELEASES)),
    Route(method="PATCH", pattern=f"{_A}/{{asset}}", handler=on_repository(_rename, unit=RELEASES, need="write")),
    Route(method="DELETE", pattern=f"{_A}/{{asset}}", handler=on_repository(_delete, unit=RELEASES, need="write")),
    Route(method="GET", pattern=_FILE, handler=_download),
    Route(method="HEAD", pattern=_FILE, handler=_download),
    # As recorded: there is no such page.
    Route(
        method="GET",
        pattern="/{owner}/{repo}/releases/latest/download/{name}",
        handler=lambda _forge, _call: answers.page_not_found(),
    ),
    Route(method="GET", pattern="/attachments/{uuid}", handler=_download_by_uuid),
)
