"""The variables that CI runs of a Gitea or Forgejo repository are given."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from samebytes.dialects.forges import ForgeDialect, NameRules
from samebytes.forges.base import WriteGuard
from samebytes.forges.gitea_api import GiteaApi, refusal
from samebytes.forges.gitea_json import object_of
from samebytes.forges.gitea_lists import read_list, wrapped
from samebytes.forges.gitea_names import check_value, checked, checked_name, offered
from samebytes.system.http.base import AmbiguousError, Response


class GiteaVariables:
    """The variables of one repository. All of it needs a repository admin, reading included (servers.md, m)."""

    def __init__(self, api: GiteaApi, dialect: Callable[[], ForgeDialect]) -> None:
        self._api = api
        self._dialect = dialect

    def names(self) -> tuple[str, ...]:
        """The names, in capitals, sorted."""
        self._rules()
        url = self._api.url("actions", "variables")
        found = read_list(self._api, url, self._dialect().page_size, wrapped("variables", "variables"), "name", {})
        if isinstance(found, Response):
            raise refusal(found, "the variables of the repository")
        return tuple(sorted(item.text("name") for item in found))

    def get(self, name: str) -> str | None:
        """The value, None where there is none; the list is not asked: Forgejo 11 leaves the values out there."""
        key = checked_name(name, self._rules(), "variable")
        response = self._api.get(self._api.url("actions", "variables", key))
        if response.status == HTTPStatus.NOT_FOUND:
            self._api.check_visible()
            return None
        if not response.is_success:
            raise refusal(response, f"variable {key}")
        return object_of(response, f"variable {key}").text("data")

    def put(self, name: str, value: str, lease: WriteGuard) -> None:
        """Set a variable; servers store line feeds only, so that is what is sent."""
        rules = self._rules()
        key = checked_name(name, rules, "variable")
        text = value.replace("\r\n", "\n")
        check_value(len(text.encode()), key, rules)
        answer = self._api.settled(lambda: self._write(key, text, lease), lambda: self.get(key) == text)
        if answer is not None and not answer.is_success:
            raise refusal(answer, f"variable {key}")

    def delete(self, name: str, lease: WriteGuard) -> None:
        """Remove a variable; one that is not there is fine."""
        key = checked_name(name, self._rules(), "variable")
        url = self._api.url("actions", "variables", key)
        answer = self._api.settled(
            lambda: checked(self._api.send("DELETE", url, None, lease), f"variable {key}"),
            lambda: self.get(key) is None,
        )
        if answer is not None and answer.status == HTTPStatus.NOT_FOUND:
            self._api.check_visible()

    def _write(self, key: str, text: str, lease: WriteGuard) -> Response:
        """Change it where it is, make it where it is not; servers refuse the other way round."""
        url = self._api.url("actions", "variables", key)
        is_there = self.get(key) is not None
        response = self._api.send_json("PUT" if is_there else "POST", url, {"value": text}, lease)
        if response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            # Somebody else made or removed it in between: look again.
            raise AmbiguousError("SB-8009", f"variable {key} changed while it was written")
        return checked(response, f"variable {key}")

    def _rules(self) -> NameRules:
        return offered(self._dialect().variables, "variables")
