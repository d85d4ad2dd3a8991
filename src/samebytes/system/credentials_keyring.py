"""Credentials in the system's keyring, through the `keyring` package where that is installed."""

from __future__ import annotations

import shlex
from importlib import import_module

from samebytes.errors import ConfigError

_SERVICE = "samebytes"


def read_keyring(service: str, url: str) -> str:
    """The password that the keyring has for `url` as the user name, in that service (`samebytes` where it is empty).

    Raises ConfigError SB-5149 (no package, no keyring), SB-5150 (nothing there).
    """
    service = service or _SERVICE
    try:
        keyring = import_module("keyring")
    except ImportError as error:
        raise ConfigError(
            "SB-5149", "the package for the system's keyring is not installed", hint="pip install 'samebytes[keyring]'"
        ) from error
    try:
        found: object = keyring.get_password(service, url)
    except Exception:  # noqa: BLE001  each backend raises what it likes, with whatever text
        found = False
    if found is False:
        raise ConfigError(
            "SB-5149", "the system's keyring cannot be read", hint="unlock it, or name another place as `credential`"
        )
    if not isinstance(found, str):
        raise ConfigError(
            "SB-5150",
            f"the keyring has nothing for {url} in the service {service!r}",
            hint=f"keyring set {shlex.quote(service)} {shlex.quote(url)}",
        )
    return found
