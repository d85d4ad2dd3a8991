"""A declared tool: how it is written, and when two declarations contradict each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from samebytes.core.ranges import in_range, is_range
from samebytes.errors import FormatError
from samebytes.model.digests import Digest, from_hex
from samebytes.model.finding import Finding, Severity
from samebytes.model.versions import Version
from samebytes.model.workspace import ToolPin

_PACKAGE_MANAGER = re.compile(
    r"(?P<name>[a-z]+)@(?P<version>[^+]+)(?:\+(?P<algorithm>[a-z0-9]+)\.(?P<hex>.*))?", re.DOTALL
)
_HINT = "write it as pnpm@9.12.0 or pnpm@9.12.0+sha512.<hex>, as corepack use does"


def read_package_manager(declared: str, place: str, *, exact: bool = True) -> ToolPin:
    """`pnpm@9.12.0` with or without `+sha512.<hex>`; a range is allowed where `exact` is False.

    Raises FormatError (SB-2017).
    """
    match = _PACKAGE_MANAGER.fullmatch(declared)
    if match is None:
        raise FormatError("SB-2017", f"{declared!r} names no package manager and version", place=place, hint=_HINT)
    version = match["version"]
    if exact and exact_version(version) is None:
        raise FormatError("SB-2017", f"{version!r} is not an exact version", place=place, hint=_HINT)
    if not exact and not is_range(version):
        raise FormatError("SB-2017", f"{version!r} is not a version or range", place=place, hint=_HINT)
    return ToolPin(name=match["name"], version=version, digest=_digest(match, place), source=place)


def _digest(match: re.Match[str], place: str) -> Digest | None:
    if match["algorithm"] is None:
        return None
    try:
        return from_hex(match["algorithm"], match["hex"])
    except FormatError as error:
        raise FormatError("SB-2017", f"the hash cannot be read: {error.problem}", place=place, hint=_HINT) from error


def contradictions(pins: Sequence[ToolPin], tool: str) -> tuple[Finding, ...]:
    """A finding for each declaration that the winning one does not satisfy."""
    if not pins:
        return ()
    first = pins[0]
    return tuple(
        Finding(
            rule="contradicting-pins",
            severity=Severity.WARNING,
            place=other.source,
            message=f"declares {tool} {_shown(other)}, but {first.source} declares {_shown(first)}, which is used",
            remedy="let both say the same, or remove one",
        )
        for other in pins[1:]
        if not _agree(first, other)
    )


def exact_version(text: str) -> Version | None:
    """The version where the text is exactly one, `v20.1.0` included; None for ranges, names and anything else."""
    try:
        return Version(text.strip().removeprefix("v"))
    except FormatError:
        return None


def _agree(first: ToolPin, other: ToolPin) -> bool:
    if first.name != other.name:
        return False
    if first.digest is not None and other.digest is not None and first.digest != other.digest:
        return False
    if first.version == other.version:
        return True
    one, two = exact_version(first.version), exact_version(other.version)
    if one is not None and two is not None:
        return one == two
    if one is not None:
        # What is no range (`lts/*`, `latest`) cannot be judged without asking someone.
        return in_range(one, other.version) or not is_range(other.version)
    return two is None or in_range(two, first.version) or not is_range(first.version)


def _shown(pin: ToolPin) -> str:
    return f"{pin.name}@{pin.version}" + (f" with {pin.digest.algorithm}" if pin.digest else "")
