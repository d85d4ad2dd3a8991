"""One probe per machine part: None when it works here, else the reason why it does not.

A new part is one function and one line in `PROBES`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.plugins.interpreters import find_second_python

_TIMEOUT_S = 20
_NOBODY = 65534  # the uid of `nobody` on Debian; any uid other than ours would do

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "firefox-esr")
OCI_REGISTRIES = ("docker-registry", "registry", "zot")


def _fails(*command: str) -> str | None:
    """Why the command cannot run or exits with an error."""
    if shutil.which(command[0]) is None:
        return f"{command[0]} is not installed"
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{' '.join(command)}: {error}"
    if result.returncode == 0:
        return None
    said = (result.stderr or result.stdout).strip().partition("\n")[0]
    return f"{' '.join(command)} exits {result.returncode}: {said}"


def _none_of(programs: tuple[str, ...]) -> str | None:
    if any(map(shutil.which, programs)):
        return None
    return f"none of {', '.join(programs)} is installed"


def _second_python() -> str | None:
    return None if find_second_python() else "no second CPython from 3.11 on is installed"


def _faketime() -> str | None:
    return _fails("faketime", "2001-02-03 04:05:06", "date")


def _git_lfs() -> str | None:
    return _fails("git", "lfs", "version")


def _gpg() -> str | None:
    return _fails("gpg", "--version")


def _ssh_keygen() -> str | None:
    # ssh-keygen has no option that only prints its version.
    return None if shutil.which("ssh-keygen") else "ssh-keygen is not installed"


def _browser() -> str | None:
    return _none_of(BROWSERS)


def _oci_registry() -> str | None:
    return _none_of(OCI_REGISTRIES)


def _docker() -> str | None:
    return _fails("docker", "info")


def _namespaces() -> str | None:
    return _fails("unshare", "--user", "--map-root-user", "--net", "--mount", "true")


def _tmpfs() -> str | None:
    if os.geteuid() != 0:
        return "mounting needs root"
    with tempfile.TemporaryDirectory() as folder:
        refused = _fails("mount", "-t", "tmpfs", "-o", "size=64k", "samebytes-probe", folder)
        return refused or _fails("umount", folder)


def _other_uid() -> str | None:
    if os.geteuid() != 0:
        return "changing the uid needs root"
    try:
        subprocess.run(("/bin/sh", "-c", ":"), user=_NOBODY, cwd="/", check=True, capture_output=True, env={})
    except (OSError, subprocess.SubprocessError) as error:
        return f"cannot run as uid {_NOBODY}: {error}"
    return None


PROBES: Mapping[str, Callable[[], str | None]] = MappingProxyType(
    {
        "second-python": _second_python,
        "faketime": _faketime,
        "git-lfs": _git_lfs,
        "gpg": _gpg,
        "ssh-keygen": _ssh_keygen,
        "browser": _browser,
        "oci-registry": _oci_registry,
        "docker": _docker,
        "namespaces": _namespaces,
        "tmpfs": _tmpfs,
        "other-uid": _other_uid,
    }
)

NEEDS_KERNEL_RIGHTS = frozenset({"docker", "namespaces", "tmpfs", "other-uid"})
