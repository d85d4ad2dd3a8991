"""Version 0.0.0 in git, the real one from the tag: for teams whose release tool writes no commit."""

from __future__ import annotations

import re
from dataclasses import replace

from samebytes.errors import ConfigError, FormatError
from samebytes.formats import package_json
from samebytes.model.versions import Version
from samebytes.model.workspace import Member, Workspace

PLACEHOLDER = "0.0.0"
_IN_JSON = re.compile(rb'("version"[ \t\r\n]*:[ \t\r\n]*")0\.0\.0(")')


def with_version_of_tag(workspace: Workspace, tag: str) -> Workspace:
    """The workspace with the tag's version in each releasable member that has 0.0.0.

    The tag is `v1.2.3`, `1.2.3`, or ends in `@1.2.3` or `/v1.2.3`; a tag `name@1.2.3` only concerns that member.
    Raises ConfigError (SB-3020) when the tag holds no version.
    """
    version = version_in(tag)
    named = tag.rpartition("@")[0]
    members = tuple(
        replace(member, version=version) if _takes_part(member, named) else member for member in workspace.members
    )
    return replace(workspace, members=members)


def version_in(tag: str) -> Version:
    """The version that a tag's name ends in. Raises ConfigError (SB-3020) when there is none."""
    text = re.split(r"[@/]", tag)[-1].removeprefix("v")
    try:
        return Version(text)
    except FormatError as error:
        raise ConfigError(
            "SB-3020",
            f"members take their version from the tag, but {tag!r} holds none",
            hint="tag v1.2.3, or set build.version_from_tag = false",
        ) from error


def _takes_part(member: Member, named: str) -> bool:
    return member.releasable and member.version.text == PLACEHOLDER and named in {"", member.name.text}


def write_version(data: bytes, version: Version, place: str) -> bytes:
    """A package.json with another version in place of 0.0.0, every other byte as it was.

    Raises FormatError as `package_json.read`, or (SB-3021) when the version is written in an unusual way.
    """
    before = package_json.read(data, place)
    for match in _IN_JSON.finditer(data):
        changed = data[: match.end(1)] + version.text.encode("ascii") + data[match.start(2) :]
        if package_json.read(changed, place) == {**before, "version": version.text}:
            return changed
    raise FormatError("SB-3021", 'has no "version": "0.0.0" that could be replaced', place=place)
