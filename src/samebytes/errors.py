"""Every way samebytes can fail, one tree.

    SamebytesError                     1  unexpected failure
    ├── UsageError                     2  the command line is wrong
    ├── ConfigError                    3  configuration or workspace is wrong, or nothing was selected
    │   └── FormatError                3  a document is malformed; carries the place
    ├── BytesDifferError              10  bytes or install-relevant manifests differ
    ├── EvidenceMissingError          11  evidence was required and is not there
    ├── RefusedError                  12  a gate or policy said no
    ├── SiteError                     13  a site could not be read or written
    ├── BuildError                    14  a build or CI run failed
    ├── DeadlineError                 15  time ran out, or the lock was not obtained
    └── InterruptedBySignalError     130  the user or the system stopped us

A code such as ``SB-1001`` never changes its meaning. `samebytes.error_codes` says what each one means; the reference page
is generated from there. The library raises, only the command line prints and exits.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, ClassVar

_NO_DETAILS: Mapping[str, str] = MappingProxyType({})


class ExitStatus(IntEnum):
    """The exit codes of the command line, with one meaning each (docs/reference/exit-codes.md)."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    CONFIG = 3
    BYTES_DIFFER = 10
    EVIDENCE_MISSING = 11
    REFUSED = 12
    SITE = 13
    BUILD = 14
    TIMED_OUT = 15
    INTERRUPTED = 130


class SamebytesError(Exception):
    """A failure with a stable code, one sentence on what is wrong, a hint that says what to type, and details."""

    exit_status: ClassVar[ExitStatus] = ExitStatus.UNEXPECTED

    def __init__(self, code: str, summary: str, *, hint: str = "", details: Mapping[str, str] = _NO_DETAILS) -> None:
        super().__init__(code, summary)
        self.code = code
        self.summary = summary
        self.hint = hint
        self.details = MappingProxyType(dict(details))

    def __str__(self) -> str:
        return f"{self.code}: {self.summary}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors of packing processes are raised again in ours; keyword-only arguments need help to get there.
        return _raised_elsewhere, (type(self), (self.code, self.summary), self._keywords())

    def _keywords(self) -> dict[str, object]:
        return {"hint": self.hint, "details": dict(self.details)}


class UsageError(SamebytesError):
    """The command line asks for something that cannot be meant."""

    exit_status = ExitStatus.USAGE


class ConfigError(SamebytesError):
    """The configuration or the workspace is wrong, or the selection matched nothing."""

    exit_status = ExitStatus.CONFIG


class FormatError(ConfigError):
    """A document is malformed; `place` says where, as `file`, `file:line:column` or `file: key.path`."""

    def __init__(
        self, code: str, summary: str, *, place: str, hint: str = "", details: Mapping[str, str] = _NO_DETAILS
    ) -> None:
        super().__init__(code, f"{place}: {summary}" if place else summary, hint=hint, details=details)
        self.place = place
        self.problem = summary

    def __reduce__(self) -> tuple[object, ...]:
        return _raised_elsewhere, (type(self), (self.code, self.problem), {**self._keywords(), "place": self.place})

    def within(self, outer: str) -> FormatError:
        """The same error seen from the file or member that holds the document."""
        place = f"{outer}: {self.place}" if self.place else outer
        return type(self)(self.code, self.problem, place=place, hint=self.hint, details=self.details)


class BytesDifferError(SamebytesError):
    """Bytes, or a manifest that clients install from, differ from what was promised."""

    exit_status = ExitStatus.BYTES_DIFFER


class EvidenceMissingError(SamebytesError):
    """Evidence was required and is absent, unreadable or unsigned; never a pass."""

    exit_status = ExitStatus.EVIDENCE_MISSING


class RefusedError(SamebytesError):
    """A gate or a policy refused: a moved tag, an unknown revision, a step backwards."""

    exit_status = ExitStatus.REFUSED


class SiteError(SamebytesError):
    """A site could not be read or written: authentication, permission, network, disk, unreadable state."""

    exit_status = ExitStatus.SITE


class BuildError(SamebytesError):
    """A build, an install, a script or a CI run failed."""

    exit_status = ExitStatus.BUILD


class DeadlineError(SamebytesError):
    """A time limit passed, or the lock of a site was not obtained in time."""

    exit_status = ExitStatus.TIMED_OUT


class InterruptedBySignalError(SamebytesError):
    """The user or the system asked us to stop."""

    exit_status = ExitStatus.INTERRUPTED


def _raised_elsewhere(
    kind: type[SamebytesError], arguments: tuple[str, str], keywords: dict[str, Any]
) -> SamebytesError:
    """Rebuild an error that crossed a process border."""
    return kind(*arguments, **keywords)
