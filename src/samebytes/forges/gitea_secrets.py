"""The secrets that CI runs of a Gitea or Forgejo repository are given; they can be written, never read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus

from samebytes.dialects.forges import ForgeDialect, NameRules
from samebytes.forges.base import WriteGuard
from samebytes.forges.gitea_api import GiteaApi, refusal
from samebytes.forges.gitea_lists import read_list, wrapped
from samebytes.forges.gitea_names import check_value, checked, checked_name, offered
from samebytes.model.secret import Secret
from samebytes.system.http.base import Response


class GiteaSecrets:
    """The secrets of one repository. Reading their names, too, needs a repository admin (servers.md, m)."""

    def __init__(self, api: GiteaApi, dialect: Callable[[], ForgeDialect]) -> None:
        self._api = api
        self._dialect = dialect

    def names(self) -> tuple[str, ...]:
        """The names, in capitals, sorted."""
        self._rules()
        url = self._api.url("actions", "secrets")
        found = read_list(self._api, url, self._dialect().page_size, wrapped("secrets", "secrets"), "name", {})
        if isinstance(found, Response):
            raise refusal(found, "the secrets of the repository")
        return tuple(sorted(item.text("name") for item in found))

    def put(self, name: str, value: Secret, lease: WriteGuard) -> None:
        """Set a secret. An unclear answer is followed by the same again, because nobody can look."""
        rules = self._rules()
        key = checked_name(name, rules, "secret")
        body = _SecretBody(value)
        check_value(len(value.reveal().encode()), key, rules)
        url = self._api.url("actions", "secrets", key)
        what = f"secret {key}"
        answer = self._api.settled(
            lambda: checked(self._api.send("PUT", url, body, lease, "application/json"), what), lambda: False
        )
        if answer is not None and not answer.is_success:
            raise refusal(answer, what)

    def delete(self, name: str, lease: WriteGuard) -> None:
        """Remove a secret; one that is not there is fine."""
        key = checked_name(name, self._rules(), "secret")
        url = self._api.url("actions", "secrets", key)
        answer = self._api.settled(
            lambda: checked(self._api.send("DELETE", url, None, lease), f"secret {key}"),
            lambda: key not in self.names(),
        )
        if answer is not None and answer.status == HTTPStatus.NOT_FOUND:
            self._api.check_visible()

    def _rules(self) -> NameRules:
        return offered(self._dialect().secrets, "secrets")


class _SecretBody:
    """The JSON with a secret in it, made when it is sent, so that no traceback or log of values shows it."""

    def __init__(self, value: Secret) -> None:
        self._value = value

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return len(self._bytes())

    def chunks(self) -> Iterator[bytes]:
        """The bytes, at once: they are few."""
        yield self._bytes()

    def _bytes(self) -> bytes:
        return json.dumps({"data": self._value.reveal()}).encode()
