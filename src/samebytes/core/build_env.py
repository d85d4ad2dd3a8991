"""The environment of a build: an allow list and fixed values, so that no host setting and no secret gets in.

What is not named here is gone: `npm_config_*`, `pnpm_config_*`, `NODE_OPTIONS`, tokens, `GIT_*`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from samebytes.formats.redact import url_passwords

# The search path that every Unix has; tools that live elsewhere are linked into the room's own folder.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# What an install may need to reach a registry. A proxy's URL may hold a password, so scripts do not see these.
_NETWORK = (
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "all_proxy",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)
# Without these no program starts on Windows.
_SYSTEM = ("COMSPEC", "PATHEXT", "SYSTEMROOT", "WINDIR")

_FIXED: Mapping[str, str] = MappingProxyType(
    {
        "CI": "1",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "USER": "samebytes",
        "LOGNAME": "samebytes",
        "SHELL": "/bin/sh",
        # Git hooks are for people.
        "HUSKY": "0",
        "HUSKY_SKIP_INSTALL": "1",
        "LEFTHOOK": "0",
        "SKIP_INSTALL_SIMPLE_GIT_HOOKS": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        # The package manager is the pinned one; nothing may fetch another.
        "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0",
        "COREPACK_ENABLE_NETWORK": "0",
        "COREPACK_ENABLE_PROJECT_SPEC": "0",
        # What a build driver finds in a remote cache was built elsewhere, by an environment nobody checked.
        "NX_NO_CLOUD": "true",
        "NX_DAEMON": "false",
        "RUSH_BUILD_CACHE_ENABLED": "0",
        "TURBO_CACHE": "local:rw",
        "TURBO_REMOTE_CACHE_READ_ONLY": "true",
        "WIREIT_CACHE": "none",
        # No call leaves for statistics, and no advertisement comes.
        "ADBLOCK": "1",
        "ASTRO_TELEMETRY_DISABLED": "1",
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_OPENCOLLECTIVE": "1",
        "DO_NOT_TRACK": "1",
        "GATSBY_TELEMETRY_DISABLED": "1",
        "NEXT_TELEMETRY_DISABLED": "1",
        "NG_CLI_ANALYTICS": "false",
        "NUXT_TELEMETRY_DISABLED": "1",
        "STORYBOOK_DISABLE_TELEMETRY": "1",
        "TURBO_TELEMETRY_DISABLED": "1",
        # A list of browsers that grows old must not change the output.
        "BROWSERSLIST_IGNORE_OLD_DATA": "1",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPaths:
    """The folders of a build: its root, HOME, tools on the PATH, and temporary files."""

    root: str
    home: str
    tools: str
    temp: str


def build_environment(
    given: Mapping[str, str], paths: RoomPaths, *, epoch_s: int, configured: Mapping[str, str]
) -> Mapping[str, str]:
    """The whole environment of build, test and lifecycle scripts.

    `given` is the caller's environment, `epoch_s` the commit's time, `configured` the table `build.env`, which may
    change anything but the folders.
    """
    own = {
        "HOME": paths.home,
        "PATH": f"{paths.tools}:{SYSTEM_PATH}",
        "TMPDIR": paths.temp,
        "XDG_CACHE_HOME": f"{paths.home}/.cache",
        "XDG_CONFIG_HOME": f"{paths.home}/.config",
        "XDG_DATA_HOME": f"{paths.home}/.local/share",
        "XDG_STATE_HOME": f"{paths.home}/.local/state",
        "COREPACK_HOME": f"{paths.home}/.cache/corepack",
        "GIT_CEILING_DIRECTORIES": paths.root,
    }
    system = {name: given[name] for name in _SYSTEM if name in given}
    return MappingProxyType({**system, **_FIXED, "SOURCE_DATE_EPOCH": str(epoch_s), **configured, **own})


def install_environment(
    given: Mapping[str, str], scripts: Mapping[str, str], named: Sequence[str] = ()
) -> Mapping[str, str]:
    """The environment of steps that may reach a registry: that of scripts, the caller's way out, and variables by name.

    A name cannot change what scripts have too, such as HOME.
    """
    by_name = {name: given[name] for name in named if name in given}
    return MappingProxyType({**by_name, **scripts, **{name: given[name] for name in _NETWORK if name in given}})


def secrets_of(given: Mapping[str, str], named: Sequence[str]) -> tuple[str, ...]:
    """What must not be shown of an install's environment: the variables by name, and passwords in proxies' URLs."""
    way_out = {name: given[name] for name in _NETWORK if name in given}
    return (*(given[name] for name in named if name in given), *url_passwords(way_out))
