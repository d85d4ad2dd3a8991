"""Variables of a repository."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from samebytes.testing.forge import answers, paging
from samebytes.testing.forge.call import Call
from samebytes.testing.forge.repositories import API, on_repository
from samebytes.testing.forge.routing import Route
from samebytes.testing.forge.secrets import name_error
from samebytes.testing.forge.state import ACTIONS, Forge, Repository
from samebytes.testing.forge.storage import Record


def _list(forge: Forge, call: Call, repository: Repository) -> Response:
    found = sorted(forge.storage.values("variable", f"{repository.id}/"), key=lambda variable: str(variable["name"]))
    shown = [_shown(forge, repository, variable) for variable in paging.page(forge, call, found).entries]
    if forge.product.is_forgejo:
        # As recorded: Forgejo 11 leaves the values out of the list.
        shown = [{**variable, "data": ""} for variable in shown]
    return answers.api_json(200, shown, paging.count_header(len(found)))


def _show(forge: Forge, call: Call, repository: Repository) -> Response:
    found = forge.storage.get("variable", _key(call, repository))
    return _missing(forge) if found is None else answers.api_json(200, _shown(forge, repository, found))


def _create(forge: Forge, call: Call, repository: Repository) -> Response:
    name, asked = call.parameters["name"].upper(), call.json_object()
    wrong = _name_error(forge, name)
    if wrong is not None:
        return answers.api_error(400, wrong, forge.root_url)
    with forge.storage.transaction():
        if forge.storage.get("variable", _key(call, repository)) is not None:
            message = f"variable name {name} already exists"
            return answers.api_error(409, message, forge.root_url)
        forge.storage.put("variable", _key(call, repository), _variable(name, asked))
    return answers.api_empty(204 if forge.product.is_forgejo else 201)


def _change(forge: Forge, call: Call, repository: Repository) -> Response:
    asked = call.json_object()
    name = str(asked.get("name") or call.parameters["name"]).upper()
    with forge.storage.transaction():
        if forge.storage.get("variable", _key(call, repository)) is None:
            return _missing(forge)
        wrong = _name_error(forge, name)
        if wrong is not None:
            return answers.api_error(400, wrong, forge.root_url)
        forge.storage.remove("variable", _key(call, repository))
        forge.storage.put("variable", f"{repository.id}/{name}", _variable(name, asked))
    return answers.api_empty(204)


def _delete(forge: Forge, call: Call, repository: Repository) -> Response:
    is_gone = forge.storage.remove("variable", _key(call, repository))
    return answers.api_empty(204) if is_gone else _missing(forge)


def _name_error(forge: Forge, name: str) -> str | None:
    wrong = name_error(forge, name)
    is_refused = forge.product.refuses_ci_prefix and name.startswith("CI")
    return wrong or ("env name cannot be ci" if is_refused else None)


def _variable(name: str, asked: dict[str, Any]) -> Record:
    return {"name": name, "data": str(asked.get("value") or ""), "description": str(asked.get("description") or "")}


def _shown(forge: Forge, repository: Repository, variable: Record) -> Record:
    shown = {**variable, "owner_id": 0, "repo_id": repository.id}
    return {key: value for key, value in shown.items() if key != "description" or not forge.product.is_forgejo}


def _key(call: Call, repository: Repository) -> str:
    return f"{repository.id}/{call.parameters['name'].upper()}"


def _missing(forge: Forge) -> Response:
    return answers.api_error(404, "variable not found", forge.root_url)


_V = f"{API}/actions/variables"
ROUTES = (
    Route(method="GET", pattern=_V, handler=on_repository(_list, unit=ACTIONS, need="owner")),
    Route(method="GET", pattern=f"{_V}/{{name}}", handler=on_repository(_show, unit=ACTIONS, need="owner")),
    Route(method="POST", pattern=f"{_V}/{{name}}", handler=on_repository(_create, unit=ACTIONS, need="owner")),
    Route(method="PUT", pattern=f"{_V}/{{name}}", handler=on_repository(_change, unit=ACTIONS, need="owner")),
    Route(method="DELETE", pattern=f"{_V}/{{name}}", handler=on_repository(_delete, unit=ACTIONS, need="owner")),
)
