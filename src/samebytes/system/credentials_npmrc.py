"""Credentials in .npmrc files, found as npm finds them: `//host/path/:_authToken`, the longest path that fits first.

Source: npm-registry-fetch 19, lib/auth.js (`regKeyFromURI`, `hasAuth`), and @npmcli/config, lib/env-replace.js.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from samebytes.errors import ConfigError

_LIMIT_BYTES = 1024 * 1024
_VARIABLE = re.compile(r"(?<!\\)\$\{([^${}:?-]+)(?:(\?)|:?-([^${}]*))?\}")
_QUOTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmrcLogin:
    """What was found, as text: a token, or a user and a password."""

    secret: str
    user: str = ""

    def __repr__(self) -> str:
        return "NpmrcLogin(…)"


def read_npmrc(paths: Sequence[str], variables: Mapping[str, str], url: str) -> NpmrcLogin:
    """The login for a URL in .npmrc files, of which an earlier one wins key by key; files that do not exist are empty.

    Raises ConfigError SB-5142 (unreadable), SB-5146 (none for the URL), SB-5147 (variable), SB-5148 (malformed).
    """
    settings: dict[str, str] = {}
    for path in reversed(paths):
        settings |= _entries(path)
    for key in _keys(url):
        login = _login(key, settings, variables)
        if login is not None:
            return login
    parts = urlsplit(url)
    raise ConfigError(
        "SB-5146",
        f"no .npmrc has a token for //{parts.netloc}{parts.path}",
        hint=f"add `//{parts.netloc}{parts.path.rstrip('/')}/:_authToken=${{TOKEN}}` to ~/.npmrc",
    )


def _keys(url: str) -> Iterator[str]:
    """`//host/a/b/`, `//host/a/b`, `//host/a/`, … down to `//host`."""
    parts = urlsplit(url)
    key = f"//{parts.netloc}{parts.path}"
    # npm asks for the exact text first, and then drops a slash or a segment at a time.
    if not key.endswith("/"):
        yield key + "/"
    while len(key) > len("//"):
        yield key
        key = re.sub(r"(?:[^/]+|/)$", "", key)


def _login(key: str, settings: Mapping[str, str], variables: Mapping[str, str]) -> NpmrcLogin | None:
    def setting(name: str) -> str | None:
        value = settings.get(f"{key}:{name}")
        return None if value is None else _expanded(value, variables)

    token = setting("_authToken")
    if token is not None:
        return NpmrcLogin(secret=token)
    pair = setting("_auth")
    if pair is not None:
        user, colon, password = _decoded(pair, key).partition(":")
        if not colon:
            raise _malformed(key)
        return NpmrcLogin(secret=password, user=user)
    user_name, encoded = setting("username"), setting("_password")
    if user_name and encoded is not None:
        return NpmrcLogin(secret=_decoded(encoded, key), user=user_name)
    return None


def _decoded(text: str, key: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        # The error would show a part of it.
        raise _malformed(key) from None


def _malformed(key: str) -> ConfigError:
    return ConfigError("SB-5148", f"the login for {key} in .npmrc is not base64 as npm writes it", hint="npm login")


def _expanded(value: str, variables: Mapping[str, str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        name, optional, default = match.groups()
        found = variables.get(name)
        if found:
            return found
        if default is not None:
            return default
        if found is None and not optional:
            raise ConfigError(
                "SB-5147", f"an .npmrc uses the environment variable {name}, which is not set", hint=f"set {name}"
            )
        return ""

    return _VARIABLE.sub(replaced, value)


def _entries(path: str) -> dict[str, str]:
    """The top-level keys of an ini file that begin with `//`; nothing else can be a login for one registry."""
    try:
        with open(path, "rb") as file:
            data = file.read(_LIMIT_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError("SB-5142", f"{path} cannot be read: {error.strerror}") from error
    entries: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and key.startswith("//"):
            entries[key.strip()] = _unquoted(value.strip())
    return entries


def _unquoted(value: str) -> str:
    if len(value) >= _QUOTED and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.split(r"\s[;#]", value, maxsplit=1)[0].rstrip()
