"""What a server tells about itself and about a repository, without being asked for anything in particular."""

from __future__ import annotations

import json

from starlette.responses import Response

from samebytes.testing.forge import answers, paging
from samebytes.testing.forge.auth import refuse_api
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.describe import repository_json, time_text
from samebytes.testing.forge.repositories import API, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.state import CODE, Forge, Repository

# The default of the recorded servers; it is about attachments of issues and says nothing about releases.
_ATTACHMENT_TYPES = (
    ".avif,.cpuprofile,.csv,.dmp,.docx,.fodg,.fodp,.fods,.fodt,.gif,.gz,.jpeg,.jpg,.json,.jsonc,.log,.md,.mov,.mp4,"
    ".odf,.odg,.odp,.ods,.odt,.patch,.pdf,.png,.pptx,.svg,.tgz,.txt,.webm,.webp,.xls,.xlsx,.zip"
)
_MEBIBYTE = 1024 * 1024


def version(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    """The version, in the form that both products have."""
    return answers.api_json(200, {"version": forge.product.version})


def _forgejo_version(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    if not forge.product.is_forgejo:
        return answers.page_not_found()
    body = f'{{"version":"{forge.product.version}"}}\n'
    return Response(body, 200, answers.API_HEADERS, "text/plain; charset=utf-8")


def _api(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    body = {
        "max_response_items": paging.LARGEST_SIZE,
        "default_paging_num": paging.DEFAULT_SIZE,
        "default_git_trees_per_page": 1000,
        "default_max_blob_size": 10_485_760,
    }
    return answers.api_json(
        200, body if forge.product.is_forgejo else body | {"default_max_response_size": 104_857_600}
    )


def _attachment(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    body = {
        "enabled": True,
        "allowed_types": _ATTACHMENT_TYPES,
        "max_size": forge.limits.asset_size // _MEBIBYTE,
        "max_files": 5,
    }
    return answers.api_json(200, body)


def _repository_settings(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    body = {
        "mirrors_disabled": True,
        "http_git_disabled": False,
        "migrations_disabled": False,
        "stars_disabled": False,
        "time_tracking_disabled": False,
        "lfs_disabled": True,
    }
    return answers.api_json(200, body | {"forks_disabled": False} if forge.product.is_forgejo else body)


def _health(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    passed = [{"status": "pass", "time": time_text(forge.now())}]
    body = {
        "status": "pass",
        "description": "stand-in",
        "checks": {"cache:ping": passed, "database:ping": passed},
    }
    headers = {"Cache-Control": "no-store"} if forge.product.is_forgejo else {}
    return Response(json.dumps(body), 200, headers, "application/json")


def _no_nodeinfo(forge: Forge, call: Call) -> Response:  # noqa: ARG001
    return answers.page_text(404, "Not Found")


def _membership(forge: Forge, call: Call) -> Response:
    """Needs two scopes; with them the rights in an organisation."""
    refused = refuse_api(forge, call.identity, "user", write=False)
    if refused is not None:
        return refused
    if not call.identity.has_scope("organization", write=False):
        wanted, missing = "read:user read:organization", "token does not have at least one of required scope(s)"
        has = ",".join(call.identity.scopes or ())
        told = f": [{wanted}]" if forge.product.is_forgejo else f", required=[{wanted}], token scope={has}"
        return answers.api_error(403, missing + told, forge.root_url)
    is_owner = call.identity.is_admin
    keys = ("is_owner", "is_admin", "can_write", "can_read", "can_create_repository")
    return answers.api_json(200, dict.fromkeys(keys, is_owner))


def _repository(forge: Forge, call: Call, repository: Repository) -> Response:
    return answers.api_json(200, repository_json(forge, repository, call.identity))


ROUTES = (
    Route(method="GET", pattern="/api/v1/version", handler=version),
    Route(method="GET", pattern="/api/forgejo/v1/version", handler=_forgejo_version),
    Route(method="GET", pattern="/api/v1/settings/api", handler=_api),
    Route(method="GET", pattern="/api/v1/settings/attachment", handler=_attachment),
    Route(method="GET", pattern="/api/v1/settings/repository", handler=_repository_settings),
    Route(method="GET", pattern="/api/healthz", handler=_health),
    Route(method="GET", pattern="/.well-known/nodeinfo", handler=_no_nodeinfo),
    Route(method="GET", pattern="/api/v1/users/{user}/orgs/{org}/permissions", handler=_membership),
    Route(method="GET", pattern=API, handler=on_repository(_repository, unit=CODE)),
)
