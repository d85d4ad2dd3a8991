"""The `files` list of a package.json."""

from __future__ import annotations

from collections.abc import Sequence

from samebytes.errors import ConfigError
from samebytes.model.json_value import JsonObject


def files_field(manifest: JsonObject) -> tuple[str, ...] | None:
    """The patterns in `files`; None where the field is absent or empty in JavaScript's sense.

    Raises ConfigError (SB-4522) where it is not a list of strings: the tools then crash or read it letter by letter.
    """
    wanted = manifest.get("files")
    if wanted is None or wanted is False or wanted == "":
        return None
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        patterns = tuple(pattern for pattern in wanted if isinstance(pattern, str))
        if len(patterns) == len(wanted):
            return patterns
    raise ConfigError(
        "SB-4522",
        f"{manifest.get('name')}: files in package.json is not a list of strings",
        hint='write it as a list of paths and patterns, such as ["dist"]',
    )
