"""Names and values of secrets and variables, checked by the server's rules before it is asked."""

from __future__ import annotations

from http import HTTPStatus

from samebytes.dialects.forges import NameRules
from samebytes.errors import ConfigError, SiteError
from samebytes.forges.gitea_api import refusal
from samebytes.system.http.base import Response


def checked_name(name: str, rules: NameRules, what: str) -> str:
    """The name as servers keep it, in capitals; ConfigError (SB-8020) where the server would refuse it."""
    problem = rules.problem_with(name)
    if problem:
        raise ConfigError("SB-8020", f"the site refuses {name!r} as a {what}: {problem}", hint="choose another name")
    return name.upper()


def check_value(size_bytes: int, name: str, rules: NameRules) -> None:
    """Raise ConfigError (SB-8021) for a value that is empty or larger than the server takes."""
    if size_bytes == 0:
        raise ConfigError("SB-8021", f"the value of {name} is empty, which servers refuse")
    if rules.limit_bytes is not None and size_bytes > rules.limit_bytes:
        raise ConfigError(
            "SB-8021", f"the value of {name} has {size_bytes} bytes; the site takes {rules.limit_bytes} at most"
        )


def offered(rules: NameRules | None, what: str) -> NameRules:
    """The rules; SiteError (SB-8031) where this version has no such API."""
    if rules is None:
        raise SiteError(
            "SB-8031",
            f"the API of this server does not offer {what}",
            hint="set them in the web page of the repository; docs/reference/forges.md says which version offers what",
        )
    return rules


def checked(response: Response, what: str) -> Response:
    """The answer, where it is a success, unclear, or says that something is missing or there already."""
    if response.is_success or response.is_ambiguous or response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
        return response
    raise refusal(response, what)
