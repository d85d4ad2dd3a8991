"""Which packages changesets is told never to release (`ignore` in .changeset/config.json)."""

from __future__ import annotations

from collections.abc import Mapping

from samebytes.core.globs import check_glob, glob_matches
from samebytes.errors import FormatError
from samebytes.formats.json_reader import parse_json
from samebytes.package_managers.base import SourceTree

CONFIG = ".changeset/config.json"


def read_ignored(tree: SourceTree) -> tuple[str, ...]:
    """The patterns of `ignore`, `!` negations included; empty where changesets is not used.

    Raises FormatError (SB-2020, and what the JSON reader raises).
    """
    data = tree.read(CONFIG)
    if data is None:
        return ()
    config = parse_json(data, CONFIG)
    if not isinstance(config, Mapping):
        raise _wrong("", "must be an object")
    patterns = config.get("ignore", [])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise _wrong("ignore", "must be a list of package names or patterns")
    for pattern in patterns:
        try:
            check_glob(pattern.removeprefix("!"))
        except FormatError as error:
            raise error.within(f"{CONFIG}: ignore") from error
    return tuple(patterns)


def is_ignored(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a package name is matched: later patterns win, as in micromatch."""
    ignored = False
    for pattern in patterns:
        if glob_matches(pattern.removeprefix("!"), name):
            ignored = not pattern.startswith("!")
    return ignored


def _wrong(key: str, problem: str) -> FormatError:
    place = f"{CONFIG}: {key}" if key else CONFIG
    return FormatError("SB-2020", problem, place=place, hint="see the reference of changesets' config file")
