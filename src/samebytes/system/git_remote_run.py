"""Git against one remote: the environment it gets, its time limit, and what a failure means.

The host's configuration is shut out: no URL is rewritten (`insteadOf`), no other credential helper asked, no hook of
ours run. For ssh the known variables and ssh's own configuration count, and nobody is asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samebytes.errors import BuildError, DeadlineError, SiteError
from samebytes.system.git_objects import text_of
from samebytes.system.git_remote_credential import ASKED, MARKS_FOLDER, REFUSED, GitCredential, helper_settings
from samebytes.system.git_remote_scratch import PROTECTED, Scratch
from samebytes.system.git_remote_url import RemoteUrl, check_proxy
from samebytes.system.process import TOO_MUCH, Command, Completed, Runner

_SSH_VARIABLES = ("HOME", "LOGNAME", "SSH_AUTH_SOCK", "USER", "GIT_SSH_VARIANT")
# How libcurl's status comes through git (http.c, `The requested URL returned error: 403`).
_HTTP_STATUS = re.compile(rb"returned error: (\d{3})")
_TOO_EARLY, _TIMED_OUT, _TOO_MANY = 425, 408, 429
# More than half a million refs.
MAX_LISTING_BYTES = 64 << 20
_MAX_TOLD_LINES = 20
_MAX_TOLD_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a call came to nothing; `definite` when another try can only end in the same way."""

    error: SiteError
    definite: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the remote is reached; `timeout_s` is for each git process."""

    search_path: str
    credential: GitCredential | None
    variables: Mapping[str, str]
    ca_file: str
    proxy: str
    timeout_s: float


class RemoteGit:
    """Runs git in the scratch repository; every run ends within its time limit."""

    def __init__(self, runner: Runner, url: RemoteUrl, access: Access, object_format: str) -> None:
        self.url = url
        self.scratch = Scratch(_settings(url, access), _protected(url), object_format=object_format)
        self._runner = runner
        self._access = access
        self._secret = access.credential.document() if access.credential and url.is_http else None

    def run(self, *arguments: str) -> Completed | Failure:
        """Run git; an exit status that is not 0 is a result too, time running out a failure."""
        for mark in (ASKED, REFUSED):
            self.scratch.mark(mark)
        path = self.scratch.path
        command = Command(
            argv=("git", "--no-pager", f"--git-dir={path}", *arguments),
            cwd=path,
            env=self._environment(path),
            timeout_s=self._access.timeout_s,
            secret=self._secret,
            max_output_bytes=MAX_LISTING_BYTES,
        )
        try:
            return self._runner.run(command)
        except BuildError as error:
            if error.code != TOO_MUCH:
                raise
            endless = SiteError("SB-5003", f"{self.url.text} sends a list of more than {MAX_LISTING_BYTES} bytes")
            endless.__cause__ = error
            return Failure(error=endless, definite=True)
        except DeadlineError as error:
            late = SiteError(
                "SB-5110",
                f"git {arguments[0]} with {self.url.text} did not end within {self._access.timeout_s:g} seconds",
                hint="give it more time with `request_timeout_s`",
            )
            late.__cause__ = error
            return Failure(error=late, definite=False)

    def failure(self, verb: str, done: Completed) -> Failure:
        """What a bad exit status means."""
        status = _HTTP_STATUS.search(done.stderr)
        number = int(status[1]) if status else 0
        said = self.masked(text_of(done.stderr)).strip().splitlines()
        details = {"stderr": "\n".join(said[-_MAX_TOLD_LINES:])}
        where = f"{verb} {self.url.text}"
        if self.scratch.mark(REFUSED):
            error = SiteError(
                "SB-5111",
                f"{where}: the server does not accept the credential",
                hint="make a new token with the right to write the repository",
                details=details,
            )
        elif self.scratch.mark(ASKED):
            error = SiteError(
                "SB-5111",
                f"{where}: the server asks for a credential and none is configured",
                hint="name one with `credential`",
                details=details,
            )
        elif number == 403:  # noqa: PLR2004  as HTTP has it
            error = SiteError(
                "SB-5112",
                f"{where}: the server forbids it",
                hint="the token needs the right to write the repository",
                details=details,
            )
        else:
            last = said[-1][:_MAX_TOLD_CHARACTERS] if said else f"exit status {done.returncode}"
            error = SiteError(
                "SB-5110", f"{where}: {last}", hint="check the URL, and that git reaches it by hand", details=details
            )
            return Failure(error=error, definite=self._is_nowhere or _is_final(number))
        return Failure(error=error, definite=True)

    @property
    def _is_nowhere(self) -> bool:
        return bool(self.url.path) and not os.path.isdir(self.url.path)

    def masked(self, text: str) -> str:
        """The text without the token."""
        return self._access.credential.masked(text) if self._access.credential else text

    def _environment(self, path: str) -> Mapping[str, str]:
        variables = self._access.variables
        env = {
            "GIT_ALLOW_PROTOCOL": self.url.protocol,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.path.join(path, PROTECTED),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": path,
            "LANGUAGE": "C",
            "LC_ALL": "C",
            "PATH": self._access.search_path,
            "TZ": "UTC",
            MARKS_FOLDER: path,
        }
        if self.url.protocol == "ssh":
            env |= {name: variables[name] for name in _SSH_VARIABLES if name in variables}
            env["GIT_SSH_COMMAND"] = f"{variables.get('GIT_SSH_COMMAND') or 'ssh'} -o BatchMode=yes"
        return env


def _is_final(status: int) -> bool:
    """Whether HTTP says that the same request will be answered in the same way."""
    return 400 <= status < 500 and status not in {_TIMED_OUT, _TOO_EARLY, _TOO_MANY}  # noqa: PLR2004  as HTTP has it


def _settings(url: RemoteUrl, access: Access) -> Sequence[str]:
    """The lines of git's configuration that depend on the remote."""
    if not url.is_http:
        return []
    http = [f"\tproxy = {_value(check_proxy(access.proxy))}"]
    if access.ca_file:
        http.append(f"\tsslCAInfo = {_value(os.path.abspath(access.ca_file))}")
    return ["[http]", *http, *helper_settings(url.origin, access.credential)]


def _protected(url: RemoteUrl) -> Sequence[str]:
    """The lines that git takes from nowhere but a user's configuration, also in the process that serves a local remote."""
    if not url.path:
        return []
    # The remote was named on purpose, whoever owns it.
    return ["[safe]", *(f"\tdirectory = {_value(path)}" for path in (url.path, os.path.join(url.path, ".git")))]


def _value(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
