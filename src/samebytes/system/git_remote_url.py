"""Where a git remote is: the forms of a URL that git knows, read strictly, and what follows from each.

No form that starts a program of the remote's choice (`ext::`), nor one with a password in it, is let through.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from samebytes.errors import ConfigError

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
# As git has it (connect.c, url_is_local_not_ssh): a colon before the first slash is a host, and not a Windows drive.
_SCP = re.compile(r"(?:[^@/:]+@)?(?:\[[^\]/]+\]|[^/:\[\]]{2,}):.+")
# A program of the remote's choice (gitremote-helpers(7)).
_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_PROTOCOLS = ("file", "http", "https", "ssh")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteUrl:
    """A remote as git takes it, the protocol it is spoken to with, and for HTTP the origin that may see credentials."""

    text: str
    protocol: str
    origin: str = ""
    path: str = ""

    @property
    def is_http(self) -> bool:
        """Whether the remote is spoken to with HTTP."""
        return self.protocol in {"http", "https"}


def read_remote_url(url: str) -> RemoteUrl:
    """A path, `file://`, `http(s)://` or `ssh://` URL, or `[user@]host:path`.

    Raises ConfigError (SB-5114) for anything else, and for an HTTP URL with a user or password in it.
    """
    if not url or url.startswith("-") or _HELPER.match(url) or _UNSAFE.search(url):
        raise _unusable(url, "it is no URL or path that git can be given")
    scheme = _SCHEME.match(url)
    if scheme is None:
        if _SCP.fullmatch(url):
            return RemoteUrl(text=url, protocol="ssh")
        path = os.path.abspath(url)
        return RemoteUrl(text=path, protocol="file", path=path)
    protocol = scheme["scheme"]
    if protocol not in _PROTOCOLS:
        raise _unusable(url, f"{protocol} is not one of {', '.join(_PROTOCOLS)}")
    if protocol == "file":
        return RemoteUrl(text=url, protocol=protocol, path=url.removeprefix("file://"))
    parts = _split(url)
    if parts.hostname is None or parts.hostname.startswith("-"):
        raise _unusable(url, "it names no host")
    if protocol == "ssh":
        if parts.password is not None:
            raise _unusable(without_user(url), "it holds a password", hint="use a key: ssh asks nobody here")
        return RemoteUrl(text=url, protocol=protocol)
    if "@" in parts.netloc:
        raise _unusable(
            without_user(url), "it holds a user or a password", hint="name the credential with `credential` instead"
        )
    return RemoteUrl(text=url, protocol=protocol, origin=f"{protocol}://{parts.netloc}")


def check_proxy(proxy: str) -> str:
    """The proxy as given. Raises ConfigError (SB-5114) when it holds a user or password, which would lie in a file."""
    if "@" in proxy or _UNSAFE.search(proxy):
        raise ConfigError(
            "SB-5114",
            "the proxy of a git remote cannot be used: it holds a user, a password or a space",
            hint="use a proxy that asks for none, or one on this machine that adds them",
        )
    return proxy


def without_user(url: str) -> str:
    """A URL without the user and password in it, to be shown."""
    return re.sub(r"//[^/]*@", "//", url)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _unusable(without_user(url), str(error)) from error
    return parts


def _unusable(url: str, why: str, hint: str = "") -> ConfigError:
    return ConfigError(
        "SB-5114",
        f"the git remote {without_user(url)!r} cannot be used: {why}",
        hint=hint or "give a path, or a URL that begins with https://, ssh:// or file://",
    )
