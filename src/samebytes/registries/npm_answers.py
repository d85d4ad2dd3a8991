"""What a refusal by an npm registry means: by its status and the registry's dialect, never by the words in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from samebytes.dialects.registries import RegistryDialect
from samebytes.errors import SiteError
from samebytes.system.http.base import Response

# Masks secrets in what a server says.
Mask = Callable[[str], str]

_SHOWN_CHARACTERS = 300
_LOOKED_AT_BYTES = 4096
_CODES: Mapping[int, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "SB-5212",
        HTTPStatus.UNAUTHORIZED: "SB-5211",
        HTTPStatus.PAYMENT_REQUIRED: "SB-5211",
        HTTPStatus.FORBIDDEN: "SB-5211",
        HTTPStatus.NOT_FOUND: "SB-5218",
        HTTPStatus.CONFLICT: "SB-5213",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "SB-5214",
        HTTPStatus.UNPROCESSABLE_ENTITY: "SB-5212",
    }
)
_LATER = "run the same command again; if it stays like this, the server's log says more"
_WAYS: Mapping[str, str] = MappingProxyType(
    {
        "SB-5211": "does not let this token do that",
        "SB-5212": "takes it for malformed",
        "SB-5213": "says that it is there already, and does not show it",
        "SB-5214": "takes it for too large",
        "SB-5218": "knows no such place",
        "SB-5219": "cannot do that now",
    }
)


def refusal(response: Response, what: str, dialect: RegistryDialect, mask: Mask) -> SiteError:
    """The error for an answer that is no success; `what` says what was tried, such as `upload a@1.0.0`."""
    code = _CODES.get(response.status, "SB-5219")
    said = server_message(response.body, mask)
    return SiteError(
        code,
        f"cannot {what}: the registry {_WAYS[code]} (HTTP {response.status})",
        hint=dialect.hints.get(response.status, _LATER if code == "SB-5219" else ""),
        details={"server says": said} if said else {},
    )


def server_message(body: bytes, mask: Mask) -> str:
    """The beginning of what the server says, on one line, with nothing a terminal would act on, secrets masked."""
    text = mask(_message(body[:_LOOKED_AT_BYTES].decode("utf-8", "replace")))
    text = " ".join(text.split())
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN_CHARACTERS])


def is_json_object(body: bytes) -> bool:
    """Whether a short body is a JSON object; what is long, or JSON bombs, is none."""
    if len(body) > _LOOKED_AT_BYTES:
        return False
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _message(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for key in ("error", "message", "reason"):
        if isinstance(found, dict) and isinstance(found.get(key), str) and found[key]:
            return str(found[key])
    return text
