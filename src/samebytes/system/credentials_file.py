"""Credentials in files: private ones, whose permissions are checked, and those that a supervisor mounts."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Mapping

from samebytes.errors import ConfigError

_LIMIT_BYTES = 64 * 1024
# Docker and Podman mount secrets here; systemd says where, and so may whoever starts us.
_MOUNTED = "/run/secrets"
_FOLDER_VARIABLES = ("SAMEBYTES_SECRETS", "CREDENTIALS_DIRECTORY")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: str) -> str:
    """The text of a file that nobody but its owner can use, without one line break at its end.

    The owner must be this user, or root. Raises ConfigError SB-5142 (unreadable, too large), SB-5143 (permissions),
    SB-5144 (not UTF-8).
    """
    return _read(path, is_private=True)


def read_mounted(name: str, variables: Mapping[str, str]) -> str:
    """A mounted secret: a file of the folder named by SAMEBYTES_SECRETS or CREDENTIALS_DIRECTORY, or of /run/secrets.

    Who mounts it decides who may read it, commonly anyone in the container. Raises ConfigError SB-5145, and as above.
    """
    folder = next((variables[variable] for variable in _FOLDER_VARIABLES if variables.get(variable)), _MOUNTED)
    path = os.path.join(folder, name)
    if name in {"", ".", ".."} or "/" in name or not os.path.exists(path):
        raise ConfigError(
            "SB-5145",
            f"there is no mounted secret {name!r} in {folder}",
            hint="mount it into the job, or name its folder in the variable SAMEBYTES_SECRETS",
        )
    return _read(path, is_private=False)


def _read(path: str, *, is_private: bool) -> str:
    try:
        # Opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise ConfigError("SB-5142", f"{path}, which should hold a credential, is no file")
            if is_private:
                _check_private(path, status)
            data = file.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise ConfigError("SB-5142", f"the credential in {path} cannot be read: {error.strerror}") from error
    if len(data) > _LIMIT_BYTES:
        raise ConfigError("SB-5142", f"{path} is too large to be a credential")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # The error would show the bytes.
        raise ConfigError("SB-5144", f"the credential in {path} is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")


def _check_private(path: str, status: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):
        return
    if status.st_uid not in {os.geteuid(), 0}:
        raise ConfigError(
            "SB-5143",
            f"the credential in {path} belongs to another user",
            hint="copy it into a file of your own",
        )
    if status.st_mode & _OTHERS:
        raise ConfigError(
            "SB-5143",
            f"others may use the credential in {path} (mode {stat.S_IMODE(status.st_mode):04o})",
            hint=f"chmod 600 {shlex.quote(path)}",
        )
