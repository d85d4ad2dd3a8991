"""URLs as the transport sees them: what is an origin, what may be shown, what can be requested."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from samebytes.errors import SiteError

_DEFAULT_PORTS = {"http": 80, "https": 443}
# What is left after percent-encoding (RFC 3986, section 2); a space or a line break would end the request line.
_USABLE = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_SHOWN_CHARACTERS = 300


def check_url(url: str) -> str:
    """The URL, if it can be requested: http or https, a host, a possible port, printable ASCII, nothing of a login.

    Raises SiteError (SB-5124), which shows no part that may be secret.
    """
    try:
        parts = urlsplit(url)
        usable = bool(_USABLE.fullmatch(url) and parts.hostname and parts.port != 0 and "@" not in parts.netloc)
    except ValueError:
        usable = False
    if not usable:
        raise SiteError("SB-5124", f"{shown_url(url)} is not a URL that can be requested")
    return url


def origin_of(url: str) -> str:
    """`scheme://host:port` in lower case and with the port written out; empty where there is no such thing."""
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return ""
    if not parts.hostname or port is None:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def shown_url(url: str) -> str:
    """The URL without login, query and fragment, which may hold secrets, and with nothing a terminal would act on."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "what was given"
    text = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN_CHARACTERS])
